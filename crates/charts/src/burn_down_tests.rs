use super::*;
use crate::Size;
use crate::fixtures::{DAY, Kind, NOVEMBER, any_text, check, drawn, look, texts, theme};
use chrono_tz::{Europe::Berlin, UTC};
use proptest::prelude::*;

const SIZE: Size = Size { width: 520, height: 268 };

fn sample(day: i64, credits: u64) -> Sample {
    Sample { at: NOVEMBER + day * DAY, credits }
}

fn mark(day: i64, label: &str) -> Mark {
    Mark { at: NOVEMBER + day * DAY, label: label.to_owned() }
}

/// A pack on the 9th, and ten days left when it runs out.
fn input() -> BurnDown {
    BurnDown {
        start: NOVEMBER,
        end: NOVEMBER + 30 * DAY,
        zone: UTC,
        start_amount: 10_000,
        measured: vec![sample(0, 10_000), sample(8, 7_500), sample(8, 10_000), sample(20, 4_000)],
        marks: vec![mark(8, "+2,500 Boost Pack")],
        now: sample(20, 4_000),
        forecast: Some(Forecast {
            likely: vec![sample(20, 4_000), sample(28, 0)],
            low: vec![sample(20, 4_000), sample(24, 0)],
            high: vec![sample(20, 4_000), sample(40, 2_000)],
            run_out: Some(mark(28, "29 Nov")),
        }),
        refresh: Some("Refresh".to_owned()),
    }
}

fn x(chart: &Chart, day: f64) -> f64 {
    chart.plot.x + chart.plot.width * day / 30.0
}

fn y(chart: &Chart, credits: f64) -> f64 {
    // The axis goes to 12,000.
    chart.plot.bottom() - chart.plot.height * credits / 12_000.0
}

fn near(places: &[(f64, f64)], (x, y): (f64, f64)) -> bool {
    places.iter().any(|place| (place.0 - x).abs() < 0.11 && (place.1 - y).abs() < 0.11)
}

#[test]
fn the_line_holds_each_amount_and_jumps_straight_up() {
    let chart = burn_down(&input(), &look(SIZE)).unwrap();
    check(&chart);
    assert_eq!(chart.y_ticks.last().unwrap().label, "12 k");
    let lines = drawn(&chart.svg, Kind::Line, theme().accent);
    let line = &lines[0];
    for corner in [(0.0, 10_000.0), (8.0, 10_000.0), (8.0, 7_500.0), (20.0, 10_000.0), (20.0, 4_000.0)] {
        assert!(near(line, (x(&chart, corner.0), y(&chart, corner.1))), "{corner:?} of {line:?}");
    }
    assert!(
        line.windows(2).all(|pair| (pair[0].0 - pair[1].0).abs() < 0.05 || (pair[0].1 - pair[1].1).abs() < 0.05),
        "{line:?}"
    );
}

#[test]
fn the_even_pace_ends_at_nothing() {
    let chart = burn_down(&input(), &look(SIZE)).unwrap();
    let pace = &drawn(&chart.svg, Kind::Line, theme().ink3)[0];
    assert_eq!(pace.len(), 2);
    assert!(near(pace, (x(&chart, 0.0), y(&chart, 10_000.0))) && near(pace, (x(&chart, 30.0), y(&chart, 0.0))));
}

#[test]
fn the_fan_is_cut_at_the_end_and_stays_at_nothing() {
    let chart = burn_down(&input(), &look(SIZE)).unwrap();
    let fan = &drawn(&chart.svg, Kind::Area, theme().warn)[0];
    for corner in [(20.0, 4_000.0), (30.0, 3_000.0), (30.0, 0.0), (24.0, 0.0)] {
        assert!(near(fan, (x(&chart, corner.0), y(&chart, corner.1))), "{corner:?} of {fan:?}");
    }
}

#[test]
fn points_tell_what_was_left_and_what_is_expected() {
    let chart = burn_down(&input(), &look(SIZE)).unwrap();
    let told: Vec<_> = chart.points.iter().map(|point| (point.label.as_str(), point.total)).collect();
    assert_eq!(
        told,
        [
            ("Sat 1 Nov, 00:00", 10_000),
            ("Sun 9 Nov, 00:00", 7_500),
            ("Sun 9 Nov, 00:00", 10_000),
            ("Fri 21 Nov, 00:00", 4_000),
            ("Sat 29 Nov, expected", 0)
        ]
    );
    let values: Vec<_> = chart.points[4].values.iter().map(|value| (value.key.as_str(), value.value)).collect();
    assert_eq!(values, [("likely", 0), ("low", 0), ("high", 3_200)]);
}

#[test]
fn everything_has_its_label() {
    let chart = burn_down(&input(), &look(SIZE)).unwrap();
    let texts = texts(&chart.svg);
    for label in ["+2,500 Boost Pack", "29 Nov", "Refresh", "1 Nov", "1 Dec"] {
        assert!(texts.contains(&label.to_owned()), "{label} of {texts:?}");
    }
    let mut plain = input();
    plain.refresh = None;
    plain.forecast = None;
    let chart = burn_down(&plain, &look(SIZE)).unwrap();
    check(&chart);
    assert!(!chart.svg.contains("Refresh") && drawn(&chart.svg, Kind::Area, theme().warn).is_empty());
}

#[test]
fn what_came_before_the_period_is_what_it_starts_with() {
    let mut early = input();
    early.measured.insert(0, sample(-3, 12_345));
    early.measured[1] = sample(-1, 9_000);
    let chart = burn_down(&early, &look(SIZE)).unwrap();
    assert_eq!((chart.points[0].at, chart.points[0].total), (NOVEMBER, 9_000));
}

#[test]
fn a_month_with_a_change_of_clocks_ends_at_its_end() {
    let mut october = input();
    october.zone = Berlin;
    // 1 October to 1 November 2025 in Berlin: 31 days and an hour.
    october.start = 1_759_269_600_000;
    october.end = 1_761_951_600_000;
    let chart = burn_down(&october, &look(SIZE)).unwrap();
    let ticks: Vec<_> = chart.x_ticks.iter().map(|tick| tick.label.as_str()).collect();
    assert_eq!(ticks, ["1 Oct", "8 Oct", "15 Oct", "22 Oct", "1 Nov"]);
    let week = chart.x_ticks[1].at - chart.x_ticks[0].at;
    let hours = (31 * 24 + 1) as f64;
    assert!((week - chart.plot.width * 7.0 * 24.0 / hours).abs() < 0.11);
}

#[test]
fn many_samples_become_few_points_and_keep_the_jump() {
    let mut busy = input();
    busy.measured = (0..100_000_u32)
        .map(|index| Sample {
            at: NOVEMBER + i64::from(index) * 17_000,
            credits: u64::from(if index < 50_123 { 8_000 - index / 10 } else { 9_000 - index / 20 }),
        })
        .collect();
    busy.now = busy.measured[99_999];
    let chart = burn_down(&busy, &look(SIZE)).unwrap();
    assert!(chart.points.len() < 260 && chart.points.len() > 100, "{}", chart.points.len());
    assert!(chart.svg.len() < 40_000, "{}", chart.svg.len());
    for index in [50_122, 50_123, 99_999] {
        let kept = busy.measured[index];
        assert!(chart.points.iter().any(|point| point.at == kept.at), "{index}");
    }
}

#[test]
fn a_period_without_length_is_refused() {
    for (start, end) in [(5, 5), (6, 5), (-1, 5), (0, i64::MAX)] {
        let wrong = BurnDown { start, end, ..input() };
        assert_eq!(burn_down(&wrong, &look(SIZE)), Err(ChartError::Range { start, end }));
    }
}

fn any_course() -> impl Strategy<Value = Vec<Sample>> {
    let at = prop_oneof![Just(NOVEMBER), NOVEMBER - DAY..NOVEMBER + 40 * DAY, any::<i64>()];
    let credits = prop_oneof![0_u64..20_000, 0..=1_u64 << 53, any::<u64>()];
    prop::collection::vec((at, credits).prop_map(|(at, credits)| Sample { at, credits }), 0..20)
}

fn any_mark() -> impl Strategy<Value = Mark> {
    let at = prop_oneof![NOVEMBER - DAY..NOVEMBER + 40 * DAY, any::<i64>()];
    (at, any_text()).prop_map(|(at, label)| Mark { at, label })
}

proptest! {
    #[test]
    fn anything_is_drawn_as_a_sound_picture(
        length in prop_oneof![1..40 * DAY, 1..250_000_000_000_000_i64],
        start_amount in prop_oneof![0_u64..20_000, any::<u64>()],
        measured in any_course(),
        marks in prop::collection::vec(any_mark(), 0..40),
        now in any_course(),
        (likely, low, high) in (any_course(), any_course(), any_course()),
        run_out in prop::option::of(any_mark()),
        refresh in prop::option::of(any_text()),
        width in prop_oneof![1_u32..200, 1..=Size::MAX],
        height in prop_oneof![1_u32..200, 1..=Size::MAX],
    ) {
        let input = BurnDown {
            start: NOVEMBER,
            end: NOVEMBER + length,
            zone: Berlin,
            start_amount,
            measured,
            marks,
            now: now.first().copied().unwrap_or(Sample { at: NOVEMBER, credits: 0 }),
            forecast: Some(Forecast { likely, low, high, run_out }),
            refresh,
        };
        let chart = burn_down(&input, &look(Size { width, height })).unwrap();
        check(&chart);
        prop_assert!(!chart.points.is_empty());
    }
}
