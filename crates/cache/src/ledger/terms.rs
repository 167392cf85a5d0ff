//! References by how they begin: each block has its own as they come; a whole segment has all of them, sorted.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use roaring::RoaringBitmap;
use rusqlite::Transaction;

use super::bytes::{Reader, put};
use super::seal::{self, Kind};
use super::segment::{BLOCKS, Directory, SEGMENT};
use crate::CacheError;

/// Bytes of a part of a segment's references, about.
const PART: usize = 8 * 1_024;

/// A reference as it is looked for: letters of ASCII count in either case.
pub(crate) fn folded(reference: &[u8]) -> Vec<u8> {
    reference.to_ascii_lowercase()
}

/// References with their places in the segment, in few pieces of memory. Most occur several times: each text is there once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    text: Vec<u8>,
    different: Vec<Term>,
    /// Which of the different ones each is, and its place, in the order in which they came.
    all: Vec<(u32, u32)>,
    /// The different ones by their hashes.
    found: HashTable<u32>,
    hasher: RandomState,
}

/// A reference in a text.
#[derive(Clone, Copy, Debug)]
struct Term {
    /// Its first sixteen bytes as numbers: most differ there, and numbers are compared at once.
    key: (u64, u64),
    from: u32,
    to: u32,
}

impl Terms {
    /// Appends a reference, folded.
    pub(crate) fn push(&mut self, reference: &[u8], place: u32) {
        let Self { text, different, all, found, hasher } = self;
        let from = text.len();
        text.extend_from_slice(reference);
        let term = text.get_mut(from..).unwrap_or_default();
        term.make_ascii_lowercase();
        let hash = hasher.hash_one(&*term);
        let (known, term) = text.split_at(from);
        let text_of = |one: u32| different.get(one as usize).map_or::<&[u8], _>(&[], |one| one.of(known));
        if let Some(one) = found.find(hash, |one| text_of(*one) == term) {
            all.push((*one, place));
            return text.truncate(from);
        }
        // A segment's references are some megabytes.
        let at = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let (number_of, key) = (at(different.len()), (number(term, 0), number(term, 8)));
        different.push(Term { key, from: at(from), to: at(text.len()) });
        let hash_of = |one: &u32| different.get(*one as usize).map_or(0, |one| hasher.hash_one(one.of(text)));
        found.insert_unique(hash, number_of, hash_of);
        all.push((number_of, place));
    }

    /// How many there are.
    pub(crate) const fn count(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<(&[u8], u32)> {
        let (one, place) = self.all.get(index)?;
        Some((self.different.get(*one as usize)?.of(&self.text), *place))
    }

    /// Puts them in order, those that are the same by their places, in which they came.
    fn sort(&mut self) {
        let mut order: Vec<u32> = (0..).take(self.different.len()).collect();
        let term = |one: &u32| {
            self.different.get(*one as usize).map_or(((0, 0), &[][..]), |one| (one.key, one.of(&self.text)))
        };
        order.sort_unstable_by_key(term);
        // How many come before those of each, then where the next of it goes.
        let mut next = vec![0_usize; self.different.len()];
        for (one, _) in &self.all {
            next.get_mut(*one as usize).into_iter().for_each(|count| *count += 1);
        }
        let mut before = 0;
        for one in order {
            if let Some(count) = next.get_mut(one as usize) {
                before += std::mem::replace(count, before);
            }
        }
        let mut sorted = vec![(0, 0); self.all.len()];
        for one in &self.all {
            let Some(next) = next.get_mut(one.0 as usize) else { continue };
            sorted.get_mut(*next).into_iter().for_each(|place| *place = *one);
            *next += 1;
        }
        self.all = sorted;
    }
}

impl Term {
    fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.from as usize..self.to as usize).unwrap_or_default()
    }
}

/// Eight bytes of a text from a place on as a number, the first counting most; those beyond its end are 0.
fn number(text: &[u8], from: usize) -> u64 {
    let rest = text.get(from..).unwrap_or_default();
    if let Some(bytes) = rest.first_chunk() {
        return u64::from_be_bytes(*bytes);
    }
    let mut bytes = [0; 8];
    for (byte, of) in bytes.iter_mut().zip(rest) {
        *byte = *of;
    }
    u64::from_be_bytes(bytes)
}

/// References, each as what it does not share with the one ahead of it.
fn encode<'a>(terms: impl Iterator<Item = (&'a [u8], u32)>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut before, mut place_before): (&[u8], u32) = (&[], 0);
    for (term, place) in terms {
        // The same once more is a 0 in front; of its places the difference is enough.
        if term == before && !term.is_empty() {
            put(&mut bytes, 0);
            put(&mut bytes, u64::from(place.wrapping_sub(place_before)));
        } else {
            let shared = term.iter().zip(before).take_while(|(one, other)| one == other).count();
            put(&mut bytes, shared as u64 + 1);
            super::bytes::put_text(&mut bytes, term.get(shared..).unwrap_or_default());
            put(&mut bytes, u64::from(place));
        }
        (before, place_before) = (term, place);
    }
    bytes
}

/// Reads references in order. `each` may stop early with `false`.
fn each(bytes: &[u8], mut each: impl FnMut(&[u8], u32) -> bool) -> Result<(), CacheError> {
    let mut reader = Reader(bytes);
    let (mut term, mut place) = (Vec::new(), 0_u32);
    while !reader.0.is_empty() {
        match reader.number()? {
            0 => place = place.wrapping_add(reader.small()?),
            shared => {
                let shared = usize::try_from(shared - 1).unwrap_or(usize::MAX);
                if shared > term.len() {
                    return Err(CacheError::damaged("references share more than there is"));
                }
                term.truncate(shared);
                term.extend_from_slice(reader.bytes()?);
                place = reader.small()?;
            }
        }
        if !each(&term, place) {
            break;
        }
    }
    Ok(())
}

/// Stores the references of a block's entries, in the order of those, each with its place in the segment.
pub(crate) fn write_block<'a>(
    transaction: &Transaction<'_>,
    number: u64,
    references: impl Iterator<Item = (&'a [u8], u32)>,
) -> Result<(), CacheError> {
    let sealed = seal::seal(Kind::References, number, 0, encode(references));
    let sql = "INSERT INTO block_references (number, terms) VALUES (?1, ?2)";
    transaction.prepare_cached(sql)?.execute((number, sealed))?;
    Ok(())
}

/// Stores the references of a whole segment, and says how each part of them begins. Those of its blocks are no longer
/// needed.
pub(crate) fn write_segment(
    transaction: &Transaction<'_>,
    segment: u64,
    mut all: Terms,
) -> Result<Vec<Vec<u8>>, CacheError> {
    all.sort();
    let (mut begins, mut from) = (Vec::new(), 0);
    let mut insert = transaction.prepare_cached("INSERT INTO terms (segment, part, terms) VALUES (?1, ?2, ?3)")?;
    while let Some((first, _)) = all.get(from) {
        let (mut size, mut end) = (0, from);
        while let Some((term, _)) = all.get(end) {
            size += term.len() + 4;
            if size > PART && end > from {
                break;
            }
            end += 1;
        }
        let number = begins.len() as u64;
        let part = encode((from..end).filter_map(|index| all.get(index)));
        insert.execute((segment, number, seal::seal(Kind::Terms, segment, number, part)))?;
        begins.push(first.to_vec());
        from = end;
    }
    let gone = "DELETE FROM block_references WHERE number >= ?1 AND number < ?2";
    transaction.prepare_cached(gone)?.execute((segment * BLOCKS, (segment + 1) * BLOCKS))?;
    Ok(begins)
}

/// Lends the references of a whole block whose segment is not whole yet.
pub(crate) fn block_terms(
    view: &Transaction<'_>,
    block: u64,
    found: impl FnMut(&[u8], u32) -> bool,
) -> Result<(), CacheError> {
    let mut statement = view.prepare_cached("SELECT terms FROM block_references WHERE number = ?1")?;
    let mut rows = statement.query([block])?;
    let row = rows.next()?.ok_or_else(|| CacheError::damaged(format!("the references of block {block} are gone")))?;
    let sealed = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
    each(seal::opened(Kind::References, block, 0, sealed)?, found)
}

/// The places in a whole segment of the references that begin with `begin`, which is folded, and how many parts had to be
/// read for it.
pub(crate) fn places(
    view: &Transaction<'_>,
    directory: &Directory,
    segment: u64,
    begin: &[u8],
) -> Result<(RoaringBitmap, u32), CacheError> {
    // A bit for each place: many references of a segment may begin alike.
    let mut found = vec![0_u64; usize::try_from(SEGMENT / 64).unwrap_or(0)];
    let mut count = 0;
    // The part before the first that begins at or after it may end with some, too.
    let from = directory.terms.partition_point(|first| first.as_slice() < begin).saturating_sub(1);
    let mut statement = view.prepare_cached("SELECT terms FROM terms WHERE segment = ?1 AND part = ?2")?;
    for (part, first) in directory.terms.iter().enumerate().skip(from) {
        if first.as_slice() > begin && !first.starts_with(begin) {
            break;
        }
        count += 1;
        let part = part as u64;
        let mut rows = statement.query((segment, part))?;
        let row =
            rows.next()?.ok_or_else(|| CacheError::damaged(format!("references of segment {segment} are gone")))?;
        let sealed = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
        each(seal::opened(Kind::Terms, segment, part, sealed)?, |term, place| {
            if term.starts_with(begin) {
                if let Some(bits) = found.get_mut(place as usize / 64) {
                    *bits |= 1 << (place % 64);
                }
                return true;
            }
            term < begin
        })?;
    }
    let places = (0_u32..)
        .step_by(64)
        .zip(found)
        .flat_map(|(from, bits)| (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| from + bit));
    let places = RoaringBitmap::from_sorted_iter(places)
        .map_err(|error| CacheError::damaged(format!("places out of order: {error}")))?;
    Ok((places, count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn references_read_as_they_were_written(
            // Short and alike, and so long that their first bytes do not tell.
            mut given in prop::collection::vec(("[aB]{0,6}|ticket-ticket-ticket-[ab]{0,2}", 0..65_536_u32), 0..60),
        ) {
            // They come in the order of their entries.
            given.sort_by_key(|(_, place)| *place);
            let mut terms = Terms::default();
            given.iter().for_each(|(term, place)| terms.push(term.as_bytes(), *place));
            terms.sort();
            let mut read = Vec::new();
            each(&encode((0..terms.all.len()).filter_map(|index| terms.get(index))), |term, place| {
                read.push((String::from_utf8(term.to_vec()).unwrap(), place));
                true
            }).unwrap();
            given.iter_mut().for_each(|(term, _)| term.make_ascii_lowercase());
            given.sort();
            prop_assert_eq!(read, given);
        }

        #[test]
        fn no_bytes_are_too_much_for_it(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = each(&bytes, |_, _| true);
        }
    }
}
