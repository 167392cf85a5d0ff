//! An SQLite database for people to take along: one table of entries.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use crate::{CacheError, EntryRow};

/// Entries that are written in one transaction.
const TOGETHER: u64 = 50_000;

/// What an exported entry has beside its row.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ExportedDetails {
    /// When it was charged, as text.
    pub recorded_at: String,
    /// When the work was done, as text.
    pub occurred_at: String,
    /// The reporter's id of it, if it has one.
    pub id: Option<String>,
    /// What the work belongs to.
    pub reference: Option<String>,
    /// Credits a unit, for use of a feature.
    pub rate: Option<u32>,
}

/// A database that is being written.
#[derive(Debug)]
pub struct SqliteExport {
    path: PathBuf,
    db: Connection,
    count: u64,
}

impl SqliteExport {
    /// Begins a new database at `path`, in the place of what is there.
    ///
    /// # Errors
    /// [`CacheError::File`] when what is there cannot be removed, or any storage error.
    pub fn create(path: &Path) -> Result<Self, CacheError> {
        crate::file::remove(path)?;
        let open = || -> Result<Connection, CacheError> {
            let db = Connection::open(path)?;
            // Nobody needs it before it is whole, and then it is put on the disk.
            db.pragma_update(None, "journal_mode", "OFF")?;
            db.pragma_update(None, "synchronous", "OFF")?;
            db.execute_batch(
                "CREATE TABLE entries (
                     seq INTEGER PRIMARY KEY, recorded_at TEXT NOT NULL, occurred_at TEXT NOT NULL, kind TEXT NOT NULL,
                     feature TEXT, detail TEXT, units INTEGER NOT NULL, rate INTEGER, credits INTEGER NOT NULL,
                     balance_after INTEGER NOT NULL, member TEXT, channel TEXT, source TEXT, id TEXT, reference TEXT,
                     revision INTEGER, body TEXT NOT NULL
                 ) STRICT; BEGIN",
            )?;
            Ok(db)
        };
        let db = open().map_err(|error| error.about(path))?;
        Ok(Self { path: path.to_owned(), db, count: 0 })
    }

    /// Writes an entry with its exact body.
    ///
    /// # Errors
    /// Any storage error; [`CacheError::DiskFull`] when there is no room.
    pub fn push(&mut self, row: &EntryRow, details: &ExportedDetails, body: &[u8]) -> Result<(), CacheError> {
        let sql =
            "INSERT INTO entries VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
        let mut write = || -> Result<(), CacheError> {
            self.db.prepare_cached(sql)?.execute(params![
                row.seq,
                details.recorded_at,
                details.occurred_at,
                row.kind,
                row.feature,
                row.detail,
                row.units,
                details.rate,
                row.credits,
                row.balance_after,
                row.member,
                row.channel,
                row.source,
                details.id,
                details.reference,
                (row.revision > 0).then_some(row.revision),
                String::from_utf8_lossy(body),
            ])?;
            self.count += 1;
            if self.count.is_multiple_of(TOGETHER) {
                self.db.execute_batch("COMMIT; BEGIN")?;
            }
            Ok(())
        };
        write().map_err(|error| error.about(&self.path))
    }

    /// Ends the database. It is on the disk when this returns.
    ///
    /// # Errors
    /// Any storage error, or [`CacheError::File`] when the system refuses.
    pub fn finish(self) -> Result<(), CacheError> {
        let Self { path, db, .. } = self;
        let end = || -> Result<(), CacheError> { Ok(db.execute_batch("COMMIT")?) };
        end().map_err(|error| error.about(&path))?;
        drop(db);
        let synced = std::fs::File::open(&path).and_then(|file| file.sync_all());
        synced.map_err(|source| CacheError::File { path, source })
    }
}
