//! The bands of an area.

use crate::canvas::{Canvas, Group, Ink, Place};
use crate::frame::Frame;
use crate::stack::{Column, Stack};
use crate::thin::for_line;
use crate::{ChartError, Stacked, Theme};

/// How dense the bands are: the grid shines through.
const BAND: f64 = 0.86;

/// Draws the bands and the range before them. Says where they end.
pub(crate) fn draw(
    canvas: &mut Canvas<'_>,
    input: &Stacked,
    theme: &Theme,
    stack: &Stack,
    frame: &Frame,
) -> Result<Option<f64>, ChartError> {
    let places = visible(&stack.places(frame));
    let used: Vec<usize> = (0..input.series.len()).filter(|index| stack.total(*index) > 0).collect();
    let edge = |index: usize, upper: bool| -> Vec<Place> {
        let y = |column: &Column| {
            let (low, high) = column.band(index);
            frame.scale.y(if upper { high } else { low })
        };
        places.iter().map(|(x, column)| (*x, y(column))).collect()
    };
    canvas.layer(&Group::Round, |layer| {
        for (index, series) in used.iter().filter_map(|index| Some((*index, input.series.get(*index)?))) {
            let mut outline = edge(index, true);
            outline.extend(edge(index, false).into_iter().rev());
            layer.fill(&outline, theme.of_series(&series.key), theme.tint(BAND, 1.0))?;
        }
        Ok(())
    })?;
    // A seam between bands tells them apart for who cannot by their colours.
    if let Some(width) = theme.seam(room(&places)) {
        let edges: Vec<Vec<Place>> = used.iter().skip(1).map(|index| edge(*index, false)).collect();
        canvas.lines(&Group::Round, &edges, Ink { colour: theme.surface, opacity: 1.0, width });
    }
    let path: Vec<Place> =
        places.iter().filter_map(|(x, column)| Some((*x, frame.scale.y(column.previous?)))).collect();
    let ink = Ink { colour: theme.ink2, opacity: 1.0, width: theme.stroke(1.3) };
    canvas.lines(&Group::Dashed(2.0, 3.0), &[path], ink);
    Ok(places.last().map(|(x, _)| *x))
}

/// From one place to the next, in pixels; without a next one, more than enough.
fn room(places: &[(f64, &Column)]) -> f64 {
    let steps = places.iter().zip(places.iter().skip(1)).map(|((from, _), (to, _))| to - from);
    steps.fold(f64::MAX, f64::min)
}

/// The columns that the picture needs to look as if it had all. Few enough are all.
fn visible<'a>(places: &[(f64, &'a Column)]) -> Vec<(f64, &'a Column)> {
    let spots: Vec<_> = places.iter().map(|(x, column)| ((*x, 0.0), column.total())).collect();
    for_line(&spots).into_iter().filter_map(|index| places.get(index).copied()).collect()
}
