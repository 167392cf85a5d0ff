//! A page of entries on its way into the cache.

use metering::{Allocation, Credits, Timestamp, UsageView};
use wire::line::UsageLine;

use super::columns::Coded;
use super::names::{Dimension, Names};
use super::short::Short;
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

/// Names that a page remembers for the next one that comes into its room.
const MOST_NAMES: u32 = 4_096;

/// Entries that follow one another, in few pieces of memory: millions of them pass through here.
#[derive(Clone, Debug, Default)]
pub struct Page {
    entries: Vec<Packed>,
    /// What is kept of each body, one behind the other.
    shorts: Vec<u8>,
    names: Names,
    room: Vec<Allocation>,
    /// Accounts after some of its entries, to be kept for good.
    milestones: Vec<(u64, Vec<u8>)>,
}

/// An entry without its body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packed {
    pub(crate) seq: u64,
    /// With the page's own codes, and as the entry says it: an amendment is not yet dated by what it amends.
    pub(crate) coded: Coded,
    pub(crate) balance_after: Credits,
    /// 0 for none.
    pub(crate) amends: u64,
    pub(crate) hash: EntryHash,
    /// Where what is kept of its body ends.
    short_end: u32,
}

impl Page {
    /// Appends an entry.
    pub fn push(&mut self, entry: &NewEntry<'_>) {
        let mut room = std::mem::take(&mut self.room);
        let line = if entry.feature.is_some() { wire::line::read_usage(entry.body, &mut room) } else { None };
        self.push_read(entry, line.as_ref());
        self.room = room;
    }

    /// Appends an entry whose body was read, if it is a usage in the usual form: then less of it has to be kept.
    pub fn push_read(&mut self, entry: &NewEntry<'_>, line: Option<&UsageLine<'_>>) {
        let mut code = |dimension, name| self.names.code_or_new(dimension, name);
        let coded = Coded {
            recorded_at: entry.recorded_at.as_millis(),
            occurred_at: entry.occurred_at.as_millis(),
            kind: code(Dimension::Kind, Some(entry.kind)),
            feature: code(Dimension::Feature, entry.feature),
            detail: code(Dimension::Detail, entry.detail),
            member: code(Dimension::Member, entry.member),
            channel: code(Dimension::Channel, entry.channel),
            source: code(Dimension::Source, entry.source),
            revision: entry.revision,
            units: entry.units,
            credits: entry.credits,
        };
        match line.filter(|line| tells(entry, line)) {
            Some(line) => Short::of(line).append(&mut self.shorts),
            None => Short::exact(entry.body, entry.reference).append(&mut self.shorts),
        }
        self.entries.push(Packed {
            seq: entry.seq,
            coded,
            balance_after: entry.balance_after,
            amends: entry.amends.unwrap_or(0),
            hash: entry.hash,
            // Pages are some megabytes; what is beyond four thousand of them reads as nothing.
            short_end: u32::try_from(self.shorts.len()).unwrap_or(u32::MAX),
        });
    }

    /// Puts the account after one of its entries to it, to be kept for good: see [`crate::LedgerReader::account_before`].
    pub fn keep_account(&mut self, seq: u64, bytes: Vec<u8>) {
        self.milestones.push((seq, bytes));
    }

    /// The accounts that are kept for good, with the entries that they are of.
    pub(crate) fn milestones(&self) -> &[(u64, Vec<u8>)] {
        &self.milestones
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

    /// When the last entry was charged.
    #[must_use]
    pub fn last_recorded_at(&self) -> Option<Timestamp> {
        self.entries.last().map(|last| Timestamp::from_millis(last.coded.recorded_at))
    }

    /// The exact bytes of the body of an entry in it.
    #[must_use]
    pub fn body(&self, seq: u64) -> Option<Vec<u8>> {
        let place = usize::try_from(seq.checked_sub(self.entries.first()?.seq)?).ok()?;
        let packed = self.entries.get(place)?;
        let (mut room, mut body) = (Vec::new(), Vec::new());
        let short = Short::read(self.short(place), &mut room).ok()?;
        short.write_whole(seq, &packed.coded, &self.names, &mut body).ok()?;
        Some(body)
    }

    /// Empties it and keeps its room.
    pub fn clear(&mut self) {
        self.shorts.clear();
        self.entries.clear();
        self.milestones.clear();
        if self.names.count() > MOST_NAMES {
            self.names = Names::default();
        }
    }

    /// The names that the codes of its entries stand for.
    pub(crate) const fn names(&self) -> &Names {
        &self.names
    }

    pub(crate) fn entries(&self) -> &[Packed] {
        &self.entries
    }

    /// What is kept of the body in a place, the first in 0.
    pub(crate) fn short(&self, place: usize) -> &[u8] {
        let end = |place: usize| self.entries.get(place).map_or(0, |packed| packed.short_end as usize);
        self.shorts.get(place.checked_sub(1).map_or(0, end)..end(place)).unwrap_or_default()
    }
}

/// Whether what is kept of an entry tells again what its body says.
fn tells(entry: &NewEntry<'_>, line: &UsageLine<'_>) -> bool {
    let UsageView { source, feature, units, revision, occurred_at, .. } = line.usage;
    (entry.seq, entry.recorded_at, entry.units, entry.revision)
        == (line.seq, line.recorded_at, i64::from(units), revision)
        && entry.occurred_at == occurred_at.unwrap_or(line.recorded_at)
        && is_same(entry.feature, Some(feature))
        && is_same(entry.source, Some(source))
        && is_same(entry.member, line.member)
        && is_same(entry.channel, line.channel)
        && is_same(entry.reference, line.reference)
        && entry.amends.is_none()
}

/// Whether two texts are the same: mostly they are one, cut out of the body.
fn is_same(one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => std::ptr::eq(one, other) || one == other,
        (one, other) => one == other,
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
