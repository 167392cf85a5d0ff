//! Whether a database can take what is to be recorded. That it answers reads does not say so: its disk may be full, or it
//! may be a replica.

use std::sync::atomic::{AtomicBool, Ordering};

use super::sql::values;
use super::{Store, StoreError};

/// What a database knows of itself. Every call may block.
pub(crate) trait Health {
    /// Whether it answers, has room, and is one that can be written to. It writes nothing.
    fn check(&self) -> Result<(), StoreError>;

    /// The pool of connections, if there is one. It does not block.
    fn pool(&self) -> Option<Pool> {
        None
    }
}

/// A pool of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pool {
    /// Most that can be open.
    pub(crate) most: usize,
    /// Those that are open and at rest.
    pub(crate) idle: usize,
    /// Those that somebody works on.
    pub(crate) busy: usize,
    /// How many wait for one.
    pub(crate) waiting: usize,
}

/// Whether what was written last was written.
#[derive(Debug, Default)]
pub(super) struct LastWrite {
    has_failed: AtomicBool,
}

impl LastWrite {
    /// Takes note of how a write has ended, and hands it on.
    pub(super) fn note<T>(&self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        let has_failed = match &done {
            Ok(_) => false,
            Err(StoreError::Sqlite(_) | StoreError::Postgres(_)) => true,
            // What was to be written was wrong: that says nothing of the database.
            Err(_) => return done,
        };
        if self.has_failed.load(Ordering::Relaxed) != has_failed {
            self.has_failed.store(has_failed, Ordering::Relaxed);
        }
        done
    }
}

impl Store {
    /// Whether the database can take what is to be recorded. Nothing is written to find that out, unless the last write
    /// failed: then a small one is tried, for a service that nobody sends anything to would not find out otherwise.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.last_write.has_failed.load(Ordering::Relaxed) {
            self.write(|db| {
                let sql = "UPDATE settings SET value = value WHERE name = (SELECT min(name) FROM settings)";
                db.execute(sql, values![]).map(drop)
            })?;
        }
        self.engine.check()
    }

    /// The pool of connections, if there is one.
    pub(crate) fn pool(&self) -> Option<Pool> {
        self.engine.pool()
    }
}

/// Fewest bytes that a disk has to have left.
const ROOM: u64 = 16 * 1024 * 1024;

/// Whether so many bytes are enough to go on.
pub(super) fn has_room(left: u64) -> Result<(), StoreError> {
    if left >= ROOM {
        return Ok(());
    }
    Err(StoreError::Unfit(format!("the disk has {} MiB left: make room", left / 1024 / 1024)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_full_before_its_last_byte() {
        assert!(has_room(ROOM).is_ok());
        assert_eq!(has_room(ROOM - 1).unwrap_err().to_string(), "the disk has 15 MiB left: make room");
    }

    #[test]
    fn a_failed_write_counts_until_one_succeeds_and_what_was_wrong_itself_says_nothing() {
        let last = LastWrite::default();
        let has_failed = |done: Result<(), StoreError>| {
            let _ = last.note(done);
            last.has_failed.load(Ordering::Relaxed)
        };
        assert!(!has_failed(Err(StoreError::Contradiction("no".into()))));
        assert!(has_failed(Err(StoreError::Postgres("gone".into()))));
        assert!(has_failed(Err(StoreError::Contradiction("no".into()))));
        assert!(!has_failed(Ok(())));
    }
}
