//! Numbers and dates: which entry it is, and when it counts.

use super::{Aspect, Finding, Verifier};
use crate::bounds::MAX_TOTAL;
use crate::{Entry, Timestamp};

/// So many wrong numbers are remembered: a ledger of nothing else takes no more memory than another.
pub(super) const MAX_WRONG: usize = 1_000;

/// What comes after an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// The number that it bears, right or wrong.
    pub seq: u64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

impl From<&Entry> for Next {
    fn from(entry: &Entry) -> Self {
        Self { seq: entry.seq, recorded_at: entry.recorded_at }
    }
}

impl Verifier {
    /// Order and dates; gives the number and the instant that the entry counts as, or none if it cannot be taken in at
    /// all. `is_repeat` says whether an entry with its number and its content was there before.
    pub(super) fn begin(
        &mut self,
        seq: u64,
        recorded_at: Timestamp,
        next: Option<Next>,
        is_repeat: impl FnOnce(&Self) -> bool,
        found: &mut Vec<Finding>,
    ) -> Option<(u64, Timestamp)> {
        let expected = self.account.books.last_seq + 1;
        let mut number = seq;
        if seq != expected {
            found.push(Finding::new(seq, Aspect::Order, format!("it is numbered {seq}, and {expected} is the next")));
            number = self.number(seq, expected, next, is_repeat)?;
            self.account.books.last_seq = number - 1;
        }
        self.gap = expected..number;
        let last = self.account.books.last_recorded_at;
        if recorded_at < last {
            let message = format!("it is dated {recorded_at}, before the entry ahead of it ({last})");
            found.push(Finding::new(seq, Aspect::Date, message));
            return Some((number, last));
        }
        if let Some(Next { recorded_at: next, .. }) = next
            && (last..recorded_at).contains(&next)
        {
            let message = format!("it is dated {recorded_at}, after the entry that follows it ({next})");
            found.push(Finding::new(seq, Aspect::Date, message));
            return Some((number, next));
        }
        Some((number, recorded_at))
    }

    /// What an entry counts as whose number is not the next; none if it is left out, as what is there twice is, and what
    /// is beyond all numbers. Whatever it says, the entries after it have to be checked.
    fn number(
        &self,
        seq: u64,
        expected: u64,
        next: Option<Next>,
        is_repeat: impl FnOnce(&Self) -> bool,
    ) -> Option<u64> {
        let number = match next.map(|next| next.seq) {
            // The ledger goes on as if this were the next: only its number is wrong.
            Some(next) if next == expected + 1 => expected,
            None if seq < expected && !is_repeat(self) => expected,
            _ if seq > expected && seq <= MAX_TOTAL => seq,
            None if seq > MAX_TOTAL => expected,
            _ => return None,
        };
        Some(number).filter(|number| *number <= MAX_TOTAL)
    }
}

/// Findings about an entry name it by the number that it bears.
pub(super) fn name(found: &mut [Finding], from: usize, seq: u64) {
    found.iter_mut().skip(from).for_each(|finding| finding.seq = seq);
}
