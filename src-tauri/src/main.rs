//! Starts Creditdeck.

// A release on Windows opens no console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let options = creditdeck::Options::parse();
    match creditdeck::run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("creditdeck: {error}");
            ExitCode::FAILURE
        }
    }
}
