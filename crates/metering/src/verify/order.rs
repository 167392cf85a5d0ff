//! Numbers and dates: which entry it is, and when it counts.

use super::{Aspect, Finding, Verifier};
use crate::bounds::MAX_TOTAL;
use crate::{Entry, EntryKind, PlanChangeCause, Timestamp};

/// So many wrong numbers are remembered: a ledger of nothing else takes no more memory than another.
pub(super) const MAX_WRONG: usize = 1_000;

/// What an entry's number says of its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the next one, whatever number it bears.
    #[default]
    Right,
    /// Others are missing ahead of it.
    BehindGap,
    /// It does not belong there.
    Wrong,
}

/// What comes after an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// The number that it bears, right or wrong.
    pub seq: u64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Whether it is a subscription: what is left of a trial expires ahead of it.
    pub subscribes: bool,
}

impl From<&Entry> for Next {
    fn from(Entry { seq, recorded_at, kind }: &Entry) -> Self {
        let subscribes = matches!(kind, EntryKind::PlanChange(change) if change.cause == PlanChangeCause::Subscribed);
        Self { seq: *seq, recorded_at: *recorded_at, subscribes }
    }
}

impl Verifier {
    /// Whether the number of the entry that was checked last says that others are missing ahead of it, or that it does not
    /// belong where it stands. What it was made from is then not what stands ahead of it.
    #[must_use]
    pub const fn is_out_of_place(&self) -> bool {
        !matches!(self.place, Place::Right)
    }

    /// Whether the entry that was checked last does not belong where it stands, and counts for nothing.
    #[must_use]
    pub const fn is_left_out(&self) -> bool {
        matches!(self.place, Place::Wrong)
    }

    /// Takes note that an entry stands here which cannot be read; `next` is what comes after it. It counts for nothing,
    /// but takes its number unless that is the next one's. Says whether it is the first entry: without the plan or the
    /// trial that it brings nothing else can be told.
    pub fn check_unreadable(&mut self, next: Option<Next>) -> bool {
        self.place = Place::Right;
        let number = self.account.books.last_seq + 1;
        if next.is_some_and(|next| next.seq != number + 1) {
            return false;
        }
        self.account.books.last_seq = number;
        self.is_part |= number == 1;
        number == 1
    }

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
        self.place = Place::Right;
        if seq != expected {
            let counts_as = self.number(seq, expected, next, is_repeat);
            self.place = match counts_as {
                Some(number) if number == expected => Place::Right,
                Some(_) => Place::BehindGap,
                None => Place::Wrong,
            };
            let message = match counts_as {
                Some(number) if number != expected && expected == 1 => {
                    self.is_part = true;
                    let gone = entries(1, seq - 1);
                    format!("the ledger begins with it: {gone} missing, and without the beginning nothing can be told")
                }
                Some(number) if number != expected => format!("{} missing ahead of it", entries(expected, seq - 1)),
                _ => format!("it is numbered {seq}, and {expected} is the next"),
            };
            found.push(Finding::new(seq, Aspect::Order, message));
            number = counts_as?;
            self.account.books.last_seq = number - 1;
        }
        if self.is_part {
            self.account.books.last_seq = number;
            return None;
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

/// The entries that are missing, as what follows "missing" begins.
fn entries(first: u64, last: u64) -> String {
    if first == last { format!("entry {first} is") } else { format!("entries {first} to {last} are") }
}

/// Findings about an entry name it by the number that it bears.
pub(super) fn name(found: &mut [Finding], from: usize, seq: u64) {
    found.iter_mut().skip(from).for_each(|finding| finding.seq = seq);
}
