//! The ledger balance over time: what the burn-down is drawn from.

use metering::{Credits, Timestamp};

use super::block;
use super::columns::BLOCK;
use super::entry::Rows;
use super::reader::{LedgerReader, View};
use super::search::{self, EntryFilter, Found};
use super::segment::{BLOCKS, Milestone};
use crate::CacheError;

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

/// The kinds of entry that make a line jump.
const JUMPS: [&str; 3] = ["grant", "expiry", "void"];

/// Jumps that are kept: more than a chart can show one by one.
const MOST_JUMPS: u32 = 400;

impl LedgerReader {
    /// The ledger balance from `from` up to, not including, `to`.
    ///
    /// Of a stretch with more than `max_points` entries the newest 400 of those that make the line jump are kept (grants,
    /// expiries, voids), with what was left right before each, and of the others one in each of `max_points` equal spans,
    /// so a line through the points is right at each of them and misses only usage in between. The cost grows with the
    /// points, not with the entries.
    ///
    /// # Errors
    /// Any storage error.
    pub fn balance_series(&self, from: Timestamp, to: Timestamp, max_points: u32) -> Result<BalanceSeries, CacheError> {
        self.read(|view| {
            let (first, after) = (seq_at(view, from)?, seq_at(view, to)?);
            let after = after.max(first);
            let mut rows = Rows::new(view)?;
            let opening = match first - 1 {
                0 => None,
                before if view.head.seq > 0 => Some(rows.balance(before)?),
                _ => None,
            };
            let seqs = if after - first <= u64::from(max_points) {
                (first..after).collect()
            } else {
                thinned(view, first, after, max_points.max(1))?
            };
            let points = seqs.into_iter().map(|seq| point(&mut rows, seq)).collect::<Result<_, _>>()?;
            Ok(BalanceSeries { opening, points })
        })
    }

    /// The first entry charged at or after `at`; one more than the last entry's number if there is none. Entries are
    /// in time order, so this is a search by halves.
    ///
    /// # Errors
    /// Any storage error.
    pub fn seq_at(&self, at: Timestamp) -> Result<u64, CacheError> {
        self.read(|view| seq_at(view, at))
    }
}

/// The entries to keep of a stretch with more than can be shown.
fn thinned(view: &View<'_>, first: u64, after: u64, spans: u32) -> Result<Vec<u64>, CacheError> {
    let filter = EntryFilter { kinds: JUMPS.map(str::to_owned).to_vec(), ..EntryFilter::default() };
    let mut kept = Vec::new();
    let Found { seqs, .. } = search::find(view, &filter, first, after, MOST_JUMPS)?;
    for jump in seqs {
        // A jump is a vertical line only if what was left right before it is there, too.
        kept.extend([jump - 1, jump].into_iter().filter(|seq| *seq >= first));
    }
    // Whole blocks say when they begin without being read: where there are many, one of them in each span will do.
    let length = after - first;
    let step = length.div_ceil(u64::from(spans)).max(1);
    if step >= BLOCK {
        kept.extend((first..after).step_by(usize::try_from(step).unwrap_or(usize::MAX)));
    } else {
        // Spans of time, for a quiet week is as wide as a busy one.
        let mut rows = Rows::new(view)?;
        let (start, end) = (rows.coded(first)?.recorded_at, rows.coded(after - 1)?.recorded_at);
        let span = i128::from(end) - i128::from(start) + 1;
        let mut low = first;
        for number in 1..=spans {
            let offset = span * i128::from(number) / i128::from(spans);
            let at = i64::try_from(i128::from(start) + offset).unwrap_or(i64::MAX);
            let next = between(&mut rows, at, low, after)?;
            if next > low {
                kept.push(next - 1);
            }
            low = next;
        }
    }
    kept.push(after - 1);
    kept.sort_unstable();
    kept.dedup();
    Ok(kept)
}

fn point(rows: &mut Rows<'_>, seq: u64) -> Result<BalancePoint, CacheError> {
    let (coded, balance_after) = (rows.coded(seq)?, rows.balance(seq)?);
    Ok(BalancePoint {
        seq,
        recorded_at: Timestamp::from_millis(coded.recorded_at),
        balance_after,
        credits: coded.credits,
        kind: rows.names().name(coded.kind)?.map_or_else(String::new, |kind| kind.as_ref().to_owned()),
    })
}

/// The first entry in `low..high` charged at or after `at`, or `high`.
fn between(rows: &mut Rows<'_>, at: i64, low: u64, high: u64) -> Result<u64, CacheError> {
    let (mut low, mut above) = (low, high);
    while low < above {
        let middle = low + (above - low) / 2;
        if rows.coded(middle)?.recorded_at < at {
            low = middle + 1;
        } else {
            above = middle;
        }
    }
    Ok(low)
}

/// The first entry charged at or after `at`; one more than the last entry's number if there is none.
pub(crate) fn seq_at(view: &View<'_>, at: Timestamp) -> Result<u64, CacheError> {
    let at = at.as_millis();
    // First the block: the last that begins before.
    let (mut low, mut above) = (0, view.head.blocks());
    while low < above {
        let middle = low + (above - low) / 2;
        if milestone(view, middle)?.recorded_at < at {
            low = middle + 1;
        } else {
            above = middle;
        }
    }
    let first = block::first_of(low.saturating_sub(1));
    let mut rows = Rows::new(view)?;
    let end = if low < view.head.blocks() { block::first_of(low) } else { view.head.seq + 1 };
    // Beyond the last whole block there are two to look into: it, and what stands behind it.
    let turn = block::first_of(low).min(end);
    let found = between(&mut rows, at, first.min(turn), turn)?;
    if found < turn { Ok(found) } else { between(&mut rows, at, turn, end) }
}

/// What is known of a whole block without reading it.
pub(crate) fn milestone(view: &View<'_>, number: u64) -> Result<Milestone, CacheError> {
    if number / BLOCKS < view.head.blocks() / BLOCKS {
        let directory = view.directory(number / BLOCKS)?;
        let place = usize::try_from(number % BLOCKS).unwrap_or(usize::MAX);
        let found = directory.milestones.get(place).copied();
        return found.ok_or_else(|| CacheError::damaged(format!("block {number} is gone")));
    }
    Ok(Milestone::of(&block::read_head(view.db, number)?))
}
