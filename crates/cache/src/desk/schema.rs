//! The tables of the desk, and how an older file becomes a current one.

use rusqlite::{Connection, TransactionBehavior};

use crate::migration::{self, Step};
use crate::{CacheError, Unusable};

/// Marks the file as ours ("CRDK"), so that another program's database is never taken for a desk.
const APPLICATION_ID: i64 = 0x4352_444B;

/// What each schema version added, oldest first.
const STEPS: &[Step] = &[
    Step {
        oldest: 1,
        sql: "
CREATE TABLE connections (
    workspace INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    token TEXT,
    UNIQUE (url, workspace_id)
) STRICT;
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
",
    },
    // The ledgers stood here once, too. Each has its own file now, and comes anew from the service. An older app would
    // look for its tables.
    Step {
        oldest: 2,
        sql: "
DROP TABLE IF EXISTS workspace_meta;
DROP TABLE IF EXISTS cursor;
DROP TABLE IF EXISTS entries;
DROP TABLE IF EXISTS bodies;
DROP TABLE IF EXISTS rollups;
",
    },
];

/// Brings an opened file to the current schema; a new, empty file gets it whole. The inner error says why the file is
/// not a desk of ours.
pub(super) fn prepare(connection: &mut Connection) -> Result<Result<(), Unusable>, CacheError> {
    // Immediate, so that two processes that start at once do not both create the tables.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if let Err(unusable) = migration::migrate(&transaction, APPLICATION_ID, STEPS)? {
        return Ok(Err(unusable));
    }
    transaction.commit()?;
    Ok(Ok(()))
}
