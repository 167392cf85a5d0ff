//! Labels to the right of what they name.

use crate::canvas::{Anchor, Canvas, Group};
use crate::frame::Frame;
use crate::labels::{LINE, capacity, fit, spread, width};
use crate::{ChartError, Colour, Size, Theme};

/// From where a series ends to its label: room for the stroke that leads there, in pixels.
const LEAD: f64 = 20.0;
/// Between a label and the edge of the picture, in pixels.
const MARGIN: f64 = 4.0;
/// The least part of a picture's plot that labels leave it. A narrower plot goes without labels.
const LEAST: f64 = 0.55;

pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) colour: Colour,
    /// Named with a dotted stroke, and quieter.
    pub(crate) dotted: bool,
    /// The value it would best stand beside, in credits.
    pub(crate) at: u64,
    /// Where not all have room, those with the most stay.
    pub(crate) weight: u64,
}

#[derive(Default)]
pub(crate) struct Legend {
    /// In any order; of two at the same value, the first one is the upper.
    pub(crate) entries: Vec<Entry>,
}

impl Legend {
    fn words(entry: &Entry, size: Size) -> String {
        fit(&entry.name, (size.w() * 0.28).min(180.0))
    }

    /// The right edge of a plot that starts at `left`, so that the labels fit behind its series. Those end at a part of
    /// the plot's width (0 ..= 1) and some pixels more. None where they do not fit at all.
    pub(crate) fn right(&self, size: Size, left: f64, (part, more): (f64, f64)) -> Option<f64> {
        let words = self.entries.iter().map(|entry| width(&Self::words(entry, size)));
        let widest = words.fold(0.0, f64::max) + LEAD + MARGIN;
        let full = size.w() - left - crate::frame::GAP;
        let fitting = (size.w() - left - more - widest) / part.max(0.001);
        (!self.entries.is_empty() && fitting >= LEAST * full).then(|| left + full.min(fitting))
    }

    /// Draws the labels of series that end at `x`.
    pub(crate) fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        theme: &Theme,
        size: Size,
        frame: &Frame,
        x: f64,
    ) -> Result<(), ChartError> {
        let (low, high) = (frame.plot.y + LINE / 2.0, frame.plot.bottom() - LINE / 2.0);
        let mut shown: Vec<&Entry> = self.entries.iter().collect();
        shown.sort_by_key(|entry| std::cmp::Reverse(entry.weight));
        shown.truncate(capacity(low, high, LINE));
        shown.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        let wanted: Vec<f64> = shown.iter().map(|entry| frame.scale.y(entry.at)).collect();
        let placed = spread(&wanted, LINE, low, high);
        let lines: Vec<_> = shown.into_iter().zip(wanted).zip(placed).collect();
        for dotted in [false, true] {
            let lines = || lines.iter().filter(|((entry, _), _)| entry.dotted == dotted);
            let strokes = if dotted { Group::Dashed(2.0, 3.0) } else { Group::Round };
            // The stroke is the key to the colour, so that the words can have the contrast of text.
            canvas.layer(&strokes, |layer| {
                for ((entry, from), to) in lines() {
                    let (from, to) = ((x + 4.0, *from), *to);
                    let bend = (x + 9.0, to);
                    let path = [if dotted { bend } else { from }, bend, (x + LEAD - 5.0, to)];
                    layer.line(&path, entry.colour, 1.0, theme.stroke(if dotted { 1.3 } else { 2.0 }))?;
                }
                Ok(())
            })?;
            let words = if dotted { Group::Rimmed(theme.surface) } else { Group::Strong(theme.surface) };
            canvas.layer(&words, |layer| {
                for ((entry, _), to) in lines() {
                    let at = (x + LEAD, *to);
                    layer.text(&Self::words(entry, size), at, Anchor::Start, theme.ink2)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}
