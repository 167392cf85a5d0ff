//! When connections are to be looked at next.
//!
//! Whoever changes a connection says by when that may need a look. While nothing can fall due, nobody looks.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clock::Stopwatch;
use tokio::sync::Notify;

/// No look is needed.
pub(super) const NEVER: u64 = u64::MAX;

/// When connections are to be looked at next. Instants are in milliseconds after its start.
#[derive(Debug)]
pub(super) struct Alarm {
    start: Stopwatch,
    /// The shortest time that anything which begins may take.
    shortest: u64,
    /// The instant, or [`NEVER`]. Like what a connection is at it is read and written in one order for all: whoever looks
    /// takes the alarm back and then reads the connections, whoever changes one writes that and then reads the alarm. So
    /// one of them sees what the other has done.
    set_for: AtomicU64,
    /// It was set for an earlier instant.
    moved: Notify,
}

impl Alarm {
    /// An alarm that is not set, where nothing that begins takes too long before `shortest` has passed.
    pub(super) fn new(shortest: Duration) -> Self {
        let (start, set_for) = (Stopwatch::start(), AtomicU64::new(NEVER));
        Self { start, shortest: millis(shortest), set_for, moved: Notify::new() }
    }

    pub(super) fn now(&self) -> u64 {
        self.start.elapsed_ms()
    }

    /// Something has begun at `now`.
    pub(super) fn begun(&self, now: u64) {
        self.set(now.saturating_add(self.shortest));
    }

    /// Sets it for an instant, unless it is set for an earlier one.
    pub(super) fn set(&self, at: u64) {
        // Mostly it is set already: reading costs those who work on requests less than writing.
        if at < self.set_for.load(Ordering::SeqCst) && at < self.set_for.fetch_min(at, Ordering::SeqCst) {
            self.moved.notify_one();
        }
    }

    /// Takes it back: whoever looks now sets it again for what is left.
    pub(super) fn take_back(&self) {
        self.set_for.store(NEVER, Ordering::SeqCst);
    }

    /// Waits until it goes off, and at least until `earliest`.
    pub(super) async fn gone_off(&self, earliest: u64) {
        loop {
            let at = self.set_for();
            let left = at.max(earliest).saturating_sub(self.now());
            if left == 0 {
                return;
            }
            let rest = async {
                match at {
                    NEVER => std::future::pending().await,
                    _ => tokio::time::sleep(Duration::from_millis(left)).await,
                }
            };
            tokio::select! {
                () = rest => {}
                () = self.moved.notified() => {}
            }
        }
    }

    pub(super) fn set_for(&self) -> u64 {
        self.set_for.load(Ordering::SeqCst)
    }
}

/// A time in milliseconds.
pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const LONG: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn it_goes_off_at_the_earliest_instant_that_it_was_set_for_while_somebody_waits() {
        let alarm = Arc::new(Alarm::new(LONG));
        let waiting = Arc::clone(&alarm);
        let waiting = tokio::spawn(async move { waiting.gone_off(0).await });
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        alarm.begun(alarm.now());
        tokio::task::yield_now().await;
        alarm.set(alarm.now() + 20);
        alarm.begun(alarm.now());
        tokio::time::timeout(LONG / 2, waiting).await.expect("it was missed").unwrap();
        assert!(alarm.now() >= 20);
    }

    #[tokio::test]
    async fn it_does_not_go_off_while_it_is_not_set_nor_before_the_earliest() {
        let alarm = Alarm::new(LONG);
        let short = Duration::from_millis(50);
        assert!(tokio::time::timeout(short, alarm.gone_off(0)).await.is_err());
        alarm.set(1);
        assert!(tokio::time::timeout(short, alarm.gone_off(60_000)).await.is_err());
        alarm.gone_off(0).await;
        alarm.take_back();
        assert!(tokio::time::timeout(short, alarm.gone_off(0)).await.is_err());
    }
}
