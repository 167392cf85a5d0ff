//! Holds a tree against the schema of a catalogue: every mistake at once, not only the first.
//!
//! It knows the part of JSON Schema that the schema of a catalogue is made of, and reads the rest of a file on as if
//! each mistake were mended, so that one of them does not hide the others.

use std::collections::HashSet;

use metering::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::near::meant;
use super::tree::{Form, Member, Node, Value};

/// So many mistakes are told, and the rest are counted: nobody mends more of them at once.
pub(super) const MAX_TOLD: usize = 1_000;

/// A mistake in a tree.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    /// The byte of the text at which it shows.
    pub(super) at: usize,
    /// The field, like `feature[2].rate`; nothing for the whole.
    pub(super) path: String,
    /// What is wrong and what would be right.
    pub(super) message: String,
}

/// A checked tree.
pub(super) struct Checked {
    /// At most [`MAX_TOLD`].
    pub(super) misfits: Vec<Misfit>,
    /// How many there are beyond those.
    pub(super) more: usize,
    /// The tree as a value that fits the schema: each mistake mended with whatever fits.
    pub(super) mended: Json,
    /// The fields that were mended: what else is wrong with them is no mistake of the text.
    pub(super) mended_paths: HashSet<String>,
}

/// Holds a tree against a schema.
pub(super) fn check(schema: &Json, node: &Node, form: Form) -> Checked {
    let definitions = &schema["$defs"];
    let mut check = Check { definitions, form, misfits: Vec::new(), more: 0, mended_paths: HashSet::new() };
    let mended = check.value(schema, node, "");
    Checked { misfits: check.misfits, more: check.more, mended, mended_paths: check.mended_paths }
}

/// Whether a schema asks for a list of tables.
pub(super) fn lists_tables(definitions: &Json, schema: &Json) -> bool {
    kind_of(resolved(definitions, &schema["items"])) == "object"
}

struct Check<'s> {
    definitions: &'s Json,
    form: Form,
    misfits: Vec<Misfit>,
    more: usize,
    mended_paths: HashSet<String>,
}

impl<'s> Check<'s> {
    fn value(&mut self, schema: &'s Json, node: &Node, path: &str) -> Json {
        let schema = self.resolved(schema);
        match (&node.value, kind_of(schema)) {
            (Value::Table(members), "object") => self.table(schema, node, members, path),
            (Value::List(items), "array") => {
                let item = &schema["items"];
                let checked = items.iter().enumerate();
                checked.map(|(index, one)| self.value(item, one, &format!("{path}[{index}]"))).collect()
            }
            // One that stands alone is meant to be the first of them.
            (Value::Table(_), "array") if lists_tables(self.definitions, schema) => {
                let how = if self.form == Form::Toml { format!(": write [[{path}]] for each") } else { String::new() };
                self.misfit(node.at, path, format!("is a table, and has to be a list{how}"));
                json!([self.value(&schema["items"], node, &format!("{path}[0]"))])
            }
            _ => match fitting(schema, &node.value) {
                Some(value) => value,
                None => {
                    let (is, wanted) = (shown(&node.value), self.wanted(schema));
                    let message = match &node.value {
                        // It may well be whole, like 1e2: how it is written is what does not fit.
                        Value::Float(_) if takes_numbers(schema) => {
                            format!("is {is}, and has to be written as {wanted}, without \".\" or \"e\"")
                        }
                        _ => format!("is {is}, and has to be {wanted}"),
                    };
                    self.misfit(node.at, path, message);
                    self.mend(schema, path)
                }
            },
        }
    }

    fn table(&mut self, schema: &'s Json, node: &Node, members: &[Member], path: &str) -> Json {
        let fields = schema["properties"].as_object();
        let mut read = Map::new();
        let mut seen = HashSet::new();
        let names: HashSet<&str> = members.iter().map(|member| member.name.as_str()).collect();
        let mut slips = HashSet::new();
        for Member { name, at, node } in members {
            let inner = inside(path, name);
            if !seen.insert(name) {
                self.misfit(*at, &inner, "is there twice: keep one".into());
                continue;
            }
            // Of a table with names of the vendor's own, all fields are alike.
            let any = Some(&schema["additionalProperties"]).filter(|any| any.is_object());
            match fields.and_then(|fields| fields.get(name)).or(any) {
                Some(field) if node.value == Value::Absent => {
                    let is_needed = required(schema).any(|(needed, _)| needed == name);
                    let or = if is_needed { "" } else { ", or left out" };
                    let wanted = self.wanted(self.resolved(field));
                    self.misfit(node.at, &inner, format!("is null, and has to be {wanted}{or}"));
                    if is_needed {
                        read.insert(name.clone(), self.mend(field, &inner));
                    }
                }
                Some(field) => {
                    let value = self.value(field, node, &inner);
                    read.insert(name.clone(), value);
                }
                None => {
                    let known = fields.into_iter().flatten().map(|(known, _)| known.as_str());
                    // What is for editors is none of the catalogue's own.
                    let known: Vec<&str> = known.filter(|known| !known.starts_with('$')).collect();
                    let open = known.iter().copied().filter(|one| !names.contains(one) && !slips.contains(one));
                    let message = match meant(name, open) {
                        Some(one) => {
                            slips.insert(one);
                            format!("is not known here: did you mean \"{one}\"?")
                        }
                        None => format!("is not known here. There are: {}", known.join(", ")),
                    };
                    self.misfit(*at, &inner, message);
                }
            }
        }
        for (name, field) in required(schema) {
            if !read.contains_key(name) {
                // A slip of the pen is one mistake, and was told.
                if !slips.contains(name) {
                    let field = self.resolved(field);
                    let how = if self.form == Form::Toml && lists_tables(self.definitions, field) {
                        format!("write [[{name}]] for each")
                    } else {
                        format!("it has to be {}", self.wanted(field))
                    };
                    self.misfit(node.at, path, format!("\"{name}\" is missing: {how}"));
                }
                read.insert(name.to_owned(), self.mend(field, &inside(path, name)));
            }
        }
        Json::Object(read)
    }

    fn misfit(&mut self, at: usize, path: &str, message: String) {
        if self.misfits.len() < MAX_TOLD {
            self.misfits.push(Misfit { at, path: path.to_owned(), message });
        } else {
            self.more += 1;
        }
    }

    /// Something that fits, in place of what does not.
    fn mend(&mut self, schema: &'s Json, path: &str) -> Json {
        self.mended_paths.insert(path.to_owned());
        let schema = self.resolved(schema);
        if let Some(first) = choices(schema).next() {
            return if first.get("const").is_some() { first["const"].clone() } else { self.mend(first, path) };
        }
        match kind_of(schema) {
            "object" => required(schema)
                .map(|(name, field)| (name.to_owned(), self.mend(field, &inside(path, name))))
                .collect::<Map<_, _>>()
                .into(),
            "array" => json!([]),
            "integer" => schema["minimum"].clone(),
            "boolean" => json!(false),
            _ if schema["format"] == "date-time" => json!(Timestamp::MIN.to_string()),
            // Unlike any other text, so that it is no id that is there twice.
            _ => json!(path),
        }
    }

    fn resolved<'a>(&self, schema: &'a Json) -> &'a Json
    where
        's: 'a,
    {
        resolved(self.definitions, schema)
    }

    /// What a schema asks for, in words.
    fn wanted(&self, schema: &Json) -> String {
        let choices: Vec<String> = choices(schema).map(|one| self.wanted(&bounded(one, schema))).collect();
        if !choices.is_empty() {
            return choices.join(" or ");
        }
        if let Some(word) = schema["const"].as_str() {
            return format!("\"{word}\"");
        }
        match kind_of(schema) {
            "object" => "a table".into(),
            "array" => "a list".into(),
            "boolean" => "true or false".into(),
            "integer" => match bounds(schema) {
                (least, Some(most)) if least == most => least.to_string(),
                (least, Some(most)) => format!("a whole number from {least} to {most}"),
                (least, None) => format!("a whole number from {least}"),
            },
            _ if schema["format"] == "date-time" => {
                "an instant between 1970 and 9999 like \"2026-03-01T00:00:00Z\"".into()
            }
            _ => "a text".into(),
        }
    }
}

/// What a schema refers to, or the schema.
fn resolved<'a>(definitions: &'a Json, schema: &'a Json) -> &'a Json {
    let name = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/"));
    name.and_then(|name| definitions.get(name)).unwrap_or(schema)
}

/// The path of a field in the table with this path.
fn inside(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The value as JSON, if it fits a schema that is neither a table's nor a list's.
fn fitting(schema: &Json, value: &Value) -> Option<Json> {
    let mut choices = choices(schema).peekable();
    if choices.peek().is_some() {
        return choices.find_map(|one| fitting(&bounded(one, schema), value));
    }
    match value {
        _ if schema.get("const").is_some() => match value {
            Value::Text(text) if schema["const"] == text.as_str() => Some(json!(text)),
            _ => None,
        },
        Value::Text(text) if kind_of(schema) == "string" => {
            let is_right = schema["format"] != "date-time" || text.parse::<Timestamp>().is_ok();
            is_right.then(|| json!(text))
        }
        Value::Bool(value) if kind_of(schema) == "boolean" => Some(json!(value)),
        Value::Integer(number) if kind_of(schema) == "integer" => {
            let (least, most) = bounds(schema);
            let number = u64::try_from(*number).ok()?;
            (number >= least && most.is_none_or(|most| number <= most)).then(|| json!(number))
        }
        _ => None,
    }
}

/// Whether a schema takes a number, alone or among others.
fn takes_numbers(schema: &Json) -> bool {
    kind_of(schema) == "integer" || choices(schema).any(takes_numbers)
}

/// The alternatives that a schema gives, if it does.
fn choices(schema: &Json) -> impl Iterator<Item = &Json> {
    ["anyOf", "oneOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten()
}

/// An alternative under the bounds that the whole has.
fn bounded(one: &Json, whole: &Json) -> Json {
    let mut one = one.clone();
    if let (Some(most), "integer") = (whole.get("maximum"), kind_of(&one)) {
        one["maximum"] = most.clone();
    }
    one
}

/// The least number that a schema takes, and the largest, if it has one.
fn bounds(schema: &Json) -> (u64, Option<u64>) {
    (schema["minimum"].as_u64().unwrap_or(0), schema["maximum"].as_u64())
}

fn kind_of(schema: &Json) -> &str {
    schema["type"].as_str().unwrap_or_default()
}

/// The fields that a table has to have.
fn required(schema: &Json) -> impl Iterator<Item = (&str, &Json)> {
    let names = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
    names.map(|name| (name, &schema["properties"][name]))
}

/// A value in words that a message can hold.
fn shown(value: &Value) -> String {
    match value {
        Value::Absent => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => short(number),
        Value::Text(text) => format!("\"{}\"", short(text)),
        Value::List(_) => "a list".into(),
        Value::Table(_) => "a table".into(),
        Value::Other(words) => (*words).into(),
    }
}

/// The beginning of a text.
fn short(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { short + "…" } else { short }
}
