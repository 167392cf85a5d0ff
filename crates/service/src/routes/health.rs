//! Whether the service runs, and whether it can work.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use wire::problem::ErrorCode;

use crate::http::{App, Failure, blocking};
use crate::openapi::{Operation, Topic};
use crate::store::StoreError;

/// What can be asked here.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/healthz", "read_health", alive)
            .about(Topic::Service, "Whether it runs", "")
            .gives_as::<String>(StatusCode::OK, "text/plain", "It runs."),
        Operation::get("/readyz", "read_readiness", ready)
            .about(
                Topic::Service,
                "Whether it can work",
                "Whether its store can take what is to be recorded, and it is not about to end.",
            )
            .gives_as::<String>(StatusCode::OK, "text/plain", "It can.")
            .fails(&[ErrorCode::Unavailable]),
    ]
}

/// `GET /healthz`: it runs.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: its store can take what is to be recorded, and it is not about to end.
pub(super) async fn ready(State(app): State<App>) -> Result<&'static str, Failure> {
    if *app.stop.borrow() {
        return Err(Failure::new(ErrorCode::Unavailable, "the service is stopping"));
    }
    let store = Arc::clone(&app.store);
    match blocking(move || store.check()).await {
        Ok(()) => Ok("ready\n"),
        // What it says is for everybody.
        Err(StoreError::Unfit(why)) => {
            tracing::error!(%why, "the store is not fit");
            Err(Failure::new(ErrorCode::Unavailable, why))
        }
        Err(error) => Err(error.into()),
    }
}
