//! What was used over time, ready to be asked: sums up to each quarter of an hour, so that any stretch is a difference.

use std::collections::BTreeMap;

use rusqlite::Transaction;

use super::head::Head;
use super::names::Code;
use super::rollup::{QUARTERS, Tally, each_cell};
use super::seal::{self, Kind};
use super::sums;
use crate::CacheError;

/// Use by feature, of all entries or of those of one member, channel or source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trend {
    /// The commit that it is as of.
    commits: u64,
    /// The checksum of each day's piece.
    checks: BTreeMap<i64, u64>,
    /// The day that it begins with.
    first: i64,
    /// The features that occur, in the order of their columns.
    features: Vec<Code>,
    /// The sums ahead of each quarter, a row a quarter, a column a feature; one row more than there are quarters.
    sums: Vec<Tally>,
}

impl Trend {
    pub(crate) const fn commits(&self) -> u64 {
        self.commits
    }

    /// The features that occur.
    pub(crate) fn features(&self) -> &[Code] {
        &self.features
    }

    /// Reads what is stored; of what was known before, only what has changed.
    pub(crate) fn read(
        view: &Transaction<'_>,
        head: &Head,
        code: Code,
        known: Option<&Self>,
    ) -> Result<Self, CacheError> {
        let mut trend = known.cloned().unwrap_or_default();
        let since = trend.commits;
        trend.commits = head.commits;
        let sql = "SELECT day, cells FROM rollups WHERE code = ?1 AND changed > ?2 ORDER BY day";
        let mut statement = view.prepare_cached(sql)?;
        let mut rows = statement.query((code, since))?;
        while let Some(row) = rows.next()? {
            let day: i64 = row.get(0)?;
            let sealed = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            let bytes = seal::opened(Kind::Rollup, code.into(), day.cast_unsigned(), sealed)?;
            trend.checks.insert(day, seal::borne(sealed));
            trend.replace(day, bytes)?;
        }
        let sum = trend.checks.values().fold(0, |sum: u64, check| sum.wrapping_add(*check));
        let expected = match code {
            0 => head.days_sum,
            code => sums::read(view, head)?.get(&code).copied().unwrap_or_default().of_days,
        };
        if sum != expected {
            return Err(CacheError::damaged("the sums of what was used are not the newest"));
        }
        Ok(trend)
    }

    /// Replaces what a day has.
    fn replace(&mut self, day: i64, bytes: &[u8]) -> Result<(), CacheError> {
        let mut cells = Vec::new();
        each_cell(bytes, |quarter, feature, tally| cells.push((quarter, self.column(feature), tally)))?;
        let place = self.make_room(day)?;
        let width = self.features.len();
        let from = place * DAY * width;
        let mut row: Vec<Tally> = self.sums.get(from..from + width).unwrap_or_default().to_vec();
        let end = from + DAY * width;
        let old_end: Vec<Tally> = self.sums.get(end..end + width).unwrap_or_default().to_vec();
        let mut cells = cells.into_iter().peekable();
        let end = end.min(self.sums.len());
        let (days, after) = self.sums.split_at_mut(end);
        for (quarter, sums) in (0_u8..).zip(days.get_mut(from..).unwrap_or_default().chunks_exact_mut(width.max(1))) {
            sums.copy_from_slice(&row);
            while let Some((_, column, tally)) = cells.next_if(|cell| cell.0 == quarter) {
                if let Some(sum) = row.get_mut(column) {
                    sum.add(tally);
                }
            }
        }
        // All that comes later has so much more ahead of it.
        let more: Vec<Tally> = row.iter().zip(&old_end).map(|(new, old)| new.less(*old)).collect();
        if more.iter().any(|more| *more != Tally::default()) {
            for sums in after.chunks_exact_mut(width.max(1)) {
                sums.iter_mut().zip(&more).for_each(|(sum, more)| sum.add(*more));
            }
        }
        Ok(())
    }

    /// The column of a feature, which gets one if it is new.
    fn column(&mut self, feature: Code) -> usize {
        if let Some(column) = self.features.iter().position(|known| *known == feature) {
            return column;
        }
        let width = self.features.len();
        let mut sums = Vec::with_capacity(self.sums.len() + self.sums.len() / width.max(1));
        for row in self.sums.chunks_exact(width.max(1)) {
            sums.extend_from_slice(row);
            sums.push(Tally::default());
        }
        self.sums = sums;
        self.features.push(feature);
        width
    }

    /// Sees that there are rows for a day, and says which day of those that there are it is.
    fn make_room(&mut self, day: i64) -> Result<usize, CacheError> {
        let far = || CacheError::damaged("a day is far from all others");
        let width = self.features.len();
        if self.sums.is_empty() {
            self.first = day;
            self.sums = vec![Tally::default(); width];
        }
        let place = day - self.first;
        if place.unsigned_abs() > MOST_DAYS {
            return Err(far());
        }
        if place < 0 {
            // Work that was done before all that was known.
            let missing = usize::try_from(place.unsigned_abs()).map_err(|_| far())?;
            self.sums.splice(0..0, std::iter::repeat_n(Tally::default(), missing * DAY * width));
            self.first = day;
            return Ok(0);
        }
        let place = usize::try_from(place).map_err(|_| far())?;
        let rows = (place + 1) * DAY + 1;
        if self.sums.len() < rows * width {
            let last: Vec<Tally> = self.sums.rchunks(width.max(1)).next().unwrap_or_default().to_vec();
            let missing = rows - self.sums.len() / width.max(1);
            self.sums.reserve(missing * width);
            (0..missing).for_each(|_| self.sums.extend_from_slice(&last));
        }
        Ok(place)
    }

    /// The sums of each feature ahead of a quarter (counted from 1970), in the order of [`Trend::features`].
    pub(crate) fn ahead_of(&self, quarter: i64) -> &[Tally] {
        let width = self.features.len();
        let rows = self.sums.len().checked_div(width).unwrap_or(0);
        let row = quarter.saturating_sub(self.first.saturating_mul(QUARTERS)).max(0);
        let row = usize::try_from(row).unwrap_or(usize::MAX).min(rows.saturating_sub(1));
        self.sums.get(row * width..(row + 1) * width).unwrap_or_default()
    }

    /// The quarters from one to before another that have something, in order, with the feature's code.
    pub(crate) fn each(&self, from: i64, to: i64, mut each: impl FnMut(i64, Code, Tally)) {
        let width = self.features.len();
        let rows = i64::try_from(self.sums.len().checked_div(width).unwrap_or(0)).unwrap_or(0);
        let first = self.first.saturating_mul(QUARTERS);
        for quarter in from.max(first)..to.min(first + rows - 1) {
            let (before, after) = (self.ahead_of(quarter), self.ahead_of(quarter + 1));
            for (feature, (before, after)) in self.features.iter().zip(before.iter().zip(after)) {
                if before != after {
                    each(quarter, *feature, after.less(*before));
                }
            }
        }
    }
}

/// Quarters of a day.
const DAY: usize = QUARTERS as usize;

/// Days that a trend has at most: a hundred years. The service takes no work older than 35 days.
const MOST_DAYS: u64 = 36_525;
