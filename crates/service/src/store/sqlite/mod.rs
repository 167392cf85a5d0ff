//! SQLite: one file, one machine.
//!
//! Whatever leaves here was on the disk before: see [`log`].

mod file;
mod health;
mod ledger;
mod log;
mod schema;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lru::LruCache;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, Transaction, TransactionBehavior, params_from_iter};
use wire::Hash;

use super::engine::{Appended, Ask, Engine, Recalled, Work};
use super::sql::{Row, Sql, Value};
use super::{Durability, Page, StoreError, StoredLine};
use log::Log;

/// How long a transaction waits for another process that writes.
const BUSY: Duration = Duration::from_secs(10);
/// How many connections for reading are kept.
const READERS: usize = 8;
/// The pages that the connection that writes keeps at hand, in KiB.
const CACHE: i32 = 32 * 1024;
/// How many pages the log may have before they are written to their place: what is written often is written there once.
const LOG: i32 = 8_000;
/// Of how many ledgers the last entry is kept in mind.
const HEADS: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();
/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 64;

/// A database file.
#[derive(Debug)]
pub(super) struct Sqlite {
    path: PathBuf,
    writer: Mutex<Writer>,
    readers: Mutex<Vec<Watched>>,
    /// None, if a power cut may take the last commits.
    log: Option<Log>,
}

/// The connection that writes.
#[derive(Debug)]
struct Writer {
    watched: Watched,
    /// The last entries of ledgers, as long as nobody else writes.
    heads: LruCache<String, u64>,
}

/// A connection, and which of what others have written it has seen.
#[derive(Debug)]
struct Watched {
    connection: Connection,
    /// SQLite's number for what others have written. It means something for this connection alone.
    seen: Option<i64>,
}

impl Watched {
    /// Whether it sees more of what others have written than when this was asked last.
    fn sees_more(&mut self) -> Result<bool, StoreError> {
        sees_more(&self.connection, &mut self.seen)
    }
}

/// Whether a connection sees more of what others have written than when this was asked last.
fn sees_more(connection: &Connection, seen: &mut Option<i64>) -> Result<bool, StoreError> {
    let sees = connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
    Ok(seen.replace(sees) != Some(sees))
}

impl Sqlite {
    /// See [`super::Store::open`].
    pub(super) fn open(path: &Path, durability: Durability) -> Result<Self, StoreError> {
        let open = |message: String| StoreError::Open { database: path.display().to_string(), message };
        file::make_private(path).map_err(|error| open(format!("cannot be opened: {error}")))?;
        let mut writer = Connection::open(path).map_err(|error| open(format!("cannot be opened: {error}")))?;
        writer.busy_timeout(BUSY)?;
        schema::prepare(&mut writer).map_err(|error| open(error.to_string()))?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        // The log is forced to the disk when somebody waits for it, not in every commit.
        writer.pragma_update(None, "synchronous", "NORMAL")?;
        writer.pragma_update(None, "foreign_keys", "ON")?;
        writer.pragma_update(None, "cache_size", -CACHE)?;
        writer.pragma_update(None, "wal_autocheckpoint", LOG)?;
        prepare_once(&writer)?;
        // Whoever has looked at the file has its log open, which is there from then on.
        writer.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        let log = match durability {
            // SQLite follows links, and its log is beside what they lead to.
            Durability::Full => Some(Log::of(Path::new(writer.path().unwrap_or_default())).map_err(StoreError::Disk)?),
            Durability::Normal => None,
        };
        let writer = Watched { connection: writer, seen: None };
        let writer = Mutex::new(Writer { watched: writer, heads: LruCache::new(HEADS) });
        Ok(Self { path: path.to_owned(), writer, readers: Mutex::default(), log })
    }

    /// Works on a connection that cannot write. Readers do not wait for writers, but for the disk, if they saw what is
    /// not on it.
    fn reading<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let pooled = lock(&self.readers).pop();
        let mut reader = match pooled {
            Some(reader) => reader,
            None => {
                let connection = Connection::open(&self.path)?;
                connection.busy_timeout(BUSY)?;
                connection.pragma_update(None, "query_only", "ON")?;
                prepare_once(&connection)?;
                Watched { connection, seen: None }
            }
        };
        let result = work(&reader.connection);
        if self.log.is_some() && reader.sees_more()? {
            self.mark();
            self.sync()?;
        }
        // Only now: whoever works on it next takes what it has seen to be on the disk.
        let mut readers = lock(&self.readers);
        if readers.len() < READERS {
            readers.push(reader);
        }
        result
    }

    /// Works on a transaction that nobody else writes beside, with what is known of the last entries of ledgers.
    fn writing<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>, &mut LruCache<String, u64>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut writer = lock(&self.writer);
        self.mend(&writer.watched.connection)?;
        let Writer { watched: Watched { connection, seen }, heads } = &mut *writer;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if sees_more(&transaction, seen)? {
            heads.clear();
            self.mark();
        }
        let result = work(&transaction, heads).and_then(|result| Ok(transaction.commit().map(|()| result)?));
        match result {
            Ok(_) => self.mark(),
            // What was noted of it has not happened.
            Err(_) => heads.clear(),
        }
        result
    }

    fn mark(&self) {
        self.log.iter().for_each(Log::mark);
    }

    /// Starts a new log behind one that the disk did not take: everything in it goes to its place, and is looked for there
    /// from then on. Should the system have lost a part of it meanwhile, the ledger's hashes tell.
    fn mend(&self, writer: &Connection) -> Result<(), StoreError> {
        let Some(log) = self.log.as_ref().filter(|log| log.has_failed()) else { return Ok(()) };
        let marked = log.marked();
        let is_busy: bool = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if is_busy {
            return log.sync().map_err(StoreError::Disk);
        }
        log.was_emptied(marked).map_err(StoreError::Disk)?;
        tracing::info!("the disk takes what is written again");
        Ok(())
    }
}

impl Engine for Sqlite {
    fn read(&self, work: Work<'_>) -> Result<(), StoreError> {
        self.reading(|db| {
            // All of it sees the same.
            let transaction = db.unchecked_transaction()?;
            work(&mut Statements(&transaction))?;
            Ok(transaction.commit()?)
        })
    }

    fn write(&self, work: Work<'_>) -> Result<(), StoreError> {
        self.writing(|db, heads| {
            // It may be entries that are written.
            heads.clear();
            work(&mut Statements(db))
        })?;
        self.sync()
    }

    /// On the connection that writes: it has the pages that it wrote at hand, which another would have to read again. All
    /// of it is one transaction: each has locks to take.
    fn recall(&self, asks: &[Ask]) -> Result<Vec<Recalled>, StoreError> {
        let mut writer = lock(&self.writer);
        let Writer { watched: Watched { connection, seen }, heads } = &mut *writer;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        // All that follows sees what this does.
        if sees_more(&transaction, seen)? {
            heads.clear();
            self.mark();
        }
        let recall = |ask: &Ask| {
            let has_nothing = ask.keys.is_empty() && heads.peek(&ask.workspace) == Some(&ask.after);
            if has_nothing { Ok(Recalled::default()) } else { ledger::recall(&transaction, ask) }
        };
        let recalled = asks.iter().map(recall).collect();
        transaction.commit()?;
        recalled
    }

    fn append(&self, pages: &[Page]) -> Result<Vec<Appended>, StoreError> {
        self.writing(|db, heads| pages.iter().map(|page| ledger::append(db, page, heads)).collect())
    }

    fn sync(&self) -> Result<(), StoreError> {
        self.log.as_ref().map_or(Ok(()), Log::sync).map_err(StoreError::Disk)
    }

    fn is_synced(&self) -> bool {
        self.log.as_ref().is_none_or(Log::is_synced)
    }

    fn lines(&self, workspace: &str, after: u64, limit: usize) -> Result<Vec<StoredLine>, StoreError> {
        self.reading(|db| ledger::lines(db, workspace, after, limit))
    }

    fn head(&self, workspace: &str) -> Result<(u64, Hash), StoreError> {
        self.reading(|db| ledger::head(db, workspace))
    }

    fn heads(&self, workspaces: &[String]) -> Result<Vec<(String, u64)>, StoreError> {
        self.reading(|db| workspaces.iter().map(|id| Ok((id.clone(), ledger::head(db, id)?.0))).collect())
    }

    /// There is one writer, and it commits for all workspaces at once.
    fn lanes(&self) -> usize {
        1
    }
}

/// A connection, seen as [`Sql`].
pub(super) struct Statements<'a>(pub(super) &'a Connection);

impl Sql for Statements<'_> {
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
        let changed = self.0.prepare_cached(&numbered(sql))?.execute(params_from_iter(parameters))?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.0.prepare_cached(&numbered(sql))?;
        let columns = statement.column_count();
        let rows = statement.query_map(params_from_iter(parameters), |row| {
            (0..columns).map(|column| Ok(row.get_ref(column)?.into())).collect::<Result<_, _>>().map(Row)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Keeps statements prepared, whatever values they are given: without being told so, SQLite plans a statement again when
/// the bound of a range has changed, which is every time.
fn prepare_once(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// SQLite numbers its parameters after a question mark. No text of ours has a dollar in it.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl From<ValueRef<'_>> for Value {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            // No table of ours has a column of fractions: they are strict.
            ValueRef::Null | ValueRef::Real(_) => Self::Null,
            ValueRef::Integer(number) => Self::Number(number),
            ValueRef::Text(text) => Self::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Self::Bytes(bytes.to_vec()),
        }
    }
}

/// A panic of another thread leaves connections as they were: SQLite rolls back what was not committed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A number for SQLite, whose integers are signed. The rules keep every number under 2^53.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number from SQLite.
fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn after_the_disk_has_failed_nothing_is_told_until_everything_is_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = Sqlite::open(&folder.path().join("x.db"), Durability::Full).unwrap();
        let write = |name: &str| {
            let insert = format!("INSERT INTO settings VALUES ('{name}', x'00')");
            sqlite.write(&mut |db| db.execute(&insert, &[]).map(drop))
        };
        let names = || {
            let mut names = 0;
            sqlite.read(&mut |db| {
                names = db.query("SELECT name FROM settings WHERE name LIKE 't-%'", &[])?.len();
                Ok(())
            })?;
            Ok::<_, StoreError>(names)
        };
        write("t-1").unwrap();
        assert_eq!(names().unwrap(), 1);
        sqlite.log.as_ref().unwrap().fail().unwrap();
        assert!(matches!(write("t-2"), Err(StoreError::Disk(_))));
        for _ in 0..3 {
            assert!(matches!(names(), Err(StoreError::Disk(_))), "what was seen may be lost");
        }
        assert!(!sqlite.is_synced());
        // Whoever writes next starts a new log behind the one that the disk did not take.
        write("t-3").unwrap();
        assert_eq!(names().unwrap(), 3);
        assert!(sqlite.is_synced());
    }

    #[test]
    fn a_link_leads_to_the_log_of_the_file_itself() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("x.db"), folder.path().join("link.db"));
        drop(Sqlite::open(&file, Durability::Full).unwrap());
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let sqlite = Sqlite::open(&link, Durability::Full).unwrap();
        sqlite.write(&mut |db| db.execute("INSERT INTO settings VALUES ('t', x'00')", &[]).map(drop)).unwrap();
        assert!(sqlite.is_synced() && folder.path().join("x.db-wal").exists());
        assert!(!folder.path().join("link.db-wal").exists());
    }
}
