//! Reported usage: CloudEvents in, an answer for each.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use metering::{Command, Outcome, UsageRequest};
use schemars::JsonSchema;
use wire::api::{BatchAnswer, BatchBody, PositionBody, Role, UsageAnswer, UsageCheck, UsageOutcome};
use wire::event::{self, EventError};
use wire::problem::{ErrorCode, Problem};

use crate::http::{Body, Caller, Failure, JsonBody, media_type, refused};
use crate::ledger::{Answer, Ledger};
use crate::openapi::{Operation, Topic};

/// The attributes of an event in binary mode, as headers.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("ce-specversion", "specversion"),
    ("ce-type", "type"),
    ("ce-source", "source"),
    ("ce-id", "id"),
    ("ce-time", "time"),
    ("ce-subject", "subject"),
];

/// Why work is not taken.
pub(super) const REFUSALS: &[ErrorCode] = &[
    ErrorCode::Exhausted,
    ErrorCode::PlanExcludesAi,
    ErrorCode::NoPlan,
    ErrorCode::AutomationOff,
    ErrorCode::FeatureOff,
    ErrorCode::CapReached,
    ErrorCode::UnknownFeature,
    ErrorCode::Conflict,
    ErrorCode::Invalid,
];

/// What can be asked here.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/v1/workspaces/{workspace}/usage", "report_usage", report)
            .about(
                Topic::Usage,
                "Report usage",
                "AI work that was done, as CloudEvents 1.0: one event in structured or in binary mode, or a batch. A usage \
                 that is refused or invalid is not remembered: the same id may be tried again.\n\n\
                 A batch is answered event by event, and is safe to send again whole: `200` says that it was read, and what \
                 became of each event stands in its answer.",
            )
            .by(Role::reports)
            .headers_of::<event::UsageEvent<'static>>("Binary mode", ATTRIBUTES)
            .takes_as::<event::UsageEvent<'_>>(event::STRUCTURED, "One event. Headers that begin with `ce-` are ignored.")
            .takes_as::<event::UsageBatch<'_>>(event::BATCH, "At most 1,000 events, decided in their order.")
            .takes_as::<event::UsageData<'_>>(
                "application/json",
                "One event in binary mode: the body is its data, and its attributes are the headers that begin with `ce-`. \
                 Their values are percent-encoded where they are not visible ASCII.",
            )
            .gives::<UsageAnswer>(StatusCode::CREATED, "The usage is in the ledger.")
            .gives::<UsageReply>(
                StatusCode::OK,
                "The usage was in the ledger already, or costs nothing; or the answers to a batch.",
            )
            .fails(REFUSALS),
        Operation::post("/v1/workspaces/{workspace}/usage/check", "check_usage", check)
            .about(
                Topic::Usage,
                "Ask whether usage would be taken",
                "Records nothing, and promises nothing: whoever wants to be sure asks for a hold.",
            )
            .by(|_| true)
            .takes::<UsageCheck>("")
            .gives::<UsageAnswer>(StatusCode::OK, "It would be taken now, at this cost.")
            .fails(&[
                ErrorCode::Exhausted,
                ErrorCode::PlanExcludesAi,
                ErrorCode::NoPlan,
                ErrorCode::AutomationOff,
                ErrorCode::FeatureOff,
                ErrorCode::CapReached,
                ErrorCode::UnknownFeature,
                ErrorCode::Invalid,
            ]),
    ]
}

/// The answer to one event, or to a batch.
#[derive(JsonSchema)]
#[serde(untagged)]
enum UsageReply {
    /// To one event.
    _One(UsageAnswer),
    /// To a batch.
    _Batch(BatchBody),
}

/// `POST …/usage`: one event in structured or binary mode, or a batch.
pub(super) async fn report(caller: Caller, headers: HeaderMap, Body(bytes): Body) -> Result<Response, Failure> {
    let ledger = caller.may(Role::reports, "report usage: that takes the role meter, owner or admin")?;
    match media_type(&headers).as_str() {
        event::STRUCTURED => one(ledger, event::from_structured(&bytes)).await,
        event::BATCH => batch(ledger, &bytes).await,
        media if headers.contains_key("ce-specversion") && (media.is_empty() || event::is_json(media)) => {
            one(ledger, event::from_binary(attributes(&headers), &bytes)).await
        }
        _ => Err(Failure::new(
            ErrorCode::UnsupportedType,
            format!(
                "send {}, {}, or application/json with ce- headers (ce-specversion among them)",
                event::STRUCTURED,
                event::BATCH
            ),
        )),
    }
}

/// `POST …/usage/check`: what a usage would come to now. Nothing is recorded.
pub(super) async fn check(
    caller: Caller,
    JsonBody(UsageCheck { feature, units }): JsonBody<UsageCheck>,
) -> Result<Json<UsageAnswer>, Failure> {
    let ledger = &caller.ledger;
    // No id is looked up: any will do.
    let (source, id) = ("check".to_owned(), "check".to_owned());
    let request = UsageRequest { source, id, feature, units, ..UsageRequest::default() };
    let answer = ledger.check(Command::Use(request)).await?;
    if let Some(problem) = refused(ledger, &answer) {
        return Err(problem.into());
    }
    let is_metered = matches!(answer.outcome, Outcome::Recorded { .. });
    let outcome = if is_metered { UsageOutcome::WouldBeRecorded } else { UsageOutcome::Unmetered };
    let cost = Some(answer.amount.unwrap_or(0));
    Ok(Json(UsageAnswer { outcome, seq: None, cost, position: PositionBody::from(&answer.position) }))
}

/// The context attributes of binary mode, as they came.
fn attributes(headers: &HeaderMap) -> impl Iterator<Item = (&str, &[u8])> {
    headers.iter().filter_map(|(name, value)| Some((name.as_str().strip_prefix("ce-")?, value.as_bytes())))
}

async fn one(ledger: &Ledger, event: Result<UsageRequest, EventError>) -> Result<Response, Failure> {
    let request = event.map_err(|error| Failure::from(event_problem(&error)))?;
    let BatchAnswer { status, answer, problem } = told(ledger, &ledger.command(Command::Use(request)).await?);
    if let Some(problem) = problem {
        return Err(problem.into());
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    Ok((status, Json(answer)).into_response())
}

/// What can be read of a batch is decided in its order and committed together.
async fn batch(ledger: &Ledger, bytes: &[u8]) -> Result<Response, Failure> {
    let events = event::from_batch(bytes).map_err(|error| Failure::from(event_problem(&error)))?;
    let mut commands = Vec::with_capacity(events.len());
    let problems: Vec<Option<EventError>> =
        events.into_iter().map(|event| event.map(|request| commands.push(Command::Use(request))).err()).collect();
    let mut decided = ledger.commands(commands).await?.into_iter();
    let answers = problems.into_iter().filter_map(|problem| match problem {
        Some(error) => {
            let problem = event_problem(&error);
            Some(BatchAnswer { status: problem.status, answer: None, problem: Some(problem) })
        }
        None => decided.next().map(|answer| told(ledger, &answer)),
    });
    Ok((StatusCode::OK, Json(BatchBody { answers: answers.collect() })).into_response())
}

/// The answer in the words of HTTP.
fn told(ledger: &Ledger, answer: &Answer) -> BatchAnswer {
    if let Some(problem) = refused(ledger, answer) {
        return BatchAnswer { status: problem.status, answer: None, problem: Some(problem) };
    }
    let (status, outcome, seq) = match answer.outcome {
        Outcome::Recorded { seq } => (StatusCode::CREATED, UsageOutcome::Recorded, Some(seq)),
        Outcome::Duplicate { seq } => (StatusCode::OK, UsageOutcome::Duplicate, Some(seq)),
        _ => (StatusCode::OK, UsageOutcome::Unmetered, None),
    };
    let cost = if outcome == UsageOutcome::Unmetered { Some(0) } else { answer.amount };
    let body = UsageAnswer { outcome, seq, cost, position: PositionBody::from(&answer.position) };
    BatchAnswer { status: status.as_u16(), answer: Some(body), problem: None }
}

fn event_problem(error: &EventError) -> Problem {
    let code = if error.is_malformed() { ErrorCode::Malformed } else { ErrorCode::Invalid };
    Problem::new(code, error.to_string()).at_field(&error.field)
}
