//! What can go wrong, in the terms of whoever has to do something about it.

use std::fmt;
use std::path::PathBuf;

use rusqlite::ErrorCode;

use crate::WorkspaceKey;

/// Why the cache could not do what was asked. Whenever a call fails, nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The file is not a cache that this version can work with. [`set_aside`](crate::set_aside) moves it
    /// out of the way, and a new one fills itself from the service.
    #[error("{} cannot be used as the cache: {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: Unusable,
    },
    /// A page of entries does not continue what is stored: another process may have stored some meanwhile.
    #[error("the page starts at entry {got}, but entry {expected} comes next")]
    NotNext {
        /// The sequence number that would continue the ledger.
        expected: u64,
        /// The sequence number that the page starts at.
        got: u64,
    },
    /// A page of entries contradicts itself.
    #[error("the page is not a stretch of a ledger: {0}")]
    BadPage(String),
    /// No workspace has this key; it may have been removed.
    #[error("there is no workspace with the key {0}")]
    UnknownWorkspace(WorkspaceKey),
    /// A purchase intent with this id exists for another pack.
    #[error("purchase {0} was begun with another content")]
    IntentConflict(String),
    /// No purchase intent has this id.
    #[error("there is no purchase {0}")]
    UnknownIntent(String),
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// Another process has kept the file locked for longer than the cache waits.
    #[error("another program keeps the cache locked")]
    Busy,
    /// The file or its folder cannot be made, opened or moved.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Packing failed: there is too little memory.
    #[error("what is to be stored could not be packed: {0}")]
    Packing(std::io::Error),
    /// SQLite failed in a way that has no better name.
    #[error("the cache could not be read or written: {0}")]
    Storage(rusqlite::Error),
}

/// What makes a file unusable as a cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is not an SQLite database, or its pages are damaged.
    Corrupt(String),
    /// It is a database of another program.
    Foreign,
    /// A newer version of the app made it.
    TooNew {
        /// The file's schema version.
        found: i64,
        /// The newest schema version that this app knows.
        known: i64,
    },
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Corrupt(detail) => write!(f, "it is damaged or not a database ({detail})"),
            Self::Foreign => f.write_str("it is the database of another program"),
            Self::TooNew { found, known } => {
                write!(f, "a newer version of the app made it (schema {found}, this version knows {known})")
            }
        }
    }
}

impl From<rusqlite::Error> for CacheError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Storage(error),
        }
    }
}

fn is_cut(error: &rusqlite::Error) -> bool {
    error.sqlite_extended_error_code() == Some(rusqlite::ffi::SQLITE_IOERR_SHORT_READ)
}

impl CacheError {
    /// A piece of the file is not what was stored. The handle adds which file it is.
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Unusable { path: PathBuf::new(), reason: Unusable::Corrupt(what.into()) }
    }

    /// Names the file where SQLite found it damaged: only the handle knows which one it is.
    pub(crate) fn about(self, path: &std::path::Path) -> Self {
        match self {
            Self::Unusable { path: unknown, reason } if unknown.as_os_str().is_empty() => {
                Self::Unusable { path: path.to_owned(), reason }
            }
            Self::Storage(error)
                if matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)) =>
            {
                Self::Unusable { path: path.to_owned(), reason: Unusable::Corrupt(error.to_string()) }
            }
            // A column that should be there or has another type, a statement that does not fit the tables: what is stored
            // of the schema is not what it was.
            Self::Storage(
                error @ (rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnIndex(..)
                | rusqlite::Error::Utf8Error(..)
                | rusqlite::Error::SqlInputError { .. }),
            ) => Self::Unusable { path: path.to_owned(), reason: Unusable::Corrupt(error.to_string()) },
            // A page that should be there is not: the file was cut. That is no trouble of the disk, as the code says.
            Self::Storage(error @ rusqlite::Error::SqliteFailure(..))
                if error.sqlite_error_code() == Some(ErrorCode::Unknown) || is_cut(&error) =>
            {
                Self::Unusable { path: path.to_owned(), reason: Unusable::Corrupt(error.to_string()) }
            }
            other => other,
        }
    }
}
