//! Notices that the computer slept, or that its clock was set.

use std::time::Duration;

use clock::{Clock, Stopwatch};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(5);
/// So much more time than was waited for, in milliseconds, means sleep; a busy machine is late by less.
const MUCH_MS: u64 = 15_000;

/// Returns when the computer has slept or its clock was set, and waits for ever otherwise.
///
/// While a computer sleeps its clock goes on and its timers do not: connections that were open then are gone without a
/// word, and a wait that was nearly over is not.
pub(crate) async fn woke(clock: &Clock) {
    loop {
        let (before, watch) = (clock.now(), Stopwatch::start());
        tokio::time::sleep(EVERY).await;
        let waited = i64::try_from(watch.elapsed_ms()).unwrap_or(i64::MAX);
        let passed = clock.now().since(before);
        // A clock that is set by hand, as in tests and pictures, tells nothing.
        if !clock.is_fixed() && slept(passed, waited) {
            tracing::info!(passed, waited, "this computer slept, or its clock was set");
            return;
        }
    }
}

/// Whether so many milliseconds by the clock are not what was waited for.
const fn slept(passed: i64, waited: i64) -> bool {
    passed.abs_diff(waited) > MUCH_MS
}

#[cfg(test)]
mod tests {
    use super::slept;

    #[test]
    fn much_more_or_less_than_was_waited_for_is_no_waiting() {
        let hour = 60 * 60 * 1_000;
        assert!(slept(hour, 5_000) && slept(-hour, 5_000) && slept(20_001, 5_000));
        assert!(!slept(5_000, 5_000) && !slept(20_000, 20_000) && !slept(9_000, 5_000));
        assert!(slept(i64::MAX, i64::MIN));
    }
}
