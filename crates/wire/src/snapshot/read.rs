//! From the shape of a snapshot to the snapshot.

use std::collections::BTreeMap;

use metering::{Controls, LiveGrant, LiveHold, Purchase, Snapshot, SnapshotAccess, Totals};

use super::shape::{GrantShape, HoldShape, PlanShape, PurchaseShape, SnapshotShape};
use super::write::{usual_priority, usual_source};
use crate::api::grant_source;
use crate::line::{LineError, allocations, feature_controls, plan_terms};

impl TryFrom<SnapshotShape<'_>> for Snapshot {
    type Error = LineError;

    fn try_from(shape: SnapshotShape<'_>) -> Result<Self, LineError> {
        let access = match (shape.trial, shape.plan) {
            (None, None) => SnapshotAccess::None,
            (Some(period), None) => SnapshotAccess::Trial(period),
            (None, Some(PlanShape { terms, period, refresh, anchor })) => SnapshotAccess::Plan {
                terms: plan_terms("plan.terms", terms)?,
                period,
                refresh: refresh.into(),
                anchor,
            },
            (Some(_), Some(_)) => {
                return Err(LineError::new("plan", "there is a trial, too: a workspace has one of them"));
            }
        };
        let purchases: BTreeMap<String, Purchase> =
            shape.purchases.into_iter().map(|(id, one)| (id, one.into())).collect();
        Ok(Self {
            last_seq: shape.seq,
            last_recorded_at: shape.at,
            totals: Totals {
                granted: shape.granted,
                spent: shape.spent,
                amended: shape.amended,
                expired: shape.expired,
                voided: shape.voided,
            },
            live: grants(shape.live, &purchases)?,
            spent: grants(shape.used_up, &purchases)?,
            holds: shape.holds.into_iter().map(LiveHold::try_from).collect::<Result<_, _>>()?,
            purchases,
            used: shape.used.0,
            period_seq: shape.period_seq,
            access,
            pending: shape
                .pending
                .map(|pending| pending.to.map(|to| plan_terms("pending.to", to)).transpose())
                .transpose()?,
            controls: Controls { automation: shape.automation, features: feature_controls(shape.features)? },
            grants_made: shape.grants,
            allowances_made: shape.allowances,
            trial_size: shape.trial_size,
            had_trial: shape.had_trial,
            had_plan: shape.had_plan,
        })
    }
}

fn grants(shapes: Vec<GrantShape>, purchases: &BTreeMap<String, Purchase>) -> Result<Vec<LiveGrant>, LineError> {
    shapes.into_iter().map(|shape| grant(shape, purchases)).collect()
}

fn grant(shape: GrantShape, purchases: &BTreeMap<String, Purchase>) -> Result<LiveGrant, LineError> {
    let source = match shape.source {
        None => usual_source(shape.purchase.as_ref()),
        Some(code) => grant_source(&code).map_err(|unknown| LineError::new("source", unknown.to_string()))?,
    };
    let known = shape.purchase.as_ref().and_then(|id| purchases.get(id));
    let (amount, effective_at, expires_at) = match (shape.amount, shape.from, shape.until, known) {
        (Some(amount), Some(from), until, _) => (amount, from, until),
        (None, None, None, Some(known)) => (known.credits, known.credited_at, known.expires_at),
        _ => {
            let message = format!("grant {} says neither what it brought and when, nor which purchase does", shape.seq);
            return Err(LineError::new("amount", message));
        }
    };
    Ok(LiveGrant {
        seq: shape.seq,
        source,
        purchase: shape.purchase,
        amount,
        remaining: shape.left,
        held: shape.held,
        priority: shape.priority.unwrap_or(usual_priority(source)),
        effective_at,
        expires_at,
        shortfall: shape.short,
    })
}

impl TryFrom<HoldShape> for LiveHold {
    type Error = LineError;

    fn try_from(shape: HoldShape) -> Result<Self, LineError> {
        Ok(Self {
            seq: shape.seq,
            source: shape.source,
            id: shape.id,
            feature: shape.feature,
            units: shape.units,
            rate: shape.rate,
            revision: shape.revision,
            cost: shape.cost,
            until: shape.until,
            allocations: allocations(&shape.allocations)?,
        })
    }
}

impl From<PurchaseShape> for Purchase {
    fn from(shape: PurchaseShape) -> Self {
        Self {
            grant: shape.grant,
            pack: shape.pack,
            credits: shape.credits,
            price: shape.price,
            credited_at: shape.at,
            expires_at: shape.until,
            refunded: shape.refunded,
            disputed: shape.disputed,
            taken: shape.taken,
        }
    }
}
