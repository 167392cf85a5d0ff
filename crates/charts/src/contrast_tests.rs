//! What is drawn for a person who asked for more contrast.

use crate::fixtures::{DAY, Kind, NOVEMBER, cells, look, outlines, paths, theme};
use crate::{
    Bucket, BurnDown, Chart, Colour, HeatMap, Look, Previous, Sample, Series, Shape, Size, Stacked, Step, burn_down,
    heat_map, stacked,
};

const SIZE: Size = Size { width: 600, height: 240 };

fn looks() -> [Look; 2] {
    let usual = look(SIZE);
    let mut more = usual.clone();
    more.theme.contrast = true;
    [usual, more]
}

/// How thick the lines of a colour are, in pixels, as they are met.
fn strokes(chart: &Chart, colour: Colour) -> Vec<f64> {
    let document = roxmltree::Document::parse(&chart.svg).unwrap();
    let of_lines = |node: roxmltree::Node<'_, '_>| {
        let width = node.attribute("stroke-width").unwrap().parse::<f64>().unwrap() / 10.0;
        vec![width; outlines(node.attribute("d").unwrap()).len()]
    };
    paths(&document, Kind::Line, colour).flat_map(of_lines).collect()
}

/// How dense the areas of a colour are.
fn tints(chart: &Chart, colour: Colour) -> Vec<f64> {
    let document = roxmltree::Document::parse(&chart.svg).unwrap();
    let opacity =
        |node: roxmltree::Node<'_, '_>| node.attribute("opacity").map_or(1.0, |opacity| opacity.parse().unwrap());
    paths(&document, Kind::Area, colour).map(opacity).collect()
}

fn use_of(shape: Shape) -> Stacked {
    let series = |key: &str| Series { key: key.to_owned(), name: key.to_owned(), values: vec![10, 20, 30] };
    Stacked {
        series: vec![series("a"), series("b")],
        buckets: (0..3).map(|day| Bucket { start: NOVEMBER + day * DAY, end: NOVEMBER + (day + 1) * DAY }).collect(),
        domain_end: NOVEMBER + 3 * DAY,
        previous: Some(Previous { name: "October".to_owned(), totals: vec![50; 3] }),
        zone: chrono_tz::UTC,
        step: Step::Day,
        shape,
    }
}

#[test]
fn bands_stand_apart_and_are_dense() {
    for (shape, seams, dotted) in [(Shape::Area, 1, 1.3), (Shape::Bars, 3, 1.6)] {
        let [usual, more] = looks().map(|look| stacked(&use_of(shape), &look).unwrap());
        let thin = |chart: &Chart, width: f64| {
            let strokes = strokes(chart, theme().surface);
            strokes.iter().filter(|stroke| (**stroke - width).abs() < 0.01).count()
        };
        assert_eq!((thin(&usual, 1.0), thin(&more, 1.0)), (seams, 0), "{shape:?}");
        assert_eq!((thin(&usual, 2.0), thin(&more, 2.0)), (0, seams), "{shape:?}");
        let first = |chart: &Chart| strokes(chart, theme().ink2)[0];
        assert!((first(&usual) - dotted).abs() < 0.01 && (first(&more) - dotted * 1.5).abs() < 0.051, "{shape:?}");
        assert_eq!(tints(&more, theme().of_series("a")), [1.0]);
    }
}

#[test]
fn lines_are_thicker_and_the_pace_is_not_faint() {
    let sample = |day: i64, credits: u64| Sample { at: NOVEMBER + day * DAY, credits };
    let input = BurnDown {
        start: NOVEMBER,
        end: NOVEMBER + 30 * DAY,
        zone: chrono_tz::UTC,
        start_amount: 100,
        measured: vec![sample(0, 100), sample(9, 60)],
        marks: Vec::new(),
        now: sample(9, 60),
        forecast: None,
        refresh: None,
    };
    let [usual, more] = looks().map(|look| burn_down(&input, &look).unwrap());
    assert_eq!((strokes(&usual, theme().accent), strokes(&more, theme().accent)), (vec![2.2], vec![3.3]));
    assert_eq!((strokes(&usual, theme().ink3), strokes(&more, theme().ink3)), (vec![1.0], vec![1.5]));
    assert!(usual.svg.contains(r#"opacity="0.55""#) && !more.svg.contains(r#"opacity="0.55""#));
}

#[test]
fn the_grid_is_nearer_to_the_ink() {
    let [usual, more] = looks().map(|mut look| {
        look.theme.ink3 = Colour { red: 100, green: 0, blue: 0 };
        stacked(&use_of(Shape::Area), &look).unwrap()
    });
    let stronger = Colour { red: 25, green: 0, blue: 3 };
    assert!(!strokes(&usual, theme().line).is_empty() && strokes(&more, theme().line).is_empty());
    assert!(strokes(&usual, stronger).is_empty() && !strokes(&more, stronger).is_empty());
}

#[test]
fn the_least_use_is_far_from_none() {
    let mut credits = [[0; 24]; 7];
    credits[0][0] = 1;
    credits[0][1] = 1000;
    let strength = |look: Look| {
        let mut look = look;
        look.theme.accent = Colour { red: 255, ..look.theme.accent };
        look.theme.line = Colour { red: 100, ..look.theme.line };
        let svg = heat_map(&HeatMap { credits }, &look).unwrap().svg;
        let cells = cells(&svg);
        let mut cells = cells.iter();
        let mut red = || u8::from_str_radix(&cells.next().unwrap().1[1..3], 16).unwrap();
        let (least, _, none) = (red(), red(), red());
        i32::from(least) - i32::from(none)
    };
    let [usual, more] = looks().map(strength);
    assert!(more > usual + 40, "{usual} {more}");
}
