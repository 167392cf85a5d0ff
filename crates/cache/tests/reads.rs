//! What lists and charts ask.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod sample;

use cache::{Cache, EntryFilter, SCAN_LIMIT, WorkspaceKey};
use metering::Timestamp;
use proptest::prelude::*;
use sample::{at, fresh, grant, ledger, store, usage};

#[test]
fn lists_newest_first_and_by_page() {
    let (_folder, cache, workspace) = fresh();
    assert!(cache.latest(workspace, 5).unwrap().is_empty());
    assert_eq!(cache.first_entry_at(workspace).unwrap(), None);
    store(&cache, workspace, &ledger(10), 10);
    let numbers = |rows: Vec<cache::EntryRow>| rows.into_iter().map(|row| row.seq).collect::<Vec<_>>();
    assert_eq!(numbers(cache.latest(workspace, 3).unwrap()), [10, 9, 8]);
    assert_eq!(numbers(cache.entries_before(workspace, 8, 3).unwrap()), [7, 6, 5]);
    assert_eq!(cache.first_entry_at(workspace).unwrap(), Some(at(0)));
    let row = cache.entry(workspace, 2).unwrap().unwrap();
    assert_eq!((row.kind.as_str(), row.credits, row.balance_after), ("usage", -1, 999_999));
    assert_eq!(row.member.as_deref(), Some("ana"));
    assert_eq!(cache.entry(workspace, 11).unwrap(), None);
}

#[test]
fn lends_bodies_from_anywhere_and_stops_when_told() {
    let (_folder, cache, workspace) = fresh();
    store(&cache, workspace, &ledger(10), 4);
    let mut seen = Vec::new();
    let count = cache.entries_after(workspace, 4, 100, |stored| {
        seen.push((stored.seq, String::from_utf8(stored.body.to_vec()).unwrap()));
        stored.seq < 6
    });
    assert_eq!(count.unwrap(), 2);
    assert_eq!(seen, [(5, r#"{"seq":5,"id":"job_5%"}"#.to_owned()), (6, r#"{"seq":6,"id":"job_6%"}"#.to_owned())]);
}

#[test]
fn a_day_with_a_clock_change_has_its_own_length() {
    // Europe/Berlin, 29 March 2026: 23 hours, from 23:00Z to 22:00Z.
    let (_folder, cache, workspace) = fresh();
    let day: Timestamp = "2026-03-28T23:00:00Z".parse().unwrap();
    let next: Timestamp = "2026-03-29T22:00:00Z".parse().unwrap();
    let after: Timestamp = "2026-03-30T22:00:00Z".parse().unwrap();
    let offset = |instant: Timestamp| instant.as_millis() - sample::START;
    let entries = [
        usage(1, offset(day) - 1, offset(day) - 1, "ai-reply", 1, 0),
        usage(2, offset(day), offset(day), "ai-reply", 10, 0),
        usage(3, offset(next) - 1, offset(next) - 1, "ai-reply", 100, 0),
        usage(4, offset(next), offset(next), "ai-reply", 1_000, 0),
    ];
    store(&cache, workspace, &entries, 4);
    let read = cache.usage_by(workspace, &[day, next, after]).unwrap();
    assert_eq!(read[0].buckets.iter().map(|one| one.actions).collect::<Vec<_>>(), [110, 1_000]);
    assert_eq!(read[0].total().credits, 1_110);
    assert!(cache.usage_by(workspace, &[day]).unwrap().is_empty());
    assert!(cache.usage_by(workspace, &[]).unwrap().is_empty());
}

/// 5,000 replies, one a second, with a pack of 500 after the 2,500th.
fn with_a_jump() -> (tempfile::TempDir, Cache, WorkspaceKey) {
    let (folder, cache, workspace) = fresh();
    let mut entries = ledger(5_000);
    for entry in &mut entries[2_500..] {
        entry.balance_after += 501;
    }
    entries[2_500] = grant(2_501, 2_501_000, 500, 998_001);
    store(&cache, workspace, &entries, 1_000);
    (folder, cache, workspace)
}

#[test]
fn a_thinned_balance_keeps_jumps_and_the_end() {
    let (_folder, cache, workspace) = with_a_jump();
    let series = cache.balance_series(workspace, at(0), Timestamp::MAX, 5_000).unwrap();
    assert_eq!((series.opening, series.points.len()), (None, 5_000));

    let series = cache.balance_series(workspace, at(1_000_000), at(4_000_500), 50).unwrap();
    assert_eq!(series.opening, Some(999_002), "what was left after entry 999");
    let numbers: Vec<_> = series.points.iter().map(|point| point.seq).collect();
    assert!(numbers.len() <= 54 && numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    assert!(numbers.contains(&2_500) && numbers.contains(&2_501), "the jump and what was left before it: {numbers:?}");
    assert_eq!(*numbers.last().unwrap(), 4_000);
    for point in &series.points {
        let row = cache.entry(workspace, point.seq).unwrap().unwrap();
        assert_eq!(
            (row.recorded_at, row.balance_after, row.credits),
            (point.recorded_at, point.balance_after, point.credits)
        );
    }
    let gaps = series.points.windows(2).map(|pair| pair[1].recorded_at.since(pair[0].recorded_at)).max().unwrap();
    assert!(gaps <= 2 * 3_000_500 / 50, "no span without a point: {gaps}");
}

#[test]
fn a_range_far_beyond_the_ledger_is_as_fine() {
    let (_folder, cache, workspace) = with_a_jump();
    let series = cache.balance_series(workspace, Timestamp::MIN, Timestamp::MAX, 50).unwrap();
    assert!((50..=54).contains(&series.points.len()), "{}", series.points.len());
}

#[test]
fn an_empty_stretch_has_an_opening_balance_and_no_points() {
    let (_folder, cache, workspace) = with_a_jump();
    let series = cache.balance_series(workspace, at(900_000_000), Timestamp::MAX, 10).unwrap();
    assert_eq!((series.opening, series.points.len()), (Some(995_502), 0));
    let series = cache.balance_series(workspace, Timestamp::MIN, at(0), 10).unwrap();
    assert_eq!((series.opening, series.points.len()), (None, 0));
    assert_eq!(cache.seq_at(workspace, at(2_501_000)).unwrap(), 2_501);
    assert_eq!(cache.seq_at(workspace, Timestamp::MAX).unwrap(), 5_001);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_question_about_balances_fails(from in -10_000_000..10_000_000_i64, length in -10_000..20_000_000_i64, points in 0..60_u32) {
        thread_local! { static SAMPLE: (tempfile::TempDir, Cache, WorkspaceKey) = with_a_jump(); }
        SAMPLE.with(|(_, cache, workspace)| {
            let series = cache.balance_series(*workspace, at(from), at(from + length), points).unwrap();
            let inside = |point: &cache::BalancePoint| (at(from)..at(from + length)).contains(&point.recorded_at);
            assert!(series.points.iter().all(inside));
            let first = cache.seq_at(*workspace, at(from)).unwrap();
            let after = cache.seq_at(*workspace, at(from + length)).unwrap();
            if after > first {
                assert_eq!(series.points.last().unwrap().seq, after - 1);
            }
        });
    }
}

fn found(cache: &Cache, workspace: WorkspaceKey, filter: &EntryFilter) -> Vec<u64> {
    let (mut before, mut all) = (None, Vec::new());
    loop {
        let page = cache.search(workspace, filter, before, 7).unwrap();
        assert!(page.rows.len() <= 7);
        all.extend(page.rows.iter().map(|row| row.seq));
        match page.next_before {
            Some(next) => {
                assert!(before.is_none_or(|last| next < last), "each page goes further");
                before = Some(next);
            }
            None => return all,
        }
    }
}

#[test]
fn searches_by_everything_page_by_page() {
    let (_folder, cache, workspace) = with_a_jump();
    let all = found(&cache, workspace, &EntryFilter::default());
    assert_eq!(all, (1..=5_000).rev().collect::<Vec<_>>());
    let filter = EntryFilter { kinds: vec!["grant".into()], ..EntryFilter::default() };
    assert_eq!(found(&cache, workspace, &filter), [2_501, 1]);
    let filter = EntryFilter { text: Some("JOB_499".into()), ..EntryFilter::default() };
    assert_eq!(found(&cache, workspace, &filter), [4999, 4998, 4997, 4996, 4995, 4994, 4993, 4992, 4991, 4990, 499]);
    let filter = EntryFilter { text: Some("_1%".into()), ..EntryFilter::default() };
    assert_eq!(found(&cache, workspace, &filter), [1], "% and _ are letters like others");
    let filter = EntryFilter {
        occurred_from: Some(at(100_000)),
        occurred_to: Some(at(102_000)),
        features: vec!["ai-reply".into(), "summary".into()],
        member: Some("ana".into()),
        source: Some("crm".into()),
        ..EntryFilter::default()
    };
    assert_eq!(found(&cache, workspace, &filter), [101, 100]);
    let filter = EntryFilter { channel: Some("chat".into()), ..EntryFilter::default() };
    assert!(found(&cache, workspace, &filter).is_empty());
}

#[test]
fn a_search_for_nothing_stops_on_the_way() {
    let (_folder, cache, workspace) = fresh();
    store(&cache, workspace, &ledger(SCAN_LIMIT + 50), 20_000);
    let filter = EntryFilter { kinds: vec!["grant".into()], ..EntryFilter::default() };
    let page = cache.search(workspace, &filter, None, 10).unwrap();
    assert_eq!((page.rows.len(), page.next_before), (0, Some(51)));
    let page = cache.search(workspace, &filter, page.next_before, 10).unwrap();
    assert_eq!((page.rows.len(), page.next_before), (1, None));
}
