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
        let known = ["svg", "g", "path", "polyline", "polygon", "circle", "text"];
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
        for area in path.attribute("d").unwrap().split_terminator('z') {
            let numbers: Vec<i32> =
                area.split(['M', ',', 'H', 'V']).skip(1).map(|text| text.parse().unwrap()).collect();
            let [left, top, right, bottom, back] = numbers[..] else { panic!("{area} is no rectangle") };
            assert_eq!(back, left, "{area}");
            cells.push(([left, top, right, bottom], colour.to_owned()));
        }
    }
    cells.sort_by_key(|([left, top, ..], _)| (*top, *left));
    cells
}

/// The texts of the picture, as they are read.
pub(crate) fn texts(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| node.text().unwrap_or_default().trim().to_owned()).collect()
}

/// The places of all elements of a name and colour, in pixels.
pub(crate) fn drawn(svg: &str, element: &str, colour: Colour) -> Vec<Vec<(f64, f64)>> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let colour = hex(colour);
    let of_colour = |node: &roxmltree::Node<'_, '_>| {
        node.tag_name().name() == element
            && [node.attribute("stroke"), node.attribute("fill")].contains(&Some(colour.as_str()))
    };
    let place = |pair: &str| {
        let (x, y) = pair.split_once(',').unwrap();
        (x.parse::<f64>().unwrap() / 10.0, y.parse::<f64>().unwrap() / 10.0)
    };
    let nodes = document.descendants().filter(of_colour);
    nodes.map(|node| node.attribute("points").unwrap().split_whitespace().map(place).collect()).collect()
}
