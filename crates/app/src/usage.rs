//! The Usage room: what each feature used, when.

use cache::{LedgerReader, QuarterUsage, UseOf};
use chrono::{Datelike, Timelike};
use metering::{Account, Catalogue, Period, Timestamp, local_time};

use crate::error::AppError;
use crate::forecast::as_float;
use crate::picture;
use crate::ranges::{buckets, resolve};
use crate::view::{self, Busiest, SplitBy, Step, UsageQuery, UsageRow, UsageView, WorkspaceSummary};
use crate::{position, storage};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What was used in a range, by quarters of an hour. A range that begins within a quarter takes that quarter whole, and
/// one that ends within it leaves it to the next, so that ranges side by side count everything once.
pub(crate) fn read(ledger: &LedgerReader, range: Period, now: Timestamp) -> Result<Vec<QuarterUsage>, AppError> {
    let down = |at: Timestamp| at.plus_millis(-(at.as_millis() % cache::QUARTER_MS));
    // The running quarter is part of what has been used up to now.
    let end = if range.end > now { range.end } else { down(range.end) };
    ledger.usage(UseOf::All, down(range.start), end).map_err(storage)
}

/// What one feature used in a range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    /// Credits.
    pub(crate) credits: u64,
    /// Units of work.
    pub(crate) actions: u64,
}

impl Sum {
    /// Adds a quarter of an hour. What was given back never makes a sum negative.
    fn add(&mut self, tally: cache::Tally) {
        self.credits = self.credits.saturating_add_signed(tally.credits);
        self.actions = self.actions.saturating_add_signed(tally.actions);
    }
}

/// Reads and draws what the Usage room asks for.
///
/// # Errors
/// A range that does not exist, a theme that is not one, or a cache that cannot be read.
#[allow(clippy::too_many_arguments, reason = "one call of the window, in its own terms")]
pub(crate) fn usage(
    ledger: &LedgerReader,
    account: &Account,
    workspace: WorkspaceSummary,
    query: &UsageQuery,
    theme: &view::Theme,
    size: view::Size,
    now: Timestamp,
) -> Result<UsageView, AppError> {
    let zone = account.terms().zone;
    let catalogue = account.catalogue(now);
    let resolved = resolve(query, position::periods(&account.access(now)), zone, now)?;
    let begun = Period { start: resolved.range.start, end: resolved.range.end.min(now.plus_millis(1)) };
    let quarters = read(ledger, begun, now)?;
    let began = ledger.first_entry_at().map_err(storage)?;
    let previous_range = resolved.previous.filter(|previous| began.is_some_and(|began| began < previous.end));
    let previous = match previous_range {
        Some(range) => Some(read(ledger, range, now)?),
        None => None,
    };

    let all = total(&quarters);
    let days = as_days(begun);
    let mut rows: Vec<UsageRow> = catalogue
        .features
        .iter()
        .map(|feature| {
            let of = |quarters: &[QuarterUsage]| sum(quarters, |id| id == feature.id);
            let used = of(&quarters);
            UsageRow {
                feature: feature.id.clone(),
                name: feature.name.clone(),
                group: feature.group.clone(),
                credits: used.credits,
                actions: used.actions,
                per_day: as_float(used.credits) / days,
                share: part(used.credits, all.credits),
                previous: previous.as_deref().map(|quarters| of(quarters).credits),
                rate: feature.rate,
                rate_assumed: feature.assumed,
            }
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.credits));

    let drawn = Drawing { catalogue, query, step: resolved.step, range: resolved.range, begun, zone };
    let input = drawn.stacked(&quarters, previous.as_deref().zip(previous_range));
    let chart =
        charts::stacked_area(&input, &picture::theme(theme)?, picture::size(size)).map_err(picture::not_drawn)?;

    Ok(UsageView {
        workspace,
        as_of: Some(ledger.cursor().map_err(storage)?.as_of.as_millis()),
        range: position::period(resolved.range),
        step: resolved.step,
        steps: resolved.steps,
        credits: all.credits,
        actions: all.actions,
        per_day: as_float(all.credits) / days,
        previous_credits: previous.as_deref().map(|quarters| total(quarters).credits),
        busiest: busiest(&quarters, begun, zone),
        work_hours_share: work_hours_share(&quarters, zone),
        chart: picture::chart(chart),
        rows,
        heat: heat(&quarters, zone),
    })
}

/// What the stacked chart is made of.
struct Drawing<'a> {
    catalogue: &'a Catalogue,
    query: &'a UsageQuery,
    step: Step,
    range: Period,
    begun: Period,
    zone: chrono_tz::Tz,
}

impl Drawing<'_> {
    fn stacked(&self, quarters: &[QuarterUsage], previous: Option<(&[QuarterUsage], Period)>) -> charts::StackedArea {
        let columns = buckets(self.begun, self.step, self.zone);
        let series = self
            .keys()
            .into_iter()
            .map(|(key, name)| {
                let values = by_bucket(quarters, &columns, |feature| self.key_of(feature) == Some(key));
                charts::Series { key: key.to_owned(), name, values }
            })
            .collect();
        let previous = previous.filter(|_| self.query.compare).map(|(quarters, range)| charts::Previous {
            name: "Before".to_owned(),
            totals: by_bucket(quarters, &buckets(range, self.step, self.zone), |_| true),
        });
        charts::StackedArea {
            series,
            buckets: columns
                .iter()
                .map(|bucket| charts::Bucket { start: bucket.start.as_millis(), end: bucket.end.as_millis() })
                .collect(),
            domain_end: self.range.end.as_millis(),
            previous,
            zone: self.zone,
            step: match self.step {
                Step::Hour => charts::Step::Hour,
                Step::Day => charts::Step::Day,
                Step::Week => charts::Step::Week,
                Step::Month => charts::Step::Month,
            },
        }
    }

    /// The bands from the bottom up, with their names: the catalogue's order from the top down.
    fn keys(&self) -> Vec<(&str, String)> {
        let mut keys: Vec<(&str, String)> = Vec::new();
        for feature in self.catalogue.features.iter().rev() {
            match self.query.by {
                SplitBy::Feature => keys.push((&feature.id, feature.name.clone())),
                SplitBy::Group if keys.iter().any(|(key, _)| *key == feature.group) => {}
                SplitBy::Group => keys.push((&feature.group, group_name(self.catalogue, &feature.group))),
            }
        }
        keys
    }

    fn key_of(&self, id: &str) -> Option<&str> {
        let feature = self.catalogue.feature(id)?;
        Some(match self.query.by {
            SplitBy::Feature => &feature.id,
            SplitBy::Group => &feature.group,
        })
    }
}

/// A group's name for people: what the catalogue calls it, else its id with a capital.
#[must_use]
pub(crate) fn group_name(catalogue: &Catalogue, group: &str) -> String {
    if let Some((_, name)) = catalogue.groups.iter().find(|(id, _)| id == group) {
        return name.clone();
    }
    capitalised(group)
}

/// A word as it stands at the start of a line.
#[must_use]
pub(crate) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Credits of the wanted features in each of some consecutive buckets.
#[must_use]
pub(crate) fn by_bucket(quarters: &[QuarterUsage], buckets: &[Period], wanted: impl Fn(&str) -> bool) -> Vec<u64> {
    let mut values = vec![0_u64; buckets.len()];
    for quarter in quarters.iter().filter(|quarter| wanted(&quarter.feature)) {
        let index = buckets.partition_point(|bucket| bucket.end <= quarter.start);
        if let Some(value) = values.get_mut(index) {
            *value = value.saturating_add_signed(quarter.tally.credits);
        }
    }
    values
}

/// What the wanted features used.
#[must_use]
pub(crate) fn sum(quarters: &[QuarterUsage], wanted: impl Fn(&str) -> bool) -> Sum {
    quarters.iter().filter(|quarter| wanted(&quarter.feature)).fold(Sum::default(), |mut sum, quarter| {
        sum.add(quarter.tally);
        sum
    })
}

fn total(quarters: &[QuarterUsage]) -> Sum {
    sum(quarters, |_| true)
}

/// A part of all, 0..=1; 0 of nothing.
#[must_use]
pub(crate) fn part(credits: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { as_float(credits) / as_float(all) }
}

/// The length of a range in days, at least one.
#[allow(clippy::cast_precision_loss, reason = "days, as a number to divide by")]
fn as_days(range: Period) -> f64 {
    (range.end.since(range.start) as f64 / DAY_MS as f64).max(1.0)
}

fn busiest(quarters: &[QuarterUsage], begun: Period, zone: chrono_tz::Tz) -> Option<Busiest> {
    let days = buckets(begun, Step::Day, zone);
    let values = by_bucket(quarters, &days, |_| true);
    let (day, credits) = days.iter().zip(values).max_by_key(|(day, credits)| (*credits, -day.start.as_millis()))?;
    (credits > 0).then(|| Busiest { at: day.start.as_millis(), credits })
}

fn work_hours_share(quarters: &[QuarterUsage], zone: chrono_tz::Tz) -> Option<f64> {
    let (mut at_work, mut all) = (0_u64, 0_u64);
    for quarter in quarters {
        let local = local_time(zone, quarter.start);
        all = all.saturating_add_signed(quarter.tally.credits);
        if local.weekday().num_days_from_monday() < 5 && (9..17).contains(&local.hour()) {
            at_work = at_work.saturating_add_signed(quarter.tally.credits);
        }
    }
    (all > 0).then(|| part(at_work, all))
}

fn heat(quarters: &[QuarterUsage], zone: chrono_tz::Tz) -> Vec<Vec<u64>> {
    let mut heat = vec![vec![0_u64; 24]; 7];
    for quarter in quarters {
        let local = local_time(zone, quarter.start);
        let row = heat.get_mut(local.weekday().num_days_from_monday() as usize);
        if let Some(cell) = row.and_then(|row| row.get_mut(local.hour() as usize)) {
            *cell = cell.saturating_add_signed(quarter.tally.credits);
        }
    }
    heat
}
