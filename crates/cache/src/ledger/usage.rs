//! What was used when.

use metering::Timestamp;

use super::names::{Code, Dimension};
use super::reader::{LedgerReader, View};
use super::rollup::{QUARTER_MS, Tally};
use crate::CacheError;

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

/// The use of one member, channel or source over consecutive buckets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameUsage {
    /// The member, channel or source.
    pub name: String,
    /// What was used of each feature, by its id; only features with use are there.
    pub features: Vec<FeatureUsage>,
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

/// Whose use is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum UseOf<'a> {
    /// Everybody's.
    #[default]
    All,
    /// A member's.
    Member(&'a str),
    /// What came through a channel.
    Channel(&'a str),
    /// What somebody reported.
    Source(&'a str),
}

impl UseOf<'_> {
    /// Its code in the rollups; none where the name does not occur.
    fn code(self, view: &View<'_>) -> Result<Option<Code>, CacheError> {
        let (dimension, name) = match self {
            Self::All => return Ok(Some(0)),
            Self::Member(name) => (Dimension::Member, name),
            Self::Channel(name) => (Dimension::Channel, name),
            Self::Source(name) => (Dimension::Source, name),
        };
        Ok(view.names()?.code(dimension, name))
    }
}

impl LedgerReader {
    /// Each feature's use in each quarter of an hour that begins at or after `from` and before `to`, by time and then
    /// feature. Quarters without use are not there.
    ///
    /// # Errors
    /// Any storage error.
    pub fn usage(&self, of: UseOf<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<QuarterUsage>, CacheError> {
        self.read(|view| {
            let mut all = Vec::new();
            let Some(code) = of.code(view)? else { return Ok(all) };
            let names = view.names()?;
            let name = |code| names.name(code).ok().flatten().map_or_else(String::new, |name| name.as_ref().to_owned());
            view.trend(code)?.each(quarter_at_or_after(from), quarter_at_or_after(to), |quarter, feature, tally| {
                let start = Timestamp::from_millis(quarter * QUARTER_MS);
                all.push(QuarterUsage { start, feature: name(feature), tally });
            });
            all.sort_by(|one, other| (one.start, &one.feature).cmp(&(other.start, &other.feature)));
            Ok(all)
        })
    }

    /// Each feature's use in the buckets between `boundaries`: n + 1 ascending instants make n buckets, each with its
    /// start and without its end. Boundaries count by the quarter of an hour; one inside a quarter moves to the
    /// quarter's end. Only features with use are there, by name.
    ///
    /// What it costs depends on the buckets and the features, not on how much was used.
    ///
    /// # Errors
    /// Any storage error.
    pub fn usage_by(&self, of: UseOf<'_>, boundaries: &[Timestamp]) -> Result<Vec<FeatureUsage>, CacheError> {
        self.read(|view| {
            let Some(code) = of.code(view)? else { return Ok(Vec::new()) };
            let (names, trend) = (view.names()?, view.trend(code)?);
            let mut features = Vec::with_capacity(trend.features().len());
            for feature in trend.features() {
                let name = names.name(*feature)?.map_or_else(String::new, |name| name.as_ref().to_owned());
                let buckets = Vec::with_capacity(boundaries.len());
                features.push(FeatureUsage { feature: name, buckets });
            }
            let mut ahead = boundaries.iter().map(|at| trend.ahead_of(quarter_at_or_after(*at)));
            let mut before = ahead.next().unwrap_or_default();
            for after in ahead {
                for (feature, (before, after)) in features.iter_mut().zip(before.iter().zip(after)) {
                    feature.buckets.push(after.less(*before));
                }
                before = after;
            }
            features.retain(|feature| feature.buckets.iter().any(|tally| *tally != Tally::default()));
            features.sort_by(|one, other| one.feature.cmp(&other.feature));
            Ok(features)
        })
    }

    /// The use of all features together, in buckets as those of [`LedgerReader::usage_by`].
    ///
    /// # Errors
    /// Any storage error.
    pub fn use_by(&self, of: UseOf<'_>, boundaries: &[Timestamp]) -> Result<Vec<Tally>, CacheError> {
        self.read(|view| {
            let Some(code) = of.code(view)? else {
                return Ok(vec![Tally::default(); boundaries.len().saturating_sub(1)]);
            };
            let trend = view.trend(code)?;
            let all = |at: &Timestamp| {
                trend.ahead_of(quarter_at_or_after(*at)).iter().fold(Tally::default(), |mut all, one| {
                    all.add(*one);
                    all
                })
            };
            let ahead: Vec<Tally> = boundaries.iter().map(all).collect();
            Ok(ahead.iter().zip(ahead.iter().skip(1)).map(|(before, after)| after.less(*before)).collect())
        })
    }
}

pub(crate) fn quarter_at_or_after(instant: Timestamp) -> i64 {
    instant.as_millis().saturating_add(QUARTER_MS - 1).div_euclid(QUARTER_MS)
}
