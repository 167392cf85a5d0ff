//! AI work: usages, amendments, holds and their release.

use std::borrow::Cow;

use metering::{
    Allocation, Amendment, Entry, EntryKind, Hold, Labels, MAX_HOLD_ID_LENGTH, MAX_HOLD_MINUTES, MAX_RATE, MAX_TOTAL,
    MAX_UNITS, Release, ReleaseCause, Usage,
};

use super::LineError;
use super::body::{at_most, entry, id, number};
use super::shape::{AllocationShape, AmendmentShape, HoldShape, ReleaseCauseShape, ReleaseShape, UsageShape};

pub(super) fn usage_shape<'a>(entry: &Entry, usage: &'a Usage) -> UsageShape<'a> {
    UsageShape {
        seq: entry.seq,
        recorded_at: entry.recorded_at,
        kind: Cow::Borrowed(entry.kind.name()),
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
        hold: usage.hold,
        allocations: allocation_shapes(&usage.allocations),
    }
}

pub(super) fn usage(shape: UsageShape<'_>) -> Result<Entry, LineError> {
    let usage = Usage {
        units: units(shape.units)?,
        allocations: allocations(&shape.allocations)?,
        source: id("source", shape.source)?,
        id: id("id", shape.id)?,
        feature: id("feature", shape.feature)?,
        rate: rate(shape.rate)?,
        cost: at_most("cost", shape.cost, MAX_TOTAL)?,
        revision: shape.revision,
        occurred_at: shape.occurred_at,
        labels: Labels {
            member: shape.member.map(|text| id("member", text)).transpose()?,
            channel: shape.channel.map(|text| id("channel", text)).transpose()?,
            reference: shape.reference.map(|text| id("reference", text)).transpose()?,
        },
        hold: shape.hold.map(|hold| number("hold", hold)).transpose()?,
    };
    entry(shape.seq, shape.recorded_at, EntryKind::Usage(usage))
}

pub(super) fn amendment_shape<'a>(entry: &Entry, amendment: &'a Amendment) -> AmendmentShape<'a> {
    AmendmentShape {
        seq: entry.seq,
        recorded_at: entry.recorded_at,
        kind: Cow::Borrowed(entry.kind.name()),
        source: Cow::Borrowed(&amendment.source),
        id: Cow::Borrowed(&amendment.id),
        usage: amendment.usage,
        feature: Cow::Borrowed(&amendment.feature),
        amount: amendment.amount,
        allocations: allocation_shapes(&amendment.allocations),
    }
}

pub(super) fn amendment(shape: AmendmentShape<'_>) -> Result<Entry, LineError> {
    let amendment = Amendment {
        source: id("source", shape.source)?,
        id: id("id", shape.id)?,
        usage: number("usage", shape.usage)?,
        feature: id("feature", shape.feature)?,
        amount: at_most("amount", shape.amount, MAX_TOTAL)?,
        allocations: allocations(&shape.allocations)?,
    };
    entry(shape.seq, shape.recorded_at, EntryKind::Amendment(amendment))
}

pub(super) fn hold_shape<'a>(entry: &Entry, hold: &'a Hold) -> HoldShape<'a> {
    HoldShape {
        seq: entry.seq,
        recorded_at: entry.recorded_at,
        kind: Cow::Borrowed(entry.kind.name()),
        source: Cow::Borrowed(&hold.source),
        id: Cow::Borrowed(&hold.id),
        feature: Cow::Borrowed(&hold.feature),
        units: hold.units,
        rate: hold.rate,
        cost: hold.cost,
        revision: hold.revision,
        minutes: hold.minutes,
        allocations: allocation_shapes(&hold.allocations),
    }
}

pub(super) fn hold(shape: HoldShape<'_>) -> Result<Entry, LineError> {
    let place = "id";
    let name = id(place, shape.id)?;
    if name.len() > MAX_HOLD_ID_LENGTH {
        return Err(LineError::new(place, format!("has {} bytes and needs 1..={MAX_HOLD_ID_LENGTH}", name.len())));
    }
    if !(1..=MAX_HOLD_MINUTES).contains(&shape.minutes) {
        return Err(LineError::new("minutes", format!("{} is not in 1..={MAX_HOLD_MINUTES}", shape.minutes)));
    }
    let hold = Hold {
        source: id("source", shape.source)?,
        id: name,
        feature: id("feature", shape.feature)?,
        units: units(shape.units)?,
        rate: rate(shape.rate)?,
        cost: at_most("cost", shape.cost, MAX_TOTAL)?,
        revision: shape.revision,
        minutes: shape.minutes,
        allocations: allocations(&shape.allocations)?,
    };
    entry(shape.seq, shape.recorded_at, EntryKind::Hold(hold))
}

pub(super) fn release_shape<'a>(entry: &Entry, release: Release) -> ReleaseShape<'a> {
    ReleaseShape {
        seq: entry.seq,
        recorded_at: entry.recorded_at,
        kind: Cow::Borrowed(entry.kind.name()),
        hold: release.hold,
        cause: match release.cause {
            ReleaseCause::Released => ReleaseCauseShape::Released,
            ReleaseCause::TimedOut => ReleaseCauseShape::TimedOut,
        },
    }
}

pub(super) fn release(shape: &ReleaseShape<'_>) -> Result<Entry, LineError> {
    let cause = match shape.cause {
        ReleaseCauseShape::Released => ReleaseCause::Released,
        ReleaseCauseShape::TimedOut => ReleaseCause::TimedOut,
    };
    let release = Release { hold: number("hold", shape.hold)?, cause };
    entry(shape.seq, shape.recorded_at, EntryKind::Release(release))
}

pub(crate) fn allocation_shapes(allocations: &[Allocation]) -> Vec<AllocationShape> {
    allocations.iter().map(|one| AllocationShape { grant: one.grant, amount: one.amount }).collect()
}

pub(crate) fn allocations(shapes: &[AllocationShape]) -> Result<Vec<Allocation>, LineError> {
    let allocation = |one: &AllocationShape| {
        let amount = at_most("allocations.amount", one.amount, MAX_TOTAL)?;
        Ok(Allocation { grant: number("allocations.grant", one.grant)?, amount })
    };
    shapes.iter().map(allocation).collect()
}

fn units(units: u32) -> Result<u32, LineError> {
    if !(1..=MAX_UNITS).contains(&units) {
        return Err(LineError::new("units", format!("{units} is not in 1..={MAX_UNITS}")));
    }
    Ok(units)
}

fn rate(rate: u32) -> Result<u32, LineError> {
    at_most("rate", u64::from(rate), u64::from(MAX_RATE))?;
    Ok(rate)
}
