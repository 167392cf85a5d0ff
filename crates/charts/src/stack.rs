//! Buckets and the bands in them, on one axis of time.

use crate::calendar::{floor, range};
use crate::frame::{Frame, Span};
use crate::{ChartError, StackedArea};

/// The widest a lone bucket is drawn, in pixels: wider, it would look like a level and not a bar.
const BAR: f64 = 64.0;

/// A bucket and the upper edges of the bands in it, from the bottom up, in credits.
pub(crate) struct Column {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) values: Vec<u64>,
    pub(crate) tops: Vec<u64>,
    pub(crate) previous: Option<u64>,
}

impl Column {
    fn of(input: &StackedArea, index: usize, start: i64, end: i64) -> Self {
        let value = |values: &[u64]| values.get(index).copied();
        let values: Vec<u64> = input.series.iter().map(|series| value(&series.values).unwrap_or(0)).collect();
        let mut total = 0_u64;
        let tops = values
            .iter()
            .map(|value| {
                total = total.saturating_add(*value);
                total
            })
            .collect();
        let previous = input.previous.as_ref();
        Self { start, end, values, tops, previous: previous.and_then(|range| value(&range.totals)) }
    }

    pub(crate) fn total(&self) -> u64 {
        self.tops.last().copied().unwrap_or(0)
    }

    /// The lower and upper edge of a band.
    pub(crate) fn band(&self, index: usize) -> (u64, u64) {
        let edge = |index: usize| self.tops.get(index).copied().unwrap_or(0);
        (index.checked_sub(1).map_or(0, edge), edge(index))
    }
}

/// All buckets by their start.
pub(crate) struct Stack {
    pub(crate) columns: Vec<Column>,
    /// The highest edge or line.
    pub(crate) max: u64,
    pub(crate) span: Span,
}

impl Stack {
    pub(crate) fn of(input: &StackedArea) -> Result<Self, ChartError> {
        let mut columns = Vec::with_capacity(input.buckets.len());
        for (index, bucket) in input.buckets.iter().enumerate() {
            let (start, end) = range(bucket.start, bucket.end)?;
            columns.push(Column::of(input, index, start, end));
        }
        columns.sort_by_key(|column| column.start);
        let highest = |column: &Column| column.total().max(column.previous.unwrap_or(0));
        Ok(Self { max: columns.iter().map(highest).max().unwrap_or(0), span: span(input, &columns)?, columns })
    }

    /// What a series comes to in all buckets.
    pub(crate) fn total(&self, series: usize) -> u64 {
        let values = self.columns.iter().filter_map(|column| column.values.get(series));
        values.fold(0, |sum, value| sum.saturating_add(*value))
    }

    /// Where each column is drawn: twice for a lone one, at both edges of its bar.
    pub(crate) fn places(&self, frame: &Frame) -> Vec<(f64, &Column)> {
        if let [only] = self.columns.as_slice() {
            let width = frame.scale.x(only.end) - frame.scale.x(only.start);
            let (middle, half) = (self.x(frame, only), width.clamp(2.0, BAR) / 2.0);
            return vec![(middle - half, only), (middle + half, only)];
        }
        let place = |column| (self.x(frame, column), column);
        self.columns.iter().map(place).collect()
    }

    /// Where a column's point is: at its start, or in the middle of a bar.
    pub(crate) fn x(&self, frame: &Frame, column: &Column) -> f64 {
        let start = frame.scale.x(column.start);
        if self.columns.len() == 1 {
            return f64::midpoint(start, frame.scale.x(column.end));
        }
        start
    }

    /// How far into a plot of this width the columns go, 0 ..= 1.
    // Instants stay below 2^48.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn reach(&self, width: f64) -> f64 {
        let Span { from, to, .. } = self.span;
        let part = |at: i64| (at - from) as f64 / (to - from).max(1) as f64;
        let reach = match self.columns.as_slice() {
            [] => 0.0,
            [only] => f64::midpoint(0.0, part(only.end)) + BAR / 2.0 / width.max(1.0),
            [.., last] => part(last.start),
        };
        reach.clamp(0.0, 1.0)
    }
}

/// From the first bucket to where the last one of the range starts: values stand at starts. A bar
/// has a width, and needs the range up to its end.
fn span(input: &StackedArea, columns: &[Column]) -> Result<Span, ChartError> {
    let (zone, step) = (input.zone, input.step);
    let (_, domain_end) = range(0, input.domain_end)?;
    let last_start = floor(zone, step, domain_end.saturating_sub(1));
    let (from, to) = match columns {
        [] => (last_start, domain_end),
        [only] => (only.start, only.end.max(domain_end)),
        [first, .., last] => (first.start, last.start.max(last_start)),
    };
    let (from, to) = (from.max(0), to.max(from));
    Ok(Span { from, to, zone, step, ends: false })
}
