//! Tells that something is not there.

/// A Bloom filter for each table, with a word for each of its buckets: about ten bits or more for each tag. A tag
/// has all its bits in one word: it takes one look.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    words: Vec<u64>,
    /// Words a table: a power of two.
    width: usize,
}

impl Filter {
    /// An empty filter for one table.
    pub(super) fn new(width: usize) -> Self {
        Self { words: vec![0; width], width }
    }

    /// The word in which a tag of a table has its bits.
    #[inline]
    pub(super) fn word(&self, table: usize, tag: u32) -> u64 {
        self.words.get(self.place(table, tag)).copied().unwrap_or(0)
    }

    /// Whether a tag could be in a table. If not, it is not.
    #[inline]
    pub(super) fn has(&self, table: usize, tag: u32) -> bool {
        self.word(table, tag) & bits(tag) == bits(tag)
    }

    /// From now on the tag could be in the table.
    #[inline]
    pub(super) fn mark(&mut self, table: usize, tag: u32) {
        let place = self.place(table, tag);
        if let Some(word) = self.words.get_mut(place) {
            *word |= bits(tag);
        }
    }

    /// These are the tags in a table, and no others. The table may be the next one, which had none yet.
    pub(super) fn renew(&mut self, table: usize, tags: impl Iterator<Item = u32>) {
        let from = table * self.width;
        self.words.resize(self.words.len().max(from + self.width), 0);
        if let Some(words) = self.words.get_mut(from..from + self.width) {
            words.fill(0);
        }
        tags.for_each(|tag| self.mark(table, tag));
    }

    #[inline]
    const fn place(&self, table: usize, tag: u32) -> usize {
        table * self.width + (tag as usize & (self.width - 1))
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.words.len() * 8
    }
}

/// Four of 64 bits, or fewer if some are the same. They come from all of the tag, for tags that share a word are alike in
/// some bits.
#[inline]
const fn bits(tag: u32) -> u64 {
    let mixed = (tag as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    1 << (mixed >> 58) | 1 << (mixed >> 52 & 63) | 1 << (mixed >> 46 & 63) | 1 << (mixed >> 40 & 63)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_has_four_bits_anywhere() {
        let mut counts = [0_u32; 64];
        let tags = (0..10_000_u32).map(|number| number.wrapping_mul(0x9e37_79b1));
        for bits in tags.map(bits) {
            (0..64).filter(|bit| bits >> bit & 1 == 1).for_each(|bit| counts[bit] += 1);
        }
        // Few of them have two in one place.
        assert!((38_800..40_000).contains(&counts.iter().sum::<u32>()), "{counts:?}");
        assert!(counts.iter().all(|count| (450..800).contains(count)), "{counts:?}");
    }

    #[test]
    fn what_a_table_has_no_longer_is_forgotten() {
        let mut filter = Filter::new(16);
        (0..64).for_each(|tag| filter.mark(0, tag));
        for table in [0, 1] {
            filter.renew(table, [7].into_iter());
            assert_eq!((0..1_000).filter(|tag| filter.has(table, *tag)).collect::<Vec<_>>(), [7]);
        }
        assert_eq!(filter.bytes(), 2 * 16 * 8);
    }
}
