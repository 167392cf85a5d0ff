//! Ledger lines: an entry's body, and the NDJSON line that carries it with its hash.
//!
//! A body is written once, by the service that records the entry. From then on its exact bytes are stored, hashed,
//! sent and kept; nobody ever writes it anew to check it.

mod body;
mod form;
mod packs;
mod quick;
mod shape;
mod work;
mod write;

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

pub use body::{decode_body, encode_body};
pub(crate) use body::{feature_control_shapes, feature_controls, plan_terms, plan_terms_shape};
pub use form::{EntryType, LedgerEntry, LedgerEvent, LedgerLine, LedgerLines};
pub(crate) use quick::read_seq;
pub use quick::{LineHead, UsageLine, read_head, read_usage, split_line};
pub(crate) use shape::{AllocationShape, FeatureControlShape, PlanTermsShape};
pub(crate) use work::{allocation_shapes, allocations};
pub use write::append_usage;

use crate::Hash;

/// One line of a ledger as it is sent: the hash that the chain has after this entry, and the entry's exact bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The chain's hash after this entry.
    pub hash: Hash,
    /// The body, byte for byte as it was recorded.
    pub body: &'a [u8],
}

/// Why bytes are not a ledger line or an entry's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError {
    /// Where: a field's name, or `column n`.
    pub place: String,
    /// What is wrong there and what would be right.
    pub message: String,
}

impl LineError {
    pub(crate) fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }

    fn from_json(error: &serde_json::Error) -> Self {
        Self::new(format!("column {}", error.column()), crate::problem::without_place(error))
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl std::error::Error for LineError {}

/// The line `{"hash":"…","body":…}` with the body's bytes as they are, without a line feed at its end.
#[must_use]
pub fn encode_line(hash: &Hash, body: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(body.len() + 84);
    append_line(hash, body, &mut line);
    line
}

/// Appends the line that [`encode_line`] gives.
pub fn append_line(hash: &Hash, body: &[u8], line: &mut Vec<u8>) {
    line.extend_from_slice(b"{\"hash\":\"");
    line.extend_from_slice(&hash.to_hex());
    line.extend_from_slice(b"\",\"body\":");
    line.extend_from_slice(body);
    line.push(b'}');
}

/// Takes a line apart. White space around it is ignored; the body is given as its exact bytes.
///
/// # Errors
/// [`LineError`] when the bytes are not one JSON object of exactly `hash` and `body`.
pub fn parse_line(line: &[u8]) -> Result<Line<'_>, LineError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Parts<'a> {
        hash: Hash,
        #[serde(borrow)]
        body: &'a RawValue,
    }
    let parts: Parts<'_> = serde_json::from_slice(line).map_err(|error| LineError::from_json(&error))?;
    Ok(Line { hash: parts.hash, body: parts.body.get().as_bytes() })
}
