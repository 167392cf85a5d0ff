//! Requests as JSON. A type derived with serde would also take a list of its fields' values in their order; nobody means
//! that, and no document tells of it.

use std::fmt;

use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Reads a request: an object, in which there are no lists.
///
/// # Errors
/// Whatever serde says, or where a list is.
pub fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    let value = serde_json::from_slice(body)?;
    serde_json::from_slice::<NoList>(body)?;
    Ok(value)
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
    use crate::api::{ControlsPatch, ReleaseWish};

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
}
