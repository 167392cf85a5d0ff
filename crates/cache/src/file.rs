//! Opening the file: who may read it, how SQLite treats it, and moving a bad one out of the way.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::{CacheError, schema};

/// How long a call waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(10);

/// Statements that each connection keeps prepared; more than the crate has.
const STATEMENTS: usize = 64;

/// Opens the writing connection, creating file and folder where they are missing.
pub(crate) fn open_writer(path: &Path) -> Result<Connection, CacheError> {
    make_private(path)?;
    let open = || -> Result<_, CacheError> {
        let mut connection =
            Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        let usable = schema::prepare(&mut connection)?;
        if usable.is_ok() {
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
            connection.pragma_update(None, "cache_size", -16 * 1024)?;
        }
        Ok((connection, usable))
    };
    let (connection, usable) = open().map_err(|error| error.about(path))?;
    match usable {
        Ok(()) => Ok(connection),
        Err(reason) => Err(CacheError::Unusable { path: path.to_owned(), reason }),
    }
}

/// Opens a connection that can only read, so that a window's query never waits for a page being stored.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, CacheError> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "cache_size", -16 * 1024)?;
    Ok(connection)
}

/// Moves the file and SQLite's files beside it to a free name with `.bad` in it, and says which.
///
/// # Errors
/// [`CacheError::File`] when the system refuses.
pub(crate) fn set_aside(path: &Path) -> Result<PathBuf, CacheError> {
    let beside = |base: &Path, suffix: &str| {
        let mut name = base.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let mut number = 1_u32;
    let target = loop {
        let candidate = beside(path, &format!(".bad-{number}"));
        if !candidate.exists() {
            break candidate;
        }
        number += 1;
    };
    let moved = |from: &Path, to: &Path| match fs::rename(from, to) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(CacheError::File { path: from.to_owned(), source })
        }
        _ => Ok(()),
    };
    // The log goes along: it may hold pages of the database, and must never be taken for the new one's.
    moved(path, &target)?;
    for suffix in ["-wal", "-shm"] {
        moved(&beside(path, suffix), &beside(&target, suffix))?;
    }
    Ok(target)
}

/// Creates the file if need be and lets nobody but its owner read it: it holds tokens and who did what. SQLite gives
/// its log the same mode.
fn make_private(path: &Path) -> Result<(), CacheError> {
    let made = || -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
            let file = options.mode(0o600).open(path)?;
            file.set_permissions(fs::Permissions::from_mode(0o600))
        }
        #[cfg(not(unix))]
        options.open(path).map(drop)
    };
    made().map_err(|source| CacheError::File { path: path.to_owned(), source })
}
