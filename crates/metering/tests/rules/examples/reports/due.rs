//! What stands in the place of something that falls due by itself.

use metering::{Expiry, Period, PlanTerms, VoidCause};

use super::*;

/// 1 the plan, 2 its 40 credits, 3 and 4 the refresh of April, 5 work.
fn refreshed() -> Desk {
    let mut desk = Desk::small();
    desk.go_to("2026-04-02T00:00:00Z").uses("a", "reply", 1);
    desk
}

#[test]
fn another_amount_expires() {
    refreshed().altered(|ledger| content!(ledger, 3, Expiry).amount = 39).differs(3, "expiry", "amount", "39", "40");
}

#[test]
fn another_grant_expires() {
    refreshed().altered(|ledger| content!(ledger, 3, Expiry).grant = 1).differs(3, "expiry", "grant", "1", "2");
}

#[test]
fn another_amount_of_another_grant_expires() {
    refreshed()
        .altered(|ledger| *content!(ledger, 3, Expiry) = Expiry { grant: 9, amount: 5 })
        .reports(&["entry 3: expiry: grant is 9, and the rules give 2; amount is 5, and the rules give 40"]);
}

/// 3 a pack of 50 of which 4 spends ten, 5 a pack of 50; 6 and 7 their ends in one instant, 8 work.
fn two_packs() -> Desk {
    let mut desk = Desk::bare();
    desk.buys("p", "fifty");
    desk.uses("a", "reply", 10);
    desk.buys("q", "fifty");
    desk.go_to("2026-03-21T00:00:00Z").sets("reply", Some(false), None);
    desk
}

#[test]
fn of_two_that_expire_the_one_that_is_there_is_not_taken_for_the_other() {
    let gone = |seq: u64| {
        two_packs().altered(|ledger| {
            take_out(ledger, &[seq]);
            renumber(ledger);
        })
    };
    gone(6).reports(&[
        "entry 6: expiry: before it there should be the expiry of 40 credits of grant 3, dated 2026-03-21T00:00:00Z",
    ]);
    gone(7).reports(&[
        "entry 7: expiry: before it there should be the expiry of 50 credits of grant 5, dated 2026-03-21T00:00:00Z",
    ]);
    for (seq, grant, amount) in [(6, 3, 40), (7, 5, 50)] {
        let altered = two_packs().altered(|ledger| {
            if let EntryKind::Expiry(expiry) = &mut ledger[seq - 1].kind {
                *expiry = Expiry { grant: 9, amount: 5 };
            }
        });
        altered.reports(&[&format!(
            "entry {seq}: expiry: grant is 9, and the rules give {grant}; amount is 5, and the rules give {amount}"
        )]);
    }
}

#[test]
fn packs_expire_in_the_order_of_the_ledger() {
    let mut desk = Desk::small();
    desk.buys("p", "fifty");
    desk.buys("q", "fifty");
    desk.go_to("2026-03-21T00:00:00Z").uses("a", "reply", 1);
    let altered = desk.altered(|ledger| {
        ledger.swap(4, 5);
        renumber(ledger);
    });
    altered.reports(&[
        "entry 5: expiry: grant is 4, and the rules give 3",
        "entry 6: expiry: grant is 3, and the rules give 4",
    ]);
}

#[test]
fn an_expiry_ahead_of_its_time_is_named_once() {
    let altered = refreshed().altered(|ledger| ledger[2].recorded_at = at("2026-03-31T23:59:59.999Z"));
    altered.reports(&["entry 3: expiry: nothing of grant 2 falls due to expire"]);
}

#[test]
fn a_refresh_behind_its_time_is_named_once() {
    refreshed().altered(|ledger| ledger[2].recorded_at = at("2026-04-01T00:00:00.001Z")).reports(&[
        "entry 3: date: it is dated 2026-04-01T00:00:00.001Z, after the entry that follows it (2026-04-01T00:00:00Z)",
    ]);
    refreshed()
        .altered(|ledger| ledger[3].recorded_at = at("2026-04-01T00:00:00.001Z"))
        .reports(&["entry 4: refresh: it is dated 2026-04-01T00:00:00.001Z, and falls due at 2026-04-01T00:00:00Z"]);
}

#[test]
fn another_refresh_comes() {
    let desk = refreshed();
    let period = Period { start: at("2026-04-01T00:00:00Z"), end: at("2026-05-01T00:00:00.001Z") };
    desk.altered(|ledger| content!(ledger, 4, Grant).amount = 41).differs(4, "refresh", "amount", "41", "40");
    desk.altered(|ledger| content!(ledger, 4, Grant).expires_at = None).differs(
        4,
        "refresh",
        "expires_at",
        "none",
        "2026-05-01T00:00:00Z",
    );
    desk.altered(|ledger| {
        content!(ledger, 4, Grant).origin = GrantOrigin::Allowance { plan: "small".into(), period };
    })
    .differs(
        4,
        "refresh",
        "period",
        "2026-04-01T00:00:00Z to 2026-05-01T00:00:00.001Z",
        "2026-04-01T00:00:00Z to 2026-05-01T00:00:00Z",
    );
    let period = "period is none, and the rules give 2026-04-01T00:00:00Z to 2026-05-01T00:00:00Z";
    desk.altered(|ledger| content!(ledger, 4, Grant).origin = GrantOrigin::Upgrade { plan: "small".into() })
        .reports(&[&format!("entry 4: refresh: origin is upgrade, and the rules give allowance; {period}")]);
    // As much, for as long, but bought.
    desk.altered(|ledger| content!(ledger, 4, Grant).origin = bought("p", "ten", 500)).reports(&[&format!(
        "entry 4: refresh: origin is top_up, and the rules give allowance; \
         plan is none, and the rules give \"small\"; {period}; purchase is \"p\", and the rules give none; \
         pack is \"ten\", and the rules give none; price is 500, and the rules give none"
    )]);
}

#[test]
fn a_pack_is_not_the_refresh_that_is_gone() {
    // As many credits as a pack brings; a pack that ends when the allowance does.
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.does(&Command::Subscribe { plan: "agreed".into(), allowance: Some(10) });
    desk.go_to("2026-04-11T00:00:00Z").buys("p", "ten");
    let gone = |desk: &Desk| desk.altered(|ledger| take_out(ledger, &[4]));
    gone(&desk).lacks(5, "refresh", "the allowance of plan \"agreed\", 10 credits");
    let mut desk = Desk::small();
    desk.go_to("2026-04-11T00:00:00Z").buys("p", "fifty");
    gone(&desk).lacks(5, "refresh", "the allowance of plan \"small\", 40 credits");
}

#[test]
fn another_end_of_a_trial_comes() {
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.does(&Command::StartTrial);
    desk.go_to("2026-03-15T00:00:00Z").sets("reply", Some(false), None);
    let small = PlanTerms { plan: "small".into(), allowance: 40, ai: true };
    desk.altered(|ledger| content!(ledger, 3, PlanChange).cause = PlanChangeCause::CameDue).differs(
        3,
        "plan",
        "cause",
        "came_due",
        "trial_ended",
    );
    desk.altered(|ledger| content!(ledger, 3, PlanChange).to = Some(small)).reports(&[
        "entry 3: plan: plan is \"small\", and the rules give none; allowance is 40, and the rules give none; \
         ai is true, and the rules give none",
    ]);
}

#[test]
fn another_plan_comes_due() {
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.subscribe("large");
    desk.subscribe("small");
    desk.go_to("2026-04-01T00:00:00Z").uses("a", "reply", 1);
    desk.altered(|ledger| content!(ledger, 5, PlanChange).to.as_mut().unwrap().allowance = 41).differs(
        5,
        "plan",
        "allowance",
        "41",
        "40",
    );
    for (cause, name) in [
        (PlanChangeCause::Scheduled, "scheduled"),
        (PlanChangeCause::Upgraded, "upgraded"),
        (PlanChangeCause::TrialEnded, "trial_ended"),
        (PlanChangeCause::Subscribed, "subscribed"),
        (PlanChangeCause::TakenBack, "taken_back"),
    ] {
        desk.altered(|ledger| *content!(ledger, 5, PlanChange) = PlanChange { to: None, cause }).reports(&[&format!(
            "entry 5: plan: cause is {name}, and the rules give came_due; plan is none, and the rules give \"small\"; \
             allowance is none, and the rules give 40; ai is none, and the rules give true"
        )]);
    }
}

#[test]
fn a_change_that_comes_due_is_known_by_its_plan_or_its_cause_at_another_date() {
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.subscribe("large");
    desk.subscribe("small");
    desk.go_to("2026-04-03T00:00:00Z").uses("a", "reply", 1);
    let late = |alter: fn(&mut PlanChange)| {
        desk.altered(|ledger| {
            alter(content!(ledger, 5, PlanChange));
            ledger[4..6].iter_mut().for_each(|entry| entry.recorded_at = at("2026-04-01T00:00:01Z"));
        })
    };
    let dated = |seq: usize, aspect: &str| {
        format!("entry {seq}: {aspect}: it is dated 2026-04-01T00:00:01Z, and falls due at 2026-04-01T00:00:00Z")
    };
    late(|_| {}).reports(&[&dated(5, "plan"), &dated(6, "refresh")]);
    late(|change| change.cause = PlanChangeCause::Upgraded).reports(&[
        "entry 5: plan: cause is upgraded, and the rules give came_due",
        &dated(5, "plan"),
        &dated(6, "refresh"),
    ]);
    late(|change| change.to = None).reports(&[
        "entry 5: plan: plan is none, and the rules give \"small\"; allowance is none, and the rules give 40; \
         ai is none, and the rules give true",
        &dated(5, "plan"),
        &dated(6, "refresh"),
    ]);
}

#[test]
fn behind_a_gap_nothing_stands_for_what_is_due() {
    let mut desk = Desk::small();
    desk.uses("a", "reply", 1);
    desk.go_to("2026-04-02T00:00:00Z").uses("b", "reply", 1);
    let altered = desk.altered(|ledger| {
        *content!(ledger, 4, Expiry) = metering::Expiry { grant: 9, amount: 1 };
        take_out(ledger, &[3]);
    });
    altered.reports(&[
        "entry 4: order: entry 3 is missing ahead of it",
        "entry 4: expiry: before it there should be the expiry of 40 credits of grant 2, dated 2026-04-01T00:00:00Z",
        "entry 4: refresh: one more entry that was due before it is missing",
        "entry 4: expiry: nothing of grant 9 falls due to expire",
        "entry 5: refresh: no refresh is due",
    ]);
}

#[test]
fn another_time_out_comes() {
    let mut desk = Desk::small();
    desk.does(&holding("h", "reply", 5, 15));
    desk.does(&holding("i", "reply", 5, 30));
    desk.go_to("2026-03-01T00:15:00Z").does(&release("i"));
    desk.altered(|ledger| content!(ledger, 5, Release).cause = ReleaseCause::Released).differs(
        5,
        "hold",
        "cause",
        "released",
        "timed_out",
    );
    desk.altered(|ledger| content!(ledger, 5, Release).hold = 4).differs(5, "hold", "hold", "4", "3");
    desk.altered(|ledger| take_out(ledger, &[5])).reports(&[
        "entry 6: order: entry 5 is missing ahead of it",
        "entry 6: hold: before it there should be the time-out of hold 3, dated 2026-03-01T00:15:00Z",
    ]);
}

#[test]
fn other_credits_are_taken_back() {
    let mut desk = Desk::bare();
    desk.buys("p", "ten");
    desk.buys("q", "ten");
    desk.uses("a", "reply", 5);
    desk.does(&refund("r", "p", None));
    desk.does(&amend("x", "a"));
    desk.altered(|ledger| content!(ledger, 8, Void).amount = 4).differs(8, "pack", "amount", "4", "5");
    desk.altered(|ledger| content!(ledger, 8, Void).shortfall = 1).differs(8, "pack", "shortfall", "1", "0");
    desk.altered(|ledger| content!(ledger, 8, Void).grant = 4).differs(8, "pack", "grant", "4", "3");
    desk.altered(|ledger| content!(ledger, 8, Void).cause = VoidCause::Dispute { id: "d".into() }).reports(&[
        "entry 8: pack: cause is dispute, and the rules give returned; id is \"d\", and the rules give none",
    ]);
}
