//! Trials and plans (rules 7 and 8).

use super::{Answer, DAY_MS, Draft, invalid, shown};
use crate::bounds::MAX_ALLOWANCE;
use crate::{
    Access, Credits, EntryKind, Expiry, Grant, GrantOrigin, GrantSource, Outcome, Past, Period, PlanChange,
    PlanChangeCause, PlanTerms, Refusal, Schedule,
};

impl<P: Past> Draft<'_, P> {
    pub(super) fn start_trial(&mut self) -> Answer {
        let Some(trial) = &self.catalogue().trial else {
            return Err(Outcome::Refused(Refusal::TrialUnavailable));
        };
        if self.books.had_trial || self.books.had_plan {
            return Err(Outcome::Refused(Refusal::TrialUnavailable));
        }
        self.check_total(trial.allowance)?;
        let period = Period { start: self.now, end: self.now.plus_millis(i64::from(trial.days) * DAY_MS) };
        check_length(period)?;
        let (origin, end) = (GrantOrigin::Trial(period), period.end);
        Ok(self.record(EntryKind::Grant(Grant::of_period(origin, trial.allowance, self.now, end))))
    }

    pub(super) fn subscribe(&mut self, id: &str, agreed: Option<Credits>) -> Answer {
        let Some(plan) = self.catalogue().plan(id) else {
            return Err(invalid("plan", format!("the catalogue has no plan \"{}\"", shown(id))));
        };
        let Some(allowance) = plan.credits(agreed) else {
            return Err(invalid("allowance", format!("plan \"{id}\" has its allowance by agreement: say how much")));
        };
        if allowance > MAX_ALLOWANCE {
            return Err(invalid("allowance", format!("{allowance} is not in 0..={MAX_ALLOWANCE}")));
        }
        let wanted = PlanTerms { plan: plan.id.clone(), allowance, ai: plan.ai };
        let Access::Plan { terms: current, .. } = &self.books.access else {
            return self.subscribe_first(wanted);
        };
        if *current == wanted {
            return match self.books.pending {
                Some(_) => Ok(self.change_plan(Some(wanted), PlanChangeCause::TakenBack)),
                None => Err(Outcome::Unchanged),
            };
        }
        let newly_ai = wanted.ai && !current.ai;
        if wanted.allowance > current.allowance || (wanted.allowance == current.allowance && newly_ai) {
            let difference = wanted.allowance - current.allowance;
            return self.upgrade(wanted, difference);
        }
        self.schedule_change(Some(wanted))
    }

    /// The first plan, or one after none: what is left of a trial goes, and the first period starts.
    fn subscribe_first(&mut self, wanted: PlanTerms) -> Answer {
        self.check_total(wanted.allowance)?;
        let terms = &self.account.terms;
        let period = Schedule::new(terms.catalogue(self.now).refresh, terms.zone, self.now).period_at(self.now);
        check_length(period)?;
        if matches!(self.books.access, Access::Trial(_)) {
            let left: Vec<_> = self
                .books
                .grants
                .live()
                .iter()
                .filter(|grant| grant.source == GrantSource::Trial && grant.free() > 0)
                .map(|grant| Expiry { grant: grant.seq, amount: grant.free() })
                .collect();
            for expiry in left {
                self.record(EntryKind::Expiry(expiry));
            }
        }
        let seq = self.change_plan(Some(wanted.clone()), PlanChangeCause::Subscribed);
        let origin = GrantOrigin::Allowance { plan: wanted.plan, period };
        self.record(EntryKind::Grant(Grant::of_period(origin, wanted.allowance, self.now, period.end)));
        Ok(seq)
    }

    /// More allowance counts at once, for the rest of the period; what was used stays used (rule 8).
    fn upgrade(&mut self, wanted: PlanTerms, difference: Credits) -> Answer {
        self.check_total(difference)?;
        let end = self.books.access.period().map_or(self.now, |period| period.end);
        let origin = GrantOrigin::Upgrade { plan: wanted.plan.clone() };
        let seq = self.change_plan(Some(wanted), PlanChangeCause::Upgraded);
        if difference > 0 {
            self.record(EntryKind::Grant(Grant::of_period(origin, difference, self.now, end)));
        }
        Ok(seq)
    }

    pub(super) fn cancel(&mut self) -> Answer {
        match self.books.access {
            Access::Plan { .. } => self.schedule_change(None),
            Access::None | Access::Trial(_) => Err(Outcome::Refused(Refusal::NoPlan)),
        }
    }

    /// A change that counts at the next refresh replaces what is pending.
    fn schedule_change(&mut self, to: Option<PlanTerms>) -> Answer {
        if self.books.pending.as_ref() == Some(&to) {
            return Err(Outcome::Unchanged);
        }
        Ok(self.change_plan(to, PlanChangeCause::Scheduled))
    }

    fn change_plan(&mut self, to: Option<PlanTerms>, cause: PlanChangeCause) -> u64 {
        self.record(EntryKind::PlanChange(PlanChange { to, cause }))
    }
}

/// Nothing can be granted for a period without an instant in it: only the last instant of all has such a one.
fn check_length(period: Period) -> Result<(), Outcome> {
    if period.start < period.end {
        return Ok(());
    }
    Err(invalid("at", format!("{} is the last instant that there is: no period begins there", period.start)))
}
