//! The form of ledger lines, for their JSON Schema. [`super::parse_line`] and [`super::decode_body`] read them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::Hash;
use crate::instant::Instant;

/// One entry of a ledger and the hash that the chain has after it.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
pub struct LedgerLine {
    /// SHA-256 of the hash before this entry (64 zeros before the first), as 32 bytes, and the exact bytes of `body`.
    hash: Hash,
    /// The entry.
    body: LedgerEntry,
}

/// An entry: something that happened to credits. Each type has further fields of its own; the exact bytes of an entry
/// never change once it is recorded.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct LedgerEntry {
    /// Its number: 1, and one more with each entry.
    #[schemars(range(min = 1))]
    seq: u64,
    /// When it was recorded; never before the entry ahead of it.
    recorded_at: Instant,
    /// What happened.
    #[serde(rename = "type")]
    kind: EntryType,
}

/// What an entry records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum EntryType {
    /// Credits came: a trial's, a plan's, an upgrade's or a pack's.
    Grant,
    /// Work was paid for.
    Usage,
    /// Credits were reserved for work under way.
    Hold,
    /// What was reserved was freed.
    Release,
    /// What failed work cost was given back.
    Amendment,
    /// What was left of a grant expired.
    Expiry,
    /// A refund or a dispute took credits back, or gave them back.
    Void,
    /// A plan was chosen, changed or ended, or will be at the next refresh.
    PlanChange,
    /// An admin turned something on or off, or set a cap.
    ControlsChange,
}

/// A ledger line as a server-sent event.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
pub struct LedgerEvent {
    /// The entry's `seq`: who has lost the stream comes again with it as `Last-Event-ID`.
    #[schemars(regex(pattern = "^[1-9][0-9]*$"))]
    id: String,
    /// What kind of event it is: `entry`.
    #[schemars(extend("const" = "entry"))]
    event: String,
    /// The line.
    data: LineText,
}

/// A ledger line as a text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct LineText;

impl JsonSchema for LineText {
    fn schema_name() -> Cow<'static, str> {
        "LineText".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let line = generator.subschema_for::<LedgerLine>();
        json_schema!({ "type": "string", "contentMediaType": "application/json", "contentSchema": line })
    }
}

/// Ledger lines: a JSON object each, with a line feed behind it.
#[derive(Clone, Copy, Debug)]
pub struct LedgerLines;

impl JsonSchema for LedgerLines {
    fn schema_name() -> Cow<'static, str> {
        "LedgerLines".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let line = generator.subschema_for::<LedgerLine>();
        json_schema!({
            "type": "string",
            "description": "Ledger lines: a JSON object each, with a line feed behind it.",
            "contentMediaType": "application/x-ndjson",
            "contentSchema": line,
        })
    }
}
