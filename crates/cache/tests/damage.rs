//! Damaged files: whatever happens to their bytes, each is opened and right, or named as damaged. Nothing wrong is shown.
//!
//! `CREDITDECK_IMAGES=10000` looks at so many; a few hundred otherwise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod sample;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cache::{CacheError, Dimension, EntryFilter, LedgerReader, LedgerWriter, SnapshotBytes, Unusable, UseOf};
use metering::Timestamp;
use sample::{Made, at, cursor, page};

const ENTRIES: u64 = 5_300;
const PAGE: usize = 300;

/// Everything that can be asked of a ledger, as one text.
fn answers(reader: &LedgerReader) -> Result<String, CacheError> {
    use std::fmt::Write;
    let mut all = String::new();
    let cursor = reader.cursor()?;
    write!(all, "{} {:?} {:?}", cursor.seq, cursor.hash, reader.snapshot()?).unwrap();
    write!(all, "{:?} {:?}", reader.latest(60)?, reader.entries_before(1_100, 90)?).unwrap();
    for of in [UseOf::All, UseOf::Member("m2"), UseOf::Channel("chat"), UseOf::Source("crm")] {
        write!(all, "{:?}", reader.usage(of, Timestamp::MIN, Timestamp::MAX)?).unwrap();
    }
    write!(all, "{:?}", reader.balance_series(at(0), Timestamp::MAX, 40)?).unwrap();
    for dimension in [Dimension::Kind, Dimension::Feature, Dimension::Member, Dimension::Channel, Dimension::Source] {
        write!(all, "{:?}", reader.names(dimension)?).unwrap();
    }
    for filter in [
        EntryFilter { member: Some("m1".into()), ..EntryFilter::default() },
        EntryFilter { reference: Some("ticket-12".into()), ..EntryFilter::default() },
        EntryFilter { kinds: vec!["grant".into()], ..EntryFilter::default() },
    ] {
        write!(all, "{:?}", reader.search(&filter, None, 50)?.rows).unwrap();
    }
    reader.entries_after(0, u32::MAX, |stored| {
        write!(all, "{} {:?}", stored.seq, stored.hash).unwrap();
        all.push_str(&String::from_utf8_lossy(stored.body));
        true
    })?;
    write!(all, "{:?}", reader.fact("verdict")?).unwrap();
    Ok(all)
}

fn entries() -> Vec<Made> {
    let mut entries = sample::ledger(ENTRIES);
    for entry in &mut entries {
        entry.member = Some(format!("m{}", entry.seq % 5));
        entry.channel = (!entry.seq.is_multiple_of(3)).then(|| "chat".to_owned());
        *entry = entry.clone().with_body();
    }
    entries
}

/// A ledger as it is on the disk of an app that runs, and what it answers after each commit.
struct Original {
    _folder: tempfile::TempDir,
    path: PathBuf,
    expected: BTreeMap<u64, String>,
    last: u64,
}

/// What is beside a ledger's file, and the file.
const PARTS: [&str; 3] = ["", "-wal", "-mark"];

fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

fn copied(from: &Path, to: &Path) {
    for suffix in PARTS {
        let _absent = fs::remove_file(beside(to, suffix));
        if beside(from, suffix).exists() {
            fs::copy(beside(from, suffix), beside(to, suffix)).unwrap();
        }
    }
    let _absent = fs::remove_file(beside(to, "-shm"));
}

/// With the log written back in the middle, and in the end too if it is to be `clean`.
fn original(clean: bool) -> Original {
    let folder = tempfile::tempdir().unwrap();
    let running = folder.path().join("running.db");
    let mut writer = LedgerWriter::open(&running).unwrap();
    let reader = writer.reader();
    let mut expected = BTreeMap::new();
    writer.set_fact("verdict", Some(b"right")).unwrap();
    expected.insert(0, answers(&reader).unwrap());
    for part in entries().chunks(PAGE) {
        let last = part.last().unwrap().seq;
        let account = format!("account {last}").repeat(50);
        let snapshot = SnapshotBytes { seq: last - 1, bytes: account.as_bytes() };
        writer.apply(&page(part), &cursor(last), Some(snapshot)).unwrap();
        expected.insert(last, answers(&reader).unwrap());
        if last == 2_400 {
            writer.checkpoint().unwrap();
        }
    }
    if clean {
        writer.checkpoint().unwrap();
    }
    let path = folder.path().join("ledger.db");
    copied(&running, &path);
    Original { _folder: folder, path, expected, last: ENTRIES }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % bound.max(1) as u64).unwrap()
    }
}

/// Does something to a file, and says what.
fn damage(path: &Path, random: &mut Random) -> String {
    let has_log = fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0);
    let suffix = if has_log && random.below(2) == 0 { "-wal" } else { "" };
    let file = beside(path, suffix);
    let mut bytes = fs::read(&file).unwrap();
    let place = random.below(bytes.len());
    let what = match random.below(7) {
        0 => {
            bytes.truncate(place);
            format!("cut at {place}")
        }
        1 => {
            let end = (place + 1 + random.below(5_000)).min(bytes.len());
            bytes[place..end].fill(0);
            format!("zeros from {place} to {end}")
        }
        2 => {
            let (one, other) = (place / 4_096, random.below(bytes.len()) / 4_096);
            let page = |number: usize| number * 4_096..((number + 1) * 4_096).min(bytes.len());
            let (from, to) = (page(one), page(other));
            let length = from.len().min(to.len());
            let copy = bytes[from.start..from.start + length].to_vec();
            bytes[to.start..to.start + length].copy_from_slice(&copy);
            format!("page {one} over page {other}")
        }
        3 => {
            bytes.clear();
            "emptied".to_owned()
        }
        _ => {
            let bits = 1 + random.below(3);
            let flips: Vec<(usize, u8)> =
                (0..bits).map(|_| (random.below(bytes.len()), 1 << random.below(8))).collect();
            flips.iter().for_each(|(place, bit)| bytes[*place] ^= bit);
            format!("bits turned: {flips:?}")
        }
    };
    fs::write(&file, bytes).unwrap();
    format!("{suffix} {what}")
}

#[test]
fn a_damaged_file_is_right_or_named() {
    let images: usize = std::env::var("CREDITDECK_IMAGES").map_or(400, |count| count.parse().unwrap());
    let seed = std::env::var("CREDITDECK_SEED").map_or(1, |seed| seed.parse().unwrap());
    let originals = [original(false), original(true)];
    // What is left of a file that was emptied: a new one, and everything is missed.
    let fresh = answers(&sample::fresh().2).unwrap();
    let mut random = Random(seed);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let (mut right, mut named, mut shorter) = (0, 0, 0);
    for image in 0..images {
        let original = &originals[image % 2];
        copied(&original.path, &path);
        let what = damage(&path, &mut random);
        let opened = LedgerWriter::open(&path).and_then(|writer| {
            let reader = writer.reader();
            let asked = answers(&reader)?;
            Ok((writer.cursor().seq, writer.lost(), asked))
        });
        match opened {
            Ok((seq, lost, asked)) => {
                let expected =
                    original.expected.get(&seq).unwrap_or_else(|| panic!("image {image}, {what}: entry {seq}"));
                let is_right = asked == *expected || seq == 0 && asked == fresh;
                assert!(is_right, "image {image}, {what}: something wrong is shown at entry {seq}");
                let is_missed = lost.is_some_and(|lost| lost.was == original.last && lost.seq == seq);
                assert_eq!(is_missed, seq < original.last, "image {image}, {what}: {lost:?} at entry {seq}");
                if is_missed {
                    shorter += 1;
                } else {
                    right += 1;
                }
            }
            Err(CacheError::Unusable {
                reason: Unusable::Corrupt(_) | Unusable::Foreign | Unusable::TooNew { .. },
                ..
            }) => {
                named += 1;
                let aside = cache::set_aside(&path).unwrap();
                assert!(aside.exists() && !path.exists());
                for suffix in ["", "-wal", "-shm", "-mark"] {
                    let _absent = fs::remove_file(beside(&aside, suffix));
                }
            }
            Err(other) => panic!("image {image}, {what}: {other}"),
        }
    }
    eprintln!(
        "{images} damaged images: {named} named and set aside, {shorter} missed their newest entries, {right} right"
    );
    assert!(named > images / 8 && right > 0 && shorter > 0, "{named} named, {shorter} shorter, {right} right");
}
