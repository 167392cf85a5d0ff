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
        "entry 5: order: entry 4 is missing ahead of it",
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
    desk.altered(|ledger| take_out(ledger, &[3])).reports(&["entry 4: order: entry 3 is missing ahead of it"]);
}

/// 1 the plan, 2 its 40 credits, 3 a pack of 50, 4 forty-five replies, 5 a hold on two, 6 its capture, 7 the amendment
/// of 4, 8, 9 and 10 one reply each.
fn busy() -> Desk {
    let mut desk = Desk::small();
    desk.buys("p", "fifty");
    desk.uses("a", "reply", 45);
    desk.does(&holding("h", "reply", 2, 15));
    desk.does(&capture("h", None));
    desk.does(&amend("x", "a"));
    for id in ["b", "c", "d"] {
        desk.uses(id, "reply", 1);
    }
    desk
}

fn renumbered(numbers: &[(usize, u64)]) -> Altered {
    busy().altered(|ledger| {
        for (seq, number) in numbers {
            ledger[seq - 1].seq = *number;
        }
    })
}

#[test]
fn a_wrong_number_is_its_own_entry_s_fault() {
    for seq in 1..=9 {
        // Too high, beyond all numbers, another's, too low.
        for number in [40, u64::MAX, seq as u64 + 1, seq as u64 - 1] {
            renumbered(&[(seq, number)])
                .reports(&[&format!("entry {number}: order: it is numbered {number}, and {seq} is the next")]);
        }
    }
}

#[test]
fn a_wrong_number_hides_nothing() {
    for number in [3, 40] {
        let hides = |alter: fn(&mut Vec<Entry>)| {
            busy().altered(|ledger| {
                ledger[3].seq = number;
                alter(ledger);
            })
        };
        let wrong = format!("entry {number}: order: it is numbered {number}, and 4 is the next");
        // What comes after it.
        hides(|ledger| content!(ledger, 8, Usage).rate = 2)
            .reports(&[&wrong, "entry 8: rate: the rate is 2, and revision 1 gives 1"]);
        // What else is wrong with it, under the number that it bears.
        let rate = format!("entry {number}: rate: the rate is 2, and revision 1 gives 1");
        hides(|ledger| content!(ledger, 4, Usage).rate = 2).reports(&[&wrong, &rate]);
    }
    let altered = busy().altered(|ledger| {
        ledger[2].seq = 30;
        content!(ledger, 3, Grant).amount = 51;
    });
    altered.reports(&[
        "entry 30: order: it is numbered 30, and 3 is the next",
        "entry 30: pack: amount is 51, and the rules give 50",
    ]);
}

#[test]
fn numbers_that_are_too_low_in_a_row_hide_nothing_after_them() {
    let mut desk = busy();
    for id in ["e", "f"] {
        desk.uses(id, "reply", 1);
    }
    desk.altered(|ledger| {
        (ledger[7].seq, ledger[8].seq) = (3, 4);
        content!(ledger, 11, Usage).rate = 2;
    })
    .reports(&[
        "entry 3: order: it is numbered 3, and 8 is the next",
        "entry 4: order: it is numbered 4, and 8 is the next",
        "entry 10: order: entries 8 to 9 are missing ahead of it",
        "entry 11: rate: the rate is 2, and revision 1 gives 1",
    ]);
}

#[test]
fn the_last_entry_under_a_wrong_number_is_checked() {
    for number in [4, 9, 40, u64::MAX] {
        let altered = busy().altered(|ledger| {
            ledger[9].seq = number;
            content!(ledger, 10, Usage).rate = 2;
        });
        let order = match number {
            40 => "entries 10 to 39 are missing ahead of it".to_owned(),
            _ => format!("it is numbered {number}, and 10 is the next"),
        };
        altered.reports(&[
            &format!("entry {number}: order: {order}"),
            &format!("entry {number}: rate: the rate is 2, and revision 1 gives 1"),
        ]);
    }
    for seq in [2, 3, 4, 5, 7, 10] {
        busy()
            .altered(|ledger| ledger.push(ledger[seq - 1].clone()))
            .reports(&[&format!("entry {seq}: order: it is numbered {seq}, and 11 is the next")]);
    }
}

#[test]
fn the_largest_number_is_one_and_the_next_is_none() {
    let numbered = |seq| {
        three_days().altered(|ledger| {
            ledger[3].seq = seq;
            ledger[4].seq = 3;
        })
    };
    numbered(MAX_TOTAL).reports(&[
        "entry 9007199254740991: order: entries 4 to 9007199254740990 are missing ahead of it",
        "entry 3: order: it is numbered 3, and 9007199254740992 is the next",
    ]);
    numbered(MAX_TOTAL + 1).reports(&[
        "entry 9007199254740992: order: it is numbered 9007199254740992, and 4 is the next",
        "entry 3: order: it is numbered 3, and 4 is the next",
    ]);
}
