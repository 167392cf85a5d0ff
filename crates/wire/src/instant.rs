//! Instants as text: RFC 3339 in UTC with `Z`, milliseconds only where they are not 0. For `#[serde(with = …)]`.

use std::borrow::Cow;
use std::fmt;

use metering::{Period, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes an instant.
///
/// # Errors
/// Whatever the serializer says.
pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

/// Reads an instant with any offset.
///
/// # Errors
/// A text that is not an instant between the years 1970 and 9999.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    struct Text;
    impl Visitor<'_> for Text {
        type Value = Timestamp;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an instant like \"2026-03-01T09:00:00Z\"")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
            text.parse().map_err(E::custom)
        }
    }
    deserializer.deserialize_str(Text)
}

/// An instant in a place that takes whole types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instant(pub Timestamp);

impl JsonSchema for Instant {
    fn schema_name() -> Cow<'static, str> {
        "Instant".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // The years between which there are instants.
        json_schema!({ "type": "string", "format": "date-time", "pattern": "^(19[7-9][0-9]|[2-9][0-9]{3})-" })
    }
}

/// A period's schema: its type is of `metering`, which knows of none.
pub(crate) struct Span;

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let instant = generator.subschema_for::<Instant>();
        json_schema!({ "type": "array", "items": instant, "minItems": 2, "maxItems": 2 })
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer).map(Self)
    }
}

/// An instant that may be absent.
pub mod option {
    use super::{Deserialize, Deserializer, Instant, Serialize, Serializer, Timestamp};

    /// Writes the instant, or `null`.
    ///
    /// # Errors
    /// Whatever the serializer says.
    pub fn serialize<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        at.map(Instant).serialize(serializer)
    }

    /// Reads an instant or `null`. Give the field `#[serde(default)]`, too, if it may be left out.
    ///
    /// # Errors
    /// A text that is not an instant between the years 1970 and 9999.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::<Instant>::deserialize(deserializer)?.map(|instant| instant.0))
    }
}

/// A period as `[start, end]`, or `null`.
pub mod period {
    use super::{Deserialize, Deserializer, Error, Instant, Period, Serialize, Serializer};

    /// Writes `[start, end]`, or `null`.
    ///
    /// # Errors
    /// Whatever the serializer says.
    pub fn serialize<S: Serializer>(period: &Option<Period>, serializer: S) -> Result<S::Ok, S::Error> {
        period.map(|period| (Instant(period.start), Instant(period.end))).serialize(serializer)
    }

    /// Reads `[start, end]` or `null`.
    ///
    /// # Errors
    /// Not two instants, or a start that is not before the end.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Period>, D::Error> {
        let Some((Instant(start), Instant(end))) = Option::deserialize(deserializer)? else {
            return Ok(None);
        };
        if start >= end {
            return Err(D::Error::custom(format!("the period {start} to {end} has no length")));
        }
        Ok(Some(Period { start, end }))
    }
}
