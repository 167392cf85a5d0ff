//! Notices that the computer slept, or that its clock was set.

use std::time::Duration;

use clock::{Clock, Stopwatch};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(5);
/// So much more time than was waited for, in milliseconds, means sleep; a busy machine is late by less.
const MUCH_MS: i64 = 15_000;

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
        if !clock.is_fixed() && passed.abs_diff(waited) > MUCH_MS.unsigned_abs() {
            tracing::info!(passed, waited, "this computer slept, or its clock was set");
            return;
        }
    }
}
