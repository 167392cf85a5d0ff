//! How fast a long fetch goes, and how long the rest of it may take.

use std::collections::VecDeque;

use crate::Progress;

/// What counts as of late, in milliseconds.
const LATE_MS: u64 = 3_000;
/// Nothing is said of the speed before this time, in milliseconds: the first page is no measure.
const EARLY_MS: u64 = 400;

/// What came when.
#[derive(Debug)]
pub(crate) struct Pace {
    of: u64,
    /// Instants and the entries that there were, the oldest first.
    came: VecDeque<(u64, u64)>,
}

impl Pace {
    /// At the start of a fetch from entry `done` to entry `of`.
    pub(crate) fn new(done: u64, of: u64) -> Self {
        Self { of, came: VecDeque::from([(0, done)]) }
    }

    /// After `ms` milliseconds there are `done` entries.
    pub(crate) fn came_to(&mut self, ms: u64, done: u64) -> Progress {
        self.came.push_back((ms, done));
        while self.came.len() > 2 && self.came.front().is_some_and(|(then, _)| *then + LATE_MS < ms) {
            self.came.pop_front();
        }
        let of = self.of.max(done);
        let (then, had) = self.came.front().copied().unwrap_or((ms, done));
        let (took, came) = (ms.saturating_sub(then), done.saturating_sub(had));
        if took < EARLY_MS || came == 0 {
            return Progress { done, of, per_second: None, left_ms: None };
        }
        let per_second = came.saturating_mul(1_000) / took;
        let left = u128::from(of - done) * u128::from(took) / u128::from(came);
        Progress { done, of, per_second: Some(per_second), left_ms: u64::try_from(left).ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_speed_and_time_left_of_late() {
        let mut pace = Pace::new(1_000, 100_000);
        assert_eq!(pace.came_to(100, 2_000).per_second, None, "too early to tell");
        let steady = pace.came_to(1_000, 11_000);
        assert_eq!((steady.per_second, steady.left_ms), (Some(10_000), Some(8_900)));
        for second in 2..=10 {
            pace.came_to(second * 1_000, 10_000 + second * 1_000);
        }
        let slower = pace.came_to(10_500, 20_500);
        assert_eq!(
            (slower.per_second, slower.left_ms),
            (Some(1_000), Some(79_500)),
            "what was long ago does not count"
        );
        assert_eq!(
            pace.came_to(11_000, 100_500),
            Progress { done: 100_500, of: 100_500, per_second: Some(27_500), left_ms: Some(0) }
        );
    }
}
