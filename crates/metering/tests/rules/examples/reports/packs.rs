//! Altered packs and claims on them (rules 10 and 11).

use std::sync::Arc;

use metering::{Revisions, Void, VoidCause};

use super::*;

/// 1 the plan, 2 its 0 credits, 3 a pack of 10, 4 two replies, 5 a refund of half of the pack, 6 a dispute, which
/// 7 is won, 8 a refund of the rest.
fn claimed() -> Desk {
    let mut desk = Desk::bare();
    desk.buys("p", "ten");
    desk.uses("a", "reply", 2);
    desk.does(&refund("r", "p", Some(250)));
    desk.does(&dispute("d", "p"));
    desk.does(&reinstate("w", "p"));
    desk.does(&refund("s", "p", None));
    desk
}

#[test]
fn a_pack_brings_what_was_sold() {
    let desk = claimed();
    desk.altered(|ledger| content!(ledger, 3, Grant).amount = 11).differs(3, "pack", "amount", "11", "10");
    desk.altered(|ledger| content!(ledger, 3, Grant).priority = 10).differs(3, "pack", "priority", "10", "50");
    desk.altered(|ledger| content!(ledger, 3, Grant).expires_at = Some(at("2026-03-21T00:00:00Z"))).differs(
        3,
        "pack",
        "expires_at",
        "2026-03-21T00:00:00Z",
        "none",
    );
    desk.altered(|ledger| content!(ledger, 3, Grant).effective_at = at("2026-03-02T00:00:00Z")).differs(
        3,
        "pack",
        "effective_at",
        "2026-03-02T00:00:00Z",
        "2026-03-01T00:00:00Z",
    );
    desk.altered(|ledger| content!(ledger, 3, Grant).origin = bought("p", "ten", 501))
        .differs(3, "pack", "price", "501", "500");
    // What it costs and brings tells which it was.
    desk.altered(|ledger| content!(ledger, 3, Grant).origin = bought("p", "absent", 500)).differs(
        3,
        "pack",
        "pack",
        "\"absent\"",
        "\"ten\"",
    );
}

/// 1 the plan, 2 its 40 credits, 3 a pack of 10, 4 five replies, 5 a change of controls, 6 forty-two replies, of which
/// the pack pays seven, 7 the refresh of April, 8 forty-two replies.
fn spent() -> Desk {
    let mut desk = Desk::small();
    desk.buys("p", "ten");
    desk.uses("a", "reply", 5);
    desk.sets("sync", Some(false), None);
    desk.uses("b", "reply", 42);
    desk.go_to("2026-04-01T00:00:00Z").uses("c", "reply", 42);
    desk
}

#[test]
fn a_pack_that_nobody_sold_pays_nothing() {
    let line = "entry 5: pack: no revision sells a pack \"absent\"";
    let forge = |ledger: &mut Vec<Entry>, amount, price| {
        let mut grant = content!(ledger, 3, Grant).clone();
        // It would pay ahead of the other.
        (grant.amount, grant.expires_at) = (amount, Some(at("2026-04-20T00:00:00Z")));
        grant.origin = bought("q", "absent", price);
        ledger[4].kind = EntryKind::Grant(grant);
    };
    for (amount, price) in [(10, 500), (1_000, 500), (1, 1)] {
        spent().altered(|ledger| forge(ledger, amount, price)).reports(&[line]);
    }
    spent()
        .altered(|ledger| {
            forge(ledger, 10, 500);
            let cause = VoidCause::Refund { id: "r".into(), price: 500, rest: true };
            let void = Void { cause, purchase: "q".into(), grant: 5, amount: 10, shortfall: 0 };
            append(ledger, EntryKind::Void(void));
        })
        .reports(&[line, "entry 9: pack: it is out of bounds: purchase: there is no purchase \"q\""]);
}

#[test]
fn a_pack_under_another_name_pays_what_it_paid() {
    let altered = spent().altered(|ledger| content!(ledger, 3, Grant).origin = bought("p", "absent", 500));
    altered.differs(3, "pack", "pack", "\"absent\"", "\"ten\"");
    let altered = spent().altered(|ledger| content!(ledger, 3, Grant).origin = bought("", "ten", 500));
    altered.reports(&["entry 3: pack: it is out of bounds: purchase: has 0 bytes and needs 1..=256"]);
}

#[test]
fn a_purchase_is_credited_once() {
    claimed()
        .altered(|ledger| {
            let again = ledger[2].kind.clone();
            append(ledger, again);
        })
        .reports(&["entry 9: twice: its purchase was credited before, by entry 3"]);
}

#[test]
fn a_claim_takes_its_share() {
    let desk = claimed();
    desk.altered(|ledger| content!(ledger, 5, Void).amount = 4).differs(5, "pack", "amount", "4", "5");
    desk.altered(|ledger| content!(ledger, 5, Void).shortfall = 1).differs(5, "pack", "shortfall", "1", "0");
    desk.altered(|ledger| content!(ledger, 5, Void).grant = 2).differs(5, "pack", "grant", "2", "3");
    desk.altered(|ledger| content!(ledger, 6, Void).amount = 4).differs(6, "pack", "amount", "4", "3");
    desk.altered(|ledger| content!(ledger, 7, Void).amount = 4).differs(7, "pack", "amount", "4", "3");
    desk.altered(|ledger| content!(ledger, 8, Void).amount = 4).differs(8, "pack", "amount", "4", "3");
}

#[test]
fn a_claim_that_cannot_be_made_is_named() {
    let mut desk = claimed();
    let refund = |price, rest| VoidCause::Refund { id: "t".into(), price, rest };
    let reinstatement = VoidCause::Reinstatement { id: "t".into() };
    desk.altered(|ledger| content!(ledger, 8, Void).purchase = "q".into())
        .reports(&["entry 8: pack: it is out of bounds: purchase: there is no purchase \"q\""]);
    desk.altered(|ledger| content!(ledger, 8, Void).cause = refund(251, false))
        .reports(&["entry 8: pack: it is out of bounds: amount: 251 is not in 1..=250, what is left of the price"]);
    desk.altered(|ledger| content!(ledger, 8, Void).cause = reinstatement)
        .reports(&["entry 8: pack: it is out of bounds: purchase: \"p\" is not under dispute"]);
    desk.altered(|ledger| content!(ledger, 8, Void).cause = VoidCause::Returned)
        .reports(&["entry 8: pack: no credits returned to a pack with a shortfall"]);
    desk.ledger.truncate(7);
    desk.altered(|ledger| content!(ledger, 7, Void).cause = VoidCause::Dispute { id: "t".into() })
        .reports(&["entry 7: pack: it is out of bounds: purchase: \"p\" is under dispute already"]);
}

#[test]
fn the_rest_is_all_that_is_left_of_the_price() {
    let altered = claimed().altered(|ledger| {
        content!(ledger, 8, Void).cause = VoidCause::Refund { id: "s".into(), price: 200, rest: true };
    });
    altered.differs(8, "pack", "price", "200", "250");
}

/// A pack of 10 for 500 at first, of 12 for 700 from 10 March on, of 14 for 900 from April on; bought in March.
fn sold_anew() -> Desk {
    let revision = |number, from: Option<&str>, credits, price| {
        let mut one = Catalogue::clone(&catalogue(RefreshRule::CalendarMonth));
        (one.revision, one.counts_from) = (number, from.map(at));
        (one.packs[0].credits, one.packs[0].price) = (credits, price);
        Arc::new(one)
    };
    let revisions = vec![
        revision(1, None, 10, 500),
        revision(2, Some("2026-03-10T00:00:00Z"), 12, 700),
        revision(3, Some("2026-04-01T00:00:00Z"), 14, 900),
    ];
    let terms = Terms::new(Revisions::new(revisions).unwrap(), Tz::UTC);
    let mut desk = Desk { meter: Meter::new(terms), now: at("2026-03-20T00:00:00Z"), ledger: Vec::new() };
    desk.subscribe("small");
    desk.buys("p", "ten");
    desk
}

#[test]
fn a_pack_is_credited_as_a_revision_sold_it_until_then() {
    let sold = |credits, price| {
        sold_anew().altered(|ledger| {
            let grant = content!(ledger, 3, Grant);
            (grant.amount, grant.origin) = (credits, bought("p", "ten", price));
        })
    };
    sold(12, 700).reports(&[]);
    // Its checkout began while the first revision counted.
    sold(10, 500).reports(&[]);
    sold(11, 500).differs(3, "pack", "amount", "11", "10");
    sold(11, 700).differs(3, "pack", "amount", "11", "12");
    sold(12, 500).differs(3, "pack", "amount", "12", "10");
    sold(10, 700).differs(3, "pack", "amount", "10", "12");
    sold(10, 600).differs(3, "pack", "price", "600", "500");
    // Not sold yet.
    sold(14, 900)
        .reports(&["entry 3: pack: price is 900, and the rules give 500; amount is 14, and the rules give 10"]);
}
