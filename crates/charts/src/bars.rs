//! The bars of buckets.

use crate::canvas::{Canvas, Group, Ink, Place};
use crate::frame::Frame;
use crate::stack::{Column, Stack};
use crate::thin::highest;
use crate::{ChartError, Stacked, Theme};

/// The part of a bucket's width that is left free beside its bar.
const GAP_PART: f64 = 0.24;
/// A bar that would leave less than this, or have less than twice of it, touches the next one. In pixels.
const LEAST_GAP: f64 = 1.0;
/// How far the line of the range before sticks out of a bar at each side, as a part of the bar.
const OVERHANG: f64 = 0.08;
/// Narrower bars share one line for the range before. In pixels.
const OWN_LINE: f64 = 6.0;

/// A bar with its left and right edge.
pub(crate) struct Bar<'a> {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) column: &'a Column,
}

impl Bar<'_> {
    fn width(&self) -> f64 {
        self.right - self.left
    }
}

/// The edges of a bar within its bucket, no wider than `widest`.
pub(crate) fn edges(from: f64, to: f64, widest: f64) -> (f64, f64) {
    let room = to - from;
    let gap = GAP_PART * room;
    let gap = if gap < LEAST_GAP || room - gap < 2.0 * LEAST_GAP { 0.0 } else { gap };
    let half = (room - gap).clamp(1.0, widest) / 2.0;
    let middle = f64::midpoint(from, to);
    (middle - half, middle + half)
}

/// Draws the bars and the range before them. Says where the last one ends.
pub(crate) fn draw(
    canvas: &mut Canvas<'_>,
    input: &Stacked,
    theme: &Theme,
    stack: &Stack,
    frame: &Frame,
) -> Result<Option<f64>, ChartError> {
    let bars = visible(stack.bars(frame));
    let used: Vec<usize> = (0..input.series.len()).filter(|index| stack.total(*index) > 0).collect();
    canvas.layer(&Group::Plain, |layer| {
        let series = used.iter().filter_map(|index| Some((*index, input.series.get(*index)?)));
        series.into_iter().try_for_each(|(index, series)| {
            layer.fill(&outline(&bars, index, frame), theme.of_series(&series.key), 1.0)
        })
    })?;
    let narrowest = bars.iter().map(Bar::width).fold(f64::MAX, f64::min);
    if let Some(width) = theme.seam(narrowest) {
        let edges = used.iter().skip(1).flat_map(|index| runs(&bars).map(|run| lower_edge(run, *index, frame)));
        let edges: Vec<Vec<Place>> = edges.collect();
        canvas.lines(&Group::Plain, &edges, Ink { colour: theme.surface, opacity: 1.0, width });
    }
    draw_previous(canvas, theme, frame, &bars);
    Ok(bars.last().map(|bar| bar.right))
}

/// One series in all bars, as one outline: there along the upper edges, back along the lower ones. Between bars that do
/// not touch, the way back is the way there, so that nothing is filled. An outline for each bar would be three times as
/// much picture.
fn outline(bars: &[Bar<'_>], series: usize, frame: &Frame) -> Vec<Place> {
    let mut there = Vec::with_capacity(bars.len() * 6);
    let mut back = Vec::with_capacity(bars.len() * 2);
    for run in runs(bars) {
        for (index, bar) in run.iter().enumerate() {
            let (low, high) = bar.column.band(series);
            let (low, high) = (frame.scale.y(low), frame.scale.y(high));
            if index == 0 {
                there.push((bar.left, low));
            }
            there.extend([(bar.left, high), (bar.right, high)]);
            back.extend([(bar.left, low), (bar.right, low)]);
        }
        there.extend(back.last().copied());
    }
    there.extend(back.into_iter().rev());
    there
}

/// Bars that touch.
fn runs<'a, 'b>(bars: &'a [Bar<'b>]) -> impl Iterator<Item = &'a [Bar<'b>]> {
    bars.chunk_by(|bar, next| next.left <= bar.right)
}

/// Where a series stands on those below it, in bars that touch.
fn lower_edge(run: &[Bar<'_>], series: usize, frame: &Frame) -> Vec<Place> {
    let corners = |bar: &Bar<'_>| {
        let low = frame.scale.y(bar.column.band(series).0);
        [(bar.left, low), (bar.right, low)]
    };
    run.iter().flat_map(corners).collect()
}

fn draw_previous(canvas: &mut Canvas<'_>, theme: &Theme, frame: &Frame, bars: &[Bar<'_>]) {
    let place = |bar: &Bar<'_>| Some((f64::midpoint(bar.left, bar.right), frame.scale.y(bar.column.previous?)));
    let ink = |width: f64| Ink { colour: theme.ink2, opacity: 1.0, width };
    if bars.iter().any(|bar| bar.width() < OWN_LINE) {
        let path: Vec<Place> = bars.iter().filter_map(place).collect();
        return canvas.lines(&Group::Dashed(2.0, 3.0), &[path], ink(theme.stroke(1.3)));
    }
    let over = |bar: &Bar<'_>| {
        let (_, y) = place(bar)?;
        let more = OVERHANG * bar.width();
        Some(vec![(bar.left - more, y), (bar.right + more, y)])
    };
    let lines: Vec<Vec<Place>> = bars.iter().filter_map(over).collect();
    // Dots alone would drown in a bar that is as dark as they are.
    let ground = Ink { colour: theme.surface, opacity: 0.75, width: theme.stroke(1.6) + 1.4 };
    canvas.lines(&Group::Plain, &lines, ground);
    canvas.lines(&Group::Dashed(2.0, 2.0), &lines, ink(theme.stroke(1.6)));
}

/// One bar a pixel: of those that share one, the highest.
fn visible(bars: Vec<Bar<'_>>) -> Vec<Bar<'_>> {
    let spots: Vec<_> = bars.iter().map(|bar| ((bar.left, 0.0), bar.column.total())).collect();
    let mut kept = highest(&spots).into_iter().peekable();
    let keep = |(index, bar)| kept.next_if_eq(&index).map(|_| bar);
    bars.into_iter().enumerate().filter_map(keep).collect()
}

#[cfg(test)]
#[path = "bars_tests.rs"]
mod tests;
