//! Rules 1, 2, 3 and 15.

use metering::PurchaseTerms;

use super::*;

#[test]
fn rule_1_time_is_an_argument() {
    let desk = Desk::small();
    let command = usage("a", "reply", 1);
    let now = at("2026-03-05T09:00:00.0019Z");
    assert_eq!(now, at("2026-03-05T09:00:00.001Z"), "what is finer than a millisecond is dropped");
    // Whatever the clock on the wall says: the same question has the same answer.
    assert_eq!(desk.meter.decide(&command, now), desk.meter.decide(&command, now));
    assert_eq!(desk.meter.decide(&command, now).entries[0].recorded_at, now);
    assert_ne!(desk.meter.decide(&command, now), desk.meter.decide(&command, now.plus_millis(1)));
}

#[test]
fn rule_1_instants_are_in_utc_and_a_time_zone_only_says_where_midnight_is() {
    assert_eq!(at("2026-03-05T10:00:00+01:00"), at("2026-03-05T09:00:00Z"));
    let zones = [Tz::UTC, Tz::Pacific__Kiritimati, Tz::America__New_York];
    let ledger = |zone, of_plan: bool| {
        let mut desk = Desk::new(RefreshRule::CalendarMonth, zone, "2026-03-10T09:00:00Z");
        desk.does(&Command::StartTrial);
        desk.buys("p", "fifty");
        desk.does(&holding("h", "reply", 1, 15));
        if of_plan {
            desk.go_to("2026-03-20T12:00:00Z").subscribe("small");
        }
        desk.go_to("2026-04-20T12:00:00Z");
        desk.does(&controls(Some(true), &[]));
        desk.ledger
    };
    let [utc, east, west] = zones.map(|zone| ledger(zone, false));
    assert_eq!((&east, &west), (&utc, &utc), "a trial, packs and holds know no midnight");
    let [utc, east, west] = zones.map(|zone| {
        let at_midnight = |entry: &&Entry| matches!(entry.kind, EntryKind::Grant(_));
        ledger(zone, true).iter().rfind(at_midnight).unwrap().recorded_at
    });
    let [april_1, in_the_east, in_the_west] =
        ["2026-04-01T00:00:00Z", "2026-03-31T10:00:00Z", "2026-04-01T04:00:00Z"].map(at);
    assert_eq!([utc, east, west], [april_1, in_the_east, in_the_west]);
}

#[test]
fn rule_2_a_billing_cycle_keeps_its_anchor_and_a_period_has_no_end_of_its_own() {
    let mut desk = Desk::new(RefreshRule::BillingCycle, Tz::UTC, "2026-01-31T10:00:00Z");
    desk.subscribe("small");
    let period = |desk: &Desk, now: &str| {
        let period = desk.meter.account().position(at(now)).period.unwrap();
        (period.start.to_string(), period.end.to_string())
    };
    let is = |start: &str, end: &str| (start.to_owned(), end.to_owned());
    assert_eq!(period(&desk, "2026-02-28T09:59:59.999Z"), is("2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z"));
    assert_eq!(period(&desk, "2026-02-28T10:00:00Z"), is("2026-02-28T10:00:00Z", "2026-03-31T10:00:00Z"));
    assert_eq!(period(&desk, "2026-03-31T10:00:00Z"), is("2026-03-31T10:00:00Z", "2026-04-30T10:00:00Z"));
}

#[test]
fn rule_2_a_month_begins_at_local_midnight_and_a_skipped_time_after_the_gap() {
    let mut berlin = Desk::new(RefreshRule::CalendarMonth, Tz::Europe__Berlin, "2026-03-15T12:00:00Z");
    berlin.subscribe("small");
    let period = berlin.position().period.unwrap();
    assert_eq!((period.start, period.end), (at("2026-02-28T23:00:00Z"), at("2026-03-31T22:00:00Z")));

    // New York skips 02:30 on 8 March 2026.
    let mut york = Desk::new(RefreshRule::BillingCycle, Tz::America__New_York, "2026-02-08T07:30:00Z");
    york.subscribe("small");
    assert_eq!(york.position().period.unwrap().end, at("2026-03-08T07:00:00Z"));
    york.go_to("2026-03-20T00:00:00Z");
    assert_eq!(york.position().period.unwrap().end, at("2026-04-08T06:30:00Z"), "and then it is 02:30 again");
}

#[test]
fn rule_2_a_plan_that_begins_in_the_second_of_two_equal_hours_counts_from_the_first() {
    // Berlin has 02:30 twice on 25 October 2026.
    for began in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"] {
        let mut desk = Desk::new(RefreshRule::BillingCycle, Tz::Europe__Berlin, began);
        desk.subscribe("small");
        let period = desk.position().period.unwrap();
        assert_eq!((period.start, period.end), (at("2026-10-25T00:30:00Z"), at("2026-11-25T01:30:00Z")), "{began}");
    }
}

#[test]
fn rule_3_what_fell_due_is_written_in_order_each_at_its_own_instant() {
    let mut desk = Desk::small();
    desk.uses("a", "reply", 7);
    desk.go_to("2026-05-10T12:00:00Z");
    assert_eq!(desk.numbers(), [40, 40, 0, 0, 0], "a read shows the refreshed position …");
    assert_eq!(desk.meter.account().last_seq(), 3, "… and writes nothing");

    let (_, entries) = desk.run(&usage("b", "reply", 1));
    let day = |day: &str| format!("2026-{day}T00:00:00Z");
    assert_eq!(
        entries.iter().map(told).collect::<Vec<_>>(),
        [
            ("expiry", day("04-01"), 33),
            ("grant", day("04-01"), 40),
            ("expiry", day("05-01"), 40),
            ("grant", day("05-01"), 40),
            ("usage", "2026-05-10T12:00:00Z".to_owned(), 1),
        ]
    );
    assert_eq!(desk.run(&usage("c", "reply", 1)).1.len(), 1, "no boundary comes twice");
}

#[test]
fn rule_3_at_one_instant_what_falls_due_comes_in_a_fixed_order() {
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.does(&Command::Subscribe { plan: "agreed".into(), allowance: Some(40) });
    // Two packs that end on 1 April at midnight, with the allowance, and a hold that is up then.
    desk.go_to("2026-03-12T00:00:00Z");
    let (first, second) = (desk.buys("p", "fifty").seq, desk.buys("q", "fifty").seq);
    desk.does(&Command::Cancel);
    desk.go_to("2026-03-31T23:45:00Z").does(&holding("h", "reply", 3, 15));
    let (outcome, entries) = desk.go_to("2026-04-01T00:00:00Z").run(&Command::StartTrial);
    assert_eq!((outcome, entries), (Outcome::Refused(Refusal::TrialUnavailable), Vec::new()));
    desk.subscribe("small");
    assert_eq!(
        due(&desk.ledger[6..]),
        [
            "release".to_owned(),
            "expiry of 2".to_owned(),
            format!("expiry of {first}"),
            format!("expiry of {second}"),
            "plan_change".to_owned(),
            "plan_change".to_owned(),
            "grant".to_owned(),
        ]
    );
}

#[test]
fn rule_3_a_trial_ends_after_what_expires_in_the_same_instant() {
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.does(&Command::StartTrial);
    // A pack that was agreed to last as long as the trial, and a hold that is up then.
    let (purchase, pack, expires_after_days) = ("p".to_owned(), "ten".to_owned(), Some(14));
    desk.does(&Command::Credit(PurchaseTerms { purchase, pack, credits: 10, price: 500, expires_after_days }));
    desk.go_to("2026-03-14T23:45:00Z").does(&holding("h", "reply", 3, 15));
    desk.go_to("2026-04-01T00:00:00Z").subscribe("small");
    assert!(desk.ledger[3..7].iter().all(|entry| entry.recorded_at == at("2026-03-15T00:00:00Z")));
    assert_eq!(
        due(&desk.ledger[3..]),
        ["release", "expiry of 1", "expiry of 2", "plan_change", "plan_change", "grant"]
    );
}

/// What entries are, with the grant of which something expires.
fn due(entries: &[Entry]) -> Vec<String> {
    let told = |entry: &Entry| match &entry.kind {
        EntryKind::Expiry(expiry) => format!("expiry of {}", expiry.grant),
        other => other.name().to_owned(),
    };
    entries.iter().map(told).collect()
}

#[test]
fn rule_3_what_is_not_recorded_writes_nothing_that_was_due_either() {
    let mut desk = Desk::small();
    let seq = desk.uses("a", "reply", 1).seq;
    desk.go_to("2026-05-10T12:00:00Z").is_refused(&usage("b", "absent", 1), Refusal::UnknownFeature);
    assert_eq!(desk.is_invalid(&usage("b", "reply", 0)), "units");
    assert_eq!(desk.run(&usage("a", "reply", 1)), (Outcome::Duplicate { seq }, Vec::new()));
    assert_eq!(desk.run(&usage("a", "reply", 2)), (Outcome::Conflict { seq }, Vec::new()));
    assert_eq!(desk.run(&subscription("small")), (Outcome::Unchanged, Vec::new()));
    assert_eq!(desk.meter.account().last_seq(), 3);
}

#[test]
fn rule_15_work_is_reported_a_little_early_or_some_weeks_late() {
    let mut desk = Desk::small();
    desk.go_to("2026-04-20T12:00:00Z");
    let report = |id: &str, occurred_at: &str| {
        let (source, id, feature) = ("desk".to_owned(), id.to_owned(), "reply".to_owned());
        let occurred_at = Some(at(occurred_at));
        Command::Use(UsageRequest { source, id, feature, units: 1, occurred_at, ..UsageRequest::default() })
    };
    assert_eq!(desk.is_invalid(&report("a", "2026-04-20T12:05:00.001Z")), "occurred_at");
    assert_eq!(desk.is_invalid(&report("a", "2026-03-16T11:59:59.999Z")), "occurred_at");
    for (id, instant) in [("b", "2026-04-20T12:05:00Z"), ("c", "2026-03-16T12:00:00Z")] {
        let entry = desk.does(&report(id, instant));
        assert_eq!(entry.recorded_at, desk.now, "it is charged when it is recorded …");
        let EntryKind::Usage(usage) = entry.kind else { panic!("{entry:?}") };
        assert_eq!(usage.done_at(entry.recorded_at), at(instant), "… and was done when it was done");
    }
    assert_eq!(desk.position().used, 2, "in this period, although one was done in the last");
}

#[test]
fn rule_15_a_clock_that_is_behind_counts_as_the_last_entry() {
    let mut desk = Desk::small();
    desk.go_to("2026-03-10T12:00:00Z").uses("a", "reply", 1);
    let entry = desk.go_to("2026-03-10T11:00:00Z").uses("b", "reply", 1);
    assert_eq!(entry.recorded_at, at("2026-03-10T12:00:00Z"));
    assert_eq!(desk.position().at, at("2026-03-10T12:00:00Z"));
}
