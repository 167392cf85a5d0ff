//! Pages of entries: all or nothing, and the same file whatever their size.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod sample;

use std::collections::BTreeMap;
use std::path::Path;

use cache::{CacheError, Cursor, LedgerWriter, QUARTER_MS, SnapshotBytes, Tally, UseOf};
use metering::Timestamp;
use proptest::prelude::*;
use sample::{Made, at, cursor, fresh, hash, ledger, page, store, usage};

/// All that is in a file but how often it was written to.
fn content(path: &Path) -> BTreeMap<String, Vec<Vec<rusqlite::types::Value>>> {
    let db = rusqlite::Connection::open(path).unwrap();
    let mut tables = BTreeMap::new();
    for (table, columns) in [
        ("names", "*"),
        ("blocks", "*"),
        ("tail", "*"),
        ("segments", "*"),
        ("postings", "*"),
        ("block_references", "*"),
        ("terms", "*"),
        ("rollups", "code, day, cells"),
        ("sums", "*"),
        ("snapshots", "*"),
        ("milestones", "*"),
    ] {
        let mut statement = db.prepare(&format!("SELECT {columns} FROM {table} ORDER BY 1, 2")).unwrap();
        let count = statement.column_count();
        let rows = statement.query_map([], |row| (0..count).map(|column| row.get(column)).collect::<Result<_, _>>());
        tables.insert(table.to_owned(), rows.unwrap().collect::<Result<_, _>>().unwrap());
    }
    tables
}

/// Entries in order, of any feature, done up to 35 days before and 5 minutes after their recording.
fn entries() -> impl Strategy<Value = Vec<Made>> {
    let one = (0..3_600_000_i64, -3_024_000_000..300_000_i64, 0..4_usize, 0..50_i64);
    prop::collection::vec(one, 1..60).prop_map(|raw| {
        let (mut recorded, mut balance) = (0, 1_000_000_u64);
        let mut entries: Vec<Made> = vec![sample::grant(1, 0, 1_000_000, balance)];
        for ((step, apart, feature, units), seq) in raw.into_iter().zip(2..) {
            recorded += step;
            balance -= units.unsigned_abs();
            let mut entry = usage(seq, recorded, recorded + apart, ["a", "b", "c", ""][feature], units, balance);
            if feature == 3 {
                (entry.kind, entry.feature) = ("expiry", None);
            }
            entries.push(entry);
        }
        entries
    })
}

/// The same thing over and over, until there are some thousand entries.
fn repeated(entries: &[Made], count: usize) -> Vec<Made> {
    let (mut all, mut balance): (Vec<Made>, u64) = (Vec::new(), 0);
    let turn = entries.last().unwrap().recorded_at.since(at(0)) + 1;
    for (index, entry) in entries.iter().cycle().take(count).enumerate() {
        let shift = turn * i64::try_from(index / entries.len()).unwrap();
        let seq = index as u64 + 1;
        balance = balance.checked_add_signed(entry.credits).unwrap();
        all.push(
            Made {
                seq,
                recorded_at: entry.recorded_at.plus_millis(shift),
                occurred_at: entry.occurred_at.plus_millis(shift),
                balance_after: balance,
                member: entry.member.as_ref().map(|_| format!("m{}", seq % 7)),
                reference: (!seq.is_multiple_of(5)).then(|| format!("T-{}", seq * 7919 % 10_007)),
                ..entry.clone()
            }
            .with_body(),
        );
    }
    all
}

/// Makes the later of each pair of places give back what the earlier one used.
fn amend(entries: &mut [Made], pairs: &[(prop::sample::Index, prop::sample::Index)]) {
    let mut amended = Vec::new();
    for (one, other) in pairs {
        let (one, other) = (one.index(entries.len()), other.index(entries.len()));
        let (earlier, later) = (one.min(other), one.max(other));
        let usage = entries[earlier].clone();
        if earlier < later && usage.kind == "usage" && later > 0 && !amended.contains(&later) {
            amended.push(earlier);
            let amendment = &mut entries[later];
            (amendment.kind, amendment.amends, amendment.feature) = ("amendment", Some(usage.seq), usage.feature);
            (amendment.units, amendment.credits) = (0, -usage.credits);
        }
    }
    let mut balance = 0_u64;
    for entry in entries {
        balance = balance.checked_add_signed(entry.credits).unwrap();
        entry.balance_after = balance;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn rollups_are_the_sums_of_the_entries(
        mut entries in entries(), size in 1..20_usize, count in 60..2_500_usize,
        pairs in prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index)>(), 0..20),
    ) {
        amend(&mut entries, &pairs);
        let entries = if pairs.len() > 9 { entries } else { repeated(&entries, count) };
        let (_folder, mut writer, reader) = fresh();
        // Asked in between, it goes on from what it knew.
        let half = entries.len() / 2;
        store(&mut writer, &entries[..half], size * 9);
        reader.usage(UseOf::All, Timestamp::MIN, Timestamp::MAX).unwrap();
        store(&mut writer, &entries[half..], size * 9);
        for of in [None, Some("ana"), Some("m3")] {
            let mut sums: BTreeMap<(i64, String), Tally> = BTreeMap::new();
            for entry in &entries {
                let Some(feature) = &entry.feature else { continue };
                // Failed work was never done: it counts against the quarter in which it was thought to be.
                let amended = entry.amends.filter(|seq| *seq < entry.seq).map(|seq| &entries[usize::try_from(seq).unwrap() - 1]);
                let (done, units) = amended.map_or((entry, entry.units), |usage| (usage, -usage.units));
                if of.is_some() && done.member.as_deref() != of {
                    continue;
                }
                let quarter = done.occurred_at.as_millis().div_euclid(QUARTER_MS) * QUARTER_MS;
                let sum = sums.entry((quarter, feature.clone())).or_default();
                sum.credits -= entry.credits;
                sum.actions += units;
            }
            sums.retain(|_, sum| *sum != Tally::default());
            let of = of.map_or(UseOf::All, UseOf::Member);
            let stored: BTreeMap<_, _> = reader
                .usage(of, Timestamp::MIN, Timestamp::MAX).unwrap().into_iter()
                .map(|one| ((one.start.as_millis(), one.feature), one.tally)).collect();
            prop_assert_eq!(stored, sums);
        }
    }

    #[test]
    fn pages_of_any_size_give_the_same_file(
        entries in entries(), count in 900..3_500_usize, cuts in prop::collection::vec(1..1_500_usize, 1..9), reopen in any::<bool>(),
    ) {
        let entries = repeated(&entries, count);
        let (one, mut at_once, _) = fresh();
        let (other, mut in_pages, _) = fresh();
        let last = entries.len() as u64;
        store(&mut at_once, &entries, entries.len());
        let (mut rest, mut cuts) = (entries.as_slice(), cuts.into_iter().cycle());
        while !rest.is_empty() {
            let (part, others) = rest.split_at(cuts.next().unwrap().min(rest.len()));
            if reopen {
                drop(in_pages);
                in_pages = LedgerWriter::open(other.path().join("ledger.db")).unwrap();
            }
            if part.len().is_multiple_of(2) {
                in_pages.apply(&page(part), &cursor(part.last().unwrap().seq), None).unwrap();
            } else {
                let (one, other) = part.split_at(part.len() / 3);
                let pages = [page(one), page(other)];
                in_pages.apply_all(&pages.iter().collect::<Vec<_>>(), &cursor(part.last().unwrap().seq), None).unwrap();
            }
            rest = others;
        }
        prop_assert_eq!(at_once.cursor(), cursor(last));
        prop_assert_eq!(in_pages.cursor(), cursor(last));
        prop_assert_eq!(content(&one.path().join("ledger.db")), content(&other.path().join("ledger.db")));
    }

    #[test]
    fn buckets_add_up_to_the_raw_entries(entries in entries(), mut days in prop::collection::vec(-40..3_i64, 2..8)) {
        let (_folder, mut writer, reader) = fresh();
        store(&mut writer, &entries, 7);
        days.sort_unstable();
        let boundaries: Vec<_> = days.iter().map(|day| at(day * 86_400_000)).collect();
        let read = reader.usage_by(UseOf::All, &boundaries).unwrap();
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
    fn a_page_that_does_not_fit_changes_nothing(entries in entries(), wrong in 0..7_u8) {
        let (folder, mut writer, _) = fresh();
        let half = entries.len() / 2;
        store(&mut writer, &entries[..half], half);
        let before = content(&folder.path().join("ledger.db"));
        let mut rest = entries[half..].to_vec();
        let mut end = cursor(rest.last().unwrap().seq);
        match wrong {
            // A gap before it, an entry twice, a gap in it, another end, another hash, back in time, another balance.
            0 => rest.iter_mut().for_each(|entry| entry.seq += 1),
            1 => rest.insert(0, entries[half - 1].clone()),
            2 if rest.len() > 2 => { rest.remove(1); }
            3 => end.seq += 1,
            4 => end.hash = [1; 32],
            5 => rest[0].recorded_at = at(-1),
            6 => rest[0].balance_after += 1,
            _ => return Ok(()),
        }
        if wrong == 0 {
            end = cursor(rest.last().unwrap().seq);
        }
        prop_assert!(writer.apply(&page(&rest), &end, None).is_err());
        prop_assert_eq!(content(&folder.path().join("ledger.db")), before);
        store(&mut writer, &entries[half..], 5);
        prop_assert_eq!(writer.cursor().seq, entries.len() as u64);
    }
}

#[test]
fn says_what_comes_next() {
    let (_folder, mut writer, _) = fresh();
    let entries = ledger(10);
    store(&mut writer, &entries[..5], 5);
    let again = writer.apply(&page(&entries[2..8]), &cursor(8), None).unwrap_err();
    assert!(matches!(again, CacheError::NotNext { expected: 6, got: 3 }), "{again}");
    let later = writer.apply(&page(&entries[8..]), &cursor(10), None).unwrap_err();
    assert!(matches!(later, CacheError::NotNext { expected: 6, got: 9 }), "{later}");
}

#[test]
fn an_empty_page_only_moves_the_age_and_never_back() {
    let (_folder, mut writer, reader) = fresh();
    store(&mut writer, &ledger(3), 3);
    let seen = |as_of| Cursor { as_of, ..cursor(3) };
    writer.apply(&page(&[]), &seen(at(99_000)), None).unwrap();
    assert_eq!(reader.cursor().unwrap(), seen(at(99_000)));
    writer.apply(&page(&[]), &seen(at(50_000)), None).unwrap();
    assert_eq!(reader.cursor().unwrap(), seen(at(99_000)));
    assert!(writer.apply(&page(&[]), &cursor(4), None).is_err());
    assert!(writer.apply(&page(&[]), &Cursor { hash: [0; 32], ..cursor(3) }, None).is_err());
}

#[test]
fn a_reader_does_not_wait_for_a_writer() {
    let (_folder, mut writer, reader) = fresh();
    store(&mut writer, &ledger(10), 10);
    let mut seen = Vec::new();
    reader
        .entries_after(0, 100, |stored| {
            if stored.seq == 1 {
                // A page is stored in the middle of a read, which goes on seeing what was there when it began.
                let more = ledger(20).split_off(10);
                writer.apply(&page(&more), &cursor(20), None).unwrap();
            }
            seen.push(stored.seq);
            true
        })
        .unwrap();
    assert_eq!(seen, (1..=10).collect::<Vec<_>>());
    assert_eq!(reader.latest(1).unwrap()[0].seq, 20);
}

#[test]
fn another_process_may_have_stored_more() {
    let (folder, mut writer, _) = fresh();
    store(&mut writer, &ledger(10), 10);
    let mut other = LedgerWriter::open(folder.path().join("ledger.db")).unwrap();
    store(&mut other, &ledger(1_500)[10..], 200);
    let late = writer.apply(&page(&ledger(20)[10..]), &cursor(20), None).unwrap_err();
    assert!(matches!(late, CacheError::NotNext { expected: 1_501, got: 11 }), "{late}");
    store(&mut writer, &ledger(1_600)[1_500..], 30);
    assert_eq!(writer.cursor().hash, hash(1_600));
}

#[test]
fn keeps_a_snapshot_of_what_is_stored_and_facts() {
    let (folder, mut writer, reader) = fresh();
    assert_eq!(reader.snapshot().unwrap(), None);
    let snapshot = |seq| Some(SnapshotBytes { seq, bytes: b"account" });
    writer.apply(&page(&ledger(5)), &cursor(5), snapshot(4)).unwrap();
    assert_eq!(reader.snapshot().unwrap(), Some((4, b"account".to_vec())));
    assert!(writer.apply(&page(&[]), &cursor(5), snapshot(6)).is_err(), "of an entry that is not there");
    writer.set_fact("verdict", Some(b"right")).unwrap();
    writer.set_fact("verdict", Some(b"wrong")).unwrap();
    writer.set_fact("other", Some(b"")).unwrap();
    writer.set_fact("other", None).unwrap();
    drop(writer);
    let reader = LedgerWriter::open(folder.path().join("ledger.db")).unwrap().reader();
    assert_eq!(reader.fact("verdict").unwrap(), Some(b"wrong".to_vec()));
    assert_eq!(reader.fact("other").unwrap(), None);
}
