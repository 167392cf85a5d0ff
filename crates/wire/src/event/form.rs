//! The form of a usage event, for who writes one and for its JSON Schema. Reading is stricter than serde about what is
//! said of a mistake, so that [`super::from_structured`] does without it.

use metering::{MAX_ID_LENGTH, MAX_UNITS, UsageRequest};
use schemars::JsonSchema;
use serde::Serialize;

use crate::instant::Instant;

/// AI work, as a CloudEvent. `source` and `id` name it for ever: the same again is the same usage. Further attributes of
/// the context are ignored, since tracing may change them between one attempt and the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(extend("not" = { "required": ["data_base64"] }))]
pub struct UsageEvent<'a> {
    /// The version of CloudEvents.
    #[schemars(extend("const" = super::VERSION))]
    specversion: &'static str,
    /// The one type of event that is usage.
    #[serde(rename = "type")]
    #[schemars(extend("const" = super::TYPE))]
    kind: &'static str,
    /// Who reports it, 1..=256 bytes.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    source: &'a str,
    /// The reporter's own id of it, 1..=256 bytes. Ids that begin with `hold:` name captured holds.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH), regex(pattern = "^(?!hold:)"))]
    id: &'a str,
    /// When the work was done, at most 35 days ago; when it is recorded, if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<Instant>,
    /// The member whose work it was, if `data` does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    subject: Option<&'a str>,
    /// JSON, if it is said at all.
    #[schemars(with = "Option<String>", regex(pattern = r"^\s*(application/json|[^;]*\+json)\s*(;.*)?$"))]
    datacontenttype: &'static str,
    /// What was used.
    data: UsageData<'a>,
}

/// Usage events, each answered on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UsageBatch<'a>(#[schemars(length(max = super::MAX_BATCH))] Vec<UsageEvent<'a>>);

/// What was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsageData<'a> {
    /// A feature's id, or that of something unmetered.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    feature: &'a str,
    /// How many units; 1, if absent.
    #[schemars(default = "one", range(min = 1, max = MAX_UNITS))]
    units: u32,
    /// The member whose work it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    member: Option<&'a str>,
    /// The channel that it came through, like `chat`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    channel: Option<&'a str>,
    /// The reporter's own reference, like a conversation's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    reference: Option<&'a str>,
}

const fn one() -> u32 {
    1
}

impl<'a> From<&'a UsageRequest> for UsageEvent<'a> {
    fn from(request: &'a UsageRequest) -> Self {
        Self {
            specversion: super::VERSION,
            kind: super::TYPE,
            source: &request.source,
            id: &request.id,
            time: request.occurred_at.map(Instant),
            subject: None,
            datacontenttype: "application/json",
            data: UsageData {
                feature: &request.feature,
                units: request.units,
                member: request.labels.member.as_deref(),
                channel: request.labels.channel.as_deref(),
                reference: request.labels.reference.as_deref(),
            },
        }
    }
}
