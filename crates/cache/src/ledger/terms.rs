//! References by how they begin: each block has its own, sorted; a whole segment has those of its blocks together.

use rusqlite::Transaction;

use super::bytes::{Reader, put};
use super::seal::{self, Kind};
use super::segment::{BLOCKS, Directory, place_of};
use crate::CacheError;

/// Bytes of a part of a segment's references, about.
const PART: usize = 8 * 1_024;

/// A reference as it is looked for: letters of ASCII count in either case.
pub(crate) fn folded(reference: &str) -> Vec<u8> {
    reference.to_ascii_lowercase().into_bytes()
}

/// References in order, each with its places in the segment.
type Terms = Vec<(Vec<u8>, u32)>;

/// Appends references, each as what it does not share with the one ahead of it. They are sorted.
fn encode(terms: &[(Vec<u8>, u32)]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(terms.len() * 6);
    let (mut before, mut place_before): (&[u8], u32) = (&[], 0);
    for (term, place) in terms {
        let shared = term.iter().zip(before).take_while(|(one, other)| one == other).count();
        let rest = term.get(shared..).unwrap_or_default();
        // The same once more is a 0 in front; of its places the difference is enough.
        if term.as_slice() == before && !term.is_empty() {
            put(&mut bytes, 0);
            put(&mut bytes, u64::from(place.wrapping_sub(place_before)));
        } else {
            put(&mut bytes, shared as u64 + 1);
            super::bytes::put_text(&mut bytes, rest);
            put(&mut bytes, u64::from(*place));
        }
        (before, place_before) = (term, *place);
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

/// Stores the references of a block's entries, which come with their numbers.
pub(crate) fn write_block<'a>(
    transaction: &Transaction<'_>,
    number: u64,
    references: impl Iterator<Item = (&'a str, u64)>,
) -> Result<(), CacheError> {
    let mut terms: Terms = references.map(|(reference, seq)| (folded(reference), place_of(seq))).collect();
    terms.sort_unstable();
    let sealed = seal::seal(Kind::References, number, 0, encode(&terms));
    let sql = "INSERT INTO block_references (number, terms) VALUES (?1, ?2)";
    transaction.prepare_cached(sql)?.execute((number, sealed))?;
    Ok(())
}

/// Brings the references of a segment's blocks together, and says how each part of them begins.
pub(crate) fn merge(transaction: &Transaction<'_>, segment: u64) -> Result<Vec<Vec<u8>>, CacheError> {
    let mut all: Terms = Vec::new();
    let blocks = segment * BLOCKS..(segment + 1) * BLOCKS;
    for block in blocks.clone() {
        block_terms(transaction, block, |term, place| {
            all.push((term.to_vec(), place));
            true
        })?;
    }
    // Sorted stretches one behind the other: what a stable sort merges at once.
    all.sort();
    let mut begins = Vec::new();
    let mut rest = all.as_slice();
    let mut insert = transaction.prepare_cached("INSERT INTO terms (segment, part, terms) VALUES (?1, ?2, ?3)")?;
    while let Some((first, _)) = rest.first() {
        let (mut size, mut count) = (0, 0);
        for (term, _) in rest {
            size += term.len() + 4;
            if size > PART && count > 0 {
                break;
            }
            count += 1;
        }
        let (part, others) = rest.split_at(count);
        let number = begins.len() as u64;
        insert.execute((segment, number, seal::seal(Kind::Terms, segment, number, encode(part))))?;
        begins.push(first.clone());
        rest = others;
    }
    let gone = "DELETE FROM block_references WHERE number >= ?1 AND number < ?2";
    transaction.prepare_cached(gone)?.execute((blocks.start, blocks.end))?;
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

/// The places in a whole segment of the references that begin with `begin`, which is folded.
pub(crate) fn places(
    view: &Transaction<'_>,
    directory: &Directory,
    segment: u64,
    begin: &[u8],
) -> Result<Vec<u32>, CacheError> {
    let mut places = Vec::new();
    // The part before the first that begins at or after it may end with some, too.
    let from = directory.terms.partition_point(|first| first.as_slice() < begin).saturating_sub(1);
    let mut statement = view.prepare_cached("SELECT terms FROM terms WHERE segment = ?1 AND part = ?2")?;
    for (part, first) in directory.terms.iter().enumerate().skip(from) {
        if first.as_slice() > begin && !first.starts_with(begin) {
            break;
        }
        let part = part as u64;
        let mut rows = statement.query((segment, part))?;
        let row =
            rows.next()?.ok_or_else(|| CacheError::damaged(format!("references of segment {segment} are gone")))?;
        let sealed = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
        each(seal::opened(Kind::Terms, segment, part, sealed)?, |term, place| {
            if term.starts_with(begin) {
                places.push(place);
            }
            term.starts_with(begin) || term < begin
        })?;
    }
    places.sort_unstable();
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn references_read_as_they_were_written(mut terms in prop::collection::vec(("[ab]{0,6}", 0..65_536_u32), 0..60)) {
            terms.sort();
            let terms: Terms = terms.into_iter().map(|(term, place)| (term.into_bytes(), place)).collect();
            let mut read = Vec::new();
            each(&encode(&terms), |term, place| {
                read.push((term.to_vec(), place));
                true
            }).unwrap();
            prop_assert_eq!(read, terms);
        }

        #[test]
        fn no_bytes_are_too_much_for_it(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = each(&bytes, |_, _| true);
        }
    }
}
