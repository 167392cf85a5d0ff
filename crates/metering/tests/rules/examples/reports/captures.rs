//! Altered captures of holds (rule 13).

use metering::{Allocation, Usage};

use super::*;

/// 1 the plan, 2 its 40 credits, 3 a pack of 10, 4 a hold on 45 replies, 5 a capture of 42, 6 eight replies more.
fn captured() -> Desk {
    let mut desk = Desk::small();
    desk.buys("p", "ten");
    desk.does(&holding("h", "reply", 45, 15));
    desk.does(&capture("h", Some(42)));
    desk.uses("a", "reply", 8);
    desk
}

fn altered(alter: impl FnOnce(&mut Usage)) -> Altered {
    captured().altered(|ledger| alter(content!(ledger, 5, Usage)))
}

#[test]
fn a_capture_pays_the_rate_of_its_hold() {
    altered(|usage| usage.rate = 2)
        .reports(&["entry 5: rate: it costs 42 at 2 a unit (revision 1), and the hold gives 42 at 1 (revision 1)"]);
    altered(|usage| usage.cost = 43)
        .reports(&["entry 5: rate: it costs 43 at 1 a unit (revision 1), and the hold gives 42 at 1 (revision 1)"]);
    altered(|usage| usage.revision = 2)
        .reports(&["entry 5: rate: it costs 42 at 1 a unit (revision 2), and the hold gives 42 at 1 (revision 1)"]);
    altered(|usage| usage.units = 41)
        .reports(&["entry 5: rate: it costs 42 at 1 a unit (revision 1), and the hold gives 41 at 1 (revision 1)"]);
}

#[test]
fn a_capture_is_paid_by_the_first_of_what_its_hold_reserves() {
    altered(|usage| {
        usage.allocations[0].amount = 37;
        usage.allocations[1].amount = 5;
    })
    .reports(&[
        "entry 5: allocation: 37 of grant 2 and 5 of grant 3 pay, and the rules give 40 of grant 2 and 2 of grant 3",
    ]);
    altered(|usage| usage.allocations = vec![Allocation { grant: 2, amount: 42 }])
        .reports(&["entry 5: allocation: 42 of grant 2 pay, and the rules give 40 of grant 2 and 2 of grant 3"]);
    altered(|usage| usage.allocations.clear())
        .reports(&["entry 5: allocation: no grants pay, and the rules give 40 of grant 2 and 2 of grant 3"]);
}

#[test]
fn a_capture_is_of_what_its_hold_names() {
    altered(|usage| usage.id = "hold:i".into())
        .reports(&["entry 5: hold: it says desk, hold:i, reply; the hold is desk, hold:h, reply"]);
    altered(|usage| usage.source = "other".into())
        .reports(&["entry 5: hold: it says other, hold:h, reply; the hold is desk, hold:h, reply"]);
    altered(|usage| usage.feature = "sync".into())
        .reports(&["entry 5: hold: it says desk, hold:h, sync; the hold is desk, hold:h, reply"]);
}

#[test]
fn a_capture_is_done_when_it_is_recorded() {
    altered(|usage| usage.occurred_at = Some(at("2026-03-01T00:00:00Z"))).reports(&[
        "entry 5: date: it says that it was done at 2026-03-01T00:00:00Z, and a capture says no such thing",
    ]);
}

#[test]
fn a_capture_takes_no_more_than_is_held() {
    altered(|usage| usage.units = 46).reports(&[
        "entry 5: hold: it captures 46 units of the 45 that are held",
        "entry 5: rate: it costs 42 at 1 a unit (revision 1), and the hold gives 45 at 1 (revision 1)",
        "entry 6: allowed: it would have been refused: exhausted",
    ]);
    altered(|usage| usage.units = 0).reports(&[
        "entry 5: hold: it captures 0 units of the 45 that are held",
        "entry 5: rate: it costs 42 at 1 a unit (revision 1), and the hold gives 1 at 1 (revision 1)",
        "entry 6: allocation: 8 of grant 3 pay, and the rules give 8 of grant 2",
    ]);
}

#[test]
fn a_capture_needs_a_hold_that_lives() {
    altered(|usage| usage.hold = Some(3)).reports(&[
        "entry 5: hold: it captures hold 3, which does not live",
        "entry 6: allowed: it would have been refused: exhausted",
    ]);
    altered(|usage| usage.hold = None).reports(&[
        "entry 5: hold: its id begins with \"hold:\", and it captures no hold",
        "entry 5: allowed: it would have been refused: exhausted",
        "entry 6: allowed: it would have been refused: exhausted",
    ]);
    captured().altered(|ledger| take_out(ledger, &[4])).reports(&[
        "entry 5: order: entry 4 is missing ahead of it",
        "entry 5: hold: it captures hold 4, which does not live",
        "entry 6: allocation: 8 of grant 3 pay, and the rules give 8 of grant 2",
    ]);
    captured().altered(|ledger| take_out(ledger, &[5])).reports(&[
        "entry 6: order: entry 5 is missing ahead of it",
        "entry 6: allowed: it would have been refused: exhausted",
    ]);
}

#[test]
fn a_capture_is_no_end_of_another_hold() {
    let mut desk = Desk::small();
    desk.does(&holding("h", "reply", 10, 15));
    desk.does(&holding("i", "reply", 10, 15));
    desk.does(&capture("h", None));
    desk.does(&capture("i", None));
    desk.altered(|ledger| content!(ledger, 5, Usage).hold = Some(4)).reports(&[
        "entry 5: hold: it says desk, hold:h, reply; the hold is desk, hold:i, reply",
        "entry 6: hold: it captures hold 4, which does not live",
    ]);
}
