//! Where payment providers tell what became of a checkout.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use wire::problem::ErrorCode;

use crate::http::{App, Body, Failure};
use crate::openapi::{Operation, Topic};
use crate::payment::{SIGNATURE_HEADER, SandboxEvent, sandbox_event};

/// Where the sandbox provider tells.
pub(super) const SANDBOX: &str = "/v1/webhooks/sandbox";

/// What can be asked here.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post(SANDBOX, "take_sandbox_event", sandbox)
            .about(
                Topic::Purchases,
                "Take a payment provider's event",
                "The sandbox provider tells what became of a checkout. The same event again does nothing. Without payments this \
                 address leads nowhere.",
            )
            .by_signer(SIGNATURE_HEADER)
            .takes::<SandboxEvent>("")
            .gives_nothing(StatusCode::NO_CONTENT, "The event is stored.")
            .fails(&[ErrorCode::NotFound, ErrorCode::Unauthorized, ErrorCode::Unavailable]),
    ]
}

/// `POST /v1/webhooks/sandbox`: 204 once the event is stored; the same event again is 204 and does nothing.
pub(super) async fn sandbox(
    State(app): State<App>,
    headers: HeaderMap,
    Body(bytes): Body,
) -> Result<StatusCode, Failure> {
    let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !app.payments.is_signed(signature, &bytes, app.clock.now()) {
        return Err(Failure::new(ErrorCode::Unauthorized, "the signature does not fit the body and the time"));
    }
    let (workspace, settlement) = sandbox_event(&bytes)?;
    let ledger = app.ledgers.get(&workspace).await?.ok_or_else(|| Failure::not_found("workspace", &workspace))?;
    let purchase = settlement.purchase.clone();
    match ledger.settle(settlement).await? {
        Some(_) => Ok(StatusCode::NO_CONTENT),
        None => Err(Failure::not_found("purchase", &purchase)),
    }
}
