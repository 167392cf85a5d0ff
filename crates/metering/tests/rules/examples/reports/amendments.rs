//! Altered amendments (rule 12).

use super::*;

/// 1 the plan, 2 its 40 credits, 3 five replies, 4 three, 5 and 6 the amendments of both, 7 forty replies.
fn amended() -> Desk {
    let mut desk = Desk::small();
    desk.uses("a", "reply", 5);
    desk.uses("b", "reply", 3);
    desk.does(&amend("x", "a"));
    desk.does(&amend("y", "b"));
    desk.uses("c", "reply", 40);
    desk
}

#[test]
fn an_amendment_gives_back_what_was_paid() {
    let desk = amended();
    desk.altered(|ledger| content!(ledger, 5, Amendment).amount = 6).differs(5, "allocation", "amount", "6", "5");
    desk.altered(|ledger| content!(ledger, 5, Amendment).allocations[0].amount = 4).differs(
        5,
        "allocation",
        "allocations",
        "4 of grant 2",
        "5 of grant 2",
    );
    desk.altered(|ledger| content!(ledger, 5, Amendment).allocations.clear()).differs(
        5,
        "allocation",
        "allocations",
        "no grants",
        "5 of grant 2",
    );
    desk.altered(|ledger| content!(ledger, 5, Amendment).feature = "sync".into()).differs(
        5,
        "allocation",
        "feature",
        "\"sync\"",
        "\"reply\"",
    );
    desk.altered(|ledger| content!(ledger, 5, Amendment).source = "other".into()).differs(
        5,
        "allocation",
        "source",
        "\"other\"",
        "\"desk\"",
    );
}

#[test]
fn an_amendment_is_of_work() {
    amended()
        .altered(|ledger| content!(ledger, 5, Amendment).usage = 2)
        .reports(&["entry 5: allocation: it amends entry 2, which is no usage"]);
    amended()
        .altered(|ledger| content!(ledger, 5, Amendment).usage = 0)
        .reports(&["entry 5: allocation: it amends entry 0, which is no usage"]);
    amended().altered(|ledger| content!(ledger, 5, Amendment).usage = 7).reports(&[
        "entry 5: allocation: it amends entry 7, which is no usage",
        "entry 7: allowed: it would have been refused: exhausted",
    ]);
}

#[test]
fn work_is_amended_once() {
    amended()
        .altered(|ledger| {
            let (first, again) = (content!(ledger, 5, Amendment).clone(), content!(ledger, 6, Amendment));
            *again = metering::Amendment { id: "y".into(), ..first };
        })
        .reports(&[
            "entry 6: twice: usage 3 was amended before, by entry 5",
            "entry 7: allowed: it would have been refused: exhausted",
        ]);
}

#[test]
fn an_amendment_of_other_work_meets_the_one_of_that() {
    amended().altered(|ledger| content!(ledger, 5, Amendment).usage = 4).reports(&[
        "entry 5: allocation: amount is 5, and the rules give 3; \
         allocations is 5 of grant 2, and the rules give 3 of grant 2",
        "entry 6: twice: usage 4 was amended before, by entry 5",
        "entry 7: allowed: it would have been refused: exhausted",
    ]);
}

#[test]
fn an_amendment_finds_its_work_behind_entries_that_are_gone() {
    let mut desk = Desk::small();
    desk.sets("sync", Some(false), None);
    desk.uses("a", "reply", 5);
    desk.uses("b", "reply", 3);
    desk.does(&amend("x", "a"));
    desk.altered(|ledger| take_out(ledger, &[3])).reports(&["entry 4: order: entry 3 is missing ahead of it"]);
}
