//! Use over time, as bands on each other.

use chrono_tz::Tz;

use crate::calendar::{Step, bucket_name, year};
use crate::canvas::{Canvas, Group, Place};
use crate::chart::signed;
use crate::frame::{Frame, GAP, Values};
use crate::legend::{Entry, Legend};
use crate::stack::{Column, Stack};
use crate::{Chart, ChartError, Point, PointValue, Size, Theme};

/// How dense the bands are: the grid shines through.
const BAND: f64 = 0.86;

/// One band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Finds its colour in [`Theme::series`].
    pub key: String,
    /// Its label: data, escaped here.
    pub name: String,
    /// Credits by bucket. What is missing is 0, what is too much is not drawn.
    pub values: Vec<u64>,
}

/// One step of the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// First instant, in milliseconds UTC.
    pub start: i64,
    /// First instant after it.
    pub end: i64,
}

/// The range before, to compare with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// What to call it: "October". Data, escaped here.
    pub name: String,
    /// Its totals in credits, by the index of the bucket that each is compared with.
    pub totals: Vec<u64>,
}

/// What [`stacked_area`] draws.
#[derive(Debug, Clone, PartialEq)]
pub struct StackedArea {
    /// From the bottom up.
    pub series: Vec<Series>,
    /// In any order.
    pub buckets: Vec<Bucket>,
    /// First instant after the range, which may go on beyond the last bucket: to the end of a
    /// period, say. The plot leaves that room.
    pub domain_end: i64,
    /// Drawn as one dotted line.
    pub previous: Option<Previous>,
    /// The billing zone.
    pub zone: Tz,
    /// How long a bucket is.
    pub step: Step,
}

/// Draws use over time: a band for each series, labelled where it ends.
///
/// A value stands at the start of its bucket, so that "1 Nov" is above the tick of that name; a lone
/// bucket is a bar. Series without any use get no label, and neither do the smallest ones where the
/// plot is not high enough for all of them.
///
/// # Errors
/// [`ChartError::Size`], and [`ChartError::Range`] for a bucket or range outside of the calendar or
/// that ends before it starts.
pub fn stacked_area(input: &StackedArea, theme: &Theme, size: Size) -> Result<Chart, ChartError> {
    let size = size.checked()?;
    let stack = Stack::of(input)?;
    let values = Values::new(size, stack.max);
    let legend = legend(input, theme, &stack);
    let widest = size.w() - GAP;
    let reach = stack.reach(widest - values.left());
    let right = legend.right(size, values.left(), reach);
    let frame = Frame::new(&values, right.unwrap_or(widest), &stack.span);
    let places = stack.places(&frame);

    let mut canvas = Canvas::new(size, &theme.font);
    frame.draw(&mut canvas, theme, size)?;
    draw_bands(&mut canvas, input, theme, &stack, &frame, &places)?;
    draw_previous(&mut canvas, theme, &frame, &places)?;
    if let (Some(_), Some((x, _))) = (right, places.last()) {
        legend.draw(&mut canvas, theme, size, &frame, *x)?;
    }
    Ok(Chart {
        svg: canvas.finish(),
        width: size.width,
        height: size.height,
        plot: frame.plot,
        points: points(input, &stack, &frame),
        x_ticks: frame.x_ticks,
        y_ticks: frame.y_ticks,
    })
}

fn draw_bands(
    canvas: &mut Canvas<'_>,
    input: &StackedArea,
    theme: &Theme,
    stack: &Stack,
    frame: &Frame,
    places: &[(f64, &Column)],
) -> Result<(), ChartError> {
    let used = |index: &usize| stack.total(*index) > 0;
    let edge = |index: usize, upper: bool| -> Vec<Place> {
        let y = |column: &Column| {
            let (low, high) = column.band(index);
            frame.scale.y(if upper { high } else { low })
        };
        places.iter().map(|(x, column)| (*x, y(column))).collect()
    };
    canvas.layer(&Group::Round, |layer| {
        for (index, series) in input.series.iter().enumerate().filter(|(index, _)| used(index)) {
            let mut outline = edge(index, true);
            outline.extend(edge(index, false).into_iter().rev());
            layer.fill(&outline, theme.of_series(&series.key), BAND)?;
        }
        // A seam between bands tells them apart for who cannot by their colours.
        for index in (0..input.series.len()).filter(used).skip(1) {
            layer.line(&edge(index, false), theme.surface, 1.0, 1.0)?;
        }
        Ok(())
    })
}

fn draw_previous(
    canvas: &mut Canvas<'_>,
    theme: &Theme,
    frame: &Frame,
    places: &[(f64, &Column)],
) -> Result<(), ChartError> {
    let path: Vec<Place> =
        places.iter().filter_map(|(x, column)| Some((*x, frame.scale.y(column.previous?)))).collect();
    canvas.layer(&Group::Dashed(2.0, 3.0), |layer| layer.line(&path, theme.ink2, 1.0, 1.3))
}

fn legend(input: &StackedArea, theme: &Theme, stack: &Stack) -> Legend {
    let Some(last) = stack.columns.last() else {
        return Legend::default();
    };
    let mut legend = Legend::default();
    for (index, series) in input.series.iter().enumerate().rev() {
        let (low, high) = last.band(index);
        let weight = stack.total(index);
        if weight > 0 {
            legend.entries.push(Entry {
                name: series.name.clone(),
                colour: theme.of_series(&series.key),
                dotted: false,
                at: low + (high - low) / 2,
                weight,
            });
        }
    }
    if let (Some(previous), Some(at)) = (&input.previous, last.previous) {
        legend.entries.push(Entry {
            name: previous.name.clone(),
            colour: theme.ink2,
            dotted: true,
            at,
            weight: u64::MAX,
        });
    }
    legend
}

fn points(input: &StackedArea, stack: &Stack, frame: &Frame) -> Vec<Point> {
    let years = |column: Option<&Column>| column.map(|column| year(input.zone, column.start));
    let dated = years(stack.columns.first()) != years(stack.columns.last());
    stack
        .columns
        .iter()
        .map(|column| {
            let mut values: Vec<PointValue> = input
                .series
                .iter()
                .zip(column.values.iter().zip(&column.tops))
                .map(|(series, (value, top))| PointValue {
                    key: series.key.clone(),
                    name: series.name.clone(),
                    value: signed(*value),
                    y: frame.scale.y(*top),
                })
                .collect();
            if let (Some(previous), Some(total)) = (&input.previous, column.previous) {
                values.push(PointValue {
                    key: "previous".to_owned(),
                    name: previous.name.clone(),
                    value: signed(total),
                    y: frame.scale.y(total),
                });
            }
            Point {
                at: column.start,
                x: stack.x(frame, column),
                label: bucket_name(input.zone, input.step, column.start, column.end, dated),
                values,
                total: signed(column.total()),
            }
        })
        .collect()
}

#[cfg(test)]
#[path = "stacked_tests.rs"]
mod tests;
