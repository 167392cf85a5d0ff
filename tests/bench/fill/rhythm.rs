//! When entries are recorded: in a trace's rhythm, gone through again and again, and all of it in thirteen months.

use metering::Timestamp;
use service::sample::trace::Trace;

/// A pause in the trace is at least so long, for many rows are of one second, and at most so long.
const PAUSES_MS: (i64, i64) = (1_000, 12 * 60 * 60 * 1_000);

/// The instants of so many entries.
pub(crate) struct Rhythm {
    start: Timestamp,
    length_ms: u128,
    entries: u64,
    /// How far each row of the trace is from its first, in the trace's own milliseconds.
    rows: Vec<u64>,
    /// How far it is from the first row to the first one of the next round.
    round: u64,
}

impl Rhythm {
    /// The rhythm of a trace for so many entries between 2025-09-30 and 2026-10-31.
    pub(crate) fn new(trace: &Trace, entries: u64) -> Result<Self, crate::Failure> {
        let start: Timestamp = "2025-09-30T00:00:00Z".parse()?;
        let end: Timestamp = "2026-10-31T00:00:00Z".parse()?;
        let (mut rows, mut round, mut before) = (Vec::with_capacity(trace.rows.len()), 0, trace.start());
        for row in &trace.rows {
            if !rows.is_empty() {
                round += row.at.since(before).clamp(PAUSES_MS.0, PAUSES_MS.1).unsigned_abs();
            }
            before = row.at;
            rows.push(round);
        }
        round += PAUSES_MS.1.unsigned_abs();
        Ok(Self { start, length_ms: u128::from(end.since(start).unsigned_abs()), entries, rows, round })
    }

    /// When the first entry is recorded.
    pub(crate) const fn start(&self) -> Timestamp {
        self.start
    }

    /// When an entry is recorded: the last one at the very end.
    pub(crate) fn at(&self, seq: u64) -> Timestamp {
        let whole = u128::from(self.reach(self.entries)).max(1);
        let ms = u128::from(self.reach(seq.min(self.entries))) * self.length_ms / whole;
        self.start.plus_millis(i64::try_from(ms).unwrap_or(i64::MAX))
    }

    /// The row of the trace that an entry stands at.
    pub(crate) fn row(&self, seq: u64) -> usize {
        usize::try_from(seq).unwrap_or(usize::MAX) % self.rows.len().max(1)
    }

    /// How far an entry is from the first row, in the trace's own milliseconds.
    fn reach(&self, seq: u64) -> u64 {
        let rounds = seq / (self.rows.len() as u64).max(1);
        let row = self.rows.get(self.row(seq)).copied().unwrap_or_default();
        rounds * self.round + row
    }
}
