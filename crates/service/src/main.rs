//! The credit service's command line.

use std::process::ExitCode;

/// The system's own takes twice as long for what a request needs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    service::cli::run()
}
