//! How fast credits will go, judged by how they went: pure, and an estimate in every figure.
//!
//! The pace of a coming day is the mean of the same weekdays of the last eight weeks, newer ones weighing more; within
//! a day it follows the hours at which credits were used. The range is what 8 of 10 such futures would fall into: days
//! scatter by themselves, and the level as a whole drifts from week to week. Both are measured on the same eight weeks.

use chrono::{Datelike, Days, NaiveDate, Timelike};
use chrono_tz::Tz;
use metering::{Credits, Timestamp, local_time};

use crate::ranges::midnight;
use crate::view::{RunOut, Verdict};

/// How many days of history count.
pub(crate) const HISTORY_DAYS: u64 = 56;
/// Fewest days of history that allow an estimate.
const ENOUGH_DAYS: usize = 3;
/// 8 of 10 cases of a normal distribution lie within so many standard deviations.
const EIGHT_IN_TEN: f64 = 1.2816;
/// What a week further back weighs, against the week after it.
const OLDER_WEEK: f64 = 0.85;
const HOUR_MS: i64 = 60 * 60 * 1_000;

/// Credits used in one quarter of an hour, by its first instant.
pub(crate) type Quarter = (Timestamp, Credits);

/// How fast credits go.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    zone: Tz,
    /// Expected credits of a day, Monday first.
    day: [f64; 7],
    /// Variance of a day around what was expected of it.
    variance: [f64; 7],
    /// Part of a day's credits by hour.
    hours: [f64; 24],
    /// Standard deviation of the level from week to week, as a part of it.
    drift: f64,
}

/// Expected credits from the start of a forecast, and how far off they may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ahead {
    /// The instant.
    pub(crate) at: Timestamp,
    /// Likeliest sum of credits used by then.
    pub(crate) likely: f64,
    /// Fewest, in 9 of 10 cases.
    pub(crate) least: f64,
    /// Most, in 9 of 10 cases.
    pub(crate) most: f64,
}

impl Pace {
    /// Measures the pace on the quarters of the last [`HISTORY_DAYS`] days. `since` is when the history begins.
    /// `None` with fewer than three whole days of it.
    #[must_use]
    pub(crate) fn measure(quarters: &[Quarter], since: Timestamp, now: Timestamp, zone: Tz) -> Option<Self> {
        let today = local_time(zone, now).date();
        let mut first = today.checked_sub_days(Days::new(HISTORY_DAYS))?;
        if midnight(zone, first) < since {
            // The day on which the history begins is not whole.
            first = local_time(zone, since).date().succ_opt()?;
        }
        let count = usize::try_from(today.signed_duration_since(first).num_days()).ok()?;
        if count < ENOUGH_DAYS {
            return None;
        }
        let mut days = vec![0.0_f64; count];
        let mut hours = [0.0_f64; 24];
        for (at, credits) in quarters {
            let local = local_time(zone, *at);
            let Ok(index) = usize::try_from(local.date().signed_duration_since(first).num_days()) else { continue };
            if let (Some(day), Some(hour)) = (days.get_mut(index), hours.get_mut(local.hour() as usize)) {
                *day += as_float(*credits);
                *hour += as_float(*credits);
            }
        }
        Some(Self::from_days(&days, first, hours, zone))
    }

    fn from_days(days: &[f64], first: NaiveDate, hours: [f64; 24], zone: Tz) -> Self {
        let weekday = |index: usize| (first.weekday().num_days_from_monday() as usize + index) % 7;
        let weight = |index: usize| OLDER_WEEK.powf(as_float((days.len() - 1 - index) as u64 / 7));
        let mean_of = |wanted: &dyn Fn(usize) -> bool| -> Option<f64> {
            let (mut sum, mut weights) = (0.0, 0.0);
            for (index, credits) in days.iter().enumerate().filter(|(index, _)| wanted(*index)) {
                sum += credits * weight(index);
                weights += weight(index);
            }
            (weights > 0.0).then(|| sum / weights)
        };
        let overall = mean_of(&|_| true).unwrap_or(0.0);
        let mut day = [overall; 7];
        for (number, expected) in day.iter_mut().enumerate() {
            if let Some(mean) = mean_of(&|index| weekday(index) == number) {
                *expected = mean;
            }
        }
        let mut variance = [0.0; 7];
        for (number, spread) in variance.iter_mut().enumerate() {
            let (mut sum, mut count) = (0.0, 0_u32);
            for (_, credits) in days.iter().enumerate().filter(|(index, _)| weekday(*index) == number) {
                sum += (credits - day[number]).powi(2);
                count += 1;
            }
            // With a single such day its own scatter is unknown: take it as large as the day itself.
            *spread = if count > 1 { sum / f64::from(count - 1) } else { day[number].powi(2) };
        }
        let all: f64 = hours.iter().sum();
        let hours = if all > 0.0 { hours.map(|credits| credits / all) } else { [1.0 / 24.0; 24] };
        Self { zone, day, variance, hours, drift: weekly_drift(days) }
    }

    /// Whether anything is expected at all.
    #[must_use]
    pub(crate) fn is_idle(&self) -> bool {
        self.day.iter().sum::<f64>() < 1e-9
    }

    /// What is expected from `now` on, hour by hour, up to `until`.
    #[must_use]
    pub(crate) fn ahead(&self, now: Timestamp, until: Timestamp) -> Vec<Ahead> {
        let mut steps = vec![Ahead { at: now, likely: 0.0, least: 0.0, most: 0.0 }];
        let (mut at, mut likely, mut variance) = (now, 0.0, 0.0);
        while at < until {
            let next = at.plus_millis(HOUR_MS - at.as_millis() % HOUR_MS).min(until);
            let local = local_time(self.zone, at);
            let number = local.weekday().num_days_from_monday() as usize;
            #[allow(clippy::cast_precision_loss, reason = "an hour in milliseconds is exact")]
            let part = self.hours[local.hour() as usize] * (next.since(at) as f64 / HOUR_MS as f64);
            likely += self.day[number] * part;
            variance += self.variance[number] * part;
            let spread = EIGHT_IN_TEN * (variance + (self.drift * likely).powi(2)).sqrt();
            steps.push(Ahead { at: next, likely, least: (likely - spread).max(0.0), most: likely + spread });
            at = next;
        }
        steps
    }
}

/// When `amount` credits are gone, going by what is expected up to a refresh.
#[must_use]
pub(crate) fn run_out(amount: Credits, steps: &[Ahead]) -> RunOut {
    let none = |verdict| RunOut { verdict, at: None, from: None, to: None };
    if amount == 0 {
        return none(Verdict::Gone);
    }
    let when = |value: fn(&Ahead) -> f64| crossing(as_float(amount), steps, value).map(Timestamp::as_millis);
    let at = when(|step| step.likely);
    let verdict = if at.is_some() { Verdict::RunsOut } else { Verdict::LastsToRefresh };
    RunOut { verdict, at, from: when(|step| step.most), to: when(|step| step.least) }
}

/// The instant at which a growing value reaches `amount`.
fn crossing(amount: f64, steps: &[Ahead], value: fn(&Ahead) -> f64) -> Option<Timestamp> {
    let index = steps.iter().position(|step| value(step) >= amount)?;
    let reached = steps.get(index)?;
    let before = index.checked_sub(1).and_then(|index| steps.get(index)).unwrap_or(reached);
    let rise = value(reached) - value(before);
    if rise <= 0.0 {
        return Some(reached.at);
    }
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "at most an hour in milliseconds")]
    let into = ((amount - value(before)) / rise * reached.at.since(before.at) as f64) as i64;
    Some(before.at.plus_millis(into))
}

/// How much whole weeks differ from their mean, as a part of it; a quarter where there are too few to tell.
fn weekly_drift(days: &[f64]) -> f64 {
    let weeks: Vec<f64> = days.rchunks_exact(7).map(|week| week.iter().sum()).collect();
    #[allow(clippy::cast_precision_loss, reason = "a handful of weeks")]
    let count = weeks.len() as f64;
    let mean = weeks.iter().sum::<f64>() / count.max(1.0);
    if weeks.len() < 3 || mean <= 0.0 {
        return 0.25;
    }
    let variance = weeks.iter().map(|week| (week - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (variance.sqrt() / mean).min(1.0)
}

/// Credits as the number that estimates are made with.
#[allow(clippy::cast_precision_loss, reason = "totals stay under 2^53, which a float carries exactly")]
pub(crate) const fn as_float(credits: Credits) -> f64 {
    credits as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Eight weeks of 10 credits at 9 h and at 15 h, Monday to Friday.
    fn office_weeks(now: Timestamp) -> Vec<Quarter> {
        let mut quarters = Vec::new();
        for day in 0..56 {
            let midnight = now.as_millis() / 86_400_000 * 86_400_000 - (day + 1) * 86_400_000;
            let weekday = local_time(Tz::UTC, Timestamp::from_millis(midnight)).weekday().num_days_from_monday();
            if weekday < 5 {
                quarters.push((Timestamp::from_millis(midnight + 9 * HOUR_MS), 10));
                quarters.push((Timestamp::from_millis(midnight + 15 * HOUR_MS), 10));
            }
        }
        quarters
    }

    #[test]
    fn a_regular_office_runs_out_when_the_calendar_says() {
        let now = at("2026-11-20T18:00:00Z"); // a Friday evening
        let pace = Pace::measure(&office_weeks(now), at("2025-01-01T00:00:00Z"), now, Tz::UTC).unwrap();
        let steps = pace.ahead(now, at("2026-12-31T00:00:00Z"));
        // 50 credits: Monday 20, Tuesday 20, Wednesday morning 10.
        let run_out = run_out(50, &steps);
        assert_eq!(run_out.verdict, Verdict::RunsOut);
        let when = Timestamp::from_millis(run_out.at.unwrap());
        assert!(at("2026-11-25T09:30:00Z") <= when && when <= at("2026-11-25T10:00:00Z"), "{when}");
        assert!(run_out.from.unwrap() <= run_out.at.unwrap());
    }

    #[test]
    fn nothing_left_is_gone_and_plenty_lasts() {
        let now = at("2026-11-20T18:00:00Z");
        let pace = Pace::measure(&office_weeks(now), at("2025-01-01T00:00:00Z"), now, Tz::UTC).unwrap();
        let steps = pace.ahead(now, at("2026-12-01T00:00:00Z"));
        assert_eq!(run_out(0, &steps).verdict, Verdict::Gone);
        assert_eq!(run_out(100_000, &steps).verdict, Verdict::LastsToRefresh);
    }

    #[test]
    fn two_days_of_history_are_too_few() {
        let now = at("2026-11-20T18:00:00Z");
        assert!(Pace::measure(&office_weeks(now), at("2026-11-18T00:00:00Z"), now, Tz::UTC).is_none());
        assert!(Pace::measure(&[], at("2025-01-01T00:00:00Z"), now, Tz::UTC).unwrap().is_idle());
    }

    #[test]
    fn the_range_widens_and_holds_the_likely() {
        let now = at("2026-11-18T18:00:00Z");
        let mut quarters = office_weeks(now);
        for (index, quarter) in quarters.iter_mut().enumerate() {
            quarter.1 += (index % 7) as u64 * 4;
        }
        let pace = Pace::measure(&quarters, at("2025-01-01T00:00:00Z"), now, Tz::UTC).unwrap();
        let steps = pace.ahead(now, at("2026-12-01T00:00:00Z"));
        assert!(steps.iter().all(|step| step.least <= step.likely && step.likely <= step.most));
        let last = steps.last().unwrap();

        assert!(last.most - last.least > steps[30].most - steps[30].least);
    }
}
