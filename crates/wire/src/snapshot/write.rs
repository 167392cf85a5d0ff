//! From a snapshot to its shape.

use std::collections::BTreeMap;

use metering::{
    GrantSource, LiveGrant, LiveHold, PERIOD_PRIORITY, Purchase, Snapshot, SnapshotAccess, TOP_UP_PRIORITY, Totals,
};

use super::VERSION;
use super::shape::{GrantShape, HoldShape, PendingShape, PlanShape, PurchaseShape, SnapshotShape};
use crate::api::Named;
use crate::line::{allocation_shapes, feature_control_shapes, plan_terms_shape};

impl<'a> From<&'a Snapshot> for SnapshotShape<'a> {
    fn from(snapshot: &'a Snapshot) -> Self {
        let Totals { granted, spent, amended, expired, voided } = snapshot.totals;
        let pending = snapshot.pending.as_ref();
        let mut shape = Self {
            v: VERSION,
            seq: snapshot.last_seq,
            at: snapshot.last_recorded_at,
            granted,
            spent,
            amended,
            expired,
            voided,
            live: grant_shapes(&snapshot.live, &snapshot.purchases),
            used_up: grant_shapes(&snapshot.spent, &snapshot.purchases),
            holds: snapshot.holds.iter().map(HoldShape::from).collect(),
            purchases: snapshot.purchases.iter().map(|(id, one)| (id.clone(), one.into())).collect(),
            used: Named(snapshot.used.clone()),
            period_seq: snapshot.period_seq,
            trial: None,
            plan: None,
            pending: pending.map(|to| PendingShape { to: to.as_ref().map(plan_terms_shape) }),
            automation: snapshot.controls.automation,
            features: feature_control_shapes(&snapshot.controls.features),
            grants: snapshot.grants_made,
            allowances: snapshot.allowances_made,
            trial_size: snapshot.trial_size,
            had_trial: snapshot.had_trial,
            had_plan: snapshot.had_plan,
        };
        match &snapshot.access {
            SnapshotAccess::None => {}
            SnapshotAccess::Trial(period) => shape.trial = Some(*period),
            SnapshotAccess::Plan { terms, period, refresh, anchor } => {
                let (terms, refresh) = (plan_terms_shape(terms), (*refresh).into());
                shape.plan = Some(PlanShape { terms, period: *period, refresh, anchor: *anchor });
            }
        }
        shape
    }
}

fn grant_shapes(grants: &[LiveGrant], purchases: &BTreeMap<String, Purchase>) -> Vec<GrantShape> {
    grants.iter().map(|grant| grant_shape(grant, purchases)).collect()
}

fn grant_shape(grant: &LiveGrant, purchases: &BTreeMap<String, Purchase>) -> GrantShape {
    let source = grant.source;
    let says = (grant.amount, grant.effective_at, grant.expires_at);
    let known = grant.purchase.as_ref().and_then(|id| purchases.get(id));
    let is_said = known.is_some_and(|known| says == (known.credits, known.credited_at, known.expires_at));
    let (amount, from, until) = if is_said { (None, None, None) } else { (Some(says.0), Some(says.1), says.2) };
    GrantShape {
        seq: grant.seq,
        source: (source != usual_source(grant.purchase.as_ref())).then(|| source.name().into()),
        purchase: grant.purchase.clone(),
        amount,
        left: grant.remaining,
        held: grant.held,
        short: grant.shortfall,
        priority: (grant.priority != usual_priority(source)).then_some(grant.priority),
        from,
        until,
    }
}

impl From<&LiveHold> for HoldShape {
    fn from(hold: &LiveHold) -> Self {
        Self {
            seq: hold.seq,
            source: hold.source.clone(),
            id: hold.id.clone(),
            feature: hold.feature.clone(),
            units: hold.units,
            rate: hold.rate,
            revision: hold.revision,
            cost: hold.cost,
            until: hold.until,
            allocations: allocation_shapes(&hold.allocations),
        }
    }
}

impl From<&Purchase> for PurchaseShape {
    fn from(purchase: &Purchase) -> Self {
        Self {
            grant: purchase.grant,
            pack: purchase.pack.clone(),
            credits: purchase.credits,
            price: purchase.price,
            at: purchase.credited_at,
            until: purchase.expires_at,
            refunded: purchase.refunded,
            disputed: purchase.disputed,
            taken: purchase.taken,
        }
    }
}

/// The priority that the rules give what comes from a source.
pub(super) const fn usual_priority(source: GrantSource) -> u8 {
    match source {
        GrantSource::Allowance | GrantSource::Trial => PERIOD_PRIORITY,
        GrantSource::TopUp => TOP_UP_PRIORITY,
    }
}

/// What kind of grant it is, going by whether a purchase paid for it: there is an allowance for every period.
pub(super) const fn usual_source(purchase: Option<&String>) -> GrantSource {
    if purchase.is_some() { GrantSource::TopUp } else { GrantSource::Allowance }
}
