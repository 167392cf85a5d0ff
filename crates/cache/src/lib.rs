//! What the desktop app keeps on disk.
//!
//! - The [`Desk`]: which workspaces it is connected to, settings, and the purchases that a person has under way. No service
//!   could bring these back, so that they are on the disk when a call returns.
//! - A ledger a workspace, each in a file of its own: [`LedgerWriter`] changes it, any number of [`LedgerReader`]s read it.
//!   It is a copy: what is lost or damaged is fetched again.
//!
//! Owns: what is on disk, that a page of entries and all that is looked up of them change together or not at all, and that
//! nothing damaged is taken for what was stored.
//! Does not own: what an entry means (`metering`), what its bytes look like (`wire`) and where it comes from (`sync`).
//!
//! Every call blocks: make it where blocking is allowed.

mod column;
mod desk;
mod error;
mod export;
mod file;
mod ledger;
mod migration;

use std::path::{Path, PathBuf};

pub use desk::{Connection, Desk, IntentState, PurchaseIntent, WorkspaceKey};
pub use error::{CacheError, Unusable};
pub use export::{ExportedDetails, SqliteExport};
pub use ledger::{
    BalancePoint, BalanceSeries, Cursor, Dimension, EntryFilter, EntryPage, EntryRow, FeatureUsage, LedgerReader,
    LedgerWriter, Lost, NameUsage, NewEntry, Page, QUARTER_MS, QuarterUsage, SnapshotBytes, StoredBody, Tally, UseOf,
};

/// A link of the ledger's hash chain.
pub type EntryHash = [u8; 32];

/// Moves an unusable file out of the way, with what is beside it, and returns its new name. Nothing is deleted. Nobody may
/// have the file open.
///
/// # Errors
/// [`CacheError::File`] when the system refuses.
pub fn set_aside(path: impl AsRef<Path>) -> Result<PathBuf, CacheError> {
    file::set_aside(path.as_ref())
}

/// Deletes a ledger's file and what is beside it: its workspace was left. Nobody may have it open.
///
/// # Errors
/// [`CacheError::File`] when the system refuses.
pub fn remove_ledger(path: impl AsRef<Path>) -> Result<(), CacheError> {
    file::remove(path.as_ref())
}
