//! The plan.

use axum::Json;
use axum::http::StatusCode;
use wire::api::{ChangeAnswer, PlanBody, PlanRequest, Role};
use wire::problem::ErrorCode;

use crate::http::{Caller, Failure, IdempotencyKey, JsonBody, refused};
use crate::openapi::{Operation, Topic};

/// What can be asked here.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/workspaces/{workspace}/plan", "read_plan", show)
            .about(Topic::Plan, "The plan", "What the workspace is subscribed to, and a change that waits for the next refresh.")
            .by(Role::reads)
            .gives::<PlanBody>(StatusCode::OK, "The plan."),
        Operation::post("/v1/workspaces/{workspace}/plan", "change_plan", change)
            .about(
                Topic::Plan,
                "Change the plan",
                "An upgrade counts at once and brings the difference in credits. A downgrade or a cancellation counts at the \
                 next refresh, and is taken back by subscribing to the current plan before.",
            )
            .by(Role::manages)
            .once()
            .takes::<PlanRequest>("")
            .gives::<ChangeAnswer<PlanBody>>(StatusCode::OK, "What it came to, and the plan after it.")
            .fails(&[ErrorCode::Invalid, ErrorCode::NoPlan, ErrorCode::TrialUnavailable]),
    ]
}

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
