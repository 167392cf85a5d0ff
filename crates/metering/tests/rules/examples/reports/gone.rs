//! Entries that are gone: what falls due by itself, and what a command records beside its first.

use super::*;

/// 1 the plan, 2 its 40 credits, 3 and 4 the refresh of April, 5 a pack of 50, 6 and 7 work.
fn refreshed() -> Desk {
    let mut desk = Desk::small();
    desk.go_to("2026-04-02T00:00:00Z").buys("p", "fifty");
    desk.uses("a", "reply", 45);
    desk.go_to("2026-04-03T00:00:00Z").uses("b", "reply", 1);
    desk
}

#[test]
fn a_refresh_that_is_gone_is_named_once() {
    refreshed().altered(|ledger| take_out(ledger, &[4])).lacks(
        5,
        "refresh",
        "the allowance of plan \"small\", 40 credits",
    );
    refreshed().altered(|ledger| take_out(ledger, &[3])).reports(&[
        "entry 4: order: entry 3 is missing ahead of it",
        "entry 4: expiry: before it there should be the expiry of 40 credits of grant 2, dated 2026-04-01T00:00:00Z",
    ]);
}

#[test]
fn of_a_refresh_that_is_gone_whole_the_first_half_is_named_and_the_other_counted() {
    refreshed().altered(|ledger| take_out(ledger, &[3, 4])).reports(&[
        "entry 5: order: entries 3 to 4 are missing ahead of it",
        "entry 5: expiry: before it there should be the expiry of 40 credits of grant 2, dated 2026-04-01T00:00:00Z",
        "entry 5: refresh: one more entry that was due before it is missing",
    ]);
}

#[test]
fn a_refresh_is_missed_ahead_of_work_too() {
    let mut desk = Desk::small();
    desk.go_to("2026-04-01T00:00:00Z").uses("a", "reply", 1);
    desk.altered(|ledger| take_out(ledger, &[3, 4])).reports(&[
        "entry 5: order: entries 3 to 4 are missing ahead of it",
        "entry 5: expiry: before it there should be the expiry of 40 credits of grant 2, dated 2026-04-01T00:00:00Z",
        "entry 5: refresh: one more entry that was due before it is missing",
    ]);
}

#[test]
fn what_is_gone_without_a_gap_is_missed_all_the_same() {
    let altered = refreshed().altered(|ledger| {
        take_out(ledger, &[4]);
        renumber(ledger);
    });
    altered.reports(&[
        "entry 4: refresh: before it there should be the allowance of plan \"small\", 40 credits, \
         dated 2026-04-01T00:00:00Z",
        "entry 5: allocation: 40 of grant 4 and 5 of grant 5 pay, \
         and the rules give 40 of a grant that is missing and 5 of grant 4",
        "entry 6: allocation: 1 of grant 5 pay, and the rules give 1 of grant 4",
    ]);
}

#[test]
fn two_refreshes_that_are_gone_bring_two_grants() {
    let mut desk = Desk::small();
    desk.go_to("2026-05-02T00:00:00Z").uses("a", "reply", 1);
    let altered = desk.altered(|ledger| {
        take_out(ledger, &[3, 4, 5, 6]);
        renumber(ledger);
    });
    altered.reports(&[
        "entry 3: expiry: before it there should be the expiry of 40 credits of grant 2, dated 2026-04-01T00:00:00Z",
        "entry 3: refresh: 3 more entries that were due before it are missing",
        "entry 3: allocation: 1 of grant 6 pay, and the rules give 1 of a grant that is missing",
    ]);
}

#[test]
fn two_grants_that_are_gone_pay_one_usage() {
    let mut desk = Desk::small();
    desk.subscribe("large");
    desk.uses("a", "reply", 90);
    desk.go_to("2026-04-01T00:00:00Z").sets("sync", Some(false), None);
    let altered = desk.altered(|ledger| {
        take_out(ledger, &[2, 4]);
        renumber(ledger);
    });
    // Nothing of them is left to expire in April.
    altered.reports(&[
        "entry 2: refresh: before it there should be the allowance of plan \"small\", 40 credits, \
         dated 2026-03-01T00:00:00Z",
        "entry 3: refresh: before it there should be the grant of an upgrade to plan \"large\", 50 credits, \
         dated 2026-03-01T00:00:00Z",
        "entry 3: allocation: 40 of grant 2 and 50 of grant 4 pay, \
         and the rules give 40 of a grant that is missing and 50 of a grant that is missing",
    ]);
}

#[test]
fn an_entry_far_in_the_future_misses_all_that_is_due_by_then_in_two_lines() {
    let mut desk = Desk::small();
    desk.sets("reply", Some(false), None);
    desk.altered(|ledger| ledger[2].recorded_at = at("2030-01-01T00:00:00Z")).reports(&[
        "entry 3: expiry: before it there should be the expiry of 40 credits of grant 2, dated 2026-04-01T00:00:00Z",
        "entry 3: refresh: 91 more entries that were due before it are missing",
    ]);
}

#[test]
fn a_subscription_without_its_credits_lacks_them() {
    let mut desk = Desk::small();
    desk.uses("a", "reply", 1);
    desk.altered(|ledger| take_out(ledger, &[2])).lacks(3, "refresh", "the allowance of plan \"small\", 40 credits");
}

#[test]
fn without_its_first_entry_nothing_can_be_told_of_a_ledger() {
    let mut desk = Desk::small();
    desk.uses("a", "reply", 1);
    desk.altered(|ledger| take_out(ledger, &[1])).reports(&[
        "entry 2: order: the ledger begins with it: entry 1 is missing, and without the beginning nothing can be told",
    ]);
}

#[test]
fn an_upgrade_without_its_credits_lacks_them_and_they_it() {
    let mut desk = Desk::small();
    desk.subscribe("large");
    desk.uses("a", "reply", 60);
    desk.altered(|ledger| take_out(ledger, &[4])).lacks(
        5,
        "refresh",
        "the grant of an upgrade to plan \"large\", 50 credits",
    );
    desk.altered(|ledger| take_out(ledger, &[3]))
        .reports(&["entry 4: order: entry 3 is missing ahead of it", "entry 4: plan: no upgrade stands ahead of it"]);
}

#[test]
fn a_change_that_came_due_is_missed() {
    let mut desk = Desk::small();
    desk.does(&Command::Cancel);
    desk.go_to("2026-04-01T00:00:00Z").sets("reply", Some(false), None);
    let kinds: Vec<_> = desk.ledger.iter().map(|entry| entry.kind.name()).collect();
    assert_eq!(kinds, ["plan_change", "grant", "plan_change", "expiry", "plan_change", "controls_change"]);
    desk.altered(|ledger| take_out(ledger, &[5])).lacks(6, "plan", "the change to no plan that came due");
}

#[test]
fn a_hold_that_timed_out_is_missed() {
    let mut desk = Desk::small();
    desk.does(&holding("h", "reply", 5, 15));
    desk.go_to("2026-03-02T00:00:00Z").uses("a", "reply", 1);
    desk.altered(|ledger| take_out(ledger, &[4])).reports(&[
        "entry 5: order: entry 4 is missing ahead of it",
        "entry 5: hold: before it there should be the time-out of hold 3, dated 2026-03-01T00:15:00Z",
    ]);
}

#[test]
fn credits_that_a_refund_claims_are_missed_when_they_return() {
    let mut desk = Desk::bare();
    desk.buys("p", "ten");
    desk.uses("a", "reply", 5);
    desk.does(&refund("r", "p", None));
    desk.does(&amend("x", "a"));
    desk.sets("reply", Some(false), None);
    desk.altered(|ledger| take_out(ledger, &[7])).lacks(8, "pack", "the void of 5 credits that returned to grant 3");
}

/// The ledger without all that comes after an entry.
fn cut(desk: &Desk, last: usize) -> Altered {
    desk.altered(|ledger| ledger.truncate(last))
}

/// The line that misses the entry after the last.
fn ends(altered: &Altered, aspect: &str, said: &str) -> String {
    let Entry { seq, recorded_at, .. } = &altered.was[altered.is.len()];
    format!("entry {seq}: {aspect}: the ledger ends, and it should go on with {said}, dated {recorded_at}")
}

#[test]
fn a_ledger_that_ends_within_what_a_command_records_was_cut() {
    let mut desk = Desk::small();
    desk.subscribe("large");
    let altered = cut(&desk, 1);
    altered.reports(&[&ends(&altered, "refresh", "the allowance of plan \"small\", 40 credits")]);
    let altered = cut(&desk, 3);
    altered.reports(&[&ends(&altered, "refresh", "the grant of an upgrade to plan \"large\", 50 credits")]);
    // Credits that return to a pack and are taken back.
    let mut desk = Desk::bare();
    desk.buys("p", "ten");
    desk.uses("a", "reply", 5);
    desk.does(&refund("r", "p", None));
    desk.does(&amend("x", "a"));
    let altered = cut(&desk, 6);
    altered.reports(&[&ends(&altered, "pack", "the void of 5 credits that returned to grant 3")]);
    // Credits that return to an allowance that is gone.
    let mut desk = Desk::small();
    desk.uses("a", "reply", 5);
    desk.go_to("2026-04-01T00:00:00Z").does(&amend("x", "a"));
    let altered = cut(&desk, 6);
    altered.reports(&[&ends(&altered, "expiry", "the expiry of 5 credits of grant 2")]);
    // The first half of a refresh.
    let altered = cut(&desk, 4);
    altered.reports(&[&ends(&altered, "refresh", "the allowance of plan \"small\", 40 credits")]);
}

#[test]
fn a_ledger_that_ends_within_a_subscription_after_a_trial_was_cut() {
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.does(&Command::StartTrial);
    desk.go_to("2026-03-05T00:00:00Z").subscribe("small");
    cut(&desk, 2)
        .reports(&["entry 3: expiry: the trial's credits expired ahead of their time, and no subscription follows"]);
    let altered = cut(&desk, 3);
    altered.reports(&[&ends(&altered, "refresh", "the allowance of plan \"small\", 40 credits")]);
}

#[test]
fn a_ledger_that_ends_with_what_fell_due_lacks_the_command_that_recorded_it() {
    let lacks = |desk: &Desk, last: u64| {
        let seq = last + 1;
        cut(desk, usize::try_from(last).unwrap()).reports(&[&format!(
            "entry {seq}: order: the ledger ends with what fell due by itself, and it should go on with the command \
             that recorded it"
        )]);
    };
    // 3 a hold, 4 its time is up, 5 what is left of March expires, 6 April's allowance, 7 a reply.
    let mut desk = Desk::small();
    desk.does(&holding("h", "reply", 40, 15));
    desk.go_to("2026-04-02T00:00:00Z").uses("a", "reply", 1);
    lacks(&desk, 4);
    lacks(&desk, 6);
    cut(&desk, 7).reports(&[]);
    // 1 a trial, 2 its credits expire, 3 it ends, 4 a plan, 5 its allowance.
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.does(&Command::StartTrial);
    desk.go_to("2026-04-20T00:00:00Z").subscribe("small");
    lacks(&desk, 3);
    // 3 a reply, 4 March's allowance ends, 5 April's, 6 the reply is amended, 7 what came back goes at once: no command
    // comes after that, and nothing is lacking.
    let mut desk = Desk::small();
    desk.uses("a", "reply", 5);
    desk.go_to("2026-04-01T00:00:00Z").does(&amend("x", "a"));
    assert!(matches!(desk.ledger.last().unwrap().kind, EntryKind::Expiry(_)));
    cut(&desk, 7).reports(&[]);
}

#[test]
fn a_ledger_that_ends_between_commands_is_whole() {
    let mut desk = refreshed();
    desk.does(&Command::Cancel);
    for last in [0, 2, 5, 6, 7, 8] {
        cut(&desk, last).reports(&[]);
    }
}
