//! Rules 7, 8 and 9.

use metering::{Access, Allowance, PlanTerms, State};

use super::*;

#[test]
fn rule_7_a_trial_lasts_14_days_of_24_hours_and_its_rest_expires() {
    // The clocks go forward in between: days of 24 hours, not local ones.
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::Europe__Berlin, "2026-03-20T09:00:00Z");
    desk.does(&Command::StartTrial);
    assert_eq!((desk.numbers(), desk.position().state), ([20, 20, 0, 0, 0], State::Trial));
    desk.uses("a", "reply", 20);
    assert_eq!(desk.position().state, State::Paused, "a trial can be paused, too");
    desk.does(&amend("x", "a"));
    desk.go_to("2026-04-03T08:59:59.999Z");
    assert_eq!(desk.position().state, State::Trial);
    desk.go_to("2026-04-03T09:00:00Z");
    assert_eq!((desk.numbers(), desk.position().state), ([0; 5], State::NoPlan));
    assert_eq!(desk.totals().expired, 20);
    desk.is_refused(&usage("b", "reply", 1), Refusal::NoPlan);
}

#[test]
fn rule_7_what_a_trial_used_is_not_counted_in_the_plans_first_period() {
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-10T09:00:00Z");
    desk.does(&Command::StartTrial);
    desk.uses("a", "reply", 5);
    desk.go_to("2026-03-12T09:00:00Z").subscribe("small");
    let position = desk.position();
    assert_eq!((position.period.unwrap().start, position.used), (at("2026-03-01T00:00:00Z"), 0));
}

#[test]
fn rule_7_subscribing_ends_the_trial_and_there_is_one_trial_and_none_after_a_plan() {
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-10T09:00:00Z");
    desk.does(&Command::StartTrial);
    desk.uses("a", "reply", 5);
    let (_, entries) = desk.go_to("2026-03-12T09:00:00Z").run(&subscription("small"));
    let now = "2026-03-12T09:00:00Z".to_owned();
    assert_eq!(
        entries.iter().map(told).collect::<Vec<_>>(),
        [("expiry", now.clone(), 15), ("plan_change", now.clone(), 0), ("grant", now, 40)]
    );
    assert_eq!(desk.numbers(), [40, 40, 0, 0, 0], "a new period");
    // What comes back to the trial later finds it ended.
    desk.does(&amend("x", "a"));
    assert_eq!(desk.numbers(), [40, 40, 0, 0, 0]);
    desk.is_refused(&Command::StartTrial, Refusal::TrialUnavailable);

    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-10T09:00:00Z");
    desk.does(&Command::StartTrial);
    desk.is_refused(&Command::StartTrial, Refusal::TrialUnavailable);
    desk.go_to("2026-05-10T09:00:00Z").is_refused(&Command::StartTrial, Refusal::TrialUnavailable);
}

#[test]
fn rule_7_after_a_plan_there_is_no_trial_even_if_there_never_was_one() {
    let mut desk = Desk::small();
    desk.is_refused(&Command::StartTrial, Refusal::TrialUnavailable);
    desk.does(&Command::Cancel);
    desk.go_to("2026-05-10T09:00:00Z");
    assert_eq!(desk.position().state, State::NoPlan);
    desk.is_refused(&Command::StartTrial, Refusal::TrialUnavailable);
    // A plan without AI is a plan.
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.subscribe("solo");
    desk.is_refused(&Command::StartTrial, Refusal::TrialUnavailable);
}

#[test]
fn rule_7_of_a_trial_that_work_holds_whole_nothing_expires() {
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-10T09:00:00Z");
    desk.does(&Command::StartTrial);
    desk.does(&holding("h", "reply", 20, 15));
    let (_, entries) = desk.run(&subscription("small"));
    assert_eq!(entries.iter().map(|entry| entry.kind.name()).collect::<Vec<_>>(), ["plan_change", "grant"]);
}

#[test]
fn rule_8_an_upgrade_counts_at_once_and_what_was_used_stays_used() {
    let mut desk = Desk::small();
    desk.uses("a", "reply", 30);
    desk.go_to("2026-03-15T00:00:00Z").subscribe("large");
    assert_eq!(desk.numbers(), [60, 60, 0, 0, 30], "the difference of 50 comes, not prorated");
    desk.go_to("2026-04-01T00:00:00Z");
    assert_eq!(desk.numbers(), [90, 90, 0, 0, 0]);
}

#[test]
fn rule_8_a_downgrade_waits_for_the_refresh_and_can_be_taken_back() {
    let mut desk = Desk::small();
    desk.subscribe("large");
    desk.subscribe("small");
    let pending = |desk: &Desk| desk.meter.account().pending_plan(desk.now).map(|to| to.map(|to: PlanTerms| to.plan));
    assert_eq!((desk.numbers()[0], pending(&desk)), (90, Some(Some("small".into()))));
    assert_eq!(desk.run(&subscription("small")), (Outcome::Unchanged, Vec::new()), "it is pending already");
    desk.subscribe("large");
    assert_eq!(pending(&desk), None, "taken back");
    assert_eq!(desk.run(&subscription("large")), (Outcome::Unchanged, Vec::new()));
    desk.does(&Command::Cancel);
    assert_eq!(desk.run(&Command::Cancel), (Outcome::Unchanged, Vec::new()));
    desk.subscribe("small");
    assert_eq!(pending(&desk), Some(Some("small".into())), "another change replaces what is pending");
    desk.go_to("2026-04-01T00:00:00Z");
    assert_eq!((desk.numbers()[0], pending(&desk)), (40, None));

    // A cancellation is taken back in the same way, and an upgrade replaces it, too.
    for (plan, allowance) in [("small", 40), ("large", 90)] {
        desk.does(&Command::Cancel);
        desk.subscribe(plan);
        assert_eq!(pending(&desk), None);
        let end = desk.position().period.unwrap().end.to_string();
        assert_eq!((desk.go_to(&end).numbers()[0], desk.position().state), (allowance, State::Active));
    }
}

#[test]
fn rule_8_a_cancellation_counts_at_the_next_refresh() {
    let mut desk = Desk::small();
    desk.does(&Command::Cancel);
    desk.go_to("2026-03-31T23:59:59.999Z");
    assert_eq!(desk.position().state, State::Active);
    desk.go_to("2026-04-01T00:00:00Z");
    assert_eq!((desk.position().state, desk.meter.account().access(desk.now)), (State::NoPlan, Access::None));
    desk.is_refused(&Command::Cancel, Refusal::NoPlan);
}

#[test]
fn rule_8_the_allowance_decides_what_an_upgrade_is() {
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.subscribe("solo");
    assert_eq!(desk.meter.account().position(desk.now).allowance_size, 0, "a plan without AI has no allowance");
    // As much allowance, and AI newly in it: at once, and without a grant of nothing.
    let (_, entries) = desk.run(&Command::Subscribe { plan: "agreed".into(), allowance: Some(0) });
    assert_eq!(entries.iter().map(|entry| entry.kind.name()).collect::<Vec<_>>(), ["plan_change"]);
    assert_eq!(desk.position().state, State::Paused);
    desk.does(&Command::Subscribe { plan: "agreed".into(), allowance: Some(40) });
    assert_eq!(desk.numbers()[0], 40);
    // As much allowance on another plan: no upgrade, so that it waits.
    let entry = desk.subscribe("small");
    let EntryKind::PlanChange(change) = entry.kind else { panic!("{entry:?}") };
    assert_eq!(change.cause, metering::PlanChangeCause::Scheduled);
    assert_eq!(desk.is_invalid(&Command::Subscribe { plan: "agreed".into(), allowance: None }), "allowance");
    assert_eq!(desk.is_invalid(&subscription("absent")), "plan");
}

#[test]
fn rule_8_a_plan_without_ai_has_no_allowance_whatever_its_catalogue_says() {
    for (said, agreed) in [(Allowance::Credits(70), None), (Allowance::Custom, Some(70)), (Allowance::Custom, None)] {
        let mut catalogue = Catalogue::clone(&catalogue(RefreshRule::CalendarMonth));
        catalogue.plans[0].allowance = said;
        let mut desk = Desk::under(Arc::new(catalogue), Tz::UTC, "2026-03-01T00:00:00Z");
        desk.does(&Command::Subscribe { plan: "solo".into(), allowance: agreed });
        assert_eq!((desk.totals().granted, desk.position().allowance_size), (0, 0), "{agreed:?}");
    }
}

#[test]
fn rule_8_an_allowance_is_only_asked_of_a_plan_that_leaves_it_open() {
    for named in [None, Some(7), Some(u64::MAX)] {
        let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
        desk.does(&Command::Subscribe { plan: "small".into(), allowance: named });
        assert_eq!(desk.position().allowance_size, 40, "{named:?}");
        assert_eq!(desk.run(&Command::Subscribe { plan: "small".into(), allowance: Some(8) }).0, Outcome::Unchanged);
    }
}

#[test]
fn rule_8_a_first_month_has_its_whole_allowance_from_the_1st_on() {
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-20T15:00:00Z");
    desk.subscribe("small");
    let position = desk.position();
    assert_eq!((position.available, position.period.unwrap().start), (40, at("2026-03-01T00:00:00Z")));
}

#[test]
fn rule_9_without_ai_packs_are_frozen_not_lost_and_none_is_sold() {
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.is_refused(&usage("a", "reply", 1), Refusal::NoPlan);
    desk.is_refused(&buying("p", "ten"), Refusal::NoPlan);
    desk.is_refused(&Command::CheckOut { pack: "ten".into() }, Refusal::NoPlan);
    desk.subscribe("small");
    desk.buys("p", "ten");
    desk.buys("q", "fifty");
    desk.does(&subscription("solo"));
    desk.go_to("2026-04-01T00:00:00Z");
    assert_eq!((desk.numbers(), desk.position().state), ([0, 0, 10, 0, 0], State::PlanExcludesAi));
    assert_eq!(desk.totals().expired, 90, "an expiry date still runs: fifty were gone on 21 March, March's 40 with it");
    desk.is_refused(&usage("a", "reply", 1), Refusal::PlanExcludesAi);
    desk.is_refused(&buying("r", "ten"), Refusal::PlanExcludesAi);
    desk.subscribe("small");
    assert_eq!(desk.numbers(), [50, 40, 10, 0, 0], "there again");
    // And so it is without a plan.
    desk.does(&Command::Cancel);
    desk.go_to("2026-05-01T00:00:00Z");
    assert_eq!((desk.numbers(), desk.position().state), ([0, 0, 10, 0, 0], State::NoPlan));
    desk.is_refused(&usage("a", "reply", 1), Refusal::NoPlan);
    desk.subscribe("small");
    assert_eq!(desk.numbers(), [50, 40, 10, 0, 0]);
}
