//! Tells that something is not there.

/// A Bloom filter for each table, with a word for each of its buckets: at least ten bits for each tag that is there. A tag
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
