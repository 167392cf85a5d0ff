//! Where labels stand in a plot that lines run through.

use crate::Plot;
use crate::canvas::{Anchor, Place};
use crate::labels::{LINE, width};

/// Between a label and what it names beside it, in pixels.
const OFF: f64 = 8.0;
/// From what a label names to the middle of a label above it, in pixels.
const RISE: f64 = 11.0;

/// How many rows above and below are tried: farther off, nobody knows what a label names.
const ROWS: usize = 2;
/// A row farther off is as bad as that many places of a line below the letters.
const ROW_COST: usize = 2;

/// Each row with its number, from the nearest on.
fn rows(nearest: f64, step: f64) -> impl Iterator<Item = (usize, f64)> {
    (0..ROWS).scan(nearest, move |y, row| {
        let here = *y;
        *y += step;
        Some((row, here))
    })
}

/// A label with its place, its middle at the place's y.
pub(crate) struct Placed {
    pub(crate) text: String,
    pub(crate) at: Place,
    pub(crate) anchor: Anchor,
}

/// A rectangle: left, upper, right and lower edge.
#[derive(Clone, Copy)]
struct Area(f64, f64, f64, f64);

impl Area {
    fn of(text: &str, (x, y): Place, anchor: Anchor) -> Self {
        let width = width(text);
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        Self(left, y - LINE / 2.0, left + width, y + LINE / 2.0)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.0 < other.2 && other.0 < self.2 && self.1 < other.3 && other.1 < self.3
    }

    fn holds(&self, (x, y): Place) -> bool {
        (self.0..=self.2).contains(&x) && (self.1..=self.3).contains(&y)
    }

    fn within(&self, plot: &Plot) -> bool {
        self.0 >= plot.x && self.1 >= plot.y - LINE / 2.0 && self.2 <= plot.right() && self.3 <= plot.bottom()
    }
}

/// The free places of a plot.
pub(crate) struct Places {
    plot: Plot,
    lines: Vec<Place>,
    taken: Vec<Area>,
}

impl Places {
    /// `lines` are what labels had better not stand on.
    pub(crate) fn new(plot: Plot, lines: &[&[Place]]) -> Self {
        let lines = lines.iter().flat_map(|line| dense(line)).collect();
        Self { plot, lines, taken: Vec::new() }
    }

    /// No label may stand on what is this near to a place.
    pub(crate) fn keep_off(&mut self, (x, y): Place, radius: f64) {
        self.taken.push(Area(x - radius, y - radius, x + radius, y + radius));
    }

    /// The best place near to what the label names: on little, and not far off; never on another label, never outside
    /// of the plot. None when there is no such place.
    pub(crate) fn near(&mut self, text: String, (x, y): Place) -> Option<Placed> {
        let above = rows(y - RISE, -LINE);
        let below = rows(y + LINE, LINE);
        let found = above
            .chain(below)
            .flat_map(|(row, y)| {
                let sides = [((x + OFF, y), Anchor::Start), ((x, y), Anchor::Middle), ((x - OFF, y), Anchor::End)];
                sides.map(|(at, anchor)| (row, at, anchor))
            })
            .filter_map(|(row, at, anchor)| {
                let area = Area::of(&text, at, anchor);
                let free = !self.taken.iter().any(|other| other.overlaps(&area));
                let covered = self.lines.iter().filter(|place| area.holds(**place)).count();
                let cost = covered + row * ROW_COST;
                (free && area.within(&self.plot)).then_some((cost, at, anchor, area))
            })
            .min_by_key(|(cost, ..)| *cost);
        let (_, at, anchor, area) = found?;
        self.taken.push(area);
        Some(Placed { text, at, anchor })
    }
}

/// The line as places so near to each other that no label fits between two.
fn dense(line: &[Place]) -> Vec<Place> {
    let mut places = Vec::new();
    for pair in line.windows(2) {
        let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
        let mut part = 0.0;
        let step = 4.0 / (x1 - x0).abs().max((y1 - y0).abs()).max(4.0);
        while part < 1.0 {
            places.push((x0 + (x1 - x0) * part, y0 + (y1 - y0) * part));
            part += step;
        }
    }
    places.extend(line.last());
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLOT: Plot = Plot { x: 40.0, y: 8.0, width: 400.0, height: 200.0 };

    #[test]
    fn a_label_keeps_off_the_line_where_it_can() {
        // A line that climbs to the right: only the left side above it is free.
        let line = [(40.0, 208.0), (440.0, 8.0)];
        let mut places = Places::new(PLOT, &[&line]);
        let placed = places.near("+2,500".to_owned(), (240.0, 108.0)).unwrap();
        let area = Area::of(&placed.text, placed.at, placed.anchor);
        assert!(!dense(&line).into_iter().any(|place| area.holds(place)));
    }

    #[test]
    fn a_label_that_fits_nowhere_is_left_out() {
        let mut places = Places::new(PLOT, &[]);
        assert!(places.near("x".repeat(200), (240.0, 108.0)).is_none());
    }

    proptest! {
        #[test]
        fn labels_stay_inside_and_apart(spots in prop::collection::vec((40.0..440.0_f64, 8.0..208.0_f64), 0..30)) {
            let mut places = Places::new(PLOT, &[]);
            for spot in spots {
                places.near("+2,500 Pack".to_owned(), spot);
            }
            for (index, area) in places.taken.iter().enumerate() {
                prop_assert!(area.within(&PLOT));
                prop_assert!(!places.taken[..index].iter().any(|other| other.overlaps(area)));
            }
        }
    }
}
