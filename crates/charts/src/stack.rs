//! Buckets and the bands in them, on one axis of time.

use crate::bars::{Bar, edges};
use crate::calendar::{Step, floor, range};
use crate::frame::{Frame, Span};
use crate::{ChartError, Shape, Stacked};

/// The widest a bar is drawn, in pixels: wider, it would look like a level and not a bar.
const BAR: f64 = 64.0;

/// A bucket and the upper edges of the bands in it, from the bottom up, in credits.
pub(crate) struct Column {
    pub(crate) start: i64,
    pub(crate) end: i64,
    /// Where its bar ends: at the latest where the next one starts.
    until: i64,
    pub(crate) values: Vec<u64>,
    pub(crate) tops: Vec<u64>,
    pub(crate) previous: Option<u64>,
}

impl Column {
    fn of(input: &Stacked, index: usize, start: i64, end: i64) -> Self {
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
        Self { start, end, until: end, values, tops, previous: previous.and_then(|range| value(&range.totals)) }
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
    shape: Shape,
}

impl Stack {
    pub(crate) fn of(input: &Stacked) -> Result<Self, ChartError> {
        let mut columns = Vec::with_capacity(input.buckets.len());
        for (index, bucket) in input.buckets.iter().enumerate() {
            let (start, end) = range(bucket.start, bucket.end)?;
            columns.push(Column::of(input, index, start, end));
        }
        columns.sort_by_key(|column| column.start);
        let mut next = i64::MAX;
        for column in columns.iter_mut().rev() {
            column.until = column.end.min(next);
            next = column.start;
        }
        let highest = |column: &Column| column.total().max(column.previous.unwrap_or(0));
        let max = columns.iter().map(highest).max().unwrap_or(0);
        Ok(Self { max, span: span(input, &columns)?, columns, shape: input.shape })
    }

    /// What a series comes to in all buckets.
    pub(crate) fn total(&self, series: usize) -> u64 {
        let values = self.columns.iter().filter_map(|column| column.values.get(series));
        values.fold(0, |sum, value| sum.saturating_add(*value))
    }

    /// Where each bar is drawn.
    pub(crate) fn bars(&self, frame: &Frame) -> Vec<Bar<'_>> {
        let bar = |column| {
            let (left, right) = self.edges(frame, column);
            Bar { left, right, column }
        };
        self.columns.iter().map(bar).collect()
    }

    fn edges(&self, frame: &Frame, column: &Column) -> (f64, f64) {
        edges(frame.scale.x(column.start), frame.scale.x(column.until), BAR)
    }

    /// Where each column of an area is drawn: twice for a lone one, at both edges of its bar.
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
        if self.columns.len() == 1 || self.shape == Shape::Bars {
            return f64::midpoint(start, frame.scale.x(column.until));
        }
        start
    }

    /// How far into a plot the columns go: a part of its width, 0 ..= 1, and some pixels more.
    // Instants stay below 2^48.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn reach(&self) -> (f64, f64) {
        let Span { from, to, .. } = self.span;
        let part = |at: i64| ((at - from) as f64 / (to - from).max(1) as f64).clamp(0.0, 1.0);
        match self.columns.as_slice() {
            [] => (0.0, 0.0),
            // A bar that is as narrow as bars can be may stick out of its bucket.
            [.., last] if self.shape == Shape::Bars => (part(last.until), 1.0),
            [only] => (part(only.end) / 2.0, BAR / 2.0),
            [.., last] => (part(last.start), 0.0),
        }
    }
}

/// From the first bucket to where the last one of the range starts: values stand at starts. A bar
/// has a width, and needs the range up to its end.
fn span(input: &Stacked, columns: &[Column]) -> Result<Span, ChartError> {
    let (zone, step) = (input.zone, input.step);
    let (_, domain_end) = range(0, input.domain_end)?;
    let last_start = floor(zone, step, domain_end.saturating_sub(1));
    let bars = input.shape == Shape::Bars || columns.len() == 1;
    let (from, to) = match (columns.first(), columns.last()) {
        (Some(first), Some(_)) if bars => {
            let ends = columns.iter().map(|column| column.end);
            (first.start, ends.fold(domain_end, i64::max))
        }
        (Some(first), Some(last)) => (first.start, last.start.max(last_start)),
        _ => (last_start, domain_end),
    };
    let (from, to) = (from.max(0), to.max(from));
    // Hours are named by where they start, days and what is longer by all that they hold.
    Ok(Span { from, to, step, ends: false, centred: input.shape == Shape::Bars && step != Step::Hour })
}
