//! Random histories that shrink.

use std::sync::Arc;

use chrono_tz::Tz;
use metering::{
    Allowance, Catalogue, Command, ControlsRequest, Entry, Feature, FeatureRequest, HoldRequest, Meter, Pack, Plan,
    Price, RefreshRule, Terms, Timestamp, TrialOffer, UsageRequest, WarningDefaults,
};
use proptest::prelude::*;

const SOURCE: &str = "test";

/// As many cases as `PROPTEST_CASES` says, or 2,048: what goes wrong where three rules meet is rare.
pub(crate) fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2_048);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// A small catalogue: plans with and without AI, one by agreement; packs that expire and that do not.
pub(crate) fn catalogue(refresh: RefreshRule) -> Arc<Catalogue> {
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
        counts_from: None,
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

pub(crate) fn command() -> impl Strategy<Value = Command> {
    let plan = prop_oneof![Just("solo"), Just("small"), Just("large"), Just("agreed"), Just("absent")];
    let feature = prop_oneof![Just("reply"), Just("auto"), Just("sync"), Just("absent")];
    prop_oneof![
        1 => Just(Command::StartTrial),
        2 => (plan, proptest::option::of(0_u64..200))
            .prop_map(|(plan, allowance)| Command::Subscribe { plan: plan.into(), allowance }),
        1 => Just(Command::Cancel),
        10 => (0_u32..60, feature.clone(), 0_u32..30).prop_map(|(id, feature, units)| {
            Command::Use(UsageRequest {
                source: SOURCE.into(),
                id: id.to_string(),
                feature: feature.into(),
                units,
                ..UsageRequest::default()
            })
        }),
        3 => (0_u32..20, prop_oneof![Just("ten"), Just("fifty"), Just("absent")])
            .prop_map(|(id, pack)| Command::Buy { purchase: id.to_string(), pack: pack.into() }),
        4 => (0_u32..8, feature.clone(), 0_u32..50, prop_oneof![Just(15_u32), 0_u32..2_000])
            .prop_map(|(id, feature, units, minutes)| Command::Hold(HoldRequest {
                source: SOURCE.into(), id: id.to_string(), feature: feature.into(), units, minutes,
            })),
        4 => (0_u32..8, proptest::option::of(0_u32..50)).prop_map(|(hold, units)| Command::Capture {
            source: SOURCE.into(), hold: hold.to_string(), units,
        }),
        1 => (0_u32..8).prop_map(|hold| Command::Release { source: SOURCE.into(), hold: hold.to_string() }),
        2 => (0_u32..20, 0_u32..60, 0_u32..4).prop_map(|(id, usage, held)| Command::Amend {
            source: SOURCE.into(),
            id: id.to_string(),
            usage: if held == 0 { format!("hold:{}", usage % 20) } else { usage.to_string() },
        }),
        2 => (0_u32..12, 0_u32..20, proptest::option::of(0_u64..600)).prop_map(|(id, purchase, amount)| Command::Refund {
            id: id.to_string(), purchase: purchase.to_string(), amount,
        }),
        1 => (0_u32..12, 0_u32..20)
            .prop_map(|(id, purchase)| Command::Dispute { id: id.to_string(), purchase: purchase.to_string() }),
        1 => (0_u32..12, 0_u32..20)
            .prop_map(|(id, purchase)| Command::Reinstate { id: id.to_string(), purchase: purchase.to_string() }),
        2 => (proptest::option::of(any::<bool>()), feature, proptest::option::of(any::<bool>()),
              proptest::option::of(proptest::option::of(0_u64..40)))
            .prop_map(|(automation, feature, on, cap)| Command::Controls(ControlsRequest {
                automation,
                features: vec![(feature.into(), FeatureRequest { on, cap })],
            })),
    ]
}

/// Commands with the milliseconds since the one before: mostly hours, now and then months, sometimes backwards.
pub(crate) fn history() -> impl Strategy<Value = Vec<(i64, Command)>> {
    let gap = prop_oneof![
        3 => 0_i64..1_200_000,
        3 => 0_i64..86_400_000,
        2 => 0_i64..40 * 86_400_000,
        1 => -86_400_000_i64..0,
        1 => Just(0),
    ];
    proptest::collection::vec((gap, command()), 1..80)
}

pub(crate) fn zone() -> impl Strategy<Value = Tz> {
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

pub(crate) fn rule() -> impl Strategy<Value = RefreshRule> {
    prop_oneof![Just(RefreshRule::CalendarMonth), Just(RefreshRule::BillingCycle)]
}

pub(crate) fn start() -> impl Strategy<Value = Timestamp> {
    (1_262_304_000_000_i64..1_830_297_600_000).prop_map(Timestamp::from_millis)
}

/// The ledger that a history makes.
pub(crate) fn ledger(terms: Terms, start: Timestamp, steps: &[(i64, Command)]) -> Vec<Entry> {
    let mut meter = Meter::new(terms);
    let (mut ledger, mut clock) = (Vec::new(), start);
    for (gap, command) in steps {
        clock = clock.plus_millis(*gap);
        for entry in meter.decide(command, clock).entries {
            meter.apply(&entry).unwrap();
            ledger.push(entry);
        }
    }
    ledger
}
