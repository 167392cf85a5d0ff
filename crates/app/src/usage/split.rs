//! Usage in parts: by group, feature, member, channel or source.

use std::collections::BTreeMap;

use cache::{Dimension, FeatureUsage, LedgerReader, NameUsage, Tally};
use metering::{Catalogue, Period, Timestamp};

use super::group_name;
use super::used::{Sum, boundaries, series, sum};
use crate::view::{Label, SplitBy};
use crate::{AppError, storage};

/// Names that are told one by one in a chart; all others are one part.
pub(crate) const MOST_DRAWN: usize = 7;
/// Names that are told one by one in a table.
pub(crate) const MOST_LISTED: usize = 100;

/// A part of the usage, in consecutive buckets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The group's or feature's id, or the name in the ledger; empty for several names, and for what names none.
    pub(crate) key: String,
    /// What people call it.
    pub(crate) name: String,
    /// How many names it is of; 0 for what names none.
    pub(crate) names: u64,
    /// Credits in each bucket.
    pub(crate) values: Vec<u64>,
    /// All of it.
    pub(crate) sum: Sum,
}

/// The parts that features make, in the catalogue's order; then features that no catalogue knows any more.
#[must_use]
pub(crate) fn by_feature(catalogue: &Catalogue, used: &[FeatureUsage], count: usize, by: SplitBy) -> Vec<Part> {
    let mut parts: Vec<(String, String, Vec<&str>)> = Vec::new();
    for feature in &catalogue.features {
        let (key, name) = match by {
            SplitBy::Feature => (feature.id.clone(), feature.name.clone()),
            _ => (feature.group.clone(), group_name(catalogue, &feature.group)),
        };
        match parts.iter_mut().find(|(known, _, _)| *known == key) {
            Some((_, _, ids)) => ids.push(&feature.id),
            None => parts.push((key, name, vec![&feature.id])),
        }
    }
    for FeatureUsage { feature, .. } in used.iter().filter(|used| catalogue.feature(&used.feature).is_none()) {
        parts.push((feature.clone(), feature.clone(), vec![feature]));
    }
    let part = |(key, name, ids): (String, String, Vec<&str>)| Part {
        values: series(used, count, |feature| ids.contains(&feature)),
        sum: sum(used, |feature| ids.contains(&feature)),
        names: 1,
        key,
        name,
    };
    parts.into_iter().map(part).collect()
}

/// What the names of a label used in consecutive buckets.
///
/// # Errors
/// A cache that cannot be read.
pub(crate) fn of_names(
    ledger: &LedgerReader,
    label: Label,
    buckets: &[Period],
    now: Timestamp,
) -> Result<Vec<NameUsage>, AppError> {
    let dimension = match label {
        Label::Member => Dimension::Member,
        Label::Channel => Dimension::Channel,
        Label::Source => Dimension::Source,
    };
    ledger.usage_by_name(dimension, &boundaries(buckets, now)).map_err(storage)
}

/// The parts that names make, the largest first: `most` of them one by one, the others as one, and what names none.
#[must_use]
pub(crate) fn by_name(all: &[FeatureUsage], named: &[NameUsage], count: usize, most: usize) -> Vec<Part> {
    let part = |NameUsage { name, features }: &NameUsage| Part {
        key: name.clone(),
        name: name.clone(),
        names: 1,
        values: series(features, count, |_| true),
        sum: sum(features, |_| true),
    };
    let mut parts: Vec<Part> = named.iter().map(part).collect();
    parts.sort_by(|one, other| (other.sum.credits, &one.key).cmp(&(one.sum.credits, &other.key)));
    let others = parts.split_off(parts.len().min(most));
    if let Some(others) = together(others) {
        parts.push(others);
    }
    let rest = unnamed(all, named);
    let left = Part {
        key: String::new(),
        name: String::new(),
        names: 0,
        values: series(&rest, count, |_| true),
        sum: sum(&rest, |_| true),
    };
    if left.sum != Sum::default() {
        parts.push(left);
    }
    parts
}

/// Several parts as one.
fn together(parts: Vec<Part>) -> Option<Part> {
    let names = parts.len() as u64;
    let joined = parts.into_iter().reduce(|mut all, part| {
        all.values.iter_mut().zip(part.values).for_each(|(sum, value)| *sum = sum.saturating_add(value));
        all.sum.credits = all.sum.credits.saturating_add(part.sum.credits);
        all.sum.actions = all.sum.actions.saturating_add(part.sum.actions);
        all
    })?;
    Some(if names == 1 { joined } else { Part { key: String::new(), name: String::new(), names, ..joined } })
}

/// What is left of all when what names somebody is taken out.
fn unnamed(all: &[FeatureUsage], named: &[NameUsage]) -> Vec<FeatureUsage> {
    let mut of_features: BTreeMap<&str, Vec<Tally>> = BTreeMap::new();
    for FeatureUsage { feature, buckets } in named.iter().flat_map(|named| &named.features) {
        let sums = of_features.entry(feature).or_insert_with(|| vec![Tally::default(); buckets.len()]);
        sums.iter_mut().zip(buckets).for_each(|(sum, tally)| sum.add(*tally));
    }
    let rest = |FeatureUsage { feature, buckets }: &FeatureUsage| {
        let taken = of_features.get(feature.as_str());
        let at = |place: usize| taken.and_then(|taken| taken.get(place)).copied().unwrap_or_default();
        let buckets = buckets.iter().enumerate().map(|(place, tally)| tally.less(at(place))).collect();
        FeatureUsage { feature: feature.clone(), buckets }
    };
    all.iter().map(rest).collect()
}
