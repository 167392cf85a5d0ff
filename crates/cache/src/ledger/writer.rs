//! Storing pages of entries: entries, everything that is looked up in their place, and the cursor, together or not at all.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use super::block::{self, Tail};
use super::columns::{BLOCK, BlockHead, Coded};
use super::facts;
use super::head::{Cursor, Head};
use super::mark::{Committed, Mark};
use super::names::{Code, Names};
use super::page::{Packed, Page};
use super::reader::LedgerReader;
use super::rollup::{self, Tally, Used};
use super::seal::{self, Kind};
use super::segment::{BLOCKS, Begun};
use super::{schema, sums};
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

/// What the writer keeps in memory of the file.
#[derive(Debug)]
struct State {
    head: Head,
    names: Names,
    /// The entries behind the last block.
    tail: Tail,
    sums: HashMap<Code, sums::Sum>,
    /// The segment that is not whole yet, once it had to be known.
    begun: Option<Begun>,
    /// What is being added up.
    used: Used,
}

impl State {
    fn read(view: &Transaction<'_>) -> Result<Self, CacheError> {
        let head = Head::read(view)?;
        let mut names = Names::default();
        names.read_on(view, head.names)?;
        let tail = block::read_tail_entries(view, &head)?;
        let sums = sums::read(view, &head)?;
        facts::check(view, &head)?;
        let blocks: u64 = view.query_row("SELECT ifnull(max(number) + 1, 0) FROM blocks", [], |row| row.get(0))?;
        let segments: u64 = view.query_row("SELECT ifnull(max(number) + 1, 0) FROM segments", [], |row| row.get(0))?;
        if blocks != head.blocks() || segments != head.blocks() / BLOCKS {
            return Err(CacheError::damaged(format!("it has {blocks} blocks in the place of {}", head.blocks())));
        }
        Ok(Self { head, names, tail, sums, begun: None, used: Used::default() })
    }
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
            check(&state.head, pages, cursor)?;
            let stored = Stored { seq: state.head.seq, names: state.head.names };
            for page in pages {
                take_in(transaction, state, page)?;
            }
            write_tail(transaction, state, stored.seq)?;
            state.names.write_from(transaction, stored.names)?;
            state.head.names = state.names.count();
            add_up(transaction, state)?;
            state.head.as_of = state.head.as_of.max(cursor.as_of);
            if let Some(snapshot) = snapshot {
                write_snapshot(transaction, &mut state.head, snapshot)?;
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

/// How far the file was ahead of a page.
struct Stored {
    seq: u64,
    names: u32,
}

/// Whether the pages continue what is stored, in themselves and up to where `cursor` says.
fn check(head: &Head, pages: &[&Page], cursor: &Cursor) -> Result<(), CacheError> {
    let (mut seq, mut recorded_at, mut balance) = (head.seq, head.recorded_at, head.balance);
    let mut hash = head.hash;
    let first = pages.iter().find_map(|page| page.entries().first());
    let first = first.map_or(cursor.seq.saturating_add(1), |entry| entry.seq);
    if first != seq + 1 {
        return Err(CacheError::NotNext { expected: seq + 1, got: first });
    }
    for entry in pages.iter().flat_map(|page| page.entries()) {
        if entry.seq != seq + 1 {
            return Err(CacheError::BadPage(format!("entry {} follows entry {seq}", entry.seq)));
        }
        if entry.coded.recorded_at < recorded_at {
            let message = format!("entry {} was recorded before the one ahead of it", entry.seq);
            return Err(CacheError::BadPage(message));
        }
        balance = balance.checked_add_signed(entry.coded.credits).unwrap_or(u64::MAX);
        if balance != entry.balance_after {
            return Err(CacheError::BadPage(format!("the balance after entry {} does not add up", entry.seq)));
        }
        (seq, recorded_at, hash) = (entry.seq, entry.coded.recorded_at, entry.hash);
    }
    if (seq, hash) == (cursor.seq, cursor.hash) {
        return Ok(());
    }
    Err(CacheError::BadPage(format!("it ends at entry {seq}, and the cursor names another one at {}", cursor.seq)))
}

/// An entry with the work that it counts as. An amendment takes out what the usage counted that it amends: as many units,
/// when they were done. The usage is stored, or stands in the same page.
fn with_work(transaction: &Transaction<'_>, state: &State, entry: &Packed) -> Result<Coded, CacheError> {
    if entry.amends == 0 || entry.amends >= entry.seq {
        return Ok(entry.coded);
    }
    let amended = match entry.amends.checked_sub(state.head.blocks_end() + 1) {
        Some(place) => state.tail.coded.get(usize::try_from(place).unwrap_or(usize::MAX)).copied(),
        None => block::read(transaction, &state.head, block::number_of(entry.amends))?.get(entry.amends)?,
    };
    let given_back =
        |usage: Coded| Coded { occurred_at: usage.occurred_at, units: usage.units.saturating_neg(), ..entry.coded };
    Ok(amended.map_or(entry.coded, given_back))
}

/// The ledger's codes of a page's.
struct Codes<'a> {
    page: &'a Names,
    /// 0 for those that did not occur yet.
    known: Vec<Code>,
}

impl Codes<'_> {
    /// Names get their codes in the order of the entries, however those were cut into pages.
    fn of(&mut self, names: &mut Names, code: Code) -> Code {
        match self.known.get_mut(code as usize) {
            Some(known) if *known == 0 => {
                *known = self.page.named(code).map_or(0, |(dimension, name)| names.code_or_new(dimension, Some(name)));
                *known
            }
            known => known.map_or(0, |known| *known),
        }
    }
}

/// Codes the page's entries, stores the blocks and segments that they make whole, and adds up what they used.
fn take_in(transaction: &Transaction<'_>, state: &mut State, page: &Page) -> Result<(), CacheError> {
    let mut codes = Codes { page: page.names(), known: vec![0; page.names().count() as usize + 1] };
    for (place, entry) in page.entries().iter().enumerate() {
        let coded = with_work(transaction, state, entry)?;
        let mut code = |code| codes.of(&mut state.names, code);
        let coded = Coded {
            kind: code(coded.kind),
            feature: code(coded.feature),
            detail: code(coded.detail),
            member: code(coded.member),
            channel: code(coded.channel),
            source: code(coded.source),
            ..coded
        };
        if coded.feature != 0 {
            let tally = Tally { credits: coded.credits.saturating_neg(), actions: coded.units };
            let of = [coded.member, coded.channel, coded.source];
            state.used.add(coded.occurred_at, coded.feature, of, tally);
        }
        state.tail.push(coded, page.short(place));
        let head = &mut state.head;
        if head.seq == 0 {
            head.first_at = coded.recorded_at;
        }
        (head.seq, head.hash, head.recorded_at) = (entry.seq, entry.hash, coded.recorded_at);
        head.balance = entry.balance_after;
        if head.seq.is_multiple_of(BLOCK) {
            close_block(transaction, state)?;
        }
    }
    Ok(())
}

/// Stores the entries behind the last block as a block of their own.
fn close_block(transaction: &Transaction<'_>, state: &mut State) -> Result<(), CacheError> {
    let State { head, tail, begun, .. } = state;
    let number = head.blocks() - 1;
    let block_head = BlockHead { after: head.hash, ..block::with_times(block::tail_head(head), &tail.coded) };
    block::write(transaction, number, &block_head, tail)?;
    let mut segment = match begun.take().filter(|begun| begun.blocks() == number % BLOCKS) {
        Some(begun) => begun,
        None => Begun::read(transaction, head, number)?,
    };
    segment.push(transaction, number, &block_head, tail)?;
    if head.blocks().is_multiple_of(BLOCKS) {
        segment.write(transaction, number / BLOCKS)?;
    } else {
        *begun = Some(segment);
    }
    transaction.prepare_cached("DELETE FROM tail")?.execute([])?;
    tail.clear();
    head.tail_sum = 0;
    (head.block_hash, head.block_balance, head.block_recorded_at) = (head.hash, head.balance, head.recorded_at);
    Ok(())
}

/// Stores the entries behind the last block that were not stored yet.
fn write_tail(transaction: &Transaction<'_>, state: &mut State, stored: u64) -> Result<(), CacheError> {
    let State { head, tail, .. } = state;
    let (mut seq, mut before) = (head.blocks_end(), head.block_recorded_at);
    for (place, coded) in tail.coded.iter().enumerate() {
        seq += 1;
        if seq > stored {
            let check = block::write_tail(transaction, seq, tail, place, before)?;
            head.tail_sum = head.tail_sum.wrapping_add(check);
        }
        before = coded.recorded_at;
    }
    Ok(())
}

/// Adds what was used to the days that it was used on.
fn add_up(transaction: &Transaction<'_>, state: &mut State) -> Result<(), CacheError> {
    let mut find = transaction.prepare_cached("SELECT cells FROM rollups WHERE code = ?1 AND day = ?2")?;
    let sql = "INSERT OR REPLACE INTO rollups (code, day, changed, cells) VALUES (?1, ?2, ?3, ?4)";
    let mut store = transaction.prepare_cached(sql)?;
    let State { head, sums, used, .. } = state;
    let commit = head.commits + 1;
    let mut changes: BTreeMap<Code, u64> = BTreeMap::new();
    used.each_day(|code, day, added| {
        let known: Option<Vec<u8>> = find.query_row((code, day), |row| row.get(0)).optional()?;
        let known = known.as_deref();
        let mut change = known.map_or(0, |sealed| seal::borne(sealed).wrapping_neg());
        let known = known.map(|sealed| seal::opened(Kind::Rollup, code.into(), day.cast_unsigned(), sealed));
        let cells = rollup::merged(known.transpose()?.unwrap_or_default(), added)?;
        let sealed = seal::seal(Kind::Rollup, code.into(), day.cast_unsigned(), cells);
        change = change.wrapping_add(seal::borne(&sealed));
        store.execute((code, day, commit, sealed))?;
        let sum = changes.entry(code).or_default();
        *sum = sum.wrapping_add(change);
        Ok(())
    })?;
    for (code, change) in changes {
        if code == 0 {
            head.days_sum = head.days_sum.wrapping_add(change);
        } else {
            sums::change(transaction, head, sums, code, change)?;
        }
    }
    Ok(())
}

fn write_snapshot(
    transaction: &Transaction<'_>,
    head: &mut Head,
    SnapshotBytes { seq, bytes }: SnapshotBytes<'_>,
) -> Result<(), CacheError> {
    if seq > head.seq {
        return Err(CacheError::BadPage(format!("a snapshot of entry {seq}, which is not stored")));
    }
    let mut piece = Vec::with_capacity(bytes.len() / 4);
    super::bytes::put(&mut piece, bytes.len() as u64);
    piece.extend_from_slice(&super::pack::packed(bytes)?);
    let sealed = seal::seal(Kind::Snapshot, seq, 0, piece);
    let sql = "INSERT OR REPLACE INTO snapshots (id, seq, piece) VALUES (1, ?1, ?2)";
    transaction.prepare_cached(sql)?.execute((seq, sealed))?;
    head.snapshot = seq;
    Ok(())
}
