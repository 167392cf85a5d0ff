//! A catalogue's text as a tree in which everything has its place, whatever it was written in.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// No value that a catalogue has lies deeper than this: what does is shown by its kind alone, and read no further.
const MAX_DEPTH: u8 = 5;

/// What a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Toml,
    Json,
}

/// A value and the byte of the text at which it begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) at: usize,
    pub(super) value: Value,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Value {
    Absent,
    Bool(bool),
    Integer(i128),
    /// A number with a point or an exponent in it, as it is written.
    Float(String),
    Text(String),
    List(Vec<Node>),
    Table(Vec<Member>),
    /// Nothing that any field takes; in words.
    Other(&'static str),
}

/// A field of a table. One that is there twice is there twice.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    /// The byte at which its name begins.
    pub(super) at: usize,
    pub(super) node: Node,
}

/// What keeps a text from being a tree, and the byte at which it shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    pub(super) at: usize,
    pub(super) message: String,
}

/// The tree of a TOML text, or everything that keeps it from being one.
pub(super) fn of_toml(text: &str) -> Result<Node, Vec<Unreadable>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(Node { at: 0, value: toml_table(table.get_ref(), MAX_DEPTH) });
    }
    let unreadable = |error: &toml::de::Error| Unreadable {
        at: error.span().map_or(0, |span| span.start),
        message: error.message().replace('\n', " "),
    };
    Err(errors.iter().map(unreadable).collect())
}

fn toml_table(table: &DeTable<'_>, depth: u8) -> Value {
    let member = |(name, value): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| Member {
        name: name.get_ref().clone().into_owned(),
        at: name.span().start,
        node: toml_node(value, depth),
    };
    Value::Table(table.iter().map(member).collect())
}

fn toml_node(value: &Spanned<DeValue<'_>>, depth: u8) -> Node {
    let deeper = depth.checked_sub(1);
    let read = match (value.get_ref(), deeper) {
        (DeValue::String(text), _) => Value::Text(text.clone().into_owned()),
        (DeValue::Integer(number), _) => i128::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("a number beyond all bounds"), Value::Integer),
        (DeValue::Float(number), _) => Value::Float(number.as_str().to_owned()),
        (DeValue::Boolean(value), _) => Value::Bool(*value),
        // TOML writes instants without quotation marks, too.
        (DeValue::Datetime(instant), _) => Value::Text(instant.to_string()),
        (DeValue::Array(values), Some(deeper)) => {
            Value::List(values.iter().map(|value| toml_node(value, deeper)).collect())
        }
        (DeValue::Table(table), Some(deeper)) => toml_table(table, deeper),
        (DeValue::Array(_), None) => Value::Other("a list"),
        (DeValue::Table(_), None) => Value::Other("a table"),
    };
    Node { at: value.span().start, value: read }
}

/// The tree of a JSON text, or what keeps it from being one.
pub(super) fn of_json(text: &str) -> Result<Node, Vec<Unreadable>> {
    match serde_json::from_str::<&RawValue>(text) {
        Ok(raw) => Ok(json_node(text, raw, MAX_DEPTH)),
        Err(error) => {
            let line_start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
            let at = (line_start + error.column().saturating_sub(1)).min(text.len());
            Err(vec![Unreadable { at, message: crate::problem::without_place(&error) }])
        }
    }
}

/// A value that is known to be JSON, and a slice of the text: the distance of their beginnings is its place.
fn json_node(text: &str, raw: &RawValue, depth: u8) -> Node {
    let own = raw.get();
    let deeper = depth.checked_sub(1);
    let value = match own.bytes().next() {
        Some(b'n') => Value::Absent,
        Some(b't' | b'f') => Value::Bool(own == "true"),
        Some(b'"') => serde_json::from_str(own).map_or(Value::Other("a text with a broken escape"), Value::Text),
        Some(b'[') => match (serde_json::from_str::<Vec<&RawValue>>(own), deeper) {
            (Ok(values), Some(deeper)) => {
                Value::List(values.into_iter().map(|value| json_node(text, value, deeper)).collect())
            }
            _ => Value::Other("a list"),
        },
        Some(b'{') => match (serde_json::from_str::<Members<'_>>(own), deeper) {
            (Ok(Members(members)), Some(deeper)) => {
                let member = |(Name(name), value): (Name<'_>, &RawValue)| Member {
                    at: match &name {
                        // Its quotation mark stands before it.
                        Cow::Borrowed(name) => place(text, name).saturating_sub(1),
                        // It was written with escapes, and is nowhere in the text as it reads.
                        Cow::Owned(_) => place(text, value.get()),
                    },
                    name: name.into_owned(),
                    node: json_node(text, value, deeper),
                };
                Value::Table(members.into_iter().map(member).collect())
            }
            _ => Value::Other("a table"),
        },
        _ if own.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E')) => Value::Float(own.to_owned()),
        _ => own.parse().map_or(Value::Other("a number beyond all bounds"), Value::Integer),
    };
    Node { at: place(text, own), value }
}

/// The byte of the text at which a slice of it begins.
fn place(text: &str, slice: &str) -> usize {
    slice.as_ptr().addr().saturating_sub(text.as_ptr().addr())
}

/// The fields of a JSON object as they are written, twice if they are there twice.
struct Members<'a>(Vec<(Name<'a>, &'a RawValue)>);

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(All)
    }
}
