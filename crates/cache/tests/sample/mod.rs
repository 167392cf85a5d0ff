//! Made-up ledgers for the tests.
#![allow(dead_code, reason = "each test file uses its own part")]

use cache::{Cursor, EntryHash, LedgerReader, LedgerWriter, NewEntry, Page};
use metering::Timestamp;

/// 2026-03-01T00:00:00Z, a quarter's beginning.
pub(crate) const START: i64 = 1_772_323_200_000;

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(START + millis)
}

pub(crate) fn hash(seq: u64) -> EntryHash {
    let mut hash = [7; 32];
    hash[..8].copy_from_slice(&seq.to_le_bytes());
    hash
}

/// An empty ledger in a folder of its own.
pub(crate) fn fresh() -> (tempfile::TempDir, LedgerWriter, LedgerReader) {
    let folder = tempfile::tempdir().unwrap();
    let writer = LedgerWriter::open(folder.path().join("ledger.db")).unwrap();
    let reader = writer.reader();
    (folder, writer, reader)
}

/// An entry that owns its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) seq: u64,
    pub(crate) recorded_at: Timestamp,
    pub(crate) occurred_at: Timestamp,
    pub(crate) kind: &'static str,
    pub(crate) feature: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) units: i64,
    pub(crate) credits: i64,
    pub(crate) balance_after: u64,
    pub(crate) member: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) amends: Option<u64>,
    pub(crate) body: Vec<u8>,
}

impl Made {
    pub(crate) fn new_entry(&self) -> NewEntry<'_> {
        NewEntry {
            seq: self.seq,
            recorded_at: self.recorded_at,
            occurred_at: self.occurred_at,
            kind: self.kind,
            feature: self.feature.as_deref(),
            detail: self.detail.as_deref(),
            units: self.units,
            credits: self.credits,
            balance_after: self.balance_after,
            member: self.member.as_deref(),
            channel: self.channel.as_deref(),
            source: self.source.as_deref(),
            reference: self.reference.as_deref(),
            revision: u32::from(self.kind == "usage"),
            amends: self.amends,
            hash: hash(self.seq),
            body: &self.body,
        }
    }
}

pub(crate) fn page(entries: &[Made]) -> Page {
    entries.iter().map(Made::new_entry).collect()
}

pub(crate) fn usage(seq: u64, recorded: i64, occurred: i64, feature: &str, units: i64, balance_after: u64) -> Made {
    Made {
        seq,
        recorded_at: at(recorded),
        occurred_at: at(occurred),
        kind: "usage",
        feature: Some(feature.to_owned()),
        detail: None,
        units,
        credits: -units,
        balance_after,
        member: Some("ana".to_owned()),
        channel: None,
        source: Some("crm".to_owned()),
        reference: Some(format!("Ticket-{}", seq / 3)),
        amends: None,
        body: format!(r#"{{"seq":{seq},"id":"job_{seq}%"}}"#).into_bytes(),
    }
}

pub(crate) fn grant(seq: u64, recorded: i64, credits: i64, balance_after: u64) -> Made {
    Made {
        kind: "grant",
        feature: None,
        detail: Some("top_up".to_owned()),
        units: 0,
        credits,
        member: None,
        source: None,
        reference: None,
        ..usage(seq, recorded, recorded, "", 0, balance_after)
    }
}

/// A grant of a million and then `count - 1` replies, one a second.
pub(crate) fn ledger(count: u64) -> Vec<Made> {
    let mut entries = vec![grant(1, 0, 1_000_000, 1_000_000)];
    for seq in 2..=count {
        let second = i64::try_from(seq).unwrap() * 1_000;
        entries.push(usage(seq, second, second, "ai-reply", 1, 1_000_001 - seq));
    }
    entries
}

pub(crate) fn cursor(seq: u64) -> Cursor {
    Cursor { seq, hash: hash(seq), as_of: at(i64::try_from(seq).unwrap() * 1_000) }
}

/// Stores `entries` in pages of `size`.
pub(crate) fn store(writer: &mut LedgerWriter, entries: &[Made], size: usize) {
    for part in entries.chunks(size) {
        writer.apply(&page(part), &cursor(part.last().unwrap().seq), None).unwrap();
    }
}
