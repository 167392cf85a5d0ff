//! The axis of time: boundaries of hours, days, weeks and months as the billing zone has them, and
//! what they are called.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, NaiveDateTime, NaiveTime};
use chrono::{Duration, MappedLocalTime, TimeZone as _, Timelike as _};
use chrono_tz::Tz;

use crate::ChartError;

/// How long a bucket is, on the calendar of the billing zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// One hour.
    Hour,
    /// Midnight to midnight: 23, 24 or 25 hours.
    Day,
    /// Monday to Monday.
    Week,
    /// A calendar month.
    Month,
}

/// A distance between ticks.
#[derive(Debug, Clone, Copy)]
enum Unit {
    /// Hours of the local day that this divides.
    Hours(u32),
    /// Midnights, this many days apart, from the first one of the range.
    Days(u64),
    /// Mondays, this many weeks apart, from the first one of the range.
    Mondays(u64),
    /// First days of months, counted from January of year 0.
    Months(u32),
}

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// 1 January 9999, UTC: every calendar step from before it is still a date.
const LAST: i64 = 253_370_764_800_000;

/// `start..=end`, when it is a range on the calendar.
pub(crate) fn range(start: i64, end: i64) -> Result<(i64, i64), ChartError> {
    if start < 0 || end < start || end >= LAST {
        return Err(ChartError::Range { start, end });
    }
    Ok((start, end))
}

/// The local date and time of an instant.
pub(crate) fn local(zone: Tz, at: i64) -> NaiveDateTime {
    DateTime::from_timestamp_millis(at.clamp(0, LAST)).unwrap_or_default().with_timezone(&zone).naive_local()
}

/// The first instant at or after a local time: where clocks skip it, the moment they go on from.
fn instant(zone: Tz, time: NaiveDateTime) -> i64 {
    // Clocks skip whole minutes and at most a day.
    for minutes in 0..=24 * 60 {
        match zone.from_local_datetime(&(time + Duration::minutes(minutes))) {
            MappedLocalTime::Single(found) | MappedLocalTime::Ambiguous(found, _) => {
                return found.timestamp_millis();
            }
            MappedLocalTime::None => {}
        }
    }
    time.and_utc().timestamp_millis()
}

fn midnight(zone: Tz, date: NaiveDate) -> i64 {
    instant(zone, date.and_time(NaiveTime::MIN))
}

fn first_of_month(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

fn monday(date: NaiveDate) -> NaiveDate {
    date - Days::new(u64::from(date.weekday().num_days_from_monday()))
}

/// The start of the step that the instant is in.
pub(crate) fn floor(zone: Tz, step: Step, at: i64) -> i64 {
    let time = local(zone, at);
    let date = time.date();
    match step {
        Step::Hour => {
            let hour = date.and_hms_opt(time.hour(), 0, 0).unwrap_or(date.and_time(NaiveTime::MIN));
            // When clocks went back, the later of the two hours may be the one.
            match zone.from_local_datetime(&hour) {
                MappedLocalTime::Ambiguous(_, later) if later.timestamp_millis() <= at => later.timestamp_millis(),
                _ => instant(zone, hour),
            }
        }
        Step::Day => midnight(zone, date),
        Step::Week => midnight(zone, monday(date)),
        Step::Month => midnight(zone, first_of_month(date)),
    }
}

/// All boundaries within `from..=to`, ascending.
fn boundaries(zone: Tz, unit: Unit, from: i64, to: i64) -> Vec<i64> {
    let mut date = local(zone, from).date();
    match unit {
        Unit::Hours(_) => {}
        Unit::Days(_) if midnight(zone, date) < from => date = date + Days::new(1),
        Unit::Days(_) => {}
        Unit::Mondays(_) => {
            date = monday(date);
            if midnight(zone, date) < from {
                date = date + Days::new(7);
            }
        }
        Unit::Months(every) => {
            let month = date.year().unsigned_abs() * 12 + date.month0();
            date = first_of_month(date) - Months::new(month % every);
        }
    }
    let mut found = Vec::new();
    while midnight(zone, date) <= to {
        match unit {
            Unit::Hours(every) => found.extend(hours(zone, date, every)),
            _ => found.push(midnight(zone, date)),
        }
        date = match unit {
            Unit::Hours(_) => date + Days::new(1),
            Unit::Days(every) => date + Days::new(every),
            Unit::Mondays(weeks) => date + Days::new(weeks * 7),
            Unit::Months(every) => date + Months::new(every),
        };
    }
    found.retain(|at| (from..=to).contains(at));
    found.sort_unstable();
    found.dedup();
    found
}

fn hours(zone: Tz, date: NaiveDate, every: u32) -> Vec<i64> {
    let mut found = Vec::new();
    for hour in (0..24).filter(|hour| hour % every == 0) {
        let Some(time) = date.and_hms_opt(hour, 0, 0) else {
            continue;
        };
        match zone.from_local_datetime(&time) {
            // Hour by hour, the one that happens twice is two.
            MappedLocalTime::Ambiguous(first, second) if every == 1 => {
                found.extend([first.timestamp_millis(), second.timestamp_millis()]);
            }
            _ => found.push(instant(zone, time)),
        }
    }
    found
}

/// At most `max` ticks within `from..=to`, none finer than `step`, as instants and words.
pub(crate) fn ticks(zone: Tz, step: Step, from: i64, to: i64, max: usize) -> Vec<(i64, String)> {
    let years = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
    let weeks: &[Unit] = match step {
        Step::Hour => &[
            Unit::Hours(1),
            Unit::Hours(3),
            Unit::Hours(6),
            Unit::Hours(12),
            Unit::Days(1),
            Unit::Days(2),
            Unit::Days(7),
            Unit::Days(14),
        ],
        Step::Day => &[Unit::Days(1), Unit::Days(2), Unit::Days(7), Unit::Days(14)],
        Step::Week => &[Unit::Mondays(1), Unit::Mondays(2), Unit::Mondays(4)],
        Step::Month => &[],
    };
    let months = [1, 2, 3, 6].into_iter().chain(years.map(|year| 12 * year)).map(Unit::Months);
    for unit in weeks.iter().copied().chain(months) {
        // Not worth listing: there are too many, however the clocks change.
        let shortest = match unit {
            Unit::Hours(every) => HOUR * i64::from(every),
            Unit::Days(days) => DAY * days.cast_signed(),
            Unit::Mondays(weeks) => 7 * DAY * weeks.cast_signed(),
            Unit::Months(months) => 28 * DAY * i64::from(months),
        };
        let few = i64::try_from(max).unwrap_or(i64::MAX).saturating_add(2);
        if (to - from) / shortest > few {
            continue;
        }
        let found = boundaries(zone, unit, from, to);
        if found.len() <= max {
            let name = |(index, at): (usize, i64)| (at, tick_name(zone, unit, at, index == 0));
            return found.into_iter().enumerate().map(name).collect();
        }
    }
    Vec::new()
}

fn tick_name(zone: Tz, unit: Unit, at: i64, first: bool) -> String {
    let time = local(zone, at);
    let form = match unit {
        Unit::Hours(_) if time.hour() > 0 => "%H:%M",
        Unit::Hours(_) | Unit::Days(_) | Unit::Mondays(_) => "%-d %b",
        Unit::Months(every) if every.is_multiple_of(12) => "%Y",
        Unit::Months(_) if first || time.month() == 1 => "%b %Y",
        Unit::Months(_) => "%b",
    };
    time.format(form).to_string()
}

/// The year of an instant.
pub(crate) fn year(zone: Tz, at: i64) -> i32 {
    local(zone, at).year()
}

/// The day of an instant: "Tue 14 Nov".
pub(crate) fn day_name(zone: Tz, at: i64) -> String {
    local(zone, at).format("%a %-d %b").to_string()
}

/// An instant to the minute: "Tue 14 Nov, 09:00". An hour that happens twice says which it is.
pub(crate) fn minute_name(zone: Tz, at: i64) -> String {
    let time = local(zone, at);
    let twice = matches!(zone.from_local_datetime(&time), MappedLocalTime::Ambiguous(..));
    let form = if twice { "%a %-d %b, %H:%M %Z" } else { "%a %-d %b, %H:%M" };
    DateTime::from_timestamp_millis(at.clamp(0, LAST)).unwrap_or_default().with_timezone(&zone).format(form).to_string()
}

/// A bucket in words. `dated` adds the year to days and weeks, for ranges that cross one.
pub(crate) fn bucket_name(zone: Tz, step: Step, start: i64, end: i64, dated: bool) -> String {
    let first = local(zone, start);
    let year = if dated { first.format(" %Y").to_string() } else { String::new() };
    match step {
        Step::Hour => minute_name(zone, start),
        Step::Day => day_name(zone, start) + &year,
        Step::Month => first.format("%B %Y").to_string(),
        Step::Week => {
            let last = local(zone, end.saturating_sub(1).max(start));
            let same_month = (first.year(), first.month()) == (last.year(), last.month());
            let from = first.format(if same_month { "%-d" } else { "%-d %b" });
            let to = last.format(if dated { "%-d %b %Y" } else { "%-d %b" });
            if first.date() == last.date() {
                return to.to_string();
            }
            format!("{from} – {to}")
        }
    }
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;
