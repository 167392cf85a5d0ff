//! How far something is behind.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clock::Stopwatch;

/// Nothing is under way.
const REST: u64 = u64::MAX;

/// Since when the oldest of what is under way has been waiting, noted by one thread and read by others.
#[derive(Debug)]
pub(crate) struct Pulse {
    start: Stopwatch,
    /// In milliseconds after `start`, or [`REST`].
    since: AtomicU64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { start: Stopwatch::start(), since: AtomicU64::new(REST) }
    }
}

impl Pulse {
    /// Something is under way that has been waiting for so long.
    pub(crate) fn begin(&self, waited: Duration) {
        let waited = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
        self.since.store(self.start.elapsed_ms().saturating_sub(waited), Ordering::Relaxed);
    }

    /// It is done.
    pub(crate) fn rest(&self) {
        self.since.store(REST, Ordering::Relaxed);
    }

    /// The age of the oldest that is under way, in seconds; 0 when nothing is.
    pub(crate) fn age(&self) -> f64 {
        match self.since.load(Ordering::Relaxed) {
            REST => 0.0,
            since => Duration::from_millis(self.start.elapsed_ms().saturating_sub(since)).as_secs_f64(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_old_as_the_oldest() {
        let pulse = Pulse::default();
        assert!(pulse.age() < f64::EPSILON);
        std::thread::sleep(Duration::from_millis(30));
        pulse.begin(Duration::from_millis(20));
        assert!((0.019..1.0).contains(&pulse.age()), "{}", pulse.age());
        pulse.rest();
        assert!(pulse.age() < f64::EPSILON);
    }
}
