//! Accounts as they were: a ledger never forgets, so that any instant can be asked for.

use std::sync::Arc;

use metering::{Account, Timestamp};

use super::Book;
use crate::store::{Store, StoreError, Workspace};

/// The account of a workspace as of the entries that were recorded by an instant.
///
/// # Errors
/// [`StoreError`] when the database fails or the ledger is not what it was when it was recorded.
pub(crate) fn account_at(store: &Store, workspace: Arc<Workspace>, at: Timestamp) -> Result<Account, StoreError> {
    let last = last_by(store, &workspace, at)?;
    Ok(Book::open_until(workspace, store, last)?.account().clone())
}

/// The last entry that was recorded by an instant; 0 if none was. Entries are dated in their order, so that halving finds
/// it in a few looks.
fn last_by(store: &Store, workspace: &Workspace, at: Timestamp) -> Result<u64, StoreError> {
    let (mut low, mut high) = (0, store.head(&workspace.id)?.0);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        let line = store.lines(&workspace.id, middle - 1, 1)?.into_iter().next();
        let dated = line.map(|line| wire::line::decode_body(&line.body)).transpose().map_err(|error| {
            StoreError::Corrupt { workspace: workspace.id.clone(), message: format!("entry {middle}: {error}") }
        })?;
        if dated.is_some_and(|entry| entry.recorded_at <= at) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Ok(low)
}
