//! Altered holds, and their ends (rule 13).

use metering::Hold;

use super::*;

/// 1 the plan, 2 its 40 credits, 3 a hold on 5 replies, 4 its release, 5 forty replies.
fn released() -> Desk {
    let mut desk = Desk::small();
    desk.does(&holding("h", "reply", 5, 15));
    desk.does(&release("h"));
    desk.uses("a", "reply", 40);
    desk
}

#[test]
fn a_hold_reserves_what_its_units_cost() {
    let desk = released();
    desk.altered(|ledger| content!(ledger, 3, Hold).rate = 2).differs(3, "hold", "rate", "2", "1");
    desk.altered(|ledger| content!(ledger, 3, Hold).cost = 6).differs(3, "hold", "cost", "6", "5");
    desk.altered(|ledger| content!(ledger, 3, Hold).revision = 2).differs(3, "hold", "revision", "2", "1");
    desk.altered(|ledger| content!(ledger, 3, Hold).allocations[0].amount = 6).differs(
        3,
        "hold",
        "allocations",
        "6 of grant 2",
        "5 of grant 2",
    );
    desk.altered(|ledger| content!(ledger, 3, Hold).allocations.clear()).differs(
        3,
        "hold",
        "allocations",
        "no grants",
        "5 of grant 2",
    );
}

#[test]
fn a_hold_that_would_have_been_refused_is_named() {
    let altered = |alter: fn(&mut Hold)| released().altered(|ledger| alter(content!(ledger, 3, Hold)));
    altered(|hold| hold.units = 41).reports(&["entry 3: allowed: it would have been refused: exhausted"]);
    altered(|hold| hold.feature = "auto".into())
        .reports(&["entry 3: allowed: it would have been refused: automation_off"]);
    altered(|hold| hold.feature = "absent".into())
        .reports(&["entry 3: allowed: it would have been refused: unknown_feature"]);
    altered(|hold| hold.minutes = 1_441)
        .reports(&["entry 3: allowed: it is out of bounds: minutes: 1441 is not in 1..=1440"]);
    altered(|hold| hold.id = String::new())
        .reports(&["entry 3: allowed: it is out of bounds: id: has 0 bytes and needs 1..=256"]);
}

#[test]
fn a_hold_ends_once_and_not_before_its_time() {
    released().altered(|ledger| content!(ledger, 4, Release).hold = 2).reports(&[
        "entry 4: hold: the hold that it ends does not live",
        "entry 5: allowed: it would have been refused: exhausted",
    ]);
    released()
        .altered(|ledger| content!(ledger, 4, Release).cause = ReleaseCause::TimedOut)
        .reports(&["entry 4: hold: the time of the hold is not up"]);
    let again = EntryKind::Release(Release { hold: 3, cause: ReleaseCause::Released });
    released().altered(|ledger| append(ledger, again)).reports(&["entry 6: hold: the hold that it ends does not live"]);
}

#[test]
fn a_hold_lives_as_long_as_it_says() {
    let mut desk = Desk::small();
    desk.does(&holding("h", "reply", 5, 15));
    desk.go_to("2026-03-01T00:15:00Z").uses("a", "reply", 40);
    desk.altered(|ledger| content!(ledger, 3, Hold).minutes = 16)
        .reports(&["entry 4: hold: the time of the hold is not up"]);
    desk.altered(|ledger| content!(ledger, 3, Hold).minutes = 14)
        .reports(&["entry 4: hold: it is dated 2026-03-01T00:15:00Z, and falls due at 2026-03-01T00:14:00Z"]);
}
