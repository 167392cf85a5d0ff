//! Segments: 64 blocks in a row, with what finds entries in them without looking at each. Written once, when the last of
//! its blocks is.

use roaring::RoaringBitmap;
use rusqlite::{OptionalExtension, Transaction};

use super::block::{self, Tail};
use super::bytes::{Reader, put};
use super::columns::{BLOCK, BlockHead, Coded};
use super::head::Head;
use super::names::Code;
use super::seal::{self, Kind};
use super::short;
use super::terms::{self, Terms};
use crate::CacheError;

/// Blocks of a segment.
pub(crate) const BLOCKS: u64 = 64;
/// Entries of a segment: as many as a number of 16 bits tells apart.
pub(crate) const SEGMENT: u64 = BLOCKS * BLOCK;

/// What a segment says of each of its blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Milestone {
    /// When its first entry was charged.
    pub(crate) recorded_at: i64,
    /// The balance ahead of it.
    pub(crate) opening: u64,
    /// The first instant of work in it, and the last.
    pub(crate) earliest: i64,
    pub(crate) latest: i64,
}

/// What is in a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Directory {
    pub(crate) milestones: Vec<Milestone>,
    /// The codes that occur, ascending.
    pub(crate) codes: Vec<Code>,
    /// How each part of its references begins.
    pub(crate) terms: Vec<Vec<u8>>,
}

impl Milestone {
    pub(crate) const fn of(head: &BlockHead) -> Self {
        let BlockHead { recorded_at, opening, earliest, latest, .. } = *head;
        Self { recorded_at, opening, earliest, latest }
    }
}

impl Directory {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(4_096);
        for mark in &self.milestones {
            for number in [mark.recorded_at, mark.earliest, mark.latest] {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            bytes.extend_from_slice(&mark.opening.to_le_bytes());
        }
        put(&mut bytes, self.codes.len() as u64);
        let mut before = 0;
        for code in &self.codes {
            put(&mut bytes, u64::from(code - before));
            before = *code;
        }
        put(&mut bytes, self.terms.len() as u64);
        for term in &self.terms {
            super::bytes::put_text(&mut bytes, term);
        }
        bytes
    }

    fn decode(bytes: &[u8]) -> Result<Self, CacheError> {
        let mut reader = Reader(bytes);
        let mut milestones = Vec::new();
        for _ in 0..BLOCKS {
            let mut instant = || reader.array().map(i64::from_le_bytes);
            let (recorded_at, earliest, latest) = (instant()?, instant()?, instant()?);
            let opening = u64::from_le_bytes(reader.array()?);
            milestones.push(Milestone { recorded_at, opening, earliest, latest });
        }
        let (mut codes, mut code) = (Vec::new(), 0_u32);
        for _ in 0..reader.number()? {
            code = code.saturating_add(reader.small()?);
            codes.push(code);
        }
        let mut terms = Vec::new();
        for _ in 0..reader.number()? {
            terms.push(reader.bytes()?.to_vec());
        }
        Ok(Self { milestones, codes, terms })
    }

    /// Reads the directory of a segment that is whole.
    pub(crate) fn read(view: &Transaction<'_>, number: u64) -> Result<Self, CacheError> {
        let sql = "SELECT directory FROM segments WHERE number = ?1";
        let sealed: Option<Vec<u8>> = view.prepare_cached(sql)?.query_row([number], |row| row.get(0)).optional()?;
        let sealed = sealed.ok_or_else(|| CacheError::damaged(format!("segment {number} is gone")))?;
        Self::decode(seal::opened(Kind::Directory, number, 0, &sealed)?)
    }
}

/// The codes that an entry is found by.
pub(crate) const fn codes_of(coded: &Coded) -> [Code; 6] {
    [coded.kind, coded.feature, coded.detail, coded.member, coded.channel, coded.source]
}

/// A segment on its way to being whole, block by block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Begun {
    milestones: Vec<Milestone>,
    /// Where each code occurs, by the code, of which there are few.
    places: Vec<Vec<u16>>,
    terms: Terms,
}

impl Begun {
    /// The segment that block `number` is the next one of, as far as it is stored.
    pub(crate) fn read(transaction: &Transaction<'_>, head: &Head, number: u64) -> Result<Self, CacheError> {
        let mut begun = Self::default();
        for block in number / BLOCKS * BLOCKS..number {
            let read = block::read(transaction, head, block)?;
            begun.milestones.push(Milestone::of(&read.head));
            for seq in read.first..read.first + BLOCK {
                let coded = read.get(seq)?.ok_or_else(|| CacheError::damaged(format!("entry {seq} is gone")))?;
                begun.push_codes(seq, &coded);
            }
            terms::block_terms(transaction, block, |term, place| {
                begun.terms.push(term, place);
                true
            })?;
        }
        Ok(begun)
    }

    /// How many blocks there are of it.
    pub(crate) fn blocks(&self) -> u64 {
        self.milestones.len() as u64
    }

    fn push_codes(&mut self, seq: u64, coded: &Coded) {
        // Below 65,536.
        let [low, high, ..] = place_of(seq).to_le_bytes();
        let place = u16::from_le_bytes([low, high]);
        for code in codes_of(coded) {
            let code = code as usize;
            if code >= self.places.len() {
                self.places.resize_with(code + 1, Vec::new);
            }
            if let Some(places) = self.places.get_mut(code) {
                places.push(place);
            }
        }
    }

    /// Takes in the next block, `number`, and stores its references.
    pub(crate) fn push(
        &mut self,
        transaction: &Transaction<'_>,
        number: u64,
        head: &BlockHead,
        tail: &Tail,
    ) -> Result<(), CacheError> {
        self.milestones.push(Milestone::of(head));
        let from = self.terms.count();
        for ((seq, coded), short) in (block::first_of(number)..).zip(&tail.coded).zip(tail.shorts()) {
            self.push_codes(seq, coded);
            if let Some(reference) = short::reference(short)? {
                self.terms.push(reference, place_of(seq));
            }
        }
        let own = (from..self.terms.count()).filter_map(|index| self.terms.get(index));
        terms::write_block(transaction, number, own)
    }

    /// Stores what finds entries in the segment, which is whole.
    pub(crate) fn write(self, transaction: &Transaction<'_>, number: u64) -> Result<(), CacheError> {
        let Self { milestones, places, terms } = self;
        let sql = "INSERT INTO postings (code, segment, places) VALUES (?1, ?2, ?3)";
        let (mut insert, mut codes) = (transaction.prepare_cached(sql)?, Vec::new());
        // Code 0 is of what has no name.
        for (code, places) in (0..).zip(places).skip(1).filter(|(_, places)| !places.is_empty()) {
            let mut bitmap = RoaringBitmap::from_sorted_iter(places.into_iter().map(u32::from))
                .map_err(|error| CacheError::damaged(format!("places out of order: {error}")))?;
            bitmap.optimize();
            let mut bytes = Vec::with_capacity(bitmap.serialized_size());
            bitmap.serialize_into(&mut bytes).map_err(CacheError::Packing)?;
            insert.execute((code, number, seal::seal(Kind::Posting, u64::from(code), number, bytes)))?;
            codes.push(code);
        }
        let terms = terms::write_segment(transaction, number, terms)?;
        let sealed = seal::seal(Kind::Directory, number, 0, Directory { milestones, codes, terms }.encode());
        let sql = "INSERT INTO segments (number, directory) VALUES (?1, ?2)";
        transaction.prepare_cached(sql)?.execute((number, sealed))?;
        Ok(())
    }
}

/// Where a code occurs in a whole segment.
pub(crate) fn places(
    view: &Transaction<'_>,
    directory: &Directory,
    number: u64,
    code: Code,
) -> Result<RoaringBitmap, CacheError> {
    if directory.codes.binary_search(&code).is_err() {
        return Ok(RoaringBitmap::new());
    }
    let sql = "SELECT places FROM postings WHERE code = ?1 AND segment = ?2";
    let mut statement = view.prepare_cached(sql)?;
    let mut rows = statement.query((code, number))?;
    let row = rows.next()?.ok_or_else(|| CacheError::damaged(format!("a part of segment {number} is gone")))?;
    let sealed = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
    let bytes = seal::opened(Kind::Posting, code.into(), number, sealed)?;
    RoaringBitmap::deserialize_from(bytes)
        .map_err(|error| CacheError::damaged(format!("a part of segment {number} cannot be read: {error}")))
}

/// The segment that an entry is in.
pub(crate) const fn segment_of(seq: u64) -> u64 {
    seq.saturating_sub(1) / SEGMENT
}

/// The place of an entry in its segment.
pub(crate) fn place_of(seq: u64) -> u32 {
    u32::try_from(seq.saturating_sub(1) % SEGMENT).unwrap_or(0)
}

/// The entry in a place of a segment.
pub(crate) fn seq_at(segment: u64, place: u32) -> u64 {
    segment * SEGMENT + u64::from(place) + 1
}
