//! `GET /metrics`: what the service counts and times, for Prometheus.
//!
//! It tells how much is sold, so it is on an address of its own, or where this machine alone gets to.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::http::{App, blocking};
use crate::metrics::{MEDIA_TYPE, Readings};
use crate::serving::Watch;

/// The address of metrics alone.
pub(crate) fn router(app: App, watch: Arc<Watch>) -> Router {
    Router::new().route("/metrics", get(expose)).with_state((app, watch))
}

async fn expose(State((app, watch)): State<(App, Arc<Watch>)>) -> impl IntoResponse {
    let store = Arc::clone(&app.store);
    let unsent = blocking(move || store.unsent_notices()).await;
    let tails = app.ledgers.tails();
    let text = app.metrics.text(Readings {
        lanes: app.ledgers.lags(),
        followed: tails.followed().len(),
        look_age: tails.look_age(),
        connections: (watch.open(), watch.room()),
        pool: app.store.pool(),
        unsent: unsent.inspect_err(|error| tracing::warn!(%error, "webhooks could not be counted")).ok(),
    });
    ([(header::CONTENT_TYPE, MEDIA_TYPE)], text)
}
