//! The catalogue file: TOML for people, the same structure as JSON for machines.

mod check;
mod file;
mod near;
mod number;
mod place;
mod repeats;
mod tree;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use metering::{Catalogue, Fault, Revisions};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use check::{Checked, MAX_TOLD, check, lists_tables};
use file::CatalogueFile;
pub(crate) use file::RefreshName;
use place::{Lines, start_of};
use tree::{Form, Node, Unreadable, Value};

use crate::schema::sorted;

/// The one schema of catalogue files that this version reads and writes.
pub const SCHEMA: u32 = 1;

/// The schema as it is used to read.
static JSON_SCHEMA: LazyLock<Json> = LazyLock::new(|| sorted(schemars::schema_for!(CatalogueFile).to_value()));

/// A place in a catalogue's text, and what is to be said of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogueError {
    /// Its line, from 1.
    pub line: usize,
    /// Its column, from 1, in characters.
    pub column: usize,
    /// The field's path like `feature[2].rate`; empty if it is about the text or the file as a whole.
    pub path: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.said())
    }
}

impl CatalogueError {
    /// What is said without the place in the text.
    #[must_use]
    pub fn said(&self) -> String {
        if self.path.is_empty() { self.message.clone() } else { format!("{}: {}", self.path, self.message) }
    }
}

impl std::error::Error for CatalogueError {}

/// A catalogue's text, looked over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// The catalogue; or the mistakes that keep the text from being one, in the order of the text: all of them, or as
    /// many as anybody mends at once.
    pub catalogue: Result<Catalogue, Vec<CatalogueError>>,
    /// What is no mistake and can never be used ([`Catalogue::doubts`]), in the order of the text.
    pub doubts: Vec<CatalogueError>,
    /// How many mistakes there are beyond those that are told.
    pub more: usize,
    /// Line and column of each field of the whole.
    fields: BTreeMap<String, (usize, usize)>,
}

impl Reviewed {
    /// Something about a field of the whole with its place in the text: its beginning if the field is not there.
    #[must_use]
    pub fn placed(&self, Fault { place, message }: Fault) -> CatalogueError {
        let (line, column) = self.fields.get(&place).copied().unwrap_or((1, 1));
        CatalogueError { line, column, path: place, message }
    }
}

/// Reads a TOML catalogue.
///
/// # Errors
/// [`CatalogueError`]: the first mistake in the text.
pub fn from_toml(text: &str) -> Result<Catalogue, CatalogueError> {
    first(review_toml(text))
}

/// Reads a JSON catalogue.
///
/// # Errors
/// [`CatalogueError`]: the first mistake in the text.
pub fn from_json(text: &str) -> Result<Catalogue, CatalogueError> {
    first(review_json(text))
}

/// Looks a TOML catalogue over.
#[must_use]
pub fn review_toml(text: &str) -> Reviewed {
    review(text, Form::Toml, |text| {
        let is_list = |name: &str| lists_tables(&JSON_SCHEMA["$defs"], &JSON_SCHEMA["properties"][name]);
        tree::of_toml(text).map_err(|mistakes| repeats::merged(text, mistakes, is_list))
    })
}

/// Looks a JSON catalogue over. After a mistake in the JSON itself nothing more is read.
#[must_use]
pub fn review_json(text: &str) -> Reviewed {
    review(text, Form::Json, tree::of_json)
}

/// The catalogue as JSON: the same structure as the file, defaults left out.
#[must_use]
pub fn to_json(catalogue: &Catalogue) -> String {
    // The file's structure has nothing that JSON cannot say.
    serde_json::to_string(&CatalogueFile::from(catalogue)).unwrap_or_default()
}

/// All revisions of a catalogue as JSON: a list, the lowest number first.
#[must_use]
pub fn revisions_to_json(revisions: &Revisions) -> String {
    serde_json::to_string(&RevisionsBody::from(revisions)).unwrap_or_default()
}

/// All revisions of a catalogue, the lowest number first.
#[derive(Serialize, JsonSchema)]
pub struct RevisionsBody(Vec<CatalogueFile>);

impl From<&Revisions> for RevisionsBody {
    fn from(revisions: &Revisions) -> Self {
        Self(revisions.iter().map(CatalogueFile::from).collect())
    }
}

/// Reads a list of revisions, or a catalogue that stands alone.
///
/// # Errors
/// [`CatalogueError`]: the first mistake. Its place is counted from the beginning of its own revision.
pub fn revisions_from_json(text: &str) -> Result<Revisions, CatalogueError> {
    let said = |message: String| CatalogueError { line: 1, column: 1, path: String::new(), message };
    let texts: Vec<&RawValue> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(|error| said(crate::problem::json_error(&error)))?
    } else {
        serde_json::from_str(text).map(|one| vec![one]).map_err(|error| said(crate::problem::json_error(&error)))?
    };
    let revisions = texts.into_iter().map(|one| from_json(one.get()).map(Arc::new)).collect::<Result<_, _>>()?;
    Revisions::new(revisions).map_err(|fault| CatalogueError { path: fault.place, ..said(fault.message) })
}

/// The JSON Schema (draft 2020-12) of catalogue files, for editors and other programs. The reader itself follows it; what
/// it cannot say (ids that are there twice, zones that do not exist) the reader checks besides.
#[must_use]
pub fn json_schema() -> String {
    format!("{:#}\n", *JSON_SCHEMA)
}

fn first(reviewed: Reviewed) -> Result<Catalogue, CatalogueError> {
    // There is no refusal without a mistake.
    reviewed.catalogue.map_err(|mistakes| mistakes.into_iter().next().unwrap_or_default())
}

fn review(text: &str, form: Form, read: impl Fn(&str) -> Result<Node, Vec<Unreadable>>) -> Reviewed {
    // Some editors put a mark before the text that is no part of it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = Lines::new(text);
    let said = |at: usize, path: String, message: String| {
        let (line, column) = lines.place(at);
        CatalogueError { line, column, path, message }
    };
    let refused = |mut mistakes: Vec<CatalogueError>, more: usize| {
        mistakes.sort_by_key(|one| (one.line, one.column));
        Reviewed { catalogue: Err(mistakes), doubts: Vec::new(), more, fields: BTreeMap::new() }
    };
    if text.trim().is_empty() {
        return refused(vec![said(0, String::new(), "the file is empty".into())], 0);
    }
    let node = match read(text) {
        Ok(node) => node,
        Err(errors) => {
            let mistake = |one: Unreadable| said(one.at, String::new(), crate::problem::plain(&one.message));
            let more = errors.len().saturating_sub(MAX_TOLD);
            return refused(errors.into_iter().take(MAX_TOLD).map(mistake).collect(), more);
        }
    };
    let Checked { misfits, mut more, mended, mended_paths } = check(&JSON_SCHEMA, &node, form);
    let mut mistakes: Vec<_> = misfits.into_iter().map(|one| said(one.at, one.path, one.message)).collect();
    let placed = |Fault { place, message }: Fault| said(start_of(&node, &place), place, message);
    match serde_json::from_value::<CatalogueFile>(mended) {
        Ok(file) => {
            let catalogue = Catalogue::from(file);
            let mut faults = catalogue.faults();
            faults.retain(|fault| !mended_paths.contains(&fault.place));
            let room = MAX_TOLD.saturating_sub(mistakes.len());
            more += faults.len().saturating_sub(room);
            mistakes.extend(faults.into_iter().take(room).map(placed));
            if mistakes.is_empty() {
                let mut doubts: Vec<_> = catalogue.doubts().into_iter().map(placed).collect();
                doubts.sort_by_key(|one| (one.line, one.column));
                return Reviewed { catalogue: Ok(catalogue), doubts, more, fields: fields(&node, &lines) };
            }
        }
        // What fits the schema is read; if ever it is not, it is a mistake and not a catalogue.
        Err(error) => mistakes.push(said(0, String::new(), error.to_string())),
    }
    refused(mistakes, more)
}

/// Where the fields of the whole stand.
fn fields(node: &Node, lines: &Lines<'_>) -> BTreeMap<String, (usize, usize)> {
    let Value::Table(members) = &node.value else { return BTreeMap::new() };
    members.iter().map(|one| (one.name.clone(), lines.place(one.node.at))).collect()
}
