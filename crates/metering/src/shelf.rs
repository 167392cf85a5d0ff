//! Recorded usages by id, packed: tens of millions of them have to fit in memory and be found in one look.

mod index;
mod known;
mod record;

use crate::Usage;
use crate::keyed::Keyed;
use index::{Index, Place};
use record::Common;

/// Pages hold so many bytes; a record that is longer gets a page of its own. Young shelves begin with small ones.
const PAGE: usize = 1 << 20;
const FIRST_PAGE: usize = 1 << 12;
/// Records begin at multiples of so many bytes: a place is a number of them. Four billion are 16 GB of records.
const UNIT: usize = 4;

/// Usages by source and id. What it answers is exact: an id's hash only says where to look.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shelf {
    keys: Keyed,
    index: Index,
    common: Common,
    pages: Vec<Vec<u8>>,
    /// How much of the last page is written.
    used: usize,
}

impl Place {
    fn new(page: usize, offset: usize) -> Self {
        Self(u32::try_from(page * (PAGE / UNIT) + offset / UNIT).unwrap_or(u32::MAX))
    }

    const fn page(self) -> usize {
        self.0 as usize / (PAGE / UNIT)
    }

    const fn offset(self) -> usize {
        self.0 as usize % (PAGE / UNIT) * UNIT
    }
}

impl Shelf {
    /// Keeps a usage under its source and id.
    pub(crate) fn put(&mut self, seq: u64, usage: &Usage) {
        let room = record::most(usage);
        // A place cannot say more than the usual length of a page.
        if self.pages.last().is_none_or(|page| page.len().min(PAGE).saturating_sub(self.used) < room) {
            let usual = self.pages.last().map_or(FIRST_PAGE, |page| (page.len() * 2).min(PAGE));
            self.pages.push(vec![0; usual.max(room)]);
            self.used = 0;
        }
        let number = self.pages.len() - 1;
        let Some(room) = self.pages.last_mut().and_then(|page| page.get_mut(self.used..)) else { return };
        let length = record::write(room, &mut self.common, seq, usage);
        self.index.put(self.keys.hash(&usage.source, &usage.id), Place::new(number, self.used));
        self.used += length.next_multiple_of(UNIT);
    }

    /// The entry and the content of the usage with this source and id.
    pub(crate) fn get(&self, source: &str, id: &str) -> Option<(u64, Usage)> {
        self.index.find(self.keys.hash(source, id)).find_map(|place| {
            let bytes = self.pages.get(place.page())?.get(place.offset()..)?;
            record::read(bytes, &self.common).filter(|(_, usage)| usage.source == source && usage.id == id)
        })
    }

    /// Looks where usages with these sources and ids would be found, so that finding them is quick: to wait for memory
    /// once for many of them takes little longer than for one. What is there is not looked at, for to know it is to wait.
    /// What is put there soon after finds its place warm, too.
    pub(crate) fn look_ahead<'a>(&self, ids: impl Iterator<Item = (&'a str, &'a str)>) {
        // Nothing but loads that do not depend on each other stand in the second loop: the processor starts many at once.
        let spots: Vec<&u32> = ids.filter_map(|(source, id)| self.index.spot(self.keys.hash(source, id))).collect();
        let seen = spots.into_iter().fold(0, |seen, spot| seen ^ spot);
        std::hint::black_box(seen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Allocation, Labels, Timestamp};

    fn usage(id: &str, labels: Labels) -> Usage {
        Usage {
            source: "crm".into(),
            id: id.into(),
            feature: "reply".into(),
            units: 1_000_000,
            rate: 7,
            cost: u64::MAX,
            revision: u32::MAX,
            occurred_at: None,
            labels,
            hold: None,
            allocations: vec![Allocation { grant: 1, amount: 2 }],
        }
    }

    #[test]
    fn gives_back_what_was_put() {
        let mut shelf = Shelf::default();
        assert_eq!(shelf.get("crm", "absent"), None);
        let long = "x".repeat(300);
        let mut all = vec![usage("plain", Labels::default())];
        let labels =
            Labels { member: Some("Ánna".into()), channel: Some(String::new()), reference: Some(long.clone()) };
        all.push(usage(&long, labels));
        all.push(Usage { occurred_at: Some(Timestamp::MIN), hold: Some(3), ..usage("hold:3", Labels::default()) });
        let many = (0..200_000).map(|grant| Allocation { grant, amount: grant }).collect();
        all.push(Usage { allocations: many, ..usage("longer than a page", Labels::default()) });
        all.push(Usage { allocations: Vec::new(), ..usage("free", Labels::default()) });
        all.extend((0..50_000).map(|number| usage(&number.to_string(), Labels::default())));
        for (seq, usage) in (1..).zip(&all) {
            shelf.put(seq, usage);
        }
        for (seq, usage) in (1..).zip(&all) {
            assert_eq!(shelf.get("crm", &usage.id).as_ref(), Some(&(seq, usage.clone())), "{}", usage.id);
            assert_eq!(shelf.get("crn", &usage.id), None);
        }
    }

    #[test]
    fn ids_whose_hashes_are_equal_are_told_apart() {
        // Three records under the hash of each, as if their hashes were one.
        let mut shelf = Shelf::default();
        let ids = ["a", "b", "c"];
        for id in ids {
            let place = Place::new(shelf.pages.len().saturating_sub(1), shelf.used);
            shelf.put(1, &usage(id, Labels::default()));
            for other in ids.iter().filter(|other| **other != id) {
                shelf.index.put(shelf.keys.hash("crm", other), place);
            }
        }
        for id in ids {
            assert_eq!(shelf.index.find(shelf.keys.hash("crm", id)).count(), 3);
            assert_eq!(shelf.get("crm", id).map(|(_, usage)| usage.id), Some(id.into()));
        }
        assert_eq!(shelf.get("crm", "d"), None);
    }

    #[test]
    fn a_young_shelf_is_small_and_an_old_one_has_large_pages() {
        let mut shelf = Shelf::default();
        for number in 0..100_000 {
            shelf.put(number, &usage(&number.to_string(), Labels::default()));
            assert!(number > 50 || shelf.pages.len() == 1 && shelf.pages[0].len() == FIRST_PAGE, "{number}");
        }
        let (last, first) = (shelf.pages.last().map(Vec::len), shelf.pages.len());
        assert_eq!(last, Some(PAGE));
        assert!(first < 16, "{first} pages");
    }

    #[test]
    fn records_are_small() {
        let labels = Labels { member: Some("m1".into()), channel: Some("chat".into()), reference: None };
        let usage = Usage { cost: 7_000_000, ..usage("job-0000001", labels) };
        let mut page = vec![0; record::most(&usage)];
        let length = record::write(&mut page, &mut Common::default(), 1_000_000, &usage);
        // The id is 11 bytes.
        assert!(length < 25, "{length}");
    }

    #[test]
    fn places_count_over_pages() {
        for (page, offset) in [(0, 0), (0, UNIT), (1, 0), (7, PAGE - UNIT), (16_382, 4 * UNIT)] {
            let place = Place::new(page, offset);
            assert_eq!((place.page(), place.offset()), (page, offset));
        }
    }
}
