//! Random ledger entries, within the bounds of the rules.

use metering::{
    Allocation, Amendment, ControlsChange, Entry, EntryKind, Expiry, FeatureControl, Grant, GrantOrigin, Hold, Labels,
    MAX_HOLD_MINUTES, MAX_RATE, MAX_TOTAL, MAX_UNITS, Period, PlanChange, PlanChangeCause, PlanTerms, Release,
    ReleaseCause, Timestamp, Usage, Void, VoidCause,
};
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    // Quotes, controls and letters of several bytes included.
    "\\PC{1,20}|[\\x00-\\x1f\"\\\\]{1,8}|[a-z0-9-]{1,40}"
}

fn instant() -> impl Strategy<Value = Timestamp> {
    (Timestamp::MIN.as_millis()..=Timestamp::MAX.as_millis()).prop_map(Timestamp::from_millis)
}

fn period() -> impl Strategy<Value = Period> {
    (0_i64..200_000_000_000_000, 1_i64..50_000_000_000).prop_map(|(start, length)| Period {
        start: Timestamp::from_millis(start),
        end: Timestamp::from_millis(start + length),
    })
}

fn origin() -> impl Strategy<Value = GrantOrigin> {
    prop_oneof![
        period().prop_map(GrantOrigin::Trial),
        (text(), period()).prop_map(|(plan, period)| GrantOrigin::Allowance { plan, period }),
        text().prop_map(|plan| GrantOrigin::Upgrade { plan }),
        (text(), text(), 0..=MAX_TOTAL).prop_map(|(purchase, pack, price)| GrantOrigin::TopUp {
            purchase,
            pack,
            price
        }),
    ]
}

fn grant() -> impl Strategy<Value = Grant> {
    (origin(), 0..=MAX_TOTAL, any::<u8>(), instant(), proptest::option::of(instant())).prop_map(
        |(origin, amount, priority, effective_at, expires_at)| Grant {
            origin,
            amount,
            priority,
            effective_at,
            expires_at,
        },
    )
}

fn labels() -> impl Strategy<Value = Labels> {
    let label = || proptest::option::of(text());
    (label(), label(), label()).prop_map(|(member, channel, reference)| Labels { member, channel, reference })
}

fn allocations() -> impl Strategy<Value = Vec<Allocation>> {
    let allocation = (1..=MAX_TOTAL, 0..=MAX_TOTAL).prop_map(|(grant, amount)| Allocation { grant, amount });
    proptest::collection::vec(allocation, 0..4)
}

fn usage() -> impl Strategy<Value = Usage> {
    (
        (text(), text(), text()),
        (1..=MAX_UNITS, 0..=MAX_RATE, 0..=MAX_TOTAL, any::<u32>()),
        proptest::option::of(instant()),
        labels(),
        proptest::option::weighted(0.2, 1..=MAX_TOTAL),
        allocations(),
    )
        .prop_map(
            |((source, id, feature), (units, rate, cost, revision), occurred_at, labels, hold, allocations)| Usage {
                source,
                id,
                feature,
                units,
                rate,
                cost,
                revision,
                occurred_at,
                labels,
                hold,
                allocations,
            },
        )
}

fn void() -> impl Strategy<Value = Void> {
    let cause = prop_oneof![
        (text(), 0..=MAX_TOTAL, any::<bool>()).prop_map(|(id, price, rest)| VoidCause::Refund { id, price, rest }),
        text().prop_map(|id| VoidCause::Dispute { id }),
        text().prop_map(|id| VoidCause::Reinstatement { id }),
        Just(VoidCause::Returned),
    ];
    (cause, text(), 1..=MAX_TOTAL, 0..=MAX_TOTAL, 0..=MAX_TOTAL)
        .prop_map(|(cause, purchase, grant, amount, shortfall)| Void { cause, purchase, grant, amount, shortfall })
}

fn amendment() -> impl Strategy<Value = Amendment> {
    (text(), text(), 1..=MAX_TOTAL, text(), 0..=MAX_TOTAL, allocations()).prop_map(
        |(source, id, usage, feature, amount, allocations)| Amendment {
            source,
            id,
            usage,
            feature,
            amount,
            allocations,
        },
    )
}

fn hold() -> impl Strategy<Value = Hold> {
    (
        (text(), text(), text()),
        (1..=MAX_UNITS, 0..=MAX_RATE, 0..=MAX_TOTAL, any::<u32>(), 1..=MAX_HOLD_MINUTES),
        allocations(),
    )
        .prop_map(|((source, id, feature), (units, rate, cost, revision, minutes), allocations)| Hold {
            source,
            id,
            feature,
            units,
            rate,
            cost,
            revision,
            minutes,
            allocations,
        })
}

fn release() -> impl Strategy<Value = Release> {
    let cause = prop_oneof![Just(ReleaseCause::Released), Just(ReleaseCause::TimedOut)];
    (1..=MAX_TOTAL, cause).prop_map(|(hold, cause)| Release { hold, cause })
}

fn plan_change() -> impl Strategy<Value = PlanChange> {
    let to = (text(), 0..=MAX_TOTAL, any::<bool>()).prop_map(|(plan, allowance, ai)| PlanTerms { plan, allowance, ai });
    let cause = prop_oneof![
        Just(PlanChangeCause::Subscribed),
        Just(PlanChangeCause::Upgraded),
        Just(PlanChangeCause::Scheduled),
        Just(PlanChangeCause::TakenBack),
        Just(PlanChangeCause::CameDue),
        Just(PlanChangeCause::TrialEnded),
    ];
    (proptest::option::of(to), cause).prop_map(|(to, cause)| PlanChange { to, cause })
}

fn controls_change() -> impl Strategy<Value = ControlsChange> {
    let control = (any::<bool>(), proptest::option::of(0..=MAX_TOTAL)).prop_map(|(on, cap)| FeatureControl { on, cap });
    (proptest::option::of(any::<bool>()), proptest::collection::vec((text(), control), 0..4))
        .prop_map(|(automation, features)| ControlsChange { automation, features })
}

/// Any entry that the rules could make, and some that they would not.
pub(crate) fn entry() -> impl Strategy<Value = Entry> {
    let kind = prop_oneof![
        grant().prop_map(EntryKind::Grant),
        usage().prop_map(EntryKind::Usage),
        (1..=MAX_TOTAL, 0..=MAX_TOTAL).prop_map(|(grant, amount)| EntryKind::Expiry(Expiry { grant, amount })),
        void().prop_map(EntryKind::Void),
        amendment().prop_map(EntryKind::Amendment),
        hold().prop_map(EntryKind::Hold),
        release().prop_map(EntryKind::Release),
        plan_change().prop_map(EntryKind::PlanChange),
        controls_change().prop_map(EntryKind::ControlsChange),
    ];
    (1..=MAX_TOTAL, instant(), kind).prop_map(|(seq, recorded_at, kind)| Entry { seq, recorded_at, kind })
}
