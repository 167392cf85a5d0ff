//! Requests as JSON. A type derived with serde would also take a list of its fields' values in their order; nobody means
//! that, and no document tells of it.

use std::fmt;

use metering::MAX_TOTAL;
use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};

/// Reads a request: an object, in which there are no lists. A whole number may be written as `2.0` or `1e3`, as it may
/// by its schema.
///
/// # Errors
/// Whatever serde says, or where a list is.
pub fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    let value = match serde_json::from_slice(body) {
        Ok(value) => value,
        // Few write so: the others are read at once, and told where they are wrong.
        Err(error) => whole(body).and_then(|value| serde_json::from_value(value).ok()).ok_or(error)?,
    };
    serde_json::from_slice::<NoList>(body)?;
    Ok(value)
}

/// The JSON with its whole numbers written as such.
fn whole(body: &[u8]) -> Option<Value> {
    let mut value = serde_json::from_slice(body).ok()?;
    make_whole(&mut value);
    Some(value)
}

fn make_whole(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(whole) = whole_number(number) {
                *value = whole.into();
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(make_whole),
        _ => {}
    }
}

/// A number that is whole and not negative, however it is written. None above what JSON carries exactly.
pub(crate) fn whole_number(number: &Number) -> Option<u64> {
    let Some(float) = number.as_f64().filter(|_| number.is_f64()) else { return number.as_u64() };
    // Each such float is exactly one integer.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "it is in bounds"
    )]
    (float.fract() == 0.0 && (0.0..=MAX_TOTAL as f64).contains(&float)).then_some(float as u64)
}

/// Anything but a list, at any depth.
struct NoList;

impl<'de> Deserialize<'de> for NoList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = NoList;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object, a text, a number, true, false or null")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NoList, A::Error> {
                while map.next_entry::<serde::de::IgnoredAny, NoList>()?.is_some() {}
                Ok(NoList)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<NoList, A::Error> {
                Err(A::Error::custom("a list is not taken here"))
            }

            fn visit_bool<E: Error>(self, _: bool) -> Result<NoList, E> {
                Ok(NoList)
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<NoList, E> {
                Ok(NoList)
            }

            fn visit_u64<E: Error>(self, _: u64) -> Result<NoList, E> {
                Ok(NoList)
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<NoList, E> {
                Ok(NoList)
            }

            fn visit_str<E: Error>(self, _: &str) -> Result<NoList, E> {
                Ok(NoList)
            }

            fn visit_unit<E: Error>(self) -> Result<NoList, E> {
                Ok(NoList)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ControlsPatch, ReleaseWish, UsageCheck};

    #[test]
    fn a_list_is_no_object() {
        assert_eq!(from_json::<ReleaseWish>(br#"{"source": "desk"}"#).unwrap().source, "desk");
        let said = from_json::<ReleaseWish>(b"[\"desk\"]").unwrap_err().to_string();
        assert!(said.starts_with("a list is not taken here at line 1"), "{said}");
        let patch = br#"{"automation": null, "features": {"draft": {"on": true, "cap": 7}}}"#;
        assert_eq!(from_json::<ControlsPatch>(patch).unwrap().features.0.len(), 1);
        assert!(from_json::<ControlsPatch>(br#"{"features": {"draft": [true]}}"#).is_err());
        assert!(from_json::<ControlsPatch>(b"[]").is_err());
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        let units = |text: &str| {
            let body = format!(r#"{{"feature": "draft", "units": {text}}}"#);
            from_json::<UsageCheck>(body.as_bytes()).map(|check| check.units).map_err(|error| error.to_string())
        };
        for (text, number) in
            [("2", 2), ("2.0", 2), ("2e0", 2), ("1.5e1", 15), ("0.0", 0), ("-0.0", 0), ("4294967295.0", u32::MAX)]
        {
            assert_eq!(units(text), Ok(number), "{text}");
        }
        assert!(units("2.5").unwrap_err().starts_with("invalid type: floating point `2.5`, expected u32 at line 1"));
        for text in ["-1.0", "4294967296.0", "1e300", "9007199254740993.0"] {
            assert!(units(text).is_err(), "{text}");
        }
    }
}
