//! The newest ids of a ledger, so that a new one need not be looked for on the disk.
//!
//! Whoever makes ids puts the time first, mostly (UUIDv7, ULID): a new one then comes behind nearly all that are recorded.
//! Of those with the highest times all are known here; what comes behind the lowest of them and is not among them was
//! never recorded. Any other id has to be looked for in the store.

use std::collections::BTreeSet;

use metering::Timestamp;

use crate::store::Key;

/// How many ids are known of a ledger: those of a few milliseconds, in a busy one.
const KNOWN: usize = 256;
/// For how many milliseconds ids are known, so that those of many ledgers do not pile up.
const KNOWN_FOR: i64 = 60 * 1_000;
/// No id is of a later time than so many milliseconds ahead, unless it was not made of the time at all: ten years.
const AHEAD: i64 = 10 * 366 * 24 * 60 * 60 * 1_000;

/// All ids of a ledger between two bounds.
#[derive(Debug)]
pub(super) struct Window {
    /// The highest that is not between them.
    floor: Key,
    /// The lowest that is not.
    ceiling: Key,
    keys: BTreeSet<Key>,
}

impl Window {
    /// Where a window that is opened now ends.
    pub(super) fn ceiling(now: Timestamp) -> Key {
        Key::at_time(now.as_millis().saturating_add(AHEAD))
    }

    /// A window from the highest id that is recorded below the ceiling.
    pub(super) fn new(highest: Option<Key>, ceiling: Key) -> Self {
        Self { floor: highest.unwrap_or(Key::LOWEST), ceiling, keys: BTreeSet::new() }
    }

    /// Whether nothing is recorded under a key.
    pub(super) fn excludes(&self, key: &Key) -> bool {
        self.floor < *key && *key < self.ceiling && !self.keys.contains(key)
    }

    /// Takes note that something was recorded under a key at this time.
    pub(super) fn note(&mut self, key: Key, at: Timestamp) {
        if self.floor < key && key < self.ceiling {
            self.keys.insert(key);
        }
        let old = Key::at_time(at.as_millis().saturating_sub(KNOWN_FOR));
        while let Some(lowest) = self.keys.first().copied()
            && (self.keys.len() > KNOWN || lowest < old)
        {
            self.keys.pop_first();
            self.floor = lowest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(ms: i64, id: u8) -> Key {
        let mut key = Key::at_time(ms);
        key.0[15] = id;
        key
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    #[test]
    fn it_excludes_what_it_knows_not_to_be_there_and_nothing_else() {
        let mut window = Window::new(Some(key(1_000, 7)), key(9_000, 0));
        for (other, is_excluded) in [
            (key(999, 0), false),
            (key(1_000, 6), false),
            (key(1_000, 7), false),
            (key(1_000, 8), true),
            (key(8_999, 9), true),
            (key(9_000, 0), false),
            (key(9_001, 0), false),
        ] {
            assert_eq!(window.excludes(&other), is_excluded, "{other:?}");
        }
        window.note(key(1_000, 8), at(1_000));
        assert!(!window.excludes(&key(1_000, 8)));
        window.note(key(9_001, 0), at(1_000));
        assert!(window.keys.len() == 1, "what is beyond the bounds is not kept");
    }

    #[test]
    fn it_moves_with_the_newest() {
        let mut window = Window::new(None, key(1_000_000, 0));
        let known = i64::try_from(KNOWN).unwrap();
        // The newest come first, so that what falls out is not what came last.
        for ms in (1..=known + 10).rev() {
            assert!(window.excludes(&key(ms, 1)) || ms <= 10, "{ms}");
            window.note(key(ms, 1), at(known + 10));
        }
        assert_eq!(window.keys.len(), KNOWN);
        for ms in 1..=known + 10 {
            assert!(!window.excludes(&key(ms, 1)), "{ms}");
        }
        assert!(!window.excludes(&key(3, 2)), "among what fell out something may be");
        assert!(window.excludes(&key(11, 2)));
        assert!(window.excludes(&key(known + 11, 1)));
    }

    #[test]
    fn it_keeps_no_ids_that_nobody_sends_again() {
        let mut window = Window::new(None, key(1_000_000, 0));
        window.note(key(1, 1), at(1));
        window.note(key(2, 1), at(2));
        window.note(key(KNOWN_FOR + 2, 1), at(KNOWN_FOR + 2));
        assert_eq!(window.keys.len(), 2, "one is older than a minute");
        assert!(!window.excludes(&key(1, 0)) && !window.excludes(&key(1, 1)), "up to it nothing is known any more");
        assert!(window.excludes(&key(1, 2)) && !window.excludes(&key(2, 1)));
        // A clock that is ahead, of whoever makes ids, pushes nothing out.
        window.note(key(KNOWN_FOR * 10, 1), at(KNOWN_FOR + 2));
        assert_eq!(window.keys.len(), 3);
    }
}
