//! Why more or less is used than in the range before: the features, members, channels and sources that make up a change.

use cache::{FeatureUsage, LedgerReader, NameUsage, UseOf};
use chrono_tz::Tz;
use metering::{Account, Catalogue, Period, Timestamp};

use crate::error::AppError;
use crate::forecast::as_float;
use crate::position::period;
use crate::ranges::buckets;
use crate::usage::{Asked, by_bucket, of_names, series, sum, use_of};
use crate::view::{Cause, CauseOf, Label, Step, UsageQuery, Why};
use crate::{App, picture};

/// A smaller change than this part of what was used before needs no explanation.
const WORTH_EXPLAINING: f64 = 0.03;
/// Features are named that make up at least this part of the change, and at most so many.
const PART_OF_FEATURE: f64 = 0.1;
const MOST_FEATURES: usize = 3;
/// Members, channels and sources cut across features: only who stands out is named.
const PART_OF_NAME: f64 = 0.3;
const MOST_NAMES: usize = 2;
/// Fewest whole days on either side of the day from which on another level is used, …
const FEWEST_DAYS: usize = 3;
/// … and how many times as much (or as little) it has to be.
const OTHER_LEVEL: f64 = 1.5;
/// How many standard errors two levels have to be apart to be two.
const APART: f64 = 2.5;

impl App {
    /// What explains that more or less was used in a range than in the one before.
    ///
    /// # Errors
    /// As [`App::usage`].
    pub fn why(&self, workspace: &str, query: &UsageQuery, zone: Option<&str>) -> Result<Why, AppError> {
        let key = self.connection(workspace)?.workspace;
        self.with_ledger(key, |account, ledger, now| {
            let zone = picture::zone_named(zone, account.terms().zone)?;
            why(ledger, account, query, zone, now)
        })
    }
}

fn why(
    ledger: &LedgerReader,
    account: &Account,
    query: &UsageQuery,
    zone: Tz,
    now: Timestamp,
) -> Result<Why, AppError> {
    let asked = Asked::new(ledger, account, query, zone, now)?;
    let of = use_of(query.of.as_ref());
    let days = buckets(asked.begun, Step::Day, zone);
    let used = by_bucket(ledger, of, &days, now)?;
    let credits = sum(&used, |_| true).credits;
    let none = |before| Why {
        range: period(asked.begun),
        previous: asked.previous.map(period),
        credits,
        before,
        causes: Vec::new(),
    };
    let Some(previous) = asked.previous else { return Ok(none(0)) };
    let used_before = by_bucket(ledger, of, &[previous], now)?;
    let before = sum(&used_before, |_| true).credits;
    let change = as_float(credits) - as_float(before);
    if change.abs() <= as_float(before) * WORTH_EXPLAINING {
        return Ok(none(before));
    }
    let looked = Looked { change, days: &days, now };
    let mut causes = looked.features(account.catalogue(now), &used, &used_before);
    if of == UseOf::All {
        for label in [Label::Member, Label::Channel, Label::Source] {
            let named = of_names(ledger, label, &days, now)?;
            causes.extend(looked.names(label, &named, &of_names(ledger, label, &[previous], now)?));
        }
    }
    Ok(Why { causes, ..none(before) })
}

/// A change that is looked into.
struct Looked<'a> {
    change: f64,
    days: &'a [Period],
    now: Timestamp,
}

impl Looked<'_> {
    fn features(&self, catalogue: &Catalogue, used: &[FeatureUsage], before: &[FeatureUsage]) -> Vec<Cause> {
        let cause = |id: &str| {
            let feature = catalogue.feature(id);
            let name = feature.map_or(id, |feature| feature.name.as_str());
            let group = feature.map(|feature| feature.group.clone());
            let is_it = |one: &str| one == id;
            let values = series(used, self.days.len(), is_it);
            self.cause(CauseOf::Feature, id, name, group, &values, sum(before, is_it).credits)
        };
        let mut ids: Vec<&str> = used.iter().chain(before).map(|used| used.feature.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        largest(ids.into_iter().map(cause), PART_OF_FEATURE, MOST_FEATURES)
    }

    fn names(&self, label: Label, used: &[NameUsage], before: &[NameUsage]) -> Vec<Cause> {
        let mut names: Vec<&str> = used.iter().chain(before).map(|used| used.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        // Where there is but one, it explains nothing.
        if names.len() < 2 {
            return Vec::new();
        }
        let of = |all: &[NameUsage], name: &str| -> Vec<FeatureUsage> {
            all.iter().find(|used| used.name == name).map(|used| used.features.clone()).unwrap_or_default()
        };
        let cause = |name: &str| {
            let values = series(&of(used, name), self.days.len(), |_| true);
            self.cause(label.into(), name, name, None, &values, sum(&of(before, name), |_| true).credits)
        };
        largest(names.into_iter().map(cause), PART_OF_NAME, MOST_NAMES)
    }

    fn cause(&self, of: CauseOf, key: &str, name: &str, group: Option<String>, values: &[u64], before: u64) -> Cause {
        let credits = values.iter().fold(0_u64, |sum, value| sum.saturating_add(*value));
        let turn = turn(self.whole_days(values)).filter(|turn| (turn.times > 1.0) == (self.change > 0.0));
        Cause {
            of,
            key: key.to_owned(),
            name: name.to_owned(),
            group,
            credits,
            before,
            part: (as_float(credits) - as_float(before)) / self.change,
            since: turn.and_then(|turn| self.days.get(turn.day)).map(|day| day.start.as_millis()),
            times: turn.map(|turn| turn.times).filter(|times| times.is_finite()),
        }
    }

    /// Without the running day, which is not over.
    fn whole_days<'a>(&self, values: &'a [u64]) -> &'a [u64] {
        let is_over = self.days.last().is_none_or(|day| day.end <= self.now);
        let count = if is_over { values.len() } else { values.len().saturating_sub(1) };
        values.get(..count).unwrap_or(values)
    }
}

/// The causes that make up most of the change, the largest first.
fn largest(causes: impl Iterator<Item = Cause>, least: f64, most: usize) -> Vec<Cause> {
    let mut causes: Vec<Cause> = causes.filter(|cause| cause.part >= least).collect();
    causes.sort_by(|one, other| other.part.total_cmp(&one.part).then_with(|| one.key.cmp(&other.key)));
    causes.truncate(most);
    causes
}

/// From one day on another level.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Turn {
    day: usize,
    /// How many times as much is used from then on; 0 for nothing any more, infinite where nothing was before.
    times: f64,
}

/// The day from which on clearly more or less is used: of all days that part the range in two, the one with the two means
/// furthest apart against their scatter, if that is far.
fn turn(days: &[u64]) -> Option<Turn> {
    let mean_of = |days: &[u64]| {
        let count = as_float(days.len() as u64);
        let mean = days.iter().map(|day| as_float(*day)).sum::<f64>() / count;
        let variance = days.iter().map(|day| (as_float(*day) - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, variance / count)
    };
    let last = days.len().checked_sub(FEWEST_DAYS)?;
    let apart = |day: usize| {
        let (earlier, later) = days.split_at_checked(day)?;
        let ((before, error), (after, error_after)) = (mean_of(earlier), mean_of(later));
        // Days that are all alike scatter by a credit all the same.
        let errors = (error + error_after + 1.0 / as_float(days.len() as u64)).sqrt();
        let times = if before > 0.0 { after / before } else { f64::INFINITY };
        Some(((after - before).abs() / errors, Turn { day, times }))
    };
    let (apart, turn) = (FEWEST_DAYS..=last).filter_map(apart).max_by(|one, other| one.0.total_cmp(&other.0))?;
    let is_other = turn.times >= OTHER_LEVEL || turn.times <= 1.0 / OTHER_LEVEL;
    (apart >= APART && is_other).then_some(turn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lasting_change_has_a_first_day() {
        let found = turn(&[50, 52, 48, 51, 100, 103, 98, 101]).unwrap();
        assert_eq!(found.day, 4);
        assert!((found.times - 2.0).abs() < 0.02, "{found:?}");
        assert_eq!(turn(&[0, 0, 0, 0, 10, 12, 11]).map(|turn| turn.times), Some(f64::INFINITY));
        assert_eq!(turn(&[9, 10, 11, 9, 0, 0, 0]).map(|turn| (turn.day, turn.times)), Some((4, 0.0)));
    }

    #[test]
    fn weeks_and_chance_are_no_change() {
        let week = [100, 104, 98, 101, 97, 20, 22];
        assert_eq!(turn(&[week, week, week].concat()), None);
        assert_eq!(turn(&[5; 30]), None);
        assert_eq!(turn(&[1, 9]), None);
        assert_eq!(turn(&[]), None);
    }
}
