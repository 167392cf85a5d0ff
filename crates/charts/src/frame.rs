//! What both charts stand in: margins, grid and ticks.

use chrono_tz::Tz;

use crate::calendar::{Step, local, ticks};
use crate::canvas::{Anchor, Canvas, Group};
use crate::labels::width;
use crate::scale::{Scale, value_labels, value_ticks};
use crate::{ChartError, Plot, Size, Theme, Tick};

/// Between the plot and the words beside it, in pixels.
pub(crate) const GAP: f64 = 8.0;
/// The least distance of two ticks beside the plot, in pixels.
const VALUE_ROOM: f64 = 38.0;
/// The least room for a tick's words below the plot, in pixels.
const TICK_ROOM: f64 = 72.0;
/// The least distance of the last tick from the one before, in pixels.
const END_ROOM: f64 = 52.0;

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
    pub(crate) fn new(size: Size, max: u64) -> Self {
        let (wide, high) = (size.w() >= 160.0, size.h() >= 72.0);
        let (top, bottom) = if high { (GAP, size.h() - 24.0) } else { (0.0, size.h()) };
        let intervals = ((bottom - top) / VALUE_ROOM).clamp(1.0, 8.0) as u32;
        let ticks = value_ticks(max, intervals);
        let labels = if wide && high { value_labels(&ticks) } else { Vec::new() };
        let words = labels.iter().map(|label| width(label)).fold(0.0, f64::max);
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
    pub(crate) zone: Tz,
    /// The finest distance of ticks.
    pub(crate) step: Step,
    /// Whether the end has a tick of its own, whatever the others are.
    pub(crate) ends: bool,
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
    pub(crate) fn new(values: &Values, right: f64, span: &Span) -> Self {
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
        let x_ticks = if values.top > 0.0 { x_ticks(&plot, &scale, span) } else { Vec::new() };
        Self { plot, scale, x_ticks, y_ticks, grid }
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, theme: &Theme, size: Size) -> Result<(), ChartError> {
        let (left, right) = (self.plot.x, self.plot.right());
        canvas.layer(&Group::Plain, |layer| {
            for y in &self.grid {
                // On the middle of a pixel, a line of one pixel is not smeared over two.
                let y = y.floor() + 0.5;
                layer.line(&[(left, y), (right, y)], theme.line, 1.0, 1.0)?;
            }
            for tick in &self.y_ticks {
                layer.text(&tick.label, (left - GAP, tick.at), Anchor::End, theme.ink3)?;
            }
            for tick in &self.x_ticks {
                let half = width(&tick.label) / 2.0;
                let x = tick.at.min(size.w() - half).max(half);
                let y = self.plot.bottom() + 14.0;
                layer.text(&tick.label, (x, y), Anchor::Middle, theme.ink3)?;
            }
            Ok(())
        })
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn x_ticks(plot: &Plot, scale: &Scale, span: &Span) -> Vec<Tick> {
    let room = (plot.width / TICK_ROOM) as usize;
    let mut found: Vec<Tick> = ticks(span.zone, span.step, span.from, span.to, room)
        .into_iter()
        .map(|(at, label)| Tick { at: scale.x(at), label })
        .collect();
    if span.ends {
        found.retain(|tick| tick.at + END_ROOM <= plot.right());
        found.push(Tick { at: plot.right(), label: local(span.zone, span.to).format("%-d %b").to_string() });
    }
    found
}
