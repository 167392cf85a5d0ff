//! Where records are, by hash: about twenty bytes each. The tables of a long ledger are larger than any cache of the
//! processor, and an id that is looked for is hardly ever there: a filter of two bytes an id says so. What is put is
//! gathered and goes to the tables with others, which is to wait for memory once for all of them.

mod filter;
mod table;

use std::hint::black_box;

use filter::Filter;
use table::Table;

/// How many places are gathered: an eighth of all, within bounds.
const GATHERED_SHARE: usize = 8;
const LEAST_GATHERED: usize = 64;
const MOST_GATHERED: usize = 512;
/// No table is divided by more bits of its tags than this.
const MAX_DEPTH: u32 = 20;

/// Where a record begins, in units over all pages. The last number is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(pub(super) u32);

/// A place under a tag, the part of a hash by which everything is found: the tag above the place, whose bits are turned
/// round so that none is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Held(u64);

impl Held {
    /// A slot of a table that holds nothing.
    const NONE: Self = Self(0);

    const fn new(tag: u32, place: Place) -> Self {
        Self((tag as u64) << 32 | !place.0 as u64)
    }

    const fn tag(self) -> u32 {
        (self.0 >> 32) as u32
    }

    const fn place(self) -> Place {
        Place(!(self.0 as u32))
    }
}

/// Places by hash. Several records may have one hash: all their places are given.
///
/// A table that is full is divided in two by the next bit of its tags (extendible hashing): no growth is ever felt,
/// however many places there are.
#[derive(Clone, Debug)]
pub(super) struct Index {
    /// The number of a tag's table, by the first `depth` bits of the tag.
    directory: Vec<u32>,
    depth: u32,
    tables: Vec<Table>,
    /// What of all places could be under a tag, the gathered ones too.
    filter: Filter,
    gathered: Vec<Held>,
    /// How many are in the tables.
    settled: usize,
}

impl Default for Index {
    fn default() -> Self {
        let tables = vec![Table::default()];
        let filter = Filter::new(Table::FIRST);
        Self { directory: vec![0], depth: 0, tables, filter, gathered: Vec::new(), settled: 0 }
    }
}

impl Index {
    /// Puts a place under a hash.
    #[inline]
    pub(super) fn put(&mut self, hash: u64, place: Place) {
        let tag = tag(hash);
        self.filter.mark(self.number(tag), tag);
        self.gathered.push(Held::new(tag, place));
        let enough = (self.settled / GATHERED_SHARE).clamp(LEAST_GATHERED, MOST_GATHERED);
        if self.gathered.len() >= enough {
            self.settle();
        }
    }

    /// What tells whether there is anything under a hash.
    #[inline]
    pub(super) fn word(&self, hash: u64) -> u64 {
        let tag = tag(hash);
        self.filter.word(self.number(tag), tag)
    }

    /// The places that were put under a hash.
    #[inline]
    pub(super) fn find(&self, hash: u64) -> impl Iterator<Item = Place> {
        let tag = tag(hash);
        let number = self.number(tag);
        let table = self.tables.get(number).filter(|_| self.filter.has(number, tag));
        let found = table.into_iter().flat_map(move |table| self.gathered_under(tag).chain(table.from(tag)));
        found.filter(move |held| held.tag() == tag).map(Held::place)
    }

    /// What is gathered, if anything of it is under the tag. All of it is looked at in one go, many at a time.
    fn gathered_under(&self, tag: u32) -> impl Iterator<Item = Held> {
        let is_there = self.gathered.iter().fold(false, |is_there, held| is_there | (held.tag() == tag));
        let gathered = if is_there { self.gathered.as_slice() } else { &[] };
        gathered.iter().copied()
    }

    /// The number of the table for a tag.
    #[inline]
    fn number(&self, tag: u32) -> usize {
        self.directory.get(first_bits(tag, self.depth)).map_or(0, |number| *number as usize)
    }

    /// Brings what is gathered to the tables.
    #[inline(never)]
    fn settle(&mut self) {
        let gathered = std::mem::take(&mut self.gathered);
        // Nothing but loads that do not depend on each other: the processor starts many of them at once.
        let slot = |held: &Held| self.tables.get(self.number(held.tag())).map_or(0, |table| table.first(held.tag()).0);
        black_box(gathered.iter().fold(0, |seen, held| seen ^ slot(held)));
        let mut is_marked = true;
        for held in &gathered {
            let mut number = self.number(held.tag());
            while self.tables.get(number).is_some_and(Table::is_full) {
                self.make_room(held.tag());
                is_marked = false;
                number = self.number(held.tag());
            }
            if let Some(table) = self.tables.get_mut(number) {
                table.insert(*held);
            }
        }
        if !is_marked {
            gathered.iter().for_each(|held| self.filter.mark(self.number(held.tag()), held.tag()));
        }
        self.settled += gathered.len();
        self.gathered = gathered;
        self.gathered.clear();
    }

    /// Gives the table for a tag more slots, or divides it if it is large. The marks of what it holds are made anew, and
    /// those of what is gathered are lost.
    #[cold]
    fn make_room(&mut self, tag: u32) {
        let number = self.number(tag);
        let (count, is_only) = (self.tables.len(), self.tables.len() == 1);
        let (Some(table), Ok(new)) = (self.tables.get_mut(number), u32::try_from(count)) else { return };
        if !table.is_large() || table.depth >= MAX_DEPTH {
            table.grow();
            if is_only {
                self.filter = Filter::new(table.buckets());
                self.filter.renew(number, table.held().map(Held::tag));
            }
            return;
        }
        let other = table.divide();
        self.filter.renew(number, table.held().map(Held::tag));
        self.filter.renew(count, other.held().map(Held::tag));
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
        for count in 0..500_000_u32 {
            index.put(spread(count), Place(count));
            if count.is_power_of_two() && count > 500 {
                assert!(index.gathered.len() <= MOST_GATHERED && index.gathered.len() <= count as usize / 4);
                let bytes: usize = index.tables.iter().map(|table| table.buckets() * 64).sum();
                let bytes = bytes + index.filter.bytes() + index.gathered.capacity() * 8 + index.directory.len() * 4;
                assert!(bytes < count as usize * 45 && bytes > count as usize * 9, "{bytes} for {count}");
                // Of what is not there, few need a look at a table.
                let strangers = (count + 1..count + 50_001).map(spread);
                let doubtful = strangers.filter(|hash| index.filter.has(index.number(tag(*hash)), tag(*hash))).count();
                assert!(doubtful < 2_500, "{doubtful} with {count}");
            }
        }
        let held: usize = index.tables.iter().map(|table| table.held().count()).sum();
        assert_eq!((held, held + index.gathered.len()), (index.settled, 500_000));
        assert!(index.directory.len() <= index.tables.len() * 2);
        assert!(index.tables.iter().all(|table| (6_000..21_000).contains(&table.held().count())));
    }

    #[test]
    fn tables_of_every_depth_are_found() {
        let mut index = Index::default();
        // One is divided again and again before the others are.
        (0..21_000).for_each(|place| index.put(u64::MAX, Place(place)));
        (0..100_000).for_each(|number| index.put(spread(number), Place(number)));
        for number in 0..100_000 {
            assert!(index.find(spread(number)).any(|place| place == Place(number)), "{number}");
        }
        assert_eq!(index.find(u64::MAX).count(), 21_000);
        let depths: std::collections::HashSet<u32> = index.tables.iter().map(|table| table.depth).collect();
        assert!(depths.len() > 10, "{depths:?}");
    }

    #[test]
    fn one_hash_has_many_places() {
        let mut index = Index::default();
        // More than a table takes: no bit divides them. The last place is kept, too.
        let many: Vec<Place> = (0..21_000).map(Place).chain([Place(u32::MAX - 1)]).collect();
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
