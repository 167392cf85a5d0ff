//! What all routes share: the state, who asks, bodies, and how a failure looks.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::body::{Bytes, HttpBody};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use clock::Clock;
use http_body_util::LengthLimitError;
use metering::{MAX_ID_LENGTH, Outcome, Position, Refusal};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use wire::api::{PackBody, PositionBody, Role};
use wire::problem::{ErrorCode, MEDIA_TYPE, Problem};

use crate::door::{Door, Stranger};
use crate::ledger::{Answer, Ledger, Ledgers, Once, Unavailable};
use crate::metrics::Metrics;
use crate::payment::Payments;
use crate::serving::{Connection, Peer};
use crate::store::{Store, StoreError};

/// Longest body that any route takes, in bytes.
pub(crate) const MAX_BODY: usize = 1024 * 1024;

/// The header that makes a change safe to send again.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// What the routes work on.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

/// The parts behind an [`App`].
pub(crate) struct Inner {
    pub(crate) store: Arc<Store>,
    pub(crate) door: Door,
    pub(crate) ledgers: Ledgers,
    pub(crate) clock: Clock,
    pub(crate) payments: Payments,
    pub(crate) metrics: Arc<Metrics>,
    /// Set when the service stops: streams end.
    pub(crate) stop: watch::Sender<bool>,
}

impl App {
    pub(crate) fn new(parts: Inner) -> Self {
        Self(Arc::new(parts))
    }
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Runs what blocks on the disk where it does not hold others up.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(StoreError::Contradiction(format!("the work did not end: {error}"))),
    }
}

/// A problem on its way out.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) Box<Problem>);

impl Failure {
    pub(crate) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Problem::new(code, detail).into()
    }

    /// There is no such thing.
    pub(crate) fn not_found(what: &str, id: &str) -> Self {
        let shown: String = id.chars().take(64).collect();
        Self::new(ErrorCode::NotFound, format!("there is no {what} \"{shown}\""))
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!(request = crate::journal::id(), %error, "the store failed");
        Self::new(ErrorCode::Unavailable, "the service cannot reach its records; sending the same again is safe")
    }
}

impl From<Unavailable> for Failure {
    fn from(error: Unavailable) -> Self {
        Self::new(ErrorCode::Unavailable, format!("{error}; sending the same again is safe"))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let problem = Problem { instance: crate::journal::instance(), ..*self.0 };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// The problem that an answer other than recorded, duplicate or unchanged is; `None` for those.
pub(crate) fn refused(ledger: &Ledger, answer: &Answer) -> Option<Problem> {
    match &answer.outcome {
        Outcome::Recorded { .. } | Outcome::Duplicate { .. } | Outcome::Unchanged => None,
        // Nothing was recorded under it, as entry 0.
        Outcome::Conflict { seq: 0 } => {
            let detail = "this key was used with other content, which changed nothing; nothing was changed now either";
            Some(Problem::new(ErrorCode::Conflict, detail).at_field(IDEMPOTENCY_KEY))
        }
        Outcome::Conflict { seq } => {
            let detail = format!("this id was recorded with other content, as entry {seq}; nothing was changed");
            Some(Problem::new(ErrorCode::Conflict, detail).at_field("id"))
        }
        Outcome::Invalid(invalid) => Some(Problem::from(invalid.clone())),
        Outcome::Refused(refusal) => Some(refusal_problem(ledger, *refusal, &answer.position)),
    }
}

fn refusal_problem(ledger: &Ledger, refusal: Refusal, position: &Position) -> Problem {
    let mut problem = Problem::new(ErrorCode::from(refusal), why(refusal, position));
    problem.position = Some(Box::new(PositionBody::from(position)));
    problem.refresh_at = position.period.map(|period| period.end);
    if refusal == Refusal::Exhausted {
        let packs = &ledger.workspace().terms.catalogue(position.at).packs;
        problem.packs = Some(packs.iter().map(PackBody::from).collect());
    }
    problem
}

fn why(refusal: Refusal, position: &Position) -> String {
    let refresh = position.period.map_or_else(String::new, |period| format!(" until the refresh at {}", period.end));
    match refusal {
        Refusal::Exhausted => format!("it costs more than the {} credits available{refresh}", position.available),
        Refusal::PlanExcludesAi => "the plan has no AI in it: choose one that has".into(),
        Refusal::NoPlan => "there is no plan: subscribe to one".into(),
        Refusal::AutomationOff => "an admin has to turn automation on first".into(),
        Refusal::FeatureOff => "an admin has turned the feature off".into(),
        Refusal::CapReached => format!("the feature's cap does not leave enough{refresh}"),
        Refusal::UnknownFeature => "the catalogue does not name this feature".into(),
        Refusal::TrialUnavailable => "the workspace had a trial or a plan, or the provider offers no trial".into(),
        Refusal::HoldEnded => "the hold was released or its time was up: report the work as a plain usage".into(),
    }
}

/// The bearer token of a request, whether anybody knows it or not.
pub(crate) struct Bearer(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let missing =
            || Failure::new(ErrorCode::Unauthorized, "send the header \"Authorization: Bearer\" with a token");
        let value = parts.headers.get(header::AUTHORIZATION).ok_or_else(missing)?;
        let text = value.to_str().map_err(|_| missing())?;
        let (scheme, token) = text.split_once(' ').ok_or_else(missing)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(missing());
        }
        Ok(Self(token.trim().to_owned()))
    }
}

/// Nobody knows the token of a request.
pub(crate) fn unknown_token() -> Failure {
    Failure::new(ErrorCode::Unauthorized, "nobody knows this token: it is wrong, it has expired or it was revoked")
}

/// Somebody is not let in.
pub(crate) fn turned_away(stranger: Stranger) -> Failure {
    match stranger {
        Stranger::Unknown => unknown_token(),
        Stranger::Elsewhere => Failure::new(ErrorCode::NotFound, "there is nothing here for this token"),
        Stranger::Hasty => {
            Failure::new(ErrorCode::RateLimited, "this token asks too fast; sending the same again in a while is safe")
        }
        Stranger::Guessing => {
            let detail = "too many whom nobody knows have asked from this address; this one was not looked at";
            Failure::new(ErrorCode::RateLimited, detail)
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().map_or_else(Self::nobody, |connection: &Connection| connection.peer))
    }
}

/// A caller with access to the workspace in the address.
pub(crate) struct Caller {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) role: Role,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Bearer(token) = Bearer::from_request_parts(parts, app).await?;
        let path = RawPathParams::from_request_parts(parts, app)
            .await
            .map_err(|error| Failure::new(ErrorCode::Malformed, error.to_string()))?;
        let id = path.iter().find(|(name, _)| *name == "workspace").map_or("", |(_, value)| value);
        // A workspace that the token has no access to looks like one that is not there.
        let no_such = || Failure::not_found("workspace", id);
        let Ok(peer) = Peer::from_request_parts(parts, app).await;
        let role = app.door.enter(&token, id, peer, app.clock.now()).await?.map_err(|stranger| match stranger {
            Stranger::Elsewhere => no_such(),
            stranger => turned_away(stranger),
        })?;
        let ledger = app.ledgers.get(id).await?.ok_or_else(no_such)?;
        Ok(Self { ledger, role })
    }
}

impl Caller {
    /// The caller's own workspace, if the role may do this there.
    pub(crate) fn may(&self, allowed: fn(Role) -> bool, what: &str) -> Result<&Arc<Ledger>, Failure> {
        if allowed(self.role) {
            return Ok(&self.ledger);
        }
        Err(Failure::new(ErrorCode::Forbidden, format!("a token with the role {} may not {what}", self.role)))
    }
}

/// The key under which a change counts once, if the caller has given one.
pub(crate) struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// The key with what is asked under it.
    pub(crate) fn of(self, asked: &impl serde::Serialize) -> Option<Once> {
        // Bodies are made of texts, numbers and lists: JSON can say all of it.
        let text = serde_json::to_vec(asked).unwrap_or_default();
        self.0.map(|key| Once { key, request: Sha256::digest(&text).into() })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let Some(value) = parts.headers.get(IDEMPOTENCY_KEY) else { return Ok(Self(None)) };
        let text = value.to_str().ok().map(str::trim).filter(|text| (1..=MAX_ID_LENGTH).contains(&text.len()));
        let text = text.ok_or_else(|| {
            let detail = format!("{IDEMPOTENCY_KEY}: needs 1..={MAX_ID_LENGTH} visible letters");
            Problem::new(ErrorCode::Invalid, detail).at_field(IDEMPOTENCY_KEY)
        })?;
        Ok(Self(Some(text.to_owned())))
    }
}

/// The bytes of a body of at most [`MAX_BODY`].
pub(crate) struct Body(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let too_large = || Failure::new(ErrorCode::TooLarge, format!("the body is longer than {MAX_BODY} bytes"));
        // Nothing is read of a body that says itself how long it is.
        if usize::try_from(request.body().size_hint().lower()).is_ok_and(|length| length > MAX_BODY) {
            return Err(too_large());
        }
        axum::body::to_bytes(request.into_body(), MAX_BODY).await.map(Self).map_err(|error| {
            if error.into_inner().is::<LengthLimitError>() {
                too_large()
            } else {
                Failure::new(ErrorCode::Malformed, "the body cannot be read: it did not come whole")
            }
        })
    }
}

/// A JSON body: `application/json` and nothing else.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        if media_type(request.headers()) != "application/json" {
            return Err(Failure::new(ErrorCode::UnsupportedType, "send the body as application/json"));
        }
        let Body(bytes) = Body::from_request(request, state).await?;
        let value = wire::api::from_json(&bytes)
            .map_err(|error| Failure::new(ErrorCode::Malformed, wire::problem::json_error(&error)))?;
        Ok(Self(value))
    }
}

/// The media type of a body without its parameters, in lower case; empty if there is none.
pub(crate) fn media_type(headers: &axum::http::HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Parameters behind the question mark, each at most once.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        axum::extract::Query::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|rejection| Failure::new(ErrorCode::Malformed, rejection.body_text()))
    }
}
