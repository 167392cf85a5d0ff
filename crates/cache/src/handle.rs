//! The handle: one connection that writes, a few that read.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::{CacheError, file};

/// Reading connections that are kept open between calls.
const KEPT_READERS: usize = 4;

/// The local ledger. Clones share the same file and connections.
#[derive(Clone)]
pub struct Cache {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache").field("path", &self.shared.path).finish()
    }
}

impl Cache {
    /// Opens the cache at `path`, creating file and folder where they are missing. On Unix nobody but the owner may
    /// read the file.
    ///
    /// # Errors
    /// [`CacheError::Unusable`] for a damaged file, another program's or a newer version's;
    /// [`CacheError::File`] when the file cannot be made.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, CacheError> {
        let path = path.as_ref().to_owned();
        let writer = file::open_writer(&path)?;
        let cache = Self { shared: Arc::new(Shared { path, writer: Mutex::new(writer), readers: Mutex::default() }) };
        cache.sweep()?;
        Ok(cache)
    }

    /// Moves an unusable cache at `path` out of the way, with SQLite's files beside it, and returns its new name.
    /// Nothing is deleted. Nobody may have the file open.
    ///
    /// # Errors
    /// [`CacheError::File`] when the system refuses.
    pub fn set_aside(path: impl AsRef<Path>) -> Result<PathBuf, CacheError> {
        file::set_aside(path.as_ref())
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// How many bytes the database takes on disk, its log aside.
    ///
    /// # Errors
    /// Any storage error.
    pub fn size(&self) -> Result<u64, CacheError> {
        self.read(|view| {
            let number = |pragma| view.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
            Ok(crate::column::unsigned(number("page_count")?.saturating_mul(number("page_size")?)))
        })
    }

    /// Reads every page of the file and says what is damaged. Takes seconds for millions of entries.
    ///
    /// # Errors
    /// [`CacheError::Unusable`] naming the first damage.
    pub fn check(&self) -> Result<(), CacheError> {
        let said: String = self.read(|view| Ok(view.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?))?;
        if said == "ok" {
            return Ok(());
        }
        Err(CacheError::Unusable { path: self.shared.path.clone(), reason: crate::Unusable::Corrupt(said) })
    }

    /// Gives space that removed entries took back to the system.
    ///
    /// # Errors
    /// Any storage error; [`CacheError::DiskFull`] when there is no room for the copy that it makes.
    pub fn compact(&self) -> Result<(), CacheError> {
        let work = || -> Result<(), CacheError> { Ok(self.writer().execute_batch("VACUUM")?) };
        work().map_err(|error| error.about(&self.shared.path))
    }

    /// Runs `work` on one unchanging view of the file. Never waits for a writer.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, CacheError>,
    ) -> Result<T, CacheError> {
        let kept = lock(&self.shared.readers).pop();
        let mut reader = match kept {
            Some(reader) => reader,
            None => file::open_reader(&self.shared.path).map_err(|error| error.about(&self.shared.path))?,
        };
        let result = reader.transaction().map_err(CacheError::from).and_then(|view| work(&view));
        let mut readers = lock(&self.shared.readers);
        if readers.len() < KEPT_READERS {
            readers.push(reader);
        }
        drop(readers);
        result.map_err(|error| error.about(&self.shared.path))
    }

    /// Runs `work` in one transaction: all of it is stored, or nothing. It survives a crash of the app, but the last
    /// ones may be lost with the power.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, CacheError>,
    ) -> Result<T, CacheError> {
        committed(&mut self.writer(), work).map_err(|error| error.about(&self.shared.path))
    }

    /// Like [`Cache::write`], and on the disk before it returns: for what no service could bring back.
    pub(crate) fn write_through<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, CacheError>,
    ) -> Result<T, CacheError> {
        let mut writer = self.writer();
        let durable = |writer: &Connection, on: bool| {
            writer.pragma_update(None, "synchronous", if on { "FULL" } else { "NORMAL" }).map_err(CacheError::from)
        };
        let result = durable(&writer, true).and_then(|()| committed(&mut writer, work));
        // Should this fail, later pages are only written more carefully than they need.
        let back = durable(&writer, false);
        result.and_then(|value| back.map(|()| value)).map_err(|error| error.about(&self.shared.path))
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        lock(&self.shared.writer)
    }
}

fn committed<T>(
    writer: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, CacheError>,
) -> Result<T, CacheError> {
    // Immediate: whoever reads before writing must not find that somebody else wrote in between.
    let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

/// A thread that panicked while it held a connection left no transaction behind (dropping one rolls it back), so the
/// connection is good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
