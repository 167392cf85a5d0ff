//! Where records are, by hash: about twenty bytes each. The tables of a long ledger are larger than any cache of the
//! processor: of an id, whether it is there or is put there, one line of the cache is needed, and that of many ids can be
//! waited for at once.

mod table;

use table::Table;

/// No table is divided by more bits of its tags than this.
const MAX_DEPTH: u32 = 20;

/// Where a record begins, in units over all pages. The last number is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(pub(super) u32);

/// A place under a tag, the part of a hash by which everything is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    tag: u32,
    place: Place,
}

/// Places by hash. Several records may have one hash: all their places are given.
///
/// A table that is full is divided in two by the next bit of its tags (extendible hashing): no growth is ever felt,
/// however many places there are. Not all are full at one time.
#[derive(Clone, Debug)]
pub(super) struct Index {
    /// The number of a tag's table, by the first `depth` bits of the tag.
    directory: Vec<u32>,
    depth: u32,
    tables: Vec<Table>,
}

impl Default for Index {
    fn default() -> Self {
        Self { directory: vec![0], depth: 0, tables: vec![Table::default()] }
    }
}

impl Index {
    /// Puts a place under a hash.
    #[inline]
    pub(super) fn put(&mut self, hash: u64, place: Place) {
        let held = Held { tag: tag(hash), place };
        loop {
            let number = self.number(held.tag);
            match self.tables.get_mut(number) {
                Some(table) if table.is_full() => self.make_room(held.tag),
                Some(table) => return table.insert(held),
                None => return,
            }
        }
    }

    /// Where a hash is looked for. It is not looked at.
    #[inline]
    pub(super) fn spot(&self, hash: u64) -> Option<&u32> {
        let tag = tag(hash);
        self.table(tag)?.spot(tag)
    }

    /// The places that were put under a hash.
    #[inline]
    pub(super) fn find(&self, hash: u64) -> impl Iterator<Item = Place> {
        let tag = tag(hash);
        let table = self.table(tag).filter(|table| table.has(tag));
        table.into_iter().flat_map(move |table| table.under(tag))
    }

    #[inline]
    fn table(&self, tag: u32) -> Option<&Table> {
        self.tables.get(self.number(tag))
    }

    /// The number of the table for a tag.
    #[inline]
    fn number(&self, tag: u32) -> usize {
        self.directory.get(first_bits(tag, self.depth)).map_or(0, |number| *number as usize)
    }

    /// Gives the table for a tag more slots, or divides it if it is large.
    #[cold]
    fn make_room(&mut self, tag: u32) {
        let number = self.number(tag);
        let count = self.tables.len();
        let (Some(table), Ok(new)) = (self.tables.get_mut(number), u32::try_from(count)) else { return };
        if !table.is_large() || table.depth >= MAX_DEPTH {
            table.grow();
            return;
        }
        let other = table.divide(new);
        if table.depth > self.depth {
            self.directory = self.directory.iter().flat_map(|number| [*number; 2]).collect();
            self.depth += 1;
        }
        // Of the tags that led to the old table, the second half leads to the new one.
        let wide = self.depth - table.depth;
        let from = (first_bits(tag, table.depth) | 1) << wide;
        if let Some(numbers) = self.directory.get_mut(from..from + (1 << wide)) {
            numbers.fill(new);
        }
        self.tables.push(other);
    }
}

const fn tag(hash: u64) -> u32 {
    hash as u32
}

const fn first_bits(tag: u32, count: u32) -> usize {
    ((tag as u64) << count >> u32::BITS) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hashes that look like chance, never the same for two numbers.
    fn spread(number: u32) -> u64 {
        u64::from(number.wrapping_mul(0x9e37_79b1).rotate_left(16).wrapping_mul(0x85eb_ca77))
    }

    #[test]
    fn gives_what_was_put_and_nothing_else() {
        let mut index = Index::default();
        assert_eq!(index.find(7).next(), None);
        for number in 0..100_000 {
            assert_eq!(index.find(spread(number)).next(), None, "{number}");
            index.put(spread(number), Place(number));
            assert_eq!(index.find(spread(number)).next(), Some(Place(number)));
            let earlier = number.wrapping_mul(0x9e37_79b1) % (number + 1);
            assert_eq!(index.find(spread(earlier)).collect::<Vec<_>>(), [Place(earlier)]);
        }
        for number in 0..100_000 {
            assert_eq!(index.find(spread(number)).collect::<Vec<_>>(), [Place(number)]);
        }
    }

    #[test]
    fn it_stays_in_proportion() {
        let mut index = Index::default();
        let mut tables = Vec::new();
        for count in 1..=600_000_u32 {
            index.put(spread(count), Place(count));
            tables.push(index.tables.len());
            if count.is_power_of_two() && count > 500 {
                let bytes: usize = index.tables.iter().map(Table::bytes).sum();
                let bytes = bytes + index.directory.len() * 4;
                assert!(bytes < count as usize * 50 && bytes > count as usize * 9, "{bytes} for {count}");
            }
        }
        let held: usize = index.tables.iter().map(|table| table.held().count()).sum();
        assert_eq!(held, 600_000);
        assert!(index.directory.len() <= index.tables.len() * 4);
        assert!(index.tables.iter().all(|table| (6_000..25_000).contains(&table.held().count())));
        // While they double in number, about as many tables are divided in each part of the time.
        let divided: Vec<usize> =
            (0..4).map(|part| tables[300_000 + (part + 1) * 75_000 - 1] - tables[300_000 + part * 75_000]).collect();
        assert!(divided.iter().all(|count| (2..12).contains(count)), "{divided:?}");
    }

    #[test]
    fn tables_of_every_depth_are_found() {
        let mut index = Index::default();
        // One is divided again and again before the others are.
        (0..25_000).for_each(|place| index.put(u64::MAX, Place(place)));
        (0..100_000).for_each(|number| index.put(spread(number), Place(number)));
        for number in 0..100_000 {
            assert!(index.find(spread(number)).any(|place| place == Place(number)), "{number}");
        }
        assert_eq!(index.find(u64::MAX).count(), 25_000);
        let depths: std::collections::HashSet<u32> = index.tables.iter().map(|table| table.depth).collect();
        assert!(depths.len() > 10, "{depths:?}");
    }

    #[test]
    fn one_hash_has_many_places() {
        let mut index = Index::default();
        // More than a table takes: no bit divides them. The last place is kept, too.
        let many: Vec<Place> = (0..25_000).map(Place).chain([Place(u32::MAX - 1)]).collect();
        let few: Vec<Place> = (0..100).map(Place).collect();
        many.iter().for_each(|place| index.put(u64::MAX, *place));
        few.iter().for_each(|place| index.put(0, *place));
        for (hash, all) in [(u64::MAX, &many), (0, &few)] {
            let mut found: Vec<Place> = index.find(hash).collect();
            found.sort_by_key(|place| place.0);
            assert_eq!(found, *all);
        }
        assert_eq!(index.find(u64::MAX - 1).next(), None, "another tag in the same bucket");
        assert_eq!(index.directory.len(), 1 << MAX_DEPTH, "no more than that");
    }
}
