//! The axis of values: where its ticks stand, and where a value is drawn.

use plotters::coord::CoordTranslate as _;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;

use crate::Plot;
use crate::canvas::{FINE, fine};

/// Maps instants and credits to pixels. The picture and the points behind it both ask here, so that
/// they agree to the last tenth of a pixel.
pub(crate) struct Scale {
    map: Cartesian2d<RangedCoordf64, RangedCoordf64>,
    from: i64,
    to: i64,
    top: u64,
}

impl Scale {
    /// `to` may equal `from`, and `top` may be 0: then the one value stands at the start.
    pub(crate) fn new(plot: Plot, from: i64, to: i64, top: u64) -> Self {
        let to = to.max(from.saturating_add(1));
        let top = top.max(1);
        let map = Cartesian2d::new(
            millis(from)..millis(to),
            0.0..credits(top),
            (fine(plot.x)..fine(plot.right()), fine(plot.bottom())..fine(plot.y)),
        );
        Self { map, from, to, top }
    }

    /// Where the instant is drawn. What lies outside of the axis is drawn at its end.
    pub(crate) fn x(&self, at: i64) -> f64 {
        f64::from(self.map.translate(&(millis(at.clamp(self.from, self.to)), 0.0)).0) / FINE
    }

    /// Where the amount is drawn.
    pub(crate) fn y(&self, value: u64) -> f64 {
        let at = (millis(self.from), credits(value.min(self.top)));
        f64::from(self.map.translate(&at).1) / FINE
    }
}

// Instants stay below 2^48 and are exact. Amounts above 2^53 are not, by less than any pixel.
#[allow(clippy::cast_precision_loss)]
fn millis(at: i64) -> f64 {
    at as f64
}

#[allow(clippy::cast_precision_loss)]
fn credits(value: u64) -> f64 {
    value as f64
}

/// Round values from 0 up, at equal distance, in at most `intervals` steps (at least 1), the last
/// one no less than `max`. The distance is 1, 2, 2.5 or 5 times a power of ten, and whole.
pub(crate) fn value_ticks(max: u64, intervals: u32) -> Vec<u64> {
    // No point shows more than this, and the last tick then fits.
    let max = u128::from(max.clamp(1, i64::MAX.unsigned_abs()));
    let intervals = u128::from(intervals.max(1));
    let mut step = 1_u128;
    'found: for power in 0..=19 {
        for tenths in [10_u128, 20, 25, 50] {
            let round = tenths * 10_u128.pow(power);
            if round % 10 != 0 {
                continue;
            }
            step = round / 10;
            if max.div_ceil(step) <= intervals {
                break 'found;
            }
        }
    }
    (0..=max.div_ceil(step)).map(|index| u64::try_from(index * step).unwrap_or(u64::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn chooses_the_ticks_a_person_would() {
        assert_eq!(value_ticks(10_100, 5), [0, 2_500, 5_000, 7_500, 10_000, 12_500]);
        assert_eq!(value_ticks(520, 3), [0, 200, 400, 600]);
        assert_eq!(value_ticks(0, 5), [0, 1]);
        assert_eq!(value_ticks(3, 5), [0, 1, 2, 3]);
        assert_eq!(value_ticks(12, 5), [0, 5, 10, 15]);
    }

    proptest! {
        #[test]
        fn ticks_are_round_ascending_and_cover(max in any::<u64>(), shift in 0_u32..64, intervals in 0_u32..12) {
            let max = max >> shift;
            let ticks = value_ticks(max, intervals);
            let step = ticks[1];
            prop_assert_eq!(ticks[0], 0);
            prop_assert!(ticks.windows(2).all(|pair| pair[1] - pair[0] == step));
            prop_assert!(*ticks.last().unwrap() >= max.min(i64::MAX.unsigned_abs()));
            prop_assert!(ticks.len() <= intervals.max(1) as usize + 1);
            let digits = step.to_string();
            prop_assert!(["1", "2", "25", "5"].contains(&digits.trim_end_matches('0')), "{}", step);
        }

        #[test]
        fn drawn_values_keep_their_order_and_place(a in any::<u64>(), b in any::<u64>(), top in any::<u64>()) {
            let plot = Plot { x: 40.0, y: 8.0, width: 300.0, height: 200.0 };
            let scale = Scale::new(plot, 0, 1000, top);
            let (low, high) = (a.min(b), a.max(b));
            prop_assert!(scale.y(low) >= scale.y(high));
            prop_assert!(scale.y(high) >= 8.0 && scale.y(low) <= 208.0);
        }
    }

    #[test]
    fn draws_the_ends_of_the_axes_at_the_ends_of_the_plot() {
        let plot = Plot { x: 40.0, y: 8.0, width: 300.0, height: 200.0 };
        let scale = Scale::new(plot, 1_000, 5_000, 600);
        // In tenths of a pixel, which the picture is made of.
        let xs = [i64::MIN, 1_000, 3_000, 5_000, i64::MAX].map(|at| fine(scale.x(at)));
        assert_eq!(xs, [400, 400, 1_900, 3_400, 3_400]);
        let ys = [0, 300, 600, u64::MAX].map(|value| fine(scale.y(value)));
        assert_eq!(ys, [2_080, 1_080, 80, 80]);
    }
}
