//! The catalogue file: TOML for people, the same structure as JSON for machines.

mod file;
mod number;
mod place;

use std::fmt;

use metering::{Catalogue, MAX_ID_LENGTH};

use file::CatalogueFile;

/// The one schema of catalogue files that this version reads and writes.
pub const SCHEMA: u32 = 1;

/// The one mistake that keeps a text from being a catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueError {
    /// Where it is: line and column, both from 1, if the place in the text is known.
    pub at: Option<(usize, usize)>,
    /// The field's path like `feature[2].rate`, if a value is at fault and not the text.
    pub path: Option<String>,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.at {
            write!(f, "line {line}, column {column}: ")?;
        }
        if let Some(path) = &self.path {
            write!(f, "{path}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for CatalogueError {}

/// Reads a TOML catalogue.
///
/// # Errors
/// [`CatalogueError`]: the first mistake, with its line and column.
pub fn from_toml(text: &str) -> Result<Catalogue, CatalogueError> {
    let file: CatalogueFile = toml::from_str(text).map_err(|error| CatalogueError {
        at: error.span().map(|span| place::line_and_column(text, span.start)),
        path: None,
        message: crate::problem::plain(&error.message().replace('\n', " ")),
    })?;
    checked(file, |path| place::in_toml(text, path))
}

/// Reads a JSON catalogue.
///
/// # Errors
/// [`CatalogueError`]: the first mistake; one in the text or in a type comes with its line and column, a value that
/// the rules cannot take with its path.
pub fn from_json(text: &str) -> Result<Catalogue, CatalogueError> {
    let file: CatalogueFile = serde_json::from_str(text).map_err(|error| CatalogueError {
        at: Some((error.line(), error.column().max(1))),
        path: None,
        message: crate::problem::without_place(&error),
    })?;
    checked(file, |_| None)
}

/// The catalogue as JSON: the same structure as the file, defaults left out.
#[must_use]
pub fn to_json(catalogue: &Catalogue) -> String {
    // The file's structure has nothing that JSON cannot say.
    serde_json::to_string(&CatalogueFile::from(catalogue)).unwrap_or_default()
}

fn checked(file: CatalogueFile, place: impl Fn(&str) -> Option<(usize, usize)>) -> Result<Catalogue, CatalogueError> {
    let fault = |path: &str, message: String| CatalogueError { at: place(path), path: Some(path.into()), message };
    if file.schema != SCHEMA {
        return Err(fault("schema", format!("{} is not known: this version reads schema {SCHEMA}", file.schema)));
    }
    let catalogue = Catalogue::from(file);
    if let Some(first) = catalogue.faults().into_iter().next() {
        return Err(fault(&first.place, first.message));
    }
    // Ids travel in ledger lines and addresses, which bound them.
    let features = catalogue.features.iter().enumerate().map(|(index, one)| (format!("feature[{index}].id"), &one.id));
    let unmetered =
        catalogue.unmetered.iter().enumerate().map(|(index, one)| (format!("unmetered[{index}].id"), &one.id));
    let plans = catalogue.plans.iter().enumerate().map(|(index, one)| (format!("plan[{index}].id"), &one.id));
    let packs = catalogue.packs.iter().enumerate().map(|(index, one)| (format!("pack[{index}].id"), &one.id));
    let own = std::iter::once(("id".to_owned(), &catalogue.id));
    for (path, id) in own.chain(features).chain(unmetered).chain(plans).chain(packs) {
        if id.len() > MAX_ID_LENGTH || id.chars().any(char::is_control) {
            return Err(fault(&path, format!("is not an id: 1..={MAX_ID_LENGTH} bytes without control characters")));
        }
    }
    if let Some(percent) = catalogue.warnings.used_percent.iter().find(|percent| !(1..=100).contains(*percent)) {
        return Err(fault("warnings.used_percent", format!("{percent} is not in 1..=100")));
    }
    if catalogue.warnings.low_percent > 100 {
        return Err(fault("warnings.low_percent", format!("{} is not in 0..=100", catalogue.warnings.low_percent)));
    }
    Ok(catalogue)
}
