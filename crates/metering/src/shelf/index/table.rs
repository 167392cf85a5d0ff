//! One table of the index.

use super::{Held, Place};

/// Slots of a bucket.
const SLOTS: usize = 8;
/// How many buckets a table has at first.
const FIRST: usize = 1 << 4;
/// A table that has so many buckets is divided rather than grown.
const LARGE: usize = 1 << 12;

/// What a line of the processor's cache holds: all that most look-ups see of a table. It is filled from the front. Tags and
/// places stand apart, so that all of them are compared in one or two steps.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Bucket {
    tags: [u32; SLOTS],
    /// With their bits turned round: 0 is none.
    places: [u32; SLOTS],
}

impl Bucket {
    const EMPTY: Self = Self { tags: [0; SLOTS], places: [0; SLOTS] };

    /// How many it holds. Counted without a branch: what a bucket holds is chance.
    #[inline]
    fn count(&self) -> usize {
        self.places.iter().map(|place| u32::from(*place != 0)).sum::<u32>() as usize
    }

    /// Whether a slot is under a tag, be it used or not. Looked at without a branch, too.
    #[inline]
    fn has(&self, tag: u32) -> bool {
        self.tags.iter().fold(false, |has, other| has | (*other == tag))
    }

    #[inline]
    const fn is_full(&self) -> bool {
        self.places[SLOTS - 1] != 0
    }

    /// Puts it into a slot, if there are so many.
    #[inline]
    fn set(&mut self, slot: usize, held: Held) -> bool {
        let (Some(tag), Some(place)) = (self.tags.get_mut(slot), self.places.get_mut(slot)) else { return false };
        (*tag, *place) = (held.tag, !held.place.0);
        true
    }

    /// All that it holds.
    fn held(self) -> impl Iterator<Item = Held> {
        let held = self.tags.into_iter().zip(self.places).take_while(|(_, place)| *place != 0);
        held.map(|(tag, place)| Held { tag, place: Place(!place) })
    }
}

/// Places by tag, in the bucket that the tag names, or in one of the next if it is full.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// A power of two of them.
    buckets: Vec<Bucket>,
    used: usize,
    /// So many make it full once it is large.
    limit: usize,
    /// In how many first bits the tags that belong here are alike.
    pub(super) depth: u32,
}

/// How many make a large table full: from three to six eighths of its slots, as many tables near one as near the other.
/// Tables fill at one pace; with one limit they would all be divided at once.
const fn limit(number: u32) -> usize {
    let share = number.wrapping_mul(0x9e37_79b9);
    let least = LARGE * SLOTS / 8 * 3;
    least + ((least as u64 * share as u64) >> u32::BITS) as usize
}

impl Default for Table {
    fn default() -> Self {
        Self { buckets: vec![Bucket::EMPTY; FIRST], used: 0, limit: limit(0), depth: 0 }
    }
}

impl Table {
    /// Whether it has to grow or to be divided before anything more is inserted: when three quarters of its slots are used,
    /// or if it is large, as many as are its limit.
    #[inline]
    pub(super) const fn is_full(&self) -> bool {
        let limit = if self.is_large() { self.limit } else { self.buckets.len() * SLOTS / 8 * 6 };
        self.used >= limit
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        std::mem::size_of_val(self.buckets.as_slice())
    }

    pub(super) const fn is_large(&self) -> bool {
        self.buckets.len() >= LARGE
    }

    /// All that it holds.
    pub(super) fn held(&self) -> impl Iterator<Item = Held> {
        self.buckets.iter().copied().flat_map(Bucket::held)
    }

    /// The first slot of the bucket for a tag.
    #[inline]
    pub(super) fn spot(&self, tag: u32) -> Option<&u32> {
        self.buckets.get(self.place(tag)).map(|bucket| &bucket.tags[0])
    }

    /// Whether anything is under a tag: the quick half of [`Self::under`].
    #[inline]
    pub(super) fn has(&self, tag: u32) -> bool {
        let mut place = self.place(tag);
        while let Some(bucket) = self.buckets.get(place) {
            if bucket.has(tag) {
                return true;
            }
            if !bucket.is_full() {
                break;
            }
            place = (place + 1) & (self.buckets.len() - 1);
        }
        false
    }

    /// The places under a tag. They are in its bucket, and in those after it as far as they are full.
    pub(super) fn under(&self, tag: u32) -> impl Iterator<Item = Place> {
        let (before, from) = self.buckets.split_at(self.place(tag));
        let mut goes_on = true;
        let buckets =
            from.iter().chain(before).take_while(move |bucket| std::mem::replace(&mut goes_on, bucket.is_full()));
        buckets.flat_map(|bucket| bucket.held()).filter(move |held| held.tag == tag).map(|held| held.place)
    }

    /// Puts it into the first bucket for its tag that is not full. There has to be one: the table is not full.
    #[inline]
    pub(super) fn insert(&mut self, held: Held) {
        let mut place = self.place(held.tag);
        while let Some(bucket) = self.buckets.get_mut(place) {
            if bucket.set(bucket.count(), held) {
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
        if self.is_large() {
            self.limit *= 2;
        }
        let all: Vec<Held> = self.held().collect();
        self.buckets.resize(self.buckets.len() * 2, Bucket::EMPTY);
        self.refill(&all);
    }

    /// Gives all whose tags have the next bit set up to another table, which has this number.
    pub(super) fn divide(&mut self, number: u32) -> Self {
        let bit = 1 << (u32::BITS - 1) >> self.depth;
        self.depth += 1;
        let count = self.buckets.len();
        let mut other = Self { buckets: Vec::with_capacity(count), used: 0, limit: limit(number), depth: self.depth };
        // Those that found no room in their own bucket: they may find it now.
        let mut strays = Vec::new();
        self.used = 0;
        for (place, bucket) in self.buckets.iter_mut().enumerate() {
            // What stays, what goes, and what is no matter. All slots are gone through without a branch but for a stray:
            // how many are used, and in which half each belongs, is chance.
            let (mut parts, mut counts) = ([Bucket::EMPTY; 3], [0; 3]);
            for (tag, turned) in bucket.tags.into_iter().zip(bucket.places) {
                let held = Held { tag, place: Place(!turned) };
                if turned != 0 && tag as usize & (count - 1) != place {
                    strays.push(held);
                    continue;
                }
                let part = if turned == 0 { 2 } else { usize::from(tag & bit != 0) };
                parts[part].set(counts[part], held);
                counts[part] += 1;
            }
            *bucket = parts[0];
            other.buckets.push(parts[1]);
            self.used += counts[0];
            other.used += counts[1];
        }
        for held in strays {
            let half = if held.tag & bit == 0 { &mut *self } else { &mut other };
            half.insert(held);
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
        all.iter().for_each(|tag| table.insert(Held { tag: *tag, place: Place(*tag) }));
        let other = table.divide(1);
        for tag in all {
            let [half, rest] = if tag >> 31 == 0 { [&table, &other] } else { [&other, &table] };
            assert_eq!(half.under(tag).collect::<Vec<_>>(), [Place(tag)], "{tag:x}");
            assert!(half.has(tag) && rest.under(tag).next().is_none(), "{tag:x}");
        }
        assert_eq!((table.used, other.used, table.depth, other.depth), (12, 12, 1, 1));
        assert_eq!((table.held().count(), other.held().count()), (12, 12));
    }

    #[test]
    fn each_bucket_has_its_tags() {
        let mut table = Table::default();
        (0..16).flat_map(|bucket| tags(bucket, 3)).for_each(|tag| table.insert(Held { tag, place: Place(tag) }));
        assert!(table.buckets.iter().all(|bucket| bucket.count() == 3));
    }
}
