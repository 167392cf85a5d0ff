//! Prices and allowances: a number, or by agreement.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A whole number, or the word `"custom"` (none).
#[derive(Clone, Copy)]
pub(super) struct NumberOrCustom(pub(super) Option<u64>);

impl JsonSchema for NumberOrCustom {
    fn schema_name() -> Cow<'static, str> {
        "NumberOrCustom".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // The bound is the number's; of a word, JSON Schema does not ask for one.
        json_schema!({ "anyOf": [{ "type": "integer", "minimum": 0 }, { "const": "custom" }] })
    }
}

impl Serialize for NumberOrCustom {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(number) => serializer.serialize_u64(number),
            None => serializer.serialize_str("custom"),
        }
    }
}

impl<'de> Deserialize<'de> for NumberOrCustom {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = NumberOrCustom;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number from 0 or \"custom\"")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<NumberOrCustom, E> {
                Ok(NumberOrCustom(Some(number)))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<NumberOrCustom, E> {
                u64::try_from(number)
                    .map(|number| NumberOrCustom(Some(number)))
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(number), &self))
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<NumberOrCustom, E> {
                if word == "custom" {
                    return Ok(NumberOrCustom(None));
                }
                Err(E::invalid_value(serde::de::Unexpected::Str(word), &self))
            }
        }
        deserializer.deserialize_any(Either)
    }
}
