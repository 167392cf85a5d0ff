//! A page of entries on its way into the cache.

use std::ops::Range;

use metering::{Credits, Timestamp};

use crate::EntryHash;

/// An entry to store: what lists and charts ask of it, and the bytes that the hash chain covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewEntry<'a> {
    /// Its number in the workspace's ledger, from 1, without gaps.
    pub seq: u64,
    /// When it was charged. Never decreases along `seq`.
    pub recorded_at: Timestamp,
    /// When the work was done; the same as `recorded_at` where nobody said.
    pub occurred_at: Timestamp,
    /// The kind's name, as `metering` gives it.
    pub kind: &'static str,
    /// The feature, for entries that count as use of one. Such entries are what the rollups sum.
    pub feature: Option<&'a str>,
    /// What else tells it apart in a list: a grant's source, a plan's id.
    pub detail: Option<&'a str>,
    /// Units of the feature; 0 for other kinds.
    pub units: i64,
    /// The signed change of the ledger balance.
    pub credits: i64,
    /// The ledger balance after it.
    pub balance_after: Credits,
    /// The member whose work it was.
    pub member: Option<&'a str>,
    /// The channel that it came through.
    pub channel: Option<&'a str>,
    /// Who reported it.
    pub source: Option<&'a str>,
    /// What the work belongs to: a ticket, a conversation. Found by how it begins.
    pub reference: Option<&'a str>,
    /// The catalogue revision that priced it; 0 where nothing was priced.
    pub revision: u32,
    /// The entry of the failed work whose credits it gives back: it counts against the use of when that was done.
    pub amends: Option<u64>,
    /// The link of the hash chain at this entry.
    pub hash: EntryHash,
    /// The exact bytes that the service stored.
    pub body: &'a [u8],
}

/// Entries that follow one another, in one piece of memory: millions of them pass through here.
#[derive(Clone, Debug, Default)]
pub struct Page {
    text: String,
    bodies: Vec<u8>,
    entries: Vec<Packed>,
}

#[derive(Clone, Debug)]
struct Packed {
    entry: NewEntry<'static>,
    texts: [Range<u32>; 6],
    body: Range<u32>,
}

impl Page {
    /// Appends an entry.
    pub fn push(&mut self, entry: &NewEntry<'_>) {
        let NewEntry { feature, detail, member, channel, source, reference, .. } = *entry;
        let texts = [feature, detail, member, channel, source, reference].map(|text| self.keep(text));
        let from = self.bodies.len();
        self.bodies.extend_from_slice(entry.body);
        let body = place(from)..place(self.bodies.len());
        let NewEntry {
            seq, recorded_at, occurred_at, kind, units, credits, balance_after, revision, amends, hash, ..
        } = *entry;
        let entry = NewEntry {
            seq,
            recorded_at,
            occurred_at,
            kind,
            units,
            credits,
            balance_after,
            revision,
            amends,
            hash,
            feature: feature.map(|_| ""),
            detail: detail.map(|_| ""),
            member: member.map(|_| ""),
            channel: channel.map(|_| ""),
            source: source.map(|_| ""),
            reference: reference.map(|_| ""),
            body: &[],
        };
        self.entries.push(Packed { entry, texts, body });
    }

    /// How many entries it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many bytes its bodies have.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bodies.len()
    }

    /// Empties it and keeps its room.
    pub fn clear(&mut self) {
        self.text.clear();
        self.bodies.clear();
        self.entries.clear();
    }

    /// The entry in a place, the first in 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<NewEntry<'_>> {
        self.entries.get(index).map(|packed| self.unpacked(packed))
    }

    /// The last entry.
    #[must_use]
    pub fn last(&self) -> Option<NewEntry<'_>> {
        self.entries.last().map(|packed| self.unpacked(packed))
    }

    /// The entries in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = NewEntry<'_>> {
        self.entries.iter().map(|packed| self.unpacked(packed))
    }

    fn keep(&mut self, text: Option<&str>) -> Range<u32> {
        let from = self.text.len();
        self.text.push_str(text.unwrap_or_default());
        place(from)..place(self.text.len())
    }

    fn unpacked(&self, Packed { entry, texts, body }: &Packed) -> NewEntry<'_> {
        let [feature, detail, member, channel, source, reference] = texts;
        let text = |kept: Option<&'static str>, range: &Range<u32>| {
            kept.map(|_| self.text.get(range.start as usize..range.end as usize).unwrap_or_default())
        };
        NewEntry {
            feature: text(entry.feature, feature),
            detail: text(entry.detail, detail),
            member: text(entry.member, member),
            channel: text(entry.channel, channel),
            source: text(entry.source, source),
            reference: text(entry.reference, reference),
            body: self.bodies.get(body.start as usize..body.end as usize).unwrap_or_default(),
            ..*entry
        }
    }
}

impl<'a> Extend<NewEntry<'a>> for Page {
    fn extend<T: IntoIterator<Item = NewEntry<'a>>>(&mut self, entries: T) {
        entries.into_iter().for_each(|entry| self.push(&entry));
    }
}

impl<'a> FromIterator<NewEntry<'a>> for Page {
    fn from_iter<T: IntoIterator<Item = NewEntry<'a>>>(entries: T) -> Self {
        let mut page = Self::default();
        page.extend(entries);
        page
    }
}

/// A place in a page. Pages are some megabytes; what is beyond four thousand of them reads as nothing.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
