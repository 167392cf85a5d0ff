//! Controls: what may run, and how much of it.

use axum::Json;
use axum::http::StatusCode;
use metering::Command;
use wire::api::{ChangeAnswer, ControlsBody, ControlsPatch, Role};
use wire::problem::ErrorCode;

use crate::http::{Caller, Failure, IdempotencyKey, JsonBody, refused};
use crate::ledger::{Ledger, Unavailable};
use crate::openapi::{Operation, Topic};

/// What can be asked here.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/workspaces/{workspace}/controls", "read_controls", show)
            .about(Topic::Plan, "The controls", "Whether automation and each feature may run, and the caps.")
            .by(Role::reads)
            .gives::<ControlsBody>(StatusCode::OK, "The controls in force."),
        Operation::put("/v1/workspaces/{workspace}/controls", "change_controls", change)
            .about(
                Topic::Plan,
                "Change the controls",
                "Changes what the body names and leaves the rest. A cap counts from the running period on.",
            )
            .by(Role::manages)
            .once()
            .takes::<ControlsPatch>("")
            .gives::<ChangeAnswer<ControlsBody>>(StatusCode::OK, "What it came to, and the controls in force after it.")
            .fails(&[ErrorCode::Invalid]),
    ]
}

/// `GET …/controls`.
pub(super) async fn show(caller: Caller) -> Result<Json<ControlsBody>, Failure> {
    Ok(Json(current(caller.may(Role::reads, "read the controls")?).await?))
}

/// `PUT …/controls`: changes what the body names, and leaves the rest.
pub(super) async fn change(
    caller: Caller,
    key: IdempotencyKey,
    JsonBody(patch): JsonBody<ControlsPatch>,
) -> Result<Json<ChangeAnswer<ControlsBody>>, Failure> {
    let ledger = caller.may(Role::manages, "change the controls")?;
    let answer = ledger.change(Command::Controls(patch.clone().into()), key.of(&("controls", patch))).await?;
    if let Some(problem) = refused(ledger, &answer) {
        return Err(problem.into());
    }
    Ok(Json(ChangeAnswer::of(&answer.outcome, current(ledger).await?)))
}

async fn current(ledger: &Ledger) -> Result<ControlsBody, Unavailable> {
    ledger.read(|account, now| ControlsBody::of(account.catalogue(now), account.controls())).await
}
