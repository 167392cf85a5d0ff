//! The tables, and how an older file becomes a current one.

use rusqlite::{Connection, TransactionBehavior};

use crate::{CacheError, Unusable};

/// Marks the file as ours ("CRDK"), so that another program's database is never taken for a cache.
const APPLICATION_ID: i64 = 0x4352_444B;

/// What each schema version added, oldest first. A file's `user_version` says how many it has.
///
/// `entries` is narrow on purpose: charts and lists scan it, while `bodies` holds the exact bytes that the hash chain
/// covers and is read for replay or when an entry is opened. `recorded_at` never decreases along `seq`, so a search
/// by halves finds any instant and no index on times is needed. The partial index finds the few entries that are
/// not usage among millions that are.
const STEPS: &[&str] = &["
CREATE TABLE connections (
    workspace INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    token TEXT,
    UNIQUE (url, workspace_id)
) STRICT;
CREATE TABLE workspace_meta (
    workspace INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    provider TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    currency TEXT NOT NULL,
    role TEXT NOT NULL,
    catalogue_revision INTEGER NOT NULL,
    catalogue_json TEXT NOT NULL
) STRICT;
CREATE TABLE cursor (
    workspace INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    as_of INTEGER NOT NULL
) STRICT;
CREATE TABLE entries (
    workspace INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    feature TEXT,
    detail TEXT,
    units INTEGER NOT NULL,
    credits INTEGER NOT NULL,
    balance_after INTEGER NOT NULL,
    member TEXT,
    channel TEXT,
    source TEXT,
    body INTEGER NOT NULL,
    PRIMARY KEY (workspace, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX entries_beside_usage ON entries (workspace, seq) WHERE kind <> 'usage';
CREATE TABLE bodies (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE rollups (
    workspace INTEGER NOT NULL,
    quarter INTEGER NOT NULL,
    feature TEXT NOT NULL,
    credits INTEGER NOT NULL,
    actions INTEGER NOT NULL,
    PRIMARY KEY (workspace, quarter, feature)
) STRICT, WITHOUT ROWID;
CREATE TABLE purchase_intents (
    workspace INTEGER NOT NULL,
    purchase_id TEXT NOT NULL,
    pack TEXT NOT NULL,
    name TEXT NOT NULL,
    credits INTEGER NOT NULL,
    price INTEGER NOT NULL,
    currency TEXT NOT NULL,
    state TEXT NOT NULL,
    checkout_url TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    message TEXT,
    PRIMARY KEY (workspace, purchase_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"];

/// The newest schema version that this code knows.
#[allow(clippy::cast_possible_wrap)]
pub(crate) const KNOWN: i64 = STEPS.len() as i64;

/// Brings an opened file to the current schema; a new, empty file gets it whole.
///
/// # Errors
/// The inner error says why the file is not a cache of ours.
pub(crate) fn prepare(connection: &mut Connection) -> Result<Result<(), Unusable>, CacheError> {
    // Immediate, so that two processes that start at once do not both create the tables.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let number = |pragma: &str| transaction.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let version = number("user_version")?;
    let application = number("application_id")?;
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;

    if application != APPLICATION_ID && (application != 0 || version != 0 || tables != 0) {
        return Ok(Err(Unusable::Foreign));
    }
    if version > KNOWN {
        return Ok(Err(Unusable::TooNew { found: version, known: KNOWN }));
    }
    let done = usize::try_from(version).unwrap_or(0);
    for step in STEPS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    if done < STEPS.len() {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", KNOWN)?;
    }
    transaction.commit()?;
    Ok(Ok(()))
}
