//! Accounts as they were after an entry: the newest, to go on from, and some on the way, to look back from.

use rusqlite::{OptionalExtension, Transaction};

use super::bytes::{Reader, put};
use super::pack;
use super::reader::{LedgerReader, View};
use super::seal::{self, Kind};
use crate::CacheError;

/// What seals the newest account, and one on the way: neither can stand in the other's place.
const NEWEST: u64 = 0;
const ON_THE_WAY: u64 = 1;

/// Keeps the account after entry `seq` in the place of the newest one.
pub(crate) fn store_newest(transaction: &Transaction<'_>, seq: u64, bytes: &[u8]) -> Result<(), CacheError> {
    let sql = "INSERT OR REPLACE INTO snapshots (id, seq, piece) VALUES (1, ?1, ?2)";
    transaction.prepare_cached(sql)?.execute((seq, sealed(NEWEST, seq, bytes)?))?;
    Ok(())
}

/// Keeps the account after entry `seq` for good.
pub(crate) fn store_milestone(transaction: &Transaction<'_>, seq: u64, bytes: &[u8]) -> Result<(), CacheError> {
    let sql = "INSERT OR REPLACE INTO milestones (seq, piece) VALUES (?1, ?2)";
    transaction.prepare_cached(sql)?.execute((seq, sealed(ON_THE_WAY, seq, bytes)?))?;
    Ok(())
}

fn sealed(which: u64, seq: u64, bytes: &[u8]) -> Result<Vec<u8>, CacheError> {
    let mut piece = Vec::with_capacity(bytes.len() / 4);
    put(&mut piece, bytes.len() as u64);
    piece.extend_from_slice(&pack::packed(bytes)?);
    Ok(seal::seal(Kind::Snapshot, seq, which, piece))
}

fn opened(which: u64, seq: u64, sealed: &[u8]) -> Result<Vec<u8>, CacheError> {
    let mut piece = Reader(seal::opened(Kind::Snapshot, seq, which, sealed)?);
    let length = usize::try_from(piece.number()?).unwrap_or(usize::MAX);
    pack::unpacked(piece.0, length)
}

impl LedgerReader {
    /// The newest account that was kept: the entry that it is of, and its bytes.
    ///
    /// # Errors
    /// Any storage error.
    pub fn snapshot(&self) -> Result<Option<(u64, Vec<u8>)>, CacheError> {
        self.read(|view| view.snapshot())
    }

    /// The last account that was kept of an entry ahead of `seq`, with the number of that entry. Without one whoever wants
    /// to know what came of `seq` replays from the first entry.
    ///
    /// # Errors
    /// Any storage error.
    pub fn account_before(&self, seq: u64) -> Result<Option<(u64, Vec<u8>)>, CacheError> {
        self.read(|view| {
            let newest = view.snapshot()?.filter(|(of, _)| *of < seq);
            if newest.is_some() {
                return Ok(newest);
            }
            let sql = "SELECT seq, piece FROM milestones WHERE seq < ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1";
            let mut statement = view.db.prepare_cached(sql)?;
            let kept = statement
                .query_row((seq, view.head.seq), |row| Ok((row.get::<_, u64>(0)?, row.get::<_, Vec<u8>>(1)?)))
                .optional()?;
            kept.map(|(of, sealed)| Ok((of, opened(ON_THE_WAY, of, &sealed)?))).transpose()
        })
    }
}

impl View<'_> {
    /// The newest account that was kept.
    pub(crate) fn snapshot(&self) -> Result<Option<(u64, Vec<u8>)>, CacheError> {
        let mut statement = self.db.prepare_cached("SELECT seq, piece FROM snapshots")?;
        let kept: Option<(u64, Vec<u8>)> = statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        if kept.as_ref().map_or(0, |kept| kept.0) != self.head.snapshot || self.head.snapshot > self.head.seq {
            return Err(CacheError::damaged("the kept account is not the one that was stored last"));
        }
        kept.map(|(seq, sealed)| Ok((seq, opened(NEWEST, seq, &sealed)?))).transpose()
    }

    /// Looks at every account that was kept.
    pub(crate) fn check_accounts(&self) -> Result<(), CacheError> {
        self.snapshot()?;
        let mut statement = self.db.prepare_cached("SELECT seq, piece FROM milestones")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let seq: u64 = row.get(0)?;
            let sealed = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            if seq > self.head.seq {
                return Err(CacheError::damaged(format!("an account is kept of entry {seq}, which is not stored")));
            }
            opened(ON_THE_WAY, seq, sealed)?;
        }
        Ok(())
    }
}
