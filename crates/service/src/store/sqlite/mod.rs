//! SQLite: one file, one machine.
//!
//! A commit returns when SQLite's log is on the disk, and nobody sees what is in it before.

mod file;
mod health;
mod ledger;
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

use super::engine::{Appended, Ask, EachLine, Engine, Ledgers, Recalled, Work};
use super::sql::{Row, Sql, Value};
use super::{AT_HAND, Durability, Page, StoreError};

/// How long a transaction waits for another process that writes.
const BUSY: Duration = Duration::from_secs(10);
/// How many connections for reading are kept.
const READERS: usize = 8;
/// The pages that the connection that writes keeps at hand, in KiB.
const CACHE: i32 = 32 * 1024;
/// How many pages the log may have before they are written to their place, while nobody else writes: what is written often
/// is written there once. 64 MB, of which most is written again and again.
const LOG: i32 = 16_000;
/// Of how many ledgers the last entry is kept in mind.
const HEADS: NonZeroUsize = NonZeroUsize::new(AT_HAND).unwrap();
/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 64;

/// A database file.
#[derive(Debug)]
pub(super) struct Sqlite {
    path: PathBuf,
    writer: Mutex<Writer>,
    readers: Mutex<Vec<Connection>>,
}

/// The connection that writes.
#[derive(Debug)]
struct Writer {
    connection: Connection,
    heads: Heads,
}

/// The last entries of ledgers, as long as nobody else writes.
#[derive(Debug)]
struct Heads {
    known: LruCache<String, (u64, Hash)>,
    /// SQLite's number for what others had written then. It means something for one connection alone.
    seen: Option<i64>,
}

impl Heads {
    /// Forgets what others may have changed. Within a transaction nothing more changes.
    fn look(&mut self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        let sees = transaction.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if self.seen.replace(sees) != Some(sees) {
            self.known.clear();
        }
        Ok(())
    }
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
        let synchronous = match durability {
            Durability::Full => "FULL",
            Durability::Normal => "NORMAL",
        };
        writer.pragma_update(None, "synchronous", synchronous)?;
        writer.pragma_update(None, "foreign_keys", "ON")?;
        writer.pragma_update(None, "cache_size", -CACHE)?;
        writer.pragma_update(None, "wal_autocheckpoint", LOG)?;
        prepare_once(&writer)?;
        let heads = Heads { known: LruCache::new(HEADS), seen: None };
        let writer = Mutex::new(Writer { connection: writer, heads });
        Ok(Self { path: path.to_owned(), writer, readers: Mutex::default() })
    }

    /// Works on a connection that cannot write. Readers do not wait for writers.
    fn reading<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let pooled = lock(&self.readers).pop();
        let reader = match pooled {
            Some(reader) => reader,
            None => {
                let connection = Connection::open(&self.path)?;
                connection.busy_timeout(BUSY)?;
                connection.pragma_update(None, "query_only", "ON")?;
                prepare_once(&connection)?;
                connection
            }
        };
        let result = work(&reader);
        let mut readers = lock(&self.readers);
        if readers.len() < READERS {
            readers.push(reader);
        }
        result
    }

    /// Works on a transaction that nobody else writes beside, with what is known of the last entries of ledgers.
    fn writing<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>, &mut LruCache<String, (u64, Hash)>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut writer = lock(&self.writer);
        let Writer { connection, heads } = &mut *writer;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        heads.look(&transaction)?;
        let result =
            work(&transaction, &mut heads.known).and_then(|result| Ok(transaction.commit().map(|()| result)?));
        if result.is_err() {
            // What was noted of it has not happened.
            heads.known.clear();
        }
        result
    }
}

impl Ledgers for Sqlite {
    /// On the connection that writes: it has the pages that it wrote at hand, which another would have to read again. All
    /// of it is one transaction: each has locks to take.
    fn recall(&self, asks: &[Ask]) -> Result<Vec<Recalled>, StoreError> {
        let mut writer = lock(&self.writer);
        let Writer { connection, heads } = &mut *writer;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        heads.look(&transaction)?;
        let recall = |ask: &Ask| {
            let last = heads.known.peek(&ask.workspace);
            let has_nothing = ask.keys.is_empty() && last == Some(&(ask.after, ask.before));
            if has_nothing { Ok(Recalled::default()) } else { ledger::recall(&transaction, ask) }
        };
        let recalled = asks.iter().map(recall).collect();
        transaction.commit()?;
        recalled
    }

    fn append(&self, pages: &[Page]) -> Result<Vec<Appended>, StoreError> {
        self.writing(|db, heads| pages.iter().map(|page| ledger::append(db, page, heads)).collect())
    }
}

impl Engine for Sqlite {
    fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.reading(|db| Statements(db).query(sql, parameters))
    }

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
        })
    }

    /// Whoever writes waits for those who write, and sees what they have written.
    fn hold(&self, _: &[&str]) -> Result<Option<Box<dyn Ledgers + '_>>, StoreError> {
        Ok(None)
    }

    fn is_far(&self) -> bool {
        false
    }

    fn each_line(&self, workspace: &str, after: u64, limit: usize, each: &mut EachLine<'_>) -> Result<(), StoreError> {
        self.reading(|db| ledger::each_line(db, workspace, after, limit, each))
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
