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
    pub(crate) fn hash(&self, source: &str, id: &str) -> u64 {
        let [first, second] = self.key;
        // The lengths keep ("a", "bc") and ("ab", "c") apart.
        let lengths = (source.len() as u64) << 32 ^ id.len() as u64;
        let state = absorb(first ^ lengths, second, source.as_bytes());
        fold(absorb(state, second, id.as_bytes()), first)
    }
}

/// Mixes bytes into the state, eight at a time.
fn absorb(mut state: u64, key: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        state = fold(state ^ u64::from_le_bytes(*word), key);
    }
    // What is left over, once more with the bytes before it, where there are some.
    let last = match (bytes.last_chunk::<8>(), rest.len()) {
        (_, 0) => return state,
        (Some(last), _) => u64::from_le_bytes(*last),
        (None, _) => rest.iter().fold(0, |last, byte| last << 8 | u64::from(*byte)),
    };
    fold(state ^ last, key)
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
    fn parts_and_keys_matter() {
        let keyed = Keyed::default();
        assert_eq!(keyed.hash("ab", "c"), keyed.hash("ab", "c"));
        assert_ne!(keyed.hash("ab", "c"), keyed.hash("a", "bc"));
        assert_ne!(keyed.hash("a", "b"), keyed.hash("b", "a"));
        assert_ne!(keyed.hash("a", "b\0"), keyed.hash("a", "b"));
        assert_ne!(keyed.hash("a", "b"), Keyed::default().hash("a", "b"));
    }
}
