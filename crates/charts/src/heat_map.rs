//! When credits are used: the hours of a week.

use crate::canvas::{Anchor, Area, Canvas, Group, Place};
use crate::chart::signed;
use crate::frame::GAP;
use crate::labels::{LINE, TEXT, width};
use crate::words::fill;
use crate::{Chart, ChartError, Colour, Look, Plot, Point, PointValue, Tick};

/// Days and hours of a week.
const DAYS: usize = 7;
const HOURS: usize = 24;
/// How strong the least use is, of 0 ..= 1.
const LEAST: f64 = 0.16;
/// How strong no use at all is: of the grid's colour, and of that where it is stronger itself.
const GROUND: (f64, f64) = (0.55, 0.18);
/// So many shades of use there are. More would look the same, and every one is an element of the picture: what makes
/// a picture out of text takes its time for each.
const SHADES: u16 = 32;
/// The hours that are named below.
const NAMED: [usize; 4] = [0, 6, 12, 18];
/// The part of the picture's width that weekdays may take. Wider, they are left out.
const WORDS_PART: f64 = 0.4;
const HOUR: i64 = 3_600_000;

/// What [`heat_map`] draws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeatMap {
    /// Credits by weekday, Monday first, and hour, from 0 on.
    pub credits: [[u64; HOURS]; DAYS],
}

/// Draws a cell for each hour of the week, the stronger the more was used in it.
///
/// There is one [`Point`] for each hour of the day, with a value for each weekday: its key is "0" (Monday) to "6", its
/// y the middle of its cell. The point's `at` is milliseconds since midnight, and its `total` the sum of the weekdays.
///
/// # Errors
/// [`ChartError::Size`].
pub fn heat_map(input: &HeatMap, look: &Look) -> Result<Chart, ChartError> {
    let size = look.size.checked()?;
    let grid = Grid::new(look);
    let most = input.credits.iter().flatten().copied().max().unwrap_or(0);
    let mut canvas = Canvas::new(size, &look.theme.font);
    let cells = input.credits.iter().enumerate().flat_map(|(day, hours)| {
        hours.iter().enumerate().map(move |(hour, credits)| (shade(*credits, most), (day, hour)))
    });
    for wanted in 0..=SHADES {
        let of_shade = cells.clone().filter(|(shade, _)| *shade == wanted);
        let areas: Vec<Area> = of_shade.map(|(_, (day, hour))| grid.cell(day, hour)).collect();
        canvas.areas(&areas, strength(look, wanted));
    }
    let (x_ticks, y_ticks) = (hour_ticks(&grid, look), day_ticks(&grid, look));
    canvas.layer(&Group::Plain, |layer| {
        for tick in &y_ticks {
            layer.text(&tick.label, (0.0, tick.at), Anchor::Start, look.theme.ink3)?;
        }
        for tick in &x_ticks {
            let at = (tick.at, grid.plot.bottom() + LINE);
            layer.text(&tick.label, at, Anchor::Start, look.theme.ink3)?;
        }
        Ok(())
    })?;
    Ok(Chart {
        svg: canvas.finish(),
        width: size.width,
        height: size.height,
        plot: grid.plot,
        points: points(input, &grid, look),
        x_ticks,
        y_ticks,
        timed: false,
    })
}

/// Where the cells are.
struct Grid {
    plot: Plot,
    /// Whether there is room for words.
    worded: bool,
}

impl Grid {
    fn new(look: &Look) -> Self {
        let (w, h) = (look.size.w(), look.size.h());
        let names = look.locale.weekdays.iter().map(|name| width(name)).fold(0.0, f64::max);
        // Each row needs the height of its word.
        let worded = names + GAP <= WORDS_PART * w && h >= (LINE * 8.0) + GAP;
        let left = if worded { (names + GAP).ceil() } else { 0.0 };
        let below = if worded { LINE + GAP } else { 0.0 };
        let (width, height) = (even(w - left, HOURS), even(h - below, DAYS));
        Self { plot: Plot { x: w - width, y: 0.0, width, height }, worded }
    }

    /// The left edge of an hour, on a whole pixel where pixels allow for it, as all edges here: they stay sharp.
    fn x(&self, hour: usize) -> f64 {
        self.plot.x + whole(self.plot.width * part(hour, HOURS), self.plot.width / 24.0)
    }

    fn y(&self, day: usize) -> f64 {
        self.plot.y + whole(self.plot.height * part(day, DAYS), self.plot.height / 7.0)
    }

    /// The outline of a cell, with a gap to the next ones.
    fn cell(&self, day: usize, hour: usize) -> Area {
        let gap = |room: f64| {
            if room >= 8.0 {
                2.0
            } else if room >= 4.0 {
                1.0
            } else {
                0.0
            }
        };
        let (left, top) = (self.x(hour), self.y(day));
        let right = self.x(hour + 1) - gap(self.plot.width / 24.0);
        let bottom = self.y(day + 1) - gap(self.plot.height / 7.0);
        ((left, top), (right, bottom))
    }

    fn middle(&self, day: usize, hour: usize) -> Place {
        let (from, to) = self.cell(day, hour);
        (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1))
    }
}

/// The room that as many cells take, all of them alike: of small ones with whole edges some would else be an eighth wider
/// than others, which looks like a pattern in the data.
fn even(room: f64, count: usize) -> f64 {
    let parts = part(count, 1);
    let each = room / parts;
    if each >= 8.0 { each.floor() * parts } else { room }
}

fn whole(at: f64, room: f64) -> f64 {
    if room >= 4.0 { at.round() } else { at }
}

/// How much `index` is of `count`; both are small.
#[allow(clippy::cast_precision_loss)]
fn part(index: usize, count: usize) -> f64 {
    index as f64 / count as f64
}

/// How strong a cell is: 0 for no use at all, [`SHADES`] for the most, and no less than 1 for any use.
fn shade(credits: u64, most: u64) -> u16 {
    let part = (u128::from(credits) * u128::from(SHADES)).div_ceil(u128::from(most.max(1)));
    u16::try_from(part).unwrap_or(SHADES)
}

/// A shade's colour, opaque.
fn strength(look: &Look, shade: u16) -> Colour {
    let theme = &look.theme;
    if shade == 0 {
        return theme.line.over(theme.surface, if theme.contrast { GROUND.1 } else { GROUND.0 });
    }
    let least = theme.tint(LEAST, 0.3);
    let part = f64::from(shade) / f64::from(SHADES);
    theme.accent.over(theme.surface, least + (1.0 - least) * part)
}

fn hour_ticks(grid: &Grid, look: &Look) -> Vec<Tick> {
    let tick = |hour: usize| {
        let label = fill(&look.words.hour, &[("h", &hour.to_string())]);
        Tick { at: grid.x(hour), label }
    };
    let mut ticks: Vec<Tick> = if grid.worded { NAMED.map(tick).into() } else { Vec::new() };
    // As wide as they are, some may have no room.
    let mut end = f64::MIN;
    ticks.retain(|tick| {
        let fits = tick.at >= end && tick.at + width(&tick.label) <= look.size.w();
        if fits {
            end = tick.at + width(&tick.label) + TEXT / 2.0;
        }
        fits
    });
    ticks
}

/// From the bottom up, as on every axis.
fn day_ticks(grid: &Grid, look: &Look) -> Vec<Tick> {
    let days = look.locale.weekdays.iter().enumerate().rev().filter(|_| grid.worded);
    days.map(|(day, name)| Tick { at: grid.middle(day, 0).1, label: name.clone() }).collect()
}

fn points(input: &HeatMap, grid: &Grid, look: &Look) -> Vec<Point> {
    let point = |hour: usize| {
        let amounts = input.credits.iter().map(|hours| hours.get(hour).copied().unwrap_or(0));
        let values = amounts.clone().zip(&look.locale.weekdays).enumerate();
        let value = |(day, (credits, name)): (usize, (u64, &String))| PointValue {
            key: day.to_string(),
            name: name.clone(),
            value: signed(credits),
            y: grid.middle(day, hour).1,
        };
        let parts = [("from", &hour.to_string()), ("to", &(hour + 1).to_string())];
        Point {
            at: i64::try_from(hour).unwrap_or(0) * HOUR,
            x: grid.middle(0, hour).0,
            label: fill(&look.words.hours, &parts.map(|(name, text)| (name, text.as_str()))),
            values: values.map(value).collect(),
            total: signed(amounts.fold(0, u64::saturating_add)),
        }
    };
    (0..HOURS).map(point).collect()
}

#[cfg(test)]
#[path = "heat_map_tests.rs"]
mod tests;
