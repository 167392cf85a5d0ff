//! Local time in a billing time zone (rule 2).

use chrono::{Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;

use crate::Timestamp;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The last year of which chrono-tz knows the clock changes. Beyond it, it has standard time for ever.
const LAST_KNOWN_YEAR: i32 = 2099;
/// The first year that is looked at for one like a later one: from here on 1 January and 1 March fall on every weekday.
/// The few zones whose changes follow the moon are listed up to 2087, and go by the sun after it.
const FIRST_ALIKE: i32 = 2089;

/// The local date and time at an instant.
#[must_use]
pub fn local_time(zone: Tz, at: Timestamp) -> NaiveDateTime {
    let utc = at.to_utc().naive_utc();
    let days = beyond_known(utc.date());
    let known = utc.checked_sub_days(Days::new(days)).unwrap_or(utc);
    let local = zone.from_utc_datetime(&known).naive_local();
    local.checked_add_days(Days::new(days)).unwrap_or(local)
}

/// The instant of a local time: the earlier of two, and the first one after the gap where a clock change skips it
/// (rule 2).
#[must_use]
pub fn first_instant_at(zone: Tz, local: NaiveDateTime) -> Timestamp {
    let days = beyond_known(local.date());
    let known = local.checked_sub_days(Days::new(days)).unwrap_or(local);
    let instant = match zone.from_local_datetime(&known) {
        LocalResult::Single(one) => Timestamp::from_millis(one.timestamp_millis()),
        LocalResult::Ambiguous(one, other) => {
            Timestamp::from_millis(one.timestamp_millis().min(other.timestamp_millis()))
        }
        LocalResult::None => end_of_gap(zone, known),
    };
    instant.plus_millis(i64::try_from(days).unwrap_or(0) * DAY_MS)
}

/// How many days earlier clocks are known for a date: 0 up to the last year that is known. All that is known
/// of later clock changes is a rule like "the last Sunday of March": they are those of a year in which that month's dates
/// fall on the same weekdays. A leap day moves only what comes after it, so that January and February are looked for apart.
fn beyond_known(date: NaiveDate) -> u64 {
    if date.year() <= LAST_KNOWN_YEAR {
        return 0;
    }
    let month = if date.month() < 3 { 1 } else { 3 };
    let first = |year: i32| NaiveDate::from_ymd_opt(year, month, 1);
    let Some(later) = first(date.year()) else { return 0 };
    let known =
        (FIRST_ALIKE..=LAST_KNOWN_YEAR).rev().filter_map(first).find(|known| known.weekday() == later.weekday());
    known.map_or(0, |known| u64::try_from(later.signed_duration_since(known).num_days()).unwrap_or(0))
}

/// The first instant whose local time is not before `local`, which a clock change skips.
fn end_of_gap(zone: Tz, local: NaiveDateTime) -> Timestamp {
    // No offset and no gap is longer than a day and a bit, so the change lies within two days of the local time read
    // as UTC; around it local time only jumps ahead, so that halving finds the jump.
    let day = Days::new(2);
    let (Some(from), Some(to)) = (local.checked_sub_days(day), local.checked_add_days(day)) else {
        return Timestamp::from_millis(local.and_utc().timestamp_millis());
    };
    let (mut before, mut after) = (from.and_utc().timestamp_millis(), to.and_utc().timestamp_millis());
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        let Some(utc) = chrono::DateTime::from_timestamp_millis(middle) else { break };
        let offset = zone.offset_from_utc_datetime(&utc.naive_utc()).fix();
        if utc.naive_utc() + offset < local {
            before = middle;
        } else {
            after = middle;
        }
    }
    Timestamp::from_millis(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// The instant of a local time, and that it has that local time.
    #[track_caller]
    fn is(zone: Tz, local: &str, instant: &str) {
        let local: NaiveDateTime = local.parse().unwrap();
        assert_eq!(first_instant_at(zone, local).to_string(), instant);
        assert_eq!(local_time(zone, at(instant)), local);
    }

    #[test]
    fn clocks_are_changed_in_any_year() {
        for year in [2026, 2099, 2100, 2101, 2104, 2127, 2128, 2400, 9998] {
            is(Tz::America__New_York, &format!("{year}-07-01T00:00:00"), &format!("{year}-07-01T04:00:00Z"));
            is(Tz::America__New_York, &format!("{year}-01-01T00:00:00"), &format!("{year}-01-01T05:00:00Z"));
            is(Tz::America__New_York, &format!("{year}-12-31T23:59:59"), &format!("{}-01-01T04:59:59Z", year + 1));
            is(Tz::Australia__Lord_Howe, &format!("{year}-01-01T00:00:00"), &format!("{}-12-31T13:00:00Z", year - 1));
            is(Tz::Australia__Lord_Howe, &format!("{year}-07-01T00:00:00"), &format!("{year}-06-30T13:30:00Z"));
        }
    }

    #[test]
    fn clocks_are_changed_on_the_weekday_that_the_rule_names() {
        // The last Sundays of March and October, in a common year, in leap years, and after a century without a leap day.
        for (year, spring, autumn) in [
            (2099, 29, 25),
            (2100, 28, 31),
            (2101, 27, 30),
            (2104, 30, 26),
            (2120, 31, 27),
            (2128, 28, 31),
            (2132, 30, 26),
        ] {
            let zone = Tz::Europe__Berlin;
            let on = |month: u32, day: u32, time: &str| format!("{year}-{month:02}-{day:02}T{time}");
            is(zone, &on(3, spring, "01:59:59"), &on(3, spring, "00:59:59Z"));
            is(zone, &on(3, spring, "03:00:00"), &on(3, spring, "01:00:00Z"));
            is(zone, &on(10, autumn, "01:59:59"), &format!("{year}-10-{:02}T23:59:59Z", autumn - 1));
            is(zone, &on(10, autumn, "03:00:00"), &on(10, autumn, "02:00:00Z"));
            let skipped = first_instant_at(zone, on(3, spring, "02:30:00").parse().unwrap());
            assert_eq!(skipped, at(&on(3, spring, "01:00:00Z")));
            let twice = first_instant_at(zone, on(10, autumn, "02:30:00").parse().unwrap());
            assert_eq!(twice, at(&on(10, autumn, "00:30:00Z")));
        }
    }

    #[test]
    fn every_later_year_goes_like_a_known_one() {
        for year in LAST_KNOWN_YEAR + 1..=9999 {
            for (month, day) in [(1, 1), (2, 28), (3, 1), (12, 31)] {
                let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
                let known = date - Days::new(beyond_known(date));
                assert!((FIRST_ALIKE..=LAST_KNOWN_YEAR).contains(&known.year()), "{date}");
                assert_eq!((known.weekday(), known.month(), known.day()), (date.weekday(), month, day), "{date}");
            }
        }
    }

    #[test]
    fn a_zone_that_no_longer_changes_its_clocks_does_not_begin_again() {
        // Morocco's changes are listed up to 2087, and none after them.
        for year in [2099, 2100, 2104, 2108, 2112] {
            for month in 1..=12 {
                is(
                    Tz::Africa__Casablanca,
                    &format!("{year}-{month:02}-15T12:00:00"),
                    &format!("{year}-{month:02}-15T11:00:00Z"),
                );
            }
        }
    }

    #[test]
    fn the_last_instants_have_a_local_time() {
        for zone in [Tz::UTC, Tz::Europe__Berlin, Tz::Pacific__Kiritimati, Tz::Pacific__Pago_Pago] {
            let local = local_time(zone, Timestamp::MAX);
            assert_eq!(first_instant_at(zone, local), Timestamp::MAX, "{zone}");
        }
    }
}
