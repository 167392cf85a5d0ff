//! Rules 10 and 11.

use metering::{PurchaseTerms, VoidCause};

use super::*;

/// What a void moved, and the shortfall that it left.
#[track_caller]
fn voided(entry: &Entry) -> (Credits, Credits) {
    match &entry.kind {
        EntryKind::Void(void) => (void.amount, void.shortfall),
        other => panic!("{other:?}"),
    }
}

#[test]
fn rule_10_a_pack_is_granted_once_and_counts_at_once() {
    let mut desk = Desk::small();
    let entry = desk.buys("p", "ten");
    assert_eq!(desk.numbers(), [50, 40, 10, 0, 0]);
    assert_eq!(desk.run(&buying("p", "ten")), (Outcome::Duplicate { seq: entry.seq }, Vec::new()));
    assert_eq!(desk.run(&buying("p", "fifty")), (Outcome::Conflict { seq: entry.seq }, Vec::new()));
    assert_eq!(desk.is_invalid(&buying("q", "absent")), "pack");
    // A trial counts as access.
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
    desk.does(&Command::StartTrial);
    desk.buys("p", "ten");
    assert_eq!(desk.numbers()[0], 30);
}

#[test]
fn rule_10_a_pack_never_expires_unless_the_catalogue_says_when() {
    // The clocks go forward in between: days of 24 hours, as everywhere.
    let mut desk = Desk::new(RefreshRule::CalendarMonth, Tz::Europe__Berlin, "2026-03-20T09:00:00Z");
    desk.does(&Command::Subscribe { plan: "agreed".into(), allowance: Some(0) });
    desk.buys("p", "ten");
    desk.buys("q", "fifty");
    desk.go_to("2026-04-09T08:59:59.999Z");
    assert_eq!(desk.numbers(), [60, 0, 60, 0, 0]);
    desk.go_to("2026-04-09T09:00:00Z");
    assert_eq!((desk.numbers(), desk.totals().expired), ([10, 0, 10, 0, 0], 50));
    desk.go_to("2036-03-20T09:00:00Z");
    assert_eq!((desk.numbers(), desk.totals().expired), ([10, 0, 10, 0, 0], 50));
}

#[test]
fn rule_10_a_payment_that_is_confirmed_is_credited_even_when_the_plan_has_lapsed_since() {
    let mut desk = Desk::small();
    assert_eq!(desk.run(&Command::CheckOut { pack: "ten".into() }).0, Outcome::Unchanged);
    desk.does(&Command::Cancel);
    desk.go_to("2026-04-02T00:00:00Z");
    let terms =
        PurchaseTerms { purchase: "p".into(), pack: "ten".into(), credits: 10, price: 500, expires_after_days: None };
    let entry = desk.does(&Command::Credit(terms.clone()));
    assert_eq!(desk.numbers(), [0, 0, 10, 0, 0], "frozen");
    assert_eq!(desk.run(&Command::Credit(terms.clone())).0, Outcome::Duplicate { seq: entry.seq });
    for other in [
        PurchaseTerms { pack: "fifty".into(), ..terms.clone() },
        PurchaseTerms { credits: 11, ..terms.clone() },
        PurchaseTerms { price: 501, ..terms.clone() },
        PurchaseTerms { expires_after_days: Some(20), ..terms },
    ] {
        assert_eq!(desk.run(&Command::Credit(other)).0, Outcome::Conflict { seq: entry.seq });
    }
}

#[test]
fn rule_11_a_refund_takes_the_share_of_what_is_left_rounded_down() {
    let mut desk = Desk::bare();
    desk.buys("p", "ten");
    // 199 of 500 are 3.98 of 10 credits.
    assert_eq!(voided(&desk.does(&refund("r1", "p", Some(199)))), (3, 0));
    // 200 of 500 are 4: one more.
    assert_eq!(voided(&desk.does(&refund("r2", "p", Some(1)))), (1, 0));
    assert_eq!(desk.is_invalid(&refund("r3", "p", Some(301))), "amount");
    assert_eq!(desk.is_invalid(&refund("r3", "p", Some(0))), "amount");
    desk.uses("a", "reply", 2);
    assert_eq!(voided(&desk.does(&refund("r3", "p", None))), (4, 2), "what was spent already is a shortfall");
    assert_eq!((desk.numbers()[0], desk.totals().voided), (0, 8));
    assert_eq!(desk.is_invalid(&refund("r4", "p", None)), "amount", "nothing of the price is left");
    assert_eq!(desk.is_invalid(&refund("r4", "absent", None)), "purchase");
}

#[test]
fn rule_11_a_dispute_takes_the_whole_pack_and_never_twice() {
    let mut desk = Desk::bare();
    desk.buys("p", "ten");
    desk.does(&refund("r", "p", Some(200)));
    assert_eq!(voided(&desk.does(&dispute("d", "p"))), (6, 0), "the refund took 4 already");
    assert_eq!(desk.is_invalid(&dispute("e", "p")), "purchase", "it is under dispute");
    // A refund during the dispute claims nothing that the dispute does not.
    assert_eq!(voided(&desk.does(&refund("s", "p", Some(50)))), (0, 0));
    // Won: what refunds alone do not claim is there again.
    assert_eq!(voided(&desk.does(&reinstate("w", "p"))), (5, 0));
    assert_eq!((desk.numbers()[0], desk.totals().voided), (5, 5));
    assert_eq!(desk.is_invalid(&reinstate("x", "p")), "purchase");
}

#[test]
fn rule_11_credits_that_return_to_a_claimed_pack_are_taken_at_once() {
    let mut desk = Desk::bare();
    desk.buys("p", "ten");
    desk.uses("a", "reply", 7);
    assert_eq!(voided(&desk.does(&dispute("d", "p"))), (3, 7));
    let (_, entries) = desk.run(&amend("x", "a"));
    assert_eq!(entries.len(), 2);
    let EntryKind::Void(void) = &entries[1].kind else { panic!("{entries:?}") };
    assert_eq!((&void.cause, void.amount, void.shortfall), (&VoidCause::Returned, 7, 0));
    assert_eq!((desk.numbers()[0], desk.totals().voided), (0, 10));
}

#[test]
fn rule_11_what_work_holds_of_a_claimed_pack_is_taken_when_it_is_freed() {
    let mut desk = Desk::bare();
    desk.buys("p", "ten");
    desk.does(&holding("h", "reply", 8, 15));
    desk.does(&holding("i", "reply", 1, 15));
    assert_eq!(voided(&desk.does(&dispute("d", "p"))), (1, 9), "work under way may finish");
    desk.does(&capture("h", Some(3)));
    assert_eq!((desk.numbers()[0], desk.totals().voided), (0, 6), "five of the eight were not used");
    desk.does(&release("i"));
    assert_eq!((desk.numbers()[0], desk.totals().voided), (0, 7));
}

#[test]
fn rule_11_after_a_dispute_that_is_won_nothing_is_claimed_any_more() {
    let mut desk = Desk::bare();
    desk.buys("p", "ten");
    desk.uses("a", "reply", 7);
    assert_eq!(voided(&desk.does(&dispute("d", "p"))), (3, 7));
    assert_eq!(voided(&desk.does(&reinstate("w", "p"))), (3, 0));
    desk.does(&amend("x", "a"));
    assert_eq!((desk.numbers()[0], desk.totals().voided), (10, 0));
}

#[test]
fn rule_11_what_is_claimed_of_returning_credits_goes_before_anything_of_them_expires() {
    let mut desk = Desk::bare();
    desk.buys("p", "fifty");
    desk.uses("a", "reply", 50);
    // Half of the price: a claim on 25.
    assert_eq!(voided(&desk.does(&refund("r", "p", Some(250)))), (0, 25));
    desk.go_to("2026-04-05T00:00:00Z");
    let (_, entries) = desk.run(&amend("x", "a"));
    let moved: Vec<_> = entries.iter().map(told).map(|(kind, _, credits)| (kind, credits)).collect();
    assert_eq!(moved, [("grant", 0), ("amendment", 50), ("void", 25), ("expiry", 25)]);
}
