//! Blocks: 1,024 entries in a row, as numbers and as the exact bytes of their bodies, written once.

use rusqlite::{OptionalExtension, Transaction};

use super::bodies;
use super::bytes::Reader;
use super::columns::{self, BLOCK, BlockHead, Coded, Columns};
use super::head::Head;
use super::seal::{self, Kind};
use super::short;
use crate::CacheError;

/// A block as numbers.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// The number of its first entry.
    pub(crate) first: u64,
    pub(crate) head: BlockHead,
    entries: Entries,
}

#[derive(Clone, Debug)]
enum Entries {
    Whole(Box<Columns>),
    /// Those behind the last whole block.
    Tail(Vec<Coded>),
}

impl Block {
    /// The entry with a number, if it is in this block.
    pub(crate) fn get(&self, seq: u64) -> Result<Option<Coded>, CacheError> {
        let Some(place) = self.place(seq) else { return Ok(None) };
        match &self.entries {
            Entries::Whole(columns) => columns.get(place),
            Entries::Tail(entries) => Ok(entries.get(place).copied()),
        }
    }

    /// What the entry with a number added to the balance, if it is in this block.
    pub(crate) fn credits(&self, seq: u64) -> Result<Option<i64>, CacheError> {
        let Some(place) = self.place(seq).filter(|place| *place < self.count()) else { return Ok(None) };
        match &self.entries {
            Entries::Whole(columns) => columns.credits(place).map(Some),
            Entries::Tail(entries) => Ok(entries.get(place).map(|coded| coded.credits)),
        }
    }

    /// How many entries it has.
    pub(crate) fn count(&self) -> usize {
        match &self.entries {
            Entries::Whole(_) => usize::try_from(BLOCK).unwrap_or(0),
            Entries::Tail(entries) => entries.len(),
        }
    }

    fn place(&self, seq: u64) -> Option<usize> {
        usize::try_from(seq.checked_sub(self.first)?).ok()
    }
}

/// The block that an entry is in.
pub(crate) const fn number_of(seq: u64) -> u64 {
    seq.saturating_sub(1) / BLOCK
}

/// The first entry of a block.
pub(crate) const fn first_of(number: u64) -> u64 {
    number * BLOCK + 1
}

/// The entries behind the last whole block, in few pieces of memory: millions of them pass through here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tail {
    pub(crate) coded: Vec<Coded>,
    /// What is kept of each body.
    shorts: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Tail {
    pub(crate) fn push(&mut self, coded: Coded, short: &[u8]) {
        self.coded.push(coded);
        self.shorts.extend_from_slice(short);
        self.ends.push(self.shorts.len());
    }

    pub(crate) fn clear(&mut self) {
        self.coded.clear();
        self.shorts.clear();
        self.ends.clear();
    }

    /// What is kept of the body in a place.
    pub(crate) fn short(&self, place: usize) -> &[u8] {
        let from = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(place).copied().unwrap_or(from);
        self.shorts.get(from..end).unwrap_or_default()
    }

    /// What is kept of all bodies, in order.
    pub(crate) fn shorts(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).map(|place| self.short(place))
    }
}

/// Stores the entries behind the last block as a block.
pub(crate) fn write(
    transaction: &Transaction<'_>,
    number: u64,
    head: &BlockHead,
    tail: &Tail,
) -> Result<(), CacheError> {
    let columns = seal::seal(Kind::Columns, number, 0, columns::encode(head, &tail.coded));
    let bodies = bodies::packed(number, tail.shorts())?;
    let sql = "INSERT INTO blocks (number, columns, bodies) VALUES (?1, ?2, ?3)";
    transaction.prepare_cached(sql)?.execute((number, columns, bodies))?;
    Ok(())
}

/// Reads a block as numbers; behind the last whole one, the entries that are there.
pub(crate) fn read(view: &Transaction<'_>, head: &Head, number: u64) -> Result<Block, CacheError> {
    if number >= head.blocks() {
        return read_tail(view, head);
    }
    let sealed = piece(view, "SELECT columns FROM blocks WHERE number = ?1", number)?;
    let count = usize::try_from(BLOCK).unwrap_or(0);
    let columns = Columns::new(seal::opened_whole(Kind::Columns, number, 0, sealed)?, count)?;
    Ok(Block { first: first_of(number), head: columns.head, entries: Entries::Whole(Box::new(columns)) })
}

/// Reads what the head of a whole block says.
pub(crate) fn read_head(view: &Transaction<'_>, number: u64) -> Result<BlockHead, CacheError> {
    let sealed = piece(view, "SELECT columns FROM blocks WHERE number = ?1", number)?;
    BlockHead::read(&mut Reader(seal::opened(Kind::Columns, number, 0, &sealed)?))
}

/// What is kept of the body of an entry behind the last whole block.
pub(crate) fn tail_short(view: &Transaction<'_>, seq: u64) -> Result<Vec<u8>, CacheError> {
    let sealed = piece(view, "SELECT body FROM tail WHERE seq = ?1", seq)?;
    seal::opened_whole(Kind::TailBody, seq, 0, sealed)
}

/// Stores an entry behind the last block, which is in a place of the tail; `before` is when the one ahead of it was charged.
/// Returns its checksum.
pub(crate) fn write_tail(
    transaction: &Transaction<'_>,
    seq: u64,
    tail: &Tail,
    place: usize,
    before: i64,
) -> Result<u64, CacheError> {
    let mut bytes = Vec::with_capacity(40);
    let coded = tail.coded.get(place).copied().unwrap_or_default();
    coded.put(&mut bytes, before);
    let sealed = seal::seal(Kind::Tail, seq, 0, bytes);
    let body = seal::seal(Kind::TailBody, seq, 0, tail.short(place).to_vec());
    let sum = seal::borne(&sealed).wrapping_add(seal::borne(&body));
    let sql = "INSERT INTO tail (seq, entry, body) VALUES (?1, ?2, ?3)";
    transaction.prepare_cached(sql)?.execute((seq, sealed, body))?;
    Ok(sum)
}

/// Reads the entries behind the last block with all that is stored of them, and sees that they are the newest.
pub(crate) fn read_tail_entries(view: &Transaction<'_>, head: &Head) -> Result<Tail, CacheError> {
    let (mut tail, mut sum) = (Tail::default(), 0_u64);
    each_tail_entry(view, head, |seq, coded, check, body| {
        sum = sum.wrapping_add(check).wrapping_add(seal::borne(body));
        tail.push(coded, seal::opened(Kind::TailBody, seq, 0, body)?);
        Ok(())
    })?;
    if sum != head.tail_sum {
        return Err(CacheError::damaged("the newest entries are not the ones that were stored last"));
    }
    Ok(tail)
}

/// Lends the entries behind the last block in order: the number, the entry, its checksum, and what is kept of its body,
/// sealed.
fn each_tail_entry(
    view: &Transaction<'_>,
    head: &Head,
    mut each: impl FnMut(u64, Coded, u64, &[u8]) -> Result<(), CacheError>,
) -> Result<(), CacheError> {
    let mut statement = view.prepare_cached("SELECT seq, entry, body FROM tail ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let (mut seq, mut before) = (head.blocks_end(), head.block_recorded_at);
    while let Some(row) = rows.next()? {
        seq += 1;
        if row.get::<_, u64>(0)? != seq {
            return Err(CacheError::damaged(format!("entry {seq} is gone")));
        }
        let blob = |column| Ok::<_, CacheError>(row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?);
        let sealed = blob(1)?;
        let coded = Coded::read(&mut Reader(seal::opened(Kind::Tail, seq, 0, sealed)?), before)?;
        before = coded.recorded_at;
        each(seq, coded, seal::borne(sealed), blob(2)?)?;
    }
    if seq == head.seq { Ok(()) } else { Err(CacheError::damaged(format!("entry {} is gone", seq + 1))) }
}

/// The entries behind the last block, as a block of its own.
fn read_tail(view: &Transaction<'_>, head: &Head) -> Result<Block, CacheError> {
    let mut entries = Vec::new();
    each_tail_entry(view, head, |_, coded, _, _| {
        entries.push(coded);
        Ok(())
    })?;
    let block = with_times(tail_head(head), &entries);
    Ok(Block { first: head.blocks_end() + 1, head: block, entries: Entries::Tail(entries) })
}

/// Lends the references of the entries behind the last block, with their numbers.
pub(crate) fn tail_references(
    view: &Transaction<'_>,
    head: &Head,
    mut each: impl FnMut(u64, &[u8]),
) -> Result<(), CacheError> {
    each_tail_entry(view, head, |seq, _, _, body| {
        let reference = short::reference(seal::opened(Kind::TailBody, seq, 0, body)?)?;
        reference.into_iter().for_each(|reference| each(seq, reference));
        Ok(())
    })
}

/// The head of what stands behind the last whole block.
pub(crate) const fn tail_head(head: &Head) -> BlockHead {
    BlockHead {
        before: head.block_hash,
        after: head.hash,
        opening: head.block_balance,
        recorded_at: head.block_recorded_at,
        earliest: i64::MAX,
        latest: i64::MIN,
    }
}

/// The head with the times of its entries.
pub(crate) fn with_times(mut head: BlockHead, entries: &[Coded]) -> BlockHead {
    if let Some(first) = entries.first() {
        head.recorded_at = first.recorded_at;
    }
    for coded in entries {
        head.earliest = head.earliest.min(coded.occurred_at);
        head.latest = head.latest.max(coded.occurred_at);
    }
    head
}

/// A piece that there has to be, found by a number.
pub(crate) fn piece(view: &Transaction<'_>, sql: &str, number: u64) -> Result<Vec<u8>, CacheError> {
    let found = view.prepare_cached(sql)?.query_row([number], |row| row.get(0)).optional()?;
    found.ok_or_else(|| CacheError::damaged(format!("a piece is gone, number {number}")))
}
