//! What commands say, mostly what may be said.

use metering::{ControlsRequest, FeatureRequest, HoldRequest, Labels, PurchaseTerms, Timestamp, UsageRequest};

use super::catalogues::{FEATURES, MOST, MOST_EVER, PACKS, PLANS};
use super::dice::Dice;

const MINUTE: i64 = 60_000;
const DAY: i64 = 1_440 * MINUTE;

/// One of a few ids of a kind; now and then one that is too long or none at all.
pub(super) fn id(dice: &mut Dice, kind: char, few: u64) -> String {
    match dice.below(60) {
        0 => match dice.below(6) {
            0 => String::new(),
            1 => kind.to_string().repeat(251),
            2 => kind.to_string().repeat(252),
            3 => kind.to_string().repeat(256),
            4 => kind.to_string().repeat(257),
            _ => format!("hold:{kind}{}", dice.below(few)),
        },
        _ => format!("{kind}{}", dice.below(few)),
    }
}

pub(super) fn source(dice: &mut Dice) -> String {
    match dice.below(80) {
        0 => dice.one_of(&["", "s"]).repeat(257),
        1..12 => "bot".into(),
        _ => "crm".into(),
    }
}

pub(super) fn feature(dice: &mut Dice) -> String {
    match dice.below(20) {
        0 => dice.one_of(&["call", "absent", ""]).into(),
        1..13 => "reply".into(),
        _ => dice.one_of(&FEATURES).into(),
    }
}

pub(super) fn plan(dice: &mut Dice) -> String {
    match dice.below(20) {
        0 => "absent".into(),
        1..10 => dice.one_of(&["small", "large"]).into(),
        _ => dice.one_of(&PLANS).into(),
    }
}

pub(super) fn pack(dice: &mut Dice) -> String {
    match dice.below(20) {
        0 => "absent".into(),
        1 => "giant".into(),
        _ => dice.one_of(&PACKS[..5]).into(),
    }
}

pub(super) fn agreed(dice: &mut Dice) -> Option<u64> {
    match dice.below(8) {
        0 | 1 => None,
        2 => Some(dice.one_of(&[0, 40, MOST, MOST + 1, u64::MAX])),
        _ => Some(dice.below(120)),
    }
}

pub(super) fn units(dice: &mut Dice) -> u32 {
    match dice.below(24) {
        0 => 0,
        1 => dice.one_of(&[1_000_000, 1_000_001, u32::MAX]),
        2 => 1_000,
        3..8 => 1,
        8..11 => 10 + dice.below(60) as u32,
        _ => 1 + dice.below(15) as u32,
    }
}

/// How many units of a hold were used.
pub(super) fn held(dice: &mut Dice) -> Option<u32> {
    if dice.once_in(3) { None } else { Some(dice.below(12) as u32) }
}

pub(super) fn minutes(dice: &mut Dice) -> u32 {
    match dice.below(12) {
        0 => dice.one_of(&[0, 1_441, u32::MAX]),
        1..3 => 1_440,
        3 => 1,
        4..8 => dice.between(1, 1_440) as u32,
        _ => 15,
    }
}

pub(super) fn occurred_at(dice: &mut Dice, now: Timestamp) -> Option<Timestamp> {
    let past = match dice.below(16) {
        0 => dice.one_of(&[5 * MINUTE, 5 * MINUTE + 1]),
        1 => -dice.one_of(&[35 * DAY, 35 * DAY + 1]),
        2 => dice.one_of(&[0, -1, -DAY, -MINUTE, i64::MIN / 2, i64::MAX / 2]),
        3 => -dice.between(0, 36 * DAY),
        _ => return None,
    };
    Some(now.plus_millis(past))
}

pub(super) fn labels(dice: &mut Dice) -> Labels {
    let mut maybe = |text: &str| match dice.below(40) {
        0 => Some(String::new()),
        1 => Some("l".repeat(257)),
        2..21 => Some(text.to_owned()),
        _ => None,
    };
    Labels { member: maybe("ann"), channel: maybe("chat"), reference: maybe("41") }
}

pub(super) fn usage(dice: &mut Dice, now: Timestamp) -> UsageRequest {
    UsageRequest {
        source: source(dice),
        id: id(dice, 'u', 40),
        feature: feature(dice),
        units: units(dice),
        occurred_at: occurred_at(dice, now),
        labels: if dice.once_in(8) { labels(dice) } else { Labels::default() },
    }
}

pub(super) fn hold(dice: &mut Dice) -> HoldRequest {
    let id = id(dice, 'h', 10);
    HoldRequest { source: source(dice), id, feature: feature(dice), units: units(dice), minutes: minutes(dice) }
}

/// The usage that an amendment names, a captured hold perhaps.
pub(super) fn amended(dice: &mut Dice) -> String {
    if dice.once_in(3) { format!("hold:{}", id(dice, 'h', 10)) } else { id(dice, 'u', 40) }
}

pub(super) fn terms(dice: &mut Dice) -> PurchaseTerms {
    let pack = match dice.below(80) {
        0 => dice.one_of(&["", "g"]).repeat(257),
        _ => dice.one_of(&["ten", "fifty", "gone"]).to_owned(),
    };
    let credits = if dice.once_in(12) { dice.one_of(&[0, MOST, MOST + 1, u64::MAX]) } else { 1 + dice.below(40) };
    let price = if dice.once_in(12) {
        dice.one_of(&[0, 1, MOST_EVER, MOST_EVER + 1, u64::MAX])
    } else {
        dice.one_of(&[500, 777])
    };
    let expires_after_days = dice.once_in(2).then(|| dice.one_of(&[1, 7, 31, 36_600, 0, 36_601]));
    PurchaseTerms { purchase: id(dice, 'p', 8), pack, credits, price, expires_after_days }
}

/// A refund of the rest, of nothing, of a share, of too much.
pub(super) fn amount(dice: &mut Dice) -> Option<u64> {
    match dice.below(8) {
        0 | 1 => None,
        2 => Some(0),
        3 => Some(dice.one_of(&[1, 2, 500, 501, 2_000, u64::MAX - 1, u64::MAX])),
        _ => Some(1 + dice.below(700)),
    }
}

pub(super) fn controls(dice: &mut Dice) -> ControlsRequest {
    let automation = dice.once_in(3).then(|| !dice.once_in(4));
    let count = dice.weighted(&[2, 5, 1]);
    let mut features: Vec<(String, FeatureRequest)> = Vec::new();
    for _ in 0..count {
        let on = dice.once_in(3).then(|| !dice.once_in(3));
        let cap = match dice.below(8) {
            0 | 1 => Some(None),
            2 => Some(Some(dice.one_of(&[0, 1_000_000, MOST_EVER, MOST_EVER + 1, u64::MAX]))),
            3..6 => Some(Some(dice.below(60))),
            _ => None,
        };
        let id = if dice.once_in(25) { "absent" } else { dice.one_of(&FEATURES) };
        features.push((id.to_owned(), FeatureRequest { on, cap }));
    }
    ControlsRequest { automation, features }
}
