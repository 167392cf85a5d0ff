//! Rules 4, 5, 6, 12, 13 and 16.

use metering::{HOLD_MINUTES, LiveHold, MAX_HOLD_MINUTES, State};

use super::*;

#[test]
fn rule_4_work_is_recorded_in_full_or_refused_with_a_reason() {
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.is_refused(&usage("a", "reply", 1), Refusal::NoPlan);
    desk.subscribe("solo");
    desk.is_refused(&usage("a", "reply", 1), Refusal::PlanExcludesAi);

    let mut desk = Desk::small();
    desk.is_refused(&usage("a", "absent", 1), Refusal::UnknownFeature);
    desk.is_refused(&usage("a", "auto", 1), Refusal::AutomationOff);
    desk.sets("reply", Some(false), None);
    desk.is_refused(&usage("a", "reply", 1), Refusal::FeatureOff);
    desk.sets("reply", Some(true), Some(Some(4)));
    desk.is_refused(&usage("a", "reply", 5), Refusal::CapReached);
    desk.is_refused(&usage("a", "sync", 2), Refusal::Exhausted);
    assert_eq!(desk.numbers(), [40, 40, 0, 0, 0], "nothing of it was recorded");
    // What is refused is not remembered: the same id may be tried again, with anything.
    assert_eq!(told(&desk.uses("a", "reply", 4)).2, 4);
}

#[test]
fn rule_4_a_usage_costs_its_rate_times_its_units() {
    let mut desk = Desk::small();
    desk.does(&controls(Some(true), &[]));
    assert_eq!(told(&desk.uses("a", "sync", 1)).2, 25);
    assert_eq!(told(&desk.uses("b", "auto", 3)).2, 6);
    assert_eq!(told(&desk.uses("c", "reply", 3)).2, 3);
    assert_eq!(desk.numbers(), [6, 6, 0, 0, 34]);
}

#[test]
fn rule_4_exactly_the_balance_may_be_spent() {
    let mut desk = Desk::small();
    desk.is_refused(&usage("a", "reply", 41), Refusal::Exhausted);
    desk.uses("a", "reply", 40);
    assert_eq!(desk.numbers(), [0, 0, 0, 0, 40]);
}

#[test]
fn rule_4_an_unmetered_action_costs_nothing_and_is_not_recorded() {
    let mut catalogue = Catalogue::clone(&catalogue(RefreshRule::CalendarMonth));
    let call = metering::Unmetered { id: "call".into(), name: "Call".into(), reason: "the carrier bills it".into() };
    catalogue.unmetered.push(call);
    let mut desk = Desk::under(Arc::new(catalogue), Tz::UTC, "2026-03-01T00:00:00Z");
    // Even without a plan.
    assert_eq!(desk.run(&usage("a", "call", 1)), (Outcome::Unchanged, Vec::new()));
    assert_eq!(desk.is_invalid(&usage("a", "call", 0)), "units", "but its report has to be one");
    // And while AI is paused.
    desk.subscribe("small");
    desk.uses("b", "reply", 40);
    assert_eq!(desk.position().state, State::Paused);
    assert_eq!(desk.run(&usage("a", "call", 1)), (Outcome::Unchanged, Vec::new()));
}

#[test]
fn rule_5_allowance_pays_before_packs_what_expires_first_before_what_is_older() {
    let mut desk = Desk::small();
    let allowance = 2;
    let never = desk.buys("p1", "ten").seq;
    let later = desk.go_to("2026-03-02T00:00:00Z").buys("p2", "fifty").seq;
    let oldest_of_two = desk.go_to("2026-03-03T00:00:00Z").buys("p3", "ten").seq;
    assert!(never < later && later < oldest_of_two);
    let entry = desk.uses("a", "reply", 40 + 50 + 10 + 3);
    assert_eq!(paid(&entry), [(allowance, 40), (later, 50), (never, 10), (oldest_of_two, 3)]);
    assert_eq!(desk.numbers(), [7, 0, 7, 0, 103]);
}

#[test]
fn rule_5_of_grants_that_came_in_one_instant_the_first_in_the_ledger_pays_first() {
    let mut desk = Desk::small();
    // The upgrade came with the allowance, and ends with it.
    let upgrade = desk.subscribe("large").seq + 1;
    let (first, second) = (desk.buys("p2", "ten").seq, desk.buys("p1", "ten").seq);
    let entry = desk.uses("a", "reply", 40 + 50 + 10 + 1);
    assert_eq!(paid(&entry), [(2, 40), (upgrade, 50), (first, 10), (second, 1)]);
}

#[test]
fn rule_5_a_grant_that_work_holds_whole_pays_nothing_and_is_not_named() {
    let mut desk = Desk::small();
    let pack = desk.buys("p", "ten").seq;
    assert_eq!(paid(&desk.does(&holding("h", "reply", 40, 15))), [(2, 40)]);
    assert_eq!(paid(&desk.uses("a", "reply", 3)), [(pack, 3)]);
    assert_eq!(paid(&desk.does(&holding("i", "reply", 2, 15))), [(pack, 2)]);
    desk.does(&release("h"));
    assert_eq!(paid(&desk.uses("b", "reply", 41)), [(2, 40), (pack, 1)]);
}

#[test]
fn rule_6_a_workspace_is_paused_when_nothing_that_is_on_can_be_afforded() {
    let mut desk = Desk::small();
    desk.uses("a", "reply", 16);
    assert_eq!((desk.refusal_of("sync"), desk.refusal_of("reply")), (Some(Refusal::Exhausted), None));
    assert_eq!(desk.position().state, State::Active, "replies still run");
    desk.sets("reply", Some(false), None);
    assert_eq!(desk.position().state, State::Paused, "only a sync is on, and 24 do not pay for it");
    desk.sets("sync", Some(false), None);
    assert_eq!(desk.position().state, State::Active, "with every feature turned off nothing is paused");
    desk.sets("reply", Some(true), Some(Some(0)));
    assert_eq!(desk.position().state, State::Active, "a cap does not make a pause");
    desk.sets("reply", None, Some(None));
    desk.uses("b", "reply", 24);
    assert_eq!(desk.position().state, State::Paused);
    desk.buys("p", "ten");
    assert_eq!(desk.position().state, State::Active, "until a pack is there …");
    desk.uses("c", "reply", 10);
    assert_eq!(desk.position().state, State::Paused);
    desk.go_to("2026-04-01T00:00:00Z");
    assert_eq!(desk.position().state, State::Active, "… or the refresh");
}

#[test]
fn rule_12_failed_work_costs_nothing_once() {
    let mut desk = Desk::small();
    desk.buys("p", "ten");
    desk.uses("a", "reply", 45);
    assert_eq!(desk.numbers(), [5, 0, 5, 0, 45]);
    desk.does(&amend("x", "a"));
    assert_eq!(desk.numbers(), [50, 40, 10, 0, 0], "back to the grants that paid");
    assert!(matches!(desk.run(&amend("y", "a")).0, Outcome::Conflict { .. }), "once per usage");
    assert!(matches!(desk.run(&amend("x", "a")).0, Outcome::Duplicate { .. }));
    assert_eq!(desk.is_invalid(&amend("z", "absent")), "usage");
}

#[test]
fn rule_12_what_returns_to_an_ended_grant_expires_in_the_same_instant() {
    let mut desk = Desk::small();
    desk.uses("a", "reply", 5);
    desk.go_to("2026-04-03T09:00:00Z").uses("b", "reply", 1);
    let (_, entries) = desk.run(&amend("x", "a"));
    let now = "2026-04-03T09:00:00Z".to_owned();
    assert_eq!(entries.iter().map(told).collect::<Vec<_>>(), [("amendment", now.clone(), 5), ("expiry", now, 5)]);
    assert_eq!(desk.numbers(), [39, 39, 0, 0, 1], "what April used stays used: March's work was amended");
}

#[test]
fn rule_13_a_hold_reserves_a_capture_takes_less_and_frees_the_rest() {
    let mut desk = Desk::small();
    desk.buys("p", "ten");
    assert_eq!(paid(&desk.does(&holding("h", "reply", 45, 15))), [(2, 40), (3, 5)]);
    assert_eq!(desk.numbers(), [5, 0, 5, 45, 0]);
    desk.is_refused(&usage("a", "reply", 6), Refusal::Exhausted);
    assert_eq!(desk.is_invalid(&capture("h", Some(46))), "units");
    let entry = desk.does(&capture("h", Some(2)));
    assert_eq!(paid(&entry), [(2, 2)], "the first of what was reserved");
    assert_eq!(desk.numbers(), [48, 38, 10, 0, 2]);
    assert!(matches!(desk.run(&capture("h", Some(2))).0, Outcome::Duplicate { seq } if seq == entry.seq));
    assert!(matches!(desk.run(&capture("h", Some(3))).0, Outcome::Conflict { seq } if seq == entry.seq));
    assert_eq!(desk.is_invalid(&capture("absent", None)), "hold");
}

#[test]
fn rule_13_a_hold_is_freed_by_release_and_by_its_time() {
    let mut desk = Desk::small();
    desk.does(&holding("h", "reply", 40, 15));
    desk.does(&release("h"));
    assert_eq!(desk.numbers(), [40, 40, 0, 0, 0]);
    assert_eq!(desk.run(&release("h")), (Outcome::Unchanged, Vec::new()), "it has ended");
    desk.is_refused(&capture("h", None), Refusal::HoldEnded);

    desk.does(&holding("i", "reply", 40, 15));
    desk.go_to("2026-03-01T00:14:59.999Z");
    let lives = |desk: &Desk| {
        desk.meter.account().live_holds(desk.now).iter().map(|one: &LiveHold| one.until).collect::<Vec<_>>()
    };
    assert_eq!(lives(&desk), [at("2026-03-01T00:15:00Z")]);
    desk.go_to("2026-03-01T00:15:00Z");
    assert_eq!((desk.numbers(), lives(&desk)), ([40, 40, 0, 0, 0], Vec::new()));
    desk.is_refused(&capture("i", None), Refusal::HoldEnded);
    // The work is then reported as a plain usage.
    desk.uses("i", "reply", 40);
    assert_eq!(desk.is_invalid(&holding("j", "reply", 1, MAX_HOLD_MINUTES + 1)), "minutes");

    let mut desk = Desk::small();
    assert_eq!((HOLD_MINUTES, MAX_HOLD_MINUTES), (15, 24 * 60));
    desk.does(&holding("h", "reply", 1, MAX_HOLD_MINUTES));
    assert_eq!(lives(&desk), [at("2026-03-02T00:00:00Z")]);
}

#[test]
fn rule_13_reserved_credits_do_not_expire_and_a_capture_counts_in_its_own_period() {
    let mut desk = Desk::small();
    desk.go_to("2026-03-31T23:55:00Z").does(&holding("h", "reply", 30, 15));
    desk.go_to("2026-04-01T00:05:00Z");
    assert_eq!(desk.numbers(), [40, 40, 0, 30, 0], "10 of March expired, 30 are held");
    // Work under way may finish: neither controls nor plan are asked again.
    desk.sets("reply", Some(false), None);
    let (_, entries) = desk.run(&capture("h", Some(20)));
    let now = "2026-04-01T00:05:00Z".to_owned();
    assert_eq!(entries.iter().map(told).collect::<Vec<_>>(), [("usage", now.clone(), 20), ("expiry", now, 10)]);
    assert_eq!(desk.numbers(), [40, 40, 0, 0, 20], "paid by March, used in April");
}

#[test]
fn rule_13_a_capture_asks_neither_controls_nor_plan() {
    let mut desk = Desk::small();
    desk.does(&controls(Some(true), &[]));
    desk.does(&holding("h", "auto", 5, 15));
    desk.does(&controls(Some(false), &[("auto", Some(false), Some(Some(0)))]));
    assert_eq!(paid(&desk.does(&capture("h", Some(3)))), [(2, 6)]);

    for (change, refusal) in [(Command::Cancel, Refusal::NoPlan), (subscription("solo"), Refusal::PlanExcludesAi)] {
        let mut desk = Desk::small();
        desk.does(&change);
        desk.go_to("2026-03-31T23:55:00Z").does(&holding("h", "reply", 5, 15));
        desk.go_to("2026-04-01T00:05:00Z").is_refused(&usage("a", "reply", 1), refusal);
        assert_eq!(paid(&desk.does(&capture("h", Some(4)))), [(2, 4)], "{change:?}");
        assert_eq!((desk.totals().spent, desk.totals().expired), (4, 36), "{change:?}");
    }
}

#[test]
fn rule_13_what_a_hold_reserves_counts_against_the_cap() {
    let mut desk = Desk::small();
    desk.sets("reply", None, Some(Some(10)));
    desk.does(&holding("other", "sync", 1, 15));
    desk.does(&holding("h", "reply", 6, 15));
    desk.is_refused(&usage("a", "reply", 5), Refusal::CapReached);
    desk.is_refused(&holding("i", "reply", 5, 15), Refusal::CapReached);
    desk.uses("a", "reply", 4);
    desk.is_refused(&usage("b", "reply", 1), Refusal::CapReached);
    desk.does(&capture("h", Some(2)));
    desk.uses("b", "reply", 4);
    desk.is_refused(&usage("c", "reply", 1), Refusal::CapReached);
}

#[test]
fn rule_16_controls_are_in_the_ledger_and_only_what_changes_is() {
    let mut desk = Desk::small();
    let entry = desk.does(&controls(Some(true), &[("reply", None, Some(Some(9)))]));
    let EntryKind::ControlsChange(change) = entry.kind else { panic!("{entry:?}") };
    assert_eq!((change.automation, change.features.len()), (Some(true), 1));
    desk.uses("a", "auto", 1);
    assert_eq!(desk.run(&controls(Some(true), &[("reply", Some(true), Some(Some(9)))])).0, Outcome::Unchanged);
    // The rest of a change counts, if a part of it changes nothing.
    let entry = desk.does(&controls(Some(true), &[("reply", Some(false), None)]));
    let EntryKind::ControlsChange(change) = entry.kind else { panic!("{entry:?}") };
    assert_eq!(change.automation, None);
    let [(id, control)] = change.features.as_slice() else { panic!("{change:?}") };
    assert_eq!((id.as_str(), control.on, control.cap), ("reply", false, Some(9)));
    assert_eq!(desk.is_invalid(&controls(None, &[("absent", Some(true), None)])), "features");
    assert_eq!(desk.is_invalid(&controls(None, &[("reply", None, None), ("reply", None, None)])), "features");
}

#[test]
fn rule_16_a_cap_counts_what_one_feature_uses_in_one_period() {
    let mut desk = Desk::small();
    desk.sets("reply", None, Some(Some(5)));
    desk.uses("a", "sync", 1);
    desk.uses("b", "reply", 5);
    desk.is_refused(&usage("c", "reply", 1), Refusal::CapReached);
    desk.does(&amend("x", "b"));
    desk.uses("c", "reply", 5);
    desk.is_refused(&usage("d", "reply", 1), Refusal::CapReached);
    desk.go_to("2026-04-01T00:00:00Z").uses("d", "reply", 5);
}
