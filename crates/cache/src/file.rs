//! Files on disk: who may read them, how SQLite treats them, and moving a bad one out of the way.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::{CacheError, Unusable};

/// How long a call waits for another process's transaction.
pub(crate) const BUSY: Duration = Duration::from_secs(10);
/// Statements that each connection keeps prepared; more than the crate has.
const STATEMENTS: usize = 64;
/// What SQLite keeps of the file in memory for one connection, in KiB.
const CACHE_KIB: i64 = 8 * 1024;
/// The log is written back into the file when it has so many pages.
pub(crate) const CHECKPOINT_PAGES: i64 = 1_000;

/// Opens the writing connection of a file, creating file and folder where they are missing, and prepares its tables.
///
/// # Errors
/// [`CacheError::Unusable`] for what is not a file of ours, or [`CacheError::File`] when it cannot be made.
pub(crate) fn open_writer(
    path: &Path,
    prepare: impl FnOnce(&mut Connection) -> Result<Result<(), Unusable>, CacheError>,
) -> Result<Connection, CacheError> {
    make_private(path)?;
    let open = || -> Result<_, CacheError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        settle(&connection)?;
        let usable = prepare(&mut connection)?;
        if usable.is_ok() {
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
            connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
        }
        Ok((connection, usable))
    };
    let (connection, usable) = open().map_err(|error| error.about(path))?;
    usable.map(|()| connection).map_err(|reason| CacheError::Unusable { path: path.to_owned(), reason })
}

/// Opens a connection that can only read, so that a window's query never waits for a page being stored.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, CacheError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    settle(&connection)?;
    Ok(connection)
}

fn settle(connection: &Connection) -> Result<(), CacheError> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    // A damaged cell is then an error, and nothing is read beyond its page.
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(())
}

/// What SQLite and this crate keep beside a file.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-mark"];

/// Moves a file and what is beside it to a free name with `.bad` in it, and says which. Nothing is deleted.
///
/// # Errors
/// [`CacheError::File`] when the system refuses.
pub(crate) fn set_aside(path: &Path) -> Result<PathBuf, CacheError> {
    let mut number = 1_u32;
    let target = loop {
        let candidate = beside(path, &format!(".bad-{number}"));
        if !candidate.exists() {
            break candidate;
        }
        number += 1;
    };
    let moved = |from: &Path, to: &Path| match fs::rename(from, to) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(CacheError::File { path: from.to_owned(), source })
        }
        _ => Ok(()),
    };
    // The log goes along: it may hold pages of the database, and must never be taken for the new one's.
    moved(path, &target)?;
    for suffix in BESIDE {
        moved(&beside(path, suffix), &beside(&target, suffix))?;
    }
    Ok(target)
}

/// Deletes a file and what is beside it.
///
/// # Errors
/// [`CacheError::File`] when the system refuses.
pub(crate) fn remove(path: &Path) -> Result<(), CacheError> {
    for suffix in ["", "-wal", "-shm", "-mark"] {
        let path = beside(path, suffix);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(CacheError::File { path, source }),
            _ => {}
        }
    }
    Ok(())
}

/// How many bytes a file takes on disk with what is beside it; 0 for one that is not there.
pub(crate) fn size(path: &Path) -> u64 {
    let of = |path: PathBuf| fs::metadata(path).map_or(0, |file| file.len());
    of(path.to_owned()) + BESIDE.iter().map(|suffix| of(beside(path, suffix))).sum::<u64>()
}

fn beside(base: &Path, suffix: &str) -> PathBuf {
    let mut name = base.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// How a file is opened that nobody but its owner may read: it tells who did what, and may hold a token.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Creates a file if need be and lets nobody but its owner read it. SQLite gives its log the same mode.
fn make_private(path: &Path) -> Result<(), CacheError> {
    let made = || -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = private().open(path)?;
        #[cfg(unix)]
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        drop(file);
        Ok(())
    };
    made().map_err(|source| CacheError::File { path: path.to_owned(), source })
}

/// Writes bytes at the beginning of a file.
pub(crate) fn write_at_start(file: &File, bytes: &[u8]) -> io::Result<()> {
    #[cfg(unix)]
    {
        std::os::unix::fs::FileExt::write_all_at(file, bytes, 0)
    }
    #[cfg(not(unix))]
    {
        use std::io::{Seek, SeekFrom, Write};
        let mut file = file;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(bytes)
    }
}
