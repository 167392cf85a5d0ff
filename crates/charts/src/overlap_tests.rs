//! No two texts of a picture meet, and none leaves it, whatever is drawn at whatever size.

use chrono_tz::UTC;
use proptest::prelude::*;

use crate::calendar::moment;
use crate::fixtures::{DAY, check, look};
use crate::labels::{TEXT, width};
use crate::overlap_inputs::{any_burn_down, any_look, any_name, any_stacked};
use crate::{
    Bucket, BurnDown, Chart, HeatMap, Mark, Sample, Series, Shape, Size, Stacked, Step, burn_down, heat_map, stacked,
};

/// A text with the edges of its letters: left, upper, right, lower.
type Words = (String, [f64; 4]);

fn words(svg: &str) -> Vec<Words> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    let words = texts.map(|node| {
        let number = |name: &str| node.attribute(name).unwrap().parse::<f64>().unwrap() / 10.0;
        let text = node.text().unwrap_or_default().trim().to_owned();
        // Half of a small letter's height below the place is the line that letters stand on.
        let (x, line) = (number("x"), number("y") + 0.27 * TEXT);
        let wide = width(&text);
        let left = match node.attribute("text-anchor").unwrap() {
            "start" => x,
            "middle" => x - wide / 2.0,
            _ => x - wide,
        };
        // Capitals are 0.73 high, what hangs below the line 0.24.
        (text, [left, line - 0.76 * TEXT, left + wide, line + 0.24 * TEXT])
    });
    words.collect()
}

/// What is wrong with the texts of a picture.
fn crowded(chart: &Chart) -> Option<String> {
    let words = words(&chart.svg);
    let (w, h) = (f64::from(chart.width), f64::from(chart.height));
    for (index, (text, [left, top, right, bottom])) in words.iter().enumerate() {
        // Places are tenths of pixels.
        if *left < -0.11 || *top < -0.11 || *right > w + 0.11 || *bottom > h + 0.11 {
            return Some(format!("{text:?} leaves the picture: {left} {top} {right} {bottom} of {w} {h}"));
        }
        for (other, area) in words.iter().skip(index + 1) {
            if *left < area[2] - 0.11 && area[0] < right - 0.11 && *top < area[3] - 0.11 && area[1] < bottom - 0.11 {
                return Some(format!("{text:?} meets {other:?} at {left} {top}"));
            }
        }
    }
    None
}

proptest! {
    #[test]
    fn of_a_burn_down(input in any_burn_down(), look in any_look()) {
        let chart = burn_down(&input, &look).unwrap();
        check(&chart);
        prop_assert_eq!(crowded(&chart), None);
    }

    #[test]
    fn of_areas_and_bars(input in any_stacked(), look in any_look()) {
        let chart = stacked(&input, &look).unwrap();
        check(&chart);
        prop_assert_eq!(crowded(&chart), None);
    }

    #[test]
    fn of_a_heat_map(
        look in any_look(),
        weekday in any_name(),
        hour in prop::sample::select(vec!["{h}", "{h} h", "{h}:00 o'clock in the afternoon"]),
    ) {
        let mut look = look;
        look.locale.weekdays[2] = weekday;
        look.words.hour = hour.to_owned();
        let chart = heat_map(&HeatMap { credits: [[7; 24]; 7] }, &look).unwrap();
        check(&chart);
        prop_assert_eq!(crowded(&chart), None);
    }
}

#[test]
fn labels_keep_off_the_dots_of_what_they_name() {
    let at = |day: i64| moment(UTC, "2026-11-01 00:00") + day * DAY;
    let sample = |day: i64| Sample { at: at(day), credits: 10_000 - 400 * day.unsigned_abs() };
    let input = BurnDown {
        start: at(0),
        end: at(30),
        zone: UTC,
        start_amount: 10_000,
        measured: (0..20).map(sample).collect(),
        marks: (0..10).map(|day| Mark { at: at(2 * day), label: "+2,500 Boost Pack".to_owned() }).collect(),
        now: sample(19),
        forecast: None,
        refresh: None,
    };
    let look = look(Size { width: 520, height: 268 });
    let svg = burn_down(&input, &look).unwrap().svg;
    let document = roxmltree::Document::parse(&svg).unwrap();
    let colour = crate::fixtures::hex(look.theme.top_up);
    let dots = document.descendants().filter(|node| node.has_tag_name("circle"));
    let number =
        |node: &roxmltree::Node<'_, '_>, name: &str| node.attribute(name).unwrap().parse::<f64>().unwrap() / 10.0;
    let dots = dots.filter(|node| node.attribute("fill") == Some(&colour));
    let dots: Vec<_> = dots.map(|node| (number(&node, "cx"), number(&node, "cy"))).collect();
    // Every mark has its dot, whether its label has room or not.
    let words: Vec<Words> = words(&svg).into_iter().filter(|(text, _)| text.contains("Pack")).collect();
    assert_eq!(dots.len(), 10);
    assert!(words.len() > 2 && words.len() < 10, "{words:?}");
    for (text, [left, top, right, bottom]) in words {
        for (x, y) in &dots {
            let near = (left - 2.0..=right + 2.0).contains(x) && (top - 2.0..=bottom + 2.0).contains(y);
            assert!(!near, "{text} at {left} {top} covers {x} {y}");
        }
    }
}

#[test]
fn amounts_that_are_too_long_to_stand_beside_a_plot_are_left_out() {
    let mut look = look(Size { width: 320, height: 200 });
    let input = |zone| Stacked {
        series: vec![Series { key: "a".to_owned(), name: "Syncs".to_owned(), values: vec![50_000] }],
        buckets: vec![Bucket { start: DAY * 90, end: DAY * 91 }],
        previous: None,
        domain_end: DAY * 91,
        zone,
        step: Step::Day,
        shape: Shape::Bars,
    };
    assert!(!stacked(&input(UTC), &look).unwrap().y_ticks.is_empty());
    look.locale.compact[0] = "thousand and as many more".to_owned();
    let chart = stacked(&input(UTC), &look).unwrap();
    assert!(chart.y_ticks.is_empty() && chart.plot.width > 160.0, "{:?}", chart.plot);
}

#[test]
fn a_picture_is_told_to_be_crowded_if_it_is() {
    let text = |x: i32, y: i32| format!(r#"<text x="{x}" y="{y}" text-anchor="start">Replies</text>"#);
    let chart = |texts: &[String]| {
        let svg = format!("<svg>{}</svg>", texts.concat());
        let heat = heat_map(&HeatMap { credits: [[0; 24]; 7] }, &look(Size { width: 320, height: 120 })).unwrap();
        Chart { svg, ..heat }
    };
    assert_eq!(crowded(&chart(&[text(100, 200), text(100, 340)])), None);
    assert!(crowded(&chart(&[text(100, 200), text(400, 280)])).unwrap().contains("meets"));
    for (x, y) in [(-20, 200), (2900, 200), (100, 20), (100, 1180)] {
        assert!(crowded(&chart(&[text(x, y)])).unwrap().contains("leaves"), "{x} {y}");
    }
}
