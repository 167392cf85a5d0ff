//! Usage events: CloudEvents 1.0 in, in structured and in binary mode.
//!
//! `source` and `id` name the usage for ever. `subject` is the member and `time` is when the work was done, both
//! optional. `data` says what was used. Extension attributes of the context are ignored, because a reporter's tracing
//! may change them between one attempt and the next; an unknown field in `data` is an error, because it would be lost.

mod form;
mod header;

use std::fmt;

use metering::{Labels, MAX_ID_LENGTH, Timestamp, UsageRequest};
use serde_json::{Map, Value};

pub use form::{UsageBatch, UsageData, UsageEvent};

/// The version of CloudEvents.
pub const VERSION: &str = "1.0";
/// The one type of event that is usage.
pub const TYPE: &str = "ai.usage.recorded";
/// Media type of one event in structured mode.
pub const STRUCTURED: &str = "application/cloudevents+json";
/// Media type of a batch of events.
pub const BATCH: &str = "application/cloudevents-batch+json";
/// Most events in one batch.
pub const MAX_BATCH: usize = 1_000;

/// Why something is not a usage event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventError {
    /// The attribute or field at fault, like `time` or `data.units`; `body` if the text is not JSON.
    pub field: String,
    /// What is wrong with it and what would be right.
    pub message: String,
}

impl EventError {
    fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }

    /// Whether the bytes could not be read at all, rather than saying something wrong.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        self.field == "body"
    }
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

impl std::error::Error for EventError {}

/// Reads one event in structured mode.
///
/// # Errors
/// [`EventError`]: the first thing that is wrong.
pub fn from_structured(body: &[u8]) -> Result<UsageRequest, EventError> {
    let value = json_value(body)?;
    let Value::Object(event) = value else {
        return Err(EventError::new("body", format!("is {}, and an event is an object", kind(&value))));
    };
    from_object(&event)
}

/// Reads a batch: a JSON array of events in structured mode. Each event is an answer of its own.
///
/// # Errors
/// [`EventError`] when the body is not an array of at most [`MAX_BATCH`] values.
pub fn from_batch(body: &[u8]) -> Result<Vec<Result<UsageRequest, EventError>>, EventError> {
    let value = json_value(body)?;
    let Value::Array(events) = value else {
        return Err(EventError::new("body", format!("is {}, and a batch is an array of events", kind(&value))));
    };
    if events.len() > MAX_BATCH {
        let message = format!("has {} events, and a batch has at most {MAX_BATCH}", events.len());
        return Err(EventError::new("batch", message));
    }
    let read = |event: &Value| match event {
        Value::Object(event) => from_object(event),
        other => Err(EventError::new("event", format!("is {}, and an event is an object", kind(other)))),
    };
    Ok(events.iter().map(read).collect())
}

/// Reads an event in binary mode: the context attributes by name (`ce-` taken off) with the headers' values as they came,
/// and the data as JSON bytes.
///
/// # Errors
/// [`EventError`]: the first thing that is wrong.
pub fn from_binary<'a, V: AsRef<[u8]>>(
    attributes: impl IntoIterator<Item = (&'a str, V)>,
    data: &[u8],
) -> Result<UsageRequest, EventError> {
    let mut event = Map::new();
    for (name, value) in attributes {
        if name == "data" {
            return Err(EventError::new("data", "is no attribute: it is the body in binary mode"));
        }
        let text = header::decoded(value.as_ref()).map_err(|_| EventError::new(name, "is not UTF-8"))?;
        if event.insert(name.to_owned(), Value::String(text)).is_some() {
            return Err(EventError::new(name, "is there twice"));
        }
    }
    event.insert("data".into(), json_value(data)?);
    from_object(&event)
}

/// The event that reports a usage, in structured mode.
#[must_use]
pub fn to_structured(request: &UsageRequest) -> Vec<u8> {
    // The form has nothing that JSON cannot say.
    serde_json::to_vec(&UsageEvent::from(request)).unwrap_or_default()
}

fn json_value(body: &[u8]) -> Result<Value, EventError> {
    serde_json::from_slice(body).map_err(|error| EventError::new("body", crate::problem::json_error(&error)))
}

fn from_object(event: &Map<String, Value>) -> Result<UsageRequest, EventError> {
    let version = required(event, "specversion")?;
    if version != VERSION {
        return Err(EventError::new("specversion", format!("\"{}\" is not \"{VERSION}\"", shown(version))));
    }
    let kind_of_event = required(event, "type")?;
    if kind_of_event != TYPE {
        return Err(EventError::new("type", format!("\"{}\" is not \"{TYPE}\"", shown(kind_of_event))));
    }
    let (source, id) = (required(event, "source")?, required(event, "id")?);
    if let Some(media) = optional(event, "datacontenttype", "datacontenttype")?
        && !is_json(media)
    {
        return Err(EventError::new("datacontenttype", format!("\"{}\" is not application/json", shown(media))));
    }
    let occurred_at = optional(event, "time", "time")?
        .map(|text| text.parse::<Timestamp>().map_err(|error| EventError::new("time", error.to_string())))
        .transpose()?;
    let subject = optional(event, "subject", "subject")?;
    if event.contains_key("data_base64") {
        return Err(EventError::new("data_base64", "is not taken: send data as a JSON object"));
    }
    let data = match event.get("data") {
        Some(Value::Object(data)) => data,
        Some(other) => {
            return Err(EventError::new("data", format!("is {}, not an object", kind(other))));
        }
        None => {
            return Err(EventError::new("data", "is missing: say at least {\"feature\": …}"));
        }
    };
    for name in data.keys() {
        if !["feature", "units", "member", "channel", "reference"].contains(&name.as_str()) {
            let message = "is not known: data has feature, units, member, channel and reference";
            return Err(EventError::new(format!("data.{}", shown(name)), message));
        }
    }
    let feature = optional(data, "feature", "data.feature")?
        .ok_or_else(|| EventError::new("data.feature", "is missing: name a feature of the catalogue"))?;
    let text = |name: &str, place: &str| Ok::<_, EventError>(optional(data, name, place)?.map(str::to_owned));
    Ok(UsageRequest {
        source: source.to_owned(),
        id: id.to_owned(),
        feature: feature.to_owned(),
        units: units(data.get("units"))?,
        occurred_at,
        labels: Labels {
            member: text("member", "data.member")?.or_else(|| subject.map(str::to_owned)),
            channel: text("channel", "data.channel")?,
            reference: text("reference", "data.reference")?,
        },
    })
}

/// Units within the numbers that exist; whether so many may be reported is for the rules to say.
fn units(value: Option<&Value>) -> Result<u32, EventError> {
    let Some(value) = value else { return Ok(1) };
    let bad = || {
        let found = if value.is_number() { value.to_string() } else { kind(value).to_owned() };
        EventError::new("data.units", format!("is {found}, not a whole number in 1..={}", metering::MAX_UNITS))
    };
    let whole = value.as_number().and_then(crate::api::whole_number);
    whole.and_then(|units| u32::try_from(units).ok()).ok_or_else(bad)
}

fn required<'a>(event: &'a Map<String, Value>, name: &str) -> Result<&'a str, EventError> {
    optional(event, name, name)?.ok_or_else(|| EventError::new(name, "is missing"))
}

/// A text of 1..=256 bytes, if it is there.
fn optional<'a>(map: &'a Map<String, Value>, name: &str, place: &str) -> Result<Option<&'a str>, EventError> {
    match map.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if (1..=MAX_ID_LENGTH).contains(&text.len()) => Ok(Some(text)),
        Some(Value::String(text)) => {
            let message = format!("has {} bytes and needs 1..={MAX_ID_LENGTH}", text.len());
            Err(EventError::new(place, message))
        }
        Some(other) => Err(EventError::new(place, format!("is {}, not a text", kind(other)))),
    }
}

/// Whether a media type is of JSON, whatever the JSON is about.
#[must_use]
pub fn is_json(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A text from outside, cut to what a message can hold.
fn shown(text: &str) -> String {
    text.chars().take(64).collect()
}
