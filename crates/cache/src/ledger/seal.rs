//! Bytes that cannot change unnoticed: each piece of the file carries a checksum of what it holds and of where it belongs.
//!
//! SQLite itself takes a page as it is: a bit that a disk turned in a number is just another number to it. And pieces that
//! are in themselves whole may stand in a place of another, or be an older form of themselves where a log was cut.

use twox_hash::XxHash3_64;

use crate::CacheError;

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The ledger's end.
    Head = 1,
    /// The coded entries of a block, by its number.
    Columns = 2,
    /// The bodies of a block, by its number.
    Bodies = 3,
    /// An entry behind the last block, by its number.
    Tail = 4,
    /// The body of one.
    TailBody = 5,
    /// A name, by its code and its dimension.
    Name = 6,
    /// What was used on a day, by code and day.
    Rollup = 7,
    /// What the days of a code add up to, by the code.
    Sum = 8,
    /// What is in a segment, by its number.
    Directory = 9,
    /// Where a code occurs in a segment, by both.
    Posting = 10,
    /// The references of a block, by its number.
    References = 11,
    /// Some of the references of a segment, by its number and theirs.
    Terms = 12,
    /// The account after an entry, by its number.
    Snapshot = 13,
    /// Something else that is known of the workspace, by its name's checksum.
    Fact = 14,
    /// The mark beside the file.
    Mark = 15,
}

/// The length of a checksum.
const LENGTH: usize = 8;

/// The checksum of a piece and its place.
pub(crate) fn checksum(kind: Kind, key: u64, part: u64, bytes: &[u8]) -> u64 {
    // Odd constants, so that no two small keys come together.
    let place = key.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31) ^ part.wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    XxHash3_64::oneshot_with_seed(place ^ (kind as u64) << 56, bytes)
}

/// Puts its checksum behind a piece.
pub(crate) fn seal(kind: Kind, key: u64, part: u64, mut bytes: Vec<u8>) -> Vec<u8> {
    let check = checksum(kind, key, part, &bytes);
    bytes.extend_from_slice(&check.to_le_bytes());
    bytes
}

/// The piece without its checksum.
///
/// # Errors
/// [`CacheError::Unusable`] where they do not fit: the piece was altered, cut, or stands in the place of another.
pub(crate) fn opened(kind: Kind, key: u64, part: u64, sealed: &[u8]) -> Result<&[u8], CacheError> {
    if let Some((bytes, check)) = sealed.split_last_chunk::<LENGTH>()
        && u64::from_le_bytes(*check) == checksum(kind, key, part, bytes)
    {
        return Ok(bytes);
    }
    Err(CacheError::damaged(format!("{kind:?} {key}/{part} is not what was stored")))
}

/// [`opened`], of a piece that is one's own.
pub(crate) fn opened_whole(kind: Kind, key: u64, part: u64, mut sealed: Vec<u8>) -> Result<Vec<u8>, CacheError> {
    let length = opened(kind, key, part, &sealed)?.len();
    sealed.truncate(length);
    Ok(sealed)
}

/// The checksum that a sealed piece bears.
pub(crate) fn borne(sealed: &[u8]) -> u64 {
    sealed.last_chunk::<LENGTH>().map_or(0, |check| u64::from_le_bytes(*check))
}

/// A number that belongs to a text, to find it by.
pub(crate) fn number_of(text: &str) -> u64 {
    XxHash3_64::oneshot(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_itself_in_its_own_place_alone() {
        let sealed = seal(Kind::Rollup, 7, 20_000, b"cells".to_vec());
        assert_eq!(opened(Kind::Rollup, 7, 20_000, &sealed).unwrap(), b"cells");
        for (kind, key, part) in [(Kind::Sum, 7, 20_000), (Kind::Rollup, 8, 20_000), (Kind::Rollup, 7, 20_001)] {
            assert!(opened(kind, key, part, &sealed).is_err(), "{kind:?} {key} {part}");
        }
        for bit in 0..sealed.len() * 8 {
            let mut turned = sealed.clone();
            turned[bit / 8] ^= 1 << (bit % 8);
            assert!(opened(Kind::Rollup, 7, 20_000, &turned).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(opened(Kind::Rollup, 7, 20_000, &sealed[..length]).is_err(), "cut to {length}");
        }
    }
}
