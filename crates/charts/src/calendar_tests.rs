use super::moment as at;
use super::*;
use crate::Size;
use crate::dates::Dates;
use crate::fixtures::look;
use chrono_tz::{America::New_York, Australia::Lord_Howe, Europe::Berlin, Pacific::Apia, UTC};
use proptest::prelude::*;

fn day_name(zone: Tz, at: i64) -> String {
    Dates::new(zone, &look(Size { width: 1, height: 1 })).day(at)
}

fn minute_name(zone: Tz, at: i64) -> String {
    Dates::new(zone, &look(Size { width: 1, height: 1 })).minute(at)
}

/// All ticks that are few enough, whatever their words.
fn named(zone: Tz, step: Step, from: i64, to: i64, max: usize) -> Vec<(i64, String)> {
    let look = look(Size { width: 1, height: 1 });
    let dates = Dates::new(zone, &look);
    let name = |unit: Unit, found: &[i64]| {
        Some(found.iter().enumerate().map(|(index, at)| (*at, dates.tick(unit, *at, index == 0))).collect())
    };
    ticks(zone, step, (from, to), max, name).unwrap_or_default()
}

fn lengths(found: &[i64], unit: i64) -> Vec<i64> {
    found.windows(2).map(|pair| (pair[1] - pair[0]) / unit).collect()
}

#[test]
fn days_are_as_long_as_the_clocks_make_them() {
    let days = |zone, from, to| {
        let found = boundaries(zone, Unit::Days(1), at(zone, from), at(zone, to));
        lengths(&found, 60_000)
    };
    let hours = |hours: i64| hours * 60;
    assert_eq!(days(Berlin, "2025-03-29 00:00", "2025-04-01 00:00"), [hours(24), hours(23), hours(24)]);
    assert_eq!(days(Berlin, "2025-10-25 00:00", "2025-10-28 00:00"), [hours(24), hours(25), hours(24)]);
    assert_eq!(days(New_York, "2025-03-09 00:00", "2025-03-10 00:00"), [hours(23)]);
    assert_eq!(days(New_York, "2025-11-02 00:00", "2025-11-03 00:00"), [hours(25)]);
    // Lord Howe moves its clocks by half an hour.
    assert_eq!(days(Lord_Howe, "2025-04-05 00:00", "2025-04-07 00:00"), [hours(24), hours(24) + 30]);
    assert_eq!(days(Lord_Howe, "2025-10-05 00:00", "2025-10-06 00:00"), [hours(23) + 30]);
}

#[test]
fn a_day_that_a_zone_left_out_is_no_boundary() {
    // Samoa went from 29 to 31 December 2011.
    let found = boundaries(Apia, Unit::Days(1), at(Apia, "2011-12-28 00:00"), at(Apia, "2012-01-01 00:00"));
    let names: Vec<_> = found.iter().map(|at| day_name(Apia, *at)).collect();
    assert_eq!(names, ["Wed 28 Dec", "Thu 29 Dec", "Sat 31 Dec", "Sun 1 Jan"]);
}

#[test]
fn the_hour_that_happens_twice_is_two_hours_with_names_of_their_own() {
    let found = boundaries(Berlin, Unit::Hours(1), at(Berlin, "2025-10-26 01:00"), at(Berlin, "2025-10-26 04:00"));
    assert_eq!(lengths(&found, HOUR), [1, 1, 1, 1]);
    let names: Vec<_> = found.iter().map(|at| minute_name(Berlin, *at)).collect();
    assert_eq!(
        names,
        [
            "Sun 26 Oct, 01:00",
            "Sun 26 Oct, 02:00 CEST",
            "Sun 26 Oct, 02:00 CET",
            "Sun 26 Oct, 03:00",
            "Sun 26 Oct, 04:00"
        ]
    );
    assert_eq!(floor(Berlin, Step::Hour, found[2] + HOUR / 2), found[2]);
    assert_eq!(floor(Berlin, Step::Hour, found[1] + HOUR / 2), found[1]);
}

#[test]
fn the_hour_that_is_skipped_is_none() {
    let (from, to) = (at(New_York, "2025-03-09 01:00"), at(New_York, "2025-03-09 04:00"));
    let found = boundaries(New_York, Unit::Hours(1), from, to);
    let names: Vec<_> = found.iter().map(|at| minute_name(New_York, *at)).collect();
    assert_eq!(names, ["Sun 9 Mar, 01:00", "Sun 9 Mar, 03:00", "Sun 9 Mar, 04:00"]);
}

#[test]
fn a_step_starts_on_its_boundary() {
    let noon = at(Berlin, "2025-04-03 12:34");
    assert_eq!(floor(Berlin, Step::Hour, noon), at(Berlin, "2025-04-03 12:00"));
    assert_eq!(floor(Berlin, Step::Day, noon), at(Berlin, "2025-04-03 00:00"));
    assert_eq!(floor(Berlin, Step::Week, noon), at(Berlin, "2025-03-31 00:00"));
    assert_eq!(floor(Berlin, Step::Month, noon), at(Berlin, "2025-04-01 00:00"));
}

#[test]
fn ticks_are_those_a_person_would_choose() {
    let names = |step, from, to, max| {
        let found = named(UTC, step, at(UTC, from), at(UTC, to), max);
        found.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join("|")
    };
    assert_eq!(names(Step::Day, "2025-11-01 00:00", "2025-12-01 00:00", 6), "1 Nov|8 Nov|15 Nov|22 Nov|29 Nov");
    assert_eq!(names(Step::Hour, "2025-11-01 00:00", "2025-11-02 06:00", 6), "1 Nov|06:00|12:00|18:00|2 Nov|06:00");
    assert_eq!(names(Step::Month, "2024-11-01 00:00", "2025-10-01 00:00", 6), "Nov 2024|Jan 2025|Mar|May|Jul|Sep");
    assert_eq!(names(Step::Week, "2025-11-01 00:00", "2025-12-01 00:00", 6), "3 Nov|10 Nov|17 Nov|24 Nov|1 Dec");
    assert_eq!(names(Step::Day, "2019-11-01 00:00", "2025-12-01 00:00", 6), "2020|2021|2022|2023|2024|2025");
    assert_eq!(names(Step::Day, "2025-11-01 00:00", "2025-12-01 00:00", 0), "");
}

fn any_step() -> impl Strategy<Value = Step> {
    prop::sample::select(vec![Step::Hour, Step::Day, Step::Week, Step::Month])
}

proptest! {
    #[test]
    fn ticks_are_few_ascending_and_real_boundaries(
        zone in prop::sample::select(vec![UTC, Berlin, New_York, Lord_Howe, Apia]),
        step in any_step(),
        from in 0..LAST,
        length in prop_oneof![0..3 * DAY, 0..400 * DAY, 0..LAST],
        max in 0_usize..15,
    ) {
        let to = from.saturating_add(length).min(LAST - 1);
        let found = named(zone, step, from, to, max);
        prop_assert!(found.len() <= max);
        prop_assert!(found.iter().all(|(at, _)| (from..=to).contains(at)));
        prop_assert!(found.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (at, _) in found {
            prop_assert_eq!(floor(zone, if step == Step::Hour { Step::Hour } else { Step::Day }, at), at);
        }
    }

    #[test]
    fn a_step_holds_its_instant(step in any_step(), at in DAY * 40..LAST) {
        for zone in [UTC, Berlin, New_York, Lord_Howe, Apia] {
            let start = floor(zone, step, at);
            prop_assert!(start <= at && at - start < 32 * DAY, "{}", zone);
            prop_assert_eq!(floor(zone, step, start), start, "{}", zone);
        }
    }

    #[test]
    fn a_step_ends_where_the_next_one_starts(step in any_step(), at in DAY * 40..LAST - DAY * 80) {
        for zone in [UTC, Berlin, New_York, Lord_Howe, Apia] {
            let start = floor(zone, step, at);
            let end = next(zone, step, start);
            prop_assert!(at < end, "{}", zone);
            prop_assert_eq!(floor(zone, step, end - 1), start, "{}", zone);
        }
    }

    #[test]
    fn any_range_is_taken_or_refused(start in any::<i64>(), end in any::<i64>()) {
        let fits = start >= 0 && start <= end && end < LAST;
        prop_assert_eq!(range(start, end).is_ok(), fits);
    }
}
