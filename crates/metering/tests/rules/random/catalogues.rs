//! One to three revisions of a catalogue in which everything may change.

use std::sync::Arc;

use metering::{
    Allowance, Catalogue, Feature, Pack, Plan, Price, RefreshRule, Timestamp, TrialOffer, Unmetered, WarningDefaults,
};

use super::dice::Dice;

const DAY: i64 = 86_400_000;
pub(crate) const MOST: u64 = 1_000_000_000;
/// The largest price, and the largest total.
pub(crate) const MOST_EVER: u64 = (1 << 53) - 1;

pub(crate) const FEATURES: [&str; 4] = ["reply", "sync", "auto", "draft"];
pub(crate) const PLANS: [&str; 7] = ["solo", "bare", "small", "twin", "large", "huge", "agreed"];
pub(crate) const PACKS: [&str; 6] = ["ten", "fifty", "odd", "gift", "air", "giant"];

/// The revisions, the first of which counts since ever.
pub(crate) fn revisions(dice: &mut Dice, rule: RefreshRule, begin: i64) -> Vec<Arc<Catalogue>> {
    let count = 1 + dice.weighted(&[5, 3, 2]) as u32;
    let mut from = begin - dice.between(0, DAY);
    let mut all = Vec::new();
    for revision in 1..=count {
        if from >= Timestamp::MAX.as_millis() {
            break;
        }
        let mut one = catalogue(dice, rule);
        one.revision = revision;
        // Even if the first one says from when it counts, it counts before as well.
        if revision > 1 || dice.once_in(4) {
            one.counts_from = Some(Timestamp::from_millis(from));
        }
        from = from.max(0) + dice.one_of(&[1, DAY, 14 * DAY, 31 * DAY]) + dice.between(0, 20 * DAY);
        if revision > 1 && dice.once_in(6) {
            one.refresh = other(rule);
        }
        assert_eq!(one.faults(), []);
        all.push(Arc::new(one));
    }
    all
}

fn other(rule: RefreshRule) -> RefreshRule {
    match rule {
        RefreshRule::CalendarMonth => RefreshRule::BillingCycle,
        RefreshRule::BillingCycle => RefreshRule::CalendarMonth,
    }
}

fn catalogue(dice: &mut Dice, refresh: RefreshRule) -> Catalogue {
    let (features, unmetered) = actions(dice);
    let trial = TrialOffer { days: dice.one_of(&[1, 14, 14, 30, 366]), allowance: few(dice, 40), assumed: false };
    Catalogue {
        id: "made-up".into(),
        name: "Made up".into(),
        revision: 1,
        counts_from: None,
        currency: "USD".into(),
        refresh,
        time_zone: "UTC".into(),
        packs_name: "Packs".into(),
        trial: (!dice.once_in(12)).then_some(trial),
        features,
        unmetered,
        plans: plans(dice),
        packs: packs(dice),
        groups: Vec::new(),
        warnings: WarningDefaults::default(),
    }
}

/// Mostly a few, sometimes none, rarely the most there may be.
fn few(dice: &mut Dice, about: u64) -> u64 {
    match dice.below(20) {
        0 => 0,
        1 => dice.one_of(&[1, MOST]),
        _ => about / 2 + dice.below(about),
    }
}

/// Each action is a feature, unmetered or unknown. At least one is a feature.
fn actions(dice: &mut Dice) -> (Vec<Feature>, Vec<Unmetered>) {
    let mut features = Vec::new();
    let mut unmetered = vec![unmetered("call")];
    for (index, id) in FEATURES.into_iter().enumerate() {
        let rate = match dice.below(16) {
            0 => 0,
            1 => 1_000_000,
            2 => dice.below(30) as u32,
            _ => [1, 25, 2, 3][index],
        };
        let automation = if id == "auto" { !dice.once_in(8) } else { dice.once_in(20) };
        let feature =
            Feature { id: id.into(), name: id.into(), group: "replies".into(), rate, automation, assumed: false };
        match dice.below(if index == 0 { 10 } else { 12 }) {
            10 => unmetered.push(self::unmetered(id)),
            11 => {}
            _ => features.push(feature),
        }
    }
    (features, unmetered)
}

fn unmetered(id: &str) -> Unmetered {
    Unmetered { id: id.into(), name: id.into(), reason: "costs nothing".into() }
}

fn plans(dice: &mut Dice) -> Vec<Plan> {
    let mut plans = Vec::new();
    for id in PLANS {
        let allowance = match id {
            "solo" => dice.one_of(&[0, 0, 50]),
            "bare" => 0,
            // As much as the small one, more often than not.
            "small" | "twin" => dice.one_of(&[40, 40, 41]),
            "large" => few(dice, 100),
            _ => MOST,
        };
        let allowance = if id == "agreed" { Allowance::Custom } else { Allowance::Credits(allowance) };
        // Now and then a plan loses its AI, gets some, or is not sold any more.
        let ai = (id == "solo") == dice.once_in(15);
        if !dice.once_in(25) {
            let (id, name) = (id.to_owned(), id.to_owned());
            plans.push(Plan { id, name, price: Price::Minor(100), ai, allowance, assumed: false });
        }
    }
    plans
}

fn packs(dice: &mut Dice) -> Vec<Pack> {
    let mut packs = Vec::new();
    for id in PACKS {
        let (credits, price) = match id {
            "ten" => (10 + dice.below(3), 500),
            "fifty" => (50, dice.one_of(&[1_999, 2_000])),
            // Shares of it are never whole.
            "odd" => (7, 3),
            "gift" => (5, 0),
            "air" => (0, 100),
            _ => (MOST, MOST_EVER),
        };
        let days = dice.one_of(&[1, 2, 20, 31, 366, 36_600]);
        let expires_after_days = (dice.below(5) < if id == "fifty" { 4 } else { 2 }).then_some(days);
        if !dice.once_in(25) {
            let (id, name) = (id.to_owned(), id.to_owned());
            packs.push(Pack { id, name, credits, price, expires_after_days, assumed: false });
        }
    }
    packs
}
