//! Random histories of a workspace under a catalogue of its own, with numbers, texts and instants at their bounds.

use metering::{
    Allowance, Catalogue, Command, ControlsRequest, Feature, FeatureRequest, HoldRequest, Labels, MAX_ALLOWANCE,
    MAX_HOLD_ID_LENGTH, MAX_HOLD_MINUTES, MAX_ID_LENGTH, MAX_PACK_DAYS, MAX_PRICE, MAX_RATE, MAX_TOTAL, MAX_TRIAL_DAYS,
    MAX_UNITS, Pack, Plan, Price, PurchaseTerms, RefreshRule, Timestamp, TrialOffer, UsageRequest, WarningDefaults,
};
use proptest::prelude::*;

/// Mostly `usual`; else a number at a bound or past it.
fn number(usual: u64, most: u64) -> impl Strategy<Value = u64> {
    let edges = prop_oneof![Just(0), Just(1), Just(most), Just(most + 1), Just(u64::MAX)];
    prop_oneof![12 => Just(usual), 1 => edges]
}

fn small(usual: u32, most: u32) -> impl Strategy<Value = u32> {
    number(usual.into(), most.into()).prop_map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

/// Mostly `usual`; else a text that something may find too short, too long or too odd.
fn text(usual: &'static str) -> impl Strategy<Value = String> {
    let odd = prop_oneof![
        Just(String::new()),
        Just("x".repeat(MAX_HOLD_ID_LENGTH)),
        Just("x".repeat(MAX_HOLD_ID_LENGTH + 1)),
        Just("x".repeat(MAX_ID_LENGTH)),
        Just("x".repeat(MAX_ID_LENGTH + 1)),
        Just("é".repeat(MAX_ID_LENGTH / 2 + 1)),
        "[\\x00-\\x20\"\\\\]{1,6}",
        Just("\u{2028}\u{feff}\u{10ffff}".to_owned()),
    ];
    prop_oneof![14 => Just(usual.to_owned()), 1 => odd]
}

/// One of each thing that is sold, with what is usual or what is odd.
fn catalogue() -> impl Strategy<Value = Catalogue> {
    let feature = (text("reply"), small(1, MAX_RATE), any::<bool>()).prop_map(|(id, rate, automation)| Feature {
        id,
        name: "Replies".into(),
        group: "replies".into(),
        rate,
        automation,
        assumed: false,
    });
    let plan = (text("small"), number(100, MAX_PRICE), number(500, MAX_ALLOWANCE), 0..6_u8).prop_map(
        |(id, price, allowance, kind)| Plan {
            id,
            name: "Small".into(),
            price: Price::Minor(price),
            ai: kind != 0,
            allowance: if kind == 1 { Allowance::Custom } else { Allowance::Credits(allowance) },
            assumed: false,
        },
    );
    let days = proptest::option::of(small(20, MAX_PACK_DAYS));
    let pack = (text("ten"), number(10, MAX_ALLOWANCE), number(500, MAX_PRICE), days).prop_map(
        |(id, credits, price, expires_after_days)| Pack {
            id,
            name: "Ten".into(),
            credits,
            price,
            expires_after_days,
            assumed: false,
        },
    );
    let trial = (small(14, MAX_TRIAL_DAYS), number(20, MAX_ALLOWANCE)).prop_map(|(days, allowance)| TrialOffer {
        days,
        allowance,
        assumed: false,
    });
    let head = (text("made-up"), small(1, u32::MAX - 1), any::<bool>(), proptest::option::of(era()));
    (head, trial, feature, plan, pack).prop_map(|((id, revision, monthly, counts_from), trial, feature, plan, pack)| {
        Catalogue {
            id,
            name: "Made up".into(),
            revision,
            counts_from,
            currency: "USD".into(),
            refresh: if monthly { RefreshRule::CalendarMonth } else { RefreshRule::BillingCycle },
            time_zone: "UTC".into(),
            packs_name: "Packs".into(),
            trial: Some(trial),
            features: vec![feature],
            unmetered: Vec::new(),
            plans: vec![plan],
            packs: vec![pack],
            groups: Vec::new(),
            warnings: WarningDefaults::default(),
        }
    })
}

/// Some weeks around an instant, and the very instant.
fn near(base: Timestamp) -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        1 => Just(base),
        6 => (-40_i64..40).prop_map(move |days| base.plus_millis(days * 86_400_000)),
        1 => (-2_i64..2).prop_map(move |millis| base.plus_millis(millis)),
    ]
}

/// Some time, or where the instants end. A history lies around one of them: the refreshes of 8,000 years take theirs.
fn era() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        3 => Just(Timestamp::from_millis(1_770_000_000_000)),
        1 => Just(Timestamp::MIN),
        1 => Just(Timestamp::MAX),
    ]
}

fn labels() -> impl Strategy<Value = Labels> {
    let label = || proptest::option::weighted(0.2, text("ann"));
    (label(), label(), label()).prop_map(|(member, channel, reference)| Labels { member, channel, reference })
}

/// A command about the things of a catalogue.
fn command(sold: &Catalogue, era: Timestamp) -> impl Strategy<Value = Command> + use<> {
    let (feature, plan, pack) = (sold.features[0].id.clone(), sold.plans[0].id.clone(), sold.packs[0].id.clone());
    let credited = {
        let of = (text("p"), text("ten"), number(10, MAX_ALLOWANCE), number(500, MAX_PRICE));
        (of, proptest::option::of(small(20, MAX_PACK_DAYS))).prop_map(
            |((purchase, pack, credits, price), expires_after_days)| {
                Command::Credit(PurchaseTerms { purchase, pack, credits, price, expires_after_days })
            },
        )
    };
    let used = {
        let feature = feature.clone();
        let of = (text("crm"), text("u"), small(2, MAX_UNITS), proptest::option::weighted(0.2, near(era)), labels());
        of.prop_map(move |(source, id, units, occurred_at, labels)| {
            Command::Use(UsageRequest { source, id, feature: feature.clone(), units, occurred_at, labels })
        })
    };
    let held = {
        let feature = feature.clone();
        (text("crm"), text("h"), small(2, MAX_UNITS), small(15, MAX_HOLD_MINUTES)).prop_map(
            move |(source, id, units, minutes)| {
                Command::Hold(HoldRequest { source, id, feature: feature.clone(), units, minutes })
            },
        )
    };
    let asked = |usual| proptest::option::of(number(usual, MAX_TOTAL));
    prop_oneof![
        1 => Just(Command::StartTrial),
        4 => asked(500).prop_map(move |allowance| Command::Subscribe { plan: plan.clone(), allowance }),
        1 => Just(Command::Cancel),
        4 => used,
        2 => held,
        1 => (text("crm"), text("h")).prop_map(|(source, hold)| Command::Capture { source, hold, units: None }),
        1 => (text("crm"), text("h")).prop_map(|(source, hold)| Command::Release { source, hold }),
        1 => (text("crm"), text("a"), text("u")).prop_map(|(source, id, usage)| Command::Amend { source, id, usage }),
        3 => text("p").prop_map(move |purchase| Command::Buy { purchase, pack: pack.clone() }),
        2 => credited,
        2 => (text("r"), text("p"), asked(200))
            .prop_map(|(id, purchase, amount)| Command::Refund { id, purchase, amount }),
        1 => (text("d"), text("p")).prop_map(|(id, purchase)| Command::Dispute { id, purchase }),
        1 => (text("w"), text("p")).prop_map(|(id, purchase)| Command::Reinstate { id, purchase }),
        1 => (any::<bool>(), asked(60)).prop_map(move |(on, cap)| {
            let wish = FeatureRequest { on: Some(on), cap: Some(cap) };
            Command::Controls(ControlsRequest { automation: Some(on), features: vec![(feature.clone(), wish)] })
        }),
    ]
}

/// A catalogue that passes the check, and what is asked under it.
pub(crate) fn history() -> impl Strategy<Value = (Catalogue, Vec<(Timestamp, Command)>)> {
    let passes = |catalogue: &Catalogue| catalogue.faults().is_empty();
    (catalogue().prop_filter("has faults", passes), era()).prop_flat_map(|(catalogue, era)| {
        let steps = proptest::collection::vec((near(era), command(&catalogue, era)), 1..30);
        (Just(catalogue), steps)
    })
}
