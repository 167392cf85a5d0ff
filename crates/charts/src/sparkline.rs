//! A course as small as a word.

use crate::Plot;
use crate::scale::Scale;
use crate::thin::{Spot, for_line};

const WIDTH: u32 = 56;
const HEIGHT: u32 = 22;
/// Half of the line, where it is thickest, lies outside of its path and may not be cut off.
const EDGE: f64 = 1.5;

/// A line without axes, and the box that it is drawn in. It has no colour: whoever shows it sees to that, so that it need
/// not be drawn anew in another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sparkline {
    /// A path as SVG has it; empty where there is no line.
    pub path: String,
    /// The box's width in pixels.
    pub width: u32,
    /// The box's height in pixels.
    pub height: u32,
}

/// A line through values at equal distances. The lower edge is 0, the upper one the highest value. Less than two values are
/// no line.
#[must_use]
pub fn sparkline(values: &[u64]) -> Sparkline {
    let plot = Plot { x: EDGE, y: EDGE, width: f64::from(WIDTH) - 2.0 * EDGE, height: f64::from(HEIGHT) - 2.0 * EDGE };
    let last = i64::try_from(values.len().saturating_sub(1)).unwrap_or(i64::MAX);
    let scale = Scale::new(plot, 0, last, values.iter().copied().max().unwrap_or(0));
    let spot = |(index, value): (i64, &u64)| ((scale.x(index), scale.y(*value)), *value);
    let spots: Vec<Spot> = (0..).zip(values).map(spot).collect();
    let kept = if spots.len() < 2 { Vec::new() } else { for_line(&spots) };
    let mut path = String::with_capacity(kept.len() * 10);
    for ((x, y), _) in kept.into_iter().filter_map(|index| spots.get(index)) {
        path.push(if path.is_empty() { 'M' } else { 'L' });
        path.push_str(&format!("{x} {y}"));
    }
    Sparkline { path, width: WIDTH, height: HEIGHT }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_line_goes_from_nothing_to_the_highest() {
        assert_eq!(sparkline(&[0, 4, 2]).path, "M1.5 20.5L28 1.5L54.5 11");
        assert_eq!(sparkline(&[0, 0]).path, "M1.5 20.5L54.5 20.5");
    }

    #[test]
    fn less_than_two_values_are_no_line() {
        assert_eq!((sparkline(&[]).path, sparkline(&[7]).path), (String::new(), String::new()));
    }

    proptest! {
        #[test]
        fn any_line_stays_in_its_box(values in prop::collection::vec(any::<u64>(), 2..3000)) {
            let Sparkline { path, width, height } = sparkline(&values);
            let rest = path.strip_prefix('M').unwrap();
            let places = rest.split('L').map(|place| place.split_once(' ').unwrap());
            let places: Vec<(f64, f64)> = places.map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).collect();
            prop_assert!(places.len() <= 4 * 56);
            for (x, y) in &places {
                prop_assert!((EDGE..=f64::from(width) - EDGE).contains(x) && (EDGE..=f64::from(height) - EDGE).contains(y));
            }
            prop_assert!(places.windows(2).all(|pair| pair[0].0 <= pair[1].0));
            prop_assert!((places[places.len() - 1].0 - 54.5).abs() < 1e-9);
        }
    }
}
