//! Rules 14, 18, 19 and 20. Rule 17 has a file of its own, `warnings.rs`.

use metering::{
    Allocation, Amendment, Aspect, Grant, GrantOrigin, Labels, MAX_ALLOWANCE, MAX_HOLD_MINUTES, MAX_ID_LENGTH,
    MAX_PACK_DAYS, MAX_PRICE, MAX_RATE, MAX_TOTAL, MAX_UNITS, PurchaseTerms, Usage, verify,
};

use super::*;

#[test]
fn rule_14_the_same_again_is_a_duplicate_and_another_content_a_conflict() {
    let mut desk = Desk::small();
    let request = UsageRequest {
        source: "desk".into(),
        id: "a".into(),
        feature: "reply".into(),
        units: 2,
        occurred_at: Some(at("2026-03-01T00:00:00Z")),
        labels: Labels { member: Some("ann".into()), channel: None, reference: None },
    };
    let first = desk.does(&Command::Use(request.clone()));
    desk.go_to("2026-03-20T00:00:00Z");
    assert_eq!(desk.run(&Command::Use(request.clone())), (Outcome::Duplicate { seq: first.seq }, Vec::new()));
    let labels = |labels: Labels| UsageRequest { labels, ..request.clone() };
    for other in [
        UsageRequest { units: 3, ..request.clone() },
        UsageRequest { feature: "sync".into(), ..request.clone() },
        UsageRequest { occurred_at: None, ..request.clone() },
        UsageRequest { occurred_at: Some(at("2026-03-01T00:00:01Z")), ..request.clone() },
        labels(Labels { member: None, ..request.labels.clone() }),
        labels(Labels { channel: Some("mail".into()), ..request.labels.clone() }),
        labels(Labels { reference: Some("7".into()), ..request.labels.clone() }),
        // Not even an answer that is out of bounds comes before it.
        UsageRequest { units: 0, ..request.clone() },
    ] {
        let answer = desk.run(&Command::Use(other.clone()));
        assert_eq!(answer, (Outcome::Conflict { seq: first.seq }, Vec::new()), "{other:?}");
    }
    // Another source's id is another id, and each kind has ids of its own.
    desk.does(&Command::Use(UsageRequest { source: "other".into(), ..request }));
    desk.does(&holding("a", "reply", 1, 15));
    desk.buys("a", "ten");
    desk.does(&amend("a", "a"));
    desk.does(&refund("a", "a", None));
    desk.does(&dispute("a", "a"));
    assert!(matches!(desk.run(&refund("a", "a", Some(1))).0, Outcome::Conflict { .. }));
    assert!(matches!(desk.run(&dispute("a", "b")).0, Outcome::Conflict { .. }));
    assert!(matches!(desk.run(&amend("a", "b")).0, Outcome::Conflict { .. }));
}

#[test]
fn rule_14_every_kind_of_command_with_an_id_is_answered_as_the_first_time() {
    let mut desk = Desk::small();
    let commands = [
        usage("a", "reply", 1),
        holding("a", "reply", 1, 15),
        buying("a", "ten"),
        amend("a", "a"),
        refund("a", "a", Some(100)),
        dispute("a", "a"),
        reinstate("a", "a"),
        refund("b", "a", None),
    ];
    let first: Vec<_> = commands.iter().map(|command| desk.does(command).seq).collect();
    let before = (desk.position(), desk.totals());
    for (command, seq) in commands.iter().zip(first) {
        assert_eq!(desk.run(command), (Outcome::Duplicate { seq }, Vec::new()), "{command:?}");
    }
    for other in [
        usage("a", "reply", 2),
        holding("a", "reply", 1, 16),
        buying("a", "fifty"),
        amend("a", "b"),
        refund("a", "a", None),
        refund("a", "b", Some(100)),
        refund("b", "a", Some(400)),
        dispute("a", "b"),
        reinstate("a", "b"),
    ] {
        assert!(matches!(desk.run(&other).0, Outcome::Conflict { .. }), "{other:?}");
    }
    assert_eq!((desk.position(), desk.totals()), before, "and nothing has changed");
}

#[test]
fn rule_14_a_repeated_hold_is_a_duplicate_whatever_became_of_it() {
    let mut desk = Desk::small();
    let first = desk.does(&holding("h", "reply", 5, 15));
    desk.does(&capture("h", Some(2)));
    assert_eq!(desk.run(&holding("h", "reply", 5, 15)).0, Outcome::Duplicate { seq: first.seq });
    for other in [holding("h", "sync", 5, 15), holding("h", "reply", 6, 15), holding("h", "reply", 5, 16)] {
        assert_eq!(desk.run(&other).0, Outcome::Conflict { seq: first.seq });
    }
    let end = |id: &str, now: &str| desk.meter.hold("desk", id, at(now)).and_then(|hold| hold.end);
    assert!(matches!(end("h", "2026-03-01T00:01:00Z"), Some(metering::HoldEnd::Captured { units: 2, .. })));
    let mut desk = Desk::small();
    desk.does(&holding("i", "reply", 5, 15));
    let end = |now: &str| desk.meter.hold("desk", "i", at(now)).unwrap().end;
    assert_eq!(end("2026-03-01T00:14:59Z"), None);
    assert_eq!(end("2026-03-01T00:15:00Z"), Some(metering::HoldEnd::TimedOut), "even if no entry says so yet");
    assert_eq!(desk.meter.hold("desk", "absent", desk.now), None);
}

#[test]
fn rule_18_what_was_granted_is_spent_expired_voided_or_there() {
    let mut desk = Desk::small();
    desk.buys("p", "ten");
    desk.uses("a", "reply", 45);
    desk.uses("b", "reply", 2);
    desk.does(&amend("x", "b"));
    desk.does(&refund("r", "p", Some(250)));
    desk.go_to("2026-04-02T00:00:00Z").uses("c", "reply", 1);
    let Totals { granted, spent, amended, expired, voided } = desk.totals();
    assert_eq!([granted, spent, amended, expired, voided], [90, 48, 2, 0, 5]);
    let left: Credits = desk.meter.account().live_grants(desk.now).iter().map(|grant| grant.remaining).sum();
    assert_eq!(granted, spent - amended + expired + voided + left);
}

#[test]
fn rule_19_an_altered_entry_is_named() {
    let mut desk = Desk::small();
    desk.buys("p", "ten");
    desk.uses("a", "reply", 45);
    desk.go_to("2026-04-02T00:00:00Z").uses("b", "reply", 1);
    let terms = desk.meter.account().terms().clone();
    assert_eq!(verify(terms.clone(), &desk.ledger), []);
    let mut altered = desk.ledger.clone();
    let EntryKind::Usage(usage) = &mut altered[3].kind else { panic!("{:?}", altered[3]) };
    usage.allocations.reverse();
    let found = verify(terms, &altered);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].seq, found[0].aspect), (4, Aspect::Allocation));
    assert_eq!(
        found[0].message,
        "5 of grant 3 and 40 of grant 2 pay, and the rules give 40 of grant 2 and 5 of grant 3"
    );
}

#[test]
fn rule_19_an_entry_that_is_gone_is_missed_and_nothing_else() {
    let mut desk = Desk::small();
    desk.go_to("2026-04-02T00:00:00Z").buys("p", "fifty");
    desk.uses("a", "reply", 45);
    desk.go_to("2026-04-20T12:00:00Z").uses("b", "reply", 1);
    let terms = desk.meter.account().terms().clone();
    let kinds: Vec<_> = desk.ledger.iter().map(|entry| entry.kind.name()).collect();
    assert_eq!(kinds, ["plan_change", "grant", "expiry", "grant", "grant", "usage", "usage"]);
    // The refresh of April is gone, and what it brought has paid.
    let mut short = desk.ledger.clone();
    short.remove(3);
    let found = verify(terms, &short);
    assert_eq!(
        found.iter().map(|one| (one.seq, one.aspect)).collect::<Vec<_>>(),
        [(5, Aspect::Order), (5, Aspect::Refresh)]
    );
}

#[test]
fn rule_19_missing_grants_are_never_taken_for_each_other() {
    // The refresh is gone, its number with it, and the pack is numbered as the refresh was. All of the allowance is held
    // in the instant in which the pack ends.
    let mut desk = Desk::small();
    desk.go_to("2026-04-01T00:00:00Z").buys("p", "fifty");
    desk.go_to("2026-04-20T23:50:00Z").does(&holding("h", "reply", 40, 60));
    desk.go_to("2026-04-21T00:10:00Z").sets("reply", None, Some(Some(1_000)));
    let terms = desk.meter.account().terms().clone();
    let mut altered = desk.ledger.clone();
    altered.remove(3);
    for (entry, seq) in altered.iter_mut().zip(1..) {
        entry.seq = seq;
    }
    let found = verify(terms, &altered);
    assert_eq!((found[0].seq, found[0].aspect), (4, Aspect::Refresh));
    assert!(found.len() < 6, "{found:?}");
}

#[test]
fn rule_19_a_capture_of_a_hold_that_was_altered_is_no_end() {
    let mut desk = Desk::small();
    desk.does(&holding("h", "sync", 1, 15));
    desk.does(&capture("h", None));
    desk.uses("a", "reply", 1);
    let terms = desk.meter.account().terms().clone();
    let mut altered = desk.ledger.clone();
    let EntryKind::Hold(hold) = &mut altered[2].kind else { panic!("{:?}", altered[2]) };
    // Two units cannot be paid for; what it reserves is still what one costs.
    hold.units = 2;
    let EntryKind::Usage(usage) = &mut altered[3].kind else { panic!("{:?}", altered[3]) };
    usage.units = 2;
    let found = verify(terms, &altered);
    assert_eq!((found[0].seq, found[0].aspect), (3, Aspect::Allowed), "{found:?}");
    assert!(found.iter().all(|one| one.seq < 5), "{found:?}");
}

#[test]
fn rule_19_a_number_beyond_all_numbers_is_no_end() {
    let mut desk = Desk::small();
    desk.uses("a", "reply", 1);
    desk.uses("b", "reply", 1);
    let terms = desk.meter.account().terms().clone();
    let mut altered = desk.ledger.clone();
    altered[2].seq = u64::MAX;
    let found = verify(terms, &altered);
    let named: Vec<_> = found.iter().map(|one| (one.seq, one.aspect)).collect();
    assert_eq!(named, [(u64::MAX, Aspect::Order)], "the entry after it is the next: {found:?}");
}

#[test]
fn rule_20_what_is_beyond_the_bounds_is_invalid_and_changes_nothing() {
    let mut desk = Desk::small();
    let before = desk.position();
    for units in [0, MAX_UNITS + 1, u32::MAX] {
        assert_eq!(desk.is_invalid(&usage("a", "reply", units)), "units");
        assert_eq!(desk.is_invalid(&holding("a", "reply", units, 15)), "units");
    }
    desk.is_refused(&usage("a", "reply", MAX_UNITS), Refusal::Exhausted);
    for minutes in [0, MAX_HOLD_MINUTES + 1] {
        assert_eq!(desk.is_invalid(&holding("a", "reply", 1, minutes)), "minutes");
    }
    let agreed = |allowance| Command::Subscribe { plan: "agreed".into(), allowance: Some(allowance) };
    assert_eq!(desk.is_invalid(&agreed(MAX_ALLOWANCE + 1)), "allowance");
    assert_eq!(desk.is_invalid(&agreed(u64::MAX)), "allowance");
    assert_eq!(desk.is_invalid(&controls(None, &[("reply", None, Some(Some(MAX_TOTAL + 1)))])), "cap");
    let credit = |pack: &str, credits, price, expires_after_days| {
        let (purchase, pack) = ("p".to_owned(), pack.to_owned());
        Command::Credit(PurchaseTerms { purchase, pack, credits, price, expires_after_days })
    };
    assert_eq!(desk.is_invalid(&credit("ten", MAX_ALLOWANCE + 1, 1, None)), "credits");
    assert_eq!(desk.is_invalid(&credit("ten", 1, MAX_PRICE + 1, None)), "price");
    for days in [0, MAX_PACK_DAYS + 1] {
        assert_eq!(desk.is_invalid(&credit("ten", 1, 1, Some(days))), "expires_after_days");
    }
    for id in [String::new(), "x".repeat(MAX_ID_LENGTH + 1)] {
        assert_eq!(desk.is_invalid(&usage(&id, "reply", 1)), "id");
        assert_eq!(desk.is_invalid(&buying(&id, "ten")), "purchase");
        assert_eq!(desk.is_invalid(&holding(&id, "reply", 1, 15)), "id");
        assert_eq!(desk.is_invalid(&credit(&id, 1, 1, None)), "pack");
        for (index, field) in ["member", "channel", "reference"].into_iter().enumerate() {
            let label = |own| (own == index).then(|| id.clone());
            let labels = Labels { member: label(0), channel: label(1), reference: label(2) };
            let Command::Use(request) = usage("a", "reply", 1) else { panic!("no usage") };
            assert_eq!(desk.is_invalid(&Command::Use(UsageRequest { labels, ..request })), field);
        }
    }
    assert_eq!(desk.is_invalid(&usage("hold:a", "reply", 1)), "id", "it names a captured hold");
    // The usage of its capture is `hold:` and this.
    assert_eq!(desk.is_invalid(&holding(&"x".repeat(MAX_ID_LENGTH - 4), "reply", 1, 15)), "id");
    assert_eq!(desk.position(), before);
    desk.does(&agreed(MAX_ALLOWANCE));
    desk.uses(&"x".repeat(MAX_ID_LENGTH), "reply", MAX_UNITS);
    desk.does(&holding(&"x".repeat(MAX_ID_LENGTH - 5), "reply", 1, MAX_HOLD_MINUTES));
    desk.sets("reply", None, Some(Some(MAX_TOTAL)));
    desk.does(&credit(&"x".repeat(MAX_ID_LENGTH), MAX_ALLOWANCE, MAX_PRICE, Some(MAX_PACK_DAYS)));
    // The bounds are the numbers of the rule; the largest rate is a catalogue's, and no command brings one.
    assert_eq!((MAX_UNITS, MAX_RATE, MAX_HOLD_MINUTES), (1_000_000, 1_000_000, 1_440));
    assert_eq!((MAX_ALLOWANCE, MAX_TOTAL), (1_000_000_000, 9_007_199_254_740_991));
}

#[test]
fn rule_20_no_period_begins_at_the_last_instant() {
    let rules = [RefreshRule::CalendarMonth, RefreshRule::BillingCycle];
    for (rule, command) in rules.map(|rule| [(rule, subscription("small")), (rule, Command::StartTrial)]).concat() {
        let decided = |at: Timestamp| {
            let meter = Meter::new(Terms::new(catalogue(rule), chrono_tz::UTC));
            meter.decide(&command, at).outcome
        };
        let is_month = (rule, &command) == (RefreshRule::CalendarMonth, &subscription("small"));
        match decided(Timestamp::MAX) {
            // The month began before it.
            Outcome::Recorded { .. } => assert!(is_month),
            Outcome::Invalid(invalid) => assert_eq!((is_month, invalid.field), (false, "at")),
            other => panic!("{other:?}"),
        }
        assert!(matches!(decided(Timestamp::MAX.plus_millis(-1)), Outcome::Recorded { .. }));
    }
}

/// A ledger that was altered: nobody records anything ahead of what is due. What is due then still comes one after the
/// other, and does not pile up until a position takes minutes.
#[test]
fn rule_20_refreshes_that_were_left_out_do_not_pile_up() {
    let mut desk = Desk::small();
    let late = at("9990-03-15T00:00:00Z");
    let mut entry = desk.meter.decide(controls(Some(true), &[]), desk.now).entries.remove(0);
    entry.recorded_at = late;
    desk.meter.apply(&entry).unwrap();
    desk.go_to("9990-03-15T00:00:00Z");
    let due = desk.meter.decide(controls(Some(false), &[]), desk.now).entries;
    let months = (9990 - 2026) * 12;
    assert_eq!(due.len(), 2 * months + 1, "an expiry and a grant for each month, and the change");
    for two in due[..2 * months].chunks(2) {
        assert!(matches!((&two[0].kind, &two[1].kind), (EntryKind::Expiry(_), EntryKind::Grant(_))), "{two:?}");
    }
    assert_eq!(desk.numbers(), [40, 40, 0, 0, 0]);
    assert_eq!(desk.meter.account().live_grants(desk.now).len(), 1);
    let last = desk.meter.account().position(Timestamp::MAX);
    assert_eq!(last.grants_made, u64::try_from(months).unwrap() + 1 + 9 * 12 + 9, "each month until the end of time");
}

#[test]
fn rule_20_all_that_is_ever_granted_stays_a_number_that_json_carries() {
    let mut desk = Desk::small();
    let credit = |number: u64, credits: Credits| {
        let (purchase, pack) = (format!("p{number}"), "giant".to_owned());
        Command::Credit(PurchaseTerms { purchase, pack, credits, price: 1, expires_after_days: None })
    };
    assert_eq!(desk.is_invalid(&credit(0, MAX_ALLOWANCE + 1)), "credits");
    let mut granted = desk.totals().granted;
    let mut number = 0;
    // Nine million packs of a billion would take their time: the books are brought near the bound by hand.
    let mut meter = desk.meter.clone();
    let grants = (MAX_TOTAL - granted) / MAX_ALLOWANCE;
    assert_eq!(grants, 9_007_199);
    while granted + MAX_ALLOWANCE <= MAX_TOTAL {
        let seq = meter.account().last_seq() + 1;
        let origin = GrantOrigin::Upgrade { plan: "small".into() };
        let (priority, effective_at, expires_at) = (10, desk.now, Some(at("2026-04-01T00:00:00Z")));
        let amount = (MAX_TOTAL - granted) / 2 + 1;
        let amount = amount.max(MAX_ALLOWANCE).min(MAX_TOTAL - granted - MAX_ALLOWANCE / 2);
        let grant = Grant { origin, amount, priority, effective_at, expires_at };
        meter.apply(&Entry { seq, recorded_at: desk.now, kind: EntryKind::Grant(grant) }).unwrap();
        granted += amount;
        number += 1;
        assert!(number < 100);
    }
    desk.meter = meter;
    let left = MAX_TOTAL - granted;
    assert_eq!(desk.is_invalid(&credit(1, left + 1)), "credits");
    assert_eq!(desk.is_invalid(&Command::Subscribe { plan: "agreed".into(), allowance: Some(left + 41) }), "credits");
    desk.does(&credit(2, left));
    assert_eq!(desk.totals().granted, MAX_TOTAL);
    // A refresh brings what still fits: nothing. Rolling forward never fails.
    desk.go_to("2026-04-01T00:00:00Z");
    assert_eq!((desk.totals().granted, desk.position().allowance), (MAX_TOTAL, 0));
}

#[test]
fn rule_20_all_that_is_ever_spent_stays_a_number_that_json_carries() {
    let mut desk = Desk::small();
    // Credits that are given back may be spent again. So many come, are spent and given back by hand.
    let amount = MAX_TOTAL - 40;
    let (priority, effective_at, expires_at) = (10, desk.now, Some(at("2026-04-01T00:00:00Z")));
    let grant =
        Grant { origin: GrantOrigin::Upgrade { plan: "small".into() }, amount, priority, effective_at, expires_at };
    let allocations = vec![Allocation { grant: 3, amount }];
    let (source, id, feature) = ("desk".to_owned(), "a".to_owned(), "reply".to_owned());
    let (occurred_at, labels, hold) = (None, Labels::default(), None);
    let amendment = Amendment { source, id, feature, usage: 4, amount, allocations };
    let Amendment { source, id, feature, allocations, .. } = amendment.clone();
    let (units, rate, cost, revision) = (1, 1, amount, 1);
    let spent = Usage { source, id, feature, units, rate, cost, revision, occurred_at, labels, hold, allocations };
    for kind in [EntryKind::Grant(grant), EntryKind::Usage(spent), EntryKind::Amendment(amendment)] {
        let seq = desk.meter.account().last_seq() + 1;
        desk.meter.apply(&Entry { seq, recorded_at: desk.now, kind }).unwrap();
    }
    assert_eq!((desk.position().available, MAX_TOTAL - desk.totals().spent), (MAX_TOTAL, 40));
    assert_eq!(desk.is_invalid(&usage("b", "reply", 41)), "units");
    // What work under way holds will be spent, too.
    desk.does(&holding("h", "reply", 10, 15));
    assert_eq!(desk.is_invalid(&usage("b", "reply", 31)), "units");
    desk.uses("b", "reply", 30);
    assert_eq!(desk.is_invalid(&usage("c", "reply", 1)), "units");
    desk.does(&capture("h", None));
    assert_eq!(desk.totals().spent, MAX_TOTAL);
}
