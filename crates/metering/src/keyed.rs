//! A quick hash with a secret key, for tables of ids that come from outside.

use std::hash::{BuildHasher, RandomState};

/// Hashes names under a key that nobody outside knows, so that nobody can choose ids that meet. The standard hasher
/// takes longer for an id than all the rest of recording it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keyed {
    key: [u64; 2],
}

impl Default for Keyed {
    /// A new key.
    fn default() -> Self {
        let random = RandomState::new();
        Self { key: [random.hash_one(1), random.hash_one(2)] }
    }
}

impl Keyed {
    /// The hash of the name `id` of `source`.
    #[inline]
    pub(crate) fn hash(&self, source: &str, id: &str) -> u64 {
        let [first, second] = self.key;
        // The lengths keep ("a", "bc") and ("ab", "c") apart.
        let lengths = (source.len() as u64) << 32 ^ id.len() as u64;
        let state = absorb(first ^ lengths, second, source.as_bytes());
        fold(absorb(state, second, id.as_bytes()), first)
    }
}

/// Mixes bytes into the state, sixteen at a time. Ids are short, so that most take one step: its two words may overlap.
#[inline]
fn absorb(mut state: u64, key: u64, bytes: &[u8]) -> u64 {
    let mut rest = bytes;
    while let Some((head, tail)) = rest.split_first_chunk::<16>()
        && !tail.is_empty()
    {
        let (one, other) = head.split_at(8);
        state = fold(state ^ word(one), key ^ word(other));
        rest = tail;
    }
    let (first, last) = match (rest.first_chunk::<8>(), rest.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => match (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
            (Some(first), Some(last)) => (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last))),
            _ => (word(rest), 0),
        },
    };
    fold(state ^ first, key ^ last)
}

/// A hash of a short text by its ends, without a key: for tables that lose nothing when names meet.
#[inline]
pub(crate) const fn near(bytes: &[u8]) -> u64 {
    let (first, last) = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (short(bytes), 0),
    };
    fold(first, last ^ (bytes.len() as u64) << 56)
}

/// Fewer than eight bytes as a number: overlapping halves, or the three that there can be.
#[inline]
const fn short(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => (u32::from_le_bytes(*first) as u64) << 32 | u32::from_le_bytes(*last) as u64,
        _ => match bytes {
            [] => 0,
            [first, ..] => {
                let (middle, last) = (bytes[bytes.len() / 2], bytes[bytes.len() - 1]);
                (*first as u64) << 16 | (middle as u64) << 8 | last as u64
            }
        },
    }
}

/// Up to eight bytes as a number.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// Both halves of the product, folded: every bit of the factors reaches every bit of the result.
const fn fold(one: u64, other: u64) -> u64 {
    // Nothing but zero makes a product that forgets the other factor; the constants are digits of pi.
    let product = ((one ^ 0x243f_6a88_85a3_08d3) as u128).wrapping_mul((other ^ 0x1319_8a2e_0370_7344) as u128);
    (product as u64) ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn near_names_have_far_hashes() {
        let keyed = Keyed::default();
        let mut seen = HashSet::new();
        let mut ones = 0;
        for number in 0..100_000_u32 {
            let hash = keyed.hash("source", &format!("job-{number}"));
            assert!(seen.insert(hash));
            ones += hash.count_ones();
        }
        assert!((3_190_000..3_210_000).contains(&ones), "half of the bits: {ones}");
        // Whatever part of the hash a table looks at: nothing crowds.
        for shift in [0, 20, 40, 56] {
            let mut counts = [0_u32; 256];
            seen.iter().for_each(|hash| counts[(hash >> shift) as usize & 255] += 1);
            assert!(counts.iter().all(|count| (250..550).contains(count)), "{shift}: {counts:?}");
        }
    }

    #[test]
    fn short_texts_that_differ_anywhere_have_hashes_that_differ() {
        let texts: Vec<String> = (0..12)
            .flat_map(|length| {
                let plain = "abcdefghijkl"[..length].to_owned();
                let other = move |place: usize| {
                    let mut bytes = plain.clone().into_bytes();
                    bytes[place] ^= 1;
                    String::from_utf8(bytes).unwrap()
                };
                (0..length).map(other).chain(["abcdefghijkl"[..length].to_owned()]).collect::<Vec<_>>()
            })
            .collect();
        let hashes: HashSet<u64> = texts.iter().map(|text| near(text.as_bytes())).collect();
        assert_eq!(hashes.len(), texts.len());
    }

    #[test]
    fn parts_and_keys_matter() {
        let keyed = Keyed::default();
        assert_eq!(keyed.hash("ab", "c"), keyed.hash("ab", "c"));
        assert_ne!(keyed.hash("ab", "c"), keyed.hash("a", "bc"));
        assert_ne!(keyed.hash("a", "b"), keyed.hash("b", "a"));
        // Every byte matters, whatever the length.
        for length in 1..70 {
            let text = "a".repeat(length);
            let hash = keyed.hash("source", &text);
            assert_ne!(hash, keyed.hash("source", &"a".repeat(length + 1)));
            for place in 0..length {
                let mut other = text.clone().into_bytes();
                other[place] = b'b';
                assert_ne!(hash, keyed.hash("source", std::str::from_utf8(&other).unwrap()), "{place} of {length}");
            }
        }
        assert_ne!(keyed.hash("a", "b\0"), keyed.hash("a", "b"));
        assert_ne!(keyed.hash("a", "b"), Keyed::default().hash("a", "b"));
    }
}
