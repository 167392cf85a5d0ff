//! The catalogues that ship with the service.

use std::path::Path;

use metering::Catalogue;
use wire::catalogue::{Reviewed, review_json, review_toml};

const A: &str = include_str!("../../../catalogues/a.toml");
const B: &str = include_str!("../../../catalogues/b.toml");

/// Why there is no catalogue to be had.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueFileError {
    /// The file cannot be read.
    #[error("{path}: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// The file is no text.
    #[error("{path}: line {line}: is not UTF-8")]
    NoText {
        /// The file.
        path: String,
        /// Where.
        line: usize,
    },
    /// The file has a mistake in it.
    #[error("{path}: {error}")]
    Wrong {
        /// The file.
        path: String,
        /// The mistake and its place.
        error: wire::catalogue::CatalogueError,
    },
}

/// The catalogue `a` or `b` that ships with the service, or the one in a TOML file (JSON, if its name ends in `.json`).
///
/// # Errors
/// [`CatalogueFileError`] when there is no such file or it has a mistake in it: the first one.
pub fn find(name: &str) -> Result<Catalogue, CatalogueFileError> {
    review(name)?.catalogue.map_err(|mistakes| {
        // There is no refusal without a mistake.
        let error = mistakes.into_iter().next().unwrap_or_default();
        CatalogueFileError::Wrong { path: name.to_owned(), error }
    })
}

/// The same, looked over: every mistake, and what can never be used.
///
/// # Errors
/// [`CatalogueFileError::Unreadable`] and [`CatalogueFileError::NoText`].
pub fn review(name: &str) -> Result<Reviewed, CatalogueFileError> {
    Ok(match name {
        "a" => review_toml(A),
        "b" => review_toml(B),
        path => {
            let bytes =
                std::fs::read(path).map_err(|error| CatalogueFileError::Unreadable { path: path.to_owned(), error })?;
            let text = String::from_utf8(bytes).map_err(|error| {
                let right = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
                let line = right.filter(|byte| **byte == b'\n').count() + 1;
                CatalogueFileError::NoText { path: path.to_owned(), line }
            })?;
            let is_json = Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
            if is_json { review_json(&text) } else { review_toml(&text) }
        }
    })
}
