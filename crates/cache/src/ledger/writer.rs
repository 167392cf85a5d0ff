//! Storing pages of entries: entries, everything that is looked up in their place, and the cursor, together or not at all.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::head::{Cursor, Head};
use super::mark::{Committed, Mark};
use super::page::Page;
use super::reader::LedgerReader;
use super::state::State;
use super::{facts, schema};
use crate::{CacheError, file};

/// The one handle that changes a workspace's ledger. Readers are handed out by [`LedgerWriter::reader`].
///
/// Pages survive a crash of the app when a call returns; the newest may be lost with the power, and are fetched again.
#[derive(Debug)]
pub struct LedgerWriter {
    path: PathBuf,
    db: Connection,
    mark: Mark,
    state: State,
    /// What is in memory may differ from what is stored: a transaction failed.
    is_stale: bool,
    has_long_log: bool,
    lost: Option<Lost>,
    reader: LedgerReader,
}

/// Entries of a transaction that are many.
const MANY: usize = 8_192;
/// Pages of SQLite's log that make it write them back while many entries come.
const LONG_LOG_PAGES: i64 = 4_000;

/// Entries that were stored once and are not there any more: the end of SQLite's log was damaged, or the power failed.
/// What is left is whole, and the service has the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The last entry that is there.
    pub seq: u64,
    /// The last entry that was.
    pub was: u64,
}

/// The account after an entry, to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotBytes<'a> {
    /// The last entry that it counts.
    pub seq: u64,
    /// What it is, as whoever made it wrote it.
    pub bytes: &'a [u8],
}

impl LedgerWriter {
    /// Opens the ledger at `path`, creating file and folder where they are missing. On Unix nobody but the owner may read
    /// the file. What is read at once (the end of the ledger, the names) is checked; the rest is whenever it is read.
    ///
    /// # Errors
    /// [`CacheError::Unusable`] for a damaged file, another program's or a newer version's; [`CacheError::File`] when the
    /// file cannot be made.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, CacheError> {
        let path = path.as_ref().to_owned();
        let mut db = file::open_writer(&path, |db| schema::prepare(&path, db))?;
        let read = |db: &mut Connection| State::read(&db.transaction()?);
        let state = read(&mut db).map_err(|error| error.about(&path))?;
        let (mark, committed) = Mark::open(&path);
        let seq = state.head.seq;
        let lost = committed
            .filter(|committed| committed.commits > state.head.commits)
            .map(|committed| Lost { seq, was: committed.seq });
        mark.note(Committed { commits: state.head.commits, seq });
        let reader = LedgerReader::new(path.clone());
        Ok(Self { path, db, mark, state, is_stale: false, has_long_log: false, lost, reader })
    }

    /// A handle that reads. Clones are cheap, and none waits for this one.
    #[must_use]
    pub fn reader(&self) -> LedgerReader {
        self.reader.clone()
    }

    /// What was stored once and was not there when the file was opened.
    #[must_use]
    pub const fn lost(&self) -> Option<Lost> {
        self.lost
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the ledger ends.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        self.state.head.cursor()
    }

    /// Stores a page of entries with all that is looked up of them, and the new cursor, in one transaction. An empty page
    /// may only say that the ledger still ends there (a newer `as_of`). A snapshot is of an entry that is then stored.
    ///
    /// # Errors
    /// [`CacheError::NotNext`] when the page does not continue what is stored, [`CacheError::BadPage`] when it has a gap,
    /// goes back in time, adds up to another balance or ends elsewhere than `cursor` says, or any storage error. Then
    /// nothing has changed.
    pub fn apply(
        &mut self,
        page: &Page,
        cursor: &Cursor,
        snapshot: Option<SnapshotBytes<'_>>,
    ) -> Result<(), CacheError> {
        self.apply_all(&[page], cursor, snapshot)
    }

    /// Stores several pages that follow each other as one, which costs less than one after the other: what was used on a
    /// day is then added up once.
    ///
    /// # Errors
    /// As for [`LedgerWriter::apply`].
    pub fn apply_all(
        &mut self,
        pages: &[&Page],
        cursor: &Cursor,
        snapshot: Option<SnapshotBytes<'_>>,
    ) -> Result<(), CacheError> {
        self.log_of(pages.iter().map(|page| page.len()).sum()).map_err(|error| error.about(&self.path))?;
        self.change(|transaction, state| {
            state.store(transaction, pages, cursor)?;
            if let Some(snapshot) = snapshot {
                state.store_snapshot(transaction, snapshot)?;
            }
            Ok(())
        })
    }

    /// Lets SQLite's log grow further while many entries come at once: writing it back waits for the disk. What is in it has
    /// to be read when the file is opened after a crash.
    fn log_of(&mut self, entries: usize) -> Result<(), CacheError> {
        let is_long = entries >= MANY;
        if is_long != self.has_long_log {
            let pages = if is_long { LONG_LOG_PAGES } else { file::CHECKPOINT_PAGES };
            self.db.pragma_update(None, "wal_autocheckpoint", pages)?;
            self.has_long_log = is_long;
        }
        Ok(())
    }

    /// Keeps something else that is known of the workspace under a name, or forgets it with `None`.
    ///
    /// # Errors
    /// Any storage error; then nothing has changed.
    pub fn set_fact(&mut self, name: &str, value: Option<&[u8]>) -> Result<(), CacheError> {
        self.change(|transaction, state| {
            facts::write(transaction, name, value)?;
            state.head.facts_sum = facts::sum(transaction)?;
            Ok(())
        })
    }

    /// Takes notice of what another process has stored meanwhile.
    ///
    /// # Errors
    /// Any storage error.
    pub fn refresh(&mut self) -> Result<(), CacheError> {
        let Self { db, state, is_stale, path, .. } = self;
        let mut read = || -> Result<(), CacheError> {
            let view = db.transaction()?;
            if *is_stale || Head::read(&view)?.commits != state.head.commits {
                *state = State::read(&view)?;
                *is_stale = false;
            }
            Ok(())
        };
        read().map_err(|error| error.about(path))
    }

    /// Runs `work` in one transaction, on the state that is stored, and writes the new head.
    fn change(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &mut State) -> Result<(), CacheError>,
    ) -> Result<(), CacheError> {
        let changed = |writer: &mut Self| -> Result<(), CacheError> {
            let Self { db, state, is_stale, .. } = writer;
            // Immediate: whoever reads before writing must not find that somebody else wrote in between.
            let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            if *is_stale || Head::read(&transaction)?.commits != state.head.commits {
                *state = State::read(&transaction)?;
            }
            *is_stale = true;
            work(&transaction, state)?;
            state.head.commits += 1;
            state.head.write(&transaction)?;
            transaction.commit()?;
            *is_stale = false;
            Ok(())
        };
        let before = self.state.head;
        let changed = changed(self);
        if let Err(error) = changed {
            // What is said to be stored is; the rest of what is in memory is read anew before it is needed.
            self.state.head = before;
            return Err(error.about(&self.path));
        }
        self.mark.note(Committed { commits: self.state.head.commits, seq: self.state.head.seq });
        Ok(())
    }

    /// Writes SQLite's log back into the file and empties it, as far as nobody reads from it: the next start is the quicker.
    ///
    /// # Errors
    /// Any storage error.
    pub fn checkpoint(&mut self) -> Result<(), CacheError> {
        let work = || -> Result<(), CacheError> {
            // Whoever reads goes on reading: the log is emptied another time.
            self.db.busy_timeout(std::time::Duration::ZERO)?;
            let done = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            self.db.busy_timeout(file::BUSY)?;
            Ok(done?)
        };
        work().map_err(|error| error.about(&self.path))
    }
}
