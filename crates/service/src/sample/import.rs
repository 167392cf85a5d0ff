//! Plays all of a sample that lies before an instant, fast.

use std::sync::Arc;

use metering::{Terms, Timestamp};
use wire::Hash;

use super::embedded::Sample;
use super::player::Player;
use super::recipe::RecipeError;
use super::trace::TraceError;
use crate::catalogues::{self, CatalogueFileError};
use crate::ledger::Book;
use crate::store::{SampleState, Store, StoreError, Workspace};

/// Entries that are committed as one transaction. An import that is killed goes on from the last one.
const PAGE: usize = 5_000;

/// Why nothing, or no more, was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// No sample has this name.
    #[error("there is no sample \"{0}\": northwind or harbour")]
    UnknownSample(String),
    /// The recipe has a mistake in it.
    #[error("the recipe: {0}")]
    Recipe(RecipeError),
    /// The trace has a mistake in it.
    #[error("the trace, {0}")]
    Trace(TraceError),
    /// There is no such catalogue.
    #[error("{0}")]
    Catalogue(#[from] CatalogueFileError),
    /// The workspace is somebody's.
    #[error("workspace \"{0}\" has entries of its own: import into a new one")]
    NotEmpty(String),
    /// The workspace was begun with another recipe or trace.
    #[error("workspace \"{0}\" was begun with another recipe or trace: import into a new one")]
    OtherSample(String),
    /// The database failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// What an import came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The ledger's last entry.
    pub last_seq: u64,
    /// The chain's hash after it.
    pub last_hash: Hash,
    /// Entries that this import added.
    pub added: u64,
}

/// Makes the workspace `id` if it is not there, and plays the sample into it up to and including `until`. For one
/// sample and one `until` the ledger is the same to the byte, in however many goes it was made.
///
/// # Errors
/// [`ImportError`]. Nothing is imported unless recipe, trace and catalogue are right; when the database fails midway,
/// the same import goes on from where it came to.
pub fn import(store: &Store, sample: &Sample, id: &str, until: Timestamp) -> Result<Imported, ImportError> {
    let player = match store.sample_state(id)? {
        Some(state) => resume(sample, id, &state)?,
        None => begin(store, sample, id, until)?,
    };
    // As it is stored: a catalogue that ships with a newer version does not change what a workspace is kept under.
    let workspace = store.workspace(id)?.ok_or_else(|| ImportError::NotEmpty(id.to_owned()))?;
    play(store, workspace, player, until)
}

/// Makes the workspace, and stores that the sample begins there.
fn begin(store: &Store, sample: &Sample, id: &str, until: Timestamp) -> Result<Player, ImportError> {
    let catalogue = catalogues::find(&sample.recipe.catalogue)?;
    sample.recipe.check(&catalogue).map_err(ImportError::Recipe)?;
    if store.head(id)?.0 > 0 {
        return Err(ImportError::NotEmpty(id.to_owned()));
    }
    let terms = Terms::new(Arc::new(catalogue), sample.recipe.zone());
    let workspace = Workspace { id: id.to_owned(), name: sample.recipe.name.clone(), terms };
    let player = Player::new(Arc::clone(&sample.recipe), Arc::clone(&sample.trace), until);
    store.create_workspace(&workspace, until)?;
    let progress = player.progress();
    let state = SampleState { sample: sample.recipe.id.clone(), digest: sample.digest, progress };
    store.begin_sample(id, &state)?;
    Ok(player)
}

pub(super) fn resume(sample: &Sample, id: &str, state: &SampleState) -> Result<Player, ImportError> {
    if state.digest != sample.digest {
        return Err(ImportError::OtherSample(id.to_owned()));
    }
    Ok(Player::resume(Arc::clone(&sample.recipe), Arc::clone(&sample.trace), state)?)
}

fn play(store: &Store, workspace: Workspace, mut player: Player, until: Timestamp) -> Result<Imported, ImportError> {
    let id = workspace.id.clone();
    let mut book = Book::open(Arc::new(workspace), store)?;
    let before = book.account().last_seq();
    while player.play(store, &mut book, until)? {
        if book.waiting() >= PAGE {
            book.note_progress(player.progress());
            book.commit(store)?;
        }
    }
    book.note_progress(player.progress());
    book.commit(store)?;
    let (last_seq, last_hash) = store.head(&id)?;
    Ok(Imported { last_seq, last_hash, added: last_seq.saturating_sub(before) })
}
