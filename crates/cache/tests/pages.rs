//! Pages of entries: all or nothing, and the same state whatever their size.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod sample;

use std::collections::BTreeMap;

use cache::{Cache, CacheError, NewEntry, QUARTER_MS, Tally, WorkspaceKey};
use metering::Timestamp;
use proptest::prelude::*;
use sample::{at, cursor, fresh, hash, ledger, store, usage};

/// Everything that can be read of a workspace's ledger.
fn state(cache: &Cache, workspace: WorkspaceKey) -> impl PartialEq + std::fmt::Debug {
    let mut bodies = Vec::new();
    cache
        .entries_after(workspace, 0, u32::MAX, |stored| {
            bodies.push((stored.seq, stored.hash.to_vec(), stored.body.to_vec()));
            true
        })
        .unwrap();
    (
        cache.cursor(workspace).unwrap(),
        cache.latest(workspace, u32::MAX).unwrap(),
        cache.usage(workspace, Timestamp::MIN, Timestamp::MAX).unwrap(),
        bodies,
    )
}

/// Entries in order, of any feature, done up to 35 days before and 5 minutes after their recording.
fn entries() -> impl Strategy<Value = Vec<NewEntry>> {
    let one = (0..3_600_000_i64, -3_024_000_000..300_000_i64, 0..4_usize, 0..50_i64);
    prop::collection::vec(one, 1..60).prop_map(|raw| {
        let mut recorded = 0;
        raw.into_iter()
            .zip(1..)
            .map(|((step, apart, feature, units), seq)| {
                recorded += step;
                let mut entry = usage(seq, recorded, recorded + apart, ["a", "b", "c", ""][feature], units, 1);
                if feature == 3 {
                    (entry.kind, entry.feature) = ("grant", None);
                }
                entry
            })
            .collect()
    })
}

/// Makes the later of each pair of places give back what the earlier one used.
fn amend(entries: &mut [NewEntry], pairs: &[(prop::sample::Index, prop::sample::Index)]) {
    let mut amended = Vec::new();
    for (one, other) in pairs {
        let (one, other) = (one.index(entries.len()), other.index(entries.len()));
        let (earlier, later) = (one.min(other), one.max(other));
        let usage = entries[earlier].clone();
        if earlier < later && usage.kind == "usage" && !amended.contains(&later) {
            amended.push(earlier);
            let amendment = &mut entries[later];
            (amendment.kind, amendment.amends, amendment.feature) = ("amendment", Some(usage.seq), usage.feature);
            (amendment.units, amendment.credits) = (0, -usage.credits);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn rollups_are_the_sums_of_the_entries(
        mut entries in entries(), size in 1..20_usize,
        pairs in prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index)>(), 0..20),
    ) {
        amend(&mut entries, &pairs);
        let (_folder, cache, workspace) = fresh();
        store(&cache, workspace, &entries, size);
        let mut sums: BTreeMap<(i64, String), Tally> = BTreeMap::new();
        for entry in &entries {
            let Some(feature) = &entry.feature else { continue };
            // Failed work was never done: it counts against the quarter in which it was thought to be.
            let amended = entry.amends.map(|seq| &entries[usize::try_from(seq).unwrap() - 1]);
            let (done, units) = amended.map_or((entry, entry.units), |usage| (usage, -usage.units));
            let quarter = done.occurred_at.as_millis().div_euclid(QUARTER_MS) * QUARTER_MS;
            let sum = sums.entry((quarter, feature.clone())).or_default();
            sum.credits -= entry.credits;
            sum.actions += units;
        }
        let stored: BTreeMap<_, _> = cache
            .usage(workspace, Timestamp::MIN, Timestamp::MAX).unwrap().into_iter()
            .map(|one| ((one.start.as_millis(), one.feature), one.tally)).collect();
        prop_assert_eq!(stored, sums);
    }

    #[test]
    fn pages_of_any_size_give_the_same_state(entries in entries(), size in 1..20_usize) {
        let (_one, in_pages, first) = fresh();
        let (_other, at_once, second) = fresh();
        store(&in_pages, first, &entries, size);
        store(&at_once, second, &entries, entries.len());
        let mut one = in_pages.cursor(first).unwrap().unwrap();
        one.as_of = at_once.cursor(second).unwrap().unwrap().as_of;
        prop_assert_eq!(Some(one), at_once.cursor(second).unwrap());
        prop_assert_eq!(state(&in_pages, first), state(&at_once, second));
    }

    #[test]
    fn buckets_add_up_to_the_raw_entries(entries in entries(), mut days in prop::collection::vec(-40..3_i64, 2..8)) {
        let (_folder, cache, workspace) = fresh();
        store(&cache, workspace, &entries, 7);
        days.sort_unstable();
        let boundaries: Vec<_> = days.iter().map(|day| at(day * 86_400_000)).collect();
        let read = cache.usage_by(workspace, &boundaries).unwrap();
        for feature in ["a", "b", "c"] {
            for (index, pair) in boundaries.windows(2).enumerate() {
                let raw: i64 = entries.iter()
                    .filter(|entry| entry.feature.as_deref() == Some(feature))
                    .filter(|entry| (pair[0]..pair[1]).contains(&entry.occurred_at))
                    .map(|entry| entry.units).sum();
                let bucket = read.iter().find(|one| one.feature == feature).map_or(0, |one| one.buckets[index].actions);
                prop_assert_eq!(bucket, raw);
            }
        }
    }

    #[test]
    fn a_page_that_does_not_fit_changes_nothing(entries in entries(), wrong in 0..6_u8) {
        let (_folder, cache, workspace) = fresh();
        let half = entries.len() / 2;
        if half > 0 {
            store(&cache, workspace, &entries[..half], half);
        }
        let before = format!("{:?}", state(&cache, workspace));
        let mut page = entries[half..].to_vec();
        let mut end = cursor(page.last().unwrap().seq);
        match wrong {
            // A gap before it, an entry twice, a gap in it, another end, another hash, and back in time.
            0 => page.iter_mut().for_each(|entry| { entry.seq += 1; entry.hash = hash(entry.seq); }),
            1 if half > 0 => page.insert(0, entries[half - 1].clone()),
            2 if page.len() > 2 => { page.remove(1); }
            3 => end.seq += 1,
            4 => end.hash = [1; 32],
            5 if half > 0 => page[0].recorded_at = at(-1),
            _ => return Ok(()),
        }
        if wrong == 0 {
            end = cursor(page.last().unwrap().seq);
        }
        prop_assert!(cache.apply_page(workspace, &page, &end).is_err());
        prop_assert_eq!(format!("{:?}", state(&cache, workspace)), before);
    }
}

#[test]
fn says_what_comes_next() {
    let (_folder, cache, workspace) = fresh();
    let entries = ledger(10);
    store(&cache, workspace, &entries[..5], 5);
    let again = cache.apply_page(workspace, &entries[2..8], &cursor(8)).unwrap_err();
    assert!(matches!(again, CacheError::NotNext { expected: 6, got: 3 }), "{again}");
    let later = cache.apply_page(workspace, &entries[8..], &cursor(10)).unwrap_err();
    assert!(matches!(later, CacheError::NotNext { expected: 6, got: 9 }), "{later}");
}

#[test]
fn an_empty_page_only_moves_the_age_and_never_back() {
    let (_folder, cache, workspace) = fresh();
    store(&cache, workspace, &ledger(3), 3);
    let seen = |as_of| cache::Cursor { as_of, ..cursor(3) };
    cache.apply_page(workspace, &[], &seen(at(99_000))).unwrap();
    assert_eq!(cache.cursor(workspace).unwrap().unwrap(), seen(at(99_000)));
    cache.apply_page(workspace, &[], &seen(at(50_000))).unwrap();
    assert_eq!(cache.cursor(workspace).unwrap().unwrap(), seen(at(99_000)));
    assert!(cache.apply_page(workspace, &[], &cursor(4)).is_err());
    assert!(cache.apply_page(workspace, &[], &cache::Cursor { hash: [0; 32], ..cursor(3) }).is_err());
}

#[test]
fn workspaces_do_not_touch_each_other() {
    let (_folder, cache, one) = fresh();
    let other = cache.connect("http://127.0.0.1:1", "other", None).unwrap();
    store(&cache, one, &ledger(50), 7);
    store(&cache, other, &ledger(30), 30);
    let before = format!("{:?}", state(&cache, other));
    cache.remove_workspace(one).unwrap();
    assert_eq!(format!("{:?}", state(&cache, other)), before);
    assert!(cache.latest(one, 1).unwrap().is_empty());
    assert!(
        matches!(cache.apply_page(one, &ledger(3), &cursor(3)), Err(CacheError::UnknownWorkspace(key)) if key == one)
    );
    let again = cache.connect("http://127.0.0.1:1", "acme", None).unwrap();
    assert_ne!(again, one, "a removed workspace's key is not given again");
}

#[test]
fn a_forgotten_ledger_can_be_fetched_again() {
    let (_folder, cache, workspace) = fresh();
    store(&cache, workspace, &ledger(50), 50);
    let before = format!("{:?}", state(&cache, workspace));
    cache.forget_ledger(workspace).unwrap();
    assert_eq!(cache.cursor(workspace).unwrap(), None);
    assert!(cache.usage(workspace, Timestamp::MIN, Timestamp::MAX).unwrap().is_empty());
    store(&cache, workspace, &ledger(50), 50);
    assert_eq!(format!("{:?}", state(&cache, workspace)), before);
}

#[test]
fn a_reader_does_not_wait_for_a_writer() {
    let (_folder, cache, workspace) = fresh();
    store(&cache, workspace, &ledger(10), 10);
    let (send, receive) = std::sync::mpsc::channel();
    let reading = cache.clone();
    cache
        .entries_after(workspace, 0, 100, |stored| {
            if stored.seq == 1 {
                // A page is stored in the middle of a read, which goes on seeing what was there when it began.
                let mut more = ledger(20).split_off(10);
                more.truncate(10);
                reading.apply_page(workspace, &more, &cursor(20)).unwrap();
            }
            send.send(stored.seq).unwrap();
            true
        })
        .unwrap();
    drop(send);
    assert_eq!(receive.iter().collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
    assert_eq!(cache.latest(workspace, 1).unwrap()[0].seq, 20);
}
