//! Blocks: 1,024 entries in a row, as numbers and as the exact bytes of their bodies, written once.

use rusqlite::{OptionalExtension, Transaction};

use super::bytes::{Reader, put};
use super::columns::{self, BLOCK, BlockHead, Coded};
use super::head::Head;
use super::pack;
use super::seal::{self, Kind};
use crate::CacheError;

/// A block as numbers, with the balance after each entry.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// The number of its first entry.
    pub(crate) first: u64,
    pub(crate) head: BlockHead,
    pub(crate) entries: Vec<Coded>,
}

impl Block {
    /// The entry with a number, if it is in this block.
    pub(crate) fn get(&self, seq: u64) -> Option<&Coded> {
        self.entries.get(usize::try_from(seq.checked_sub(self.first)?).ok()?)
    }

    /// The balances after its entries, in order.
    pub(crate) fn balances(&self) -> impl Iterator<Item = u64> {
        self.entries.iter().scan(self.head.opening, |balance, coded| {
            *balance = balance.saturating_add_signed(coded.credits);
            Some(*balance)
        })
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
    bodies: Vec<u8>,
    /// Where each body ends.
    ends: Vec<usize>,
    references: String,
    /// Where each reference is; an empty one of those that have none ends where it begins, and `has` says which.
    reference_ends: Vec<(usize, bool)>,
}

impl Tail {
    pub(crate) fn push(&mut self, coded: Coded, reference: Option<&str>, body: &[u8]) {
        self.coded.push(coded);
        self.bodies.extend_from_slice(body);
        self.ends.push(self.bodies.len());
        self.references.push_str(reference.unwrap_or_default());
        self.reference_ends.push((self.references.len(), reference.is_some()));
    }

    pub(crate) fn clear(&mut self) {
        self.coded.clear();
        self.bodies.clear();
        self.ends.clear();
        self.references.clear();
        self.reference_ends.clear();
    }

    /// The body in a place.
    pub(crate) fn body(&self, place: usize) -> &[u8] {
        let from = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(place).copied().unwrap_or(from);
        self.bodies.get(from..end).unwrap_or_default()
    }

    /// The reference in a place.
    pub(crate) fn reference(&self, place: usize) -> Option<&str> {
        let (end, has) = *self.reference_ends.get(place)?;
        let from = place.checked_sub(1).and_then(|before| self.reference_ends.get(before)).map_or(0, |before| before.0);
        if has { self.references.get(from..end) } else { None }
    }
}

/// The bodies of a block as they are stored: `plain` holds them one behind the other, and `ends` says where each ends,
/// counted from `from`.
pub(crate) fn packed_bodies(
    number: u64,
    plain: &[u8],
    from: usize,
    ends: impl Iterator<Item = usize>,
) -> Result<Vec<u8>, CacheError> {
    let (mut lengths, mut before) = (Vec::with_capacity(2_048), from);
    for end in ends {
        put(&mut lengths, (end - before) as u64);
        before = end;
    }
    let (packed_lengths, packed) = (pack::packed(&lengths)?, pack::packed(plain)?);
    let mut bodies = Vec::with_capacity(packed_lengths.len() + packed.len() + 32);
    put(&mut bodies, plain.len() as u64);
    put(&mut bodies, lengths.len() as u64);
    super::bytes::put_text(&mut bodies, &packed_lengths);
    bodies.extend_from_slice(&packed);
    Ok(seal::seal(Kind::Bodies, number, 0, bodies))
}

/// Stores the entries behind the last block as a block; `bodies` are theirs, if they were packed beforehand.
pub(crate) fn write(
    transaction: &Transaction<'_>,
    number: u64,
    head: &BlockHead,
    tail: &Tail,
    bodies: Option<&[u8]>,
) -> Result<(), CacheError> {
    let columns = seal::seal(Kind::Columns, number, 0, columns::encode(head, &tail.coded)?);
    let own = match bodies {
        Some(_) => Vec::new(),
        None => packed_bodies(number, &tail.bodies, 0, tail.ends.iter().copied())?,
    };
    let sql = "INSERT INTO blocks (number, columns, bodies) VALUES (?1, ?2, ?3)";
    transaction.prepare_cached(sql)?.execute((number, columns, bodies.unwrap_or(&own)))?;
    Ok(())
}

/// Reads a block as numbers; behind the last whole one, the entries that are there.
pub(crate) fn read(view: &Transaction<'_>, head: &Head, number: u64) -> Result<Block, CacheError> {
    if number >= head.blocks() {
        return read_tail(view, head);
    }
    let sealed = piece(view, "SELECT columns FROM blocks WHERE number = ?1", number)?;
    let count = usize::try_from(BLOCK).unwrap_or(0);
    let (block, entries) = columns::decode(seal::opened(Kind::Columns, number, 0, &sealed)?, count)?;
    Ok(Block { first: first_of(number), head: block, entries })
}

/// Reads what the head of a whole block says.
pub(crate) fn read_head(view: &Transaction<'_>, number: u64) -> Result<BlockHead, CacheError> {
    let sealed = piece(view, "SELECT columns FROM blocks WHERE number = ?1", number)?;
    BlockHead::read(&mut Reader(seal::opened(Kind::Columns, number, 0, &sealed)?))
}

/// The exact bytes of a whole block's bodies.
#[derive(Debug)]
pub(crate) struct Bodies {
    /// Where each ends.
    ends: Vec<usize>,
    plain: Vec<u8>,
}

impl Bodies {
    /// Reads the bodies of a whole block.
    pub(crate) fn read(view: &Transaction<'_>, number: u64) -> Result<Self, CacheError> {
        let sealed = piece(view, "SELECT bodies FROM blocks WHERE number = ?1", number)?;
        let mut reader = Reader(seal::opened(Kind::Bodies, number, 0, &sealed)?);
        let length = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let (plain, lengths, packed) = (length(reader.number()?), length(reader.number()?), reader.bytes()?);
        let lengths = pack::unpacked(packed, lengths)?;
        let plain = pack::unpacked(reader.0, plain)?;
        let (mut lengths, mut ends, mut end) = (Reader(&lengths), Vec::new(), 0_usize);
        for _ in 0..BLOCK {
            end = end.saturating_add(length(lengths.number()?));
            ends.push(end);
        }
        if end != plain.len() {
            return Err(CacheError::damaged(format!("the bodies of block {number} have another length")));
        }
        Ok(Self { ends, plain })
    }

    /// The body in a place of the block.
    pub(crate) fn get(&self, place: usize) -> Option<&[u8]> {
        let from = place.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.plain.get(from..*self.ends.get(place)?)
    }
}

/// The exact bytes of an entry behind the last whole block.
pub(crate) fn tail_body(view: &Transaction<'_>, seq: u64) -> Result<Option<Vec<u8>>, CacheError> {
    let mut statement = view.prepare_cached("SELECT body FROM tail WHERE seq = ?1")?;
    let sealed: Option<Vec<u8>> = statement.query_row([seq], |row| row.get(0)).optional()?;
    sealed.map(|sealed| Ok(seal::opened(Kind::TailBody, seq, 0, &sealed)?.to_vec())).transpose()
}

/// Lends the exact bytes of the entries behind the last whole block, in order. `each` may stop early with `false`.
pub(crate) fn each_tail_body(
    view: &Transaction<'_>,
    head: &Head,
    mut each: impl FnMut(u64, &[u8]) -> bool,
) -> Result<(), CacheError> {
    let mut statement = view.prepare_cached("SELECT seq, body FROM tail ORDER BY seq")?;
    let mut rows = statement.query([])?;
    for seq in head.blocks_end() + 1..=head.seq {
        let gone = || CacheError::damaged(format!("entry {seq} is gone"));
        let row = rows.next()?.ok_or_else(gone)?;
        if row.get::<_, u64>(0)? != seq {
            return Err(gone());
        }
        let sealed = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        if !each(seq, seal::opened(Kind::TailBody, seq, 0, sealed)?) {
            break;
        }
    }
    Ok(())
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
    let reference = tail.reference(place);
    put(&mut bytes, u64::from(reference.is_some()));
    bytes.extend_from_slice(reference.unwrap_or_default().as_bytes());
    let sealed = seal::seal(Kind::Tail, seq, 0, bytes);
    let body = seal::seal(Kind::TailBody, seq, 0, tail.body(place).to_vec());
    let sum = seal::borne(&sealed).wrapping_add(seal::borne(&body));
    let sql = "INSERT INTO tail (seq, entry, body) VALUES (?1, ?2, ?3)";
    transaction.prepare_cached(sql)?.execute((seq, sealed, body))?;
    Ok(sum)
}

/// Reads the entries behind the last block with all that is stored of them, and sees that they are the newest.
pub(crate) fn read_tail_entries(view: &Transaction<'_>, head: &Head) -> Result<Tail, CacheError> {
    let (mut tail, mut sum) = (Tail::default(), 0_u64);
    each_tail_entry(view, head, |seq, coded, reference, check| {
        let mut statement = view.prepare_cached("SELECT body FROM tail WHERE seq = ?1")?;
        let mut rows = statement.query([seq])?;
        let row = rows.next()?.ok_or_else(|| CacheError::damaged(format!("entry {seq} is gone")))?;
        let body = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
        sum = sum.wrapping_add(check).wrapping_add(seal::borne(body));
        tail.push(coded, reference, seal::opened(Kind::TailBody, seq, 0, body)?);
        Ok(())
    })?;
    if sum != head.tail_sum {
        return Err(CacheError::damaged("the newest entries are not the ones that were stored last"));
    }
    Ok(tail)
}

/// Lends the entries behind the last block in order: the number, the entry, its reference, and the checksum of both.
fn each_tail_entry(
    view: &Transaction<'_>,
    head: &Head,
    mut each: impl FnMut(u64, Coded, Option<&str>, u64) -> Result<(), CacheError>,
) -> Result<(), CacheError> {
    let mut statement = view.prepare_cached("SELECT seq, entry FROM tail ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let (mut seq, mut before) = (head.blocks_end(), head.block_recorded_at);
    while let Some(row) = rows.next()? {
        seq += 1;
        if row.get::<_, u64>(0)? != seq {
            return Err(CacheError::damaged(format!("entry {seq} is gone")));
        }
        let sealed = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        let mut reader = Reader(seal::opened(Kind::Tail, seq, 0, sealed)?);
        let coded = Coded::read(&mut reader, before)?;
        let has_reference = reader.number()? == 1;
        let text = std::str::from_utf8(reader.0).map_err(|_| CacheError::damaged("a reference is no text"))?;
        before = coded.recorded_at;
        each(seq, coded, has_reference.then_some(text), seal::borne(sealed))?;
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
    Ok(Block { first: head.blocks_end() + 1, head: with_times(tail_head(head), &entries), entries })
}

/// The references of the entries behind the last block, with their numbers.
pub(crate) fn tail_references(view: &Transaction<'_>, head: &Head) -> Result<Vec<(String, u64)>, CacheError> {
    let mut found = Vec::new();
    each_tail_entry(view, head, |seq, _, reference, _| {
        found.extend(reference.map(|reference| (reference.to_owned(), seq)));
        Ok(())
    })?;
    Ok(found)
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

fn piece(view: &Transaction<'_>, sql: &str, number: u64) -> Result<Vec<u8>, CacheError> {
    let found = view.prepare_cached(sql)?.query_row([number], |row| row.get(0)).optional()?;
    found.ok_or_else(|| CacheError::damaged(format!("block {number} is gone")))
}
