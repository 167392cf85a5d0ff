//! The bodies of a block, packed: of each what is kept ([`super::short`]), its texts without what they share with the one
//! before.

use metering::Allocation;
use rusqlite::Transaction;

use super::block::piece;
use super::bytes::{Reader, put, put_text};
use super::columns::BLOCK;
use super::pack;
use super::seal::{self, Kind};
use super::short::{self, Numbers, Short, Text};
use crate::CacheError;

/// The bodies of a block as they are stored; `shorts` are what is kept of each, in order.
pub(crate) fn packed<'a>(number: u64, shorts: impl Iterator<Item = &'a [u8]>) -> Result<Vec<u8>, CacheError> {
    let (mut numbers, mut texts) = (Vec::with_capacity(16 * 1_024), Vec::with_capacity(32 * 1_024));
    let (mut before, mut grant, mut room): ([&[u8]; 3], u64, Vec<Allocation>) = ([&[]; 3], 0, Vec::new());
    for short in shorts {
        let (read, found) = short::parts(short, &mut room)?;
        read.write(&mut numbers, &mut grant, &room, |numbers, kind| {
            let text = found.get(kind as usize).copied().unwrap_or_default();
            let shared = match before.get_mut(kind as usize) {
                Some(before) => common(std::mem::replace(before, text), text),
                None => 0,
            };
            put(numbers, shared as u64);
            put(numbers, (text.len() - shared) as u64);
            texts.extend_from_slice(text.get(shared..).unwrap_or_default());
        });
    }
    let (packed_numbers, packed_texts) = (pack::packed(&numbers)?, pack::packed(&texts)?);
    let mut bytes = Vec::with_capacity(packed_numbers.len() + packed_texts.len() + 40);
    put(&mut bytes, numbers.len() as u64);
    put(&mut bytes, texts.len() as u64);
    put_text(&mut bytes, &packed_numbers);
    bytes.extend_from_slice(&packed_texts);
    Ok(seal::seal(Kind::Bodies, number, 0, bytes))
}

/// How many bytes two texts begin with alike.
fn common(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

/// What is kept of the bodies of a whole block.
#[derive(Debug)]
pub(crate) struct Bodies {
    /// Where each ends.
    ends: Vec<usize>,
    shorts: Vec<u8>,
}

impl Bodies {
    /// Reads the bodies of a whole block.
    pub(crate) fn read(view: &Transaction<'_>, number: u64) -> Result<Self, CacheError> {
        let sealed = piece(view, "SELECT bodies FROM blocks WHERE number = ?1", number)?;
        let mut reader = Reader(seal::opened(Kind::Bodies, number, 0, &sealed)?);
        let length = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let (numbers, texts, packed) = (length(reader.number()?), length(reader.number()?), reader.bytes()?);
        let (numbers, texts) = (pack::unpacked(packed, numbers)?, pack::unpacked(reader.0, texts)?);
        let (mut numbers, mut texts) = (Reader(&numbers), Reader(&texts));
        let mut read = Self { ends: Vec::new(), shorts: Vec::with_capacity(64 * 1_024) };
        // The text of each kind that came last.
        let mut kept: [Vec<u8>; 3] = Default::default();
        let (mut grant, mut room) = (0, Vec::new());
        for _ in 0..BLOCK {
            let found = Numbers::read(&mut numbers, &mut grant, &mut room, |numbers, kind: Text| {
                let (shared, rest) = (length(numbers.number()?), length(numbers.number()?));
                let text = kept.get_mut(kind as usize).filter(|text| shared <= text.len());
                let text = text.ok_or_else(|| CacheError::damaged("bodies share more than there is"))?;
                text.truncate(shared);
                text.extend_from_slice(texts.take(rest)?);
                Ok(())
            })?;
            Short { numbers: found, texts: kept.each_ref().map(Vec::as_slice), drawn: &room }.append(&mut read.shorts);
            read.ends.push(read.shorts.len());
        }
        if numbers.0.is_empty() && texts.0.is_empty() {
            return Ok(read);
        }
        Err(CacheError::damaged(format!("the bodies of block {number} have another length")))
    }

    /// What is kept of the body in a place of the block.
    pub(crate) fn get(&self, place: usize) -> Option<&[u8]> {
        let from = place.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.shorts.get(from..*self.ends.get(place)?)
    }
}
