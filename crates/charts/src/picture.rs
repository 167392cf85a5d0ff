//! The lines, fan and labels of a burn-down.

use crate::canvas::{Canvas, Group, Place};
use crate::forecast::clip;
use crate::frame::{Frame, GAP};
use crate::labels::fit;
use crate::places::{Placed, Places};
use crate::scale::Scale;
use crate::thin::{Spot, for_line};
use crate::{BurnDown, ChartError, Colour, Mark, Sample, Theme};

/// A picture with more labels than this would be only labels.
const MOST_MARKS: usize = 24;

/// What a dot on a line covers, in pixels from its middle. Labels are farther off, or stand beside it.
const DOT: f64 = 3.5;

/// The lines of the picture, in pixels.
pub(crate) struct Picture {
    line: Vec<Place>,
    pace: Vec<Place>,
    likely: Vec<Place>,
    fan: Vec<Place>,
    run_out: Option<Place>,
    /// Where the line jumps, and why.
    marks: Vec<(Place, String)>,
}

impl Picture {
    pub(crate) fn of(input: &BurnDown, measured: &[Sample], frame: &Frame) -> Self {
        let (start, end, scale) = (input.start, input.end, &frame.scale);
        let place = |sample: &Sample| (scale.x(sample.at), scale.y(sample.credits));
        let even = [Sample { at: start, credits: input.start_amount }, Sample { at: end, credits: 0 }];
        let forecast = input.forecast.as_ref();
        let likely = forecast.map(|forecast| clip(&forecast.likely, start, end));
        let run_out = forecast.and_then(|forecast| forecast.run_out.as_ref());
        let line = steps(&spots(measured, scale));
        let marks = input.marks.iter().filter(|mark| (start..=end).contains(&mark.at)).take(MOST_MARKS);
        let jump = |mark: &Mark| {
            let x = scale.x(mark.at);
            ((x, height(&line, x, frame)), mark.label.clone())
        };
        Self {
            marks: marks.map(jump).collect(),
            line,
            pace: even.iter().filter(|_| input.start_amount > 0).map(place).collect(),
            likely: likely.unwrap_or_default().iter().map(place).collect(),
            fan: forecast.map(|forecast| forecast.fan(scale, start, end)).unwrap_or_default(),
            run_out: run_out.filter(|mark| (start..=end).contains(&mark.at)).map(|mark| (scale.x(mark.at), scale.y(0))),
        }
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, theme: &Theme, frame: &Frame) -> Result<(), ChartError> {
        let bottom = frame.plot.bottom();
        let mut area = self.line.clone();
        area.extend(self.line.last().map(|(x, _)| (*x, bottom)));
        area.extend(self.line.first().map(|(x, _)| (*x, bottom)));
        canvas.layer(&Group::Plain, |layer| {
            layer.fill(&area, theme.accent, theme.tint(0.1, 0.14))?;
            layer.fill(&self.fan, theme.warn, theme.tint(0.16, 0.24))?;
            layer.line(&self.pace, theme.ink3, theme.tint(0.55, 1.0), theme.stroke(1.0))
        })?;
        canvas.layer(&Group::Dashed(4.0, 4.0), |layer| layer.line(&self.likely, theme.warn, 1.0, theme.stroke(1.8)))?;
        canvas.layer(&Group::Round, |layer| {
            if theme.contrast {
                layer.line(&self.fan, theme.warn, 1.0, 1.0)?;
            }
            layer.line(&self.line, theme.accent, 1.0, theme.stroke(2.2))?;
            // A rim of the surface sets a dot apart from the line and the fan.
            let dot = |at: Place, radius: f64, colour: Colour| {
                layer.dot(at, radius + 1.75, theme.surface)?;
                layer.dot(at, radius, colour)
            };
            for (at, _) in &self.marks {
                dot(*at, 2.5, theme.top_up)?;
            }
            if let Some(at) = self.run_out {
                dot(at, 3.0, theme.warn)?;
            }
            self.line.last().map_or(Ok(()), |now| dot(*now, 3.5, theme.accent))
        })
    }

    pub(crate) fn label(
        &self,
        canvas: &mut Canvas<'_>,
        input: &BurnDown,
        theme: &Theme,
        frame: &Frame,
    ) -> Result<(), ChartError> {
        let words = |label: &str| fit(label, frame.plot.width / 2.0);
        if input.refresh.is_some() {
            let end = [(frame.plot.right(), frame.plot.y), (frame.plot.right(), frame.plot.bottom())];
            canvas.layer(&Group::Dashed(1.0, 3.0), |layer| layer.line(&end, theme.ink3, 1.0, theme.stroke(1.0)))?;
        }
        if frame.y_ticks.is_empty() {
            return Ok(());
        }
        let mut places = Places::new(frame.plot, &[&self.line, &self.pace, &self.likely]);
        let dots = self.marks.iter().map(|(at, _)| at).chain(&self.run_out).chain(self.line.last());
        dots.for_each(|dot| places.keep_off(*dot, DOT));
        let run_out = input.forecast.as_ref().and_then(|forecast| forecast.run_out.as_ref());
        let run_out = self.run_out.zip(run_out);
        let run_out = run_out.and_then(|(at, mark)| places.near(words(&mark.label), at));
        let marks: Vec<Placed> = self.marks.iter().filter_map(|(at, label)| places.near(words(label), *at)).collect();
        // Below the topmost line of the grid.
        let corner = (frame.plot.right(), frame.plot.y + 2.5 * GAP);
        let refresh = input.refresh.as_ref().and_then(|label| places.near(words(label), corner));
        canvas.layer(&Group::Strong(theme.surface), |layer| {
            for (colour, labels) in
                [(theme.warn, run_out.as_slice()), (theme.top_up, &marks), (theme.ink3, refresh.as_slice())]
            {
                for label in labels {
                    layer.text(&label.text, label.at, label.anchor, colour)?;
                }
            }
            Ok(())
        })
    }
}

/// The upper end of a line at `x`.
fn height(line: &[Place], x: f64, frame: &Frame) -> f64 {
    let near = line.iter().filter(|place| (place.0 - x).abs() <= 1.0);
    let top = near.map(|place| place.1).reduce(f64::min);
    let before = || line.iter().rev().find(|place| place.0 <= x);
    top.or_else(|| before().map(|place| place.1)).unwrap_or(frame.plot.bottom())
}

/// Samples by time, in pixels.
pub(crate) fn spots(samples: &[Sample], scale: &Scale) -> Vec<Spot> {
    let spot = |sample: &Sample| ((scale.x(sample.at), scale.y(sample.credits)), sample.credits);
    samples.iter().map(spot).collect()
}

/// A line that holds each amount until the next one.
fn steps(spots: &[Spot]) -> Vec<Place> {
    let mut path: Vec<Place> = Vec::new();
    for ((x, y), _) in for_line(spots).into_iter().filter_map(|index| spots.get(index)) {
        path.extend(path.last().map(|(_, before)| (*x, *before)));
        path.push((*x, *y));
    }
    path
}
