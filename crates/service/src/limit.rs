//! How fast somebody may ask: so many a second in the long run, and some at once.
//!
//! What is kept of each is one number, the instant at which it has been idle for long enough to ask for everything at once
//! again (the generic cell rate algorithm). Unlike the crates for this, it can be looked at without taking anything: a
//! failure is known only afterwards. Whoever has not been seen for a while is forgotten, and at most so many are known.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clock::Stopwatch;
use moka::sync::Cache;

/// How many are known at once. The one that has not been seen for the longest time is forgotten first.
const KNOWN: u64 = 100_000;

/// How fast somebody may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// So many a second in the long run; 0 sets no limit.
    pub per_second: u32,
    /// So many at once.
    pub burst: u32,
}

impl Rate {
    /// The time that one of them takes, in nanoseconds; none, if there is no limit.
    fn step(self) -> Option<u64> {
        1_000_000_000_u64.checked_div(u64::from(self.per_second))
    }

    /// The time after which whoever asked for nothing is as if never seen.
    fn recovery(self) -> u64 {
        self.step().unwrap_or(0).saturating_mul(u64::from(self.burst.max(1)))
    }
}

/// Holds everybody to a rate.
#[derive(Debug)]
pub(crate) struct Limit<K: Hash + Eq + Send + Sync + 'static> {
    rate: Rate,
    since: Stopwatch,
    /// When each has recovered, in nanoseconds after `since`.
    recovered: Cache<K, Arc<AtomicU64>>,
}

impl<K: Hash + Eq + Send + Sync + 'static> Limit<K> {
    pub(crate) fn new(rate: Rate) -> Self {
        let forgotten = Duration::from_nanos(rate.recovery()).max(Duration::from_secs(1));
        let recovered = Cache::builder().max_capacity(KNOWN).time_to_idle(forgotten).build();
        Self { rate, since: Stopwatch::start(), recovered }
    }

    /// Whether somebody may ask once more. Nothing is taken.
    pub(crate) fn allows(&self, who: &K) -> bool {
        self.allows_at(who, self.now())
    }

    /// Lets somebody ask once more, if that is not too fast.
    pub(crate) fn take(&self, who: K) -> bool {
        let now = self.now();
        self.take_at(who, now)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn allows_at(&self, who: &K, now: u64) -> bool {
        let Some(step) = self.rate.step() else { return true };
        self.recovered.get(who).is_none_or(|at| self.next(at.load(Ordering::Relaxed), step, now).is_some())
    }

    fn take_at(&self, who: K, now: u64) -> bool {
        let Some(step) = self.rate.step() else { return true };
        let recovered = self.recovered.get_with(who, Arc::default);
        recovered.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |at| self.next(at, step, now)).is_ok()
    }

    /// When somebody who recovers at `at` will have recovered after asking once more; none, if that is too fast.
    fn next(&self, at: u64, step: u64, now: u64) -> Option<u64> {
        let next = at.max(now).saturating_add(step);
        (next <= now.saturating_add(self.rate.recovery())).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn so_many_at_once_and_then_so_many_a_second() {
        let limit = Limit::new(Rate { per_second: 10, burst: 3 });
        let taken = |now: u64| (0..10).filter(|_| limit.take_at("a", now)).count();
        assert_eq!(taken(0), 3);
        assert!(!limit.allows_at(&"a", 0));
        assert!(limit.allows_at(&"b", 0), "everybody has a rate of their own");
        assert_eq!(taken(SECOND / 10), 1);
        assert_eq!(taken(SECOND / 10), 0);
        assert_eq!(taken(SECOND * 3 / 10), 2);
        assert_eq!(taken(SECOND * 60), 3, "no more than that at once, however long it was idle");
    }

    #[test]
    fn looking_takes_nothing() {
        let limit = Limit::new(Rate { per_second: 1, burst: 1 });
        assert!((0..10).all(|_| limit.allows_at(&"a", 0)));
        assert!(limit.take_at("a", 0));
        assert!((0..10).all(|_| !limit.allows_at(&"a", SECOND - 1)));
        assert!(limit.allows_at(&"a", SECOND));
    }

    #[test]
    fn no_limit_and_no_burst() {
        let none = Limit::new(Rate { per_second: 0, burst: 0 });
        assert!((0..10_000).all(|_| none.take_at("a", 0) && none.allows_at(&"a", 0)));
        let single = Limit::new(Rate { per_second: 2, burst: 0 });
        assert!(single.take_at("a", 0) && !single.take_at("a", 0) && single.take_at("a", SECOND / 2));
    }

    #[test]
    fn many_at_once_get_what_there_is_and_no_more() {
        let limit = Limit::new(Rate { per_second: 1, burst: 100 });
        let taken: usize = std::thread::scope(|scope| {
            let ask = || (0..1_000).filter(|_| limit.take_at("a", 0)).count();
            let asking: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
            asking.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(taken, 100);
    }
}
