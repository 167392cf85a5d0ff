//! The lines, fan and labels of a burn-down.

use crate::canvas::{Canvas, Group, Place};
use crate::forecast::clip;
use crate::frame::{Frame, GAP};
use crate::labels::fit;
use crate::places::{Placed, Places};
use crate::scale::Scale;
use crate::thin::{Spot, for_line};
use crate::{BurnDown, ChartError, Sample, Theme};

/// A picture with more labels than this would be only labels.
const MOST_MARKS: usize = 24;

/// The lines of the picture, in pixels.
pub(crate) struct Picture {
    line: Vec<Place>,
    pace: Vec<Place>,
    likely: Vec<Place>,
    fan: Vec<Place>,
    run_out: Option<Place>,
}

impl Picture {
    pub(crate) fn of(input: &BurnDown, measured: &[Sample], frame: &Frame) -> Self {
        let (start, end, scale) = (input.start, input.end, &frame.scale);
        let place = |sample: &Sample| (scale.x(sample.at), scale.y(sample.credits));
        let even = [Sample { at: start, credits: input.start_amount }, Sample { at: end, credits: 0 }];
        let forecast = input.forecast.as_ref();
        let likely = forecast.map(|forecast| clip(&forecast.likely, start, end));
        let run_out = forecast.and_then(|forecast| forecast.run_out.as_ref());
        Self {
            line: steps(&spots(measured, scale)),
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
            layer.fill(&area, theme.accent, 0.1)?;
            layer.fill(&self.fan, theme.warn, 0.16)?;
            layer.line(&self.pace, theme.ink3, 0.55, 1.0)
        })?;
        canvas.layer(&Group::Dashed(4.0, 4.0), |layer| layer.line(&self.likely, theme.warn, 1.0, 1.8))?;
        canvas.layer(&Group::Round, |layer| {
            layer.line(&self.line, theme.accent, 1.0, 2.2)?;
            if let Some(at) = self.run_out {
                layer.dot(at, 4.5, theme.surface)?;
                layer.dot(at, 3.0, theme.warn)?;
            }
            if let Some(now) = self.line.last() {
                // A rim of the surface sets the end apart from the line and the fan.
                layer.dot(*now, 5.5, theme.surface)?;
                layer.dot(*now, 3.5, theme.accent)?;
            }
            Ok(())
        })
    }

    pub(crate) fn label(
        &self,
        canvas: &mut Canvas<'_>,
        input: &BurnDown,
        theme: &Theme,
        frame: &Frame,
    ) -> Result<(), ChartError> {
        let room = frame.plot.width / 2.0;
        let words = |label: &str| fit(label, room);
        let end = [(frame.plot.right(), frame.plot.y), (frame.plot.right(), frame.plot.bottom())];
        if input.refresh.is_some() {
            canvas.layer(&Group::Dashed(1.0, 3.0), |layer| layer.line(&end, theme.ink3, 1.0, 1.0))?;
        }
        if frame.y_ticks.is_empty() {
            return Ok(());
        }
        let mut places = Places::new(frame.plot, &[&self.line, &self.pace, &self.likely]);
        let run_out = input.forecast.as_ref().and_then(|forecast| forecast.run_out.as_ref());
        let run_out = self.run_out.zip(run_out);
        let run_out = run_out.and_then(|(at, mark)| places.near(words(&mark.label), at));
        let marks = input.marks.iter().filter(|mark| (input.start..=input.end).contains(&mark.at));
        let marks: Vec<Placed> = marks
            .take(MOST_MARKS)
            .filter_map(|mark| {
                let x = frame.scale.x(mark.at);
                places.near(words(&mark.label), (x, self.height(x, frame)))
            })
            .collect();
        let refresh = input.refresh.as_ref();
        // Below the topmost line of the grid.
        let corner = (frame.plot.right(), frame.plot.y + 2.5 * GAP);
        let refresh = refresh.and_then(|label| places.near(words(label), corner));
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

    /// The upper end of the line at `x`.
    fn height(&self, x: f64, frame: &Frame) -> f64 {
        let near = self.line.iter().filter(|place| (place.0 - x).abs() <= 1.0);
        let top = near.map(|place| place.1).reduce(f64::min);
        let before = || self.line.iter().rev().find(|place| place.0 <= x);
        top.or_else(|| before().map(|place| place.1)).unwrap_or(frame.plot.bottom())
    }
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
