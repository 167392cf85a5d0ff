//! The axis of time: boundaries of hours, days, weeks and months as the billing zone has them.

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
pub(crate) enum Unit {
    /// Hours of the local day that this divides.
    Hours(u32),
    /// Midnights, this many days apart, from the first one of the range.
    Days(u64),
    /// Mondays, this many weeks apart, from the first one of the range.
    Mondays(u64),
    /// First days of months, counted from January of year 0.
    Months(u32),
}

impl Unit {
    fn shortest(self) -> i64 {
        match self {
            Self::Hours(every) => HOUR * i64::from(every),
            Self::Days(days) => DAY * days.cast_signed(),
            Self::Mondays(weeks) => 7 * DAY * weeks.cast_signed(),
            Self::Months(months) => 28 * DAY * i64::from(months),
        }
    }
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
    instant_in(zone, at).naive_local()
}

/// The instant on the clocks of a zone.
pub(crate) fn instant_in(zone: Tz, at: i64) -> DateTime<Tz> {
    DateTime::from_timestamp_millis(at.clamp(0, LAST)).unwrap_or_default().with_timezone(&zone)
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

/// The start of the step after the one that starts at `start`.
pub(crate) fn next(zone: Tz, step: Step, start: i64) -> i64 {
    // One and a half of a step: within the next one, however long either is.
    let into = match step {
        Step::Hour => HOUR * 3 / 2,
        Step::Day => 36 * HOUR,
        Step::Week => 10 * DAY,
        Step::Month => 45 * DAY,
    };
    floor(zone, step, start.saturating_add(into))
}

/// The finest ticks within `from..=to` that are at most `max`, not finer than `step`, and that `fit`. None where no
/// ticks do.
pub(crate) fn ticks<T>(
    zone: Tz,
    step: Step,
    (from, to): (i64, i64),
    max: usize,
    fit: impl Fn(Unit, &[i64]) -> Option<T>,
) -> Option<T> {
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
    let few = i64::try_from(max).unwrap_or(i64::MAX).saturating_add(2);
    // Of what is too much, however the clocks change, there is no need for a list.
    let units = weeks.iter().copied().chain(months).filter(|unit| (to - from) / unit.shortest() <= few);
    units.map(|unit| (unit, boundaries(zone, unit, from, to))).find_map(|(unit, found)| {
        let fits = found.len() <= max;
        fits.then(|| fit(unit, &found)).flatten()
    })
}

/// The year of an instant.
pub(crate) fn year(zone: Tz, at: i64) -> i32 {
    local(zone, at).year()
}

/// An instant by the clocks of a zone: "2025-11-14 09:00".
#[cfg(test)]
pub(crate) fn moment(zone: Tz, text: &str) -> i64 {
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    zone.from_local_datetime(&time).earliest().unwrap().timestamp_millis()
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;
