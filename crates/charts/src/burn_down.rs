//! What was left through a period, and what may be left at its end.

use chrono_tz::Tz;

use crate::calendar::{Step, range};
use crate::canvas::Canvas;
use crate::chart::signed;
use crate::dates::Dates;
use crate::forecast::{at_instant, clip, sorted};
use crate::frame::{Frame, GAP, Span, Values};
use crate::picture::{Picture, spots};
use crate::scale::Scale;
use crate::thin::for_hover;
use crate::{Chart, ChartError, Forecast, Look, Point, PointValue};

/// An amount at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Milliseconds UTC.
    pub at: i64,
    /// Credits.
    pub credits: u64,
}

/// Words at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Milliseconds UTC.
    pub at: i64,
    /// Data, escaped here: "+2,500 Boost Pack".
    pub label: String,
}

/// What [`burn_down`] draws.
#[derive(Debug, Clone, PartialEq)]
pub struct BurnDown {
    /// First instant of the period, in milliseconds UTC.
    pub start: i64,
    /// First instant after it: when the allowance is refreshed.
    pub end: i64,
    /// The billing zone.
    pub zone: Tz,
    /// Credits at the start. An even pace goes from here to 0 at the end; 0 draws none.
    pub start_amount: u64,
    /// What was available, in any order; each amount holds until the next one. Of what is at the
    /// same instant, the last one counts. What is before the period says what it starts with.
    pub measured: Vec<Sample>,
    /// Packs and grants, each labelled where the line jumps.
    pub marks: Vec<Mark>,
    /// The newest amount that is known.
    pub now: Sample,
    /// None while there is too little history.
    pub forecast: Option<Forecast>,
    /// What to call the end: "Refresh". None draws no line there.
    pub refresh: Option<String>,
}

/// Draws what is left through a period: measured, at an even pace, and expected.
///
/// Points are the measured amounts, thinned to about one every two pixels with both sides of every
/// jump, and then the expected ones.
///
/// # Errors
/// [`ChartError::Size`], and [`ChartError::Range`] for a period outside of the calendar or without
/// any length. What lies outside of the period is cut off.
pub fn burn_down(input: &BurnDown, look: &Look) -> Result<Chart, ChartError> {
    let (theme, size) = (&look.theme, look.size.checked()?);
    let (from, to) = range(input.start, input.end)?;
    if from == to {
        return Err(ChartError::Range { start: from, end: to });
    }
    let measured = measured(input);
    let forecast = input.forecast.as_ref();
    let courses = forecast.map(|forecast| [&forecast.high, &forecast.likely, &forecast.low]);
    let expected = courses.into_iter().flatten().flat_map(|course| clip(course, from, to));
    let amounts = measured.iter().copied().chain(expected);
    let highest = amounts.map(|sample| sample.credits).fold(input.start_amount, u64::max);
    // Room for the labels of jumps, which stand above the line.
    let above = if input.marks.is_empty() { 0 } else { highest / 12 };
    let max = highest.saturating_add(above);
    let span = Span { from, to, step: Step::Hour, ends: true, centred: false };
    let dates = Dates::new(input.zone, look);
    let frame = Frame::new(&Values::new(look, max), size.w() - GAP, &span, dates, look);
    let picture = Picture::of(input, &measured, &frame);

    let mut canvas = Canvas::new(size, &theme.font);
    frame.draw(&mut canvas, look)?;
    picture.draw(&mut canvas, theme, &frame)?;
    picture.label(&mut canvas, input, theme, &frame)?;
    Ok(Chart {
        svg: canvas.finish(),
        width: size.width,
        height: size.height,
        plot: frame.plot,
        points: points(input, &measured, &frame.scale, look),
        x_ticks: frame.x_ticks,
        y_ticks: frame.y_ticks,
        timed: true,
    })
}

/// What was available within the period up to now, by time.
fn measured(input: &BurnDown) -> Vec<Sample> {
    let all = sorted(&input.measured);
    let begun = all.partition_point(|sample| sample.at <= input.start);
    let mut measured: Vec<Sample> = begun
        .checked_sub(1)
        .and_then(|index| all.get(index))
        .map(|sample| Sample { at: input.start, ..*sample })
        .into_iter()
        .collect();
    let later = all.get(begun..).unwrap_or_default();
    measured.extend(later.iter().take_while(|sample| sample.at <= input.end));
    let now = Sample { at: input.now.at.clamp(input.start, input.end), ..input.now };
    if measured.last().is_none_or(|last| last.at <= now.at && *last != now) {
        measured.push(now);
    }
    measured
}

fn points(input: &BurnDown, measured: &[Sample], scale: &Scale, look: &Look) -> Vec<Point> {
    let (dates, words) = (Dates::new(input.zone, look), &look.words);
    let value = |key: &str, name: &str, credits: u64| PointValue {
        key: key.to_owned(),
        name: name.to_owned(),
        value: signed(credits),
        y: scale.y(credits),
    };
    let mut points: Vec<Point> = for_hover(&spots(measured, scale))
        .into_iter()
        .filter_map(|index| measured.get(index))
        .map(|sample| Point {
            at: sample.at,
            x: scale.x(sample.at),
            label: dates.minute(sample.at),
            values: vec![value("available", &words.left, sample.credits)],
            total: signed(sample.credits),
        })
        .collect();
    let Some(forecast) = &input.forecast else {
        return points;
    };
    let (low, high) = (sorted(&forecast.low), sorted(&forecast.high));
    let measured_to = measured.last().map_or(input.start, |sample| sample.at);
    let likely: Vec<Sample> =
        clip(&forecast.likely, measured_to, input.end).into_iter().filter(|sample| sample.at > measured_to).collect();
    let kept = for_hover(&spots(&likely, scale));
    points.extend(kept.into_iter().filter_map(|index| likely.get(index)).map(|sample| {
        let mut values = vec![value("likely", &words.expected, sample.credits)];
        for (key, name, edge) in [("low", &words.at_least, &low), ("high", &words.at_most, &high)] {
            values.extend(at_instant(edge, sample.at).map(|credits| value(key, name, credits)));
        }
        let (x, label) = (scale.x(sample.at), dates.expected(sample.at));
        Point { at: sample.at, x, label, values, total: signed(sample.credits) }
    }));
    points
}

#[cfg(test)]
#[path = "burn_down_tests.rs"]
mod tests;
