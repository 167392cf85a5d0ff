//! Numbers as they are written: the rules say which are in bounds, and the answer quotes what was there.

use std::fmt::Display;

use metering::Invalid;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A whole number, however large, or however far below zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole<'a>(&'a str);

impl<'de: 'a, 'a> Deserialize<'de> for Whole<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&RawValue>::deserialize(deserializer)?.get();
        if text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self(text));
        }
        let shown: String = text.chars().take(64).collect();
        Err(D::Error::custom(format!("{shown} is no whole number, and has to be one")))
    }
}

/// A number that no command can carry: what stands there for it, out of bounds as it is, and how it was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StandIn {
    field: &'static str,
    number: String,
    written: String,
}

impl Whole<'_> {
    /// The number as a command carries it; `beyond`, which is out of the field's bounds, if it cannot.
    pub(super) fn fit<T>(self, field: &'static str, beyond: T, stand_ins: &mut Vec<StandIn>) -> T
    where
        T: TryFrom<i128> + Display,
    {
        let fits = self.0.parse::<i128>().ok().and_then(|number| T::try_from(number).ok());
        fits.unwrap_or_else(|| {
            stand_ins.push(StandIn { field, number: beyond.to_string(), written: self.0.to_owned() });
            beyond
        })
    }
}

/// What is out of bounds, in the words of the rules and with the number that was written.
pub(super) fn said(invalid: &Invalid, stand_ins: &[StandIn]) -> String {
    let of_field = stand_ins.iter().filter(|one| one.field == invalid.field);
    for StandIn { field, number, written } in of_field {
        if let Some(rest) = invalid.message.strip_prefix(&format!("{number} ")) {
            return format!("{field}: {written} {rest}");
        }
    }
    invalid.to_string()
}
