//! Snapshots: an account that is restored is the one that it was taken of, and what can be no account is refused.

mod damage;
mod refused;

use metering::{
    Account, Blank, ClaimKind, Command, ControlsRequest, FeatureRequest, Hold, HoldRequest, LiveGrant, MAX_TOTAL,
    Meter, Outcome, Past, PastAmendment, PastClaim, PastHold, PastUsage, Period, RefreshRule, Revisions, Snapshot,
    SnapshotAccess, Terms, Timestamp, UsageRequest, decide,
};
use proptest::prelude::*;

use self::damage::damage;
use crate::histories::{catalogue, command, config, history, rule, start, zone};
use crate::random;

const DAY: i64 = 86_400_000;

fn restored(account: &Account) -> Account {
    Account::restore(account.terms().clone(), account.snapshot()).unwrap()
}

/// The two say the same whatever they are asked, at an instant.
fn answer_alike(one: &Account, other: &Account, at: Timestamp) -> Result<(), TestCaseError> {
    prop_assert_eq!(one.position(at), other.position(at));
    prop_assert_eq!(one.totals(at), other.totals(at));
    prop_assert_eq!(one.live_grants(at), other.live_grants(at));
    prop_assert_eq!(one.live_holds(at), other.live_holds(at));
    prop_assert_eq!(one.access(at), other.access(at));
    prop_assert_eq!(one.pending_plan(at), other.pending_plan(at));
    prop_assert_eq!(one.purchases(), other.purchases());
    prop_assert_eq!(one.controls(), other.controls());
    prop_assert_eq!(one.recorded_totals(), other.recorded_totals());
    prop_assert_eq!((one.last_seq(), one.last_recorded_at()), (other.last_seq(), other.last_recorded_at()));
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_restored_account_answers_and_decides_like_the_one_it_was_taken_of(
        steps in history(), zone in zone(), rule in rule(), start in start(), later in 0_i64..400 * DAY,
    ) {
        let mut meter = Meter::new(Terms::new(catalogue(rule), zone));
        let mut clock = start;
        for (gap, command) in &steps {
            clock = clock.plus_millis(*gap);
            let mut other = restored(meter.account());
            for at in [clock, clock.plus_millis(40 * DAY), clock.plus_millis(later)] {
                answer_alike(meter.account(), &other, at)?;
                prop_assert_eq!(meter.decide(command, at), decide(&other, meter.register(), command, at));
            }
            for entry in meter.decide(command, clock).entries {
                meter.apply(&entry).unwrap();
                other.apply(&entry).unwrap();
                // In the midst of a decision, too: what is due comes one entry after the other.
                prop_assert_eq!(other.snapshot(), meter.account().snapshot());
                other = restored(&other);
                answer_alike(meter.account(), &other, clock)?;
            }
        }
    }

    #[test]
    fn no_snapshot_makes_an_account_that_fails(
        steps in history(), zone in zone(), rule in rule(), start in start(),
        damage in proptest::collection::vec(damage(), 1..6), then in proptest::collection::vec((0..40 * DAY, command()), 1..8),
    ) {
        let mut meter = Meter::new(Terms::new(catalogue(rule), zone));
        let mut clock = start;
        for (gap, command) in &steps {
            clock = clock.plus_millis(*gap);
            meter.decide(command, clock).entries.iter().for_each(|entry| meter.apply(entry).unwrap());
        }
        let mut snapshot = meter.account().snapshot();
        for one in damage {
            one.strike(&mut snapshot);
        }
        let Ok(mut account) = Account::restore(meter.account().terms().clone(), snapshot.clone()) else { return Ok(()) };
        prop_assert_eq!(account.snapshot(), snapshot, "what is restored is what was given");
        // It is another account than the ledger's, and goes on as one that the rules know.
        for (gap, command) in &then {
            clock = clock.max(account.last_recorded_at()).plus_millis(*gap);
            for entry in decide(&account, &LiveHolds(&account.clone()), command, clock).entries {
                account.apply(&entry).unwrap();
            }
            let (totals, grants) = (account.totals(clock), account.live_grants(clock));
            prop_assert_eq!(totals.balance(), grants.iter().map(|grant| grant.remaining).sum::<u64>());
            prop_assert!(grants.iter().all(|grant| grant.held <= grant.remaining && grant.remaining <= grant.amount));
            // No ledger gets so long.
            if account.last_seq() <= MAX_TOTAL {
                prop_assert_eq!(&restored(&account).snapshot(), &account.snapshot(), "it can be restored again");
            }
        }
    }
}

/// Small catalogues of several revisions, odd zones and clock changes, and instants that meet.
#[test]
fn any_history_can_be_restored_after_any_entry() {
    let mut entries = 0;
    for seed in 0..1_500 {
        let random::History { catalogues, zone, steps } = random::history(seed);
        let mut meter = Meter::new(Terms::new(Revisions::new(catalogues).unwrap(), zone));
        for step in steps {
            let other = restored(meter.account());
            let decision = meter.decide(&step.command, step.at);
            assert_eq!(decide(&other, meter.register(), &step.command, step.at), decision, "seed {seed}");
            for at in step.look.into_iter().chain([step.at]) {
                assert_eq!(other.position(at), meter.account().position(at), "seed {seed}");
            }
            for entry in decision.entries {
                meter.apply(&entry).unwrap();
                entries += 1;
                assert_eq!(restored(meter.account()).snapshot(), meter.account().snapshot(), "seed {seed}");
            }
        }
    }
    assert!(entries > 20_000, "{entries}");
}

/// What the live holds of an account say of the past, and nothing else: all that captures and releases ask for.
struct LiveHolds<'a>(&'a Account);

impl Past for LiveHolds<'_> {
    fn usage(&self, source: &str, id: &str) -> Option<PastUsage> {
        Blank.usage(source, id)
    }

    fn amendment(&self, source: &str, id: &str) -> Option<PastAmendment> {
        Blank.amendment(source, id)
    }

    fn hold(&self, source: &str, id: &str) -> Option<PastHold> {
        let all = self.0.live_holds(self.0.last_recorded_at());
        let live = all.into_iter().find(|live| live.source == source && live.id == id)?;
        let hold = Hold {
            source: live.source,
            id: live.id,
            feature: live.feature,
            units: live.units,
            rate: live.rate,
            cost: live.cost,
            revision: live.revision,
            minutes: 15,
            allocations: live.allocations,
        };
        Some(PastHold { seq: live.seq, hold, end: None })
    }

    fn claim(&self, kind: ClaimKind, id: &str) -> Option<PastClaim> {
        Blank.claim(kind, id)
    }
}

fn now() -> Timestamp {
    "2026-03-20T12:00:00Z".parse().unwrap()
}

fn terms() -> Terms {
    Terms::new(catalogue(RefreshRule::BillingCycle), chrono_tz::Europe::Berlin)
}

/// The ledger of an account with something of everything.
///
/// 1 the trial's 20 credits, of which 2 uses 5 and 15 expire (3); 4 a subscription and 5 its 40 credits; 6 controls; 7 a
/// pack of 10, of which 8 a dispute takes all; 9 a pack of 50, of which 10 a refund takes 10; 11 a usage of 30; 12 and
/// 13 two holds, on 12 and 13 credits; 14 a cancellation.
fn meter() -> Meter {
    let mut meter = Meter::new(terms());
    let use_it = |id: &str, units| {
        let feature = "reply".to_owned();
        Command::Use(UsageRequest { source: "desk".into(), id: id.into(), feature, units, ..Default::default() })
    };
    let hold = |id: &str, units, minutes| {
        Command::Hold(HoldRequest { source: "desk".into(), id: id.into(), feature: "reply".into(), units, minutes })
    };
    let buy = |purchase: &str, pack: &str| Command::Buy { purchase: purchase.into(), pack: pack.into() };
    let controls = ControlsRequest {
        automation: Some(true),
        features: vec![
            ("auto".into(), FeatureRequest { on: Some(false), cap: None }),
            ("sync".into(), FeatureRequest { on: None, cap: Some(Some(75)) }),
        ],
    };
    for (index, command) in (0..).zip([
        Command::StartTrial,
        use_it("a", 5),
        Command::Subscribe { plan: "small".into(), allowance: None },
        Command::Controls(controls),
        buy("ten-1", "ten"),
        Command::Dispute { id: "d".into(), purchase: "ten-1".into() },
        buy("fifty-1", "fifty"),
        Command::Refund { id: "r".into(), purchase: "fifty-1".into(), amount: Some(100) },
        use_it("b", 30),
        hold("h", 12, 60),
        hold("i", 13, 30),
        Command::Cancel,
    ]) {
        let decision = meter.decide(&command, now().plus_millis(index * 60_000));
        assert!(matches!(decision.outcome, Outcome::Recorded { .. }), "{command:?}: {decision:?}");
        decision.entries.iter().for_each(|entry| meter.apply(entry).unwrap());
    }
    meter
}

#[test]
fn a_snapshot_holds_everything() {
    let meter = meter();
    let Snapshot { live, spent, holds, purchases, used, access, pending, controls, .. } = meter.account().snapshot();
    let seqs = |grants: &[LiveGrant]| grants.iter().map(|grant| grant.seq).collect::<Vec<_>>();
    assert_eq!((seqs(&live), seqs(&spent)), (vec![5, 9], vec![1, 7]));
    assert_eq!(holds.iter().map(|hold| hold.seq).collect::<Vec<_>>(), [13, 12], "the first to time out first");
    assert_eq!(purchases.keys().collect::<Vec<_>>(), ["fifty-1", "ten-1"]);
    assert_eq!(used, [("reply".to_owned(), 30)]);
    let SnapshotAccess::Plan { terms, period, refresh, anchor } = access else { panic!("{access:?}") };
    assert_eq!((terms.plan.as_str(), terms.allowance, refresh), ("small", 40, RefreshRule::BillingCycle));
    let start = now().plus_millis(2 * 60_000);
    let end = "2026-04-20T11:02:00Z".parse().unwrap();
    assert_eq!((period, anchor.to_string().as_str()), (Some(Period { start, end }), "2026-03-20 13:02:00"));
    assert_eq!((pending, controls.automation, controls.features.len()), (Some(None), true, 2));
    let restored = restored(meter.account());
    for days in [0, 1, 30, 31, 300] {
        answer_alike(meter.account(), &restored, now().plus_millis(days * DAY)).unwrap();
    }
}

#[test]
fn a_snapshot_of_nothing_is_a_new_account() {
    assert_eq!(Account::new(terms()).snapshot(), Snapshot::default());
    let account = Account::restore(terms(), Snapshot::default()).unwrap();
    assert_eq!(account.position(now()), Account::new(terms()).position(now()));
}

#[test]
fn between_a_subscription_and_its_first_period_there_is_a_snapshot() {
    let mut account = Account::new(terms());
    let subscribe = Command::Subscribe { plan: "small".into(), allowance: None };
    let entries = decide(&account, &Blank, &subscribe, now()).entries;
    account.apply(&entries[0]).unwrap();
    let SnapshotAccess::Plan { period: None, .. } = account.snapshot().access else { panic!("it has begun") };
    let mut restored = restored(&account);
    for account in [&mut account, &mut restored] {
        account.apply(&entries[1]).unwrap();
    }
    assert_eq!(restored.snapshot(), account.snapshot());
}
