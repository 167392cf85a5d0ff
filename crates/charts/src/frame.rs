//! What charts over time stand in: margins, grid and ticks.

use crate::calendar::{Step, Unit, next, ticks};
use crate::canvas::{Anchor, Canvas, Group, Ink};
use crate::dates::Dates;
use crate::labels::width;
use crate::numbers::value_labels;
use crate::scale::{Scale, value_ticks};
use crate::{ChartError, Look, Plot, Tick};

/// Between the plot and the words beside it, in pixels.
pub(crate) const GAP: f64 = 8.0;
/// The least distance of two ticks beside the plot, in pixels.
const VALUE_ROOM: f64 = 38.0;
/// The least distance of two ticks below the plot, in pixels.
const TICK_ROOM: f64 = 60.0;
/// The least distance of the last tick from the one before, in pixels.
const END_ROOM: f64 = 72.0;
/// Between the words of two ticks below the plot, in pixels.
const WORD_GAP: f64 = 12.0;
/// The largest part of a picture's width for the words beside its plot. Wider, they are left out.
const WORDS_PART: f64 = 0.4;
/// From the plot to the middle of the words below it, in pixels.
const BELOW: f64 = 14.0;

/// The axis of values, and the room that is left for the plot beside it.
pub(crate) struct Values {
    ticks: Vec<u64>,
    labels: Vec<String>,
    left: f64,
    top: f64,
    bottom: f64,
}

impl Values {
    /// In a picture too small for words, the plot takes all of it.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(crate) fn new(look: &Look, max: u64) -> Self {
        let size = look.size;
        let (wide, high) = (size.w() >= 160.0, size.h() >= 72.0);
        let (top, bottom) = if high { (GAP, size.h() - 24.0) } else { (0.0, size.h()) };
        let intervals = ((bottom - top) / VALUE_ROOM).clamp(1.0, 8.0) as u32;
        let ticks = value_ticks(max, intervals);
        let mut labels = if wide && high { value_labels(&ticks, &look.locale) } else { Vec::new() };
        let mut words = labels.iter().map(|label| width(label)).fold(0.0, f64::max);
        if words > WORDS_PART * size.w() {
            (labels, words) = (Vec::new(), 0.0);
        }
        let left = if words > 0.0 { (words + GAP).ceil() } else { 0.0 };
        Self { ticks, labels, left, top, bottom }
    }

    pub(crate) fn left(&self) -> f64 {
        self.left
    }
}

/// The range of time below a plot.
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// The finest distance of ticks.
    pub(crate) step: Step,
    /// Whether the end has a tick of its own, whatever the others are.
    pub(crate) ends: bool,
    /// Whether a tick stands in the middle of the step that it names, and not where that starts.
    pub(crate) centred: bool,
}

/// The plot and both its axes.
pub(crate) struct Frame {
    pub(crate) plot: Plot,
    pub(crate) scale: Scale,
    pub(crate) x_ticks: Vec<Tick>,
    pub(crate) y_ticks: Vec<Tick>,
    grid: Vec<f64>,
}

impl Frame {
    /// A plot from beside the values to `right`.
    pub(crate) fn new(values: &Values, right: f64, span: &Span, dates: Dates<'_>, look: &Look) -> Self {
        let plot = Plot {
            x: values.left,
            y: values.top,
            width: (right - values.left).max(0.0),
            height: values.bottom - values.top,
        };
        let top = values.ticks.last().copied().unwrap_or(1);
        let scale = Scale::new(plot, span.from, span.to, top);
        let grid = values.ticks.iter().map(|tick| scale.y(*tick)).collect();
        let y_ticks = values
            .ticks
            .iter()
            .zip(&values.labels)
            .map(|(tick, label)| Tick { at: scale.y(*tick), label: label.clone() })
            .collect();
        let x_ticks = if values.top > 0.0 {
            x_ticks(&Axis { plot, scale: &scale, span, dates, width: look.size.w() })
        } else {
            Vec::new()
        };
        Self { plot, scale, x_ticks, y_ticks, grid }
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, look: &Look) -> Result<(), ChartError> {
        let (left, right) = (self.plot.x, self.plot.right());
        let (theme, whole) = (&look.theme, look.size.w());
        // On the middle of a pixel, a line of one pixel is not smeared over two.
        let level = |y: &f64| vec![(left, y.floor() + 0.5), (right, y.floor() + 0.5)];
        let grid: Vec<_> = self.grid.iter().map(level).collect();
        canvas.lines(&Group::Plain, &grid, Ink { colour: theme.grid(), opacity: 1.0, width: 1.0 });
        canvas.layer(&Group::Plain, |layer| {
            for tick in &self.y_ticks {
                layer.text(&tick.label, (left - GAP, tick.at), Anchor::End, theme.ink3)?;
            }
            for tick in &self.x_ticks {
                let at = (middle(tick.at, width(&tick.label), whole), self.plot.bottom() + BELOW);
                layer.text(&tick.label, at, Anchor::Middle, theme.ink3)?;
            }
            Ok(())
        })
    }
}

/// The middle of words that would best stand at `at`, within a picture of this width.
fn middle(at: f64, words: f64, whole: f64) -> f64 {
    at.min(whole - words / 2.0).max(words / 2.0)
}

/// What the ticks below a plot are made of.
struct Axis<'a> {
    plot: Plot,
    scale: &'a Scale,
    span: &'a Span,
    dates: Dates<'a>,
    width: f64,
}

impl Axis<'_> {
    fn tick(&self, at: i64, label: String) -> Tick {
        let start = self.scale.x(at);
        if !self.span.centred {
            return Tick { at: start, label };
        }
        let end = self.scale.x(next(self.dates.zone, self.span.step, at));
        Tick { at: f64::midpoint(start, end), label }
    }

    /// Whether the words of two ticks keep apart.
    fn apart(&self, left: &Tick, right: &Tick) -> bool {
        let (before, after) = (width(&left.label), width(&right.label));
        let edge = middle(left.at, before, self.width) + before / 2.0 + WORD_GAP;
        edge <= middle(right.at, after, self.width) - after / 2.0
    }

    fn room_for(&self, ticks: &[Tick]) -> bool {
        ticks.windows(2).all(|pair| matches!(pair, [left, right] if self.apart(left, right)))
            && ticks.iter().all(|tick| width(&tick.label) <= self.width)
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn x_ticks(axis: &Axis<'_>) -> Vec<Tick> {
    let Span { from, to, step, ends, centred } = *axis.span;
    let room = (axis.plot.width / TICK_ROOM) as usize;
    // What starts at the end is no longer in the range.
    let last = if centred { (to - 1).max(from) } else { to };
    let end = ends.then(|| axis.tick(to, axis.dates.date(to)));
    let named = |unit: Unit, found: &[i64]| {
        let name = |(index, at): (usize, &i64)| axis.tick(*at, axis.dates.tick(unit, *at, index == 0));
        let mut ticks: Vec<Tick> = found.iter().enumerate().map(name).collect();
        if let Some(end) = &end {
            ticks.retain(|tick| tick.at + END_ROOM <= end.at && axis.apart(tick, end));
        }
        axis.room_for(&ticks).then_some(ticks)
    };
    let found = ticks(axis.dates.zone, step, (from, last), room, named);
    let mut found = found.unwrap_or_default();
    found.extend(end.filter(|end| width(&end.label) <= axis.width));
    found
}
