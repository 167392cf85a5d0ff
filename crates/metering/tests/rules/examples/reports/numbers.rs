//! Numbers and dates.

use metering::MAX_TOTAL;

use super::*;

/// Entries 3, 4 and 5 are work on the 2nd, the 3rd and the 4th of March.
fn three_days() -> Desk {
    let mut desk = Desk::small();
    desk.go_to("2026-03-02T00:00:00Z").uses("a", "reply", 1);
    desk.go_to("2026-03-03T00:00:00Z").uses("b", "reply", 1);
    desk.go_to("2026-03-04T00:00:00Z").uses("c", "reply", 1);
    desk
}

fn redated(desk: &Desk, seq: usize, date: &str) -> Altered {
    desk.altered(|ledger| ledger[seq - 1].recorded_at = at(date))
}

#[test]
fn of_two_dates_in_the_wrong_order_the_first_is_named() {
    let desk = three_days();
    redated(&desk, 4, "2026-03-04T00:00:00.001Z").reports(&[
        "entry 4: date: it is dated 2026-03-04T00:00:00.001Z, after the entry that follows it (2026-03-04T00:00:00Z)",
    ]);
    redated(&desk, 1, "2026-03-01T00:00:00.001Z").reports(&[
        "entry 1: date: it is dated 2026-03-01T00:00:00.001Z, after the entry that follows it (2026-03-01T00:00:00Z)",
    ]);
    // It was the second that was moved, and nothing tells.
    redated(&desk, 4, "2026-03-01T23:59:59.999Z").reports(&[
        "entry 3: date: it is dated 2026-03-02T00:00:00Z, after the entry that follows it (2026-03-01T23:59:59.999Z)",
    ]);
}

#[test]
fn a_date_between_its_neighbours_is_for_the_chain_to_tell() {
    let desk = three_days();
    for date in ["2026-03-02T00:00:00Z", "2026-03-02T12:00:00Z", "2026-03-04T00:00:00Z"] {
        redated(&desk, 4, date).reports(&[]);
    }
}

#[test]
fn a_date_out_of_order_with_all_around_it_is_named_itself() {
    let desk = three_days();
    redated(&desk, 5, "2026-03-01T12:00:00Z").reports(&[
        "entry 5: date: it is dated 2026-03-01T12:00:00Z, before the entry ahead of it (2026-03-03T00:00:00Z)",
    ]);
    let mut desk = Desk::small();
    for id in ["a", "b", "c"] {
        desk.uses(id, "reply", 1);
    }
    redated(&desk, 4, "2026-03-20T00:00:00Z").reports(&[
        "entry 4: date: it is dated 2026-03-20T00:00:00Z, after the entry that follows it (2026-03-01T00:00:00Z)",
    ]);
}

#[test]
fn an_entry_that_is_there_twice_is_named_once() {
    three_days()
        .altered(|ledger| ledger.insert(4, ledger[3].clone()))
        .reports(&["entry 4: order: it is numbered 4, and 5 is the next"]);
    three_days()
        .altered(|ledger| ledger.push(ledger[1].clone()))
        .reports(&["entry 2: order: it is numbered 2, and 6 is the next"]);
}

#[test]
fn entries_that_changed_places_are_named() {
    three_days().altered(|ledger| ledger.swap(3, 4)).reports(&[
        "entry 5: order: it is numbered 5, and 4 is the next",
        "entry 5: date: it is dated 2026-03-04T00:00:00Z, after the entry that follows it (2026-03-03T00:00:00Z)",
        "entry 4: order: it is numbered 4, and 6 is the next",
    ]);
}

#[test]
fn an_entry_that_is_gone_leaves_a_gap_in_the_numbers() {
    let mut desk = Desk::small();
    desk.sets("reply", None, Some(Some(1_000)));
    desk.buys("p", "ten");
    desk.uses("a", "reply", 45);
    desk.altered(|ledger| take_out(ledger, &[3])).reports(&["entry 4: order: it is numbered 4, and 3 is the next"]);
}

#[test]
fn the_largest_number_is_one_and_the_next_is_none() {
    let numbered = |seq| three_days().altered(|ledger| ledger[3].seq = seq);
    numbered(MAX_TOTAL).reports(&[
        "entry 9007199254740991: order: it is numbered 9007199254740991, and 4 is the next",
        "entry 5: order: it is numbered 5, and 9007199254740992 is the next",
    ]);
    numbered(MAX_TOTAL + 1).reports(&[
        "entry 9007199254740992: order: it is numbered 9007199254740992, and 4 is the next",
        "entry 5: order: it is numbered 5, and 4 is the next",
    ]);
}
