//! Fewer samples that look the same.

use crate::canvas::Place;

/// What a sample became in pixels. `high` is the amount, to tell up from down.
pub(crate) type Spot = (Place, u64);

/// Runs of samples within the same `width` pixels, as ranges of indices.
#[allow(clippy::cast_possible_truncation)]
fn columns(spots: &[Spot], width: f64) -> Vec<std::ops::Range<usize>> {
    let column = |spot: &Spot| (spot.0.0 / width).floor() as i64;
    let mut runs = Vec::new();
    let mut start = 0;
    for run in spots.chunk_by(|a, b| column(a) == column(b)) {
        runs.push(start..start + run.len());
        start += run.len();
    }
    runs
}

/// The indices that a line needs to look as if it had all: of each pixel the first, the highest, the
/// lowest and the last. `spots` go from left to right.
pub(crate) fn for_line(spots: &[Spot]) -> Vec<usize> {
    let mut kept = Vec::new();
    for run in columns(spots, 1.0) {
        let amount = |index: &usize| spots.get(*index).map(|spot| spot.1);
        kept.push(run.start);
        kept.extend(run.clone().max_by_key(amount));
        kept.extend(run.clone().min_by_key(amount));
        kept.push(run.end - 1);
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// The index of the highest of each pixel. `spots` go from left to right.
pub(crate) fn highest(spots: &[Spot]) -> Vec<usize> {
    let amount = |index: &usize| spots.get(*index).map(|spot| spot.1);
    columns(spots, 1.0).into_iter().filter_map(|run| run.max_by_key(amount)).collect()
}

/// The indices worth hovering: of every two pixels the last one, and both sides of the highest jump
/// up that can be seen. `spots` go from left to right.
pub(crate) fn for_hover(spots: &[Spot]) -> Vec<usize> {
    let mut kept = Vec::new();
    for run in columns(spots, 2.0) {
        let rise = |index: &usize| {
            let before = spots.get(index.checked_sub(1)?)?;
            let here = spots.get(*index)?;
            // Upwards is towards 0.
            (before.0.1 - here.0.1 >= 2.0).then(|| here.1.saturating_sub(before.1))
        };
        let jump = run.clone().filter(|index| rise(index).is_some());
        if let Some(index) = jump.max_by_key(rise) {
            kept.extend([index - 1, index]);
        }
        kept.push(run.end - 1);
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_jump_is_kept_among_many_samples() {
        let spot = |index: u32| {
            let amount: u32 = if index == 5_000 { 9_000 } else { 100 };
            ((f64::from(index) / 100.0, 200.0 - f64::from(amount) / 50.0), u64::from(amount))
        };
        let spots: Vec<Spot> = (0..10_000).map(spot).collect();
        for kept in [for_line(&spots), for_hover(&spots)] {
            assert!(kept.contains(&4_999) && kept.contains(&5_000) && kept.contains(&9_999));
            assert!(kept.len() < 500, "{}", kept.len());
        }
    }

    proptest! {
        #[test]
        fn thinning_bounds_what_is_left(mut raw in prop::collection::vec((0.0..300.0_f64, 0_u64..1000), 0..2000)) {
            raw.sort_by(|a, b| a.0.total_cmp(&b.0));
            let spots: Vec<Spot> = raw.iter().map(|(x, amount)| ((*x, 1000.0 - *amount as f64), *amount)).collect();
            let (line, hover) = (for_line(&spots), for_hover(&spots));
            prop_assert!(line.len() <= 4 * 300 && hover.len() <= 3 * 150 + 1);
            for kept in [line, hover] {
                prop_assert_eq!(kept.last().copied(), spots.len().checked_sub(1));
                prop_assert!(kept.windows(2).all(|pair| pair[0] < pair[1]));
            }
        }
    }
}
