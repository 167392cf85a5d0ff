//! What holds whatever a workspace does, tried on random histories.

use std::sync::Arc;

use chrono_tz::Tz;
use metering::{
    Account, Allowance, Catalogue, Command, ControlsRequest, EntryKind, Feature, FeatureRequest, Outcome, Pack, Plan,
    Price, RefreshRule, Terms, Timestamp, TrialOffer, UsageRequest, WarningDefaults,
};
use proptest::prelude::*;

fn catalogue(refresh: RefreshRule) -> Arc<Catalogue> {
    let feature = |id: &str, rate, automation| Feature {
        id: id.into(),
        name: id.into(),
        group: "replies".into(),
        rate,
        automation,
        assumed: false,
    };
    let plan = |id: &str, ai, allowance| Plan {
        id: id.into(),
        name: id.into(),
        price: Price::Minor(100),
        ai,
        allowance,
        assumed: false,
    };
    let pack = |id: &str, credits, expires_after_days| Pack {
        id: id.into(),
        name: id.into(),
        credits,
        price: 500,
        expires_after_days,
        assumed: false,
    };
    let catalogue = Catalogue {
        id: "tiny".into(),
        name: "Tiny".into(),
        revision: 1,
        currency: "USD".into(),
        refresh,
        time_zone: "UTC".into(),
        packs_name: "Packs".into(),
        trial: Some(TrialOffer { days: 14, allowance: 20, assumed: false }),
        features: vec![feature("reply", 1, false), feature("auto", 2, true), feature("sync", 25, false)],
        unmetered: Vec::new(),
        plans: vec![
            plan("solo", false, Allowance::Credits(0)),
            plan("small", true, Allowance::Credits(40)),
            plan("large", true, Allowance::Credits(90)),
            plan("agreed", true, Allowance::Custom),
        ],
        packs: vec![pack("ten", 10, None), pack("fifty", 50, Some(20))],
        groups: Vec::new(),
        warnings: WarningDefaults::default(),
    };
    assert_eq!(catalogue.faults(), []);
    Arc::new(catalogue)
}

fn command() -> impl Strategy<Value = Command> {
    let plan = prop_oneof![Just("solo"), Just("small"), Just("large"), Just("agreed"), Just("absent")];
    let feature = prop_oneof![Just("reply"), Just("auto"), Just("sync"), Just("absent")];
    prop_oneof![
        1 => Just(Command::StartTrial),
        2 => (plan, proptest::option::of(0_u64..200))
            .prop_map(|(plan, allowance)| Command::Subscribe { plan: plan.into(), allowance }),
        1 => Just(Command::Cancel),
        10 => (0_u32..60, feature.clone(), 0_u32..30).prop_map(|(id, feature, units)| {
            Command::Use(UsageRequest {
                source: "test".into(),
                id: id.to_string(),
                feature: feature.into(),
                units,
                ..UsageRequest::default()
            })
        }),
        3 => (0_u32..20, prop_oneof![Just("ten"), Just("fifty"), Just("absent")])
            .prop_map(|(id, pack)| Command::Buy { purchase: id.to_string(), pack: pack.into() }),
        2 => (proptest::option::of(any::<bool>()), feature, proptest::option::of(any::<bool>()),
              proptest::option::of(proptest::option::of(0_u64..40)))
            .prop_map(|(automation, feature, on, cap)| Command::Controls(ControlsRequest {
                automation,
                features: vec![(feature.into(), FeatureRequest { on, cap })],
            })),
    ]
}

/// Commands with the milliseconds since the one before: mostly hours, now and then months, sometimes backwards.
fn history() -> impl Strategy<Value = Vec<(i64, Command)>> {
    let gap = prop_oneof![
        6 => 0_i64..86_400_000,
        2 => 0_i64..40 * 86_400_000,
        1 => -86_400_000_i64..0,
        1 => Just(0),
    ];
    proptest::collection::vec((gap, command()), 1..60)
}

fn zone() -> impl Strategy<Value = Tz> {
    prop_oneof![
        Just(Tz::UTC),
        Just(Tz::Europe__Berlin),
        Just(Tz::America__New_York),
        Just(Tz::Australia__Lord_Howe),
        Just(Tz::Pacific__Apia),
        Just(Tz::Asia__Kathmandu),
        Just(Tz::America__Sao_Paulo),
        Just(Tz::Africa__Cairo),
        Just(Tz::Pacific__Kiritimati),
        Just(Tz::Atlantic__Azores),
    ]
}

fn rule() -> impl Strategy<Value = RefreshRule> {
    prop_oneof![Just(RefreshRule::CalendarMonth), Just(RefreshRule::BillingCycle)]
}

fn start() -> impl Strategy<Value = Timestamp> {
    (1_262_304_000_000_i64..1_830_297_600_000).prop_map(Timestamp::from_millis)
}

fn check(account: &Account, now: Timestamp) -> Result<(), TestCaseError> {
    let totals = account.totals(now);
    let grants = account.live_grants(now);
    let remaining: u64 = grants.iter().map(|grant| grant.remaining).sum();
    // Rule 18.
    prop_assert_eq!(totals.granted, totals.spent - totals.amended + totals.expired + totals.voided + remaining);
    prop_assert_eq!(totals.balance(), remaining);
    prop_assert!(grants.iter().all(|grant| (1..=grant.amount).contains(&grant.remaining)));
    // Rule 5, written out here once more: period credits, then packs; first to expire first, then the oldest.
    let order = |grant: &metering::LiveGrant| {
        let pack = grant.source == metering::GrantSource::TopUp;
        (pack, grant.expires_at.unwrap_or(Timestamp::MAX), grant.effective_at, grant.seq)
    };
    prop_assert!(grants.windows(2).all(|pair| order(&pair[0]) < order(&pair[1])), "{:?}", grants);
    let position = account.position(now);
    prop_assert!(position.available == 0 || position.available == position.allowance + position.top_up);
    prop_assert!(position.period.is_none_or(|period| period.contains(position.at)), "{:?}", position);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn every_history_keeps_the_rules(steps in history(), zone in zone(), rule in rule(), start in start()) {
        let terms = Terms::new(catalogue(rule), zone);
        let mut account = Account::new(terms.clone());
        let mut ledger = Vec::new();
        let mut clock = start;
        for (gap, command) in &steps {
            clock = clock.plus_millis(*gap);
            let before = account.position(clock);
            let grants = account.live_grants(clock);
            let decision = account.decide(command, clock);
            match decision.outcome {
                Outcome::Recorded { seq } => prop_assert!(decision.entries.iter().any(|entry| entry.seq == seq)),
                _ => prop_assert_eq!(&decision.entries, &[], "only what is recorded writes"),
            }
            let mut paid = 0;
            for entry in &decision.entries {
                if let EntryKind::Usage(usage) = &entry.kind {
                    // An accepted usage is explained by its allocations, drawn in order (rules 4 and 5).
                    prop_assert_eq!(usage.cost, u64::from(usage.rate) * u64::from(usage.units));
                    prop_assert_eq!(usage.cost, usage.allocations.iter().map(|one| one.amount).sum::<u64>());
                    prop_assert!(usage.cost <= before.available);
                    for (paid, grant) in usage.allocations.iter().zip(&grants) {
                        prop_assert_eq!(paid.grant, grant.seq);
                        let last = Some(paid) == usage.allocations.last();
                        prop_assert!(paid.amount == grant.remaining || last && paid.amount < grant.remaining);
                    }
                    paid = usage.cost;
                }
                account.apply(entry).unwrap();
                check(&account, entry.recorded_at)?;
            }
            ledger.extend(decision.entries);
            check(&account, clock)?;
            if let Command::Use(_) = command {
                prop_assert_eq!(account.position(clock).available, before.available - paid);
            }
            // The same command with an id again, at any later time, changes nothing (rule 14).
            if let Command::Use(_) | Command::Buy { .. } = command
                && matches!(decision.outcome, Outcome::Recorded { .. })
            {
                let again = account.decide(command, clock.plus_millis(90 * 86_400_000));
                prop_assert!(matches!(again.outcome, Outcome::Duplicate { .. }), "{:?}", again);
                prop_assert_eq!(again.entries, []);
            }
        }
        // Sequence without gaps, dates that never go back (rule 15), and a replay that agrees.
        let mut replayed = Account::new(terms);
        for (index, entry) in ledger.iter().enumerate() {
            prop_assert_eq!(entry.seq, index as u64 + 1);
            replayed.apply(entry).unwrap();
        }
        prop_assert!(ledger.windows(2).all(|pair| pair[0].recorded_at <= pair[1].recorded_at));
        let later = clock.plus_millis(50 * 86_400_000);
        prop_assert_eq!(replayed.position(later), account.position(later));
    }

    #[test]
    fn rolling_forward_in_one_step_or_in_many_is_the_same(
        steps in history(), zone in zone(), rule in rule(), start in start(), stops in proptest::collection::vec(0_i64..90, 1..8),
    ) {
        let mut account = Account::new(Terms::new(catalogue(rule), zone));
        let mut clock = start;
        for (gap, command) in &steps {
            clock = clock.plus_millis(*gap);
            for entry in account.decide(command, clock).entries { account.apply(&entry).unwrap(); }
        }
        let mut many = account.clone();
        let nudge = |id: i64| Command::Controls(ControlsRequest {
            automation: None,
            features: vec![("reply".into(), FeatureRequest { on: None, cap: Some(Some(1_000 + id as u64)) })],
        });
        let mut at = clock;
        for (index, days) in stops.iter().enumerate() {
            at = at.plus_millis(days * 86_400_000);
            for entry in many.decide(&nudge(index as i64), at).entries { many.apply(&entry).unwrap(); }
        }
        let end = at.plus_millis(86_400_000);
        let last = nudge(stops.len() as i64 - 1);
        let mut once = account;
        for entry in once.decide(&last, at).entries { once.apply(&entry).unwrap(); }
        prop_assert_eq!(once.totals(end), many.totals(end));
        prop_assert_eq!(once.position(end), many.position(end));
    }

    #[test]
    fn an_altered_allocation_does_not_follow(units in 1_u32..40, more in 1_u64..100) {
        let mut account = Account::new(Terms::new(catalogue(RefreshRule::CalendarMonth), Tz::UTC));
        let now = Timestamp::from_millis(1_770_000_000_000);
        for entry in account.decide(&Command::Subscribe { plan: "small".into(), allowance: None }, now).entries {
            account.apply(&entry).unwrap();
        }
        let usage = UsageRequest { source: "s".into(), id: "i".into(), feature: "reply".into(), units, ..Default::default() };
        let mut entry = account.decide(&Command::Use(usage), now).entries.remove(0);
        let before = account.position(now);
        if let EntryKind::Usage(usage) = &mut entry.kind { usage.allocations[0].amount += more; }
        prop_assert!(account.apply(&entry).is_err());
        prop_assert_eq!(account.position(now), before, "a broken entry leaves the account as it was");
    }
}

#[test]
fn a_thousand_missed_periods_roll_forward() {
    for rule in [RefreshRule::CalendarMonth, RefreshRule::BillingCycle] {
        let mut account = Account::new(Terms::new(catalogue(rule), Tz::Europe__Berlin));
        let now = "2026-01-31T09:00:00Z".parse().unwrap();
        for entry in account.decide(&Command::Subscribe { plan: "small".into(), allowance: None }, now).entries {
            account.apply(&entry).unwrap();
        }
        let late = "2109-06-30T12:00:00Z".parse().unwrap();
        assert_eq!(account.totals(late).granted, 40 * (83 * 12 + 6), "{rule:?}");
        assert_eq!(account.position(late).available, 40);
        assert_eq!(account.position(Timestamp::MAX.plus_millis(-1)).state, metering::State::Active);
    }
}
