//! The store: the exact bytes of every entry, and what the service has to remember besides.
//!
//! Owns: databases, tables, transactions. Does not own: rules, hashes, time. Every table of a workspace has
//! `workspace_id` first in its key, and no promise of the service hangs on a transaction across workspaces.
//!
//! A database is an [`engine::Engine`]: SQLite for one machine, PostgreSQL beyond it. What happens thousands of times a
//! second (recalling what is recorded, appending entries) each of them does in its own way; everything else is written
//! once, in [`sql`] that both understand.

mod answers;
mod dump;
mod engine;
mod entries;
mod health;
mod key;
mod location;
mod outbox;
mod pairings;
mod postgres;
mod prune;
mod purchases;
mod sample_state;
mod sessions;
mod snapshots;
pub(crate) mod sql;
mod sqlite;
mod tokens;
mod workspaces;

use std::path::Path;

pub(crate) use answers::PastAnswer;
pub(crate) use dump::{Kept, Table};
pub(crate) use engine::{Appended, Ask, Ledgers, Recalled, TAIL};
pub use entries::StoredLine;
pub(crate) use entries::{Effect, Page};
pub(crate) use health::Pool;
pub(crate) use key::Key;
pub use location::{BadLocation, Location};
pub(crate) use outbox::{Claimed, Notice, Unsent};
pub(crate) use prune::{Cursor, Settled};
pub use purchases::{Purchase, Settlement};
pub use sample_state::SampleState;
pub use sessions::{Session, SessionState};
pub(crate) use snapshots::KeptSnapshot;
pub use tokens::{Access, ListedToken, NewToken};
pub(crate) use tokens::{Grant, token_id};
pub use workspaces::{ListedWorkspace, Workspace};

use tokio::sync::Notify;

use engine::Engine;
use postgres::Postgres;
use sql::{Row, Sql, Value};
use sqlite::Sqlite;

/// Of how many workspaces a process keeps at hand what deciding takes: about 2 KB each, which cost several reads to have
/// again.
pub(crate) const AT_HAND: usize = 131_072;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be opened.
    #[error("{database}: {message}")]
    Open {
        /// The file, or the server without its password.
        database: String,
        /// Why, and what to do.
        message: String,
    },
    /// SQLite failed: the disk is full, the file is locked or damaged.
    #[error("the database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL failed, or cannot be reached.
    #[error("the database failed: {0}")]
    Postgres(String),
    /// The database answers, and cannot take what is to be recorded: its disk is full, or it is a replica.
    #[error("{0}")]
    Unfit(String),
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

/// A database. Cheap to share behind an `Arc`; every call may block.
#[derive(Debug)]
pub struct Store {
    engine: Box<dyn Engine>,
    last_write: health::LastWrite,
    catalogues: workspaces::Shelf,
    /// Something was stored that the vendor is to be told.
    notice_came: Notify,
}

impl Store {
    /// Opens an SQLite database, making or upgrading it as needed. Nobody but its owner can read it from then on.
    ///
    /// # Errors
    /// [`StoreError::Open`] when the file cannot be opened, is no database, belongs to another program, or was written
    /// by a newer version. What is in the file is then as it was.
    pub fn open(path: &Path, durability: Durability) -> Result<Self, StoreError> {
        Ok(Self::on(Box::new(Sqlite::open(path, durability)?)))
    }

    /// Opens a database wherever it is, making or upgrading its tables as needed.
    ///
    /// # Errors
    /// [`StoreError::Open`] when it cannot be opened, belongs to another program, or was written by a newer version. What
    /// is in it is then as it was.
    pub fn connect(location: &Location, durability: Durability) -> Result<Self, StoreError> {
        match location {
            Location::Sqlite(path) => Self::open(path, durability),
            Location::Postgres(server) => Ok(Self::on(Box::new(Postgres::connect(server, durability)?))),
        }
    }

    fn on(engine: Box<dyn Engine>) -> Self {
        Self {
            engine,
            last_write: health::LastWrite::default(),
            catalogues: workspaces::Shelf::default(),
            notice_came: Notify::new(),
        }
    }

    /// How many parts of what waits can be worked on at once.
    pub(crate) fn lanes(&self) -> usize {
        self.engine.lanes()
    }

    /// Reads; nothing is changed.
    fn read<T>(&self, mut work: impl FnMut(&mut dyn Sql) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut result = None;
        self.engine.read(&mut |db| {
            result = Some(work(db)?);
            Ok(())
        })?;
        result.ok_or_else(nothing_was_done)
    }

    /// Reads with one statement.
    fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.engine.query(sql, parameters)
    }

    /// Writes, as one transaction: all of it or nothing.
    fn write<T>(&self, mut work: impl FnMut(&mut dyn Sql) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut result = None;
        self.last_write.note(self.engine.write(&mut |db| {
            result = Some(work(db)?);
            Ok(())
        }))?;
        result.ok_or_else(nothing_was_done)
    }
}

fn nothing_was_done() -> StoreError {
    StoreError::Contradiction("the database did not do the work".into())
}
