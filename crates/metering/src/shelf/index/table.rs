//! One table of the index.

use super::Held;

/// Slots of a bucket.
const SLOTS: usize = 8;
/// A table that has so many buckets is divided rather than grown.
const LARGE: usize = 1 << 12;

/// What a line of the processor's cache holds: all that most look-ups see of a table. It is filled from the front.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Bucket([Held; SLOTS]);

impl Bucket {
    const EMPTY: Self = Self([Held::NONE; SLOTS]);

    /// How many it holds. Counted without a branch: what a bucket holds is chance.
    #[inline]
    fn count(&self) -> usize {
        self.0.iter().map(|held| usize::from(*held != Held::NONE)).sum()
    }

    fn is_full(&self) -> bool {
        self.0.last() != Some(&Held::NONE)
    }

    /// All that it holds.
    fn held(self) -> impl Iterator<Item = Held> {
        self.0.into_iter().take_while(|held| *held != Held::NONE)
    }
}

/// Places by tag, in the bucket that the tag names, or in one of the next if it is full.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// A power of two of them.
    buckets: Vec<Bucket>,
    used: usize,
    /// In how many first bits the tags that belong here are alike.
    pub(super) depth: u32,
}

impl Default for Table {
    fn default() -> Self {
        Self { buckets: vec![Bucket::EMPTY; Self::FIRST], used: 0, depth: 0 }
    }
}

impl Table {
    /// How many buckets a table has at first.
    pub(super) const FIRST: usize = 1 << 4;

    /// Whether it has to grow or to be divided before anything more is inserted: when three quarters of its slots are used,
    /// and of a large table five eighths, for there a second bucket is one to wait for.
    #[inline]
    pub(super) const fn is_full(&self) -> bool {
        let eighths = if self.is_large() { 5 } else { 6 };
        self.used >= self.buckets.len() * SLOTS / 8 * eighths
    }

    pub(super) const fn is_large(&self) -> bool {
        self.buckets.len() >= LARGE
    }

    pub(super) const fn buckets(&self) -> usize {
        self.buckets.len()
    }

    /// All that it holds.
    pub(super) fn held(&self) -> impl Iterator<Item = Held> {
        self.buckets.iter().copied().flat_map(Bucket::held)
    }

    /// What is first in the bucket for a tag, whatever it is.
    #[inline]
    pub(super) fn first(&self, tag: u32) -> Held {
        self.buckets.get(self.place(tag)).map_or(Held::NONE, |bucket| bucket.0[0])
    }

    /// What is in the bucket for a tag, and in those after it as far as they are full. All that is under the tag is among
    /// it.
    pub(super) fn from(&self, tag: u32) -> impl Iterator<Item = Held> {
        let (before, from) = self.buckets.split_at(self.place(tag));
        let all = from.iter().chain(before).flat_map(|bucket| bucket.0);
        all.take_while(|held| *held != Held::NONE)
    }

    /// Puts it into the first bucket for its tag that is not full. There has to be one: the table is not full.
    #[inline]
    pub(super) fn insert(&mut self, held: Held) {
        let mut place = self.place(held.tag());
        while let Some(bucket) = self.buckets.get_mut(place) {
            let count = bucket.count();
            if let Some(slot) = bucket.0.get_mut(count) {
                *slot = held;
                self.used += 1;
                return;
            }
            place = (place + 1) & (self.buckets.len() - 1);
        }
    }

    #[inline]
    const fn place(&self, tag: u32) -> usize {
        tag as usize & (self.buckets.len() - 1)
    }

    /// Doubles its buckets.
    pub(super) fn grow(&mut self) {
        let all: Vec<Held> = self.held().collect();
        self.buckets.resize(self.buckets.len() * 2, Bucket::EMPTY);
        self.refill(&all);
    }

    /// Gives all whose tags have the next bit set up to another table.
    pub(super) fn divide(&mut self) -> Self {
        let bit = 1 << (u32::BITS - 1) >> self.depth;
        self.depth += 1;
        let count = self.buckets.len();
        let mut other = Self { buckets: vec![Bucket::EMPTY; count], used: 0, depth: self.depth };
        self.used = 0;
        // Nothing that belongs ahead of the first bucket is in it or after it: so what is taken out of a bucket finds room
        // in it or in those that are done.
        let start = (0..count).find(|place| !self.buckets[(place + count - 1) % count].is_full()).unwrap_or(0);
        for place in (start..count).chain(0..start) {
            let Some(bucket) = self.buckets.get_mut(place) else { continue };
            for held in std::mem::replace(bucket, Bucket::EMPTY).held() {
                let half = if held.tag() & bit == 0 { &mut *self } else { &mut other };
                half.insert(held);
            }
        }
        other
    }

    fn refill(&mut self, all: &[Held]) {
        self.buckets.fill(Bucket::EMPTY);
        self.used = 0;
        all.iter().for_each(|held| self.insert(*held));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Place;
    use super::*;

    /// Tags whose last bits name a bucket of a table of sixteen, one half with the first bit set.
    fn tags(bucket: u32, count: u32) -> impl Iterator<Item = u32> {
        (0..count).map(move |number| number << 31 | number << 4 | bucket)
    }

    #[test]
    fn what_found_no_room_at_the_end_is_found_in_both_halves() {
        let mut table = Table::default();
        let all: Vec<u32> = tags(15, 12).chain(tags(0, 4)).chain(tags(14, 8)).collect();
        all.iter().for_each(|tag| table.insert(Held::new(*tag, Place(*tag))));
        let other = table.divide();
        for tag in all {
            let [half, rest] = if tag >> 31 == 0 { [&table, &other] } else { [&other, &table] };
            assert!(half.from(tag).any(|held| held.tag() == tag), "{tag:x}");
            assert!(!rest.from(tag).any(|held| held.tag() == tag), "{tag:x}");
        }
        assert_eq!((table.used, other.used, table.depth, other.depth), (12, 12, 1, 1));
        assert_eq!((table.held().count(), other.held().count()), (12, 12));
    }

    #[test]
    fn each_bucket_has_its_tags() {
        let mut table = Table::default();
        (0..16).flat_map(|bucket| tags(bucket, 3)).for_each(|tag| table.insert(Held::new(tag, Place(tag))));
        assert!(table.buckets.iter().all(|bucket| bucket.count() == 3));
    }
}
