//! The tables, and the versions of them.

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior, params};

use crate::store::Key;

/// Marks the file as ours ("Crdk").
const APPLICATION_ID: i32 = 0x4372_646b;

/// A step from the version before it, and the oldest version whose programs may still run on what it makes: they read
/// and write it rightly without knowing of it.
struct Step {
    sql: &'static str,
    oldest: i64,
}

/// Each step brings a database from the version before it. A step is never changed once it was released. What an older
/// program would not mind says so with `oldest`; what nobody uses any more goes in a later step.
const STEPS: [Step; 3] =
    [Step { sql: FIRST, oldest: 1 }, Step { sql: SECOND, oldest: 2 }, Step { sql: THIRD, oldest: 2 }];

const FIRST: &str = r"
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE catalogues (
    id       TEXT NOT NULL,
    revision INTEGER NOT NULL,
    json     TEXT NOT NULL,
    PRIMARY KEY (id, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE workspaces (
    workspace_id       TEXT PRIMARY KEY,
    name               TEXT NOT NULL,
    time_zone          TEXT NOT NULL,
    catalogue_id       TEXT NOT NULL,
    catalogue_revision INTEGER NOT NULL,
    created_at         INTEGER NOT NULL,
    FOREIGN KEY (catalogue_id, catalogue_revision) REFERENCES catalogues (id, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
    workspace_id TEXT NOT NULL REFERENCES workspaces,
    seq          INTEGER NOT NULL CHECK (seq > 0),
    body         BLOB NOT NULL,
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (workspace_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER entries_are_never_deleted BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER entries_have_no_gaps BEFORE INSERT ON entries
WHEN NEW.seq <> 1 + coalesce((SELECT max(seq) FROM entries WHERE workspace_id = NEW.workspace_id), 0)
BEGIN SELECT RAISE(ABORT, 'the ledger has no gaps and no second entry of a number'); END;

CREATE TABLE tokens (
    workspace_id TEXT NOT NULL REFERENCES workspaces,
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    role         TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'meter')),
    name         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_by_hash ON tokens (hash);

CREATE TABLE purchases (
    workspace_id       TEXT NOT NULL REFERENCES workspaces,
    purchase_id        TEXT NOT NULL,
    pack               TEXT NOT NULL,
    name               TEXT NOT NULL,
    credits            INTEGER NOT NULL,
    price              INTEGER NOT NULL,
    currency           TEXT NOT NULL,
    expires_after_days INTEGER,
    state              TEXT NOT NULL
        CHECK (state IN ('created', 'waiting', 'processing', 'paid', 'cancelled', 'failed', 'expired')),
    checkout_url       TEXT,
    created_at         INTEGER NOT NULL,
    credited_seq       INTEGER,
    message            TEXT,
    PRIMARY KEY (workspace_id, purchase_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE payment_events (
    workspace_id TEXT NOT NULL REFERENCES workspaces,
    provider     TEXT NOT NULL,
    event_id     TEXT NOT NULL,
    purchase_id  TEXT NOT NULL,
    received_at  INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, provider, event_id)
) STRICT, WITHOUT ROWID;

-- What the sandbox provider knows: another provider keeps this at its own place.
CREATE TABLE sandbox_sessions (
    workspace_id TEXT NOT NULL REFERENCES workspaces,
    purchase_id  TEXT NOT NULL,
    session      TEXT NOT NULL UNIQUE,
    description  TEXT NOT NULL,
    buyer        TEXT NOT NULL,
    price        INTEGER NOT NULL,
    currency     TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('open', 'paid', 'declined', 'cancelled')),
    event_id     TEXT,
    delivered    INTEGER NOT NULL DEFAULT 0,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, purchase_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sample_state (
    workspace_id TEXT PRIMARY KEY REFERENCES workspaces,
    sample       TEXT NOT NULL,
    digest       BLOB NOT NULL,
    progress     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

/// Ids are found by their keys, and accounts are kept as they were, so that no ledger has to be replayed.
const SECOND: &str = r"
CREATE TABLE names (
    workspace_id TEXT NOT NULL,
    key          BLOB NOT NULL CHECK (length(key) = 16),
    seq          INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, key, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
    workspace_id TEXT NOT NULL REFERENCES workspaces,
    seq          INTEGER NOT NULL,
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    account      BLOB NOT NULL,
    PRIMARY KEY (workspace_id, seq)
) STRICT, WITHOUT ROWID;

ALTER TABLE tokens ADD COLUMN expires_at INTEGER;
ALTER TABLE tokens ADD COLUMN revoked_at INTEGER;

-- One-time codes that become a token.
CREATE TABLE pairings (
    workspace_id TEXT NOT NULL REFERENCES workspaces,
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    role         TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'meter')),
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    used_at      INTEGER,
    PRIMARY KEY (workspace_id, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX pairings_by_hash ON pairings (hash);

-- What requests with an idempotency key were answered.
CREATE TABLE answers (
    workspace_id    TEXT NOT NULL REFERENCES workspaces,
    idempotency_key TEXT NOT NULL,
    request         BLOB NOT NULL CHECK (length(request) = 32),
    status          INTEGER NOT NULL,
    body            BLOB NOT NULL,
    created_at      INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, idempotency_key)
) STRICT, WITHOUT ROWID;

-- What the vendor is told, once each.
CREATE TABLE outbox (
    workspace_id TEXT NOT NULL REFERENCES workspaces,
    event_id     TEXT NOT NULL,
    body         BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    next_at      INTEGER,
    told_at      INTEGER,
    PRIMARY KEY (workspace_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_by_time ON outbox (next_at) WHERE next_at IS NOT NULL;
";

/// Older programs may run on newer tables that say so. What grew for ever is found by its age. Entries are where they came.
const THIRD: &str = r"
-- The versions that the tables went through, and the oldest whose programs may run on each.
CREATE TABLE versions (
    version INTEGER PRIMARY KEY,
    oldest  INTEGER NOT NULL
) STRICT;

-- What was told, or given up, is found by its age, and so are answers.
CREATE INDEX outbox_by_told ON outbox (told_at, workspace_id, event_id) WHERE told_at IS NOT NULL;
CREATE INDEX outbox_given_up ON outbox (created_at, workspace_id, event_id)
    WHERE next_at IS NULL AND told_at IS NULL AND length(body) > 0;
CREATE INDEX answers_by_time ON answers (created_at);

-- Entries stay in the order in which they came, and their numbers lead there: what is recorded together is written
-- together, however many workspaces it is of, and only what leads there is in a place for each. Until now each entry was
-- written between others of its workspace, which were moved to make room for it.
-- That numbers follow each other is seen by whoever appends, once for a whole page. A trigger did so for each entry, and
-- made SQLite keep a copy of every page that it touched.
CREATE TABLE entries_as_they_came (
    workspace_id TEXT NOT NULL REFERENCES workspaces,
    seq          INTEGER NOT NULL CHECK (seq > 0),
    body         BLOB NOT NULL,
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (workspace_id, seq)
) STRICT;
INSERT INTO entries_as_they_came (workspace_id, seq, body, hash)
    SELECT workspace_id, seq, body, hash FROM entries ORDER BY workspace_id, seq;
DROP TABLE entries;
ALTER TABLE entries_as_they_came RENAME TO entries;

CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER entries_are_never_deleted BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
";

/// Why a file cannot be used as a database of the service.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unusable {
    #[error("is not a database: name another file, or move this one away")]
    NotADatabase,
    #[error("is a database of another program: name another file")]
    Foreign,
    #[error("was written by a newer version (its tables are version {0}, this version knows {known}): update", known = STEPS.len())]
    TooNew(i64),
    #[error("has an entry that cannot be read: entry {seq} of workspace {workspace}: {message}")]
    Entry { workspace: String, seq: i64, message: String },
    #[error("{0}")]
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Unusable {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotADatabase,
            _ => Self::Sqlite(error),
        }
    }
}

/// Makes the tables, or brings them to this version. All steps or none.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), Unusable> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let application: i32 = transaction.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let version: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if application != APPLICATION_ID {
        let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if tables > 0 {
            return Err(Unusable::Foreign);
        }
    }
    let done = usize::try_from(version).unwrap_or(usize::MAX);
    let Some(steps) = STEPS.get(done..) else { return on_newer(&transaction, version) };
    if !steps.is_empty() {
        for (index, step) in steps.iter().enumerate() {
            transaction.execute_batch(step.sql)?;
            if done + index == 1 {
                name_entries(&transaction)?;
            }
        }
        for (version, step) in (1_i64..).zip(&STEPS).skip(done) {
            transaction
                .execute("INSERT INTO versions (version, oldest) VALUES (?1, ?2)", params![version, step.oldest])?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", i64::try_from(STEPS.len()).unwrap_or(i64::MAX))?;
    }
    Ok(transaction.commit()?)
}

/// Whether this version may run on tables of a newer one, which stay as they are.
fn on_newer(db: &Transaction<'_>, version: i64) -> Result<(), Unusable> {
    let sql = "SELECT max(version), max(oldest) FROM versions";
    let (newest, oldest): (Option<i64>, Option<i64>) = db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let is_known = |oldest: i64| usize::try_from(oldest).is_ok_and(|oldest| oldest <= STEPS.len());
    if newest != Some(version) || !oldest.is_some_and(is_known) {
        return Err(Unusable::TooNew(version));
    }
    tracing::warn!(version, "the tables are of a newer version, which this one may run on");
    Ok(())
}

/// Finds the keys of entries that were recorded before there were any.
fn name_entries(db: &Transaction<'_>) -> Result<(), Unusable> {
    let mut entries = db.prepare("SELECT workspace_id, seq, body FROM entries ORDER BY workspace_id, seq")?;
    let mut insert = db.prepare("INSERT INTO names (workspace_id, key, seq) VALUES (?1, ?2, ?3)")?;
    let mut rows = entries.query([])?;
    while let Some(row) = rows.next()? {
        let (workspace, seq, body): (String, i64, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let entry = match wire::line::decode_body(&body) {
            Ok(entry) => entry,
            Err(error) => return Err(Unusable::Entry { workspace, seq, message: error.to_string() }),
        };
        for key in Key::all_of(&entry) {
            insert.execute(params![workspace, key.0, seq])?;
        }
    }
    Ok(())
}
