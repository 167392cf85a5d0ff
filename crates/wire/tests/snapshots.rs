//! Account snapshots as bytes: what is written is read again, old ones stay readable, and nothing else is read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod histories;

use std::sync::Arc;

use chrono_tz::Tz;
use histories::history;
use metering::{
    Account, Allocation, Command, Controls, FeatureControl, GrantSource, HoldRequest, LiveGrant, LiveHold, Meter,
    Period, PlanTerms, Purchase, RefreshRule, Snapshot, SnapshotAccess, Terms, Timestamp, Totals, UsageRequest,
};
use proptest::prelude::*;
use wire::snapshot::{SnapshotError, decode, encode};

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_048,
        max_local_rejects: 1_000_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_account_is_read_again((catalogue, mut steps) in history()) {
        steps.sort_by_key(|(at, _)| *at);
        let mut meter = Meter::new(Terms::new(Arc::new(catalogue), Tz::UTC));
        for (at, command) in steps {
            for entry in meter.decide(&command, at).entries {
                meter.apply(&entry).unwrap();
                let snapshot = meter.account().snapshot();
                let read = decode(&encode(&snapshot)).unwrap();
                prop_assert_eq!(&read, &snapshot);
                let account = Account::restore(meter.account().terms().clone(), read).unwrap();
                prop_assert_eq!(account.position(at), meter.account().position(at));
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(matches!(decode(&bytes), Err(SnapshotError::Unreadable(_))));
    }

    #[test]
    fn no_alteration_makes_it_panic(
        alterations in proptest::collection::vec((any::<prop::sample::Index>(), "[0-9]{1,17}|[a-z]{0,3}|[\\[\\]{},:\"-]"), 1..4),
    ) {
        let mut bytes = EVERYTHING.as_bytes().to_vec();
        for (place, other) in alterations {
            let place = place.index(bytes.len());
            let end = (place + other.len()).min(bytes.len());
            bytes.splice(place..end, other.into_bytes());
        }
        try_it(&bytes);
    }
}

/// Reads bytes, and goes on with what they give as far as it goes.
fn try_it(bytes: &[u8]) {
    let Ok(snapshot) = decode(bytes) else { return };
    assert_eq!(decode(&encode(&snapshot)).as_ref(), Ok(&snapshot));
    let Ok(account) = Account::restore(terms(), snapshot) else { return };
    for days in [0, 1, 40] {
        let at = account.last_recorded_at().plus_millis(days * 86_400_000);
        let (position, totals) = (account.position(at), account.totals(at));
        assert!(position.available + position.held <= totals.balance());
    }
}

fn terms() -> Terms {
    let catalogue = wire::catalogue::from_toml(include_str!("../../../catalogues/b.toml")).unwrap();
    Terms::new(Arc::new(catalogue), Tz::Europe__Berlin)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A snapshot with everything in it that there can be at once.
fn everything() -> Snapshot {
    let period = Period { start: at("2026-04-30T22:00:00Z"), end: at("2026-05-31T22:00:00Z") };
    let allowance = |seq, amount, remaining, held| LiveGrant {
        seq,
        source: GrantSource::Allowance,
        purchase: None,
        amount,
        remaining,
        held,
        priority: 10,
        effective_at: period.start,
        expires_at: Some(period.end),
        shortfall: 0,
    };
    let trial = LiveGrant {
        source: GrantSource::Trial,
        effective_at: at("2026-04-10T08:00:00Z"),
        expires_at: Some(at("2026-04-20T09:30:00.25Z")),
        ..allowance(1, 200, 0, 0)
    };
    let pack = |seq, purchase: &str, amount, remaining, held, shortfall| LiveGrant {
        source: GrantSource::TopUp,
        purchase: Some(purchase.into()),
        priority: 50,
        effective_at: at("2026-05-02T10:00:00Z"),
        expires_at: None,
        shortfall,
        ..allowance(seq, amount, remaining, held)
    };
    let expiring = LiveGrant { expires_at: Some(at("2026-08-01T10:00:00Z")), ..pack(11, "p-2", 500, 500, 6, 0) };
    let purchase = |grant, credits, refunded, disputed, taken, expires_at| Purchase {
        grant,
        pack: "boost".into(),
        credits,
        price: 1_500,
        credited_at: at("2026-05-02T10:00:00Z"),
        expires_at,
        refunded,
        disputed,
        taken,
    };
    let hold = LiveHold {
        seq: 1_000,
        source: "desk".into(),
        id: "h\"1\"".into(),
        feature: "automated-response".into(),
        units: 8,
        rate: 2,
        revision: 1,
        cost: 16,
        until: at("2026-05-20T10:15:00Z"),
        allocations: vec![Allocation { grant: 7, amount: 10 }, Allocation { grant: 11, amount: 6 }],
    };
    Snapshot {
        last_seq: 1_001,
        last_recorded_at: at("2026-05-20T10:00:00.5Z"),
        totals: Totals { granted: 4_900, spent: 3_470, amended: 30, expired: 150, voided: 800 },
        live: vec![allowance(7, 3_000, 10, 10), expiring],
        spent: vec![trial, allowance(5, 200, 0, 0), pack(9, "p-1", 1_000, 0, 0, 200)],
        holds: vec![hold],
        purchases: [
            ("p-1".into(), purchase(9, 1_000, 500, true, 800, None)),
            ("p-2".into(), purchase(11, 500, 0, false, 0, Some(at("2026-08-01T10:00:00Z")))),
        ]
        .into(),
        used: vec![("draft".into(), 2_990), ("Zoë's".into(), 0)],
        period_seq: 7,
        access: SnapshotAccess::Plan {
            terms: PlanTerms { plan: "growth".into(), allowance: 10_000, ai: true },
            period: Some(period),
            refresh: RefreshRule::CalendarMonth,
            anchor: "2026-04-01T00:00:00".parse().unwrap(),
        },
        pending: Some(Some(PlanTerms { plan: "solo".into(), allowance: 0, ai: false })),
        controls: Controls {
            automation: true,
            features: vec![
                ("draft".into(), FeatureControl { on: true, cap: Some(0) }),
                ("summary".into(), FeatureControl { on: false, cap: None }),
            ],
        },
        grants_made: 5,
        allowances_made: 3,
        trial_size: 200,
        had_trial: true,
        had_plan: true,
    }
}

const EVERYTHING: &str = include_str!("golden/snapshot.json");

#[test]
fn the_form_of_a_snapshot_never_changes() {
    let bytes = encode(&everything());
    if std::env::var_os("CREDITDECK_WRITE_GOLDEN").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/snapshot.json"), &bytes).unwrap();
    }
    assert_eq!(std::str::from_utf8(&bytes).unwrap(), EVERYTHING, "if it has to change, the version counts up");
    assert_eq!(decode(EVERYTHING.as_bytes()).as_ref(), Ok(&everything()));
    let account = Account::restore(terms(), everything()).unwrap();
    assert_eq!(account.snapshot(), everything());
    let position = account.position(at("2026-05-20T11:00:00Z"));
    assert_eq!((position.available, position.held), (510, 0), "the hold has timed out");
}

#[test]
fn what_is_not_there_is_not_written() {
    let nothing = "{\"v\":1,\"seq\":0,\"at\":\"1970-01-01T00:00:00Z\"}";
    let written = |snapshot: &Snapshot| String::from_utf8(encode(snapshot)).unwrap();
    assert_eq!(written(&Snapshot::default()), nothing);
    assert_eq!(decode(nothing.as_bytes()), Ok(Snapshot::default()));
    let period = Period { start: at("2026-05-01T00:00:00Z"), end: at("2026-05-15T00:00:00.001Z") };
    for (access, text) in [
        (SnapshotAccess::Trial(period), "\"trial\":[\"2026-05-01T00:00:00Z\",\"2026-05-15T00:00:00.001Z\"]"),
        (
            SnapshotAccess::Plan {
                terms: PlanTerms { plan: "p".into(), allowance: 1, ai: true },
                period: None,
                refresh: RefreshRule::BillingCycle,
                anchor: "2026-05-31T09:30:00.007".parse().unwrap(),
            },
            "\"plan\":{\"terms\":{\"plan\":\"p\",\"allowance\":1,\"ai\":true},\"refresh\":\"billing_cycle\",\
             \"anchor\":\"2026-05-31T09:30:00.007\"}",
        ),
    ] {
        let snapshot = Snapshot { access, ..Snapshot::default() };
        assert_eq!(written(&snapshot), nothing.replace('}', &format!(",{text}}}")));
        assert_eq!(decode(&encode(&snapshot)), Ok(snapshot));
    }
    // A cancellation that waits is not nothing, and a priority is written where it is not the usual one.
    let mut snapshot = everything();
    snapshot.pending = Some(None);
    snapshot.live[0].priority = 50;
    snapshot.live[1].priority = 10;
    let text = written(&snapshot);
    assert!(text.contains("\"pending\":{}") && text.matches("\"priority\":").count() == 2, "{text}");
    assert_eq!(decode(text.as_bytes()), Ok(snapshot));
    // What a grant brought is written where its purchase does not say the same, and its kind where it is not the usual one.
    for damage in [
        (|grant| grant.amount += 1) as fn(&mut LiveGrant),
        |grant| grant.effective_at = Timestamp::MIN,
        |grant| grant.expires_at = None,
        |grant| grant.purchase = None,
        |grant| grant.purchase = Some("other".into()),
        |grant| grant.source = GrantSource::Trial,
    ] {
        let mut snapshot = everything();
        damage(&mut snapshot.live[1]);
        assert_eq!(decode(&encode(&snapshot)), Ok(snapshot));
    }
}

#[test]
fn another_version_is_not_read() {
    for version in [0, 2, u64::MAX] {
        let other = EVERYTHING.replacen("\"v\":1", &format!("\"v\":{version}"), 1);
        assert_eq!(decode(other.as_bytes()), Err(SnapshotError::Version(version)));
        let unlike = format!("{{\"v\":{version},\"all\":[\"is\",{{\"new\":null}}]}}");
        let said = decode(unlike.as_bytes()).unwrap_err().to_string();
        assert_eq!(said, format!("a snapshot of version {version}, and this program reads version 1"));
    }
}

#[test]
fn what_is_no_snapshot_is_not_read() {
    let nothing = "{\"v\":1,\"seq\":0,\"at\":\"1970-01-01T00:00:00Z\"}";
    let period = "[\"2026-05-01T00:00:00Z\",\"2026-06-01T00:00:00Z\"]";
    for (from, to, message) in [
        (nothing, "", "line 1, column 1: EOF while parsing a value"),
        (nothing, "null", "column 4: invalid type: null"),
        (nothing, "[1]", "column 3: invalid length 1, expected an object"),
        (nothing, "{}", "column 2: missing field `v`"),
        (nothing, "{\"v\":1}", "column 7: missing field `seq`"),
        ("\"v\":1", "\"v\":\"1\"", "invalid type: string \"1\", expected a whole number from 0"),
        ("\"v\":1", "\"v\":1,\"v\":1", "duplicate field `v`"),
        ("}", "}}", "trailing characters"),
        ("\"seq\":0", "\"seq\":-1", "invalid value: integer `-1`, expected a whole number from 0"),
        ("1970", "1969", "\"1969-01-01T00:00:00Z\" is not an instant between 1970 and 9999"),
        ("}", ",\"more\":1}", "unknown field `more`"),
        ("}", ",\"used\":{\"a\":1,\"a\":2}}", "\"a\" is named twice"),
        ("}", &format!(",\"trial\":{period},\"plan\":{{}}}}"), "missing field `terms`"),
        (
            "}",
            &format!(
                ",\"trial\":{period},\"plan\":{{\"terms\":{{\"plan\":\"p\",\"allowance\":1,\"ai\":true}},\"refresh\":\
                 \"billing_cycle\",\"anchor\":\"2026-05-01T00:00:00\"}}}}"
            ),
            "plan: there is a trial, too: a workspace has one of them",
        ),
        ("}", ",\"pending\":{\"for\":1}}", "unknown field `for`"),
        (
            "}",
            ",\"pending\":{\"to\":{\"plan\":\"\",\"allowance\":1,\"ai\":true}}}",
            "pending.to.plan: has 0 bytes and needs 1..=256",
        ),
        ("}", ",\"features\":[{\"feature\":\"a\",\"on\":true,\"cup\":1}]}", "unknown field `cup`"),
    ] {
        assert!(nothing.contains(from), "{from}");
        let said = decode(nothing.replacen(from, to, 1).as_bytes()).unwrap_err().to_string();
        assert!(said.starts_with("no snapshot: ") && said.contains(message), "{said}\n  does not say\n{message}");
    }
    let said = |from: &str, to: &str| {
        assert!(EVERYTHING.contains(from), "{from}");
        decode(EVERYTHING.replacen(from, to, 1).as_bytes()).unwrap_err().to_string()
    };
    assert!(said("\"trial\"", "\"gift\"").ends_with("source: \"gift\" is not known to this version"));
    let neither = "amount: grant 11 says neither what it brought and when, nor which purchase does";
    assert!(said("\"p-2\",\"left\"", "\"p-3\",\"left\"").ends_with(neither));
    assert!(said("\"p-2\",\"left\"", "\"p-2\",\"amount\":500,\"left\"").ends_with(neither));
    assert!(said("\"held\":6", "\"until\":\"2026-08-01T10:00:00Z\"").ends_with(neither));
    assert!(said("{\"grant\":7,", "{\"grant\":0,").ends_with("allocations.grant: is 0: entries count from 1"));
    assert!(said("calendar_month", "never").contains("unknown variant `never`"));
    let anchor = "a local date and time is written like \"2026-01-31T09:00:00\"";
    assert!(said("\"2026-04-01T00:00:00\"", "\"2026-04-01\"").contains(anchor));
}

#[test]
fn a_cut_snapshot_is_not_read() {
    for length in 0..EVERYTHING.len() {
        let read = decode(&EVERYTHING.as_bytes()[..length]);
        assert!(matches!(read, Err(SnapshotError::Unreadable(_))), "{length}: {read:?}");
    }
}

#[test]
fn no_altered_byte_makes_it_panic() {
    let mut bytes = EVERYTHING.as_bytes().to_vec();
    for place in 0..bytes.len() {
        let right = bytes[place];
        for wrong in 0..=u8::MAX {
            bytes[place] = wrong;
            try_it(&bytes);
        }
        bytes[place] = right;
    }
}

#[test]
fn a_usual_snapshot_is_small() {
    let mut meter = Meter::new(terms());
    let use_it = |id: &str| {
        let (source, id, feature) = ("meter".to_owned(), id.to_owned(), "draft".to_owned());
        Command::Use(UsageRequest { source, id, feature, units: 9, ..UsageRequest::default() })
    };
    let hold =
        HoldRequest { source: "meter".into(), id: "job-1".into(), feature: "draft".into(), units: 5, minutes: 15 };
    for (now, command) in [
        ("2026-03-11T09:00:00Z", Command::Subscribe { plan: "growth".into(), allowance: None }),
        ("2026-03-12T09:00:00Z", use_it("a")),
        ("2026-04-12T09:00:00Z", Command::Buy { purchase: "order-1".into(), pack: "boost-1000".into() }),
        ("2026-05-12T09:00:00Z", use_it("b")),
        ("2026-05-12T09:01:00Z", Command::Hold(hold)),
    ] {
        let entries = meter.decide(&command, at(now)).entries;
        assert!(!entries.is_empty());
        entries.iter().for_each(|entry| meter.apply(entry).unwrap());
    }
    let bytes = encode(&meter.account().snapshot());
    assert!(bytes.len() < 1_000, "{} bytes: {}", bytes.len(), String::from_utf8_lossy(&bytes));
}
