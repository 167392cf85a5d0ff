//! Notices that the computer slept, or that its clock was set.

use std::sync::LazyLock;
use std::time::Duration;

use clock::{Clock, Stopwatch};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(5);
/// From when on it is counted when to look: all who look in this process do so at once, and the processor wakes once for all.
static BEAT: LazyLock<Stopwatch> = LazyLock::new(Stopwatch::start);
/// So much more time than was waited for, in milliseconds, means sleep; a busy machine is late by less.
const MUCH_MS: u64 = 15_000;

/// Returns when the computer has slept or its clock was set, and waits for ever otherwise.
///
/// While a computer sleeps its clock goes on and its timers do not: connections that were open then are gone without a
/// word, and a wait that was nearly over is not.
pub(crate) async fn woke(clock: &Clock) {
    loop {
        let (before, watch) = (clock.now(), Stopwatch::start());
        tokio::time::sleep(until_next(BEAT.elapsed())).await;
        let waited = i64::try_from(watch.elapsed_ms()).unwrap_or(i64::MAX);
        let passed = clock.now().since(before);
        // A clock that is set by hand, as in tests and pictures, tells nothing.
        if !clock.is_fixed() && slept(passed, waited) {
            tracing::info!(passed, waited, "this computer slept, or its clock was set");
            return;
        }
    }
}

/// How long it is to the next look, `elapsed` after the first of all.
fn until_next(elapsed: Duration) -> Duration {
    // Whole milliseconds, as timers count: those who ask a moment apart wait for the same one.
    let every = EVERY.as_millis();
    let left = u64::try_from(every - elapsed.as_millis() % every).unwrap_or(u64::MAX);
    Duration::from_millis(left)
}

/// Whether so many milliseconds by the clock are not what was waited for.
const fn slept(passed: i64, waited: i64) -> bool {
    passed.abs_diff(waited) > MUCH_MS
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{slept, until_next};

    #[test]
    fn all_look_at_once_and_nobody_twice() {
        for (elapsed, left) in [(0, 5_000), (1, 4_999), (4_999, 1), (5_000, 5_000), (12_345, 2_655)] {
            assert_eq!(until_next(Duration::from_millis(elapsed)), Duration::from_millis(left), "after {elapsed} ms");
        }
    }

    #[test]
    fn much_more_or_less_than_was_waited_for_is_no_waiting() {
        let hour = 60 * 60 * 1_000;
        assert!(slept(hour, 5_000) && slept(-hour, 5_000) && slept(20_001, 5_000));
        assert!(!slept(5_000, 5_000) && !slept(20_000, 20_000) && !slept(9_000, 5_000));
        assert!(slept(i64::MAX, i64::MIN));
    }
}
