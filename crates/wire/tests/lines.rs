//! Ledger lines: what is written is read again, byte for byte, and nothing else is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod entries;

use entries::entry;
use metering::{
    Allocation, Amendment, ControlsChange, Entry, EntryKind, Expiry, FeatureControl, Grant, GrantOrigin, Hold, Labels,
    Next, Period, PlanChange, PlanChangeCause, PlanTerms, Release, ReleaseCause, Usage, Void, VoidCause,
};
use proptest::prelude::*;
use wire::line::{append_usage, decode_body, encode_body, encode_line, parse_line, read_head, read_usage};
use wire::{GENESIS, chain};

proptest! {
    #[test]
    fn every_entry_survives(entry in entry()) {
        let body = encode_body(&entry);
        prop_assert_eq!(decode_body(&body).unwrap(), entry);
    }

    #[test]
    fn a_line_gives_the_exact_bytes_of_its_body(entry in entry(), spaces in 0_usize..3) {
        // White space inside a body is part of it: nobody writes it anew.
        let text = String::from_utf8(encode_body(&entry)).unwrap();
        let body = text.replacen(':', &format!(":{}", " ".repeat(spaces)), 1).into_bytes();
        let hash = chain(&GENESIS, &body);
        let line = encode_line(&hash, &body);
        let parsed = parse_line(&line).unwrap();
        prop_assert_eq!(parsed.hash, hash);
        prop_assert_eq!(parsed.body, &body[..]);
        prop_assert!(!line.contains(&b'\n'));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_line(&bytes);
        let _ = decode_body(&bytes);
    }

    #[test]
    fn a_usage_that_is_read_is_written_again_byte_for_byte(
        entry in entry(),
        place in any::<prop::sample::Index>(),
        change in prop_oneof![
            Just(None),
            (0..3_u8, prop_oneof![b'0'..=b'9', Just(b'"'), Just(b','), Just(b'.'), Just(b' '), any::<u8>()]).prop_map(Some),
        ],
    ) {
        let mut body = encode_body(&entry);
        let place = place.index(body.len());
        match change {
            None => {}
            Some((0, byte)) => body[place] = byte,
            Some((1, byte)) => body.insert(place, byte),
            Some(_) => drop(body.remove(place)),
        }
        let mut room = Vec::new();
        let read = read_usage(&body, &mut room);
        prop_assert!(read.is_some() || change.is_some() || !matches!(entry.kind, EntryKind::Usage(_)) || has_escapes(&body));
        if let Some(line) = read {
            let mut again = Vec::new();
            append_usage(&line, &mut again);
            prop_assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(body.clone()).unwrap());
        }
    }

    #[test]
    fn a_cut_body_is_refused(entry in entry(), share in 0.0_f64..1.0) {
        let body = encode_body(&entry);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let cut = (body.len() as f64 * share) as usize;
        prop_assert!(decode_body(&body[..cut]).is_err());
    }
}

fn has_escapes(body: &[u8]) -> bool {
    body.contains(&b'\\')
}

/// One entry of each kind and origin, with and without its options.
fn one_of_each() -> Vec<Entry> {
    let at = |text: &str| text.parse().unwrap();
    let period = Period { start: at("2026-05-01T00:00:00Z"), end: at("2026-06-01T00:00:00Z") };
    let grant = |origin, amount, priority, expires_at| {
        EntryKind::Grant(Grant { origin, amount, priority, effective_at: at("2026-05-01T08:00:00Z"), expires_at })
    };
    let terms = |plan: &str, allowance, ai| PlanTerms { plan: plan.into(), allowance, ai };
    let change = |to, cause| EntryKind::PlanChange(PlanChange { to, cause });
    let usage = Usage {
        source: "meter".into(),
        id: "u\"1\"\n".into(),
        feature: "automated-response".into(),
        units: 3,
        rate: 2,
        cost: 6,
        revision: 1,
        occurred_at: None,
        labels: Labels::default(),
        hold: None,
        allocations: vec![Allocation { grant: 2, amount: 6 }],
    };
    let labelled = Usage {
        occurred_at: Some(at("2026-05-03T09:00:00.250Z")),
        labels: Labels { member: Some("Zoë".into()), channel: Some("email".into()), reference: Some("#48121".into()) },
        allocations: vec![Allocation { grant: 2, amount: 1 }, Allocation { grant: 5, amount: 5 }],
        ..usage.clone()
    };
    let captured = Usage {
        id: "hold:h-1".into(),
        labels: Labels::default(),
        occurred_at: None,
        hold: Some(19),
        ..labelled.clone()
    };
    let void =
        |cause, amount, shortfall| EntryKind::Void(Void { cause, purchase: "p-1".into(), grant: 4, amount, shortfall });
    let hold = Hold {
        source: "meter".into(),
        id: "h-1".into(),
        feature: "knowledge-sync".into(),
        units: 1,
        rate: 25,
        cost: 25,
        revision: 1,
        minutes: 15,
        allocations: vec![Allocation { grant: 2, amount: 20 }, Allocation { grant: 4, amount: 5 }],
    };
    let amendment = Amendment {
        source: "meter".into(),
        id: "a-1".into(),
        usage: 6,
        feature: "automated-response".into(),
        amount: 6,
        allocations: vec![Allocation { grant: 2, amount: 1 }, Allocation { grant: 5, amount: 5 }],
    };
    let kinds = vec![
        grant(GrantOrigin::Trial(period), 200, 10, Some(period.end)),
        grant(GrantOrigin::Allowance { plan: "starter".into(), period }, 3000, 10, Some(period.end)),
        grant(GrantOrigin::Upgrade { plan: "growth".into() }, 7000, 10, Some(period.end)),
        grant(GrantOrigin::TopUp { purchase: "p-1".into(), pack: "boost-1000".into(), price: 1500 }, 1000, 50, None),
        EntryKind::Usage(usage),
        EntryKind::Usage(labelled),
        EntryKind::Expiry(Expiry { grant: 2, amount: 17 }),
        change(Some(terms("starter", 3000, true)), PlanChangeCause::Subscribed),
        change(Some(terms("growth", 10_000, true)), PlanChangeCause::Upgraded),
        change(Some(terms("solo", 0, false)), PlanChangeCause::Scheduled),
        change(None, PlanChangeCause::Scheduled),
        change(Some(terms("growth", 10_000, true)), PlanChangeCause::TakenBack),
        change(Some(terms("solo", 0, false)), PlanChangeCause::CameDue),
        change(None, PlanChangeCause::TrialEnded),
        EntryKind::ControlsChange(ControlsChange { automation: Some(true), features: Vec::new() }),
        EntryKind::ControlsChange(ControlsChange {
            automation: None,
            features: vec![
                ("draft".into(), FeatureControl { on: false, cap: None }),
                ("summary".into(), FeatureControl { on: true, cap: Some(10) }),
            ],
        }),
        EntryKind::Amendment(amendment),
        EntryKind::Hold(hold.clone()),
        EntryKind::Hold(Hold { id: "h-2".into(), ..hold }),
        EntryKind::Release(Release { hold: 18, cause: ReleaseCause::Released }),
        EntryKind::Release(Release { hold: 19, cause: ReleaseCause::TimedOut }),
        EntryKind::Usage(captured),
        void(VoidCause::Refund { id: "r-1".into(), price: 500, rest: false }, 300, 33),
        void(VoidCause::Refund { id: "r-2".into(), price: 1000, rest: true }, 600, 67),
        void(VoidCause::Dispute { id: "d-1".into() }, 0, 67),
        void(VoidCause::Reinstatement { id: "w-1".into() }, 33, 0),
        void(VoidCause::Returned, 12, 55),
    ];
    let recorded_at = at("2026-05-04T10:00:00Z");
    (1..).zip(kinds).map(|(seq, kind)| Entry { seq, recorded_at, kind }).collect()
}

#[test]
fn the_form_of_a_line_never_changes() {
    let mut hash = GENESIS;
    let mut lines = String::new();
    for entry in one_of_each() {
        let body = encode_body(&entry);
        assert_eq!(decode_body(&body).unwrap(), entry);
        hash = chain(&hash, &body);
        lines.push_str(std::str::from_utf8(&encode_line(&hash, &body)).unwrap());
        lines.push('\n');
    }
    if std::env::var_os("CREDITDECK_WRITE_GOLDEN").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/ledger.ndjson"), &lines).unwrap();
    }
    assert_eq!(lines, include_str!("golden/ledger.ndjson"), "old ledgers would no longer be read");
}

#[test]
fn the_head_of_a_body_says_what_the_entry_ahead_of_it_has_to_know() {
    let all = one_of_each();
    assert_eq!(all.iter().filter(|entry| Next::from(*entry).subscribes).count(), 1);
    for entry in all {
        let body = encode_body(&entry);
        let head = read_head(&body).unwrap();
        let (seq, recorded_at, subscribes) = (head.seq, head.recorded_at, head.subscribes());
        assert_eq!(Next { seq, recorded_at, subscribes }, Next::from(&entry));
    }
}

#[test]
fn what_is_written_is_read_the_quick_way() {
    let mut read = 0;
    for mut entry in one_of_each() {
        let mut room = Vec::new();
        let EntryKind::Usage(usage) = &mut entry.kind else {
            assert_eq!(read_usage(&encode_body(&entry), &mut room), None);
            continue;
        };
        // What is escaped is for the other way.
        usage.id.retain(char::is_alphanumeric);
        let usage = usage.clone();
        let body = encode_body(&entry);
        let quick = read_usage(&body, &mut room).unwrap();
        assert_eq!((quick.seq, quick.recorded_at, quick.usage), (entry.seq, entry.recorded_at, (&usage).into()));
        let labels = [quick.member, quick.channel, quick.reference].map(|label| label.map(str::to_owned));
        let Labels { member, channel, reference } = usage.labels;
        assert_eq!(labels, [member, channel, reference]);
        read += 1;
        let text = String::from_utf8(body.clone()).unwrap();
        for (from, to) in [("\"seq\":", "\"seq\":0"), ("\"units\":", "\"units\": "), ("]}", "]} "), ("}]", "},]")] {
            assert!(text.contains(from), "{from} in {text}");
            assert_eq!(read_usage(text.replacen(from, to, 1).as_bytes(), &mut room), None, "{from} as {to}");
        }
        let nothing = text.replacen(&format!("\"seq\":{}", entry.seq), "\"seq\":0", 1);
        assert_eq!(read_head(nothing.as_bytes()), None, "entries count from 1");
    }
    assert_eq!(read, 3, "a bare one, one with all labels, one that captures a hold");
}

#[test]
fn says_what_is_wrong_and_where() {
    let usage = |change: &dyn Fn(String) -> String| {
        let text = include_str!("golden/ledger.ndjson").lines().nth(4).unwrap();
        let body = parse_line(text.as_bytes()).unwrap().body.to_vec();
        decode_body(change(String::from_utf8(body).unwrap()).as_bytes()).unwrap_err().to_string()
    };
    for (from, to, message) in [
        (
            "\"type\":\"usage\"",
            "\"type\":\"gift\"",
            "type: \"gift\" is not a kind of entry: grant, usage, expiry, void, amendment, hold, release, plan_change or \
             controls_change",
        ),
        ("\"units\":3", "\"units\":0", "units: 0 is not in 1..=1000000"),
        ("\"rate\":2", "\"rate\":1000001", "rate: 1000001 is above 1000000"),
        ("\"cost\":6", "\"cost\":9007199254740992", "cost: 9007199254740992 is above 9007199254740991"),
        ("\"seq\":5", "\"seq\":0", "seq: is 0: entries count from 1"),
        ("\"source\":\"meter\"", "\"source\":\"\"", "source: has 0 bytes and needs 1..=256"),
        ("\"cost\":6,", "", "missing field `cost`"),
        ("\"cost\":6", "\"cost\":6.5", "invalid type: floating point `6.5`, expected a whole number from 0"),
        ("\"cost\":6", "\"cost\":-6", "invalid value: integer `-6`, expected a whole number from 0"),
        ("\"cost\":6", "\"cost\":6,\"tip\":1", "unknown field `tip`"),
        ("\"cost\":6", "\"cost\":6,\"cost\":6", "duplicate field `cost`"),
        ("2026-05-04T10:00:00Z", "yesterday", "\"yesterday\" is not an instant between 1970 and 9999"),
        ("\"grant\":2", "\"grant\":0", "allocations.grant: is 0: entries count from 1"),
    ] {
        let said = usage(&|body| {
            assert!(body.contains(from), "{from} in {body}");
            body.replacen(from, to, 1)
        });
        assert!(said.contains(message), "{said}\n  does not say\n{message}");
    }
    let grant = |from: &str, to: &str| {
        let line = include_str!("golden/ledger.ndjson").lines().nth(3).unwrap();
        let body = String::from_utf8(parse_line(line.as_bytes()).unwrap().body.to_vec()).unwrap();
        decode_body(body.replacen(from, to, 1).as_bytes()).unwrap_err().to_string()
    };
    assert!(grant(",\"price\":1500", "").starts_with("origin: the fields do not go with it"));
    assert_eq!(
        grant("\"source\":\"top_up\"", "\"source\":\"trial\""),
        "source: does not go with the origin: it would be \"top_up\""
    );
}

#[test]
fn says_what_is_wrong_with_the_later_kinds() {
    let bodies: Vec<String> =
        one_of_each().iter().map(|entry| String::from_utf8(encode_body(entry)).unwrap()).collect();
    let said = |start: &str, from: &str, to: &str| {
        let body = bodies.iter().find(|body| body.contains(start)).unwrap();
        assert!(body.contains(from), "{from} in {body}");
        decode_body(body.replacen(from, to, 1).as_bytes()).unwrap_err().to_string()
    };
    let (amendment, hold, release) = ("\"type\":\"amendment\"", "\"type\":\"hold\"", "\"type\":\"release\"");
    let (refund, dispute, returned) = ("\"cause\":\"refund\"", "\"cause\":\"dispute\"", "\"cause\":\"returned\"");
    let long = "x".repeat(252);
    for (of, from, to, message) in [
        (amendment, "\"usage\":6", "\"usage\":0", "usage: is 0: entries count from 1"),
        (amendment, "\"amount\":6", "\"amount\":9007199254740992", "amount: 9007199254740992 is above"),
        (amendment, "\"id\":\"a-1\"", "\"id\":\"\"", "id: has 0 bytes and needs 1..=256"),
        (amendment, "\"grant\":2", "\"grant\":0", "allocations.grant: is 0: entries count from 1"),
        (amendment, "\"amount\":6,", "", "missing field `amount`"),
        (hold, "\"minutes\":15", "\"minutes\":0", "minutes: 0 is not in 1..=1440"),
        (hold, "\"minutes\":15", "\"minutes\":1441", "minutes: 1441 is not in 1..=1440"),
        (hold, "\"units\":1", "\"units\":1000001", "units: 1000001 is not in 1..=1000000"),
        (hold, "\"rate\":25", "\"rate\":1000001", "rate: 1000001 is above 1000000"),
        (hold, "\"id\":\"h-1\"", &format!("\"id\":\"{long}\""), "id: has 252 bytes and needs 1..=251"),
        (hold, "\"minutes\":15", "\"minutes\":15,\"member\":\"Zoë\"", "unknown field `member`"),
        (release, "\"hold\":18", "\"hold\":0", "hold: is 0: entries count from 1"),
        (release, "\"released\"", "\"lost\"", "unknown variant `lost`"),
        (refund, "\"price\":500,", "", "cause: the fields do not go with it"),
        (refund, "\"id\":\"r-1\"", "\"id\":\"\"", "id: has 0 bytes and needs 1..=256"),
        (refund, "\"price\":500", "\"price\":9007199254740992", "price: 9007199254740992 is above"),
        (refund, "\"shortfall\":33", "\"shortfall\":9007199254740992", "shortfall: 9007199254740992 is above"),
        (refund, "\"grant\":4", "\"grant\":0", "grant: is 0: entries count from 1"),
        (dispute, "\"id\":\"d-1\"", "\"id\":\"d-1\",\"price\":1", "cause: the fields do not go with it"),
        (dispute, "\"id\":\"d-1\"", "\"id\":\"d-1\",\"rest\":true", "cause: the fields do not go with it"),
        (returned, "\"purchase\"", "\"id\":\"x\",\"purchase\"", "cause: the fields do not go with it"),
        ("\"hold\":19,\"alloc", "\"hold\":19", "\"hold\":0", "hold: is 0: entries count from 1"),
    ] {
        let said = said(of, from, to);
        assert!(said.contains(message), "{said}\n  does not say\n{message}");
    }
}

#[test]
fn a_line_has_a_hash_and_a_body_and_nothing_else() {
    let zeros = "0".repeat(64);
    for (line, message) in [
        (String::new(), "EOF while parsing a value"),
        ("{}".into(), "missing field `hash`"),
        (format!("{{\"hash\":\"{zeros}\"}}"), "missing field `body`"),
        (format!("{{\"hash\":\"{zeros}\",\"body\":{{}},\"x\":1}}"), "unknown field `x`"),
        ("{\"hash\":\"12\",\"body\":{}}".into(), "a hash is 64 hexadecimal digits"),
        (format!("{{\"hash\":\"{zeros}\",\"body\":{{}}}} trailing"), "trailing characters"),
    ] {
        let said = parse_line(line.as_bytes()).unwrap_err().to_string();
        assert!(said.contains(message), "{said}\n  does not say\n{message}");
    }
}
