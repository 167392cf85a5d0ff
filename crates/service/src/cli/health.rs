//! `health`.

use std::time::Duration;

use clap::Args;

use super::settings::{CONFIG, Given};
use super::{Stopped, say};
use crate::service::reachable;

/// How long the service may take to answer.
const WITHIN: Duration = Duration::from_secs(5);

/// Asks a service whether it can work: GET /readyz. For what runs it and has no HTTP client of its own.
#[derive(Args)]
pub(super) struct Health {
    /// Where the service is; on this machine where the environment or the configuration file says that it listens, if left
    /// out.
    #[arg(long)]
    url: Option<String>,
}

impl Health {
    pub(super) fn run(self) -> Result<(), Stopped> {
        let url = match self.url {
            Some(url) => url,
            None => own()?,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        say(runtime.block_on(ask(&url))?.trim_end())
    }
}

/// Where a service with the same settings listens.
fn own() -> Result<String, Stopped> {
    let environment = |variable: &str| std::env::var(variable).ok();
    let given = Given::gather(Vec::new(), None, environment).map_err(Stopped::wrong)?;
    let address = given.listen().map_err(Stopped::wrong)?;
    if address.port() == 0 {
        return Err(Stopped::wrong(format!("it listens on a free port: say which with --url (see {CONFIG})")));
    }
    Ok(format!("http://{}", reachable(address)))
}

/// What the service answers when it can work.
async fn ask(url: &str) -> Result<String, Stopped> {
    let url: reqwest::Url = format!("{}/readyz", url.trim_end_matches('/'))
        .parse()
        .map_err(|error| Stopped::wrong(format!("--url: is not a URL: {error}")))?;
    // Installed already by somebody else in this process: that one does as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().timeout(WITHIN).no_proxy().build()?;
    let answer = http.get(url).send().await.map_err(|error| unanswered(&error))?;
    let (status, text) = (answer.status(), answer.text().await.map_err(|error| unanswered(&error))?);
    if status.is_success() {
        return Ok(text);
    }
    let problem: Option<wire::problem::Problem> = serde_json::from_str(&text).ok();
    let why = problem.map_or_else(|| "what answers is no credit service".to_owned(), |problem| problem.detail);
    Err(Stopped { message: format!("{status}: {why}"), status: 1 })
}

/// There is no answer. What the error comes from says why; the outer ones only that something failed.
fn unanswered(error: &reqwest::Error) -> Stopped {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    Stopped { message: format!("no answer: {cause}"), status: 1 }
}
