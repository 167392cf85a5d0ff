//! The ledger balance over time: what the burn-down is drawn from.

use metering::{Credits, Timestamp};
use rusqlite::{OptionalExtension, Transaction};

use crate::column::{instant, signed, unsigned};
use crate::{Cache, CacheError, WorkspaceKey, ledger};

/// The ledger balance right after an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalancePoint {
    /// The entry.
    pub seq: u64,
    /// When it was charged.
    pub recorded_at: Timestamp,
    /// The ledger balance after it.
    pub balance_after: Credits,
    /// The signed change that it made.
    pub credits: i64,
    /// The kind's name, as `metering` gives it.
    pub kind: String,
}

/// The ledger balance between two instants.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct BalanceSeries {
    /// The balance at the start: after the last entry before it. `None` when the ledger begins later.
    pub opening: Option<Credits>,
    /// Balances in order. The last entry is always among them.
    pub points: Vec<BalancePoint>,
}

impl Cache {
    /// The ledger balance from `from` up to, not including, `to`.
    ///
    /// Of a stretch with more than `max_points` entries every entry that is not usage is kept (a grant is a jump), and
    /// of the usage the last one in each of `max_points` equal spans, so a line through the points is right at each of
    /// them and misses only usage in between. The cost grows with the points, not with the entries.
    ///
    /// # Errors
    /// Any storage error.
    pub fn balance_series(
        &self,
        workspace: WorkspaceKey,
        from: Timestamp,
        to: Timestamp,
        max_points: u32,
    ) -> Result<BalanceSeries, CacheError> {
        self.read(|view| {
            let Some(end) = ledger::cursor(view, workspace)? else {
                return Ok(BalanceSeries::default());
            };
            let first = first_at_or_after(view, workspace, from, 1, end.seq)?;
            let after = first_at_or_after(view, workspace, to, first, end.seq)?;
            let opening = point(view, workspace, first.saturating_sub(1))?.map(|point| point.balance_after);
            let points = if after.saturating_sub(first) <= u64::from(max_points) {
                points(view, workspace, first, after, "")?
            } else {
                thinned(view, workspace, (first, after), (from, to), max_points.max(1))?
            };
            Ok(BalanceSeries { opening, points })
        })
    }

    /// The first entry charged at or after `at`; one more than the last entry's number if there is none. Entries are
    /// in time order, so this is a search by halves.
    ///
    /// # Errors
    /// Any storage error.
    pub fn seq_at(&self, workspace: WorkspaceKey, at: Timestamp) -> Result<u64, CacheError> {
        self.read(|view| {
            let end = ledger::cursor(view, workspace)?.map_or(0, |cursor| cursor.seq);
            first_at_or_after(view, workspace, at, 1, end)
        })
    }
}

fn thinned(
    view: &Transaction<'_>,
    workspace: WorkspaceKey,
    (first, after): (u64, u64),
    (from, to): (Timestamp, Timestamp),
    spans: u32,
) -> Result<Vec<BalancePoint>, CacheError> {
    // A jump is a vertical line only if what was left right before it is there, too.
    let jumps = points(view, workspace, first, after, " AND kind <> 'usage'")?;
    let mut kept: Vec<BalancePoint> = Vec::new();
    for jump in jumps {
        let before = jump.seq.saturating_sub(1);
        if before >= first && kept.last().is_none_or(|last| last.seq < before) {
            kept.extend(point(view, workspace, before)?);
        }
        kept.push(jump);
    }
    // Spans of the time that has entries: a range far beyond the ledger must not make them coarse.
    let from = kept_at(view, workspace, first)?.unwrap_or(from);
    let to = kept_at(view, workspace, after - 1)?.map_or(to, |last| last.plus_millis(1));
    let mut low = first;
    let length = i128::from(to.since(from));
    for span in 1..=spans {
        // In 128 bits: a span of 8,000 years times the number of spans need not fit in 64.
        let offset = i64::try_from(length * i128::from(span) / i128::from(spans)).unwrap_or(i64::MAX);
        let next = first_at_or_after(view, workspace, from.plus_millis(offset), low, after.saturating_sub(1))?;
        if next > low {
            kept.extend(point(view, workspace, next - 1)?);
        }
        low = next;
    }
    kept.extend(point(view, workspace, after - 1)?);
    kept.sort_unstable_by_key(|point| point.seq);
    kept.dedup_by_key(|point| point.seq);
    Ok(kept)
}

/// The first entry in `low..=high` charged at or after `at`, or `high + 1`.
pub(crate) fn first_at_or_after(
    view: &Transaction<'_>,
    workspace: WorkspaceKey,
    at: Timestamp,
    low: u64,
    high: u64,
) -> Result<u64, CacheError> {
    let mut statement = view.prepare_cached("SELECT recorded_at FROM entries WHERE workspace = ?1 AND seq = ?2")?;
    let (mut low, mut above) = (low, high.saturating_add(1));
    while low < above {
        let middle = low + (above - low) / 2;
        let recorded: i64 = statement.query_row((workspace.0, signed(middle)), |row| row.get(0))?;
        if recorded < at.as_millis() {
            low = middle + 1;
        } else {
            above = middle;
        }
    }
    Ok(low)
}

const COLUMNS: &str = "seq, recorded_at, balance_after, credits, kind";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<BalancePoint> {
    Ok(BalancePoint {
        seq: unsigned(row.get(0)?),
        recorded_at: instant(row.get(1)?),
        balance_after: unsigned(row.get(2)?),
        credits: row.get(3)?,
        kind: row.get(4)?,
    })
}

fn point(view: &Transaction<'_>, workspace: WorkspaceKey, seq: u64) -> Result<Option<BalancePoint>, CacheError> {
    let sql = format!("SELECT {COLUMNS} FROM entries WHERE workspace = ?1 AND seq = ?2");
    Ok(view.prepare_cached(&sql)?.query_row((workspace.0, signed(seq)), read).optional()?)
}

fn kept_at(view: &Transaction<'_>, workspace: WorkspaceKey, seq: u64) -> Result<Option<Timestamp>, CacheError> {
    Ok(point(view, workspace, seq)?.map(|point| point.recorded_at))
}

fn points(
    view: &Transaction<'_>,
    workspace: WorkspaceKey,
    first: u64,
    after: u64,
    only: &str,
) -> Result<Vec<BalancePoint>, CacheError> {
    let sql =
        format!("SELECT {COLUMNS} FROM entries WHERE workspace = ?1 AND seq >= ?2 AND seq < ?3{only} ORDER BY seq");
    let mut statement = view.prepare_cached(&sql)?;
    let rows = statement.query_map((workspace.0, signed(first), signed(after)), read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
