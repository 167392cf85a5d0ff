//! What was used on a day: by quarter of an hour and feature, of all entries or of those of one member, channel or source.
//!
//! A quarter of an hour of UTC, because every time zone's offset is a multiple of that: any hour, day, week or month of
//! any zone is a whole number of them, also across a clock change.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

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

/// What was used in one quarter of an hour of a feature.
type Cell = ((u8, Code), Tally);

/// What a page's entries used: by code, day, quarter and feature.
#[derive(Debug, Default)]
pub(crate) struct Used(HashMap<Place, Tally, BuildHasherDefault<Mixed>>);

/// Where a sum belongs. Ordered by code, then day, then as the cells of a day are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    code: Code,
    day: i64,
    quarter: u8,
    feature: Code,
}

impl std::hash::Hash for Place {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from(self.code) << 32 | u64::from(self.feature));
        state.write_u64(self.day.cast_unsigned() << 8 | u64::from(self.quarter));
    }
}

/// Mixes two numbers. They are codes and days of our own making, which nobody chooses so that they meet.
#[derive(Clone, Copy, Debug, Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64((*byte).into()));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(29) ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

impl Used {
    pub(crate) fn add(&mut self, code: Code, day: i64, quarter: u8, feature: Code, tally: Tally) {
        self.0.entry(Place { code, day, quarter, feature }).or_default().add(tally);
    }

    /// Gives the cells of each day of each code, in order.
    pub(crate) fn each_day(
        self,
        mut each: impl FnMut(Code, i64, &[Cell]) -> Result<(), CacheError>,
    ) -> Result<(), CacheError> {
        let mut all: Vec<(Place, Tally)> = self.0.into_iter().collect();
        all.sort_unstable_by_key(|(place, _)| *place);
        let mut cells = Vec::new();
        for day in all.chunk_by(|(one, _), (other, _)| (one.code, one.day) == (other.code, other.day)) {
            let Some((first, _)) = day.first() else { continue };
            cells.clear();
            cells.extend(day.iter().map(|(place, tally)| ((place.quarter, place.feature), *tally)));
            each(first.code, first.day, &cells)?;
        }
        Ok(())
    }
}

/// The cells of a day as they are stored, with others added; both are in order.
pub(crate) fn merged(known: &[u8], added: &[Cell]) -> Result<Vec<u8>, CacheError> {
    let mut out = Cells { bytes: Vec::with_capacity(known.len() + added.len() * 5), before: 0 };
    let mut added = added.iter().copied().peekable();
    each_cell(known, |quarter, feature, mut tally| {
        while let Some((place, tally)) = added.next_if(|(place, _)| *place < (quarter, feature)) {
            out.push(place, tally);
        }
        if let Some((_, more)) = added.next_if(|(place, _)| *place == (quarter, feature)) {
            tally.add(more);
        }
        out.push((quarter, feature), tally);
    })?;
    added.for_each(|(place, tally)| out.push(place, tally));
    Ok(out.bytes)
}

/// Cells on their way into bytes, in order.
struct Cells {
    bytes: Vec<u8>,
    before: u8,
}

impl Cells {
    fn push(&mut self, (quarter, feature): (u8, Code), tally: Tally) {
        put(&mut self.bytes, u64::from(quarter - self.before));
        put(&mut self.bytes, feature.into());
        put_signed(&mut self.bytes, tally.credits);
        put_signed(&mut self.bytes, tally.actions);
        self.before = quarter;
    }
}

/// Days since 1970, and the quarter of the day.
pub(crate) fn day_and_quarter(millis: i64) -> (i64, u8) {
    let quarter = millis.div_euclid(QUARTER_MS);
    (quarter.div_euclid(QUARTERS), u8::try_from(quarter.rem_euclid(QUARTERS)).unwrap_or(0))
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

    fn cells() -> impl Strategy<Value = Vec<(u8, Code, i64, i64)>> {
        prop::collection::vec((0..96_u8, 0..9_u32, -99..99_i64, any::<i64>()), 0..50)
    }

    proptest! {
        #[test]
        fn what_is_added_is_added(known in cells(), added in cells()) {
            let mut sums: std::collections::BTreeMap<(u8, Code), Tally> = std::collections::BTreeMap::new();
            let mut bytes = Vec::new();
            for part in [known, added] {
                let mut used = Used::default();
                for (quarter, feature, credits, actions) in part {
                    let actions = actions >> 9;
                    used.add(7, 20_000, quarter, feature, Tally { credits, actions });
                    sums.entry((quarter, feature)).or_default().add(Tally { credits, actions });
                }
                used.each_day(|code, day, cells| {
                    assert_eq!((code, day), (7, 20_000));
                    bytes = merged(&bytes, cells)?;
                    Ok(())
                }).unwrap();
            }
            let mut read = std::collections::BTreeMap::new();
            each_cell(&bytes, |quarter, feature, tally| {
                read.insert((quarter, feature), tally);
            }).unwrap();
            prop_assert_eq!(read, sums);
        }

        #[test]
        fn no_bytes_are_too_much_for_it(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = merged(&bytes, &[((3, 1), Tally::default())]);
        }

        #[test]
        fn an_instant_is_in_its_quarter(millis in -4_000_000_000_000..8_000_000_000_000_i64) {
            let (day, quarter) = day_and_quarter(millis);
            let start = (day * QUARTERS + i64::from(quarter)) * QUARTER_MS;
            prop_assert!((start..start + QUARTER_MS).contains(&millis));
        }
    }
}
