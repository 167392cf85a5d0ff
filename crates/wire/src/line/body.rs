//! An entry's body: to its bytes once, and from them as often as anybody likes.

use std::borrow::Cow;

use metering::{
    Allocation, ControlsChange, Entry, EntryKind, Expiry, FeatureControl, Grant, GrantOrigin, Labels, MAX_CAP,
    MAX_ID_LENGTH, MAX_RATE, MAX_TOTAL, MAX_UNITS, PlanChange, PlanChangeCause, PlanTerms, Usage,
};
use serde::{Deserialize, Serialize};

use super::LineError;
use super::shape::{
    AllocationShape, Cause, ControlsChangeShape, ExpiryShape, FeatureControlShape, GrantShape, Head, Origin,
    PlanChangeShape, PlanTermsShape, UsageShape,
};

/// The body of an entry: compact JSON in a stable order of fields, absent options left out.
#[must_use]
pub fn encode_body(entry: &Entry) -> Vec<u8> {
    let (seq, recorded_at) = (entry.seq, entry.recorded_at);
    let kind = Cow::Borrowed(entry.kind.name());
    match &entry.kind {
        EntryKind::Grant(grant) => write(&grant_shape(entry, grant)),
        EntryKind::Usage(usage) => write(&UsageShape {
            seq,
            recorded_at,
            kind,
            source: Cow::Borrowed(&usage.source),
            id: Cow::Borrowed(&usage.id),
            feature: Cow::Borrowed(&usage.feature),
            units: usage.units,
            rate: usage.rate,
            cost: usage.cost,
            revision: usage.revision,
            occurred_at: usage.occurred_at,
            member: usage.labels.member.as_deref().map(Cow::Borrowed),
            channel: usage.labels.channel.as_deref().map(Cow::Borrowed),
            reference: usage.labels.reference.as_deref().map(Cow::Borrowed),
            allocations: usage
                .allocations
                .iter()
                .map(|one| AllocationShape { grant: one.grant, amount: one.amount })
                .collect(),
        }),
        EntryKind::Expiry(expiry) => {
            write(&ExpiryShape { seq, recorded_at, kind, grant: expiry.grant, amount: expiry.amount })
        }
        EntryKind::PlanChange(change) => write(&PlanChangeShape {
            seq,
            recorded_at,
            kind,
            cause: cause_shape(change.cause),
            to: change.to.as_ref().map(|to| PlanTermsShape {
                plan: Cow::Borrowed(&to.plan),
                allowance: to.allowance,
                ai: to.ai,
            }),
        }),
        EntryKind::ControlsChange(change) => write(&ControlsChangeShape {
            seq,
            recorded_at,
            kind,
            automation: change.automation,
            features: change
                .features
                .iter()
                .map(|(feature, control)| FeatureControlShape {
                    feature: Cow::Borrowed(feature),
                    on: control.on,
                    cap: control.cap,
                })
                .collect(),
        }),
    }
}

/// The entry that a body records.
///
/// # Errors
/// [`LineError`] when it is not JSON of exactly the fields of its kind, or a value is out of the bounds of rule 20. It
/// says what and where. Whether the entry follows from those before it is for `metering::Account::apply` to say.
pub fn decode_body(body: &[u8]) -> Result<Entry, LineError> {
    let head: Head<'_> = read(body)?;
    match head.kind.as_ref() {
        "usage" => usage(read(body)?),
        "grant" => grant(read(body)?),
        "expiry" => expiry(&read(body)?),
        "plan_change" => plan_change(read(body)?),
        "controls_change" => controls_change(read(body)?),
        other => Err(LineError::new(
            "type",
            format!(
                "\"{}\" is not a kind of entry: grant, usage, expiry, plan_change or controls_change",
                other.chars().take(64).collect::<String>()
            ),
        )),
    }
}

fn write(shape: &impl Serialize) -> Vec<u8> {
    // None of the shapes has anything that JSON cannot say: no map with other keys than text, no fallible `Serialize`.
    serde_json::to_vec(shape).unwrap_or_default()
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, LineError> {
    serde_json::from_slice(body).map_err(|error| LineError::from_json(&error))
}

fn grant_shape<'a>(entry: &Entry, grant: &'a Grant) -> GrantShape<'a> {
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

fn grant(shape: GrantShape<'_>) -> Result<Entry, LineError> {
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

fn usage(shape: UsageShape<'_>) -> Result<Entry, LineError> {
    if !(1..=MAX_UNITS).contains(&shape.units) {
        return Err(LineError::new("units", format!("{} is not in 1..={MAX_UNITS}", shape.units)));
    }
    let mut allocations = Vec::with_capacity(shape.allocations.len());
    for one in shape.allocations {
        let amount = at_most("allocations.amount", one.amount, MAX_TOTAL)?;
        allocations.push(Allocation { grant: number("allocations.grant", one.grant)?, amount });
    }
    let usage = Usage {
        source: id("source", shape.source)?,
        id: id("id", shape.id)?,
        feature: id("feature", shape.feature)?,
        units: shape.units,
        rate: u32::try_from(at_most("rate", u64::from(shape.rate), u64::from(MAX_RATE))?).unwrap_or(MAX_RATE),
        cost: at_most("cost", shape.cost, MAX_TOTAL)?,
        revision: shape.revision,
        occurred_at: shape.occurred_at,
        labels: Labels {
            member: shape.member.map(|text| id("member", text)).transpose()?,
            channel: shape.channel.map(|text| id("channel", text)).transpose()?,
            reference: shape.reference.map(|text| id("reference", text)).transpose()?,
        },
        allocations,
    };
    entry(shape.seq, shape.recorded_at, EntryKind::Usage(usage))
}

fn expiry(shape: &ExpiryShape<'_>) -> Result<Entry, LineError> {
    let amount = at_most("amount", shape.amount, MAX_TOTAL)?;
    let expiry = Expiry { grant: number("grant", shape.grant)?, amount };
    entry(shape.seq, shape.recorded_at, EntryKind::Expiry(expiry))
}

fn plan_change(shape: PlanChangeShape<'_>) -> Result<Entry, LineError> {
    let to = match shape.to {
        None => None,
        Some(to) => {
            let allowance = at_most("to.allowance", to.allowance, MAX_TOTAL)?;
            Some(PlanTerms { plan: id("to.plan", to.plan)?, allowance, ai: to.ai })
        }
    };
    let change = PlanChange { to, cause: cause(shape.cause) };
    entry(shape.seq, shape.recorded_at, EntryKind::PlanChange(change))
}

fn controls_change(shape: ControlsChangeShape<'_>) -> Result<Entry, LineError> {
    let mut features = Vec::with_capacity(shape.features.len());
    for one in shape.features {
        let cap = one.cap.map(|cap| at_most("features.cap", cap, MAX_CAP)).transpose()?;
        features.push((id("features.feature", one.feature)?, FeatureControl { on: one.on, cap }));
    }
    let change = ControlsChange { automation: shape.automation, features };
    entry(shape.seq, shape.recorded_at, EntryKind::ControlsChange(change))
}

fn entry(seq: u64, recorded_at: metering::Timestamp, kind: EntryKind) -> Result<Entry, LineError> {
    Ok(Entry { seq: number("seq", seq)?, recorded_at, kind })
}

/// An entry's number: 1 and up.
fn number(place: &str, seq: u64) -> Result<u64, LineError> {
    if seq == 0 {
        return Err(LineError::new(place, "is 0: entries count from 1"));
    }
    at_most(place, seq, MAX_TOTAL)
}

fn at_most(place: &str, value: u64, most: u64) -> Result<u64, LineError> {
    if value > most {
        return Err(LineError::new(place, format!("{value} is above {most}")));
    }
    Ok(value)
}

fn id(place: &str, text: Cow<'_, str>) -> Result<String, LineError> {
    if text.is_empty() || text.len() > MAX_ID_LENGTH {
        return Err(LineError::new(place, format!("has {} bytes and needs 1..={MAX_ID_LENGTH}", text.len())));
    }
    Ok(text.into_owned())
}

const fn cause_shape(cause: PlanChangeCause) -> Cause {
    match cause {
        PlanChangeCause::Subscribed => Cause::Subscribed,
        PlanChangeCause::Upgraded => Cause::Upgraded,
        PlanChangeCause::Scheduled => Cause::Scheduled,
        PlanChangeCause::TakenBack => Cause::TakenBack,
        PlanChangeCause::CameDue => Cause::CameDue,
        PlanChangeCause::TrialEnded => Cause::TrialEnded,
    }
}

const fn cause(shape: Cause) -> PlanChangeCause {
    match shape {
        Cause::Subscribed => PlanChangeCause::Subscribed,
        Cause::Upgraded => PlanChangeCause::Upgraded,
        Cause::Scheduled => PlanChangeCause::Scheduled,
        Cause::TakenBack => PlanChangeCause::TakenBack,
        Cause::CameDue => PlanChangeCause::CameDue,
        Cause::TrialEnded => PlanChangeCause::TrialEnded,
    }
}
