//! Grants, and what refunds and disputes take back of them.

use std::borrow::Cow;

use metering::{Entry, EntryKind, Grant, GrantOrigin, MAX_TOTAL, Void, VoidCause};

use super::LineError;
use super::body::{at_most, entry, id, number};
use super::shape::{GrantShape, Origin, VoidCauseShape, VoidShape};

pub(super) fn grant_shape<'a>(entry: &Entry, grant: &'a Grant) -> GrantShape<'a> {
    let mut shape = GrantShape {
        seq: entry.seq,
        recorded_at: entry.recorded_at,
        kind: Cow::Borrowed(entry.kind.name()),
        source: Cow::Borrowed(grant.source().name()),
        amount: grant.amount,
        priority: grant.priority,
        effective_at: grant.effective_at,
        expires_at: grant.expires_at,
        origin: Origin::Trial,
        period: None,
        plan: None,
        purchase: None,
        pack: None,
        price: None,
    };
    match &grant.origin {
        GrantOrigin::Trial(period) => shape.period = Some(*period),
        GrantOrigin::Allowance { plan, period } => {
            shape.origin = Origin::Allowance;
            shape.period = Some(*period);
            shape.plan = Some(Cow::Borrowed(plan));
        }
        GrantOrigin::Upgrade { plan } => {
            shape.origin = Origin::Upgrade;
            shape.plan = Some(Cow::Borrowed(plan));
        }
        GrantOrigin::TopUp { purchase, pack, price } => {
            shape.origin = Origin::TopUp;
            shape.purchase = Some(Cow::Borrowed(purchase));
            shape.pack = Some(Cow::Borrowed(pack));
            shape.price = Some(*price);
        }
    }
    shape
}

pub(super) fn grant(shape: GrantShape<'_>) -> Result<Entry, LineError> {
    let GrantShape { period, plan, purchase, pack, price, .. } = shape;
    let origin = match (shape.origin, period, plan, purchase, pack, price) {
        (Origin::Trial, Some(period), None, None, None, None) => GrantOrigin::Trial(period),
        (Origin::Allowance, Some(period), Some(plan), None, None, None) => {
            GrantOrigin::Allowance { plan: id("plan", plan)?, period }
        }
        (Origin::Upgrade, None, Some(plan), None, None, None) => GrantOrigin::Upgrade { plan: id("plan", plan)? },
        (Origin::TopUp, None, None, Some(purchase), Some(pack), Some(price)) => GrantOrigin::TopUp {
            purchase: id("purchase", purchase)?,
            pack: id("pack", pack)?,
            price: at_most("price", price, MAX_TOTAL)?,
        },
        _ => {
            return Err(LineError::new(
                "origin",
                "the fields do not go with it: trial has period; allowance period and plan; upgrade plan; top_up \
                 purchase, pack and price",
            ));
        }
    };
    let grant = Grant {
        origin,
        amount: at_most("amount", shape.amount, MAX_TOTAL)?,
        priority: shape.priority,
        effective_at: shape.effective_at,
        expires_at: shape.expires_at,
    };
    if grant.source().name() != shape.source {
        let right = grant.source().name();
        return Err(LineError::new("source", format!("does not go with the origin: it would be \"{right}\"")));
    }
    entry(shape.seq, shape.recorded_at, EntryKind::Grant(grant))
}

pub(super) fn void_shape<'a>(entry: &Entry, void: &'a Void) -> VoidShape<'a> {
    let (cause, id, price, rest) = match &void.cause {
        VoidCause::Refund { id, price, rest } => (VoidCauseShape::Refund, Some(id), Some(*price), *rest),
        VoidCause::Dispute { id } => (VoidCauseShape::Dispute, Some(id), None, false),
        VoidCause::Reinstatement { id } => (VoidCauseShape::Reinstatement, Some(id), None, false),
        VoidCause::Returned => (VoidCauseShape::Returned, None, None, false),
    };
    VoidShape {
        seq: entry.seq,
        recorded_at: entry.recorded_at,
        kind: Cow::Borrowed(entry.kind.name()),
        cause,
        id: id.map(|id| Cow::Borrowed(id.as_str())),
        price,
        rest,
        purchase: Cow::Borrowed(&void.purchase),
        grant: void.grant,
        amount: void.amount,
        shortfall: void.shortfall,
    }
}

pub(super) fn void(shape: VoidShape<'_>) -> Result<Entry, LineError> {
    let claim = shape.id.map(|text| id("id", text)).transpose()?;
    let cause = match (shape.cause, claim, shape.price, shape.rest) {
        (VoidCauseShape::Refund, Some(id), Some(price), rest) => {
            VoidCause::Refund { id, price: at_most("price", price, MAX_TOTAL)?, rest }
        }
        (VoidCauseShape::Dispute, Some(id), None, false) => VoidCause::Dispute { id },
        (VoidCauseShape::Reinstatement, Some(id), None, false) => VoidCause::Reinstatement { id },
        (VoidCauseShape::Returned, None, None, false) => VoidCause::Returned,
        _ => {
            return Err(LineError::new(
                "cause",
                "the fields do not go with it: refund has id and price, and may have rest; dispute and reinstatement \
                 id; returned none of them",
            ));
        }
    };
    let void = Void {
        cause,
        purchase: id("purchase", shape.purchase)?,
        grant: number("grant", shape.grant)?,
        amount: at_most("amount", shape.amount, MAX_TOTAL)?,
        shortfall: at_most("shortfall", shape.shortfall, MAX_TOTAL)?,
    };
    entry(shape.seq, shape.recorded_at, EntryKind::Void(void))
}
