//! The desktop shell: one window over the use cases of `app`, and the sample's credit service beside it.

mod commands;
mod drawing;
mod lock;
mod sample;
mod window;

use std::path::PathBuf;

use clap::Parser;
use clock::{Clock, Timestamp};
use tauri_plugin_window_state::StateFlags;
use tracing_subscriber::EnvFilter;

/// How Creditdeck is started.
#[derive(Clone, Debug, Parser)]
#[command(name = "creditdeck", version, about = "A desktop dashboard for a workspace's AI credits")]
pub struct Options {
    /// Keep ledger, sample and settings in this folder instead of the system's place for them
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,

    /// Stand still at this instant (RFC 3339): the sample ends there, for pictures that always look the same
    #[arg(long, value_name = "INSTANT")]
    pub at: Option<Timestamp>,
}

impl Options {
    fn clock(&self) -> Clock {
        self.at.map_or_else(Clock::system, Clock::fixed)
    }
}

/// Opens the window and runs until it is closed.
///
/// # Errors
/// What keeps the app from starting, in one line for a person: another one that runs on the same data, a folder that
/// cannot be written, a system without what a window needs.
pub fn run(options: Options) -> Result<(), String> {
    let filter = EnvFilter::try_from_env("CREDITDECK_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    // A second subscriber is only there in tests that run several apps in one process.
    let _already = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    drawing::choose();
    let mut builder = tauri::Builder::default();
    // Started once more, the app comes to the front. On a folder of its own it is another app, and only the folder's
    // lock decides.
    if options.data_dir.is_none() {
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, _, _| window::to_front(app)));
    }
    builder
        .plugin(
            tauri_plugin_window_state::Builder::default()
                .with_state_flags(StateFlags::all() - StateFlags::VISIBLE)
                .build(),
        )
        .setup(move |tauri| {
            if let Err(error) = window::set_up(tauri, &options) {
                // Handed back, it would end in a panic of Tauri's, which says the same with much around it.
                eprintln!("creditdeck: {error}");
                std::process::exit(1);
            }
            Ok(())
        })
        .invoke_handler(commands::handler())
        .run(tauri::generate_context!())
        .map_err(|error| format!("the window could not be opened: {error}"))
}
