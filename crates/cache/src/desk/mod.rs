//! The desk: connections, settings and purchases under way, in one small file.

mod connection;
mod purchase;
mod schema;
mod setting;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Transaction, TransactionBehavior};

pub use connection::{Connection, WorkspaceKey};
pub use purchase::{IntentState, PurchaseIntent};

use crate::{CacheError, Unusable, file};

/// What no service could bring back. Clones share the same file and connection; what is written is on the disk when a call
/// returns.
#[derive(Clone)]
pub struct Desk {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    db: Mutex<rusqlite::Connection>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("path", &self.shared.path).finish()
    }
}

impl Desk {
    /// Opens the desk at `path`, creating file and folder where they are missing. On Unix nobody but the owner may read
    /// the file. It is small, and read whole to see that it is not damaged.
    ///
    /// # Errors
    /// [`CacheError::Unusable`] for a damaged file, another program's or a newer version's;
    /// [`CacheError::File`] when the file cannot be made.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, CacheError> {
        let path = path.as_ref().to_owned();
        let db = file::open_writer(&path, schema::prepare)?;
        let checked = || -> Result<String, CacheError> {
            db.pragma_update(None, "synchronous", "FULL")?;
            Ok(db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?)
        };
        let said = checked().map_err(|error| error.about(&path))?;
        if said != "ok" {
            return Err(CacheError::Unusable { path, reason: Unusable::Corrupt(said) });
        }
        Ok(Self { shared: Arc::new(Shared { path, db: Mutex::new(db) }) })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Runs `work` on one unchanging view of the file.
    fn read<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, CacheError>) -> Result<T, CacheError> {
        let mut db = self.db();
        let result = db.transaction().map_err(CacheError::from).and_then(|view| work(&view));
        result.map_err(|error| error.about(&self.shared.path))
    }

    /// Runs `work` in one transaction: all of it is stored and on the disk, or nothing.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, CacheError>) -> Result<T, CacheError> {
        let mut db = self.db();
        let run = || -> Result<T, CacheError> {
            // Immediate: whoever reads before writing must not find that somebody else wrote in between.
            let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        };
        run().map_err(|error| error.about(&self.shared.path))
    }

    /// A thread that panicked while it held the connection left no transaction behind (dropping one rolls it back), so
    /// that it is good.
    fn db(&self) -> MutexGuard<'_, rusqlite::Connection> {
        self.shared.db.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
