//! Controls: what may run, and how much of it.

use axum::Json;
use metering::Command;
use wire::api::{ChangeAnswer, ControlsBody, ControlsPatch, Role};

use crate::http::{Caller, Failure, IdempotencyKey, JsonBody, refused};
use crate::ledger::{Ledger, Unavailable};

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
