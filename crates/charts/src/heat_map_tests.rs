use super::*;
use crate::Size;
use crate::fixtures::{check, foreign, look, texts, theme};
use proptest::prelude::*;

const SIZE: Size = Size { width: 264, height: 180 };

fn office() -> HeatMap {
    let mut credits = [[0; HOURS]; DAYS];
    for (day, hours) in credits.iter_mut().enumerate().take(5) {
        for (hour, credit) in hours.iter_mut().enumerate().take(18).skip(8) {
            *credit = (100 - 10 * hour.abs_diff(12) + day) as u64;
        }
    }
    HeatMap { credits }
}

/// The colour of each cell, by weekday and hour.
fn cells(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let cells = document.descendants().filter(|node| node.has_tag_name("polygon"));
    cells.map(|node| node.attribute("fill").unwrap().to_lowercase()).collect()
}

#[test]
fn a_cell_is_the_stronger_the_more_was_used() {
    let chart = heat_map(&office(), &look(SIZE)).unwrap();
    check(&chart);
    let cells = cells(&chart.svg);
    assert_eq!(cells.len(), DAYS * HOURS);
    let blue = |day: usize, hour: usize| u8::from_str_radix(&cells[day * HOURS + hour][5..], 16).unwrap();
    // The accent is 6 and the surface 5, far too near to each other: so look at other colours.
    assert!(blue(4, 12) == theme().accent.blue);
    let mut strong = look(SIZE);
    strong.theme.accent = Colour { red: 0, green: 0, blue: 255 };
    let cells = self::cells(&heat_map(&office(), &strong).unwrap().svg);
    let blue = |day: usize, hour: usize| u8::from_str_radix(&cells[day * HOURS + hour][5..], 16).unwrap();
    assert_eq!(blue(4, 12), 255);
    assert!(blue(4, 12) > blue(0, 12) && blue(0, 12) > blue(0, 17) && blue(0, 17) > 40, "{cells:?}");
    assert!(blue(6, 12) < 10, "{cells:?}");
}

#[test]
fn each_hour_is_a_point_with_all_weekdays() {
    let chart = heat_map(&office(), &look(SIZE)).unwrap();
    assert_eq!(chart.points.len(), HOURS);
    let nine = &chart.points[9];
    assert_eq!((nine.label.as_str(), nine.at, nine.total), ("9 – 10 h", 9 * HOUR, 70 + 71 + 72 + 73 + 74));
    let told: Vec<_> = nine.values.iter().map(|value| (value.key.as_str(), value.name.as_str(), value.value)).collect();
    assert_eq!(told[0], ("0", "Mon", 70));
    assert_eq!(told[6], ("6", "Sun", 0));
    // The middle of the cell that is drawn.
    let document = roxmltree::Document::parse(&chart.svg).unwrap();
    let cell = document.descendants().filter(|node| node.has_tag_name("polygon")).nth(2 * HOURS + 9).unwrap();
    let number = |text: &str| text.parse::<f64>().unwrap() / 10.0;
    let corners = cell.attribute("points").unwrap().split_whitespace().map(|pair| pair.split_once(',').unwrap());
    let corners: Vec<_> = corners.map(|(x, y)| (number(x), number(y))).collect();
    let middle = (f64::midpoint(corners[0].0, corners[2].0), f64::midpoint(corners[0].1, corners[2].1));
    assert!((middle.0 - nine.x).abs() < 0.11 && (middle.1 - nine.values[2].y).abs() < 0.11, "{middle:?}");
}

#[test]
fn weekdays_and_hours_are_named_in_the_persons_language() {
    let german = heat_map(&office(), &foreign(look(Size { width: 400, height: 180 }))).unwrap();
    let texts = texts(&german.svg);
    assert_eq!(texts, ["So.", "Sa.", "Fr.", "Do.", "Mi.", "Di.", "Mo.", "0 Uhr", "6 Uhr", "12 Uhr", "18 Uhr"]);
    assert_eq!(german.points[23].label, "23 bis 24 Uhr");
}

#[test]
fn a_small_picture_goes_without_words() {
    let chart = heat_map(&office(), &look(Size { width: 60, height: 40 })).unwrap();
    check(&chart);
    assert!(texts(&chart.svg).is_empty());
    assert_eq!((chart.plot.x, chart.plot.width), (0.0, 60.0));
}

#[test]
fn all_cells_are_of_one_size_with_whole_edges_however_wide_the_picture_is() {
    for width in 230..330 {
        let chart = heat_map(&office(), &look(Size { width, height: 169 })).unwrap();
        let document = roxmltree::Document::parse(&chart.svg).unwrap();
        let cells = document.descendants().filter(|node| node.has_tag_name("polygon"));
        let sizes: std::collections::BTreeSet<(i32, i32)> = cells
            .map(|node| {
                let points = node.attribute("points").unwrap();
                let numbers: Vec<i32> = points.split([' ', ',']).map(|number| number.parse().unwrap()).collect();
                assert!(numbers.iter().all(|number| number % 10 == 0), "{points} of {width}");
                (numbers[4] - numbers[0], numbers[5] - numbers[1])
            })
            .collect();
        assert_eq!(sizes.len(), 1, "{width}: {sizes:?}");
        // Nothing is left free at the right.
        assert!((chart.plot.right() - f64::from(width)).abs() < 1e-9);
    }
}

#[test]
fn a_cell_is_one_element_with_a_colour_and_a_place() {
    let chart = heat_map(&office(), &look(SIZE)).unwrap();
    let document = roxmltree::Document::parse(&chart.svg).unwrap();
    let cells = document.descendants().filter(|node| node.has_tag_name("polygon"));
    assert!(cells.clone().all(|cell| cell.attributes().len() == 2 && !cell.has_children()));
    // Beside the cells there are their names, and the groups of both.
    assert_eq!(document.descendants().filter(roxmltree::Node::is_element).count(), cells.count() + 7 + 4 + 2 + 1);
}

#[test]
fn no_use_at_all_is_a_ground_and_no_heat() {
    let chart = heat_map(&HeatMap { credits: [[0; HOURS]; DAYS] }, &look(SIZE)).unwrap();
    let cells = cells(&chart.svg);
    assert!(cells.windows(2).all(|pair| pair[0] == pair[1]));
}

proptest! {
    #[test]
    fn anything_is_drawn_as_a_sound_picture(
        amounts in prop::collection::vec(any::<u64>(), DAYS * HOURS),
        width in 1_u32..2400,
        height in 1_u32..1400,
    ) {
        let mut credits = [[0; HOURS]; DAYS];
        for (index, amount) in amounts.into_iter().enumerate() {
            credits[index / HOURS][index % HOURS] = amount;
        }
        let chart = heat_map(&HeatMap { credits }, &look(Size { width, height })).unwrap();
        check(&chart);
        prop_assert_eq!(chart.points.len(), HOURS);
    }
}
