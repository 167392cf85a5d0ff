//! Entries as numbers, column by column: what lists, filters and charts look at.
//!
//! A block of them takes some seven bytes an entry, and any entry is read without the others. Its head says what many
//! questions need without any.

use metering::Timestamp;

use super::bytes::{Reader, put_signed};
use super::names::Code;
use super::packed::{self, List, Packed};
use crate::{CacheError, EntryHash};

/// Entries of a block.
pub(crate) const BLOCK: u64 = 1_024;

/// An entry as numbers. Its own number follows from its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Coded {
    pub(crate) recorded_at: i64,
    /// Of an amendment, when the work was done that it gives back.
    pub(crate) occurred_at: i64,
    pub(crate) kind: Code,
    pub(crate) feature: Code,
    pub(crate) detail: Code,
    pub(crate) member: Code,
    pub(crate) channel: Code,
    pub(crate) source: Code,
    pub(crate) revision: u32,
    /// Below 0 where failed work is given back.
    pub(crate) units: i64,
    pub(crate) credits: i64,
}

/// What the head of a block says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BlockHead {
    /// The link of the hash chain ahead of its first entry …
    pub(crate) before: EntryHash,
    /// … and at its last.
    pub(crate) after: EntryHash,
    /// The ledger balance ahead of its first entry.
    pub(crate) opening: u64,
    /// When its first entry was charged.
    pub(crate) recorded_at: i64,
    /// The first instant of work in it …
    pub(crate) earliest: i64,
    /// … and the last.
    pub(crate) latest: i64,
}

impl Coded {
    /// Appends the entry by itself, dates counted from `recorded_at` of the one before.
    pub(crate) fn put(&self, bytes: &mut Vec<u8>, before: i64) {
        let mut numbers = Vec::with_capacity(COLUMNS.len());
        COLUMNS.into_iter().for_each(|column| column.of(std::slice::from_ref(self), &mut numbers));
        numbers.iter_mut().take(1).for_each(|recorded_at| *recorded_at = recorded_at.wrapping_sub(before));
        numbers.into_iter().for_each(|number| put_signed(bytes, number));
    }

    /// Reads one that was appended by itself.
    pub(crate) fn read(bytes: &mut Reader<'_>, before: i64) -> Result<Self, CacheError> {
        let mut coded = Self::default();
        let mut before = Some(before);
        for column in COLUMNS {
            column.set(&mut coded, bytes.signed()?.wrapping_add(before.take().unwrap_or(0)))?;
        }
        Ok(coded)
    }

    /// When the work was done.
    pub(crate) const fn occurred(&self) -> Timestamp {
        Timestamp::from_millis(self.occurred_at)
    }
}

/// One number of an entry.
#[derive(Clone, Copy)]
enum Column {
    RecordedAt,
    Lag,
    Kind,
    Feature,
    Detail,
    Member,
    Channel,
    Source,
    Revision,
    Units,
    Credits,
}

/// In their order in a block. The first has to be known for the second.
const COLUMNS: [Column; 11] = [
    Column::RecordedAt,
    Column::Lag,
    Column::Kind,
    Column::Feature,
    Column::Detail,
    Column::Member,
    Column::Channel,
    Column::Source,
    Column::Revision,
    Column::Units,
    Column::Credits,
];

impl Column {
    /// Appends the numbers of entries. Which one is decided once, not for each.
    fn of(self, entries: &[Coded], numbers: &mut Vec<i64>) {
        let entries = entries.iter();
        match self {
            Self::RecordedAt => numbers.extend(entries.map(|coded| coded.recorded_at)),
            Self::Lag => numbers.extend(entries.map(|coded| coded.recorded_at.wrapping_sub(coded.occurred_at))),
            Self::Kind => numbers.extend(entries.map(|coded| i64::from(coded.kind))),
            Self::Feature => numbers.extend(entries.map(|coded| i64::from(coded.feature))),
            Self::Detail => numbers.extend(entries.map(|coded| i64::from(coded.detail))),
            Self::Member => numbers.extend(entries.map(|coded| i64::from(coded.member))),
            Self::Channel => numbers.extend(entries.map(|coded| i64::from(coded.channel))),
            Self::Source => numbers.extend(entries.map(|coded| i64::from(coded.source))),
            Self::Revision => numbers.extend(entries.map(|coded| i64::from(coded.revision))),
            Self::Units => numbers.extend(entries.map(|coded| coded.units)),
            Self::Credits => numbers.extend(entries.map(|coded| coded.credits)),
        }
    }

    /// Sets the number of an entry that has those of the columns ahead.
    #[inline]
    fn set(self, coded: &mut Coded, number: i64) -> Result<(), CacheError> {
        let small = || u32::try_from(number).map_err(|_| CacheError::damaged("a code is too large"));
        match self {
            Self::RecordedAt => coded.recorded_at = number,
            Self::Lag => coded.occurred_at = coded.recorded_at.wrapping_sub(number),
            Self::Kind => coded.kind = small()?,
            Self::Feature => coded.feature = small()?,
            Self::Detail => coded.detail = small()?,
            Self::Member => coded.member = small()?,
            Self::Channel => coded.channel = small()?,
            Self::Source => coded.source = small()?,
            Self::Revision => coded.revision = small()?,
            Self::Units => coded.units = number,
            Self::Credits => coded.credits = number,
        }
        Ok(())
    }
}

impl BlockHead {
    fn put(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.before);
        bytes.extend_from_slice(&self.after);
        bytes.extend_from_slice(&self.opening.to_le_bytes());
        for instant in [self.recorded_at, self.earliest, self.latest] {
            bytes.extend_from_slice(&instant.to_le_bytes());
        }
    }

    /// Reads the head of a block.
    pub(crate) fn read(bytes: &mut Reader<'_>) -> Result<Self, CacheError> {
        Ok(Self {
            before: bytes.array()?,
            after: bytes.array()?,
            opening: u64::from_le_bytes(bytes.array()?),
            recorded_at: i64::from_le_bytes(bytes.array()?),
            earliest: i64::from_le_bytes(bytes.array()?),
            latest: i64::from_le_bytes(bytes.array()?),
        })
    }
}

/// A block's entries, the head of it first.
pub(crate) fn encode(head: &BlockHead, entries: &[Coded]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.len() * 8);
    head.put(&mut bytes);
    let (mut numbers, mut list) = (Vec::with_capacity(entries.len()), List::default());
    for column in COLUMNS {
        numbers.clear();
        column.of(entries, &mut numbers);
        packed::encode(&numbers, &mut bytes, &mut list);
    }
    bytes
}

/// What [`encode`] made, any entry of which can be read without the others.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    pub(crate) head: BlockHead,
    bytes: Vec<u8>,
    /// In the order of [`COLUMNS`].
    columns: [Packed; 11],
    count: usize,
}

impl Columns {
    /// Takes what [`encode`] made, of `count` entries.
    pub(crate) fn new(bytes: Vec<u8>, count: usize) -> Result<Self, CacheError> {
        let mut reader = Reader(&bytes);
        let head = BlockHead::read(&mut reader)?;
        let mut from = bytes.len() - reader.0.len();
        let mut columns = Vec::with_capacity(COLUMNS.len());
        for _ in COLUMNS {
            let (column, end) = Packed::read(&bytes, from, count)?;
            columns.push(column);
            from = end;
        }
        let columns = columns.try_into().map_err(|_| CacheError::damaged("a column is gone"))?;
        Ok(Self { head, bytes, columns, count })
    }

    /// The entry in a place, if there is one.
    pub(crate) fn get(&self, place: usize) -> Result<Option<Coded>, CacheError> {
        if place >= self.count {
            return Ok(None);
        }
        let mut coded = Coded::default();
        for (column, packed) in COLUMNS.into_iter().zip(&self.columns) {
            column.set(&mut coded, packed.get(&self.bytes, place)?)?;
        }
        Ok(Some(coded))
    }

    /// What an entry in a place added to the balance.
    pub(crate) fn credits(&self, place: usize) -> Result<i64, CacheError> {
        let [.., credits] = &self.columns;
        credits.get(&self.bytes, place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn coded() -> impl Strategy<Value = Coded> {
        let codes = (0..9_u32, 0..300_u32, any::<u32>(), any::<u32>());
        (any::<i64>(), any::<i64>(), codes, any::<i64>(), any::<i64>()).prop_map(
            |(recorded_at, occurred_at, (kind, feature, member, revision), units, credits)| Coded {
                recorded_at,
                occurred_at,
                kind,
                feature,
                member,
                revision,
                units,
                credits,
                ..Coded::default()
            },
        )
    }

    proptest! {
        #[test]
        fn a_block_reads_as_it_was_written(entries in prop::collection::vec(coded(), 1..40), opening in any::<u64>()) {
            let head = BlockHead {
                before: [1; 32],
                after: [2; 32],
                opening,
                recorded_at: entries[0].recorded_at,
                earliest: -1,
                latest: 1,
            };
            let columns = Columns::new(encode(&head, &entries), entries.len()).unwrap();
            prop_assert_eq!(columns.head, head);
            for (place, coded) in entries.iter().enumerate() {
                prop_assert_eq!(columns.get(place).unwrap(), Some(*coded));
                prop_assert_eq!(columns.credits(place).unwrap(), coded.credits);
            }
            prop_assert_eq!(columns.get(entries.len()).unwrap(), None);
            let mut alone = Vec::new();
            entries[0].put(&mut alone, 5);
            prop_assert_eq!(Coded::read(&mut Reader(&alone), 5).unwrap(), entries[0]);
        }
    }
}
