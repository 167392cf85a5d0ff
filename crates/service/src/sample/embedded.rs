//! The samples that ship with the service.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::import::ImportError;
use super::recipe::Recipe;
use super::trace::Trace;

/// The names of the samples that ship, in the order in which they are shown.
pub const NAMES: [&str; 2] = ["northwind", "harbour"];

/// A recipe with its trace.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The recipe.
    pub recipe: Arc<Recipe>,
    /// The trace.
    pub trace: Arc<Trace>,
    /// Identifies both.
    pub digest: [u8; 32],
}

impl Sample {
    /// Puts a recipe and the bytes of its trace together.
    ///
    /// # Errors
    /// [`ImportError`] when either has a mistake in it.
    pub fn new(recipe: &str, trace: &[u8]) -> Result<Self, ImportError> {
        Self::with_digest(Recipe::from_toml(recipe).map_err(ImportError::Recipe)?, recipe, trace)
    }

    /// Puts a recipe and a trace other than its own together: the trace ends when it ends.
    ///
    /// # Errors
    /// [`ImportError`] when either has a mistake in it.
    pub fn of_other_trace(recipe: &str, trace: &[u8]) -> Result<Self, ImportError> {
        let mut once = Recipe::from_toml(recipe).map_err(ImportError::Recipe)?;
        once.cycle_weeks = None;
        Self::with_digest(once, recipe, trace)
    }

    fn with_digest(recipe: Recipe, text: &str, trace: &[u8]) -> Result<Self, ImportError> {
        let digest = Sha256::new().chain_update(Sha256::digest(text)).chain_update(trace).finalize().into();
        let trace = Trace::read(trace).map_err(ImportError::Trace)?;
        Ok(Self { recipe: Arc::new(recipe), trace: Arc::new(trace), digest })
    }
}

/// The text and the trace of a sample that ships.
#[must_use]
pub fn files(name: &str) -> Option<(&'static str, &'static [u8])> {
    match name {
        "northwind" => Some((
            include_str!("../../../../samples/northwind.toml"),
            include_bytes!("../../../../samples/northwind.csv.gz"),
        )),
        "harbour" => Some((
            include_str!("../../../../samples/harbour.toml"),
            include_bytes!("../../../../samples/harbour.csv.gz"),
        )),
        _ => None,
    }
}

/// A sample that ships.
///
/// # Errors
/// [`ImportError::UnknownSample`] when none has this name.
pub fn sample(name: &str) -> Result<Sample, ImportError> {
    let (recipe, trace) = files(name).ok_or_else(|| ImportError::UnknownSample(name.to_owned()))?;
    Sample::new(recipe, trace)
}
