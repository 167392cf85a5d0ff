//! Entries as numbers, column by column: what lists, filters and charts look at.
//!
//! A block of them takes some five bytes an entry. Its head says what many questions need without the rest.

use metering::Timestamp;

use super::bytes::{Reader, put, put_signed};
use super::names::Code;
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
        for column in COLUMNS {
            column.put(bytes, self, before);
        }
    }

    /// Reads one that was appended by itself.
    pub(crate) fn read(bytes: &mut Reader<'_>, before: i64) -> Result<Self, CacheError> {
        let mut coded = Self::default();
        for column in COLUMNS {
            column.read(bytes, &mut coded, before)?;
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
    fn put(self, bytes: &mut Vec<u8>, coded: &Coded, before: i64) {
        match self {
            Self::RecordedAt => put(bytes, coded.recorded_at.wrapping_sub(before).cast_unsigned()),
            Self::Lag => put_signed(bytes, coded.recorded_at.wrapping_sub(coded.occurred_at)),
            Self::Kind => put(bytes, coded.kind.into()),
            Self::Feature => put(bytes, coded.feature.into()),
            Self::Detail => put(bytes, coded.detail.into()),
            Self::Member => put(bytes, coded.member.into()),
            Self::Channel => put(bytes, coded.channel.into()),
            Self::Source => put(bytes, coded.source.into()),
            Self::Revision => put(bytes, coded.revision.into()),
            Self::Units => put_signed(bytes, coded.units),
            Self::Credits => put_signed(bytes, coded.credits),
        }
    }

    #[inline]
    fn read(self, bytes: &mut Reader<'_>, coded: &mut Coded, before: i64) -> Result<(), CacheError> {
        match self {
            Self::RecordedAt => coded.recorded_at = before.wrapping_add(bytes.number()?.cast_signed()),
            Self::Lag => coded.occurred_at = coded.recorded_at.wrapping_sub(bytes.signed()?),
            Self::Kind => coded.kind = bytes.small()?,
            Self::Feature => coded.feature = bytes.small()?,
            Self::Detail => coded.detail = bytes.small()?,
            Self::Member => coded.member = bytes.small()?,
            Self::Channel => coded.channel = bytes.small()?,
            Self::Source => coded.source = bytes.small()?,
            Self::Revision => coded.revision = bytes.small()?,
            Self::Units => coded.units = bytes.signed()?,
            Self::Credits => coded.credits = bytes.signed()?,
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
pub(crate) fn encode(head: &BlockHead, entries: &[Coded]) -> Result<Vec<u8>, CacheError> {
    let mut plain = Vec::with_capacity(entries.len() * 16);
    for column in COLUMNS {
        let mut before = head.recorded_at;
        for coded in entries {
            column.put(&mut plain, coded, before);
            before = coded.recorded_at;
        }
    }
    let mut bytes = Vec::with_capacity(entries.len() * 8);
    head.put(&mut bytes);
    put(&mut bytes, plain.len() as u64);
    bytes.extend_from_slice(&super::pack::packed(&plain)?);
    Ok(bytes)
}

/// What [`encode`] made, of `count` entries.
pub(crate) fn decode(bytes: &[u8], count: usize) -> Result<(BlockHead, Vec<Coded>), CacheError> {
    let mut reader = Reader(bytes);
    let head = BlockHead::read(&mut reader)?;
    let length = usize::try_from(reader.number()?).unwrap_or(usize::MAX);
    let plain = super::pack::unpacked(reader.0, length)?;
    let mut reader = Reader(&plain);
    let mut entries = vec![Coded::default(); count];
    for column in COLUMNS {
        let mut before = head.recorded_at;
        for coded in &mut entries {
            column.read(&mut reader, coded, before)?;
            before = coded.recorded_at;
        }
    }
    Ok((head, entries))
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
            let bytes = encode(&head, &entries).unwrap();
            prop_assert_eq!(decode(&bytes, entries.len()).unwrap(), (head, entries.clone()));
            prop_assert!(decode(&bytes, entries.len() + 1).is_err());
            let mut alone = Vec::new();
            entries[0].put(&mut alone, 5);
            prop_assert_eq!(Coded::read(&mut Reader(&alone), 5).unwrap(), entries[0]);
        }
    }
}
