//! What was used on a day: by quarter of an hour and feature, of all entries or of those of one member, channel or source.
//!
//! A quarter of an hour of UTC, because every time zone's offset is a multiple of that: any hour, day, week or month of
//! any zone is a whole number of them, also across a clock change.

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

/// What pages of entries used: by code, day, quarter and feature.
#[derive(Debug, Default)]
pub(crate) struct Used {
    cells: Vec<(Place, Tally)>,
    /// The quarters that came last: the next entry is of one of them, mostly.
    ways: [Way; 4],
    /// The column of each feature in these, by its code; one more than it, and 0 for none.
    columns: Vec<u8>,
    count: u8,
}

/// What was used in a quarter.
#[derive(Debug, Default)]
struct Way {
    /// Since 1970.
    quarter: i64,
    /// By code and feature.
    sums: Vec<Tally>,
    /// Those that are not 0, and what they are of.
    touched: Vec<(usize, Code, Code)>,
}

/// Most features that are summed at once; those beyond are put together later.
const MOST_COLUMNS: u8 = 32;
/// Most codes of them.
const MOST_CODES: u32 = 2_048;

/// Where a sum belongs. Ordered by code, then as the cells of a day are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    code: Code,
    /// Since 1970.
    quarter: i64,
    feature: Code,
}

impl Way {
    fn add(&mut self, code: Code, column: u8, feature: Code, tally: Tally) {
        let place = code as usize * usize::from(MOST_COLUMNS) + usize::from(column);
        if place >= self.sums.len() {
            self.sums.resize(place + 1, Tally::default());
        }
        if let Some(sum) = self.sums.get_mut(place) {
            if *sum == Tally::default() {
                self.touched.push((place, code, feature));
            }
            sum.add(tally);
        }
    }

    /// Moves its sums to `cells`.
    fn end(&mut self, cells: &mut Vec<(Place, Tally)>) {
        for (place, code, feature) in self.touched.drain(..) {
            // What came to 0 on the way is there twice; the second time it is 0.
            let tally = self.sums.get_mut(place).map(std::mem::take).unwrap_or_default();
            cells.push((Place { code, quarter: self.quarter, feature }, tally));
        }
    }
}

impl Used {
    /// Adds an entry's use, of all entries (0) and of each of `codes` that is not 0.
    pub(crate) fn add(&mut self, occurred_at: i64, feature: Code, codes: [Code; 3], tally: Tally) {
        let quarter = occurred_at.div_euclid(QUARTER_MS);
        let codes = std::iter::once(0).chain(codes.into_iter().filter(|code| *code != 0));
        let column = self.column(feature);
        let Self { cells, ways, .. } = self;
        let Some(way) = ways.get_mut(usize::try_from(quarter.rem_euclid(4)).unwrap_or(0)) else { return };
        if way.quarter != quarter {
            way.end(cells);
            way.quarter = quarter;
        }
        for code in codes {
            match column.filter(|_| code < MOST_CODES) {
                Some(column) => way.add(code, column, feature, tally),
                None => cells.push((Place { code, quarter, feature }, tally)),
            }
        }
    }

    fn column(&mut self, feature: Code) -> Option<u8> {
        let feature = feature as usize;
        if let Some(column @ 1..) = self.columns.get(feature) {
            return Some(column - 1);
        }
        if self.count == MOST_COLUMNS || feature >= MOST_CODES as usize {
            return None;
        }
        if feature >= self.columns.len() {
            self.columns.resize(feature + 1, 0);
        }
        self.count += 1;
        *self.columns.get_mut(feature)? = self.count;
        Some(self.count - 1)
    }

    /// Gives the cells of each day of each code, in order, and is empty again.
    pub(crate) fn each_day(
        &mut self,
        mut each: impl FnMut(Code, i64, &[Cell]) -> Result<(), CacheError>,
    ) -> Result<(), CacheError> {
        let Self { cells, ways, .. } = self;
        ways.iter_mut().for_each(|way| way.end(cells));
        cells.sort_unstable_by_key(|(place, _)| *place);
        let day = |place: &Place| place.quarter.div_euclid(QUARTERS);
        let mut of_day: Vec<Cell> = Vec::new();
        for cells in cells.chunk_by(|(one, _), (other, _)| (one.code, day(one)) == (other.code, day(other))) {
            let Some((first, _)) = cells.first() else { continue };
            of_day.clear();
            for (place, tally) in cells {
                let quarter = u8::try_from(place.quarter.rem_euclid(QUARTERS)).unwrap_or(0);
                match of_day.last_mut() {
                    Some((last, sum)) if *last == (quarter, place.feature) => sum.add(*tally),
                    _ => of_day.push(((quarter, place.feature), *tally)),
                }
            }
            each(first.code, day(first), &of_day)?;
        }
        cells.clear();
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
        prop::collection::vec((0..96_u8, 1..9_u32, -99..99_i64, any::<i64>()), 0..50)
    }

    proptest! {
        #[test]
        fn what_is_added_is_added(known in cells(), added in cells()) {
            let mut sums: std::collections::BTreeMap<(u8, Code), Tally> = std::collections::BTreeMap::new();
            let mut kept: std::collections::BTreeMap<Code, Vec<u8>> = std::collections::BTreeMap::new();
            let mut used = Used::default();
            for part in [known, added] {
                for (quarter, feature, credits, actions) in part {
                    let actions = actions >> 9;
                    // Now and then more features than are summed at once, and a code beyond those that are.
                    let feature = if actions % 3 == 0 { feature } else { feature + 40 };
                    let at = (20_000 * QUARTERS + i64::from(quarter)) * QUARTER_MS + actions.rem_euclid(QUARTER_MS);
                    used.add(at, feature, [7, 0, MOST_CODES + 1], Tally { credits, actions });
                    sums.entry((quarter, feature)).or_default().add(Tally { credits, actions });
                }
                let mut days = Vec::new();
                used.each_day(|code, day, cells| {
                    days.push((code, day));
                    let kept = kept.entry(code).or_default();
                    *kept = merged(kept, cells)?;
                    Ok(())
                }).unwrap();
                assert!(days.is_empty() || days == [(0, 20_000), (7, 20_000), (MOST_CODES + 1, 20_000)]);
            }
            for bytes in kept.values() {
                let mut read = std::collections::BTreeMap::new();
                each_cell(bytes, |quarter, feature, tally| {
                    read.insert((quarter, feature), tally);
                }).unwrap();
                prop_assert_eq!(&read, &sums);
            }
        }

        #[test]
        fn no_bytes_are_too_much_for_it(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = merged(&bytes, &[((3, 1), Tally::default())]);
        }
    }
}
