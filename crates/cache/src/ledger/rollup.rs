//! What was used on a day: by quarter of an hour and feature, of all entries or of those of one member, channel or source.
//!
//! A quarter of an hour of UTC, because every time zone's offset is a multiple of that: any hour, day, week or month of
//! any zone is a whole number of them, also across a clock change.

use std::collections::BTreeMap;

use super::bytes::{Reader, put, put_signed};
use super::names::Code;
use crate::CacheError;

/// The length of a rollup's quarter of an hour, in milliseconds.
pub const QUARTER_MS: i64 = 15 * 60 * 1_000;

/// Quarters of a day.
pub(crate) const QUARTERS: i64 = 96;

/// Credits and actions summed over something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Tally {
    /// Credits spent, less what was given back.
    pub credits: i64,
    /// Units of the feature.
    pub actions: i64,
}

impl Tally {
    /// Adds another sum, stopping at the bounds.
    pub const fn add(&mut self, other: Self) {
        self.credits = self.credits.saturating_add(other.credits);
        self.actions = self.actions.saturating_add(other.actions);
    }

    /// The difference to another sum.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self {
            credits: self.credits.saturating_sub(other.credits),
            actions: self.actions.saturating_sub(other.actions),
        }
    }
}

/// A day's use: by the quarter of the day, then by the feature's code.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct DayUse(pub(crate) BTreeMap<(u8, Code), Tally>);

/// Days since 1970, and the quarter of the day.
pub(crate) fn day_and_quarter(millis: i64) -> (i64, u8) {
    let quarter = millis.div_euclid(QUARTER_MS);
    (quarter.div_euclid(QUARTERS), u8::try_from(quarter.rem_euclid(QUARTERS)).unwrap_or(0))
}

impl DayUse {
    pub(crate) fn add(&mut self, quarter: u8, feature: Code, tally: Tally) {
        self.0.entry((quarter, feature)).or_default().add(tally);
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * 5);
        let mut before = 0;
        for (&(quarter, feature), tally) in &self.0 {
            put(&mut bytes, u64::from(quarter - before));
            put(&mut bytes, feature.into());
            put_signed(&mut bytes, tally.credits);
            put_signed(&mut bytes, tally.actions);
            before = quarter;
        }
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, CacheError> {
        let mut cells = BTreeMap::new();
        each_cell(bytes, |quarter, feature, tally| {
            cells.insert((quarter, feature), tally);
        })?;
        Ok(Self(cells))
    }
}

/// Reads a day's use, quarter by quarter.
pub(crate) fn each_cell(bytes: &[u8], mut each: impl FnMut(u8, Code, Tally)) -> Result<(), CacheError> {
    let mut reader = Reader(bytes);
    let mut quarter = 0_u64;
    while !reader.0.is_empty() {
        quarter += reader.number()?;
        let (feature, credits, actions) = (reader.small()?, reader.signed()?, reader.signed()?);
        let quarter = u8::try_from(quarter).ok().filter(|quarter| i64::from(*quarter) < QUARTERS);
        each(quarter.ok_or_else(|| CacheError::damaged("a day is too long"))?, feature, Tally { credits, actions });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_day_reads_as_it_was_written(cells in prop::collection::vec((0..96_u8, any::<u32>(), any::<i64>(), any::<i64>()), 0..50)) {
            let mut day = DayUse::default();
            for (quarter, feature, credits, actions) in cells {
                day.add(quarter, feature, Tally { credits, actions });
            }
            prop_assert_eq!(DayUse::decode(&day.encode()).unwrap(), day);
        }

        #[test]
        fn no_bytes_are_too_much_for_it(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = DayUse::decode(&bytes);
        }

        #[test]
        fn an_instant_is_in_its_quarter(millis in -4_000_000_000_000..8_000_000_000_000_i64) {
            let (day, quarter) = day_and_quarter(millis);
            let start = (day * QUARTERS + i64::from(quarter)) * QUARTER_MS;
            prop_assert!((start..start + QUARTER_MS).contains(&millis));
        }
    }
}
