//! What may be done to a snapshot.

use metering::{LiveGrant, MAX_TOTAL, Period, PlanTerms, Snapshot, SnapshotAccess, Timestamp};
use proptest::prelude::*;

use super::DAY;
use crate::histories::{rule, start};

/// Something done to a snapshot.
#[derive(Clone, Debug)]
pub(super) enum Damage {
    /// A number becomes this one.
    Set(usize, u64),
    /// Some numbers grow or shrink by the same: what adds up may add up afterwards, too.
    Move(Vec<(usize, bool)>, u64),
    /// An instant becomes this one, or moves.
    SetInstant(usize, Timestamp),
    MoveInstant(usize, i64),
    /// A list loses one, has one twice, or has two change places.
    Drop(usize, usize),
    Double(usize, usize),
    Swap(usize, usize),
    /// Something that is so or not is the other way round.
    Flip(usize),
    /// There is another access, or another change that waits.
    Access(SnapshotAccess),
    Pending(Option<Option<PlanTerms>>),
    /// A text becomes another one.
    Name(usize, String),
}

pub(super) fn damage() -> impl Strategy<Value = Damage> {
    let edge = prop_oneof![Just(0_u64), Just(1), 0_u64..200, Just(MAX_TOTAL), Just(MAX_TOTAL + 1), Just(u64::MAX)];
    let instant = prop_oneof![Just(Timestamp::MIN), Just(Timestamp::MAX), start()];
    let period =
        || (start(), -DAY..60 * DAY).prop_map(|(start, length)| Period { start, end: start.plus_millis(length) });
    let terms = || {
        (prop_oneof![Just("small"), Just("solo"), Just("")], 0_u64..60, any::<bool>())
            .prop_map(|(plan, allowance, ai)| PlanTerms { plan: plan.into(), allowance, ai })
    };
    let anchor = prop_oneof![Just("2026-01-31T09:30:00"), Just("2026-02-01T00:00:00"), Just("+262000-01-01T00:00:00")];
    let access = prop_oneof![
        Just(SnapshotAccess::None),
        period().prop_map(SnapshotAccess::Trial),
        (terms(), proptest::option::of(period()), rule(), anchor).prop_map(|(terms, period, refresh, anchor)| {
            SnapshotAccess::Plan { terms, period, refresh, anchor: anchor.parse().unwrap() }
        }),
    ];
    let which = any::<usize>;
    prop_oneof![
        2 => (which(), edge).prop_map(|(which, number)| Damage::Set(which, number)),
        6 => (proptest::collection::vec((which(), any::<bool>()), 1..4), 1_u64..30)
            .prop_map(|(which, by)| Damage::Move(which, by)),
        1 => (which(), instant).prop_map(|(which, at)| Damage::SetInstant(which, at)),
        2 => (which(), -40 * DAY..40 * DAY).prop_map(|(which, by)| Damage::MoveInstant(which, by)),
        1 => (which(), which()).prop_map(|(list, which)| Damage::Drop(list, which)),
        1 => (which(), which()).prop_map(|(list, which)| Damage::Double(list, which)),
        1 => (which(), which()).prop_map(|(list, which)| Damage::Swap(list, which)),
        1 => which().prop_map(Damage::Flip),
        1 => access.prop_map(Damage::Access),
        1 => proptest::option::of(proptest::option::of(terms())).prop_map(Damage::Pending),
        1 => (which(), prop_oneof![Just(""), Just("reply"), Just("0")])
            .prop_map(|(which, text)| Damage::Name(which, text.into())),
    ]
}

fn pick<T>(mut all: Vec<T>, which: usize) -> Option<T> {
    let which = which.checked_rem(all.len())?;
    Some(all.swap_remove(which))
}

fn numbers(of: &mut Snapshot) -> Vec<&mut u64> {
    let totals = &mut of.totals;
    let mut all = vec![
        &mut totals.granted,
        &mut totals.spent,
        &mut totals.amended,
        &mut totals.expired,
        &mut totals.voided,
        &mut of.last_seq,
        &mut of.period_seq,
        &mut of.grants_made,
        &mut of.allowances_made,
        &mut of.trial_size,
    ];
    for LiveGrant { seq, amount, remaining, held, shortfall, .. } in of.live.iter_mut().chain(&mut of.spent) {
        all.extend([seq, amount, remaining, held, shortfall]);
    }
    for hold in &mut of.holds {
        all.extend([&mut hold.seq, &mut hold.cost]);
        all.extend(hold.allocations.iter_mut().flat_map(|one| [&mut one.grant, &mut one.amount]));
    }
    for one in of.purchases.values_mut() {
        all.extend([&mut one.grant, &mut one.credits, &mut one.price, &mut one.refunded, &mut one.taken]);
    }
    all.extend(of.used.iter_mut().map(|(_, used)| used));
    all.extend(of.controls.features.iter_mut().filter_map(|(_, control)| control.cap.as_mut()));
    if let SnapshotAccess::Plan { terms, .. } = &mut of.access {
        all.push(&mut terms.allowance);
    }
    all
}

fn instants(of: &mut Snapshot) -> Vec<&mut Timestamp> {
    let mut all = vec![&mut of.last_recorded_at];
    for grant in of.live.iter_mut().chain(&mut of.spent) {
        all.push(&mut grant.effective_at);
        all.extend(grant.expires_at.as_mut());
    }
    all.extend(of.holds.iter_mut().map(|hold| &mut hold.until));
    for one in of.purchases.values_mut() {
        all.push(&mut one.credited_at);
        all.extend(one.expires_at.as_mut());
    }
    match &mut of.access {
        SnapshotAccess::Trial(period) | SnapshotAccess::Plan { period: Some(period), .. } => {
            all.extend([&mut period.start, &mut period.end]);
        }
        SnapshotAccess::None | SnapshotAccess::Plan { .. } => {}
    }
    all
}

fn texts(of: &mut Snapshot) -> Vec<&mut String> {
    let mut all = Vec::new();
    all.extend(of.live.iter_mut().chain(&mut of.spent).filter_map(|grant| grant.purchase.as_mut()));
    all.extend(of.holds.iter_mut().flat_map(|hold| [&mut hold.source, &mut hold.id, &mut hold.feature]));
    all.extend(of.used.iter_mut().map(|(feature, _)| feature));
    all.extend(of.controls.features.iter_mut().map(|(feature, _)| feature));
    all
}

impl Damage {
    pub(super) fn strike(self, of: &mut Snapshot) {
        fn change<T: Clone>(list: &mut Vec<T>, which: usize, how: &Damage) {
            let Some(which) = which.checked_rem(list.len()) else { return };
            match how {
                Damage::Drop(..) => drop(list.remove(which)),
                Damage::Double(..) => list.push(list[which].clone()),
                _ => list.swap(0, which),
            }
        }
        match self {
            Self::Set(which, number) => {
                if let Some(one) = pick(numbers(of), which) {
                    *one = number;
                }
            }
            Self::Move(which, by) => {
                for (which, up) in which {
                    if let Some(one) = pick(numbers(of), which) {
                        *one = if up { one.saturating_add(by) } else { one.saturating_sub(by) };
                    }
                }
            }
            Self::SetInstant(which, at) => {
                if let Some(one) = pick(instants(of), which) {
                    *one = at;
                }
            }
            Self::MoveInstant(which, by) => {
                if let Some(one) = pick(instants(of), which) {
                    *one = one.plus_millis(by);
                }
            }
            Self::Drop(list, which) | Self::Double(list, which) | Self::Swap(list, which) => match list % 6 {
                0 => change(&mut of.live, which, &self),
                1 => change(&mut of.spent, which, &self),
                2 => change(&mut of.holds, which, &self),
                3 => change(&mut of.used, which, &self),
                4 => change(&mut of.controls.features, which, &self),
                _ => drop(of.purchases.pop_first()),
            },
            Self::Flip(which) => {
                let mut all = vec![&mut of.had_trial, &mut of.had_plan, &mut of.controls.automation];
                all.extend(of.purchases.values_mut().map(|one| &mut one.disputed));
                if let SnapshotAccess::Plan { terms, .. } = &mut of.access {
                    all.push(&mut terms.ai);
                }
                if let Some(one) = pick(all, which) {
                    *one = !*one;
                }
            }
            Self::Access(access) => of.access = access,
            Self::Pending(pending) => of.pending = pending,
            Self::Name(which, text) => {
                if let Some(one) = pick(texts(of), which) {
                    *one = text;
                }
            }
        }
    }
}
