//! Where records are, by hash: eight bytes each, and one look as a rule.

/// How many tables the hashes are spread over, so that no single growth of a table is felt.
const TABLES: usize = 64;
/// How many slots a table begins with.
const FIRST: usize = 8;

/// Where a record begins, in units over all pages. The last number is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(pub(super) u32);

/// Places by hash. Several records may have one hash: all their places are given.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    tables: Vec<Table>,
}

/// Open addressing with the next slot tried: what is looked up and what is put next to it share a line of the
/// processor's cache, and a miss of that is what a look-up costs.
#[derive(Clone, Debug, Default)]
struct Table {
    /// The tag above the place, whose bits are turned round so that 0 is an empty slot. A power of two of them.
    slots: Vec<u64>,
    used: usize,
}

impl Index {
    /// Puts a place under a hash.
    pub(super) fn put(&mut self, hash: u64, place: Place) {
        if self.tables.is_empty() {
            self.tables.resize_with(TABLES, Table::default);
        }
        let (table, tag) = split(hash);
        if let Some(table) = self.tables.get_mut(table) {
            table.put(tag, place);
        }
    }

    /// What is in the first slot for a hash, whatever it is.
    pub(super) fn first(&self, hash: u64) -> u64 {
        let (table, tag) = split(hash);
        let slots = self.tables.get(table).map_or([].as_slice(), |table| &table.slots);
        slots.get(tag as usize & slots.len().wrapping_sub(1)).copied().unwrap_or(0)
    }

    /// The places that were put under a hash.
    pub(super) fn find(&self, hash: u64) -> Found<'_> {
        let (table, tag) = split(hash);
        let slots = self.tables.get(table).map_or([].as_slice(), |table| &table.slots);
        Found { slots, tag, slot: tag as usize }
    }
}

/// Goes from slot to slot, as long as they are not empty: one always is.
pub(super) struct Found<'a> {
    slots: &'a [u64],
    tag: u32,
    slot: usize,
}

impl Iterator for Found<'_> {
    type Item = Place;

    #[inline]
    fn next(&mut self) -> Option<Place> {
        let mask = self.slots.len().wrapping_sub(1);
        loop {
            let held = *self.slots.get(self.slot & mask)?;
            if held == 0 {
                return None;
            }
            self.slot += 1;
            if (held >> 32) as u32 == self.tag {
                return Some(Place(!(held as u32)));
            }
        }
    }
}

impl Table {
    fn put(&mut self, tag: u32, place: Place) {
        if self.used * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        self.insert(u64::from(tag) << 32 | u64::from(!place.0));
        self.used += 1;
    }

    /// Puts it into the first empty slot from its tag's own on; there is one.
    #[inline]
    fn insert(&mut self, held: u64) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = (held >> 32) as usize;
        while let Some(place) = self.slots.get_mut(slot & mask) {
            if *place == 0 {
                *place = held;
                return;
            }
            slot += 1;
        }
    }

    #[cold]
    fn grow(&mut self) {
        let more = (self.slots.len() * 2).max(FIRST);
        for held in std::mem::replace(&mut self.slots, vec![0; more]) {
            if held != 0 {
                self.insert(held);
            }
        }
    }
}

/// Which table, and the tag in it: other bits of the hash.
const fn split(hash: u64) -> (usize, u32) {
    ((hash >> 32) as usize % TABLES, hash as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_what_was_put_and_nothing_else() {
        let mut index = Index::default();
        assert_eq!(index.find(7).next(), None);
        let spread = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for number in 0..100_000_u32 {
            index.put(spread(u64::from(number)), Place(number));
        }
        for number in 0..100_000_u32 {
            let found: Vec<Place> = index.find(spread(u64::from(number))).collect();
            assert!(found.contains(&Place(number)) && found.len() < 3, "{number}: {found:?}");
        }
        let strangers = (100_000..200_000_u64).filter(|number| index.find(spread(*number)).next().is_some()).count();
        assert!(strangers < 3, "{strangers}");
        for table in &index.tables {
            assert!(table.used * 4 <= table.slots.len() * 3 && table.slots.len() <= table.used * 3);
            assert_eq!(table.slots.iter().filter(|slot| **slot != 0).count(), table.used);
        }
    }

    #[test]
    fn one_hash_has_many_places() {
        let mut index = Index::default();
        // The last place is kept, too, and the largest tag, at whose slot the table ends.
        let all: Vec<Place> = (0..40).map(Place).chain([Place(u32::MAX - 1)]).collect();
        for place in &all {
            index.put(u64::MAX, *place);
            index.put(0, *place);
        }
        for hash in [u64::MAX, 0] {
            let mut found: Vec<Place> = index.find(hash).collect();
            found.sort_by_key(|place| place.0);
            assert_eq!(found, all);
        }
        assert_eq!(index.find(u64::MAX - 1).next(), None, "another tag in the same slots");
        assert_eq!(index.find(1 << 32).next(), None, "the same tag in another table");
    }
}
