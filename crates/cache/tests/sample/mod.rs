//! Made-up ledgers for the tests.
#![allow(dead_code, reason = "each test file uses its own part")]

use cache::{Cursor, EntryHash, LedgerReader, LedgerWriter, NewEntry, Page};
use metering::{Allocation, Timestamp, UsageView};
use wire::line::{UsageLine, append_usage};

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
    /// With the body that a service writes of it, options and all; of some entries one that none would write.
    pub(crate) fn with_body(self) -> Self {
        let Self { seq, units, .. } = self;
        let units = u32::try_from(units).unwrap_or(0);
        let odd = format!(r#"{{"seq": {seq}, "id": "job_{seq}%"}}"#).into_bytes();
        let (Some(feature), Some(source)) = (&self.feature, &self.source) else { return Self { body: odd, ..self } };
        if units == 0 || feature.is_empty() || seq.is_multiple_of(19) {
            return Self { body: odd, ..self };
        }
        let is_dated = self.occurred_at != self.recorded_at || seq.is_multiple_of(11);
        let cost = u64::from(units) + u64::from(seq.is_multiple_of(13));
        let mut allocations = vec![Allocation { grant: seq / 700 + 1, amount: cost }];
        if seq.is_multiple_of(5) {
            allocations.push(Allocation { grant: seq, amount: seq });
        }
        let usage = UsageView {
            source,
            id: &format!("job_{seq}%"),
            feature,
            units,
            rate: 1,
            cost,
            revision: 1,
            occurred_at: is_dated.then_some(self.occurred_at),
            hold: seq.is_multiple_of(17).then_some(seq),
            allocations: &allocations,
        };
        let (member, channel) = (self.member.as_deref(), self.channel.as_deref());
        let reference = self.reference.as_deref();
        let mut body = Vec::new();
        append_usage(&UsageLine { seq, recorded_at: self.recorded_at, usage, member, channel, reference }, &mut body);
        assert!(wire::line::read_usage(&body, &mut Vec::new()).is_some());
        Self { body, ..self }
    }

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
        body: Vec::new(),
    }
    .with_body()
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
