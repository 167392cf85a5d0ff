//! The one place that reads the clock. Everything else takes an instant, or a [`Clock`] to ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub use metering::Timestamp;

/// Tells the time: the system's, or one that the caller sets.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// Milliseconds since the epoch.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `at` until [`Clock::set`] moves it; its clones stand with it.
    #[must_use]
    pub fn fixed(at: Timestamp) -> Self {
        Self(Source::Set(Arc::new(AtomicI64::new(at.as_millis()))))
    }

    /// The instant now.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "this is the module that the ban points to")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::Set(millis) => Timestamp::from_millis(millis.load(Ordering::SeqCst)),
            Source::System => {
                // A clock before 1970 counts as the first instant.
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
        }
    }

    /// Moves a clock that stands still; the system's clock stays as it is.
    pub fn set(&self, at: Timestamp) {
        if let Source::Set(millis) = &self.0 {
            millis.store(at.as_millis(), Ordering::SeqCst);
        }
    }

    /// Whether the clock stands still, so that waiting for an instant would take for ever.
    #[must_use]
    pub const fn is_fixed(&self) -> bool {
        matches!(self.0, Source::Set(_))
    }
}

/// Measures how long something takes, apart from what day it is.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts one.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "this is the module that the ban points to")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// Milliseconds since the start.
    #[must_use]
    pub fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_set_and_its_clones_with_it() {
        let clock = Clock::fixed(Timestamp::from_millis(5));
        let clone = clock.clone();
        assert_eq!(clone.now(), Timestamp::from_millis(5));
        clock.set(Timestamp::from_millis(9));
        assert_eq!(clone.now(), Timestamp::from_millis(9));
    }

    #[test]
    fn the_system_clock_is_later_than_this_source() {
        assert!(Clock::system().now() > "2026-01-01T00:00:00Z".parse().unwrap());
    }
}
