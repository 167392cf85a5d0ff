//! Holds: credits reserved for work under way.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use metering::{Command, Outcome};
use wire::api::{CaptureWish, HoldAnswer, HoldBody, HoldOutcome, HoldWish, PositionBody, ReleaseWish, Role};

use crate::http::{Caller, Failure, JsonBody, refused};

type Told = (StatusCode, Json<HoldAnswer>);

/// `POST …/holds`: 201 for a new hold, 200 for one that is there, with what has become of it.
pub(super) async fn create(caller: Caller, JsonBody(wish): JsonBody<HoldWish>) -> Result<Told, Failure> {
    tell(&caller, wish.into(), HoldOutcome::Unmetered).await
}

/// `POST …/holds/{hold}/capture`: 201 once; 200 for the same again.
pub(super) async fn capture(
    caller: Caller,
    Path((_, hold)): Path<(String, String)>,
    JsonBody(CaptureWish { source, units }): JsonBody<CaptureWish>,
) -> Result<Told, Failure> {
    tell(&caller, Command::Capture { source, hold, units }, HoldOutcome::Unchanged).await
}

/// `POST …/holds/{hold}/release`: 201 once; 200 for a hold that has ended, however it did.
pub(super) async fn release(
    caller: Caller,
    Path((_, hold)): Path<(String, String)>,
    JsonBody(ReleaseWish { source }): JsonBody<ReleaseWish>,
) -> Result<Told, Failure> {
    tell(&caller, Command::Release { source, hold }, HoldOutcome::Unchanged).await
}

async fn tell(caller: &Caller, command: Command, nothing: HoldOutcome) -> Result<Told, Failure> {
    let ledger = caller.may(Role::reports, "hold credits: that takes the role meter, owner or admin")?;
    let answer = ledger.command(command).await?;
    if let Some(problem) = refused(ledger, &answer) {
        return Err(problem.into());
    }
    let (status, outcome, seq) = match answer.outcome {
        Outcome::Recorded { seq } => (StatusCode::CREATED, HoldOutcome::Recorded, Some(seq)),
        Outcome::Duplicate { seq } => (StatusCode::OK, HoldOutcome::Duplicate, Some(seq)),
        _ => (StatusCode::OK, nothing, None),
    };
    let hold = answer.hold.map(|hold| HoldBody::of(&hold.past, hold.until));
    let position = PositionBody::from(&answer.position);
    Ok((status, Json(HoldAnswer { outcome, seq, cost: answer.amount, hold, position })))
}
