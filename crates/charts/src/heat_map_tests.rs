use super::*;
use crate::Size;
use crate::fixtures::{cells, check, foreign, look, texts, theme};
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
fn colours(svg: &str) -> Vec<String> {
    cells(svg).into_iter().map(|(_, colour)| colour).collect()
}

#[test]
fn a_cell_is_the_stronger_the_more_was_used() {
    let chart = heat_map(&office(), &look(SIZE)).unwrap();
    check(&chart);
    let cells = colours(&chart.svg);
    assert_eq!(cells.len(), DAYS * HOURS);
    let blue = |day: usize, hour: usize| u8::from_str_radix(&cells[day * HOURS + hour][5..], 16).unwrap();
    // The accent is 6 and the surface 5, far too near to each other: so look at other colours.
    assert!(blue(4, 12) == theme().accent.blue);
    let mut strong = look(SIZE);
    strong.theme.accent = Colour { red: 0, green: 0, blue: 255 };
    let cells = colours(&heat_map(&office(), &strong).unwrap().svg);
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
    let ([left, top, right, bottom], _) = cells(&chart.svg)[2 * HOURS + 9].clone();
    let middle = (f64::from(left + right) / 20.0, f64::from(top + bottom) / 20.0);
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
        let cells = cells(&chart.svg);
        assert!(cells.iter().flat_map(|(edges, _)| edges).all(|edge| edge % 10 == 0), "{width}");
        let size = |([left, top, right, bottom], _): &([i32; 4], String)| (right - left, bottom - top);
        let sizes: std::collections::BTreeSet<(i32, i32)> = cells.iter().map(size).collect();
        assert_eq!(sizes.len(), 1, "{width}: {sizes:?}");
        // Nothing is left free at the right.
        assert!((chart.plot.right() - f64::from(width)).abs() < 1e-9);
    }
}

#[test]
fn a_picture_has_few_elements_whatever_was_used() {
    let credits = std::array::from_fn(|day| std::array::from_fn(|hour| (1 + day * HOURS + hour) as u64));
    let chart = heat_map(&HeatMap { credits }, &look(SIZE)).unwrap();
    assert_eq!(cells(&chart.svg).len(), DAYS * HOURS);
    let document = roxmltree::Document::parse(&chart.svg).unwrap();
    let paths = document.descendants().filter(|node| node.has_tag_name("path"));
    assert!(paths.clone().all(|path| path.attributes().len() == 2));
    // Beside the cells there are the names of days and hours, their group and the picture itself.
    assert_eq!(document.descendants().filter(roxmltree::Node::is_element).count(), paths.count() + DAYS + 4 + 2);
    assert!(colours(&chart.svg).into_iter().collect::<std::collections::BTreeSet<_>>().len() <= usize::from(SHADES));
}

#[test]
fn the_least_use_is_told_from_none_and_from_the_most() {
    let told = |credits, most| shade(credits, most);
    assert_eq!([told(0, 0), told(0, 9), told(1, u64::MAX), told(u64::MAX, u64::MAX), told(1, 1)], [0, 0, 1, 32, 32]);
}

#[test]
fn no_use_at_all_is_a_ground_and_no_heat() {
    let chart = heat_map(&HeatMap { credits: [[0; HOURS]; DAYS] }, &look(SIZE)).unwrap();
    let cells = colours(&chart.svg);
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
