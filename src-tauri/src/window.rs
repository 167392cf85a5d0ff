//! The window: what it is opened on, and how it hears of changes.

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use app::{App, Event, Places, System};
use clock::Timestamp;
use tauri::{AppHandle, Emitter, Manager, WebviewWindowBuilder};
use tokio::sync::Notify;

use crate::{Options, lock, sample};

/// The window's name in the configuration and in capabilities.
const MAIN: &str = "main";

/// Opens the ledger and the window, then starts the sample's service behind them.
///
/// # Errors
/// In one line: the data folder cannot be used, or the window cannot be made.
pub(crate) fn set_up(tauri: &mut tauri::App, options: &Options) -> Result<(), String> {
    let folder = folder(tauri, options)?;
    tauri.manage(lock::take(&folder)?);
    let clock = options.clock();
    // The address is known from here on, so that nothing has to wait for the service to be ready to know it.
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| format!("no local port is free: {error}"))?;
    let address = listener.local_addr().map_err(|error| format!("no local port is free: {error}"))?;
    let url = format!("http://{address}");
    let places = Places { data: folder.clone(), downloads: downloads(tauri, options, &folder) };
    let system = System { browser: Box::new(browse), folder: Box::new(reveal) };
    let app =
        tauri::async_runtime::block_on(App::open(places, clock.clone(), system)).map_err(|error| error.to_string())?;
    let token =
        tauri::async_runtime::block_on(app.add_samples(&url, &service::SAMPLES)).map_err(|error| error.to_string())?;
    tauri.manage(Arc::clone(&app));
    forward(&app, tauri.handle());
    open(tauri, options)?;
    tauri::async_runtime::spawn(sample::serve(folder, url, listener, token, clock));
    Ok(())
}

/// Where everything is kept.
fn folder(tauri: &tauri::App, options: &Options) -> Result<PathBuf, String> {
    options.data_dir.clone().map_or_else(
        || tauri.path().app_data_dir().map_err(|error| format!("the system names no folder for data: {error}")),
        Ok,
    )
}

/// Where a person finds what was exported. An app on a folder of its own keeps to it.
fn downloads(tauri: &tauri::App, options: &Options, folder: &Path) -> PathBuf {
    let own = || folder.join("exports");
    if options.data_dir.is_some() { own() } else { tauri.path().download_dir().unwrap_or_else(|_| own()) }
}

fn open(tauri: &tauri::App, options: &Options) -> Result<(), String> {
    let config = tauri.config().app.windows.iter().find(|window| window.label == MAIN);
    let config = config.ok_or("tauri.conf.json names no main window")?;
    let mut builder = WebviewWindowBuilder::from_config(tauri, config)
        .map_err(|error| format!("the window could not be opened: {error}"))?;
    // Its answer is there, or nearly so, once the program in the window has been read.
    builder = builder.initialization_script("window.creditdeckOpening = window.__TAURI_INTERNALS__.invoke('opening');");
    if let Some(at) = options.at {
        builder = builder.initialization_script(stand_still(at));
    }
    // Shown with the size that it was left with, and not before it has that: what is drawn by the processor waits half a
    // second for a page that is asked for another size while it is being read.
    let window = builder.visible(false).build();
    window.and_then(|window| window.show()).map_err(|error| format!("the window could not be opened: {error}"))
}

/// The page's clock stands where the app's does, so that ages and countdowns are the same in every picture.
fn stand_still(at: Timestamp) -> String {
    let at = at.as_millis();
    format!(
        "window.Date = class extends Date {{ \
           constructor(...parts) {{ if (parts.length) super(...parts); else super({at}); }} \
           static now() {{ return {at}; }} \
         }};"
    )
}

/// Tells the window what changed.
fn forward(app: &Arc<App>, handle: &AppHandle) {
    let mut events = app.events();
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        while let Some(event) = events.next().await {
            let told = match event {
                Event::LedgerChanged(changed) => handle.emit("ledger-changed", changed),
                Event::PurchaseChanged(changed) => handle.emit("purchase-changed", changed),
                Event::SyncStatus(status) => handle.emit("sync-status", status),
                Event::JobProgress(progress) => handle.emit("job-progress", progress),
            };
            if let Err(error) = told {
                tracing::warn!(%error, "the window could not be told of a change");
            }
        }
    });
}

/// Opens an address in the system's browser.
fn browse(url: &str) -> Result<(), String> {
    tauri_plugin_opener::open_url(url, None::<&str>).map_err(|error| error.to_string())
}

/// Shows a file in the system's file manager.
fn reveal(path: &str) -> Result<(), String> {
    tauri_plugin_opener::reveal_item_in_dir(path).map_err(|error| error.to_string())
}

/// Shows the window when somebody starts the app once more.
pub(crate) fn to_front(handle: &AppHandle) {
    if let Some(window) = handle.get_webview_window(MAIN) {
        let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "the window could not be brought to the front");
        }
    }
}

/// Told once, when the first position is on screen.
pub(crate) static PAINTED: Notify = Notify::const_new();

/// Says once, for whoever waits for it, that the first position is on screen.
pub(crate) fn painted() {
    static SAID: AtomicBool = AtomicBool::new(false);
    if !SAID.swap(true, Ordering::Relaxed) {
        PAINTED.notify_one();
        // Nobody may be listening.
        let _nobody = writeln!(std::io::stdout(), "creditdeck: painted");
    }
}
