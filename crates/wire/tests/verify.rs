//! A ledger from its bytes: right ones are accepted, altered ones named.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use metering::{
    Allocation, Aspect, Command, Entry, EntryKind, HoldRequest, Labels, Meter, Terms, Timestamp, UsageRequest,
};
use proptest::prelude::*;
use wire::line::{decode_body, encode_body, encode_line, parse_line};
use wire::verify::{Located, Verdict, verify};
use wire::{GENESIS, Hash, chain};

const MINUTE: i64 = 60_000;

fn terms() -> Terms {
    let text = include_str!("../../../catalogues/a.toml");
    Terms::new(std::sync::Arc::new(wire::catalogue::from_toml(text).unwrap()), chrono_tz::Tz::Europe__Berlin)
}

/// A life of a workspace with so many usages: every kind of entry is in it.
fn entries(usages: u32) -> Vec<Entry> {
    let mut meter = Meter::new(terms());
    let mut entries = Vec::new();
    let mut now: Timestamp = "2026-01-31T09:00:00Z".parse().unwrap();
    let mut run = |command: Command, now: Timestamp| {
        for entry in meter.decide(&command, now).entries {
            meter.apply(&entry).unwrap();
            entries.push(entry);
        }
    };
    let text = str::to_owned;
    run(Command::StartTrial, now);
    run(Command::Subscribe { plan: text("starter"), allowance: None }, now.plus_millis(86_400_000));
    now = now.plus_millis(2 * 86_400_000);
    for number in 0..usages {
        now = now.plus_millis(i64::from(number % 7) * MINUTE + 1);
        let id = format!("job-{number}");
        let purchase = format!("order-{number}");
        if number % 200 == 0 {
            run(Command::Buy { purchase: purchase.clone(), pack: text("top-up-2000") }, now);
        }
        let feature = text(["ai-reply", "knowledge-sync", "command"][number as usize % 3]);
        let labels = Labels { member: Some(text("Ánna")), channel: Some(text("chat")), reference: None };
        let occurred_at = (number % 5 == 0).then(|| now.plus_millis(-90 * MINUTE));
        let request = UsageRequest { source: text("crm"), id: id.clone(), feature, units: 1, occurred_at, labels };
        run(Command::Use(request.clone()), now);
        if number % 10 == 0 {
            let hold =
                HoldRequest { source: text("crm"), id: id.clone(), feature: text("command"), units: 3, minutes: 9 };
            run(Command::Hold(hold), now);
            match number % 30 {
                0 => run(Command::Capture { source: text("crm"), hold: id.clone(), units: Some(2) }, now),
                10 => run(Command::Release { source: text("crm"), hold: id.clone() }, now),
                _ => {}
            }
        }
        if number % 25 == 0 {
            run(Command::Amend { source: text("crm"), id: id.clone(), usage: id.clone() }, now);
        }
        if number % 1_000 == 400 {
            run(Command::Refund { id: id.clone(), purchase: purchase.clone(), amount: Some(100) }, now);
            run(Command::Dispute { id: id.clone(), purchase: purchase.clone() }, now);
            run(Command::Reinstate { id, purchase }, now);
        }
    }
    entries
}

/// The lines of entries, from a hash on.
fn lines(entries: &[Entry]) -> Vec<u8> {
    let mut hash = GENESIS;
    let mut bytes = Vec::new();
    for entry in entries {
        let body = encode_body(entry);
        hash = chain(&hash, &body);
        bytes.extend(encode_line(&hash, &body));
        bytes.push(b'\n');
    }
    bytes
}

fn check(bytes: &[u8]) -> Verdict {
    verify(terms(), bytes).unwrap()
}

fn named(verdict: &Verdict) -> Vec<(u64, Aspect)> {
    verdict.findings.iter().map(|one| (one.finding.seq, one.finding.aspect)).collect()
}

#[test]
fn a_right_ledger_is_right_whatever_its_blocks() {
    let entries = entries(14_000);
    let kinds: std::collections::BTreeSet<_> = entries.iter().map(|entry| entry.kind.name()).collect();
    assert_eq!(kinds.len(), 8, "all but a change of controls: {kinds:?}");
    let bytes = lines(&entries);
    assert!(bytes.len() > 5 << 20, "more blocks than are read ahead");
    let verdict = check(&bytes);
    assert_eq!((verdict.findings.as_slice(), verdict.more), (&[] as &[Located], 0));
    assert_eq!(verdict.entries, entries.len() as u64);
    let last = bytes.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().unwrap();
    assert_eq!(verdict.head, parse_line(last).unwrap().hash);
    // Without a line feed at its end, with blank lines, with line ends of another system.
    assert_eq!(check(bytes.trim_ascii_end()), verdict);
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(check(text.replace('\n', "\r\n\n").as_bytes()), verdict);
    assert_eq!(check(b"").entries, 0);
    assert_eq!(check(b"\n \n").head, GENESIS);
}

#[test]
fn altered_bytes_and_an_altered_hash_are_told_apart() {
    let mut text: Vec<String> = String::from_utf8(lines(&entries(40))).unwrap().lines().map(Into::into).collect();
    let place = text.iter().position(|line| line.contains("\"chat\"")).unwrap();
    let seq = place as u64 + 1;
    let was = text[place].replace("\"chat\"", "\"mail\"");
    let right = std::mem::replace(&mut text[place], was);
    let verdict = check(text.join("\n").as_bytes());
    assert_eq!(named(&verdict), [(seq, Aspect::Chain)], "no rule determines a channel");
    assert!(
        verdict.findings[0].finding.message.ends_with("the next entry follows from its hash"),
        "{:?}",
        verdict.findings
    );
    let digit = if right.as_bytes()[20] == b'a' { "b" } else { "a" };
    text[place] = format!("{}{digit}{}", &right[..20], &right[21..]);
    let verdict = check(text.join("\n").as_bytes());
    assert_eq!(named(&verdict), [(seq, Aspect::Chain)]);
    assert!(verdict.findings[0].finding.message.ends_with("what the bytes give"), "{:?}", verdict.findings);
    text[place] = right.clone();
    text[place].replace_range(9..73, &right[9..73].to_uppercase());
    assert!(check(text.join("\n").as_bytes()).is_right(), "capitals say the same");
    text[place] = "{\"hash\":1}".into();
    let verdict = check(text.join("\n").as_bytes());
    assert_eq!(named(&verdict)[0], (seq, Aspect::Form));
    assert!(named(&verdict)[1..].contains(&(seq + 1, Aspect::Chain)));
}

#[test]
fn a_usage_that_is_there_twice_is_named_at_the_end() {
    let mut entries = entries(60);
    let number = entries.len() as u64;
    let (first, mut again) = entries
        .iter()
        .filter(|entry| matches!(&entry.kind, EntryKind::Usage(usage) if usage.hold.is_none()))
        .map(|entry| (entry.seq, entry.clone()))
        .next_back()
        .unwrap();
    again.seq = number + 1;
    again.recorded_at = entries.last().unwrap().recorded_at;
    entries.push(again);
    let verdict = check(&lines(&entries));
    assert_eq!(named(&verdict), [(number + 1, Aspect::Twice)], "{:?}", verdict.findings);
    assert!(verdict.findings[0].finding.message.contains(&format!("entry {first}")), "{:?}", verdict.findings);
}

#[test]
fn a_wrong_number_hides_nothing_in_any_form() {
    let is_plain = |entry: &&Entry| matches!(&entry.kind, EntryKind::Usage(usage) if usage.hold.is_none());
    let entries = entries(60);
    let places: Vec<usize> =
        entries.iter().filter(is_plain).map(|entry| usize::try_from(entry.seq).unwrap() - 1).collect();
    for number in [3, 4_000] {
        let mut altered = entries.clone();
        altered[places[9]].seq = number;
        alter(&mut altered[places[30]], 0);
        let expected = [(number, Aspect::Order), (places[30] as u64 + 1, Aspect::Rate)];
        let bytes = lines(&altered);
        assert_eq!(named(&check(&bytes)), expected, "{:?}", check(&bytes).findings);
        // Where the entry after it is written in another way, its number is read all the same.
        let text = String::from_utf8(bytes).unwrap();
        let verdict = check(text.replace("\"seq\":", "\"seq\": ").as_bytes());
        let mut rules = named(&verdict);
        rules.retain(|(_, aspect)| *aspect != Aspect::Chain);
        assert_eq!(rules, expected, "{:?}", verdict.findings);
    }
}

#[test]
fn an_amendment_of_work_that_comes_after_it_is_named() {
    let mut entries = entries(60);
    let place = entries.iter().position(|entry| matches!(entry.kind, EntryKind::Amendment(_))).unwrap();
    let later = entries[place..].iter().find(|entry| matches!(&entry.kind, EntryKind::Usage(_))).cloned().unwrap();
    let EntryKind::Usage(usage) = later.kind else { panic!("no usage") };
    let EntryKind::Amendment(amendment) = &mut entries[place].kind else { panic!("no amendment") };
    (amendment.usage, amendment.feature, amendment.amount) = (later.seq, usage.feature, usage.cost);
    amendment.allocations = usage.allocations;
    let verdict = check(&lines(&entries));
    assert_eq!(named(&verdict).first(), Some(&(place as u64 + 1, Aspect::Allocation)), "{:?}", verdict.findings);
    let said = format!("it amends entry {}, which is no usage", later.seq);
    assert_eq!(verdict.findings[0].finding.message, said);
}

#[test]
fn a_ledger_that_was_cut_is_named() {
    let entries = entries(10);
    // 1 a trial, 2 its end by 3 a plan, and 4 the credits of it.
    for (last, aspect) in [(2, Aspect::Expiry), (3, Aspect::Refresh)] {
        let verdict = check(&lines(&entries[..last]));
        assert_eq!(named(&verdict), [(last as u64 + 1, aspect)], "{:?}", verdict.findings);
    }
    assert!(check(&lines(&entries[..4])).is_right());
}

#[test]
fn of_a_flood_of_findings_the_first_are_told() {
    let bytes = lines(&entries(2_000));
    let text = String::from_utf8(bytes).unwrap().replace("\"channel\":\"chat\"", "\"channel\":\"mail\"");
    let verdict = check(text.as_bytes());
    assert_eq!(verdict.findings.len(), 1_000);
    assert_eq!(verdict.more, text.matches("\"mail\"").count() as u64 - 1_000);
}

/// Alters one field of a usage that the rules determine.
fn alter(entry: &mut Entry, way: usize) {
    let EntryKind::Usage(usage) = &mut entry.kind else { panic!("no usage") };
    match way {
        0 => usage.rate += 1,
        1 => usage.cost += 1,
        2 => usage.revision += 1,
        3 => usage.units += 1,
        4 => usage.allocations[0] = Allocation { grant: usage.allocations[0].grant + 1, ..usage.allocations[0] },
        _ => entry.recorded_at = entry.recorded_at.plus_millis(86_400_000),
    }
}

#[test]
fn one_altered_field_in_a_million_entries_is_named() {
    let entries = entries(970_000);
    assert!(entries.len() >= 1_000_000, "{}", entries.len());
    let is_plain = |entry: &&Entry| matches!(&entry.kind, EntryKind::Usage(usage) if usage.hold.is_none());
    for (way, place) in [3, 700_001, 400_000, 999_000, 123_456, 555_555].into_iter().enumerate() {
        let mut altered = entries.clone();
        let place = entries[place..].iter().find(is_plain).unwrap().seq;
        alter(&mut altered[usize::try_from(place).unwrap() - 1], way);
        // The chain is made anew from there on: only the rules can tell.
        let verdict = check(&lines(&altered));
        let seqs: Vec<u64> = verdict.findings.iter().map(|one| one.finding.seq).collect();
        assert!(!seqs.is_empty() && seqs.iter().all(|seq| *seq == place), "way {way}: {:?}", verdict.findings);
    }
    let mut bytes = lines(&entries);
    let place = bytes.len() / 3 * 2;
    let letter =
        bytes[place..].windows(7).position(|text| text == b"\"chat\"}" || text == b"\"chat\",").unwrap() + place;
    bytes[letter + 1] = b'C';
    let seq = bytes[..letter].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    let verdict = check(&bytes);
    assert_eq!(named(&verdict), [(seq, Aspect::Chain)]);
}

#[test]
fn a_hash_that_is_none_is_said_once_whatever_the_entry_is() {
    let text = String::from_utf8(lines(&entries(40))).unwrap();
    let count = text.lines().count();
    for place in 0..count {
        let altered = |(number, line): (usize, &str)| {
            if number == place { format!("{}g{}", &line[..40], &line[41..]) } else { line.to_owned() }
        };
        let verdict = check(text.lines().enumerate().map(altered).collect::<Vec<_>>().join("\n").as_bytes());
        assert_eq!(named(&verdict)[0], (place as u64 + 1, Aspect::Chain));
        let said = &verdict.findings[0].finding.message;
        assert!(said.starts_with("its hash is no SHA-256 value, and its bytes give "), "{said}");
        assert_eq!(verdict.findings.len(), 1, "line {place}: {:?}", verdict.findings);
    }
}

#[test]
fn a_source_that_fails_is_an_error() {
    struct Bad;
    impl wire::verify::Source for Bad {
        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
            if offset > 1_000_000 {
                return Err(std::io::Error::other("the disk is gone"));
            }
            let few = buffer.len().min(1_000);
            buffer[..few].fill(b' ');
            Ok(few)
        }
    }
    assert!(verify(terms(), &Bad).unwrap_err().to_string().contains("the disk is gone"));
    let long = vec![b'x'; 40 << 20];
    assert!(verify(terms(), long.as_slice()).unwrap_err().to_string().contains("a line of more than"));
    // So long may one be.
    let mut long = vec![b'x'; (16 << 20) - 1];
    long.extend_from_slice(b"\nx\nx\n");
    assert_eq!(verify(terms(), long.as_slice()).unwrap().entries, 3);
}

/// What a line says; none if it cannot be read.
fn meaning(line: &[u8]) -> Option<(Hash, Entry)> {
    let line = parse_line(line).ok()?;
    Some((line.hash, decode_body(line.body).ok()?))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_altered_byte_is_found(place in any::<prop::sample::Index>(), byte in any::<u8>(), usages in 5_u32..60) {
        let mut bytes = lines(&entries(usages));
        let place = place.index(bytes.len());
        let start = bytes[..place].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let end = place + bytes[place..].iter().position(|byte| *byte == b'\n').unwrap();
        let before = meaning(&bytes[start..end]);
        bytes[place] = byte;
        if place != end && meaning(&bytes[start..end]) == before {
            return Ok(());
        }
        if byte == b'\n' && place == end {
            return Ok(());
        }
        prop_assert!(!check(&bytes).is_right());
    }

    #[test]
    fn no_bytes_make_it_panic(
        usages in 1_u32..40,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..30),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = lines(&entries(usages));
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate(cut.index(bytes.len()));
        let _ = check(&bytes);
    }

    #[test]
    fn the_quick_way_to_read_is_the_same_as_the_other(
        usages in 1_u32..9, place in any::<prop::sample::Index>(), byte in prop_oneof![any::<u8>(), Just(b'"'), Just(b'0'), Just(b'\\')],
        cut in 0_usize..3,
    ) {
        for entry in entries(usages) {
            let mut body = encode_body(&entry);
            // White space ahead of it makes it another form with the same meaning.
            let other = |body: &[u8]| decode_body(&[b" ", body].concat());
            prop_assert_eq!(decode_body(&body).unwrap(), other(&body).unwrap());
            let place = place.index(body.len());
            if cut == 0 { body.remove(place); } else if cut == 1 { body.insert(place, byte); } else { body[place] = byte; }
            prop_assert_eq!(decode_body(&body).ok(), other(&body).ok(), "{}", String::from_utf8_lossy(&body));
        }
    }
}
