//! A page of entries on its way into the cache.

use metering::{Credits, Timestamp};

use super::block;
use super::columns::BLOCK;
use crate::{CacheError, EntryHash};

/// An entry to store: what lists and charts ask of it, and the bytes that the hash chain covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewEntry<'a> {
    /// Its number in the workspace's ledger, from 1, without gaps.
    pub seq: u64,
    /// When it was charged. Never decreases along `seq`.
    pub recorded_at: Timestamp,
    /// When the work was done; the same as `recorded_at` where nobody said.
    pub occurred_at: Timestamp,
    /// The kind's name, as `metering` gives it.
    pub kind: &'static str,
    /// The feature, for entries that count as use of one. Such entries are what the rollups sum.
    pub feature: Option<&'a str>,
    /// What else tells it apart in a list: a grant's source, a plan's id.
    pub detail: Option<&'a str>,
    /// Units of the feature; 0 for other kinds.
    pub units: i64,
    /// The signed change of the ledger balance.
    pub credits: i64,
    /// The ledger balance after it.
    pub balance_after: Credits,
    /// The member whose work it was.
    pub member: Option<&'a str>,
    /// The channel that it came through.
    pub channel: Option<&'a str>,
    /// Who reported it.
    pub source: Option<&'a str>,
    /// What the work belongs to: a ticket, a conversation. Found by how it begins.
    pub reference: Option<&'a str>,
    /// The catalogue revision that priced it; 0 where nothing was priced.
    pub revision: u32,
    /// The entry of the failed work whose credits it gives back: it counts against the use of when that was done.
    pub amends: Option<u64>,
    /// The link of the hash chain at this entry.
    pub hash: EntryHash,
    /// The exact bytes that the service stored.
    pub body: &'a [u8],
}

/// Entries that follow one another, in one piece of memory: millions of them pass through here.
#[derive(Clone, Debug, Default)]
pub struct Page {
    text: String,
    bodies: Vec<u8>,
    entries: Vec<Packed>,
    /// The bodies of the whole blocks in it, as they are stored, by the block's number.
    blocks: Vec<(u64, Vec<u8>)>,
}

/// An entry without its texts and bytes, and where those are. As small as it gets: thousands are on their way at once.
#[derive(Clone, Debug)]
struct Packed {
    seq: u64,
    recorded_at: Timestamp,
    occurred_at: Timestamp,
    kind: &'static str,
    units: i64,
    credits: i64,
    balance_after: Credits,
    /// 0 for none.
    amends: u64,
    revision: u32,
    hash: EntryHash,
    /// Where feature, detail, member, channel, source and reference end in the text; each begins where the one before it
    /// ends, the first where the last one of the entry before does.
    ends: [u32; 6],
    /// Which of them there are, a bit each.
    has: u8,
    /// Where the body ends.
    body_end: u32,
}

impl Page {
    /// Appends an entry.
    pub fn push(&mut self, entry: &NewEntry<'_>) {
        let texts = [entry.feature, entry.detail, entry.member, entry.channel, entry.source, entry.reference];
        let mut has = 0;
        let ends = std::array::from_fn(|index| {
            if let Some(text) = texts.get(index).copied().flatten() {
                has |= 1 << index;
                self.text.push_str(text);
            }
            place(self.text.len())
        });
        self.bodies.extend_from_slice(entry.body);
        self.entries.push(Packed {
            seq: entry.seq,
            recorded_at: entry.recorded_at,
            occurred_at: entry.occurred_at,
            kind: entry.kind,
            units: entry.units,
            credits: entry.credits,
            balance_after: entry.balance_after,
            amends: entry.amends.unwrap_or(0),
            revision: entry.revision,
            hash: entry.hash,
            ends,
            has,
            body_end: place(self.bodies.len()),
        });
    }

    /// How many entries it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Empties it and keeps its room.
    pub fn clear(&mut self) {
        self.text.clear();
        self.bodies.clear();
        self.entries.clear();
        self.blocks.clear();
    }

    /// Packs the bodies of the blocks that are whole in it, so that whoever stores it finds that done: it takes as long as
    /// all the rest. Nothing may be appended afterwards.
    ///
    /// # Errors
    /// [`CacheError::Packing`] when there is too little memory.
    pub fn pack(&mut self) -> Result<(), CacheError> {
        self.blocks.clear();
        let (Some(first), Some(last)) = (self.entries.first(), self.entries.last()) else { return Ok(()) };
        let (first, last) = (first.seq, last.seq);
        // The first block that begins here, up to the last one that ends here.
        for number in first.saturating_sub(1).div_ceil(BLOCK)..last / BLOCK {
            let from = usize::try_from(number * BLOCK + 1 - first).unwrap_or(usize::MAX);
            let block = self.entries.get(from..from.saturating_add(usize::try_from(BLOCK).unwrap_or(0)));
            let Some(block) = block else { continue };
            let begin = from.checked_sub(1).and_then(|before| self.entries.get(before)).map_or(0, |one| one.body_end);
            let end = block.last().map_or(begin, |one| one.body_end);
            let plain = self.bodies.get(begin as usize..end as usize).unwrap_or_default();
            let ends = block.iter().map(|one| one.body_end as usize);
            self.blocks.push((number, block::packed_bodies(number, plain, begin as usize, ends)?));
        }
        Ok(())
    }

    /// The packed bodies of a block, if they were packed.
    pub(crate) fn packed(&self, number: u64) -> Option<&[u8]> {
        let found = self.blocks.iter().find(|(of, _)| *of == number);
        found.map(|(_, bodies)| bodies.as_slice())
    }

    /// The entry in a place, the first in 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<NewEntry<'_>> {
        let packed = self.entries.get(index)?;
        let before = index.checked_sub(1).and_then(|before| self.entries.get(before));
        let mut from = before.map_or(0, |before| before.ends[5]) as usize;
        let body_from = before.map_or(0, |before| before.body_end) as usize;
        let [feature, detail, member, channel, source, reference] = std::array::from_fn(|index| {
            let end = packed.ends.get(index).map_or(from, |end| *end as usize);
            let text = self.text.get(from..end);
            from = end;
            text.filter(|_| packed.has & 1 << index != 0)
        });
        Some(NewEntry {
            seq: packed.seq,
            recorded_at: packed.recorded_at,
            occurred_at: packed.occurred_at,
            kind: packed.kind,
            feature,
            detail,
            units: packed.units,
            credits: packed.credits,
            balance_after: packed.balance_after,
            member,
            channel,
            source,
            reference,
            revision: packed.revision,
            amends: Some(packed.amends).filter(|usage| *usage > 0),
            hash: packed.hash,
            body: self.bodies.get(body_from..packed.body_end as usize).unwrap_or_default(),
        })
    }

    /// The last entry.
    #[must_use]
    pub fn last(&self) -> Option<NewEntry<'_>> {
        self.get(self.len().checked_sub(1)?)
    }

    /// The entries in order.
    pub fn iter(&self) -> impl Iterator<Item = NewEntry<'_>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

impl<'a> Extend<NewEntry<'a>> for Page {
    fn extend<T: IntoIterator<Item = NewEntry<'a>>>(&mut self, entries: T) {
        entries.into_iter().for_each(|entry| self.push(&entry));
    }
}

impl<'a> FromIterator<NewEntry<'a>> for Page {
    fn from_iter<T: IntoIterator<Item = NewEntry<'a>>>(entries: T) -> Self {
        let mut page = Self::default();
        page.extend(entries);
        page
    }
}

/// A place in a page. Pages are some megabytes; what is beyond four thousand of them reads as nothing.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
