//! What is stored of a ledger's end, in memory, and how pages go behind it: entries, and everything that is looked up in
//! their place.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{OptionalExtension, Transaction};

use super::accounts;
use super::block::{self, Tail};
use super::columns::{BLOCK, BlockHead, Coded};
use super::facts;
use super::head::{Cursor, Head};
use super::names::{Code, Names};
use super::page::{Packed, Page};
use super::rollup::{self, Tally, Used};
use super::seal::{self, Kind};
use super::segment::{BLOCKS, Begun};
use super::sums;
use super::writer::SnapshotBytes;
use crate::CacheError;

/// What the writer keeps in memory of the file.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) head: Head,
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
    /// Reads it, and sees that it is the newest.
    pub(crate) fn read(view: &Transaction<'_>) -> Result<Self, CacheError> {
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

    /// Stores pages that follow each other and what is stored already, with all that is looked up of them.
    pub(crate) fn store(
        &mut self,
        transaction: &Transaction<'_>,
        pages: &[&Page],
        cursor: &Cursor,
    ) -> Result<(), CacheError> {
        check(&self.head, pages, cursor)?;
        let (seq, names) = (self.head.seq, self.head.names);
        for page in pages {
            take_in(transaction, self, page)?;
            for (seq, bytes) in page.milestones() {
                accounts::store_milestone(transaction, *seq, bytes)?;
            }
        }
        write_tail(transaction, self, seq)?;
        self.names.write_from(transaction, names)?;
        self.head.names = self.names.count();
        add_up(transaction, self)?;
        self.head.as_of = self.head.as_of.max(cursor.as_of);
        Ok(())
    }

    /// Stores the account after an entry.
    pub(crate) fn store_snapshot(
        &mut self,
        transaction: &Transaction<'_>,
        SnapshotBytes { seq, bytes }: SnapshotBytes<'_>,
    ) -> Result<(), CacheError> {
        if seq > self.head.seq {
            return Err(CacheError::BadPage(format!("a snapshot of entry {seq}, which is not stored")));
        }
        accounts::store_newest(transaction, seq, bytes)?;
        self.head.snapshot = seq;
        Ok(())
    }
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

/// The usage that an entry amends, if it amends one. It is stored, or stands ahead in the same page.
fn amended(transaction: &Transaction<'_>, state: &State, entry: &Packed) -> Result<Option<Coded>, CacheError> {
    if entry.amends == 0 || entry.amends >= entry.seq {
        return Ok(None);
    }
    Ok(match entry.amends.checked_sub(state.head.blocks_end() + 1) {
        Some(place) => state.tail.coded.get(usize::try_from(place).unwrap_or(usize::MAX)).copied(),
        None => block::read(transaction, &state.head, block::number_of(entry.amends))?.get(entry.amends)?,
    })
}

/// An amendment takes out what the usage counted that it amends: as many units, when they were done, of whose work it was
/// and through what it came.
const fn given_back(amendment: Coded, usage: Coded) -> Coded {
    Coded {
        occurred_at: usage.occurred_at,
        units: usage.units.saturating_neg(),
        member: usage.member,
        channel: usage.channel,
        ..amendment
    }
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
        let amended = amended(transaction, state, entry)?;
        let coded = entry.coded;
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
        let coded = amended.map_or(coded, |usage| given_back(coded, usage));
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
