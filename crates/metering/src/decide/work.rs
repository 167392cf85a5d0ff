//! AI work: used, held, captured, released, amended (rules 4, 5, 12, 13).

use std::mem::take;

use super::{Answer, Draft, check_id, invalid, shown};
use crate::bounds::{
    CAPTURE_PREFIX, EARLY_LIMIT_MS, LATE_LIMIT_MS, MAX_HOLD_ID_LENGTH, MAX_HOLD_MINUTES, MAX_TOTAL, MAX_UNITS,
};
use crate::position::refusal;
use crate::{
    Allocation, Amendment, Catalogue, Credits, EntryKind, Feature, Hold, HoldEnd, HoldRequest, Labels, LiveGrant,
    LiveHold, Outcome, Past, PastHold, Refusal, Release, ReleaseCause, Timestamp, Usage, UsageRequest,
};

impl<P: Past> Draft<'_, P> {
    /// Takes the texts out of the request when it is recorded: a request is too large to be handed on by value.
    pub(super) fn use_credits(&mut self, request: &mut UsageRequest) -> Answer {
        check_id("source", &request.source)?;
        check_id("id", &request.id)?;
        if request.id.starts_with(CAPTURE_PREFIX) {
            return Err(invalid("id", format!("begins with \"{CAPTURE_PREFIX}\", which names captured holds")));
        }
        let Labels { member, channel, reference } = &request.labels;
        for (field, label) in [("member", member), ("channel", channel), ("reference", reference)] {
            if let Some(label) = label {
                check_id(field, label)?;
            }
        }
        if let Some(occurred_at) = request.occurred_at {
            check_occurred_at(occurred_at, self.now)?;
        }
        let (feature, cost) = self.price(&request.feature, request.units)?;
        let rate = feature.rate;
        let allocations = draw_down(self.books.grants.live(), self.now, cost);
        let revision = self.catalogue().revision;
        let usage = || {
            EntryKind::Usage(Usage {
                source: take(&mut request.source),
                id: take(&mut request.id),
                feature: take(&mut request.feature),
                units: request.units,
                rate,
                cost,
                revision,
                occurred_at: request.occurred_at,
                labels: take(&mut request.labels),
                hold: None,
                allocations,
            })
        };
        Ok(self.record_last(usage))
    }

    /// What so many units of a feature cost, if it may run now: the checks of rule 4, in their order.
    fn price(&self, feature: &str, units: u32) -> Result<(&Feature, Credits), Outcome> {
        if !(1..=MAX_UNITS).contains(&units) {
            return Err(invalid("units", format!("{units} is not in 1..={MAX_UNITS}")));
        }
        let catalogue: &Catalogue = self.catalogue();
        if catalogue.is_unmetered(feature) {
            return Err(Outcome::Unchanged);
        }
        let Some(feature) = catalogue.feature(feature) else {
            return Err(Outcome::Refused(Refusal::UnknownFeature));
        };
        let available = self.books.grants.payable(self.now);
        if let Some(refusal) = refusal(&self.books, feature, units, available) {
            return Err(Outcome::Refused(refusal));
        }
        let cost = Credits::from(feature.rate) * Credits::from(units);
        // Credits that were given back may be spent again: what is spent can pass what was granted (rule 20).
        if self.books.totals.spent.saturating_add(self.books.grants.held()).saturating_add(cost) > MAX_TOTAL {
            return Err(invalid("units", format!("all credits ever spent would be above {MAX_TOTAL}")));
        }
        Ok((feature, cost))
    }

    pub(super) fn hold(&mut self, request: &HoldRequest) -> Answer {
        check_id("source", &request.source)?;
        check_id("id", &request.id)?;
        if request.id.len() > MAX_HOLD_ID_LENGTH {
            return Err(invalid("id", format!("has {} bytes and needs 1..={MAX_HOLD_ID_LENGTH}", request.id.len())));
        }
        if !(1..=MAX_HOLD_MINUTES).contains(&request.minutes) {
            return Err(invalid("minutes", format!("{} is not in 1..={MAX_HOLD_MINUTES}", request.minutes)));
        }
        let (feature, cost) = self.price(&request.feature, request.units)?;
        let hold = Hold {
            source: request.source.clone(),
            id: request.id.clone(),
            feature: feature.id.clone(),
            units: request.units,
            rate: feature.rate,
            cost,
            revision: self.catalogue().revision,
            minutes: request.minutes,
            allocations: draw_down(self.books.grants.live(), self.now, cost),
        };
        Ok(self.record_last(|| EntryKind::Hold(hold)))
    }

    pub(super) fn capture(&mut self, source: &str, id: &str, units: Option<u32>) -> Answer {
        let past = self.past_hold(source, id)?;
        if let Some(HoldEnd::Captured { seq, units: captured }) = past.end {
            let same = units.unwrap_or(past.hold.units) == captured;
            return Err(if same { Outcome::Duplicate { seq } } else { Outcome::Conflict { seq } });
        }
        let Some(hold) = self.books.holds.iter().find(|live| live.seq == past.seq) else {
            return Err(Outcome::Refused(Refusal::HoldEnded));
        };
        let units = units.unwrap_or(hold.units);
        if !(1..=hold.units).contains(&units) {
            return Err(invalid("units", format!("{units} is not in 1..={}, what the hold reserves", hold.units)));
        }
        let usage = captured(hold, units);
        let seq = self.record(EntryKind::Usage(usage));
        self.settle();
        Ok(seq)
    }

    pub(super) fn release(&mut self, source: &str, id: &str) -> Answer {
        let past = self.past_hold(source, id)?;
        if !self.books.holds.iter().any(|live| live.seq == past.seq) {
            return Err(Outcome::Unchanged);
        }
        let seq = self.record(EntryKind::Release(Release { hold: past.seq, cause: ReleaseCause::Released }));
        self.settle();
        Ok(seq)
    }

    fn past_hold(&self, source: &str, id: &str) -> Result<PastHold, Outcome> {
        self.past.hold(source, id).ok_or_else(|| invalid("hold", format!("there is no hold \"{}\"", shown(id))))
    }

    pub(super) fn amend(&mut self, source: &str, id: &str, usage: &str) -> Answer {
        check_id("source", source)?;
        check_id("id", id)?;
        let Some(past) = self.past.usage(source, usage) else {
            return Err(invalid("usage", format!("there is no usage \"{}\"", shown(usage))));
        };
        if let Some(seq) = past.amended {
            return Err(Outcome::Conflict { seq });
        }
        let seq = self.record(EntryKind::Amendment(Amendment {
            source: source.to_owned(),
            id: id.to_owned(),
            usage: past.seq,
            feature: past.usage.feature,
            amount: past.usage.cost,
            allocations: past.usage.allocations,
        }));
        self.settle();
        Ok(seq)
    }
}

/// The usage that captures so many units of a live hold: its rate, and the first of the grants that it reserves.
pub(crate) fn captured(hold: &LiveHold, units: u32) -> Usage {
    let cost = Credits::from(hold.rate) * Credits::from(units);
    Usage {
        source: hold.source.clone(),
        id: format!("{CAPTURE_PREFIX}{}", hold.id),
        feature: hold.feature.clone(),
        units,
        rate: hold.rate,
        cost,
        revision: hold.revision,
        occurred_at: None,
        labels: Labels::default(),
        hold: Some(hold.seq),
        allocations: first_of(hold.allocations.iter().copied(), cost),
    }
}

/// Which grants pay `cost` at an instant, in draw-down order. The caller has seen that enough is available.
pub(crate) fn draw_down(live: &[LiveGrant], at: Timestamp, cost: Credits) -> Vec<Allocation> {
    first_of(paying(live, at), cost)
}

/// What can pay at an instant, in draw-down order (rule 5).
fn paying(live: &[LiveGrant], at: Timestamp) -> impl Iterator<Item = Allocation> {
    let paying = live.iter().filter(move |grant| grant.pays_at(at) && grant.free() > 0);
    paying.map(|grant| Allocation { grant: grant.seq, amount: grant.free() })
}

/// Whether these allocations are what [`draw_down`] gives.
pub(crate) fn is_draw_down(allocations: &[Allocation], live: &[LiveGrant], at: Timestamp, cost: Credits) -> bool {
    let mut owed = cost;
    let mut given = allocations.iter();
    for Allocation { grant, amount } in paying(live, at) {
        if owed == 0 {
            break;
        }
        let amount = amount.min(owed);
        if given.next() != Some(&Allocation { grant, amount }) {
            return false;
        }
        owed -= amount;
    }
    given.next().is_none()
}

/// The first `cost` credits of these.
pub(crate) fn first_of(from: impl Iterator<Item = Allocation>, cost: Credits) -> Vec<Allocation> {
    let mut owed = cost;
    let mut paid = Vec::with_capacity(1);
    for Allocation { grant, amount } in from {
        if owed == 0 {
            break;
        }
        let amount = amount.min(owed);
        paid.push(Allocation { grant, amount });
        owed -= amount;
    }
    paid
}

/// Work may be reported a little early and up to 35 days late (rule 15).
pub(crate) fn check_occurred_at(occurred_at: Timestamp, now: Timestamp) -> Result<(), Outcome> {
    let ahead = occurred_at.since(now);
    if ahead > EARLY_LIMIT_MS {
        return Err(invalid("occurred_at", format!("{occurred_at} is more than 5 minutes ahead of {now}")));
    }
    if ahead < -LATE_LIMIT_MS {
        return Err(invalid("occurred_at", format!("{occurred_at} is more than 35 days before {now}")));
    }
    Ok(())
}
