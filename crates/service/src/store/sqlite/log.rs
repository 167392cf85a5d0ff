//! The log beside the file, forced to the disk by whoever needs it, for all who wait.
//!
//! A transaction is written to the log when it commits, and everybody sees it then. It survives a power cut once the log
//! is on the disk. SQLite would force the log in every commit and let nobody write meanwhile; here the next transactions
//! are decided and written while the last ones are on their way to the disk. What nobody may learn before it is durable
//! (an answer, a line of a ledger) waits for [`Log::sync`].
//!
//! Restarting the log and moving its pages to their place force both files in the right order: that is SQLite's business,
//! and it does so in every mode that keeps a database whole.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The log of one database.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    file: Mutex<File>,
    /// How often something was written to the log that is not known to be on the disk.
    marked: AtomicU64,
    turn: Mutex<Turn>,
    ended: Condvar,
}

/// How far the log is on the disk.
#[derive(Debug, Default)]
struct Turn {
    /// Whether somebody forces it now.
    is_busy: bool,
    /// The mark up to which everything is on the disk.
    synced: u64,
    /// Why it failed, if it did: what is on the disk is not known from then on.
    failure: Option<Failure>,
}

#[derive(Clone, Debug)]
struct Failure(io::ErrorKind, String);

impl Log {
    /// The log of a database file that somebody has open: it stays where it is as long.
    ///
    /// # Errors
    /// When it is not there.
    pub(super) fn of(database: &Path) -> io::Result<Self> {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        let path = PathBuf::from(path);
        // From the beginning: a system tells of a failure only those who had the file open then.
        let file = Mutex::new(opened(&path)?);
        Ok(Self { path, file, marked: AtomicU64::new(0), turn: Mutex::default(), ended: Condvar::new() })
    }

    /// Takes note that something was written that is not known to be on the disk.
    pub(super) fn mark(&self) {
        self.marked.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether everything that was marked is on the disk.
    pub(super) fn is_synced(&self) -> bool {
        let turn = lock(&self.turn);
        turn.failure.is_none() && turn.synced >= self.marked.load(Ordering::Acquire)
    }

    /// Returns once everything that was marked before is on the disk.
    ///
    /// # Errors
    /// When the disk fails, now or earlier: nobody knows what is on it.
    pub(super) fn sync(&self) -> io::Result<()> {
        let wanted = self.marked.load(Ordering::Acquire);
        let mut turn = lock(&self.turn);
        loop {
            if let Some(Failure(kind, message)) = &turn.failure {
                return Err(io::Error::new(*kind, message.clone()));
            }
            if turn.synced >= wanted {
                return Ok(());
            }
            turn = if turn.is_busy {
                self.ended.wait(turn).unwrap_or_else(PoisonError::into_inner)
            } else {
                self.take_turn(turn)
            };
        }
    }

    /// Forces the log, for all whose marks are there before it begins.
    fn take_turn<'a>(&'a self, mut turn: MutexGuard<'a, Turn>) -> MutexGuard<'a, Turn> {
        turn.is_busy = true;
        drop(turn);
        let marked = self.marked.load(Ordering::Acquire);
        let forced = self.force();
        let mut turn = lock(&self.turn);
        turn.is_busy = false;
        match forced {
            Ok(()) => turn.synced = turn.synced.max(marked),
            Err(error) => turn.failure = Some(Failure(error.kind(), error.to_string())),
        }
        self.ended.notify_all();
        turn
    }

    fn force(&self) -> io::Result<()> {
        lock(&self.file).sync_data()
    }

    /// From now on the disk fails, as far as a test can make it: no system forces a pipe.
    #[cfg(all(test, unix))]
    pub(super) fn fail(&self) -> io::Result<()> {
        let (_reader, writer) = io::pipe()?;
        *lock(&self.file) = File::from(std::os::fd::OwnedFd::from(writer));
        Ok(())
    }

    /// Whether the disk has failed. A system may forget what it could not write and say so once: nothing that is
    /// written behind it can be trusted, until everything in the log was moved to its place and is known to be there.
    pub(super) fn has_failed(&self) -> bool {
        lock(&self.turn).failure.is_some()
    }

    /// What is marked up to now.
    pub(super) fn marked(&self) -> u64 {
        self.marked.load(Ordering::Acquire)
    }

    /// Takes note that the log holds nothing any more that was marked up to there and is not in its place on the disk.
    ///
    /// # Errors
    /// When the log cannot be opened again.
    pub(super) fn was_emptied(&self, marked: u64) -> io::Result<()> {
        let file = opened(&self.path)?;
        let mut turn = lock(&self.turn);
        turn.failure = None;
        turn.synced = turn.synced.max(marked);
        *lock(&self.file) = file;
        Ok(())
    }
}

/// For writing, because not every system forces what is open for reading alone.
fn opened(path: &Path) -> io::Result<File> {
    File::options().write(true).open(path)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn log(folder: &Path) -> io::Result<Log> {
        std::fs::write(folder.join("x-wal"), b"frames")?;
        Log::of(&folder.join("x"))
    }

    #[test]
    fn it_is_forced_when_something_was_written_and_not_again() {
        let folder = tempfile::tempdir().unwrap();
        let log = log(folder.path()).unwrap();
        assert!(log.is_synced());
        log.mark();
        assert!(!log.is_synced());
        log.sync().unwrap();
        assert!(log.is_synced());
        // What is not tried does not fail.
        log.fail().unwrap();
        log.sync().unwrap();
        log.mark();
        log.sync().unwrap_err();
    }

    #[test]
    fn those_who_wait_share_what_one_does() {
        let folder = tempfile::tempdir().unwrap();
        let log = log(folder.path()).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        log.mark();
                        let marked = log.marked.load(Ordering::Acquire);
                        log.sync().unwrap();
                        assert!(lock(&log.turn).synced >= marked);
                    }
                });
            }
        });
        assert!(log.is_synced());
        assert_eq!(lock(&log.turn).synced, 400);
    }

    #[test]
    fn after_a_failure_nothing_is_durable_until_everything_is_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let log = log(folder.path()).unwrap();
        log.fail().unwrap();
        log.mark();
        log.sync().unwrap_err();
        // The system may say that all is well when it is asked again.
        *lock(&log.file) = opened(&log.path).unwrap();
        log.sync().unwrap_err();
        assert!(log.has_failed() && !log.is_synced());
        let marked = log.marked();
        log.mark();
        log.was_emptied(marked).unwrap();
        assert!(!log.has_failed() && !log.is_synced(), "the last was marked too late");
        log.sync().unwrap();
        assert!(!log.has_failed() && log.is_synced());
        log.mark();
        log.sync().unwrap();
    }
}
