//! What may be left later: a likely course within a fan.

use crate::burn_down::{Mark, Sample};
use crate::canvas::Place;
use crate::scale::Scale;

/// What may be left from now on. Between two samples of a course it is a straight line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The expected course.
    pub likely: Vec<Sample>,
    /// The lower edge of the likely range: what is left at the fastest use.
    pub low: Vec<Sample>,
    /// Its upper edge.
    pub high: Vec<Sample>,
    /// When the likely course reaches 0, and what to call that: "29 Nov".
    pub run_out: Option<Mark>,
}

impl Forecast {
    /// The fan as an outline, within `start..=end`. Empty without a range.
    pub(crate) fn fan(&self, scale: &Scale, start: i64, end: i64) -> Vec<Place> {
        let (mut high, mut low) = (clip(&self.high, start, end), clip(&self.low, start, end));
        let (Some(last_high), Some(last_low)) = (high.last().copied(), low.last().copied()) else {
            return Vec::new();
        };
        // An edge that ended at 0 stays there until the other one ends as well.
        let to = last_high.at.max(last_low.at);
        high.push(Sample { at: to, ..last_high });
        low.push(Sample { at: to, ..last_low });
        low.reverse();
        high.extend(low);
        high.into_iter().map(|sample| (scale.x(sample.at), scale.y(sample.credits))).collect()
    }
}

/// By time, whatever the order was; what happened at one instant stays in its order.
pub(crate) fn sorted(samples: &[Sample]) -> Vec<Sample> {
    let mut sorted = samples.to_vec();
    sorted.sort_by_key(|sample| sample.at);
    sorted
}

/// The part of a course within `start..=end`, cut where it crosses either.
pub(crate) fn clip(course: &[Sample], start: i64, end: i64) -> Vec<Sample> {
    let course = sorted(course);
    let (Some(first), Some(last)) = (course.first(), course.last()) else {
        return Vec::new();
    };
    let cut = |at: i64| {
        let crosses = first.at < at && at < last.at;
        crosses.then(|| at_instant(&course, at)).flatten().map(|credits| Sample { at, credits })
    };
    let inside = course.iter().filter(|sample| (start..=end).contains(&sample.at));
    let mut clipped: Vec<Sample> = cut(start).into_iter().collect();
    clipped.extend(inside.copied());
    clipped.extend(cut(end));
    clipped.dedup();
    clipped
}

/// What a course by time comes to at an instant: before its start what it starts with, after its end
/// what it ends with. None when it is empty.
pub(crate) fn at_instant(course: &[Sample], at: i64) -> Option<u64> {
    let after = course.partition_point(|sample| sample.at <= at);
    let before = after.checked_sub(1).and_then(|index| course.get(index));
    match (before, course.get(after)) {
        (Some(a), Some(b)) => Some(between(*a, *b, at)),
        (Some(only), None) | (None, Some(only)) => Some(only.credits),
        (None, None) => None,
    }
}

/// On the straight line from `a` to `b`, which are at different instants with `at` between them.
fn between(a: Sample, b: Sample, at: i64) -> u64 {
    let (whole, part) = (b.at.abs_diff(a.at), at.abs_diff(a.at));
    let (whole, part) = (u128::from(whole.max(1)), u128::from(part));
    let change = u128::from(a.credits.abs_diff(b.credits)) * part / whole;
    let change = u64::try_from(change).unwrap_or(u64::MAX);
    if b.credits >= a.credits { a.credits.saturating_add(change) } else { a.credits.saturating_sub(change) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(at: i64, credits: u64) -> Sample {
        Sample { at, credits }
    }

    #[test]
    fn a_course_is_cut_where_it_leaves_the_range() {
        let course = [sample(0, 100), sample(100, 0)];
        assert_eq!(clip(&course, 20, 50), [sample(20, 80), sample(50, 50)]);
        assert_eq!(clip(&course, -5, 100), course);
        assert_eq!(clip(&course, 200, 300), []);
    }

    #[test]
    fn a_course_by_another_order_is_the_same() {
        let course = [sample(100, 0), sample(0, 100)];
        assert_eq!(clip(&course, 20, 50), [sample(20, 80), sample(50, 50)]);
    }

    proptest! {
        #[test]
        fn between_two_samples_lies_between_their_amounts(a in any::<u64>(), b in any::<u64>(), at in 0_i64..=1000) {
            let course = [sample(0, a), sample(1000, b)];
            let found = at_instant(&course, at).unwrap();
            prop_assert!((a.min(b)..=a.max(b)).contains(&found));
        }
    }
}
