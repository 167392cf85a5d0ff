//! Altered work.

use metering::{Allocation, MAX_UNITS, Usage};

use super::*;

/// 1 the plan, 2 its 40 credits, 3 a pack of 10, 4 three replies, 5 thirty-eight, of which the pack pays one, 6 one.
fn worked() -> Desk {
    let mut desk = Desk::small();
    desk.buys("p", "ten");
    desk.uses("a", "reply", 3);
    desk.uses("b", "reply", 38);
    desk.uses("c", "reply", 1);
    desk
}

/// The work of entry 4 altered: the credits that it leaves show in entry 5.
fn altered(alter: impl FnOnce(&mut Usage)) -> Altered {
    worked().altered(|ledger| alter(content!(ledger, 4, Usage)))
}

fn paying(allocations: &[(u64, Credits)]) -> Vec<Allocation> {
    allocations.iter().map(|&(grant, amount)| Allocation { grant, amount }).collect()
}

#[test]
fn a_price_that_the_catalogue_does_not_give_is_named() {
    altered(|usage| usage.rate = 2).reports(&["entry 4: rate: the rate is 2, and revision 1 gives 1"]);
    altered(|usage| usage.cost = 5).reports(&["entry 4: rate: it costs 5, and 3 × 1 is 3"]);
    altered(|usage| usage.revision = 2).reports(&["entry 4: rate: revision 2 priced it, and revision 1 counts"]);
}

#[test]
fn units_that_do_not_cost_so_much_are_named() {
    altered(|usage| usage.units = 5).reports(&["entry 4: rate: it costs 3, and 5 × 1 is 5"]);
    altered(|usage| usage.units = 0)
        .reports(&["entry 4: allowed: 0 units are not in 1..=1000000", "entry 4: rate: it costs 3, and 0 × 1 is 0"]);
    altered(|usage| usage.units = MAX_UNITS + 1).reports(&[
        "entry 4: allowed: 1000001 units are not in 1..=1000000",
        "entry 4: rate: it costs 3, and 1000001 × 1 is 1000001",
        "entry 4: allowed: it would have been refused: exhausted",
    ]);
}

#[test]
fn another_feature_has_another_price() {
    altered(|usage| usage.feature = "sync".into()).reports(&[
        "entry 4: rate: the rate is 1, and revision 1 gives 25",
        "entry 4: rate: it costs 3, and 3 × 25 is 75",
        "entry 4: allowed: it would have been refused: exhausted",
    ]);
    altered(|usage| usage.feature = "auto".into()).reports(&[
        "entry 4: rate: the rate is 1, and revision 1 gives 2",
        "entry 4: rate: it costs 3, and 3 × 2 is 6",
        "entry 4: allowed: it would have been refused: automation_off",
    ]);
    altered(|usage| usage.feature = "absent".into())
        .reports(&["entry 4: rate: revision 1 of the catalogue has no feature \"absent\""]);
}

#[test]
fn other_grants_that_pay_are_named() {
    for (allocations, said) in [
        (paying(&[(3, 3)]), "3 of grant 3"),
        (paying(&[(9, 3)]), "3 of grant 9"),
        (paying(&[(2, 2)]), "2 of grant 2"),
        (paying(&[(2, 2), (3, 1)]), "2 of grant 2 and 1 of grant 3"),
        (paying(&[(2, 3), (3, 0)]), "3 of grant 2 and 0 of grant 3"),
        (Vec::new(), "no grants"),
    ] {
        let line = format!("entry 4: allocation: {said} pay, and the rules give 3 of grant 2");
        altered(|usage| usage.allocations = allocations).reports(&[&line]);
    }
}

#[test]
fn a_price_and_the_grants_that_pay_are_altered_together() {
    // Neither the grants nor the cost can be right: units and rate are.
    altered(|usage| (usage.rate, usage.allocations) = (2, paying(&[(9, 3)])))
        .reports(&["entry 4: rate: the rate is 2, and revision 1 gives 1"]);
    // All of it fits but the rate: it shows again where the credits lack.
    altered(|usage| (usage.cost, usage.allocations) = (5, paying(&[(2, 5)]))).reports(&[
        "entry 4: rate: it costs 5, and 3 × 1 is 3",
        "entry 5: allocation: 37 of grant 2 and 1 of grant 3 pay, and the rules give 35 of grant 2 and 3 of grant 3",
    ]);
}

#[test]
fn work_under_the_id_of_a_capture_is_named() {
    altered(|usage| usage.id = "hold:a".into())
        .reports(&["entry 4: hold: its id begins with \"hold:\", and it captures no hold"]);
    altered(|usage| usage.hold = Some(9)).reports(&[
        "entry 4: hold: it captures hold 9, which does not live",
        "entry 5: allocation: 37 of grant 2 and 1 of grant 3 pay, and the rules give 38 of grant 2",
        "entry 6: allocation: 1 of grant 3 pay, and the rules give 1 of grant 2",
    ]);
}

#[test]
fn work_is_done_shortly_after_it_is_recorded_or_long_before() {
    altered(|usage| usage.occurred_at = Some(at("2026-03-01T00:05:00.001Z"))).reports(&[
        "entry 4: date: occurred_at: 2026-03-01T00:05:00.001Z is more than 5 minutes ahead of 2026-03-01T00:00:00Z",
    ]);
    altered(|usage| usage.occurred_at = Some(at("2026-01-24T23:59:59.999Z"))).reports(&[
        "entry 4: date: occurred_at: 2026-01-24T23:59:59.999Z is more than 35 days before 2026-03-01T00:00:00Z",
    ]);
    altered(|usage| usage.occurred_at = Some(at("2026-03-01T00:05:00Z"))).reports(&[]);
    altered(|usage| usage.occurred_at = Some(at("2026-01-25T00:00:00Z"))).reports(&[]);
}

#[test]
fn work_that_would_have_been_refused_is_named() {
    let mut desk = worked();
    desk.altered(|ledger| more(ledger, 8)).reports(&[]);
    desk.altered(|ledger| more(ledger, 9)).reports(&["entry 7: allowed: it would have been refused: exhausted"]);
    desk.sets("reply", Some(false), None);
    desk.altered(|ledger| more(ledger, 8)).reports(&["entry 8: allowed: it would have been refused: feature_off"]);
}

/// So many replies more, out of the pack.
fn more(ledger: &mut Vec<Entry>, units: u32) {
    let mut usage = content!(ledger, 6, Usage).clone();
    (usage.id, usage.units, usage.cost) = ("d".into(), units, units.into());
    usage.allocations[0].amount = usage.cost;
    append(ledger, EntryKind::Usage(usage));
}
