//! Local time and periods (rule 2), by trying instants out. Of the time zone data only "which local time is it at this
//! instant" is asked, because that has one answer.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use chrono_tz::Tz;
use metering::RefreshRule;

const HOUR: i64 = 3_600_000;

/// A usage period in milliseconds, and how to find the next one.
#[derive(Clone, Copy)]
pub(crate) struct Period {
    pub(crate) start: i64,
    pub(crate) end: i64,
    /// The local date and time that every boundary repeats monthly. Of a calendar month: midnight on a first.
    anchor: NaiveDateTime,
    /// How many months after the anchor the period ends.
    months: i32,
}

impl Period {
    /// The first period of a plan subscribed to at `now`.
    pub(crate) fn first(rule: RefreshRule, zone: Tz, now: i64) -> Self {
        let local = local_time(zone, now);
        match rule {
            RefreshRule::BillingCycle => {
                // The anchor is a local time: where it occurs twice the period begins at the earlier, as it does monthly.
                let (start, end) = (boundary(zone, local, 0), boundary(zone, local, 1));
                Self { start, end, anchor: local, months: 1 }
            }
            RefreshRule::CalendarMonth => {
                let first = local.date() - chrono::Days::new(u64::from(local.day0()));
                let anchor = first.and_time(NaiveTime::MIN);
                // A clock that is set back over midnight shows the old month again, hence the search.
                let mut months = 0;
                while boundary(zone, anchor, months) > now {
                    months -= 1;
                }
                while boundary(zone, anchor, months + 1) <= now {
                    months += 1;
                }
                let (start, end) = (boundary(zone, anchor, months), boundary(zone, anchor, months + 1));
                Self { start, end, anchor, months: months + 1 }
            }
        }
    }

    pub(crate) fn next(self, zone: Tz) -> Self {
        let months = self.months + 1;
        Self { start: self.end, end: boundary(zone, self.anchor, months), months, ..self }
    }
}

/// The instant at which the local date and time of `anchor` comes round, so many months after it.
fn boundary(zone: Tz, anchor: NaiveDateTime, months: i32) -> i64 {
    let (mut year, mut month) = (anchor.year(), anchor.month() as i32 + months);
    while month > 12 {
        (year, month) = (year + 1, month - 12);
    }
    while month < 1 {
        (year, month) = (year - 1, month + 12);
    }
    let day = anchor.day().min(length_of(year, month as u32));
    let date = NaiveDate::from_ymd_opt(year, month as u32, day).unwrap();
    first_instant(zone, date.and_time(anchor.time()))
}

fn length_of(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

pub(crate) fn local_time(zone: Tz, at: i64) -> NaiveDateTime {
    let shown = |at: i64| DateTime::from_timestamp_millis(at).unwrap().with_timezone(&zone).naive_local();
    let date = DateTime::from_timestamp_millis(at).unwrap().date_naive();
    // The zone data end with the year 2099. A clock that is changed in winter and summer of that year is changed in later
    // ones, too, as in an earlier year with the same calendar.
    let first = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
    let in_2099 =
        |days: i64| shown(first(2099).and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_millis() + days * 24 * HOUR);
    let winter_to_summer = in_2099(181) - in_2099(0);
    if date.year() < 2100 || winter_to_summer == chrono::TimeDelta::days(181) {
        return shown(at);
    }
    let calendar = |year: i32| (first(year).weekday(), NaiveDate::from_ymd_opt(year, 3, 1).unwrap().weekday());
    let mut year = 2099;
    while calendar(year) != calendar(date.year()) {
        year -= 1;
    }
    let later = first(date.year()) - first(year);
    shown(at - later.num_milliseconds()) + later
}

/// The first instant at which clocks in the zone show this, or, if they skip it, the first after the gap.
pub(crate) fn first_instant(zone: Tz, wanted: NaiveDateTime) -> i64 {
    assert_eq!(wanted.nanosecond() % 1_000_000, 0, "instants are whole milliseconds");
    let reading = wanted.and_utc().timestamp_millis();
    // No clock is ever 16 hours off UTC, so that the instant is between these two.
    let (before, after) = (reading - 16 * HOUR, reading + 16 * HOUR);
    let off_by = |at: i64| local_time(zone, at).and_utc().timestamp_millis() - at;

    // Where clocks are as far off at both ends, they were not changed in between.
    if off_by(before) == off_by(after) {
        let at = reading - off_by(before);
        assert_eq!(local_time(zone, at), wanted);
        return at;
    }
    let mut shown_at = Vec::new();
    for hours in -16..=16 {
        let at = reading - off_by(reading + hours * HOUR);
        if local_time(zone, at) == wanted {
            shown_at.push(at);
        }
    }
    if let Some(earliest) = shown_at.into_iter().min() {
        return earliest;
    }
    // Skipped: halve until only the millisecond remains in which clocks jump over it.
    let (mut early, mut late) = (before, after);
    while late - early > 1 {
        let middle = i64::midpoint(early, late);
        if local_time(zone, middle) < wanted {
            early = middle;
        } else {
            late = middle;
        }
    }
    late
}
