//! What a person reads who verifies a ledger that is not whole: what is missing, and in which line.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use metering::{Command, Labels, Meter, Terms, Timestamp, UsageRequest};
use wire::line::{encode_body, encode_line};
use wire::verify::{Verdict, foreign, verify};
use wire::{GENESIS, chain};

fn terms() -> Terms {
    let text = include_str!("../../../catalogues/a.toml");
    Terms::new(std::sync::Arc::new(wire::catalogue::from_toml(text).unwrap()), chrono_tz::Tz::UTC)
}

/// The lines of a ledger: 1 and 2 a plan and its credits, and so many usages of one credit.
fn ledger(usages: u32) -> Vec<String> {
    let mut meter = Meter::new(terms());
    let now: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
    let text = str::to_owned;
    let mut commands = vec![Command::Subscribe { plan: text("enterprise"), allowance: Some(100_000) }];
    commands.extend((0..usages).map(|number| {
        let (source, id, feature) = (text("crm"), format!("job-{number}"), text("ai-reply"));
        Command::Use(UsageRequest { source, id, feature, units: 1, occurred_at: None, labels: Labels::default() })
    }));
    let (mut lines, mut hash) = (Vec::new(), GENESIS);
    for command in commands {
        for entry in meter.decide(&command, now).entries {
            meter.apply(&entry).unwrap();
            let body = encode_body(&entry);
            hash = chain(&hash, &body);
            lines.push(String::from_utf8(encode_line(&hash, &body)).unwrap());
        }
    }
    lines
}

/// The same entries with a chain made anew: whoever alters one can do that.
fn chained(lines: &[String]) -> Vec<String> {
    let mut hash = GENESIS;
    let body = |line: &String| line[line.find("\"body\":").unwrap() + 7..line.len() - 1].to_owned();
    let chained = lines.iter().map(body).map(|body| {
        hash = chain(&hash, body.as_bytes());
        String::from_utf8(encode_line(&hash, body.as_bytes())).unwrap()
    });
    chained.collect()
}

fn check(text: &str) -> Verdict {
    verify(terms(), text.as_bytes()).unwrap()
}

#[track_caller]
fn reports(text: &str, expected: &[&str]) {
    let found: Vec<String> = check(text).findings.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

#[test]
fn entries_that_are_missing_are_no_altered_bytes() {
    let lines = ledger(20);
    let without = |gone: std::ops::Range<usize>| [&lines[..gone.start], &lines[gone.end..]].concat().join("\n");
    reports(&without(9..10), &["entry 11 (line 10): order: entry 10 is missing ahead of it"]);
    reports(&without(9..12), &["entry 13 (line 10): order: entries 10 to 12 are missing ahead of it"]);
    assert!(!check(&without(9..10)).has_whole_chain(), "a link is missing");
    // Ahead of the last, too.
    reports(&without(20..21), &["entry 22 (line 21): order: entry 21 is missing ahead of it"]);
}

#[test]
fn an_entry_that_is_there_twice_is_no_altered_bytes() {
    let lines = ledger(20);
    let doubled = [&lines[..10], &lines[9..]].concat().join("\n");
    reports(&doubled, &["entry 10 (line 11): order: it is numbered 10, and 11 is the next"]);
    let swapped = [&lines[..9], &lines[10..11], &lines[9..10], &lines[11..]].concat().join("\n");
    let found = check(&swapped);
    assert!(found.findings.iter().all(|one| !one.finding.message.contains("altered")), "{:?}", found.findings);
}

#[test]
fn altered_bytes_are_told_where_a_number_is_altered_too() {
    let mut lines = ledger(20);
    lines[9] = lines[9].replace("\"seq\":10,", "\"seq\":15,");
    let found = check(&lines.join("\n"));
    let [chain, order] = found.findings.as_slice() else { panic!("{:?}", found.findings) };
    assert!(chain.finding.message.ends_with("its bytes were altered, for the next entry follows from its hash"));
    assert_eq!(order.to_string(), "entry 15 (line 10): order: it is numbered 15, and 10 is the next");
}

#[test]
fn a_page_that_is_not_the_first_is_told_in_one_line() {
    let lines = ledger(20);
    for first in [2, 11] {
        let gone = if first == 2 { "entry 1 is".to_owned() } else { format!("entries 1 to {} are", first - 1) };
        reports(
            &lines[first - 1..].join("\n"),
            &[&format!(
                "entry {first} (line 1): order: the ledger begins with it: {gone} missing, \
                 and without the beginning nothing can be told"
            )],
        );
    }
    // What is missing further on is told all the same.
    let found = check(&[&lines[4..9], &lines[10..]].concat().join("\n"));
    let last = found.findings.last().unwrap();
    assert_eq!(last.to_string(), "entry 11 (line 6): order: entry 10 is missing ahead of it");
    assert_eq!(found.findings.len(), 2);
}

#[test]
fn a_line_that_cannot_be_read_is_named_once() {
    let mut lines = ledger(20);
    lines[9] = lines[9].replace("\"units\":1,", "\"units\":0,");
    let message = "line 10: form: units: 0 is not in 1..=1000000";
    reports(&chained(&lines).join("\n"), &[message]);
    let mut lines = ledger(20);
    lines[0] = lines[0].replace("\"cause\":\"subscribed\"", "\"cause\":\"given\"");
    let found = check(&chained(&lines).join("\n"));
    let [only] = found.findings.as_slice() else { panic!("{:?}", found.findings) };
    let text = only.to_string();
    assert!(text.starts_with("line 1: form: ") && text.contains("`given`"), "{text}");
    assert!(text.ends_with("; without the first entry nothing else can be told"), "{text}");
}

#[test]
fn a_line_that_was_put_in_is_named_by_its_place() {
    let lines = ledger(20);
    let with = [&lines[..9], &["garbage".to_owned()], &lines[9..]].concat();
    reports(&with.join("\n"), &["line 10: form: column 1: expected value"]);
    // Blank lines count, as they do where one looks for it.
    reports(&with.join("\n\n"), &["line 19: form: column 1: expected value"]);
    let last = [&lines[..], &["garbage".to_owned()]].concat();
    reports(&last.join("\r\n"), &["line 23: form: column 1: expected value"]);
}

#[test]
fn places_are_right_in_a_ledger_of_many_blocks() {
    let mut lines = ledger(12_000);
    assert!(lines.iter().map(String::len).sum::<usize>() > 1 << 20);
    for line in [5_000, 11_990] {
        lines[line - 1] = lines[line - 1].replace("\"source\":\"crm\"", "\"source\":\"CRM\"");
    }
    lines.insert(100, String::new());
    let found = check(&lines.join("\n"));
    let places: Vec<_> = found.findings.iter().map(|one| (one.finding.seq, one.line)).collect();
    assert_eq!(places, [(5_000, Some(5_001)), (11_990, Some(11_991))], "{:?}", found.findings);
}

#[test]
fn what_is_missing_at_the_end_has_no_line() {
    let found = check(&ledger(0)[0]);
    let [only] = found.findings.as_slice() else { panic!("{:?}", found.findings) };
    assert_eq!((only.line, only.finding.seq), (None, 2));
    assert!(only.to_string().starts_with("entry 2: refresh: the ledger ends"), "{only}");
}

#[test]
fn what_is_there_twice_has_its_line() {
    let mut lines = ledger(20);
    lines[15] = lines[15].replace("job-13", "job-3");
    reports(
        &format!("\n{}", chained(&lines).join("\n")),
        &["entry 16 (line 17): twice: its id \"job-3\" of crm was recorded before, by entry 6"],
    );
}

#[test]
fn a_file_of_something_else_is_told_in_one_line() {
    let found = check("<html>\n<p>502</p>\n</html>\n");
    assert_eq!((found.entries, found.findings.len(), found.more), (3, 1, 2));
    let line = "line 1: form: column 1: expected value; and no other line is an entry";
    assert_eq!(found.findings[0].to_string(), line);
    for (bytes, what) in [
        (&b"\x1f\x8b\x08\0"[..], "packed by gzip"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x28\xb5\x2f\xfd", "packed by zstd"),
        (b"\xff\xfe{\0", "UTF-16 text"),
        (b"\xfe\xff\0{", "UTF-16 text"),
        (b"[{", "a JSON array"),
    ] {
        assert!(foreign(bytes).unwrap().is_some_and(|said| said.starts_with(what)), "{what}");
    }
    for bytes in [&b""[..], b"{\"hash\"", b"\xef\xbb\xbf{", b"\xff"] {
        assert_eq!(foreign(bytes).unwrap(), None);
    }
}

#[test]
fn a_mark_of_utf_8_ahead_of_the_ledger_is_no_part_of_it() {
    let text = ledger(20).join("\n");
    assert_eq!(check(&format!("\u{feff}{text}")), check(&text));
    assert!(check(&text).is_right());
}
