//! Trial, plans and controls (rules 7, 8 and 16).

use metering::{Allowance, ControlsRequest};

use super::NaiveOutcome;
use super::books::{Access, Books, Control, END, Kind, MOST, Terms};
use super::calendar::Period;

const DAY: i64 = 24 * 3_600_000;

impl<'a> Books<'a> {
    pub(super) fn start_trial(&mut self) -> NaiveOutcome {
        let Some(offer) = &self.catalogue().trial else { return NaiveOutcome::Refused("trial_unavailable") };
        if self.had_access {
            return NaiveOutcome::Refused("trial_unavailable");
        }
        if !self.fits(offer.allowance) {
            return NaiveOutcome::Invalid;
        }
        // A period has an instant in it: at the end of time there is none.
        if self.now >= END {
            return NaiveOutcome::Invalid;
        }
        let end = self.now + i64::from(offer.days) * DAY;
        self.had_access = true;
        self.periods += 1;
        self.access = Access::Trial { start: self.now, end };
        self.grant(Kind::Period, offer.allowance, Some(end));
        NaiveOutcome::Recorded
    }

    pub(super) fn subscribe(&mut self, plan: &str, agreed: Option<u64>) -> NaiveOutcome {
        let Some(plan) = self.catalogue().plans.iter().find(|one| one.id == plan) else {
            return NaiveOutcome::Invalid;
        };
        let allowance = match plan.allowance {
            _ if !plan.ai => Some(0),
            Allowance::Credits(credits) => Some(credits),
            Allowance::Custom => agreed,
        };
        let Some(allowance) = allowance.filter(|credits| *credits <= 1_000_000_000) else {
            return NaiveOutcome::Invalid;
        };
        let wanted = Terms { plan: &plan.id, allowance, ai: plan.ai };
        match self.access {
            Access::None | Access::Trial { .. } => self.first_plan(wanted),
            Access::Plan { terms, period, pending } => self.change_plan(terms, period, pending, wanted),
        }
    }

    fn first_plan(&mut self, wanted: Terms<'a>) -> NaiveOutcome {
        let period = Period::first(self.catalogue().refresh, self.zone, self.now);
        if !self.fits(wanted.allowance) || period.start >= END {
            return NaiveOutcome::Invalid;
        }
        if matches!(self.access, Access::Trial { .. }) {
            for index in 0..self.grants.len() {
                if self.grants[index].kind == Kind::Period {
                    self.grants[index].ends = Some(self.now);
                    self.grants[index].over = true;
                    self.settle(index);
                }
            }
        }
        self.had_access = true;
        self.periods += 1;
        self.access = Access::Plan { terms: wanted, period, pending: None };
        self.grant(Kind::Period, wanted.allowance, Some(period.end));
        NaiveOutcome::Recorded
    }

    fn change_plan(
        &mut self,
        terms: Terms<'a>,
        period: Period,
        pending: Option<Option<Terms<'a>>>,
        wanted: Terms<'a>,
    ) -> NaiveOutcome {
        if wanted == terms {
            if pending.is_none() {
                return NaiveOutcome::Ok;
            }
            self.access = Access::Plan { terms, period, pending: None };
            return NaiveOutcome::Recorded;
        }
        let newly_ai = wanted.ai && !terms.ai;
        let upgrade = wanted.allowance > terms.allowance || (wanted.allowance == terms.allowance && newly_ai);
        if upgrade {
            let difference = wanted.allowance - terms.allowance;
            if !self.fits(difference) {
                return NaiveOutcome::Invalid;
            }
            self.access = Access::Plan { terms: wanted, period, pending: None };
            self.grant(Kind::Period, difference, Some(period.end));
            return NaiveOutcome::Recorded;
        }
        if pending == Some(Some(wanted)) {
            return NaiveOutcome::Ok;
        }
        self.access = Access::Plan { terms, period, pending: Some(Some(wanted)) };
        NaiveOutcome::Recorded
    }

    pub(super) fn cancel(&mut self) -> NaiveOutcome {
        match self.access {
            Access::None | Access::Trial { .. } => NaiveOutcome::Refused("no_plan"),
            Access::Plan { pending: Some(None), .. } => NaiveOutcome::Ok,
            Access::Plan { terms, period, .. } => {
                self.access = Access::Plan { terms, period, pending: Some(None) };
                NaiveOutcome::Recorded
            }
        }
    }

    /// The refresh: the old allowance has just expired; the new one comes, unless the plan ends.
    pub(super) fn end_period(&mut self) {
        let Access::Plan { terms, period, pending } = self.access else { return };
        match pending.unwrap_or(Some(terms)) {
            None => self.access = Access::None,
            Some(terms) => {
                let period = period.next(self.zone);
                self.periods += 1;
                self.access = Access::Plan { terms, period, pending: None };
                let fitting = terms.allowance.min(MOST - self.totals.granted);
                self.grant(Kind::Period, fitting, Some(period.end));
            }
        }
    }

    pub(super) fn control(&mut self, wish: &'a ControlsRequest) -> NaiveOutcome {
        for (index, (id, one)) in wish.features.iter().enumerate() {
            let known = self.feature(id).is_some();
            // Named twice, it would depend on the order what is wished for.
            let twice = wish.features[..index].iter().any(|(other, _)| other == id);
            if !known || twice || one.cap.flatten().is_some_and(|cap| cap > MOST) {
                return NaiveOutcome::Invalid;
            }
        }
        let mut changed = false;
        if let Some(automation) = wish.automation {
            changed |= automation != self.automation;
            self.automation = automation;
        }
        for (id, one) in &wish.features {
            let old = self.control_of(id);
            let new = Control { on: one.on.unwrap_or(old.on), cap: one.cap.unwrap_or(old.cap) };
            changed |= new != old;
            self.controls.retain(|(other, _)| other != id);
            self.controls.push((id, new));
        }
        if changed { NaiveOutcome::Recorded } else { NaiveOutcome::Ok }
    }
}
