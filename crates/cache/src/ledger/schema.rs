//! The tables of a ledger's file, and how an older file becomes a current one.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::mark;
use crate::migration::{self, Step};
use crate::{CacheError, Unusable};

/// Marks the file as ours ("CRDL").
const APPLICATION_ID: i64 = 0x4352_444C;

/// What leaves a file empty that is to be filled anew.
macro_rules! emptied {
    () => {
        "
DELETE FROM head; DELETE FROM names; DELETE FROM blocks; DELETE FROM tail; DELETE FROM segments; DELETE FROM postings;
DELETE FROM block_references; DELETE FROM terms; DELETE FROM rollups; DELETE FROM sums; DELETE FROM snapshots;
DELETE FROM facts;
"
    };
}

/// What each schema version added, oldest first.
///
/// Everything is a piece with a checksum, found by a small number; what is in it only this crate's code says. A piece
/// that is written once (a block, a segment) is never touched again. `rollups.changed` is the commit that wrote a day, so
/// that a reader finds what is new to it.
const STEPS: &[Step] = &[
    Step {
        oldest: 1,
        sql: "
CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), piece BLOB NOT NULL) STRICT;
CREATE TABLE names (code INTEGER PRIMARY KEY, dimension INTEGER NOT NULL, name BLOB NOT NULL) STRICT;
CREATE TABLE blocks (number INTEGER PRIMARY KEY, columns BLOB NOT NULL, bodies BLOB NOT NULL) STRICT;
CREATE TABLE tail (seq INTEGER PRIMARY KEY, entry BLOB NOT NULL, body BLOB NOT NULL) STRICT;
CREATE TABLE segments (number INTEGER PRIMARY KEY, directory BLOB NOT NULL) STRICT;
CREATE TABLE postings (
    code INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    places BLOB NOT NULL,
    PRIMARY KEY (code, segment)
) STRICT, WITHOUT ROWID;
CREATE TABLE block_references (number INTEGER PRIMARY KEY, terms BLOB NOT NULL) STRICT;
CREATE TABLE terms (
    segment INTEGER NOT NULL,
    part INTEGER NOT NULL,
    terms BLOB NOT NULL,
    PRIMARY KEY (segment, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE rollups (
    code INTEGER NOT NULL,
    day INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    cells BLOB NOT NULL,
    PRIMARY KEY (code, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE sums (code INTEGER PRIMARY KEY, sum BLOB NOT NULL) STRICT;
CREATE TABLE snapshots (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, piece BLOB NOT NULL) STRICT;
CREATE TABLE facts (name TEXT PRIMARY KEY, piece BLOB NOT NULL) STRICT, WITHOUT ROWID;
",
    },
    // Bodies without what the entry says anyway, columns of bits. The ledger is fetched again.
    Step { oldest: 2, sql: emptied!() },
    // Accounts on the way, so that what any entry did can be told without replaying all that came before; amendments that
    // count for the member and the channel of the usage that they give back. The ledger is fetched again.
    Step {
        oldest: 3,
        sql: concat!(emptied!(), "CREATE TABLE milestones (seq INTEGER PRIMARY KEY, piece BLOB NOT NULL) STRICT;"),
    },
];

/// Brings an opened file to the current schema; a new, empty file gets it whole. The inner error says why the file is
/// not a ledger of ours.
pub(super) fn prepare(path: &Path, connection: &mut Connection) -> Result<Result<(), Unusable>, CacheError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match migration::migrate(&transaction, APPLICATION_ID, STEPS)? {
        // Before it is emptied for good: nothing that is not there is then missed.
        Ok(1 | 2) => mark::forget(path)?,
        Ok(_) => {}
        Err(unusable) => return Ok(Err(unusable)),
    }
    transaction.commit()?;
    Ok(Ok(()))
}
