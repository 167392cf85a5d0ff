//! A course as small as a word.

use crate::canvas::{Canvas, Group, Place};
use crate::chart::signed;
use crate::numbers::grouped;
use crate::scale::Scale;
use crate::thin::{Spot, for_line};
use crate::{Chart, ChartError, Look, Plot, Point, PointValue};

/// The line's thickness and the last value's dot, in pixels.
const LINE: f64 = 1.6;
const DOT: f64 = 2.0;

/// Draws a line through values at equal distances, the last one with a dot, in the colour of the series `key`.
///
/// There are no axes: the lower edge is 0, the upper one the highest value. A lone value is a dot at the right end; a
/// picture of none is empty. The points' `at` is the value's index, their label the amount.
///
/// # Errors
/// [`ChartError::Size`].
pub fn sparkline(values: &[u64], key: &str, look: &Look) -> Result<Chart, ChartError> {
    let (theme, size) = (&look.theme, look.size.checked()?);
    // Neither the dot nor half of the line may be cut off.
    let edge = (theme.stroke(DOT) + 0.5).min(size.w() / 2.0).min(size.h() / 2.0);
    let plot = Plot { x: edge, y: edge, width: size.w() - 2.0 * edge, height: size.h() - 2.0 * edge };
    let last = i64::try_from(values.len().saturating_sub(1)).unwrap_or(i64::MAX);
    let scale = Scale::new(plot, 0, last, values.iter().copied().max().unwrap_or(0));
    let x = |index: i64| if last == 0 { plot.right() } else { scale.x(index) };
    let spots: Vec<Spot> = (0..).zip(values).map(|(index, value)| ((x(index), scale.y(*value)), *value)).collect();
    let line: Vec<Place> =
        for_line(&spots).into_iter().filter_map(|index| spots.get(index)).map(|spot| spot.0).collect();

    let mut canvas = Canvas::new(size, &theme.font);
    let colour = theme.of_series(key);
    canvas.layer(&Group::Round, |layer| {
        layer.line(&line, colour, 1.0, theme.stroke(LINE))?;
        line.last().map_or(Ok(()), |at| layer.dot(*at, theme.stroke(DOT), colour))
    })?;
    let point = |(index, ((x, y), value)): (i64, &Spot)| Point {
        at: index,
        x: *x,
        label: grouped(*value, &look.locale),
        values: vec![PointValue { key: key.to_owned(), name: String::new(), value: signed(*value), y: *y }],
        total: signed(*value),
    };
    Ok(Chart {
        svg: canvas.finish(),
        width: size.width,
        height: size.height,
        plot,
        points: (0..).zip(&spots).map(point).collect(),
        x_ticks: Vec::new(),
        y_ticks: Vec::new(),
        timed: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Size;
    use crate::fixtures::{check, drawn, look, theme};
    use proptest::prelude::*;

    const SIZE: Size = Size { width: 56, height: 22 };

    fn places(values: &[u64]) -> Vec<(f64, f64)> {
        let chart = sparkline(values, "a", &look(SIZE)).unwrap();
        check(&chart);
        drawn(&chart.svg, "polyline", theme().of_series("a")).concat()
    }

    #[test]
    fn the_line_goes_from_nothing_to_the_highest_and_ends_in_a_dot() {
        assert_eq!(places(&[0, 4, 2]), [(2.5, 19.5), (28.0, 2.5), (53.5, 11.0)]);
        let chart = sparkline(&[0, 4, 2], "a", &look(SIZE)).unwrap();
        assert!(chart.svg.contains(r#"<circle cx="535" cy="110" r="20""#), "{}", chart.svg);
        assert_eq!(chart.points.iter().map(|point| point.total).collect::<Vec<_>>(), [0, 4, 2]);
    }

    #[test]
    fn one_value_is_a_dot_and_none_is_nothing() {
        let one = sparkline(&[7], "a", &look(SIZE)).unwrap();
        assert!(one.svg.contains(r#"<circle cx="535""#) && !one.svg.contains("polyline"), "{}", one.svg);
        let none = sparkline(&[], "a", &look(SIZE)).unwrap();
        assert!(none.points.is_empty() && !none.svg.contains("circle"));
        assert_eq!(places(&[0, 0]), [(2.5, 19.5), (53.5, 19.5)]);
    }

    proptest! {
        #[test]
        fn anything_is_drawn_as_a_sound_picture(
            values in prop::collection::vec(any::<u64>(), 0..300),
            width in 1_u32..120,
            height in 1_u32..60,
        ) {
            let chart = sparkline(&values, "a", &look(Size { width, height })).unwrap();
            check(&chart);
            prop_assert_eq!(chart.points.len(), values.len());
        }
    }
}
