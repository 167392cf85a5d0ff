//! Entries as they go into the cache and as they come out.

use metering::{Credits, Timestamp};
use rusqlite::{OptionalExtension, Row, named_params};

use crate::column::{instant, signed, unsigned};
use crate::{Cache, CacheError, EntryHash, WorkspaceKey};

/// An entry to store: what lists and charts ask of it, and the bytes that the hash chain covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// Its number in the workspace's ledger, from 1, without gaps.
    pub seq: u64,
    /// When it was charged. Never decreases along `seq`.
    pub recorded_at: Timestamp,
    /// When the work was done; the same as `recorded_at` where nobody said.
    pub occurred_at: Timestamp,
    /// The kind's name, as `metering` gives it.
    pub kind: &'static str,
    /// The feature, for entries that count as use of one. Such entries are what the rollups sum.
    pub feature: Option<String>,
    /// What else tells it apart in a list: a grant's source, a plan's id.
    pub detail: Option<String>,
    /// Units of the feature; 0 for other kinds.
    pub units: i64,
    /// The signed change of the ledger balance.
    pub credits: i64,
    /// The ledger balance after it.
    pub balance_after: Credits,
    /// The member whose work it was.
    pub member: Option<String>,
    /// The channel that it came through.
    pub channel: Option<String>,
    /// Who reported it.
    pub source: Option<String>,
    /// The entry of the failed work whose credits it gives back: it counts against the use of when that was done.
    pub amends: Option<u64>,
    /// The link of the hash chain at this entry.
    pub hash: EntryHash,
    /// The exact bytes that the service stored.
    pub body: Vec<u8>,
}

/// A stored entry without its body: a line in a list, a point in a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// Its number in the workspace's ledger.
    pub seq: u64,
    /// When it was charged.
    pub recorded_at: Timestamp,
    /// When the work was done.
    pub occurred_at: Timestamp,
    /// The kind's name, as `metering` gives it.
    pub kind: String,
    /// The feature, for use of one.
    pub feature: Option<String>,
    /// What else tells it apart: a grant's source, a plan's id.
    pub detail: Option<String>,
    /// Units of the feature, below 0 where failed work is given back; 0 for other kinds.
    pub units: i64,
    /// The signed change of the ledger balance.
    pub credits: i64,
    /// The ledger balance after it.
    pub balance_after: Credits,
    /// The member whose work it was.
    pub member: Option<String>,
    /// The channel that it came through.
    pub channel: Option<String>,
    /// Who reported it.
    pub source: Option<String>,
}

/// The bytes of a stored entry, lent while it is being read.
#[derive(Clone, Copy, Debug)]
pub struct StoredBody<'a> {
    /// Its number in the workspace's ledger.
    pub seq: u64,
    /// The link of the hash chain at this entry; not 32 bytes only in a damaged file.
    pub hash: &'a [u8],
    /// The exact bytes that the service stored.
    pub body: &'a [u8],
}

/// The columns of an [`EntryRow`], in the order that [`row`] reads them.
pub(crate) const COLUMNS: &str =
    "seq, recorded_at, occurred_at, kind, feature, detail, units, credits, balance_after, member, channel, source";

pub(crate) fn row(row: &Row<'_>) -> rusqlite::Result<EntryRow> {
    Ok(EntryRow {
        seq: unsigned(row.get(0)?),
        recorded_at: instant(row.get(1)?),
        occurred_at: instant(row.get(2)?),
        kind: row.get(3)?,
        feature: row.get(4)?,
        detail: row.get(5)?,
        units: row.get(6)?,
        credits: row.get(7)?,
        balance_after: unsigned(row.get(8)?),
        member: row.get(9)?,
        channel: row.get(10)?,
        source: row.get(11)?,
    })
}

impl Cache {
    /// The last `count` entries, newest first.
    ///
    /// # Errors
    /// Any storage error.
    pub fn latest(&self, workspace: WorkspaceKey, count: u32) -> Result<Vec<EntryRow>, CacheError> {
        self.entries_before(workspace, u64::MAX, count)
    }

    /// Up to `count` entries with a number under `before`, newest first.
    ///
    /// # Errors
    /// Any storage error.
    pub fn entries_before(
        &self,
        workspace: WorkspaceKey,
        before: u64,
        count: u32,
    ) -> Result<Vec<EntryRow>, CacheError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entries WHERE workspace = :workspace AND seq < :before ORDER BY seq DESC LIMIT :count"
        );
        self.read(|view| {
            let mut statement = view.prepare_cached(&sql)?;
            let parameters = named_params! { ":workspace": workspace.0, ":before": signed(before), ":count": count };
            let rows = statement.query_map(parameters, row)?.collect::<Result<_, _>>()?;
            Ok(rows)
        })
    }

    /// One entry, if it is stored.
    ///
    /// # Errors
    /// Any storage error.
    pub fn entry(&self, workspace: WorkspaceKey, seq: u64) -> Result<Option<EntryRow>, CacheError> {
        let sql = format!("SELECT {COLUMNS} FROM entries WHERE workspace = ?1 AND seq = ?2");
        self.read(|view| Ok(view.prepare_cached(&sql)?.query_row((workspace.0, signed(seq)), row).optional()?))
    }

    /// When the oldest stored entry was charged; none in an empty ledger.
    ///
    /// # Errors
    /// Any storage error.
    pub fn first_entry_at(&self, workspace: WorkspaceKey) -> Result<Option<Timestamp>, CacheError> {
        let sql = "SELECT recorded_at FROM entries WHERE workspace = ?1 ORDER BY seq LIMIT 1";
        self.read(|view| {
            Ok(view.prepare_cached(sql)?.query_row([workspace.0], |row| row.get(0).map(instant)).optional()?)
        })
    }

    /// Lends the bytes of up to `limit` entries after `after` to `each`, in order, for replay and verification;
    /// returns how many there were. `each` may stop early with `false`.
    ///
    /// The view of the file stays open meanwhile and keeps SQLite's log from shrinking: take some ten thousand at a
    /// time.
    ///
    /// # Errors
    /// Any storage error.
    pub fn entries_after(
        &self,
        workspace: WorkspaceKey,
        after: u64,
        limit: u32,
        mut each: impl FnMut(StoredBody<'_>) -> bool,
    ) -> Result<u32, CacheError> {
        let sql = "SELECT seq, hash, bodies.body FROM entries JOIN bodies ON bodies.id = entries.body
                   WHERE workspace = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
        self.read(|view| {
            let mut statement = view.prepare_cached(sql)?;
            let mut rows = statement.query((workspace.0, signed(after), limit))?;
            let mut count = 0;
            while let Some(row) = rows.next()? {
                let stored = StoredBody {
                    seq: unsigned(row.get(0)?),
                    hash: row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?,
                    body: row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?,
                };
                count += 1;
                if !each(stored) {
                    break;
                }
            }
            Ok(count)
        })
    }
}
