//! Purchases of packs.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use wire::api::{PurchaseBody, PurchaseRequest, PurchasesBody, Role};

use crate::http::{App, Caller, Failure, JsonBody};
use crate::payment::Asked;

/// `POST …/purchases`: 201 for a new purchase, 200 for one that is there, with the page to pay on while it waits.
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<PurchaseRequest>,
) -> Result<(StatusCode, Json<PurchaseBody>), Failure> {
    let ledger = caller.may(Role::manages, "buy")?;
    let (asked, purchase) = app.payments.buy(ledger, request).await?;
    let status = if asked == Asked::First { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(purchase)))
}

/// `GET …/purchases`.
pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<PurchasesBody>, Failure> {
    let ledger = caller.may(Role::reads, "read purchases")?;
    Ok(Json(PurchasesBody { purchases: app.payments.list(ledger).await? }))
}

/// `GET …/purchases/{purchase}`.
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<PurchaseBody>, Failure> {
    let ledger = caller.may(Role::reads, "read purchases")?;
    Ok(Json(app.payments.show(ledger, &id).await?))
}

/// `POST …/purchases/{purchase}/cancel`: as long as nothing is paid.
pub(super) async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<PurchaseBody>, Failure> {
    let ledger = caller.may(Role::manages, "cancel a purchase")?;
    Ok(Json(app.payments.cancel(ledger, &id).await?))
}
