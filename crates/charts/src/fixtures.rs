//! What the tests of both charts need.

use proptest::prelude::*;

use crate::{Chart, Colour, Locale, Look, Size, Theme, Words};

pub(crate) const DAY: i64 = 86_400_000;
/// 1 November 2025, 00:00 UTC.
pub(crate) const NOVEMBER: i64 = 1_761_955_200_000;

/// Every colour is another one, so that a test can tell what drew an element.
pub(crate) fn theme() -> Theme {
    let colour = |blue| Colour { red: 0, green: 0, blue };
    Theme {
        ink: colour(1),
        ink2: colour(2),
        ink3: colour(3),
        line: colour(4),
        surface: colour(5),
        accent: colour(6),
        warn: colour(7),
        top_up: colour(8),
        series: vec![("a".to_owned(), colour(9)), ("b".to_owned(), colour(10))],
        font: r#""Inter Variable", sans-serif"#.parse().unwrap(),
        contrast: false,
    }
}

/// The theme at a size, in English.
pub(crate) fn look(size: Size) -> Look {
    Look { theme: theme(), locale: Locale::default(), words: Words::default(), size }
}

/// German as written in Germany.
pub(crate) fn german() -> Locale {
    let months = ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."];
    Locale {
        decimal: ",".to_owned(),
        group: ".".to_owned(),
        compact: ["Tsd.", "Mio.", "Mrd.", "Bio."].map(str::to_owned),
        months: months.map(str::to_owned),
        weekdays: ["Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."].map(str::to_owned),
        day: "{d}. {m}".to_owned(),
        weekday_day: "{w} {d}. {m}".to_owned(),
        month_year: "{m} {y}".to_owned(),
    }
}

/// The look with no English in it.
pub(crate) fn foreign(look: Look) -> Look {
    let word = str::to_owned;
    let words = Words {
        left: word("Übrig"),
        expected: word("Erwartet"),
        at_least: word("Mindestens"),
        at_most: word("Höchstens"),
        expected_at: word("erwartet am {day}"),
        day_time: word("{day} um {time}"),
        hour: word("{h} Uhr"),
        hours: word("{from} bis {to} Uhr"),
    };
    Look { locale: german(), words, ..look }
}

/// The theme's colours as the picture has them.
pub(crate) fn hex(colour: Colour) -> String {
    colour.hex().to_uppercase()
}

/// Text as data may have it: markup, quotes, control characters, any script.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        Just(r#"<script>alert("1")</script>"#.to_owned()),
        Just("]]>&amp;'\"--><b style='x'>".to_owned()),
        Just("\u{0}\u{1b}\u{202e}\u{fffe}".to_owned()),
    ]
}

/// Fails unless the picture is XML made only of what a strict page takes, and the numbers beside it
/// are numbers within it.
pub(crate) fn check(chart: &Chart) {
    let document = roxmltree::Document::parse(&chart.svg).unwrap();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        let known = ["svg", "g", "path", "circle", "text"];
        assert!(known.contains(&name), "<{name}>");
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            assert!(
                name != "style" && name != "class" && name != "id" && name != "href" && !name.starts_with("on"),
                "{name}"
            );
            assert!(!value.contains("NaN") && !value.contains("inf"), "{name}={value}");
        }
    }
    let (width, height) = (f64::from(chart.width), f64::from(chart.height));
    let within = |x: f64, y: f64| (0.0..=width).contains(&x) && (0.0..=height).contains(&y);
    let plot = chart.plot;
    assert!(plot.width >= 0.0 && plot.height >= 0.0, "{plot:?}");
    assert!(within(plot.x, plot.y) && within(plot.right(), plot.bottom()), "{plot:?}");
    for point in &chart.points {
        assert!(point.values.iter().all(|value| within(point.x, value.y)), "{point:?}");
    }
    assert!(chart.points.windows(2).all(|pair| pair[0].x <= pair[1].x && pair[0].at <= pair[1].at));
    assert!(chart.x_ticks.windows(2).all(|pair| pair[0].at < pair[1].at), "{:?}", chart.x_ticks);
    assert!(chart.y_ticks.windows(2).all(|pair| pair[0].at > pair[1].at), "{:?}", chart.y_ticks);
}

/// The cells of a heat map in their order, Monday's hours first: left, upper, right and lower edge in tenths of pixels, and
/// the colour.
pub(crate) fn cells(svg: &str) -> Vec<([i32; 4], String)> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let mut cells = Vec::new();
    for path in document.descendants().filter(|node| node.has_tag_name("path")) {
        let colour = path.attribute("fill").unwrap();
        for area in outlines(path.attribute("d").unwrap()) {
            let [(left, top), (right, a), (b, bottom), (c, d)] = area[..] else { panic!("{area:?} is no rectangle") };
            assert_eq!((a, b, c, d), (top, right, left, bottom), "{area:?}");
            cells.push(([left, top, right, bottom], colour.to_owned()));
        }
    }
    cells.sort_by_key(|([left, top, ..], _)| (*top, *left));
    cells
}

/// Where the outlines of a path go, in tenths of pixels.
pub(crate) fn outlines(path: &str) -> Vec<Vec<(i32, i32)>> {
    let spaced: String = path
        .chars()
        .flat_map(|c| if matches!(c, '-' | 'M' | 'h' | 'v' | 'l' | 'z') { vec![' ', c] } else { vec![c] })
        .collect();
    let mut outlines: Vec<Vec<(i32, i32)>> = Vec::new();
    let mut command = ' ';
    let mut words = spaced.split_whitespace();
    while let Some(word) = words.next() {
        let number = if let Some(named) = word.chars().next().filter(char::is_ascii_alphabetic) {
            command = named;
            &word[1..]
        } else {
            word
        };
        if command == 'z' {
            continue;
        }
        let mut next =
            |text: &str| -> i32 { if text.is_empty() { words.next().unwrap() } else { text }.parse().unwrap() };
        let first = next(number);
        let place = match command {
            'M' => {
                outlines.push(Vec::new());
                (first, next(""))
            }
            _ => {
                let at = *outlines.last().and_then(|outline| outline.last()).unwrap();
                match command {
                    'h' => (at.0 + first, at.1),
                    'v' => (at.0, at.1 + first),
                    'l' => (at.0 + first, at.1 + next("")),
                    _ => panic!("{command} in {path}"),
                }
            }
        };
        outlines.last_mut().unwrap().push(place);
    }
    outlines
}

/// The texts of the picture, as they are read.
pub(crate) fn texts(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| node.text().unwrap_or_default().trim().to_owned()).collect()
}

/// What a path draws.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Line,
    Area,
}

/// The paths of a kind and colour.
pub(crate) fn paths<'a>(
    document: &'a roxmltree::Document<'_>,
    kind: Kind,
    colour: Colour,
) -> impl Iterator<Item = roxmltree::Node<'a, 'a>> {
    let colour = hex(colour);
    let paint = if kind == Kind::Line { "stroke" } else { "fill" };
    let paths = document.descendants().filter(|node| node.has_tag_name("path"));
    paths.filter(move |node| node.attribute(paint) == Some(&colour))
}

/// Where all lines, or the outlines of all areas, of a colour go, in pixels.
pub(crate) fn drawn(svg: &str, kind: Kind, colour: Colour) -> Vec<Vec<(f64, f64)>> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let outlines = paths(&document, kind, colour).flat_map(|node| outlines(node.attribute("d").unwrap()));
    let pixels = |(x, y): (i32, i32)| (f64::from(x) / 10.0, f64::from(y) / 10.0);
    outlines.map(|outline| outline.into_iter().map(pixels).collect()).collect()
}
