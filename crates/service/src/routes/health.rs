//! Whether the service runs, and whether it can work.

use std::sync::Arc;

use axum::extract::State;

use crate::http::{App, Failure, blocking};

/// `GET /healthz`: it runs.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: its store answers.
pub(super) async fn ready(State(app): State<App>) -> Result<&'static str, Failure> {
    let store = Arc::clone(&app.store);
    blocking(move || store.check()).await?;
    Ok("ready\n")
}
