//! What an account does not take in: entries that do not follow from the ones before them, whoever wrote them.

use metering::{
    Account, Allocation, Amendment, Blank, Command, Entry, EntryKind, Expiry, Grant, GrantOrigin, Hold, Labels,
    MAX_TOTAL, Outcome, Period, PlanChange, PlanChangeCause, PlanTerms, RefreshRule, Release, ReleaseCause, Terms,
    Timestamp, Usage, Void, VoidCause, decide,
};

use crate::histories::catalogue;

const NOW: i64 = 1_772_323_200_000;

fn now() -> Timestamp {
    Timestamp::from_millis(NOW)
}

fn ended() -> Option<Timestamp> {
    Some(now().plus_millis(31 * 86_400_000))
}

fn subscribed(cause: PlanChangeCause) -> EntryKind {
    EntryKind::PlanChange(PlanChange { to: Some(PlanTerms { plan: "small".into(), allowance: 40, ai: true }), cause })
}

fn grant(origin: GrantOrigin, amount: u64) -> EntryKind {
    EntryKind::Grant(Grant { origin, amount, priority: 10, effective_at: now(), expires_at: ended() })
}

fn pack(purchase: &str) -> GrantOrigin {
    GrantOrigin::TopUp { purchase: purchase.into(), pack: "ten".into(), price: 500 }
}

fn upgrade(amount: u64) -> EntryKind {
    grant(GrantOrigin::Upgrade { plan: "small".into() }, amount)
}

fn paying(all: &[(u64, u64)]) -> Vec<Allocation> {
    all.iter().map(|&(grant, amount)| Allocation { grant, amount }).collect()
}

fn usage(cost: u64, hold: Option<u64>, paid: &[(u64, u64)]) -> EntryKind {
    EntryKind::Usage(Usage {
        source: "desk".into(),
        id: "a".into(),
        feature: "reply".into(),
        units: 1,
        rate: 1,
        cost,
        revision: 1,
        occurred_at: None,
        labels: Labels::default(),
        hold,
        allocations: paying(paid),
    })
}

fn hold(cost: u64, reserved: &[(u64, u64)]) -> EntryKind {
    EntryKind::Hold(Hold {
        source: "desk".into(),
        id: "h".into(),
        feature: "reply".into(),
        units: 1,
        rate: 1,
        cost,
        revision: 1,
        minutes: 15,
        allocations: paying(reserved),
    })
}

fn amendment(usage: u64, amount: u64, back: &[(u64, u64)]) -> EntryKind {
    let (source, id, feature) = ("desk".to_owned(), "x".to_owned(), "reply".to_owned());
    EntryKind::Amendment(Amendment { source, id, usage, feature, amount, allocations: paying(back) })
}

fn void(cause: VoidCause, purchase: &str, grant: u64, amount: u64, shortfall: u64) -> EntryKind {
    EntryKind::Void(Void { cause, purchase: purchase.into(), grant, amount, shortfall })
}

fn refund(price: u64) -> VoidCause {
    VoidCause::Refund { id: "r".into(), price, rest: false }
}

fn dispute() -> VoidCause {
    VoidCause::Dispute { id: "d".into() }
}

/// 1 a subscription, 2 its 40 credits, 3 a pack of 10, 4 a usage of 12, 5 a hold on 30.
fn account() -> Account {
    let mut account = Account::new(Terms::new(catalogue(RefreshRule::CalendarMonth), chrono_tz::UTC));
    let period = Period { start: now(), end: now().plus_millis(31 * 86_400_000) };
    let kinds = [
        subscribed(PlanChangeCause::Subscribed),
        grant(GrantOrigin::Allowance { plan: "small".into(), period }, 40),
        EntryKind::Grant(Grant { origin: pack("p"), amount: 10, priority: 50, effective_at: now(), expires_at: None }),
        usage(12, None, &[(2, 12)]),
        hold(30, &[(2, 28), (3, 2)]),
    ];
    for kind in kinds {
        take(&mut account, kind).unwrap();
    }
    account
}

fn take(account: &mut Account, kind: EntryKind) -> Result<(), metering::Broken> {
    let seq = account.last_seq() + 1;
    account.apply(&Entry { seq, recorded_at: now(), kind })
}

/// It is not taken in, it is said why, and the account is as it was.
#[track_caller]
fn refused(account: &Account, kind: EntryKind, why: &str) {
    let mut tried = account.clone();
    let broken = take(&mut tried, kind).unwrap_err();
    assert_eq!(broken.to_string(), format!("entry {}: {why}", account.last_seq() + 1));
    for at in [now(), now().plus_millis(86_400_000)] {
        assert_eq!(tried.position(at), account.position(at));
        assert_eq!(tried.totals(at), account.totals(at));
        assert_eq!(tried.live_grants(at), account.live_grants(at));
        assert_eq!(tried.live_holds(at), account.live_holds(at));
    }
    assert_eq!(tried.purchases(), account.purchases());
    assert_eq!((tried.last_seq(), tried.last_recorded_at()), (account.last_seq(), account.last_recorded_at()));
}

#[track_caller]
fn taken(account: &Account, kind: EntryKind) -> Account {
    let mut tried = account.clone();
    take(&mut tried, kind).unwrap();
    tried
}

#[test]
fn numbers_and_dates_go_on() {
    let mut account = account();
    assert_eq!((account.last_seq(), account.last_recorded_at()), (5, now()));
    for seq in [0, 4, 5, 7, u64::MAX] {
        let broken = account.clone().apply(&Entry { seq, recorded_at: now(), kind: upgrade(1) }).unwrap_err();
        assert_eq!(broken.to_string(), format!("entry {seq}: it follows entry 5"));
    }
    let early = Entry { seq: 6, recorded_at: now().plus_millis(-1), kind: upgrade(1) };
    let said = account.apply(&early).unwrap_err().to_string();
    assert_eq!(said, "entry 6: it is dated 2026-02-28T23:59:59.999Z, before the entry ahead of it");
}

#[test]
fn a_usage_is_paid_by_what_its_grants_have_free() {
    let account = account();
    // Of 40, 12 are spent and 28 are held; of the pack's 10, 2 are held.
    refused(&account, usage(1, None, &[(2, 1)]), "grant 2 pays 1 of the 0 that it has left");
    refused(&account, usage(9, None, &[(3, 9)]), "grant 3 pays 9 of the 8 that it has left");
    refused(&account, usage(1, None, &[(4, 1)]), "grant 4 pays 1 of the 0 that it has left");
    refused(&account, usage(4, None, &[(3, 2), (3, 2)]), "grant 3 is named twice");
    refused(&account, usage(7, None, &[(3, 8)]), "it costs 7 and its grants pay 8");
    refused(&account, usage(9, None, &[(3, 8)]), "it costs 9 and its grants pay 8");
    assert_eq!(taken(&account, usage(8, None, &[(3, 8)])).position(now()).used, 20);
}

#[test]
fn a_capture_is_paid_by_what_its_hold_reserves() {
    let account = account();
    refused(&account, usage(1, Some(4), &[(2, 1)]), "it captures hold 4, which does not live");
    refused(&account, usage(29, Some(5), &[(2, 29)]), "grant 2 pays 29 of the 28 that hold 5 reserves of it");
    refused(&account, usage(3, Some(5), &[(3, 3)]), "grant 3 pays 3 of the 2 that hold 5 reserves of it");
    refused(&account, usage(2, Some(5), &[(2, 1), (2, 1)]), "grant 2 is named twice");
    refused(&account, usage(5, Some(5), &[(2, 4)]), "it costs 5 and its grants pay 4");
    let captured = taken(&account, usage(30, Some(5), &[(2, 28), (3, 2)]));
    refused(&captured, usage(1, Some(5), &[(3, 1)]), "it captures hold 5, which does not live");
}

#[test]
fn a_hold_reserves_what_is_free_and_ends_once() {
    let account = account();
    refused(&account, hold(9, &[(3, 9)]), "grant 3 pays 9 of the 8 that it has left");
    refused(&account, hold(4, &[(3, 2), (3, 2)]), "grant 3 is named twice");
    refused(&account, hold(7, &[(3, 8)]), "it costs 7 and its grants reserve 8");
    let release = |hold| EntryKind::Release(Release { hold, cause: ReleaseCause::Released });
    refused(&account, release(4), "it ends hold 4, which does not live");
    let released = taken(&account, release(5));
    assert_eq!(released.position(now()).held, 0);
    refused(&released, release(5), "it ends hold 5, which does not live");
}

#[test]
fn what_expires_is_what_is_free() {
    let account = account();
    let expiry = |grant, amount| EntryKind::Expiry(Expiry { grant, amount });
    refused(&account, expiry(3, 7), "7 credits of grant 3 expire, which has 8 left");
    refused(&account, expiry(3, 9), "9 credits of grant 3 expire, which has 8 left");
    refused(&account, expiry(2, 28), "28 credits of grant 2 expire, which has 0 left");
    assert_eq!(taken(&account, expiry(3, 8)).totals(now()).expired, 8);
}

#[test]
fn an_amendment_gives_back_what_was_spent_and_no_more() {
    let account = account();
    refused(&account, amendment(4, 13, &[(2, 13)]), "13 credits return to grant 2, which lacks 12");
    refused(&account, amendment(4, 1, &[(3, 1)]), "1 credits return to grant 3, which lacks 0");
    refused(&account, amendment(4, 1, &[(9, 1)]), "1 credits return to grant 9, which lacks 0");
    refused(&account, amendment(4, 12, &[(2, 6), (2, 6)]), "grant 2 is named twice");
    refused(&account, amendment(4, 11, &[(2, 12)]), "it gives back 11 and its grants take 12");
    refused(&account, amendment(6, 12, &[(2, 12)]), "it gives back more than usage 6 can have cost");
    let amended = taken(&account, amendment(4, 12, &[(2, 12)]));
    assert_eq!((amended.position(now()).used, amended.totals(now()).amended), (0, 12));
    // Credits that expired are not there to be given back, although the grant has room for them.
    let mut short = taken(&account, EntryKind::Release(Release { hold: 5, cause: ReleaseCause::Released }));
    take(&mut short, EntryKind::Expiry(Expiry { grant: 2, amount: 28 })).unwrap();
    refused(&short, amendment(4, 13, &[(2, 13)]), "it gives back more than usage 4 can have cost");
    taken(&short, amendment(4, 12, &[(2, 12)]));
    // All that was spent was given back already, and there is room for more.
    let again = taken(&short, amendment(4, 12, &[(2, 12)]));
    refused(&again, amendment(4, 1, &[(2, 1)]), "it gives back more than usage 4 can have cost");
    let spent_again = taken(&amended, usage(5, None, &[(2, 5)]));
    refused(&spent_again, amendment(7, 6, &[(2, 5), (3, 1)]), "1 credits return to grant 3, which lacks 0");
    taken(&spent_again, amendment(7, 5, &[(2, 5)]));
}

#[test]
fn a_purchase_is_credited_once_and_claimed_within_its_price() {
    let account = account();
    refused(&account, grant(pack("p"), 5), "purchase \"p\" was credited before");
    refused(&account, void(dispute(), "q", 3, 8, 2), "purchase \"q\" is not what grant 3 was bought with");
    refused(&account, void(dispute(), "p", 2, 8, 2), "purchase \"p\" is not what grant 2 was bought with");
    refused(&account, void(refund(501), "p", 3, 8, 2), "501 of the 500 that are left of the price are refunded");
    refused(&account, void(dispute(), "p", 3, 7, 3), "7 credits move and it would be 8");
    refused(&account, void(dispute(), "p", 3, 9, 1), "9 credits move and it would be 8");
    refused(&account, void(dispute(), "p", 3, 8, 1), "the shortfall is 2 and not 1");
    refused(&account, void(VoidCause::Returned, "p", 3, 1, 0), "1 credits move and it would be 0");
    let reinstatement = || VoidCause::Reinstatement { id: "w".into() };
    refused(&account, void(reinstatement(), "p", 3, 1, 0), "1 credits move and it would be 0");
    let refunded = taken(&account, void(refund(500), "p", 3, 8, 2));
    assert_eq!(refunded.purchases()["p"].refunded, 500);
    refused(&refunded, void(refund(1), "p", 3, 0, 2), "1 of the 0 that are left of the price are refunded");
    let disputed = taken(&account, void(dispute(), "p", 3, 8, 2));
    refused(&disputed, void(reinstatement(), "p", 3, 7, 0), "7 credits move and it would be 8");
    refused(&disputed, void(reinstatement(), "p", 3, 8, 1), "the shortfall is 0 and not 1");
    let won = taken(&disputed, void(reinstatement(), "p", 3, 8, 0));
    assert_eq!(won.totals(now()), account.totals(now()));
    assert_eq!(won.live_grants(now()), account.live_grants(now()));
}

#[test]
fn all_that_is_granted_or_spent_stays_a_number() {
    let account = account();
    let most = MAX_TOTAL - 50;
    refused(
        &account,
        upgrade(most + 1),
        &format!("it grants {} credits, more than all that may ever be granted", most + 1),
    );
    refused(
        &account,
        upgrade(u64::MAX),
        &format!("it grants {} credits, more than all that may ever be granted", u64::MAX),
    );
    // What is given back may be spent again, until all that was ever spent is a number no more.
    let mut rich = taken(&account, upgrade(most));
    assert_eq!(rich.totals(now()).granted, MAX_TOTAL);
    take(&mut rich, usage(most, None, &[(6, most)])).unwrap();
    take(&mut rich, amendment(7, most, &[(6, most)])).unwrap();
    // 12 were spent before.
    let left = MAX_TOTAL - most - 12;
    let why = format!("it makes all credits ever spent {}, more than may be", MAX_TOTAL + 1);
    refused(&rich, usage(left + 1, None, &[(6, left + 1)]), &why);
    assert_eq!(taken(&rich, usage(left, None, &[(6, left)])).totals(now()).spent, MAX_TOTAL);
}

#[test]
fn a_plan_changes_where_there_is_one() {
    let mut nobody = Account::new(Terms::new(catalogue(RefreshRule::CalendarMonth), chrono_tz::UTC));
    refused(&nobody, subscribed(PlanChangeCause::Upgraded), "it changes a plan and there is none");
    refused(&nobody, subscribed(PlanChangeCause::CameDue), "it changes a plan and there is none");
    let none = |cause| EntryKind::PlanChange(PlanChange { to: None, cause });
    refused(&nobody, none(PlanChangeCause::Subscribed), "a plan change Subscribed cannot lead to None");
    refused(&nobody, none(PlanChangeCause::Upgraded), "a plan change Upgraded cannot lead to None");
    let broken = take(&mut nobody, subscribed(PlanChangeCause::TrialEnded)).unwrap_err().to_string();
    assert!(broken.starts_with("entry 1: a plan change TrialEnded cannot lead to Some("), "{broken}");
}

#[test]
fn a_grant_that_is_effective_later_pays_later() {
    let mut account = account();
    let tomorrow = now().plus_millis(86_400_000);
    let later = Grant {
        origin: pack("q"),
        amount: 7,
        priority: 50,
        effective_at: tomorrow,
        expires_at: Some(tomorrow.plus_millis(1_000)),
    };
    take(&mut account, EntryKind::Grant(later)).unwrap();
    let available = |at| account.position(at).available;
    assert_eq!((available(now()), available(tomorrow.plus_millis(-1))), (8, 8 + 30));
    assert_eq!((available(tomorrow), available(tomorrow.plus_millis(999))), (45, 45));
    assert_eq!(available(tomorrow.plus_millis(1_000)), 38);
}

#[test]
fn what_is_invalid_says_where() {
    let invalid = metering::Invalid { field: "units", message: "0 is not in 1..=1000000".into() };
    assert_eq!(invalid.to_string(), "units: 0 is not in 1..=1000000");
    let unknown = Command::Buy { purchase: "new".into(), pack: "x".repeat(100) };
    let Outcome::Invalid(said) = decide(&account(), &Blank, &unknown, now()).outcome else { panic!("no refusal") };
    assert_eq!(said.message, format!("the catalogue has no pack \"{}\"", "x".repeat(64)));
}
