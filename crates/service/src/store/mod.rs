//! The SQLite store: the exact bytes of every entry, and what the service has to remember besides.
//!
//! Owns: files, tables, transactions. Does not own: rules, hashes, time. Every table of a workspace has `workspace_id`
//! first in its key, and no transaction crosses workspaces.

mod entries;
mod purchases;
mod sample_state;
mod schema;
mod sessions;
mod tokens;
mod workspaces;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use entries::{Effect, Page, StoredLine};
pub use purchases::{Purchase, Settlement};
pub use sample_state::SampleState;
pub use sessions::{Session, SessionState};
pub use tokens::Access;
pub use workspaces::Workspace;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database file cannot be opened.
    #[error("{path}: {message}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why, and what to do.
        message: String,
    },
    /// SQLite failed: the disk is full, the file is locked or damaged.
    #[error("the database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// What is stored cannot be.
    #[error("workspace {workspace}: {message}")]
    Corrupt {
        /// The workspace.
        workspace: String,
        /// What is wrong with it.
        message: String,
    },
    /// What was to be stored contradicts what is.
    #[error("{0}")]
    Contradiction(String),
    /// The operating system gives no random bytes.
    #[error("no random bytes: {0}")]
    Randomness(String),
}

/// How sure a commit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// A commit survives a power cut.
    Full,
    /// A commit survives the process; a power cut may take the last ones. For imports, which resume.
    Normal,
}

/// A database file. Cheap to share behind an `Arc`; every call may block on the disk.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens a database file, making or upgrading it as needed. Nobody but its owner can read it from then on.
    ///
    /// # Errors
    /// [`StoreError::Open`] when the file cannot be opened, is no database, belongs to another program, or was written
    /// by a newer version. What is in the file is then as it was.
    pub fn open(path: &Path, durability: Durability) -> Result<Self, StoreError> {
        let open = |message: String| StoreError::Open { path: path.to_owned(), message };
        make_private(path).map_err(|error| open(format!("cannot be opened: {error}")))?;
        let mut writer = Connection::open(path).map_err(|error| open(format!("cannot be opened: {error}")))?;
        writer.busy_timeout(Duration::from_secs(10))?;
        schema::prepare(&mut writer).map_err(|error| open(error.to_string()))?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "synchronous", if durability == Durability::Full { "FULL" } else { "NORMAL" })?;
        writer.pragma_update(None, "foreign_keys", "ON")?;
        Ok(Self { path: path.to_owned(), writer: Mutex::new(writer), readers: Mutex::new(Vec::new()) })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError`] when it does not.
    pub fn check(&self) -> Result<(), StoreError> {
        self.read(|db| Ok(db.query_row("SELECT count(*) FROM settings", [], |_| Ok(()))?))
    }

    /// Reads; nothing is changed. Readers do not wait for writers.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let pooled = lock(&self.readers).pop();
        let connection = match pooled {
            Some(connection) => connection,
            None => {
                let connection = Connection::open(&self.path)?;
                connection.busy_timeout(Duration::from_secs(10))?;
                connection.pragma_update(None, "query_only", "ON")?;
                connection
            }
        };
        let result = work(&connection);
        let mut readers = lock(&self.readers);
        if readers.len() < 8 {
            readers.push(connection);
        }
        result
    }

    /// Writes, as one transaction: all of it or nothing.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = lock(&self.writer);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = work(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }
}

/// Creates the file if need be and lets nobody but its owner read it: it holds the payment secret, who may do what and
/// who did what. SQLite gives the log beside it the same mode; one that is left from before gets it here. A file that is
/// there is never opened and closed, since that would let go of the locks that this process holds on it.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    #[cfg(unix)]
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        match fs::set_permissions(&name, mode) {
            Err(error) if suffix.is_empty() || error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// A panic of another thread leaves connections as they were: SQLite rolls back what was not committed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A count for SQLite, whose integers are signed. The rules keep every number under 2^53.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count from SQLite.
fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
