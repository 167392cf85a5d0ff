//! Problem documents (RFC 9457): how every refusal and failure looks over HTTP.

use metering::{Invalid, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::{PackBody, PositionBody};
use crate::instant;
use metering::Timestamp;

/// The media type of a problem document.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong, for programs: they switch on this and never on a text. Codes are never renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// 401: there is no token, or nobody knows it.
    Unauthorized,
    /// 403: the token's role may not do this, or the request was sent to a name that is not the service's.
    Forbidden,
    /// 404: there is no such thing, or the token may not know that there is.
    NotFound,
    /// 405: the address does not take this method.
    MethodNotAllowed,
    /// 409: the id was used before with other content.
    Conflict,
    /// 400: the body or a parameter cannot be read; `detail` says where.
    Malformed,
    /// 422: something is out of bounds; `field` says what.
    Invalid,
    /// 408: the request came so slowly that the service did not wait for the rest.
    TooSlow,
    /// 413: the body is longer than the service takes.
    TooLarge,
    /// 415: the body is of a type that the service does not take here.
    UnsupportedType,
    /// 402: fewer credits are available than it costs.
    Exhausted,
    /// 403: the plan has no AI in it.
    PlanExcludesAi,
    /// 403: there is no plan.
    NoPlan,
    /// 403: automation is turned off.
    AutomationOff,
    /// 403: the feature is turned off.
    FeatureOff,
    /// 403: the feature's cap leaves too little in this period.
    CapReached,
    /// 422: the catalogue does not name the feature.
    UnknownFeature,
    /// 403: there is no trial to start.
    TrialUnavailable,
    /// 409: the hold was released or has timed out; the work is reported as a plain usage.
    HoldEnded,
    /// 409: the purchase has gone too far for this, or not far enough.
    PurchaseState,
    /// 409: the service sells nothing: it has no payment provider.
    PaymentsOff,
    /// 429: more requests came than are taken so fast; `Retry-After` says when to go on.
    RateLimited,
    /// 503: the service cannot record now; trying again with the same id is safe.
    Unavailable,
    /// 500: the service failed; trying again with the same id is safe.
    Internal,
    /// A code that this version does not know.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

impl ErrorCode {
    /// The HTTP status that goes with it.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthorized => 401,
            Self::Exhausted => 402,
            Self::Forbidden
            | Self::PlanExcludesAi
            | Self::NoPlan
            | Self::AutomationOff
            | Self::FeatureOff
            | Self::CapReached
            | Self::TrialUnavailable => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict | Self::HoldEnded | Self::PurchaseState | Self::PaymentsOff => 409,
            Self::TooSlow => 408,
            Self::TooLarge => 413,
            Self::UnsupportedType => 415,
            Self::Invalid | Self::UnknownFeature => 422,
            Self::RateLimited => 429,
            Self::Unavailable => 503,
            Self::Internal | Self::Unknown => 500,
        }
    }

    /// The code as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict => "conflict",
            Self::Malformed => "malformed",
            Self::Invalid => "invalid",
            Self::TooSlow => "too_slow",
            Self::TooLarge => "too_large",
            Self::UnsupportedType => "unsupported_type",
            Self::Exhausted => "exhausted",
            Self::PlanExcludesAi => "plan_excludes_ai",
            Self::NoPlan => "no_plan",
            Self::AutomationOff => "automation_off",
            Self::FeatureOff => "feature_off",
            Self::CapReached => "cap_reached",
            Self::UnknownFeature => "unknown_feature",
            Self::TrialUnavailable => "trial_unavailable",
            Self::HoldEnded => "hold_ended",
            Self::PurchaseState => "purchase_state",
            Self::PaymentsOff => "payments_off",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
            Self::Unknown => "unknown",
        }
    }

    /// A short title for people. The same for every problem of a code.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Unauthorized => "The token is missing or not known",
            Self::Forbidden => "This is not allowed",
            Self::NotFound => "There is nothing here",
            Self::MethodNotAllowed => "This address does not take this method",
            Self::Conflict => "The id was used before with other content",
            Self::Malformed => "The request cannot be read",
            Self::Invalid => "Something is out of bounds",
            Self::TooSlow => "The request came too slowly",
            Self::TooLarge => "The body is too long",
            Self::UnsupportedType => "The body's type is not taken here",
            Self::Exhausted => "Too few credits are available",
            Self::PlanExcludesAi => "The plan has no AI in it",
            Self::NoPlan => "There is no plan",
            Self::AutomationOff => "Automation is turned off",
            Self::FeatureOff => "The feature is turned off",
            Self::CapReached => "The feature's cap is reached",
            Self::UnknownFeature => "The catalogue does not name the feature",
            Self::TrialUnavailable => "There is no trial to start",
            Self::HoldEnded => "The hold has ended",
            Self::PurchaseState => "The purchase is not in a state for this",
            Self::PaymentsOff => "Nothing is sold here",
            Self::RateLimited => "Too many requests came at once",
            Self::Unavailable => "The service cannot record now",
            Self::Internal => "The service failed",
            Self::Unknown => "Something went wrong",
        }
    }
}

impl From<Refusal> for ErrorCode {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Exhausted => Self::Exhausted,
            Refusal::PlanExcludesAi => Self::PlanExcludesAi,
            Refusal::NoPlan => Self::NoPlan,
            Refusal::AutomationOff => Self::AutomationOff,
            Refusal::FeatureOff => Self::FeatureOff,
            Refusal::CapReached => Self::CapReached,
            Refusal::UnknownFeature => Self::UnknownFeature,
            Refusal::TrialUnavailable => Self::TrialUnavailable,
            Refusal::HoldEnded => Self::HoldEnded,
        }
    }
}

/// A problem document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// `urn:creditdeck:problem:` and the code.
    #[serde(rename = "type")]
    #[schemars(regex(pattern = "^urn:creditdeck:problem:[a-z_]+$"))]
    pub kind: String,
    /// The code's title, for people.
    pub title: String,
    /// The HTTP status.
    #[schemars(range(min = 400, max = 599))]
    pub status: u16,
    /// What happened this time, for people.
    pub detail: String,
    /// What happened, for programs.
    pub code: ErrorCode,
    /// The request that it happened to: `urn:creditdeck:request:` and the id that the answer's `X-Request-Id` has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The field at fault, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The position that led to a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Box<PositionBody>>,
    /// When a fresh allowance comes.
    #[serde(with = "instant::option", default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<instant::Instant>")]
    pub refresh_at: Option<Timestamp>,
    /// What could be bought instead of waiting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packs: Option<Vec<PackBody>>,
}

impl Problem {
    /// A problem with this code; `detail` says what happened this time.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:creditdeck:problem:{}", code.as_str()),
            title: code.title().into(),
            status: code.status(),
            detail: detail.into(),
            code,
            instance: None,
            field: None,
            position: None,
            refresh_at: None,
            packs: None,
        }
    }

    /// The same problem, naming the field at fault.
    #[must_use]
    pub fn at_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::new(ErrorCode::Invalid, invalid.to_string()).at_field(invalid.field)
    }
}

/// A JSON error's message in plain words and without the place that serde_json appends to it.
pub(crate) fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = match text.rfind(" at line ") {
        Some(end) => &text[..end],
        None => &text,
    };
    plain(text)
}

/// serde's message with the names of Rust's types put in plain words.
pub(crate) fn plain(message: &str) -> String {
    let mut text = message.trim_end().to_owned();
    for (rust, words) in [
        ("expected u64", "expected a whole number from 0"),
        ("expected u32", "expected a whole number from 0 to 4294967295"),
        ("expected u8", "expected a whole number from 0 to 255"),
        ("expected a boolean", "expected true or false"),
        ("expected a sequence", "expected a list"),
    ] {
        text = text.replace(rust, words);
    }
    if let Some(at) = text.find("expected struct ") {
        text.truncate(at);
        text.push_str("expected an object");
    }
    text
}

/// The message and place of a JSON error as one clear sentence.
#[must_use]
pub fn json_error(error: &serde_json::Error) -> String {
    format!("line {}, column {}: {}", error.line(), error.column().max(1), without_place(error))
}
