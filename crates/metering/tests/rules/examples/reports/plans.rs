//! Altered trials, plans and controls (rules 7, 8 and 16).

use metering::{ControlsChange, FeatureControl, PlanTerms};

use super::*;

/// 1 a trial, 2 a pack of 10, 3 five replies, 4 the trial's end by 5 a plan and 6 its credits, 7 one reply.
fn tried() -> Desk {
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.does(&Command::StartTrial);
    desk.buys("p", "ten");
    desk.uses("a", "reply", 5);
    desk.go_to("2026-03-05T00:00:00Z").subscribe("small");
    desk.uses("b", "reply", 1);
    desk
}

#[test]
fn a_trial_brings_what_is_offered() {
    let desk = tried();
    desk.altered(|ledger| content!(ledger, 1, Grant).amount = 21).differs(1, "plan", "amount", "21", "20");
    desk.altered(|ledger| content!(ledger, 1, Grant).expires_at = None).differs(
        1,
        "plan",
        "expires_at",
        "none",
        "2026-03-15T00:00:00Z",
    );
}

#[test]
fn there_is_one_trial_and_none_after_a_plan() {
    let again = |desk: Desk| {
        desk.altered(|ledger| {
            let trial = tried().ledger[0].kind.clone();
            append(ledger, trial);
        })
    };
    again(tried()).reports(&["entry 8: plan: it would have been refused: trial_unavailable"]);
    again(Desk::small()).reports(&["entry 3: plan: it would have been refused: trial_unavailable"]);
}

#[test]
fn a_trial_that_is_refused_pays_nothing_and_ends_nothing() {
    let mut desk = Desk::small();
    desk.uses("a", "reply", 30);
    desk.sets("sync", Some(false), None);
    desk.uses("b", "reply", 5);
    desk.go_to("2026-04-01T00:00:00Z").uses("c", "reply", 40);
    desk.altered(|ledger| ledger[3].kind = tried().ledger[0].kind.clone())
        .reports(&["entry 4: plan: it would have been refused: trial_unavailable"]);
}

#[test]
fn a_trial_that_ended_early_leads_to_a_plan() {
    let desk = tried();
    desk.altered(|ledger| take_out(ledger, &[5, 6])).reports(&[
        "entry 7: order: entries 5 to 6 are missing ahead of it",
        "entry 7: expiry: the trial's credits expired ahead of their time, and no subscription follows",
        "entry 7: allocation: 1 of grant 6 pay, and the rules give 1 of grant 2",
    ]);
    desk.altered(|ledger| take_out(ledger, &[5])).reports(&[
        "entry 6: order: entry 5 is missing ahead of it",
        "entry 6: expiry: the trial's credits expired ahead of their time, and no subscription follows",
        "entry 6: refresh: no refresh is due",
    ]);
    // A day later.
    desk.altered(|ledger| {
        let later = at("2026-03-06T00:00:00Z");
        ledger[4..].iter_mut().for_each(|entry| entry.recorded_at = later);
        content!(ledger, 6, Grant).effective_at = later;
    })
    .reports(&["entry 5: expiry: the trial's credits expired ahead of their time, and no subscription follows"]);
}

#[test]
fn the_end_of_a_trials_credits_that_was_dated_back_is_named_and_nothing_after_it() {
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.does(&Command::StartTrial);
    desk.uses("a", "reply", 1);
    // Long after: 3 the expiry and 4 the end of the trial are written with 5, the subscription.
    desk.go_to("2026-03-20T00:00:00Z").subscribe("small");
    let end = desk.ledger[2].recorded_at;
    for dated in [end.plus_millis(-1), at("2026-03-04T00:00:00Z"), desk.ledger[1].recorded_at] {
        let named = format!("entry 3: expiry: it is dated {dated}, and falls due at {end}");
        desk.altered(|ledger| ledger[2].recorded_at = dated).reports(&[&named]);
        // As the last entry that there is, it could be half of a subscription.
        let cut = "entry 4: expiry: the trial's credits expired ahead of their time, and no subscription follows";
        desk.altered(|ledger| {
            ledger.truncate(3);
            ledger[2].recorded_at = dated;
        })
        .reports(&[cut]);
    }
    // One that was put there while the trial lasts, whose credits go on paying.
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.does(&Command::StartTrial);
    desk.uses("a", "reply", 1);
    desk.go_to("2026-03-02T00:00:00Z").uses("b", "reply", 1);
    desk.altered(|ledger| {
        let Entry { seq, recorded_at, .. } = ledger[1];
        let kind = EntryKind::Expiry(metering::Expiry { grant: 1, amount: 1 });
        ledger.insert(2, Entry { seq: seq + 1, recorded_at, kind });
        renumber(ledger);
    })
    .reports(&["entry 3: expiry: the trial's credits expired ahead of their time, and no subscription follows"]);
}

#[test]
fn a_plan_that_ends_a_trial_lacks_its_end() {
    let gone =
        "entry 5: expiry: before it there should be the expiry of 15 credits of grant 1, dated 2026-03-05T00:00:00Z";
    let altered = tried().altered(|ledger| take_out(ledger, &[4]));
    altered.reports(&["entry 5: order: entry 4 is missing ahead of it", gone]);
    let altered = tried().altered(|ledger| content!(ledger, 4, Expiry).grant = 2);
    altered.reports(&["entry 4: expiry: nothing of grant 2 falls due to expire", gone]);
}

#[test]
fn a_trial_ends_once() {
    let mut desk = tried();
    desk.ledger.truncate(6);
    desk.altered(|ledger| {
        ledger.insert(4, ledger[3].clone());
        renumber(ledger);
    })
    .reports(&["entry 5: expiry: nothing of grant 1 falls due to expire"]);
}

#[test]
fn a_trial_ends_with_what_is_left() {
    tried().altered(|ledger| content!(ledger, 4, Expiry).amount = 14).differs(4, "expiry", "amount", "14", "15");
}

/// 1 `small`, 2 its 40 credits, 3 `large`, 4 the 50 that it adds, 5 `small` again from April on, 6 taken back.
fn changed() -> Desk {
    let mut desk = Desk::small();
    desk.subscribe("large");
    desk.subscribe("small");
    desk.subscribe("large");
    desk
}

fn plan(id: &str, allowance: Credits) -> Option<PlanTerms> {
    Some(PlanTerms { plan: id.into(), allowance, ai: true })
}

#[test]
fn a_change_of_plan_is_what_was_chosen() {
    let desk = changed();
    desk.altered(|ledger| content!(ledger, 1, PlanChange).to = plan("small", 41)).differs(
        1,
        "plan",
        "allowance",
        "41",
        "40",
    );
    desk.altered(|ledger| content!(ledger, 1, PlanChange).cause = PlanChangeCause::Upgraded).differs(
        1,
        "plan",
        "cause",
        "upgraded",
        "subscribed",
    );
    desk.altered(|ledger| content!(ledger, 3, PlanChange).cause = PlanChangeCause::Scheduled).differs(
        3,
        "plan",
        "cause",
        "scheduled",
        "upgraded",
    );
    desk.altered(|ledger| content!(ledger, 5, PlanChange).cause = PlanChangeCause::Upgraded).differs(
        5,
        "plan",
        "cause",
        "upgraded",
        "scheduled",
    );
    desk.altered(|ledger| content!(ledger, 6, PlanChange).cause = PlanChangeCause::Scheduled).differs(
        6,
        "plan",
        "cause",
        "scheduled",
        "taken_back",
    );
    desk.altered(|ledger| content!(ledger, 6, PlanChange).to = plan("absent", 90))
        .reports(&["entry 6: plan: it is out of bounds: plan: the catalogue has no plan \"absent\""]);
}

#[test]
fn what_an_upgrade_adds_is_the_difference() {
    let altered = changed().altered(|ledger| content!(ledger, 4, Grant).amount = 51);
    altered.differs(4, "refresh", "amount", "51", "50");
}

#[test]
fn a_change_of_plan_out_of_place_is_named() {
    let appended =
        |cause, to| changed().altered(|ledger| append(ledger, EntryKind::PlanChange(PlanChange { to, cause })));
    appended(PlanChangeCause::CameDue, plan("small", 40)).reports(&["entry 7: plan: no change of plan falls due"]);
    appended(PlanChangeCause::TrialEnded, None).reports(&["entry 7: plan: the trial does not end here"]);
    appended(PlanChangeCause::Upgraded, None)
        .reports(&["entry 7: plan: it leads to no plan, and only a cancellation or the end of a trial does"]);
    appended(PlanChangeCause::Scheduled, plan("large", 90)).reports(&["entry 7: plan: it changes nothing"]);
    appended(PlanChangeCause::Scheduled, None).reports(&[]);
    let mut tried = tried();
    tried.ledger.truncate(2);
    let cancelled = PlanChange { to: None, cause: PlanChangeCause::Scheduled };
    tried
        .altered(|ledger| append(ledger, EntryKind::PlanChange(cancelled)))
        .reports(&["entry 3: plan: it would have been refused: no_plan"]);
}

#[test]
fn credits_of_a_plan_out_of_place_are_named() {
    let again = |seq: usize| {
        changed().altered(|ledger| {
            let credits = ledger[seq - 1].kind.clone();
            append(ledger, credits);
        })
    };
    again(2).reports(&["entry 7: refresh: no refresh is due"]);
    again(4).reports(&["entry 7: plan: no upgrade stands ahead of it"]);
}

#[test]
fn controls_change_what_they_say() {
    let mut desk = Desk::small();
    desk.does(&controls(Some(true), &[("reply", None, Some(Some(9)))]));
    let altered = |automation, features: &[(&str, FeatureControl)]| {
        let features = features.iter().map(|(id, control)| ((*id).to_owned(), *control)).collect();
        desk.altered(|ledger| {
            *content!(ledger, 3, ControlsChange) = ControlsChange { automation, features };
        })
    };
    altered(None, &[]).reports(&["entry 3: controls: it changes nothing"]);
    altered(None, &[("absent", FeatureControl::default())])
        .reports(&["entry 3: controls: it is out of bounds: features: the catalogue has no feature \"absent\""]);
    // What did not change is not recorded.
    let reply = ("reply", FeatureControl { on: true, cap: Some(9) });
    altered(Some(false), &[reply]).differs(3, "controls", "automation", "false", "none");
    altered(None, &[reply, ("sync", FeatureControl::default())]).differs(
        3,
        "controls",
        "feature \"sync\"",
        "on with no cap",
        "none",
    );
}
