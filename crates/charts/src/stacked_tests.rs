use super::*;
use crate::Size;
use crate::fixtures::{DAY, Kind, NOVEMBER, any_text, check, drawn, look, texts, theme};
use crate::labels::LINE;
use chrono_tz::{Australia::Lord_Howe, Tz, UTC};
use proptest::prelude::*;

const SIZE: Size = Size { width: 890, height: 262 };

fn series(key: &str, name: &str, values: &[u64]) -> Series {
    Series { key: key.to_owned(), name: name.to_owned(), values: values.to_vec() }
}

fn days(count: i64) -> Vec<Bucket> {
    let bucket = |day| Bucket { start: NOVEMBER + day * DAY, end: NOVEMBER + (day + 1) * DAY };
    (0..count).map(bucket).collect()
}

fn input() -> Stacked {
    Stacked {
        series: vec![series("a", "Syncs", &[10, 20, 30]), series("b", "Replies", &[100, 200, 370])],
        buckets: days(3),
        domain_end: NOVEMBER + 3 * DAY,
        previous: None,
        zone: UTC,
        step: Step::Day,
        shape: Shape::Area,
    }
}

#[test]
fn the_top_band_reaches_the_total_on_the_axis() {
    let chart = stacked(&input(), &look(SIZE)).unwrap();
    check(&chart);
    let totals: Vec<i64> = chart.points.iter().map(|point| point.total).collect();
    assert_eq!(totals, [110, 220, 400]);
    let last = chart.points.last().unwrap();
    let tick = chart.y_ticks.iter().find(|tick| tick.label == "400").unwrap();
    assert!((last.values.last().unwrap().y - tick.at).abs() < 0.05);
    assert_eq!(last.values[1].value, 370);
    assert_eq!(last.label, "Mon 3 Nov");
}

#[test]
fn the_points_are_corners_of_the_bands() {
    let chart = stacked(&input(), &look(SIZE)).unwrap();
    for (index, key) in ["a", "b"].into_iter().enumerate() {
        let bands = drawn(&chart.svg, Kind::Area, theme().of_series(key));
        assert_eq!(bands.len(), 1);
        for point in &chart.points {
            let corner = (point.x, point.values[index].y);
            assert!(bands[0].contains(&corner), "{corner:?} of {key}");
        }
    }
}

#[test]
fn a_cut_name_from_right_to_left_has_its_ellipsis_where_it_is_read_last() {
    let mut input = input();
    // Marks of data's own that would turn the direction are taken out.
    input.series[0].name = "\u{202e}الردود التلقائية على رسائل العملاء في كل القنوات".to_owned();
    let chart = stacked(&input, &look(SIZE)).unwrap();
    let texts = texts(&chart.svg);
    let cut = texts.iter().find(|text| text.contains('…')).unwrap();
    assert!(cut.starts_with("\u{202b}الردود") && cut.ends_with("…\u{202c}"), "{cut:?}");
    assert!(texts.contains(&"Replies".to_owned()));
}

#[test]
fn buckets_in_another_order_draw_the_same() {
    let mut other = input();
    other.buckets.reverse();
    for series in &mut other.series {
        series.values.reverse();
    }
    assert_eq!(stacked(&other, &look(SIZE)), stacked(&input(), &look(SIZE)));
}

#[test]
fn room_is_left_to_the_end_of_the_range() {
    let mut month = input();
    month.domain_end = NOVEMBER + 30 * DAY;
    let chart = stacked(&month, &look(SIZE)).unwrap();
    let last = chart.points.last().unwrap().x - chart.plot.x;
    // The third of thirty days, and values stand at starts.
    assert!((last / chart.plot.width - 2.0 / 29.0).abs() < 0.001);
    let ticks: Vec<_> = chart.x_ticks.iter().map(|tick| tick.label.as_str()).collect();
    assert_eq!(ticks, ["1 Nov", "8 Nov", "15 Nov", "22 Nov", "29 Nov"]);
}

#[test]
fn a_lone_bucket_is_a_bar() {
    let mut lone = input();
    lone.buckets.truncate(1);
    for domain_end in [NOVEMBER + DAY, NOVEMBER + 30 * DAY] {
        lone.domain_end = domain_end;
        let chart = stacked(&lone, &look(SIZE)).unwrap();
        check(&chart);
        let bars = drawn(&chart.svg, Kind::Area, theme().of_series("b"));
        let xs: Vec<f64> = bars[0].iter().map(|place| place.0).collect();
        let (left, right) = (xs.iter().copied().fold(f64::MAX, f64::min), xs.iter().copied().fold(0.0, f64::max));
        assert!((2.0..=64.0).contains(&(right - left)), "{left} to {right}");
        assert!((f64::midpoint(left, right) - chart.points[0].x).abs() < 0.11);
    }
}

#[test]
fn the_range_before_is_a_line_of_its_own() {
    let mut compared = input();
    compared.previous = Some(Previous { name: "October".to_owned(), totals: vec![50, 900, 60, 70] });
    let chart = stacked(&compared, &look(SIZE)).unwrap();
    let line = &drawn(&chart.svg, Kind::Line, theme().ink2)[0];
    let points: Vec<_> = chart.points.iter().map(|point| (point.x, point.values[2].y)).collect();
    assert_eq!(line, &points);
    assert_eq!(chart.points[1].total, 220);
    assert_eq!(chart.y_ticks.last().unwrap().label, "1,000");
    assert!(texts(&chart.svg).contains(&"October".to_owned()));
}

#[test]
fn names_are_text_and_never_markup() {
    let mut hostile = input();
    let name = r#"<script>&'""#;
    hostile.series[0].name = name.to_owned();
    let chart = stacked(&hostile, &look(SIZE)).unwrap();
    check(&chart);
    assert!(texts(&chart.svg).contains(&name.to_owned()), "{}", chart.svg);
    assert!(!chart.svg.contains("<script"));
}

#[test]
fn labels_keep_apart_and_within_the_plot() {
    let mut crowded = input();
    crowded.series = (0..40).map(|index| series("a", &format!("Group {index}"), &[1, 1, 1])).collect();
    crowded.series[7].values = vec![500; 3];
    let chart = stacked(&crowded, &look(SIZE)).unwrap();
    let document = roxmltree::Document::parse(&chart.svg).unwrap();
    let labels = document
        .descendants()
        .filter(|node| node.text().is_some_and(|text| text.contains("Group")) && node.has_tag_name("text"));
    let mut ys: Vec<f64> = labels.map(|node| node.attribute("y").unwrap().parse::<f64>().unwrap() / 10.0).collect();
    ys.sort_by(f64::total_cmp);
    assert!(ys.len() > 10 && ys.len() < 40, "{}", ys.len());
    assert!(ys.windows(2).all(|pair| pair[1] - pair[0] >= LINE - 0.11), "{ys:?}");
    assert!(ys[0] >= chart.plot.y && ys[ys.len() - 1] <= chart.plot.bottom());
    assert!(texts(&chart.svg).contains(&"Group 7".to_owned()));
}

#[test]
fn sizes_and_ranges_that_cannot_be_drawn_are_refused() {
    for (width, height) in [(0, 100), (100, 0), (8001, 100), (100, u32::MAX)] {
        let size = Size { width, height };
        assert_eq!(stacked(&input(), &look(size)), Err(ChartError::Size(size)));
    }
    let mut wrong = input();
    wrong.buckets[1] = Bucket { start: 5, end: 4 };
    assert_eq!(stacked(&wrong, &look(SIZE)), Err(ChartError::Range { start: 5, end: 4 }));
}

fn any_input() -> impl Strategy<Value = Stacked> {
    let amount = || prop_oneof![0_u64..1000, 0..=1_u64 << 53, any::<u64>()];
    let one = (any_text(), any_text(), prop::collection::vec(amount(), 0..12));
    let instant = || prop_oneof![0..400 * DAY, 0..253_000_000_000_000_i64];
    let bucket = (instant(), 0..40 * DAY).prop_map(|(start, length)| Bucket { start, end: start + length });
    (
        prop::collection::vec(one, 0..6),
        prop::collection::vec(bucket, 0..12),
        instant(),
        prop::option::of((any_text(), prop::collection::vec(amount(), 0..12))),
        prop::sample::select(vec![UTC, Lord_Howe]),
        prop::sample::select(vec![Step::Hour, Step::Day, Step::Week, Step::Month]),
        prop::sample::select(vec![Shape::Area, Shape::Bars]),
    )
        .prop_map(|(series, buckets, domain_end, previous, zone, step, shape): (_, _, _, _, Tz, _, _)| Stacked {
            series: series.into_iter().map(|(key, name, values)| Series { key, name, values }).collect(),
            buckets,
            domain_end,
            previous: previous.map(|(name, totals)| Previous { name, totals }),
            zone,
            step,
            shape,
        })
}

proptest! {
    #[test]
    fn anything_is_drawn_as_a_sound_picture(
        input in any_input(),
        width in prop_oneof![1_u32..200, 1..=Size::MAX],
        height in prop_oneof![1_u32..200, 1..=Size::MAX],
    ) {
        let chart = stacked(&input, &look(Size { width, height })).unwrap();
        check(&chart);
        prop_assert_eq!(chart.points.len(), input.buckets.len());
    }

    #[test]
    fn bands_add_up(values in prop::collection::vec(prop::collection::vec(0_u64..5000, 5), 1..5)) {
        let mut stacked = input();
        stacked.buckets = days(5);
        stacked.domain_end = NOVEMBER + 5 * DAY;
        stacked.series = values.iter().map(|values| series("a", "x", values)).collect();
        let chart = crate::stacked(&stacked, &look(SIZE)).unwrap();
        let (zero, one) = (chart.y_ticks.first().unwrap(), chart.y_ticks.last().unwrap());
        let top: f64 = one.label.replace(',', "").replace(" k", "e3").parse().unwrap();
        for point in &chart.points {
            let sum: i64 = point.values.iter().map(|value| value.value).sum();
            prop_assert_eq!(sum, point.total);
            let y = zero.at + (one.at - zero.at) * sum as f64 / top;
            prop_assert!((point.values.last().unwrap().y - y).abs() < 0.11);
            prop_assert!(point.values.windows(2).all(|pair| pair[1].y <= pair[0].y));
        }
    }

    #[test]
    fn any_instants_are_drawn_or_refused(start in any::<i64>(), end in any::<i64>(), domain_end in any::<i64>()) {
        let mut wild = input();
        wild.buckets[0] = Bucket { start, end };
        wild.domain_end = domain_end;
        if let Ok(chart) = stacked(&wild, &look(SIZE)) {
            check(&chart);
        }
    }
}
