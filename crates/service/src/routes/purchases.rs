//! Purchases of packs.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use wire::api::{PurchaseBody, PurchaseRequest, PurchasesBody, Role};
use wire::problem::ErrorCode;

use crate::http::{App, Caller, Failure, JsonBody};
use crate::openapi::{Operation, Topic};
use crate::payment::Asked;

/// What can be asked here.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/workspaces/{workspace}/purchases", "list_purchases", list)
            .about(
                Topic::Purchases,
                "List purchases",
                "All of them, newest first. Who may not buy does not learn where to pay.",
            )
            .by(Role::reads)
            .gives::<PurchasesBody>(StatusCode::OK, "The purchases."),
        Operation::post("/v1/workspaces/{workspace}/purchases", "buy_pack", create)
            .about(
                Topic::Purchases,
                "Buy a pack",
                "Opens a page of the payment provider's. Nothing is bought before somebody pays there; the credits then come \
                 as an entry of the ledger. A service without payments sells nothing, and says so: `payments_off`.",
            )
            .by(Role::manages)
            .takes::<PurchaseRequest>("")
            .gives::<PurchaseBody>(StatusCode::CREATED, "The purchase, with the page to pay on.")
            .gives::<PurchaseBody>(StatusCode::OK, "The purchase was there already, and this is what has become of it.")
            .fails(&[
                ErrorCode::Conflict,
                ErrorCode::Invalid,
                ErrorCode::NoPlan,
                ErrorCode::PaymentsOff,
                ErrorCode::PlanExcludesAi,
            ]),
        Operation::get("/v1/workspaces/{workspace}/purchases/{purchase}", "read_purchase", show)
            .about(Topic::Purchases, "A purchase", "How far it has come. Who may not buy does not learn where to pay.")
            .by(Role::reads)
            .gives::<PurchaseBody>(StatusCode::OK, "The purchase."),
        Operation::post("/v1/workspaces/{workspace}/purchases/{purchase}/cancel", "cancel_purchase", cancel)
            .about(Topic::Purchases, "Call a purchase off", "As long as nothing is paid. Again is as good as once.")
            .by(Role::manages)
            .gives::<PurchaseBody>(StatusCode::OK, "The purchase, which is cancelled.")
            .fails(&[ErrorCode::PurchaseState]),
    ]
}

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

/// `GET …/purchases`. Who may not buy does not learn where to pay.
pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<PurchasesBody>, Failure> {
    let ledger = caller.may(Role::reads, "read purchases")?;
    let purchases = app.payments.list(ledger).await?;
    Ok(Json(PurchasesBody { purchases: purchases.into_iter().map(|one| shown(one, caller.role)).collect() }))
}

/// `GET …/purchases/{purchase}`, with the same left out.
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<PurchaseBody>, Failure> {
    let ledger = caller.may(Role::reads, "read purchases")?;
    Ok(Json(shown(app.payments.show(ledger, &id).await?, caller.role)))
}

/// A purchase as this role sees it: whoever has the page's address can pay and call off on it.
fn shown(purchase: PurchaseBody, role: Role) -> PurchaseBody {
    PurchaseBody { checkout_url: purchase.checkout_url.filter(|_| role.manages()), ..purchase }
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
