//! The addresses of the service. A handler translates, asks a ledger or the store, and translates back.

mod amendments;
mod controls;
mod health;
mod holds;
mod ledger;
mod plan;
mod purchases;
mod sandbox;
mod stream;
mod tokens;
mod usage;
mod webhooks;
mod workspaces;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post};
use wire::problem::ErrorCode;

use crate::http::{App, Failure, MAX_BODY};

/// All addresses.
pub(crate) fn router(app: App) -> Router {
    let workspace = Router::new()
        .route("/", get(workspaces::show))
        .route("/catalogue", get(workspaces::catalogue))
        .route("/balance", get(workspaces::balance))
        .route("/usage", post(usage::report))
        .route("/usage/check", post(usage::check))
        .route("/holds", post(holds::create))
        .route("/holds/{hold}/capture", post(holds::capture))
        .route("/holds/{hold}/release", post(holds::release))
        .route("/amendments", post(amendments::create))
        .route("/ledger", get(ledger::page))
        .route("/ledger/stream", get(stream::tail))
        .route("/purchases", get(purchases::list).post(purchases::create))
        .route("/purchases/{purchase}", get(purchases::show))
        .route("/purchases/{purchase}/cancel", post(purchases::cancel))
        .route("/controls", get(controls::show).put(controls::change))
        .route("/plan", get(plan::show).post(plan::change))
        .route("/tokens", get(tokens::list).post(tokens::create))
        .route("/tokens/{token}", delete(tokens::revoke))
        .route("/pairings", post(tokens::pairing));
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/v1/workspaces", get(workspaces::list))
        .nest("/v1/workspaces/{workspace}", workspace)
        .route("/v1/pair", post(tokens::pair))
        .route("/v1/webhooks/sandbox", post(webhooks::sandbox))
        .route("/sandbox/checkout/{session}", get(sandbox::page))
        .route("/sandbox/checkout/{session}/{choice}", post(sandbox::choose))
        .fallback(|| async { Failure::new(ErrorCode::NotFound, "this address leads nowhere") })
        .method_not_allowed_fallback(|| async {
            Failure::new(ErrorCode::MethodNotAllowed, "this address takes another method")
        })
        .layer(axum::middleware::from_fn(crate::host::no_zero_bytes))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(app)
}
