//! Use over time, as bands or bars on each other.

use chrono_tz::Tz;

use crate::calendar::{Step, year};
use crate::canvas::Canvas;
use crate::chart::signed;
use crate::dates::Dates;
use crate::frame::{Frame, GAP, Values};
use crate::legend::{Entry, Legend};
use crate::stack::{Column, Stack};
use crate::{Chart, ChartError, Look, Point, PointValue, Theme, bands, bars};

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

/// How use over time is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Bands on each other: each value stands at the start of its bucket.
    Area,
    /// A bar for each bucket, as wide as that allows: each value stands in the middle of its bucket.
    Bars,
}

/// What [`stacked`] draws.
#[derive(Debug, Clone, PartialEq)]
pub struct Stacked {
    /// From the bottom up.
    pub series: Vec<Series>,
    /// In any order.
    pub buckets: Vec<Bucket>,
    /// First instant after the range, which may go on beyond the last bucket: to the end of a
    /// period, say. The plot leaves that room.
    pub domain_end: i64,
    /// Drawn as one dotted line, or as one over each bar.
    pub previous: Option<Previous>,
    /// The billing zone.
    pub zone: Tz,
    /// How long a bucket is.
    pub step: Step,
    /// How it is drawn.
    pub shape: Shape,
}

/// Draws use over time: a band for each series, labelled where it ends.
///
/// Of an area, a value stands at the start of its bucket, so that "1 Nov" is above the tick of that name; a lone
/// bucket is a bar. Of bars, value, tick and point stand in the middle of the bucket; hours have their ticks where
/// they start, as clocks have them. Series without any use get no label, and neither do the smallest ones where the
/// plot is not high enough for all of them.
///
/// Where more buckets share a pixel than can be seen, the picture leaves out those between the first, the highest, the
/// lowest and the last (of bars, all but the highest); the points are all of them.
///
/// # Errors
/// [`ChartError::Size`], and [`ChartError::Range`] for a bucket or range outside of the calendar or
/// that ends before it starts.
pub fn stacked(input: &Stacked, look: &Look) -> Result<Chart, ChartError> {
    let (theme, size) = (&look.theme, look.size.checked()?);
    let stack = Stack::of(input)?;
    let dates = Dates::new(input.zone, look);
    let values = Values::new(look, stack.max);
    let legend = legend(input, theme, &stack);
    let widest = size.w() - GAP;
    let right = legend.right(size, values.left(), stack.reach());
    let frame = Frame::new(&values, right.unwrap_or(widest), &stack.span, dates, look);

    let mut canvas = Canvas::new(size, &theme.font);
    frame.draw(&mut canvas, look)?;
    let end = match input.shape {
        Shape::Area => bands::draw(&mut canvas, input, theme, &stack, &frame)?,
        Shape::Bars => bars::draw(&mut canvas, input, theme, &stack, &frame)?,
    };
    if let (Some(_), Some(x)) = (right, end) {
        legend.draw(&mut canvas, theme, size, &frame, x)?;
    }
    Ok(Chart {
        svg: canvas.finish(),
        width: size.width,
        height: size.height,
        plot: frame.plot,
        points: points(input, &stack, &frame, dates),
        x_ticks: frame.x_ticks,
        y_ticks: frame.y_ticks,
        timed: true,
    })
}

fn legend(input: &Stacked, theme: &Theme, stack: &Stack) -> Legend {
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
        let (name, colour) = (previous.name.clone(), theme.ink2);
        legend.entries.push(Entry { name, colour, dotted: true, at, weight: u64::MAX });
    }
    legend
}

fn points(input: &Stacked, stack: &Stack, frame: &Frame, dates: Dates<'_>) -> Vec<Point> {
    let years = |column: Option<&Column>| column.map(|column| year(input.zone, column.start));
    let dated = years(stack.columns.first()) != years(stack.columns.last());
    let point = |column: &Column| {
        let amounts = column.values.iter().zip(&column.tops);
        let mut values: Vec<PointValue> = input
            .series
            .iter()
            .zip(amounts)
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
            label: dates.bucket(input.step, column.start, column.end, dated),
            values,
            total: signed(column.total()),
        }
    };
    stack.columns.iter().map(point).collect()
}

#[cfg(test)]
#[path = "stacked_tests.rs"]
mod tests;
