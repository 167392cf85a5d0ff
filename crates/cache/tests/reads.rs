//! What lists and charts ask, against the same question put to all entries one by one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod sample;

use std::sync::OnceLock;

use cache::{
    Cursor, Dimension, EntryFilter, EntryRow, FeatureUsage, LedgerReader, NameUsage, Page, SnapshotBytes, Tally, UseOf,
};
use metering::Timestamp;
use proptest::prelude::*;
use sample::{Made, at, fresh, grant, ledger, store, usage};

#[test]
fn lists_newest_first_and_by_page() {
    let (_folder, mut writer, reader) = fresh();
    assert!(reader.latest(5).unwrap().is_empty());
    assert_eq!(reader.first_entry_at().unwrap(), None);
    store(&mut writer, &ledger(10), 10);
    let numbers = |rows: Vec<EntryRow>| rows.into_iter().map(|row| row.seq).collect::<Vec<_>>();
    assert_eq!(numbers(reader.latest(3).unwrap()), [10, 9, 8]);
    assert_eq!(numbers(reader.entries_before(8, 3).unwrap()), [7, 6, 5]);
    assert_eq!(numbers(reader.entries_before(3, 9).unwrap()), [2, 1]);
    assert_eq!(reader.first_entry_at().unwrap(), Some(at(0)));
    let row = reader.entry(2).unwrap().unwrap();
    assert_eq!((row.kind.as_str(), row.credits, row.balance_after), ("usage", -1, 999_999));
    assert_eq!(row.member.as_deref(), Some("ana"));
    assert_eq!((reader.entry(11).unwrap(), reader.entry(0).unwrap()), (None, None));
    assert_eq!(reader.names(Dimension::Source).unwrap(), ["crm"]);
}

#[test]
fn lends_bodies_from_anywhere_and_stops_when_told() {
    let (_folder, mut writer, reader) = fresh();
    let entries = ledger(3_000);
    store(&mut writer, &entries, 700);
    let mut seen = Vec::new();
    let count = reader.entries_after(1_022, 100, |stored| {
        seen.push((stored.seq, String::from_utf8(stored.body.to_vec()).unwrap(), stored.hash));
        stored.seq < 1_025
    });
    assert_eq!(count.unwrap(), 3);
    let body = |seq: usize| String::from_utf8(entries[seq - 1].body.clone()).unwrap();
    assert_eq!(
        seen,
        [(1_023, body(1_023), None), (1_024, body(1_024), Some(sample::hash(1_024))), (1_025, body(1_025), None)]
    );
    let mut last = None;
    let all = reader.entries_after(0, u32::MAX, |stored| {
        last = Some((stored.seq, stored.hash));
        true
    });
    assert_eq!((all.unwrap(), last), (3_000, Some((3_000, Some(sample::hash(3_000))))));
    assert_eq!(reader.entries_after(3_000, 5, |_| true).unwrap(), 0);
}

#[test]
fn a_day_with_a_clock_change_has_its_own_length() {
    // Europe/Berlin, 29 March 2026: 23 hours, from 23:00Z to 22:00Z.
    let (_folder, mut writer, reader) = fresh();
    let day: Timestamp = "2026-03-28T23:00:00Z".parse().unwrap();
    let next: Timestamp = "2026-03-29T22:00:00Z".parse().unwrap();
    let after: Timestamp = "2026-03-30T22:00:00Z".parse().unwrap();
    let offset = |instant: Timestamp| instant.as_millis() - sample::START;
    let entries = [
        grant(1, 0, 2_000, 2_000),
        usage(2, offset(day) - 1, offset(day) - 1, "ai-reply", 1, 1_999),
        usage(3, offset(day), offset(day), "ai-reply", 10, 1_989),
        usage(4, offset(next) - 1, offset(next) - 1, "ai-reply", 100, 1_889),
        usage(5, offset(next), offset(next), "ai-reply", 1_000, 889),
    ];
    store(&mut writer, &entries, 4);
    let read = reader.usage_by(UseOf::All, &[day, next, after]).unwrap();
    assert_eq!(read[0].buckets.iter().map(|one| one.actions).collect::<Vec<_>>(), [110, 1_000]);
    assert_eq!(read[0].total().credits, 1_110);
    assert!(reader.usage_by(UseOf::All, &[day]).unwrap().is_empty());
    assert!(reader.usage_by(UseOf::All, &[]).unwrap().is_empty());
    assert!(reader.usage_by(UseOf::Member("nobody"), &[day, next]).unwrap().is_empty());
    assert_eq!(reader.use_by(UseOf::Member("nobody"), &[day, next]).unwrap(), [Tally::default()]);
    assert!(reader.use_by(UseOf::All, &[day]).unwrap().is_empty());
    assert!(reader.use_by(UseOf::All, &[]).unwrap().is_empty());
}

/// What all features used in each bucket.
fn together(features: &[FeatureUsage], boundaries: &[Timestamp]) -> Vec<Tally> {
    let mut all = vec![Tally::default(); boundaries.len().saturating_sub(1)];
    features.iter().for_each(|one| all.iter_mut().zip(&one.buckets).for_each(|(sum, tally)| sum.add(*tally)));
    all
}

/// More than two segments, with entries of all kinds, in pages of some hundred.
fn large() -> &'static (Vec<Made>, LedgerReader) {
    static LARGE: OnceLock<(Vec<Made>, LedgerReader, tempfile::TempDir)> = OnceLock::new();
    static PAIR: OnceLock<(Vec<Made>, LedgerReader)> = OnceLock::new();
    PAIR.get_or_init(|| {
        let (entries, reader, _) = LARGE.get_or_init(|| {
            let (folder, mut writer, reader) = fresh();
            let entries = lived(135_500);
            store(&mut writer, &entries, 777);
            (entries, reader, folder)
        });
        (entries.clone(), reader.clone())
    })
}

/// The same life each time: usage, and now and then something else.
fn lived(count: u64) -> Vec<Made> {
    let (mut random, mut recorded, mut balance) = (9_u64, 0, 0_u64);
    let mut next = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    let mut entries: Vec<Made> = Vec::new();
    for seq in 1..=count {
        recorded += i64::try_from(next(9_000)).unwrap();
        if balance < 100 || next(40_000) == 0 {
            balance += 50_000;
            entries.push(grant(seq, recorded, 50_000, balance));
            continue;
        }
        let usage_before = entries.iter().rev().take(50).find(|one| one.kind == "usage").cloned();
        if let (0, Some(usage)) = (next(300), usage_before) {
            balance += usage.units.unsigned_abs();
            entries.push(Made {
                seq,
                recorded_at: at(recorded),
                kind: "amendment",
                units: 0,
                credits: usage.units,
                balance_after: balance,
                amends: Some(usage.seq),
                reference: None,
                member: None,
                channel: None,
                ..usage
            });
            continue;
        }
        let units = i64::try_from(1 + next(9)).unwrap();
        balance -= units.unsigned_abs();
        let late = if next(500) == 0 {
            86_400_000 * i64::try_from(next(30)).unwrap()
        } else {
            i64::try_from(next(9_000)).unwrap()
        };
        let feature = ["ai-reply", "summary", "draft", "classification", "sync"][usize::try_from(next(5)).unwrap()];
        entries.push(Made {
            member: Some(format!("m{}", next(60))),
            channel: (next(4) > 0).then(|| ["chat", "email", "phone"][usize::try_from(seq % 3).unwrap()].to_owned()),
            source: Some(if next(30_000) == 0 { "rare" } else { "crm" }.to_owned()),
            reference: (next(9) > 0).then(|| format!("Ticket-{}", seq / 4 + next(9))),
            ..usage(seq, recorded, recorded - late, feature, units, balance)
        });
    }
    entries
}

#[test]
fn everything_that_was_stored_comes_back_as_it_was() {
    let (entries, reader) = large();
    reader.check(|_| true).unwrap();
    let mut before = u64::MAX;
    let mut rest = entries.as_slice();
    while let Some(row) = reader.entries_before(before, 5_000).unwrap().last() {
        let rows = reader.entries_before(before, 5_000).unwrap();
        for row in &rows {
            let (made, others) = rest.split_last().unwrap();
            let amended = made.amends.map(|usage| &entries[usize::try_from(usage).unwrap() - 1]);
            // Whose work it was, when, and how much of it, only the usage says that an amendment gives back.
            let work = amended.unwrap_or(made);
            let units = if amended.is_some() { -work.units } else { made.units };
            let expected = EntryRow {
                seq: made.seq,
                recorded_at: made.recorded_at,
                occurred_at: work.occurred_at,
                kind: made.kind.to_owned(),
                feature: made.feature.clone(),
                detail: made.detail.clone(),
                units,
                credits: made.credits,
                balance_after: made.balance_after,
                member: work.member.clone(),
                channel: work.channel.clone(),
                source: made.source.clone(),
                revision: u32::from(made.kind == "usage"),
            };
            assert_eq!(*row, expected);
            rest = others;
        }
        before = row.seq;
    }
    assert!(rest.is_empty());
    let mut count = 0;
    reader
        .entries_after(0, u32::MAX, |stored| {
            assert_eq!(stored.body, entries[usize::try_from(stored.seq).unwrap() - 1].body);
            count += 1;
            true
        })
        .unwrap();
    assert_eq!(count, entries.len());
}

/// What a search finds, page by page.
fn found(reader: &LedgerReader, filter: &EntryFilter, from: Option<u64>, limit: u32) -> Vec<u64> {
    let (mut before, mut all) = (from, Vec::new());
    loop {
        let page = reader.search(filter, before, limit).unwrap();
        assert!(page.rows.len() <= limit as usize);
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

fn naive(entries: &[Made], filter: &EntryFilter, from: Option<u64>) -> Vec<u64> {
    let one_of = |wanted: &[String], has: Option<&str>| {
        wanted.is_empty() || has.is_some_and(|has| wanted.iter().any(|one| one == has))
    };
    let is = |wanted: &Option<String>, has: &Option<String>| wanted.is_none() || wanted == has;
    let mut matching: Vec<u64> = entries
        .iter()
        .filter(|entry| {
            let work = entry.amends.map_or(*entry, |usage| &entries[usize::try_from(usage).unwrap() - 1]);
            let occurred = work.occurred_at;
            from.is_none_or(|from| entry.seq < from)
                && one_of(&filter.kinds, Some(entry.kind))
                && one_of(&filter.features, entry.feature.as_deref())
                && filter.occurred_from.is_none_or(|from| occurred >= from)
                && filter.occurred_to.is_none_or(|to| occurred < to)
                && is(&filter.member, &work.member)
                && is(&filter.channel, &work.channel)
                && is(&filter.source, &entry.source)
                && filter.reference.as_ref().is_none_or(|begin| {
                    let has = entry.reference.as_deref().map(str::to_ascii_lowercase);
                    begin.is_empty() || has.is_some_and(|has| has.starts_with(&begin.to_ascii_lowercase()))
                })
        })
        .map(|entry| entry.seq)
        .collect();
    matching.reverse();
    matching
}

fn filters() -> impl Strategy<Value = EntryFilter> {
    let some = |values: &'static [&'static str]| {
        prop::option::weighted(0.3, prop::sample::select(values).prop_map(str::to_owned))
    };
    let several = |values: &'static [&'static str]| {
        prop_oneof![
            3 => Just(Vec::new()),
            1 => prop::collection::vec(prop::sample::select(values).prop_map(str::to_owned), 1..3),
        ]
    };
    let span = prop::option::weighted(0.4, (-3_000_000_000..700_000_000_i64, 0..90_000_000_i64));
    (
        several(&["usage", "grant", "amendment", "expiry"]),
        several(&["ai-reply", "summary", "nothing"]),
        span,
        some(&["m3", "m59", "nobody"]),
        some(&["chat", "email"]),
        some(&["rare", "crm"]),
        some(&["ticket-1", "TICKET-33", "ticket-20123", "x", "", "Ticket-33333"]),
    )
        .prop_map(|(kinds, features, span, member, channel, source, reference)| EntryFilter {
            kinds,
            features,
            occurred_from: span.map(|(from, _)| at(from)),
            occurred_to: span.map(|(from, length)| at(from + length)),
            member,
            channel,
            source,
            reference,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_search_finds_what_looking_at_each_entry_finds(
        filter in filters(), from in prop::option::weighted(0.4, 1..140_000_u64), limit in 1..4_000_u32,
    ) {
        let (entries, reader) = large();
        prop_assert_eq!(found(reader, &filter, from, limit), naive(entries, &filter, from));
    }

    #[test]
    fn what_all_names_used_is_what_each_of_them_used(
        mut instants in prop::collection::vec(-90_000_000..650_000_000_i64, 0..9),
    ) {
        instants.sort_unstable();
        let boundaries: Vec<Timestamp> = instants.into_iter().map(at).collect();
        let (_, reader) = large();
        type Of = for<'a> fn(&'a str) -> UseOf<'a>;
        let dimensions: [(Dimension, Of); 3] =
            [(Dimension::Member, |n| UseOf::Member(n)), (Dimension::Channel, |n| UseOf::Channel(n)), (Dimension::Source, |n| UseOf::Source(n))];
        for (dimension, of) in dimensions {
            let each = reader.names(dimension).unwrap().into_iter().filter_map(|name| {
                let features = reader.usage_by(of(&name), &boundaries).unwrap();
                (!features.is_empty()).then_some(NameUsage { name, features })
            });
            let each: Vec<NameUsage> = each.collect();
            for NameUsage { name, features } in &each {
                prop_assert_eq!(reader.use_by(of(name), &boundaries).unwrap(), together(features, &boundaries));
            }
            prop_assert_eq!(reader.usage_by_name(dimension, &boundaries).unwrap(), each);
        }
        let all = reader.usage_by(UseOf::All, &boundaries).unwrap();
        prop_assert_eq!(reader.use_by(UseOf::All, &boundaries).unwrap(), together(&all, &boundaries));
    }

    #[test]
    fn balances_are_those_of_the_entries(from in -10_000_000..650_000_000_i64, length in -10_000..700_000_000_i64, points in 0..60_u32) {
        let (entries, reader) = large();
        let (from, to) = (at(from), at(from + length));
        let first = entries.partition_point(|entry| entry.recorded_at < from) as u64 + 1;
        let after = (entries.partition_point(|entry| entry.recorded_at < to) as u64 + 1).max(first);
        prop_assert_eq!(reader.seq_at(from).unwrap(), first);
        let series = reader.balance_series(from, to, points).unwrap();
        let entry = |seq: u64| &entries[usize::try_from(seq).unwrap() - 1];
        prop_assert_eq!(series.opening, (first > 1).then(|| entry(first - 1).balance_after));
        prop_assert!(series.points.is_sorted_by(|one, next| one.seq < next.seq));
        for point in &series.points {
            let made = entry(point.seq);
            prop_assert!((first..after).contains(&point.seq));
            prop_assert_eq!((point.recorded_at, point.balance_after, point.credits, point.kind.as_str()),
                (made.recorded_at, made.balance_after, made.credits, made.kind));
        }
        if after > first {
            prop_assert_eq!(series.points.last().unwrap().seq, after - 1);
        }
        let jumps = (first..after).rev().filter(|seq| entry(*seq).kind == "grant").take(400);
        for jump in jumps {
            prop_assert!(series.points.iter().any(|point| point.seq == jump), "the jump at entry {}", jump);
            prop_assert!(jump == first || series.points.iter().any(|point| point.seq == jump - 1));
        }
    }
}

#[test]
fn a_range_far_beyond_the_ledger_is_as_fine() {
    let (_, reader) = large();
    let series = reader.balance_series(Timestamp::MIN, Timestamp::MAX, 50).unwrap();
    assert!((50..=80).contains(&series.points.len()), "{}", series.points.len());
    assert_eq!(reader.seq_at(Timestamp::MAX).unwrap(), 135_501);
}

#[test]
fn a_search_for_what_is_rare_stops_on_the_way_and_goes_on() {
    let (entries, reader) = large();
    // An instant that no code narrows: blocks have to be read.
    let filter =
        EntryFilter { occurred_from: Some(at(-1)), occurred_to: Some(at(60_000_000)), ..EntryFilter::default() };
    assert_eq!(found(reader, &filter, None, 5), naive(entries, &filter, None));
}

#[test]
fn the_account_nearest_before_an_entry_is_found() {
    let (_folder, mut writer, reader) = fresh();
    let entries = ledger(50);
    for (first, last) in [(1, 20), (21, 50)] {
        let mut page = Page::default();
        entries[first - 1..last].iter().for_each(|one| page.push(&one.new_entry()));
        for kept in (first..=last).filter(|seq| seq % 8 == 0) {
            page.keep_account(kept as u64, format!("account {kept}").into_bytes());
        }
        let cursor = Cursor { seq: last as u64, hash: sample::hash(last as u64), as_of: at(0) };
        writer.apply(&page, &cursor, Some(SnapshotBytes { seq: last as u64, bytes: b"newest" })).unwrap();
    }
    let before = |seq| reader.account_before(seq).unwrap().map(|(of, bytes)| (of, String::from_utf8(bytes).unwrap()));
    assert_eq!(before(8), None);
    assert_eq!(before(9), Some((8, "account 8".to_owned())));
    assert_eq!(before(50), Some((48, "account 48".to_owned())));
    assert_eq!(before(51), Some((50, "newest".to_owned())));
    reader.check(|_| true).unwrap();
    rusqlite::Connection::open(reader.path())
        .unwrap()
        .execute("UPDATE milestones SET seq = 7 WHERE seq = 8", [])
        .unwrap();
    assert!(reader.account_before(8).is_err() && reader.check(|_| true).is_err(), "one in another's place");
}
