//! The credit service's command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    service::cli::run()
}
