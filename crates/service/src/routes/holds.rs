//! Holds: credits reserved for work under way.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use metering::{Command, Outcome};
use wire::api::{CaptureWish, HoldAnswer, HoldBody, HoldOutcome, HoldWish, PositionBody, ReleaseWish, Role};
use wire::problem::ErrorCode;

use crate::http::{Caller, Failure, JsonBody, refused};
use crate::openapi::{Operation, Topic};

type Told = (StatusCode, Json<HoldAnswer>);

/// What can be asked here.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/v1/workspaces/{workspace}/holds", "hold_credits", create)
            .about(
                Topic::Holds,
                "Hold credits",
                "Reserves what work may cost at most, so that nobody else spends it. A hold that is neither captured nor \
                 released in time frees its credits by itself.",
            )
            .by(Role::reports)
            .takes::<HoldWish>("")
            .gives::<HoldAnswer>(StatusCode::CREATED, "The hold is in the ledger.")
            .gives::<HoldAnswer>(
                StatusCode::OK,
                "The hold was there already, and this is what has become of it; or the action costs nothing.",
            )
            .fails(super::usage::REFUSALS),
        Operation::post("/v1/workspaces/{workspace}/holds/{hold}/capture", "capture_hold", capture)
            .about(
                Topic::Holds,
                "Capture a hold",
                "Pays for the work out of what is reserved, and frees the rest. The captured hold is the usage `hold:` and \
                 the hold's id, which an amendment can name.",
            )
            .by(Role::reports)
            .takes::<CaptureWish>("")
            .gives::<HoldAnswer>(StatusCode::CREATED, "The usage is in the ledger.")
            .gives::<HoldAnswer>(StatusCode::OK, "It was captured with so many units already.")
            .fails(&[ErrorCode::Conflict, ErrorCode::HoldEnded, ErrorCode::Invalid]),
        Operation::post("/v1/workspaces/{workspace}/holds/{hold}/release", "release_hold", release)
            .about(Topic::Holds, "Release a hold", "Frees what is reserved.")
            .by(Role::reports)
            .takes::<ReleaseWish>("")
            .gives::<HoldAnswer>(StatusCode::CREATED, "The release is in the ledger.")
            .gives::<HoldAnswer>(StatusCode::OK, "The hold had ended, however it did.")
            .fails(&[ErrorCode::Invalid]),
    ]
}

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
