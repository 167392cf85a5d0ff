//! What each member, channel or source used: of all of them at once, without keeping what is known of each.

use std::collections::BTreeMap;

use metering::Timestamp;

use super::names::{Code, Dimension};
use super::reader::{LedgerReader, View};
use super::rollup::{QUARTERS, Tally, each_cell};
use super::seal::{self, Kind};
use super::sums;
use super::usage::{FeatureUsage, NameUsage, quarter_at_or_after};
use crate::CacheError;

/// The buckets of each feature.
type Features = BTreeMap<Code, Vec<Tally>>;

impl LedgerReader {
    /// What each name of a dimension (member, channel, source) used in the buckets between `boundaries`, which count as in
    /// [`LedgerReader::usage_by`]. Only names with use are there, in the order in which they came.
    ///
    /// What it costs depends on the names and the days that each has, not on how much was used.
    ///
    /// # Errors
    /// Any storage error.
    pub fn usage_by_name(&self, dimension: Dimension, boundaries: &[Timestamp]) -> Result<Vec<NameUsage>, CacheError> {
        self.read(|view| {
            let quarters: Vec<i64> = boundaries.iter().copied().map(quarter_at_or_after).collect();
            let (names, sums) = (view.names()?, sums::read(view.db, &view.head)?);
            let mut all = Vec::new();
            for (code, name) in names.of(dimension) {
                let expected = sums.get(&code).copied().unwrap_or_default().of_days;
                let mut features = Vec::new();
                for (feature, buckets) in of_code(view, code, expected, &quarters)? {
                    let feature = names.name(feature)?.map_or_else(String::new, |name| name.as_ref().to_owned());
                    features.push(FeatureUsage { feature, buckets });
                }
                if !features.is_empty() {
                    features.sort_by(|one, other| one.feature.cmp(&other.feature));
                    all.push(NameUsage { name: name.as_ref().to_owned(), features });
                }
            }
            Ok(all)
        })
    }
}

/// What was used of one name, between quarters of an hour that ascend.
fn of_code(view: &View<'_>, code: Code, expected: u64, quarters: &[i64]) -> Result<Features, CacheError> {
    let (mut features, mut sum) = (Features::new(), 0_u64);
    let (Some(first), Some(last)) = (quarters.first(), quarters.last()) else { return Ok(features) };
    let days = first.div_euclid(QUARTERS)..=last.div_euclid(QUARTERS);
    let mut statement = view.db.prepare_cached("SELECT day, cells FROM rollups WHERE code = ?1 ORDER BY day")?;
    let mut rows = statement.query([code])?;
    while let Some(row) = rows.next()? {
        let day: i64 = row.get(0)?;
        let sealed = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        // Of days out of the range only that they are the newest has to be known.
        sum = sum.wrapping_add(seal::borne(sealed));
        if !days.contains(&day) {
            continue;
        }
        let bytes = seal::opened(Kind::Rollup, code.into(), day.cast_unsigned(), sealed)?;
        each_cell(bytes, |quarter, feature, tally| {
            let quarter = day * QUARTERS + i64::from(quarter);
            let bucket = quarters.partition_point(|begin| *begin <= quarter).checked_sub(1);
            let Some(bucket) = bucket.filter(|bucket| bucket + 1 < quarters.len()) else { return };
            let buckets = features.entry(feature).or_insert_with(|| vec![Tally::default(); quarters.len() - 1]);
            if let Some(known) = buckets.get_mut(bucket) {
                known.add(tally);
            }
        })?;
    }
    if sum != expected {
        return Err(CacheError::damaged("the sums of what was used are not the newest"));
    }
    features.retain(|_, buckets| buckets.iter().any(|tally| *tally != Tally::default()));
    Ok(features)
}
