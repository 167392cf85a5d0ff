//! The plan.

use axum::Json;
use wire::api::{ChangeAnswer, PlanBody, PlanRequest, Role};

use crate::http::{Caller, Failure, IdempotencyKey, JsonBody, refused};

/// `GET …/plan`.
pub(super) async fn show(caller: Caller) -> Result<Json<PlanBody>, Failure> {
    let ledger = caller.may(Role::reads, "read the plan")?;
    Ok(Json(ledger.read(PlanBody::of).await?))
}

/// `POST …/plan`: `{"do": "subscribe", "plan": …}`, `{"do": "cancel"}` or `{"do": "start_trial"}`.
pub(super) async fn change(
    caller: Caller,
    key: IdempotencyKey,
    JsonBody(request): JsonBody<PlanRequest>,
) -> Result<Json<ChangeAnswer<PlanBody>>, Failure> {
    let ledger = caller.may(Role::manages, "change the plan")?;
    let answer = ledger.change(request.clone().into(), key.of(&("plan", request))).await?;
    if let Some(problem) = refused(ledger, &answer) {
        return Err(problem.into());
    }
    let now = ledger.read(PlanBody::of).await?;
    Ok(Json(ChangeAnswer::of(&answer.outcome, now)))
}
