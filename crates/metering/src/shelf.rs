//! Recorded usages by id, packed: tens of millions of them have to fit in memory and be found in one look.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::keyed::Keyed;
use crate::{Allocation, Labels, Timestamp, Usage};

/// How many tables the ids are spread over, so that no single growth of a table is felt.
const TABLES: usize = 64;
/// Pages hold so many bytes; a record that is longer gets a page of its own. Young shelves begin with small ones.
const PAGE: usize = 1 << 20;
const FIRST_PAGE: usize = 1 << 12;
/// Records begin at multiples of so many bytes: a place is a number of them. Four billion are 64 GB of records.
const UNIT: usize = 16;
/// In place of a length: the text is absent.
const ABSENT: u16 = u16::MAX;
/// What a record begins with; then come its texts and its allocations.
const HEAD: usize = 64;

/// Usages by source and id. What it answers is exact: an id's hash only says where to look.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shelf {
    keys: Keyed,
    /// The place of the latest record by a part of its hash. Small entries, for looking one up costs a miss of the
    /// processor's cache as soon as the tables outgrow it.
    tables: Vec<HashMap<u32, Place, BuildHasherDefault<Spread>>>,
    pages: Vec<Vec<u8>>,
}

/// Where a record begins, in units over all pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place(u32);

impl Place {
    const NONE: Self = Self(u32::MAX);

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

/// The key is a part of a hash already: a table wants its bits at both ends of 64.
#[derive(Clone, Copy, Debug, Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u32(&mut self, part: u32) {
        self.0 = u64::from(part) << 32 | u64::from(part);
    }
}

impl Shelf {
    /// Keeps a usage under its source and id.
    pub(crate) fn put(&mut self, seq: u64, usage: &Usage) {
        let hash = self.keys.hash(&usage.source, &usage.id);
        let room = size(usage);
        if self.pages.last().is_none_or(|page| page.capacity() - page.len() < room) {
            let usual = self.pages.last().map_or(FIRST_PAGE, |page| (page.capacity() * 2).min(PAGE));
            self.pages.push(Vec::with_capacity(usual.max(room)));
        }
        let number = self.pages.len() - 1;
        let Some(page) = self.pages.last_mut() else { return };
        let place = Place::new(number, page.len());
        if self.tables.is_empty() {
            self.tables.resize_with(TABLES, HashMap::default);
        }
        let (table, part) = split(hash);
        // Records whose hashes cannot be told apart are linked, the latest first.
        let before = self.tables[table].insert(part, place).unwrap_or(Place::NONE);
        write(page, before, seq, usage);
        let filling = page.len().next_multiple_of(UNIT) - page.len();
        page.extend_from_slice([0; UNIT].get(..filling).unwrap_or_default());
    }

    /// The entry and the content of the usage with this source and id.
    pub(crate) fn get(&self, source: &str, id: &str) -> Option<(u64, Usage)> {
        let (table, part) = split(self.keys.hash(source, id));
        let mut place = *self.tables.get(table)?.get(&part)?;
        while place != Place::NONE {
            let mut record = Reader { bytes: self.pages.get(place.page())?.get(place.offset()..)? };
            let before = Place(record.u32()?);
            let (seq, usage) = read(&mut record)?;
            if usage.source == source && usage.id == id {
                return Some((seq, usage));
            }
            place = before;
        }
        None
    }
}

/// Which table, and the key in it: other bits of the hash.
const fn split(hash: u64) -> (usize, u32) {
    ((hash >> 32) as usize % TABLES, hash as u32)
}

/// An upper bound of a record's length in bytes, the filling behind it included.
fn size(usage: &Usage) -> usize {
    let Labels { member, channel, reference } = &usage.labels;
    let label = |label: &Option<String>| label.as_ref().map_or(0, String::len);
    let texts = usage.source.len() + usage.id.len() + usage.feature.len() + label(member) + label(channel);
    HEAD + texts + label(reference) + usage.allocations.len() * 16 + UNIT
}

fn write(page: &mut Vec<u8>, before: Place, seq: u64, usage: &Usage) {
    let Labels { member, channel, reference } = &usage.labels;
    let texts = [
        Some(usage.source.as_str()),
        Some(usage.id.as_str()),
        Some(usage.feature.as_str()),
        member.as_deref(),
        channel.as_deref(),
        reference.as_deref(),
    ];
    let [source, id, feature, member, channel, reference] = texts.map(length);
    let both = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
    let count = u32::try_from(usage.allocations.len()).unwrap_or(u32::MAX);
    let words = [
        both(before.0, usage.units),
        seq,
        usage.cost,
        both(usage.rate, usage.revision),
        usage.occurred_at.map_or(i64::MIN, Timestamp::as_millis).cast_unsigned(),
        usage.hold.unwrap_or(0),
        both(count, pair(source, id)),
        both(pair(feature, member), pair(channel, reference)),
    ];
    let mut head = [0; HEAD];
    for (place, word) in head.as_chunks_mut::<8>().0.iter_mut().zip(words) {
        *place = word.to_le_bytes();
    }
    page.extend_from_slice(&head);
    for text in texts.into_iter().flatten() {
        page.extend_from_slice(text.as_bytes().get(..usize::from(length(Some(text)))).unwrap_or_default());
    }
    for Allocation { grant, amount } in &usage.allocations {
        page.extend_from_slice(&grant.to_le_bytes());
        page.extend_from_slice(&amount.to_le_bytes());
    }
}

const fn pair(low: u16, high: u16) -> u32 {
    low as u32 | (high as u32) << 16
}

/// The bounds of rule 20 keep texts far shorter than what two bytes can say.
fn length(text: Option<&str>) -> u16 {
    text.map_or(ABSENT, |text| u16::try_from(text.len()).unwrap_or(ABSENT - 1))
}

fn read(record: &mut Reader<'_>) -> Option<(u64, Usage)> {
    let (units, seq) = (record.u32()?, record.u64()?);
    let (cost, rate, revision) = (record.u64()?, record.u32()?, record.u32()?);
    let occurred_at = Some(record.u64()?.cast_signed()).filter(|millis| *millis != i64::MIN);
    let hold = Some(record.u64()?).filter(|hold| *hold != 0);
    let count = record.u32()?;
    let lengths: [u16; 6] = [record.u16()?, record.u16()?, record.u16()?, record.u16()?, record.u16()?, record.u16()?];
    let [source, id, feature, member, channel, reference] = lengths.map(|length| record.text(length));
    let labels = Labels { member: member?, channel: channel?, reference: reference? };
    let (source, id, feature) = (source??, id??, feature??);
    let allocations =
        (0..count).map(|_| Some(Allocation { grant: record.u64()?, amount: record.u64()? })).collect::<Option<_>>()?;
    let occurred_at = occurred_at.map(Timestamp::from_millis);
    Some((seq, Usage { source, id, feature, units, rate, cost, revision, occurred_at, labels, hold, allocations }))
}

/// Reads a record from its beginning.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.bytes.split_first_chunk::<N>()?;
        self.bytes = rest;
        Some(*first)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A text of a length; the outer `None` is for a record that ends too early.
    fn text(&mut self, length: u16) -> Option<Option<String>> {
        if length == ABSENT {
            return Some(None);
        }
        let (text, rest) = self.bytes.split_at_checked(usize::from(length))?;
        self.bytes = rest;
        Some(Some(std::str::from_utf8(text).ok()?.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        // Three records under one key, as if their hashes were one.
        let mut shelf = Shelf::default();
        let places: Vec<Place> = ["a", "b", "c"]
            .map(|id| {
                shelf.put(1, &usage(id, Labels::default()));
                let (table, part) = split(shelf.keys.hash("crm", id));
                shelf.tables[table][&part]
            })
            .into();
        for (place, before) in [(places[1], places[0]), (places[2], places[1])] {
            let record = &mut shelf.pages[place.page()][place.offset()..];
            record[..4].copy_from_slice(&before.0.to_le_bytes());
        }
        let (table, part) = split(shelf.keys.hash("crm", "a"));
        shelf.tables[table].insert(part, places[2]);
        assert_eq!(shelf.get("crm", "a").map(|(_, usage)| usage.id), Some("a".into()));
        assert_eq!(shelf.get("crm", "c").map(|(_, usage)| usage.id), Some("c".into()));
    }

    #[test]
    fn places_count_over_pages() {
        for (page, offset) in [(0, 0), (0, 16), (1, 0), (7, PAGE - 16), (65_534, 32)] {
            let place = Place::new(page, offset);
            assert_eq!((place.page(), place.offset()), (page, offset));
        }
    }
}
