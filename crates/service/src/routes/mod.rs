//! The addresses of the service. A handler translates, asks a ledger or the store, and translates back.

mod amendments;
mod controls;
mod health;
mod holds;
mod ledger;
mod plan;
mod purchases;
mod reference;
mod sandbox;
mod stream;
mod tokens;
mod usage;
mod webhooks;
mod workspaces;

use axum::Router;
use axum::routing::{get, post};
use wire::problem::ErrorCode;

use crate::http::{App, Failure};
use crate::openapi::Operation;

/// All operations of the API.
pub(crate) fn operations() -> Vec<Operation> {
    let all = [
        workspaces::operations(),
        usage::operations(),
        amendments::operations(),
        holds::operations(),
        ledger::operations(),
        stream::operations(),
        plan::operations(),
        controls::operations(),
        purchases::operations(),
        webhooks::operations(),
        tokens::operations(),
        health::operations(),
        reference::operations(),
    ];
    all.into_iter().flatten().collect()
}

/// All addresses: those of the API, and the pages of the sandbox provider, which are nobody's API. Without payments
/// there is nothing of the sandbox.
pub(crate) fn router(app: App) -> Router {
    let are_payments_on = app.payments.are_on();
    let operations =
        operations().into_iter().filter(|operation| are_payments_on || operation.path != webhooks::SANDBOX);
    let mut router =
        operations.fold(Router::new(), |router, operation| router.route(operation.path, operation.handler));
    if are_payments_on {
        router = router
            .route("/sandbox/checkout/{session}", get(sandbox::page))
            .route("/sandbox/checkout/{session}/{choice}", post(sandbox::choose));
    }
    router
        .fallback(|| async { Failure::new(ErrorCode::NotFound, "this address leads nowhere") })
        .method_not_allowed_fallback(|| async {
            Failure::new(ErrorCode::MethodNotAllowed, "this address takes another method")
        })
        .with_state(app)
}
