//! What happened, on standard error.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use super::Stopped;

/// How lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// For people.
    Text,
    /// An object a line, for programs.
    Json,
}

/// Logs what matters to somebody who runs a command: `RUST_LOG`, or warnings.
pub(super) fn begin() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(has_colours()).with_writer(std::io::stderr).init();
}

/// Logs what a filter lets through.
pub(super) fn begin_with(filter: &str, format: Format) -> Result<(), Stopped> {
    let filter = EnvFilter::try_new(filter).map_err(|error| Stopped::wrong(format!("log: {error}")))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(has_colours()).with_writer(std::io::stderr);
    match format {
        Format::Text => lines.init(),
        Format::Json => lines.json().flatten_event(true).with_span_list(false).init(),
    }
    Ok(())
}

/// Whether somebody looks at it who sees colours, and did not say that there should be none.
fn has_colours() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
