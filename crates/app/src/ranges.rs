//! Which instants a range means, and how it divides into buckets of local time.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use chrono_tz::Tz;
use metering::{Period, Timestamp, first_instant_at, local_time};

use crate::error::AppError;
use crate::view::{RangeName, Step, UsageQuery};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const HOUR_MS: i64 = 60 * 60 * 1_000;
/// Longest custom range, in days.
const MAX_DAYS: i64 = 3_660;

/// A range, resolved against an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// The range.
    pub(crate) range: Period,
    /// The range before it to compare with, as long as what has passed of this one; none if there is none.
    pub(crate) previous: Option<Period>,
    /// The bucket to use.
    pub(crate) step: Step,
    /// The buckets that make sense.
    pub(crate) steps: Vec<Step>,
}

/// The usage periods that a range may mean.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Periods {
    /// The running one.
    pub(crate) current: Option<Period>,
    /// The one before it.
    pub(crate) last: Option<Period>,
    /// The one before that.
    pub(crate) before_last: Option<Period>,
}

/// Resolves what the Usage room asks for.
///
/// # Errors
/// `bad_range` if a custom range is missing an end, is empty, or is longer than ten years; `no_period` if the range
/// names a usage period that does not exist.
pub(crate) fn resolve(query: &UsageQuery, periods: Periods, zone: Tz, now: Timestamp) -> Result<Resolved, AppError> {
    let (range, previous) = match query.range {
        RangeName::Days7 => back(zone, now, 7),
        RangeName::Days30 => back(zone, now, 30),
        RangeName::Days90 => back(zone, now, 90),
        RangeName::Months12 => months_back(zone, now, 12),
        RangeName::ThisPeriod => {
            let current = periods.current.ok_or_else(no_period)?;
            (current, periods.last.map(|last| same_part(last, current, now)))
        }
        RangeName::LastPeriod => (periods.last.ok_or_else(no_period)?, periods.before_last),
        RangeName::Custom => {
            let range = custom(query, now)?;
            let length = range.end.since(range.start);
            (range, Some(Period { start: range.start.plus_millis(-length), end: range.start }))
        }
    };
    let steps = sensible_steps(range);
    let step = query.step.filter(|step| steps.contains(step)).unwrap_or_else(|| default_step(range));
    Ok(Resolved { range, previous, step, steps })
}

fn no_period() -> AppError {
    AppError::new("no_period", "This workspace has no such usage period.", "Choose another range.")
}

/// The first part of `last`, as long as what has passed of `current`.
pub(crate) fn same_part(last: Period, current: Period, now: Timestamp) -> Period {
    let passed = now.since(current.start).max(0);
    Period { start: last.start, end: last.end.min(last.start.plus_millis(passed)) }
}

fn custom(query: &UsageQuery, now: Timestamp) -> Result<Period, AppError> {
    let bad = |message: &str| {
        AppError::new("bad_range", message, "Choose a first day, and a last day that is not before it.")
    };
    let (Some(from), Some(to)) = (query.from, query.to) else {
        return Err(bad("A custom range needs both ends."));
    };
    let range = Period { start: Timestamp::from_millis(from), end: Timestamp::from_millis(to) };
    if range.end <= range.start {
        return Err(bad("The range ends before it starts."));
    }
    if range.start > now {
        return Err(bad("The range lies in the future."));
    }
    if range.end.since(range.start) > MAX_DAYS * DAY_MS {
        return Err(bad("The range is longer than ten years."));
    }
    Ok(range)
}

/// Today and the days before it; and as many days before those, up to the same time of day.
fn back(zone: Tz, now: Timestamp, days: u64) -> (Period, Option<Period>) {
    let today = local_time(zone, now).date();
    let first = today.checked_sub_days(Days::new(days - 1)).unwrap_or(today);
    let range = Period { start: midnight(zone, first), end: next_midnight(zone, today) };
    let before = first.checked_sub_days(Days::new(days)).unwrap_or(first);
    let previous = Period { start: midnight(zone, before), end: range.start };
    (range, Some(same_part(previous, range, now)))
}

/// This month and the ones before it; and as many months before those.
fn months_back(zone: Tz, now: Timestamp, months: u32) -> (Period, Option<Period>) {
    let today = local_time(zone, now).date();
    let this = today.with_day(1).unwrap_or(today);
    let first = this.checked_sub_months(Months::new(months - 1)).unwrap_or(this);
    let next = this.checked_add_months(Months::new(1)).unwrap_or(this);
    let range = Period { start: midnight(zone, first), end: midnight(zone, next) };
    let before = first.checked_sub_months(Months::new(months)).unwrap_or(first);
    let previous = Period { start: midnight(zone, before), end: range.start };
    (range, Some(same_part(previous, range, now)))
}

fn days_of(range: Period) -> i64 {
    (range.end.since(range.start) + DAY_MS - 1) / DAY_MS
}

/// The buckets that give a chart between a few and a few hundred points.
fn sensible_steps(range: Period) -> Vec<Step> {
    let days = days_of(range);
    let mut steps = Vec::with_capacity(3);
    if days <= 14 {
        steps.push(Step::Hour);
    }
    if days <= 400 {
        steps.push(Step::Day);
    }
    if days > 14 {
        steps.push(Step::Week);
    }
    if days > 62 {
        steps.push(Step::Month);
    }
    steps
}

fn default_step(range: Period) -> Step {
    match days_of(range) {
        ..=2 => Step::Hour,
        3..=100 => Step::Day,
        101..=800 => Step::Week,
        _ => Step::Month,
    }
}

/// Divides a range into buckets that begin at local boundaries; the first and last may be shorter.
#[must_use]
pub(crate) fn buckets(range: Period, step: Step, zone: Tz) -> Vec<Period> {
    let mut buckets = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let end = next_boundary(start, step, zone).min(range.end);
        if end <= start {
            break;
        }
        buckets.push(Period { start, end });
        start = end;
    }
    buckets
}

/// The hours of a bucket that is a local day or a part of one, each with its number on the clock.
#[must_use]
pub(crate) fn hours_of_day(day: Period, zone: Tz) -> Vec<(Period, usize)> {
    let hour_at = |at: Timestamp| local_time(zone, at).hour() as usize;
    let starts = local_time(zone, day.start);
    // No clock changes on most days: then the hours follow from the first.
    let is_plain = starts.time() == NaiveTime::MIN
        && day.end.since(day.start) == DAY_MS
        && local_time(zone, day.end).time() == NaiveTime::MIN;
    if is_plain {
        let hour = |number: usize| {
            let start = day.start.plus_millis(HOUR_MS * i64::try_from(number).unwrap_or(0));
            (Period { start, end: start.plus_millis(HOUR_MS) }, number)
        };
        return (0..24).map(hour).collect();
    }
    buckets(day, Step::Hour, zone).into_iter().map(|hour| (hour, hour_at(hour.start))).collect()
}

/// The first local boundary after an instant.
fn next_boundary(at: Timestamp, step: Step, zone: Tz) -> Timestamp {
    let local = local_time(zone, at);
    let date = local.date();
    let next = match step {
        Step::Hour => {
            let into = i64::from(local.minute()) * 60_000
                + i64::from(local.second()) * 1_000
                + i64::from(local.and_utc().timestamp_subsec_millis());
            // A day's last hour is short where a clock change is not of whole hours.
            return at.plus_millis(HOUR_MS - into).min(next_midnight(zone, date));
        }
        Step::Day => date.succ_opt(),
        Step::Week => date.checked_add_days(Days::new(7 - u64::from(date.weekday().num_days_from_monday()))),
        Step::Month => date.with_day(1).and_then(|first| first.checked_add_months(Months::new(1))),
    };
    next.map_or(Timestamp::MAX, |date| midnight(zone, date))
}

/// The first instant of a local day.
#[must_use]
pub(crate) fn midnight(zone: Tz, date: NaiveDate) -> Timestamp {
    first_instant_at(zone, NaiveDateTime::new(date, NaiveTime::MIN))
}

fn next_midnight(zone: Tz, date: NaiveDate) -> Timestamp {
    date.succ_opt().map_or(Timestamp::MAX, |next| midnight(zone, next))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Shape, SplitBy};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn query(range: RangeName) -> UsageQuery {
        UsageQuery {
            range,
            from: None,
            to: None,
            step: None,
            by: SplitBy::Group,
            compare: false,
            shape: Shape::Area,
            of: None,
        }
    }

    #[test]
    fn seven_days_are_today_and_six_before_compared_up_to_the_same_time() {
        let now = at("2026-11-22T12:00:00Z");
        let resolved = resolve(&query(RangeName::Days7), Periods::default(), Tz::UTC, now).unwrap();
        assert_eq!(resolved.range, Period { start: at("2026-11-16T00:00:00Z"), end: at("2026-11-23T00:00:00Z") });
        assert_eq!(
            resolved.previous,
            Some(Period { start: at("2026-11-09T00:00:00Z"), end: at("2026-11-15T12:00:00Z") })
        );
        assert_eq!(buckets(resolved.range, Step::Day, Tz::UTC).len(), 7);
    }

    #[test]
    fn days_of_a_clock_change_have_23_and_25_hours() {
        let zone = Tz::Europe__Berlin;
        for (date, hours) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)] {
            let date: NaiveDate = date.parse().unwrap();
            let day = Period { start: midnight(zone, date), end: next_midnight(zone, date) };
            assert_eq!(buckets(day, Step::Hour, zone).len(), hours, "{date}");
            assert_eq!(buckets(day, Step::Day, zone), [day]);
        }
    }

    #[test]
    fn a_change_of_half_an_hour_leaves_no_gap() {
        let zone = Tz::Australia__Lord_Howe;
        let date: NaiveDate = "2026-04-05".parse().unwrap();
        let day = Period { start: midnight(zone, date), end: next_midnight(zone, date) };
        let hours = buckets(day, Step::Hour, zone);
        assert_eq!(hours.first().unwrap().start, day.start);
        assert_eq!(hours.last().unwrap().end, day.end);
        assert!(hours.windows(2).all(|pair| pair[0].end == pair[1].start));
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        let range = Period { start: at("2026-11-04T00:00:00Z"), end: at("2026-12-10T00:00:00Z") };
        let weeks = buckets(range, Step::Week, Tz::UTC);
        assert_eq!(weeks[1].start, at("2026-11-09T00:00:00Z"));
        let months = buckets(range, Step::Month, Tz::UTC);
        assert_eq!(months[1].start, at("2026-12-01T00:00:00Z"));
        assert_eq!(months[1].end, range.end);
    }

    #[test]
    fn a_custom_range_says_what_is_wrong() {
        let now = at("2026-11-22T12:00:00Z");
        for (from, to) in [(None, None), (Some(5), Some(5)), (Some(9), Some(5)), (Some(0), Some(now.as_millis()))] {
            let query = UsageQuery { from, to, ..query(RangeName::Custom) };
            assert_eq!(resolve(&query, Periods::default(), Tz::UTC, now).unwrap_err().code, "bad_range");
        }
    }

    #[test]
    fn a_period_that_does_not_exist_is_said() {
        let now = at("2026-11-22T12:00:00Z");
        let error = resolve(&query(RangeName::LastPeriod), Periods::default(), Tz::UTC, now).unwrap_err();
        assert_eq!(error.code, "no_period");
    }
}
