//! Made-up ledgers for the tests.
#![allow(dead_code, reason = "each test file uses its own part")]

use cache::{Cache, Cursor, EntryHash, NewEntry, WorkspaceKey};
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

/// A cache in a folder of its own, with one workspace.
pub(crate) fn fresh() -> (tempfile::TempDir, Cache, WorkspaceKey) {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path().join("cache.db")).unwrap();
    let workspace = cache.connect("http://127.0.0.1:1", "acme", None).unwrap();
    (folder, cache, workspace)
}

pub(crate) fn usage(seq: u64, recorded: i64, occurred: i64, feature: &str, units: i64, balance_after: u64) -> NewEntry {
    NewEntry {
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
        amends: None,
        hash: hash(seq),
        body: format!(r#"{{"seq":{seq},"id":"job_{seq}%"}}"#).into_bytes(),
    }
}

pub(crate) fn grant(seq: u64, recorded: i64, credits: i64, balance_after: u64) -> NewEntry {
    NewEntry {
        kind: "grant",
        feature: None,
        detail: Some("top_up".to_owned()),
        units: 0,
        credits,
        member: None,
        source: None,
        ..usage(seq, recorded, recorded, "", 0, balance_after)
    }
}

/// A grant of a million and then `count - 1` replies, one a second.
pub(crate) fn ledger(count: u64) -> Vec<NewEntry> {
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
pub(crate) fn store(cache: &Cache, workspace: WorkspaceKey, entries: &[NewEntry], size: usize) {
    for page in entries.chunks(size) {
        cache.apply_page(workspace, page, &cursor(page.last().unwrap().seq)).unwrap();
    }
}
