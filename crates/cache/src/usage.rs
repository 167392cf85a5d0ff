//! What was used when, from the rollups.
//!
//! A rollup covers a quarter of an hour of UTC, because every time zone's offset is a multiple of that: any day,
//! week or month of any zone is a whole number of them, also across a clock change.

use std::collections::BTreeMap;

use metering::Timestamp;

use crate::column::instant;
use crate::{Cache, CacheError, WorkspaceKey};

/// The length of a rollup's quarter of an hour, in milliseconds.
pub const QUARTER_MS: i64 = 15 * 60 * 1_000;

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
}

/// One feature's use in one quarter of an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarterUsage {
    /// The quarter's first instant.
    pub start: Timestamp,
    /// The feature.
    pub feature: String,
    /// What was used.
    pub tally: Tally,
}

/// One feature's use over consecutive buckets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureUsage {
    /// The feature.
    pub feature: String,
    /// One sum a bucket, in the buckets' order.
    pub buckets: Vec<Tally>,
}

impl FeatureUsage {
    /// The sum over all buckets.
    #[must_use]
    pub fn total(&self) -> Tally {
        self.buckets.iter().fold(Tally::default(), |mut total, bucket| {
            total.add(*bucket);
            total
        })
    }
}

impl Cache {
    /// Each feature's use in each quarter of an hour that begins at or after `from` and before `to`, by time and then
    /// feature. Quarters without use are not there.
    ///
    /// # Errors
    /// Any storage error.
    pub fn usage(
        &self,
        workspace: WorkspaceKey,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<QuarterUsage>, CacheError> {
        let mut all = Vec::new();
        self.each_quarter(workspace, from, to, |quarter, feature, tally| {
            all.push(QuarterUsage { start: instant(quarter * QUARTER_MS), feature: feature.to_owned(), tally });
        })?;
        Ok(all)
    }

    /// Each feature's use in the buckets between `boundaries`: n + 1 ascending instants make n buckets, each with its
    /// start and without its end. Boundaries count by the quarter of an hour; one inside a quarter moves to the
    /// quarter's end. Only features with use are there, by name.
    ///
    /// # Errors
    /// Any storage error.
    pub fn usage_by(&self, workspace: WorkspaceKey, boundaries: &[Timestamp]) -> Result<Vec<FeatureUsage>, CacheError> {
        let (Some(&from), Some(&to)) = (boundaries.first(), boundaries.last()) else {
            return Ok(Vec::new());
        };
        let ends: Vec<i64> = boundaries.iter().skip(1).map(|end| quarter_at_or_after(*end)).collect();
        let mut features: BTreeMap<String, Vec<Tally>> = BTreeMap::new();
        // Quarters come in time order, so the bucket only ever moves on.
        let mut bucket = 0;
        self.each_quarter(workspace, from, to, |quarter, feature, tally| {
            while ends.get(bucket).is_some_and(|end| quarter >= *end) {
                bucket += 1;
            }
            if !features.contains_key(feature) {
                features.insert(feature.to_owned(), vec![Tally::default(); ends.len()]);
            }
            if let Some(sum) = features.get_mut(feature).and_then(|buckets| buckets.get_mut(bucket)) {
                sum.add(tally);
            }
        })?;
        Ok(features.into_iter().map(|(feature, buckets)| FeatureUsage { feature, buckets }).collect())
    }

    fn each_quarter(
        &self,
        workspace: WorkspaceKey,
        from: Timestamp,
        to: Timestamp,
        mut each: impl FnMut(i64, &str, Tally),
    ) -> Result<(), CacheError> {
        let sql = "SELECT quarter, feature, credits, actions FROM rollups
                   WHERE workspace = ?1 AND quarter >= ?2 AND quarter < ?3 ORDER BY quarter, feature";
        self.read(|view| {
            let mut statement = view.prepare_cached(sql)?;
            let mut rows = statement.query((workspace.0, quarter_at_or_after(from), quarter_at_or_after(to)))?;
            while let Some(row) = rows.next()? {
                let feature = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
                each(row.get(0)?, feature, Tally { credits: row.get(2)?, actions: row.get(3)? });
            }
            Ok(())
        })
    }
}

fn quarter_at_or_after(instant: Timestamp) -> i64 {
    (instant.as_millis() + QUARTER_MS - 1).div_euclid(QUARTER_MS)
}
