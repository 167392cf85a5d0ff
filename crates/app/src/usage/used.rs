//! What was used, asked of the ledger's sums.

use cache::{FeatureUsage, LedgerReader, QUARTER_MS, Tally, UseOf};
use metering::{Period, Timestamp};

use crate::view::{Label, UsageOf};
use crate::{AppError, storage};

/// What something used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    /// Credits.
    pub(crate) credits: u64,
    /// Units of work.
    pub(crate) actions: u64,
}

impl Sum {
    /// Adds what was used in a stretch of time. What was given back never makes a sum negative.
    pub(crate) fn add(&mut self, tally: Tally) {
        self.credits = self.credits.saturating_add_signed(tally.credits);
        self.actions = self.actions.saturating_add_signed(tally.actions);
    }
}

/// Whose usage a wish asks for.
#[must_use]
pub(crate) fn use_of(of: Option<&UsageOf>) -> UseOf<'_> {
    match of {
        None => UseOf::All,
        Some(UsageOf { label: Label::Member, name }) => UseOf::Member(name),
        Some(UsageOf { label: Label::Channel, name }) => UseOf::Channel(name),
        Some(UsageOf { label: Label::Source, name }) => UseOf::Source(name),
    }
}

/// The instants between consecutive buckets, as the ledger's quarters of an hour take them. A range that begins within a
/// quarter takes that quarter whole, and one that ends within it leaves it to the next, so that ranges side by side count
/// everything once; but the running quarter is part of what has been used up to now.
#[must_use]
pub(crate) fn boundaries(buckets: &[Period], now: Timestamp) -> Vec<Timestamp> {
    let down = |at: Timestamp| at.plus_millis(-at.as_millis().rem_euclid(QUARTER_MS));
    let Some(last) = buckets.last() else { return Vec::new() };
    let end = if last.end > now { last.end } else { down(last.end) };
    buckets.iter().map(|bucket| down(bucket.start)).chain([end]).collect()
}

/// What each feature used in consecutive buckets.
///
/// # Errors
/// A cache that cannot be read.
pub(crate) fn by_bucket(
    ledger: &LedgerReader,
    of: UseOf<'_>,
    buckets: &[Period],
    now: Timestamp,
) -> Result<Vec<FeatureUsage>, AppError> {
    ledger.usage_by(of, &boundaries(buckets, now)).map_err(storage)
}

/// What each feature used in a range.
///
/// # Errors
/// A cache that cannot be read.
pub(crate) fn in_range(
    ledger: &LedgerReader,
    of: UseOf<'_>,
    range: Period,
    now: Timestamp,
) -> Result<Vec<FeatureUsage>, AppError> {
    by_bucket(ledger, of, &[range], now)
}

/// What the wanted features used.
#[must_use]
pub(crate) fn sum(used: &[FeatureUsage], wanted: impl Fn(&str) -> bool) -> Sum {
    let mut sum = Sum::default();
    used.iter().filter(|used| wanted(&used.feature)).for_each(|used| sum.add(used.total()));
    sum
}

/// The credits of the wanted features in each bucket.
#[must_use]
pub(crate) fn series(used: &[FeatureUsage], count: usize, wanted: impl Fn(&str) -> bool) -> Vec<u64> {
    let mut tallies = vec![Tally::default(); count];
    for used in used.iter().filter(|used| wanted(&used.feature)) {
        tallies.iter_mut().zip(&used.buckets).for_each(|(sum, tally)| sum.add(*tally));
    }
    // What was given back of earlier work never makes a bucket negative.
    tallies.into_iter().map(|tally| tally.credits.max(0).unsigned_abs()).collect()
}
