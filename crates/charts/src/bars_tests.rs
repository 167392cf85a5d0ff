use super::*;
use crate::calendar::moment;
use crate::fixtures::{DAY, Kind, NOVEMBER, check, drawn, look, texts, theme};
use crate::{Bucket, Chart, Previous, Series, Shape, Size, Step, stacked};
use chrono_tz::{America::New_York, UTC};
use proptest::prelude::*;

const SIZE: Size = Size { width: 890, height: 262 };

fn input(days: i64) -> Stacked {
    let values = |times: u64| (0..days.unsigned_abs()).map(|day| (day % 7 + 1) * times).collect();
    Stacked {
        series: vec![
            Series { key: "a".to_owned(), name: "Syncs".to_owned(), values: values(10) },
            Series { key: "b".to_owned(), name: "Replies".to_owned(), values: values(50) },
        ],
        buckets: (0..days).map(|day| Bucket { start: NOVEMBER + day * DAY, end: NOVEMBER + (day + 1) * DAY }).collect(),
        domain_end: NOVEMBER + days * DAY,
        previous: None,
        zone: UTC,
        step: Step::Day,
        shape: Shape::Bars,
    }
}

/// The tops of a series' bars as left edge, right edge and height, from left to right.
fn tops(chart: &Chart, key: &str) -> Vec<(f64, f64, f64)> {
    let outline = drawn(&chart.svg, Kind::Area, theme().of_series(key)).concat();
    // Only along a top does the way there lead to the right on a level, but for the ground.
    let ground = chart.plot.bottom() - 0.05;
    let level = outline.windows(2).filter(|pair| (pair[0].1 - pair[1].1).abs() < 0.05 && pair[1].0 > pair[0].0);
    let level = level.filter(|pair| pair[0].1 < ground);
    level.map(|pair| (pair[0].0, pair[1].0, pair[0].1)).collect()
}

#[test]
fn each_bucket_is_a_bar_with_its_point_in_the_middle() {
    let chart = stacked(&input(7), &look(SIZE)).unwrap();
    check(&chart);
    let (lower, upper) = (tops(&chart, "a"), tops(&chart, "b"));
    assert_eq!((lower.len(), upper.len()), (7, 7));
    for ((point, low), high) in chart.points.iter().zip(lower).zip(upper) {
        assert!((f64::midpoint(high.0, high.1) - point.x).abs() < 0.11, "{point:?} {high:?}");
        assert_eq!((low.0, low.1), (high.0, high.1));
        assert!((low.2 - point.values[0].y).abs() < 0.05 && (high.2 - point.values[1].y).abs() < 0.05, "{point:?}");
    }
    // A tick names the bar above it.
    assert_eq!(chart.x_ticks[0].label, "1 Nov");
    assert!((chart.x_ticks[0].at - chart.points[0].x).abs() < 0.11);
    // The 8th is where the range ends, and has no bar.
    assert_eq!(chart.x_ticks.last().unwrap().label, "7 Nov");
}

#[test]
fn a_bar_is_as_wide_as_its_day_is_long() {
    let mut march = input(31);
    let day = |day: u32| moment(New_York, &format!("2026-03-{day:02} 00:00"));
    march.zone = New_York;
    march.buckets = (1..=20).map(|of| Bucket { start: day(of), end: day(of + 1) }).collect();
    march.domain_end = day(21);
    let widths: Vec<f64> = tops(&stacked(&march, &look(Size { width: 1300, ..SIZE })).unwrap(), "b")
        .iter()
        .map(|bar| bar.1 - bar.0)
        .collect();
    // On the 8th, clocks go forward.
    assert!((widths[7] / widths[6] - 23.0 / 24.0).abs() < 0.01, "{widths:?}");
    assert!((widths[5] / widths[6] - 1.0).abs() < 0.01, "{widths:?}");
}

#[test]
fn few_bars_are_not_wider_than_bars_and_many_touch() {
    let widest = |days| {
        tops(&stacked(&input(days), &look(SIZE)).unwrap(), "b").iter().map(|bar| bar.1 - bar.0).fold(0.0, f64::max)
    };
    assert!((widest(1) - 64.0).abs() < 0.11 && (widest(3) - 64.0).abs() < 0.11);
    let gaps = |days| {
        let tops = tops(&stacked(&input(days), &look(SIZE)).unwrap(), "b");
        tops.windows(2).map(|pair| pair[1].0 - pair[0].1).fold(0.0, f64::max)
    };
    assert!(gaps(30) > 4.0 && gaps(90) >= 1.0, "{} {}", gaps(30), gaps(90));
    assert!(gaps(365) < 0.11, "{}", gaps(365));
}

#[test]
fn of_more_bars_than_pixels_the_highest_are_drawn() {
    let mut many = input(3650);
    many.series[1].values[1234] = 99_999;
    let chart = stacked(&many, &look(SIZE)).unwrap();
    check(&chart);
    assert_eq!(chart.points.len(), 3650);
    assert!(chart.svg.len() < 200_000, "{}", chart.svg.len());
    let highest = tops(&chart, "b").into_iter().map(|bar| bar.2).fold(f64::MAX, f64::min);
    assert!((highest - chart.points[1234].values[1].y).abs() < 0.05);
}

/// A page is slow to take in many elements, not long ones.
#[test]
fn more_bars_are_no_more_elements() {
    let shapes = |days: i64| {
        let before = Previous { name: "Before".to_owned(), totals: vec![9; 90] };
        let svg = stacked(&Stacked { previous: Some(before), ..input(days) }, &look(SIZE)).unwrap().svg;
        svg.matches("<path").count()
    };
    assert_eq!(shapes(90), shapes(7));
}

#[test]
fn the_range_before_is_a_line_over_each_bar() {
    let mut compared = input(7);
    compared.previous = Some(Previous { name: "October".to_owned(), totals: vec![50, 900, 60] });
    let chart = stacked(&compared, &look(SIZE)).unwrap();
    // The last one is the key beside the name.
    let lines = drawn(&chart.svg, Kind::Line, theme().ink2);
    assert_eq!(lines.len(), 3);
    for (line, point) in lines.iter().zip(&chart.points) {
        assert!((f64::midpoint(line[0].0, line[1].0) - point.x).abs() < 0.11);
        assert!(line.iter().all(|place| (place.1 - point.values[2].y).abs() < 0.05), "{line:?}");
    }
    compared.buckets.truncate(3);
    compared.domain_end = NOVEMBER + 3 * DAY;
    assert!(texts(&stacked(&compared, &look(SIZE)).unwrap().svg).contains(&"October".to_owned()));
    let many = Stacked { previous: Some(Previous { name: "2025".to_owned(), totals: vec![9; 365] }), ..input(365) };
    assert_eq!(drawn(&stacked(&many, &look(SIZE)).unwrap().svg, Kind::Line, theme().ink2).len(), 2);
}

proptest! {
    #[test]
    fn a_bar_stays_in_its_bucket(from in 0.0..900.0_f64, room in 0.0..400.0_f64, widest in 8.0..100.0_f64) {
        let (left, right) = edges(from, from + room, widest);
        prop_assert!(right - left >= 1.0 - 1e-9 && right - left <= widest.max(1.0) + 1e-9);
        if room >= 1.0 {
            prop_assert!(left >= from - 1e-9 && right <= from + room + 1e-9);
            let gap = room - (right - left);
            prop_assert!(!(1e-9..LEAST_GAP - 1e-9).contains(&gap), "{}", gap);
        }
    }
}
