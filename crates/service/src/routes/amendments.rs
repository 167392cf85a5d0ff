//! Amendments: what failed work cost is given back.

use axum::Json;
use axum::http::StatusCode;
use metering::Outcome;
use wire::api::{AmendmentAnswer, AmendmentOutcome, AmendmentWish, PositionBody, Role};
use wire::problem::ErrorCode;

use crate::http::{Caller, Failure, JsonBody, refused};
use crate::openapi::{Operation, Topic};

/// What can be asked here.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/v1/workspaces/{workspace}/amendments", "amend_usage", create)
            .about(
                Topic::Usage,
                "Give back what failed work cost",
                "A usage is amended once, whole. Its credits return to the grants that paid for it; what has expired since \
                 stays expired.",
            )
            .by(Role::reports)
            .takes::<AmendmentWish>("")
            .gives::<AmendmentAnswer>(StatusCode::CREATED, "It is in the ledger.")
            .gives::<AmendmentAnswer>(StatusCode::OK, "It was in the ledger already.")
            .fails(&[ErrorCode::Conflict, ErrorCode::Invalid, ErrorCode::Internal]),
    ]
}

/// `POST …/amendments`: 201 once; 200 for the same again; 409 if the usage was amended under another id.
pub(super) async fn create(
    caller: Caller,
    JsonBody(wish): JsonBody<AmendmentWish>,
) -> Result<(StatusCode, Json<AmendmentAnswer>), Failure> {
    let ledger = caller.may(Role::reports, "amend usage: that takes the role meter, owner or admin")?;
    let answer = ledger.command(wish.into()).await?;
    if let Some(problem) = refused(ledger, &answer) {
        return Err(problem.into());
    }
    let (status, outcome, seq) = match answer.outcome {
        Outcome::Recorded { seq } => (StatusCode::CREATED, AmendmentOutcome::Recorded, seq),
        Outcome::Duplicate { seq } => (StatusCode::OK, AmendmentOutcome::Duplicate, seq),
        _ => return Err(Failure::new(ErrorCode::Internal, "an amendment came to nothing")),
    };
    let position = PositionBody::from(&answer.position);
    let body = AmendmentAnswer { outcome, seq, amount: answer.amount.unwrap_or(0), position };
    Ok((status, Json(body)))
}
