//! Verifying: what `decide` made is accepted, and an altered entry is named.

use metering::{
    Account, Allocation, Aspect, Entry, EntryKind, FeatureControl, GrantOrigin, PlanChangeCause, ReleaseCause, Terms,
    Timestamp, VoidCause, verify,
};
use proptest::prelude::*;

use crate::histories::{catalogue, config, history, ledger, rule, start, zone};

type Alteration = Box<dyn Fn(&mut Entry)>;

macro_rules! on {
    ($kind:ident, $alter:expr) => {
        Box::new(move |entry: &mut Entry| {
            if let EntryKind::$kind(it) = &mut entry.kind {
                let alter: &dyn Fn(&mut metering::$kind) = &$alter;
                alter(it);
            }
        }) as Alteration
    };
}

/// Ways to alter one field of the entry that the rules determine.
fn alterations(entry: &Entry, by: u64) -> Vec<Alteration> {
    let later = move |at: Timestamp| at.plus_millis(i64::try_from(by).unwrap());
    let few = u32::try_from(by).unwrap();
    let mut ways: Vec<Alteration> = vec![Box::new(move |entry| entry.seq += by)];
    match &entry.kind {
        EntryKind::Usage(_) => ways.extend([
            on!(Usage, |it| it.rate += few),
            on!(Usage, |it| it.cost += by),
            on!(Usage, |it| it.revision += few),
            on!(Usage, |it| it.hold = Some(it.hold.unwrap_or(0) + by)),
            on!(Usage, |it| it.feature.push('x')),
            // Of a free feature, more units cost the same: only the chain can tell.
            on!(Usage, |it| if it.rate > 0 {
                it.units += few;
            }),
            on!(Usage, |it| add(&mut it.allocations, by, 0)),
            on!(Usage, |it| add(&mut it.allocations, 0, by)),
            on!(Usage, |it| it.allocations.truncate(it.allocations.len().saturating_sub(1))),
        ]),
        EntryKind::Grant(_) => ways.extend([
            on!(Grant, |it| it.amount += by),
            on!(Grant, |it| it.priority = it.priority.wrapping_add(1)),
            on!(Grant, |it| it.effective_at = later(it.effective_at)),
            on!(Grant, |it| it.expires_at = Some(it.expires_at.map_or(Timestamp::MAX, later))),
            on!(Grant, |it| match &mut it.origin {
                GrantOrigin::Trial(period) | GrantOrigin::Allowance { period, .. } => period.end = later(period.end),
                GrantOrigin::Upgrade { plan } => plan.push('x'),
                GrantOrigin::TopUp { pack, .. } => pack.push('x'),
            }),
            on!(Grant, |it| match &mut it.origin {
                GrantOrigin::Trial(period) => period.start = later(period.start),
                GrantOrigin::Allowance { plan, .. } | GrantOrigin::Upgrade { plan } => plan.push('x'),
                GrantOrigin::TopUp { price, .. } => *price += by,
            }),
        ]),
        EntryKind::Expiry(_) => ways.extend([on!(Expiry, |it| it.amount += by), on!(Expiry, |it| it.grant += by)]),
        EntryKind::Void(_) => ways.extend([
            on!(Void, |it| it.amount += by),
            on!(Void, |it| it.grant += by),
            on!(Void, |it| it.shortfall += by),
            on!(Void, |it| it.purchase.push('x')),
            on!(Void, |it| if let VoidCause::Refund { price, .. } = &mut it.cause {
                *price += 1_000_000;
            }),
        ]),
        EntryKind::Amendment(_) => ways.extend([
            on!(Amendment, |it| it.amount += by),
            on!(Amendment, |it| it.feature.push('x')),
            on!(Amendment, |it| it.source.push('x')),
            on!(Amendment, |it| it.usage += 1_000 + by),
            on!(Amendment, |it| add(&mut it.allocations, by, 0)),
            on!(Amendment, |it| add(&mut it.allocations, 0, by)),
        ]),
        EntryKind::Hold(_) => ways.extend([
            on!(Hold, |it| it.cost += by),
            on!(Hold, |it| it.rate += few),
            on!(Hold, |it| it.revision += few),
            on!(Hold, |it| it.feature.push('x')),
            on!(Hold, |it| it.minutes += 1_440),
            on!(Hold, |it| add(&mut it.allocations, by, 0)),
            on!(Hold, |it| add(&mut it.allocations, 0, by)),
        ]),
        EntryKind::Release(_) => ways.extend([
            on!(Release, |it| it.hold += 1_000 + by),
            on!(Release, |it| it.cause = match it.cause {
                ReleaseCause::Released => ReleaseCause::TimedOut,
                // A hold may be released in the instant of its time-out, but not after it has timed out.
                ReleaseCause::TimedOut => ReleaseCause::Released,
            }),
        ]),
        EntryKind::PlanChange(_) => ways.extend([
            on!(PlanChange, |it| match &mut it.to {
                Some(to) if to.plan == "agreed" => to.ai = !to.ai,
                Some(to) => to.allowance += by,
                None => it.cause = PlanChangeCause::Upgraded,
            }),
            on!(PlanChange, |it| if let Some(to) = &mut it.to {
                to.plan.push('x');
            }),
            on!(PlanChange, |it| if let Some(to) = &mut it.to {
                to.ai = !to.ai;
            }),
        ]),
        EntryKind::ControlsChange(_) => ways.extend([
            on!(ControlsChange, |it| it.features.push(("absent".into(), FeatureControl::default()))),
            on!(ControlsChange, |it| {
                it.automation = None;
                it.features.clear();
            }),
        ]),
    }
    ways
}

fn add(paid: &mut [Allocation], to_grant: u64, to_amount: u64) {
    if let Some(last) = paid.last_mut() {
        last.grant += to_grant;
        last.amount += to_amount;
    }
}

/// The entry with one field altered; none if the way does not alter it.
fn altered(entry: &Entry, which: usize, by: u64) -> Option<Entry> {
    let ways = alterations(entry, by);
    let mut other = entry.clone();
    ways[which % ways.len()](&mut other);
    (other != *entry).then_some(other)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_decide_made_is_accepted(steps in history(), zone in zone(), rule in rule(), start in start()) {
        let terms = Terms::new(catalogue(rule), zone);
        let ledger = ledger(terms.clone(), start, &steps);
        prop_assert_eq!(verify(terms, &ledger), []);
    }

    #[test]
    fn an_altered_field_is_named(
        steps in history(), zone in zone(), rule in rule(), start in start(),
        place in any::<prop::sample::Index>(), which in 0_usize..40, by in 1_u64..50,
    ) {
        let terms = Terms::new(catalogue(rule), zone);
        let mut ledger = ledger(terms.clone(), start, &steps);
        if ledger.is_empty() {
            return Ok(());
        }
        let index = place.index(ledger.len());
        let Some(altered) = altered(&ledger[index], which, by) else { return Ok(()) };
        let (seq, was) = (altered.seq, std::mem::replace(&mut ledger[index], altered));
        let found = verify(terms, &ledger);
        let named: Vec<u64> = found.iter().map(|finding| finding.seq).collect();
        prop_assert!(named.contains(&seq), "{:?} became {:?}: {:?}", was, ledger[index], found);
    }

    #[test]
    fn an_entry_that_is_gone_is_missed(
        steps in history(), zone in zone(), rule in rule(), start in start(), place in any::<prop::sample::Index>(),
    ) {
        let terms = Terms::new(catalogue(rule), zone);
        let mut ledger = ledger(terms.clone(), start, &steps);
        if ledger.len() < 2 {
            return Ok(());
        }
        let index = place.index(ledger.len() - 1);
        ledger.remove(index);
        let found = verify(terms, &ledger);
        prop_assert!(found.iter().any(|one| one.seq == ledger[index].seq && one.aspect == Aspect::Order), "{:?}", found);
    }

    #[test]
    fn no_ledger_makes_it_panic(
        steps in history(), zone in zone(), rule in rule(), start in start(),
        alterations in proptest::collection::vec((any::<prop::sample::Index>(), 0_usize..40, 1_u64..u64::from(u32::MAX)), 1..9),
        order in any::<prop::sample::Index>(),
    ) {
        let terms = Terms::new(catalogue(rule), zone);
        let mut ledger = ledger(terms.clone(), start, &steps);
        if ledger.is_empty() {
            return Ok(());
        }
        for (place, which, by) in alterations {
            let index = place.index(ledger.len());
            if let Some(altered) = altered(&ledger[index], which, by % 1_000) {
                ledger[index] = altered;
            }
        }
        let (one, other) = (order.index(ledger.len()), ledger.len() / 2);
        ledger.swap(one, other);
        let _ = verify(terms.clone(), &ledger);
        let mut account = Account::new(terms);
        for entry in &ledger {
            let _ = account.apply(entry);
            let _ = account.position(entry.recorded_at);
        }
    }
}
