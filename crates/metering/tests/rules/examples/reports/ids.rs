//! Ids that were recorded before (rule 14).

use metering::{Verifier, VoidCause};

use super::*;

#[test]
fn work_under_a_known_id_is_named_at_the_end() {
    let mut desk = Desk::small();
    for id in ["a", "b", "c", "d"] {
        desk.uses(id, "reply", 1);
    }
    let altered = desk.altered(|ledger| {
        content!(ledger, 4, Usage).id = "a".into();
        content!(ledger, 5, Usage).id = "a".into();
        content!(ledger, 6, Usage).rate = 2;
    });
    altered.reports(&[
        "entry 6: rate: the rate is 2, and revision 1 gives 1",
        "entry 4: twice: its id \"a\" of desk was recorded before, by entry 3",
        "entry 5: twice: its id \"a\" of desk was recorded before, by entry 3",
    ]);
    // Another source's id is another id.
    desk.altered(|ledger| {
        let usage = content!(ledger, 4, Usage);
        (usage.source, usage.id) = ("other".into(), "a".into());
    })
    .reports(&[]);
}

#[test]
fn only_a_ledger_with_a_known_id_needs_a_second_look() {
    let mut desk = Desk::small();
    desk.uses("a", "reply", 1);
    desk.uses("b", "reply", 1);
    let needs_one = |ledger: &[Entry]| {
        let mut verifier = Verifier::new(desk.meter.account().terms().clone());
        for entry in ledger {
            verifier.check(entry, None, |_| None, &mut Vec::new());
        }
        !verifier.into_repeats().is_empty()
    };
    assert!(!needs_one(&desk.ledger));
    let altered = desk.altered(|ledger| content!(ledger, 4, Usage).id = "a".into());
    assert!(needs_one(&altered.is));
}

#[test]
fn a_hold_under_a_known_id_is_named() {
    let mut desk = Desk::small();
    desk.does(&holding("h", "reply", 1, 15));
    desk.does(&holding("i", "reply", 1, 15));
    desk.altered(|ledger| content!(ledger, 4, Hold).id = "h".into())
        .reports(&["entry 4: twice: its id \"h\" of desk was recorded before, by entry 3"]);
}

#[test]
fn an_amendment_under_a_known_id_is_named() {
    let mut desk = Desk::small();
    desk.uses("a", "reply", 1);
    desk.uses("b", "reply", 1);
    desk.does(&amend("x", "a"));
    desk.does(&amend("y", "b"));
    desk.altered(|ledger| content!(ledger, 6, Amendment).id = "x".into())
        .reports(&["entry 6: twice: its id \"x\" of desk was recorded before, by entry 5"]);
}

#[test]
fn a_claim_under_a_known_id_is_named() {
    let mut desk = Desk::small();
    desk.buys("p", "ten");
    for (one, other) in [("r", "d"), ("s", "e")] {
        desk.does(&refund(one, "p", Some(1)));
        desk.does(&dispute(other, "p"));
        desk.does(&reinstate(other, "p"));
    }
    desk.altered(|ledger| {
        content!(ledger, 7, Void).cause = VoidCause::Refund { id: "r".into(), price: 1, rest: false };
    })
    .reports(&["entry 7: twice: its id \"r\" was recorded before, by entry 4"]);
    desk.altered(|ledger| content!(ledger, 8, Void).cause = VoidCause::Dispute { id: "d".into() })
        .reports(&["entry 8: twice: its id \"d\" was recorded before, by entry 5"]);
    desk.altered(|ledger| content!(ledger, 9, Void).cause = VoidCause::Reinstatement { id: "d".into() })
        .reports(&["entry 9: twice: its id \"d\" was recorded before, by entry 6"]);
}

#[test]
fn each_kind_has_ids_of_its_own() {
    let mut desk = Desk::small();
    desk.buys("a", "ten");
    desk.uses("a", "reply", 1);
    desk.does(&holding("a", "reply", 1, 15));
    desk.does(&amend("a", "a"));
    desk.does(&refund("a", "a", Some(1)));
    desk.does(&dispute("a", "a"));
    desk.does(&reinstate("a", "a"));
    desk.altered(|_| {}).reports(&[]);
}
