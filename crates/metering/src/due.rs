//! What falls due by itself as time passes: expiries, the end of a trial, the refresh (rule 3).

use std::borrow::Cow;

use crate::account::{Access, Account, Books, Terms};
use crate::bounds::MAX_TOTAL;
use crate::{Entry, EntryKind, Expiry, Grant, GrantOrigin, PlanChange, PlanChangeCause, Timestamp};

impl Account {
    /// The books with all that is due at `at` carried out, and the instant that `at` counts as (rule 15).
    pub(crate) fn books_at(&self, at: Timestamp) -> (Cow<'_, Books>, Timestamp) {
        let at = at.max(self.books.last_recorded_at);
        match self.books.next_due() {
            Some(due) if due <= at => {
                let mut books = self.books.clone();
                books.roll(&self.terms, at, &mut |_| {});
                (Cow::Owned(books), at)
            }
            _ => (Cow::Borrowed(&self.books), at),
        }
    }
}

impl Books {
    /// The next instant at which something falls due by itself.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let expiry = self.grants.iter().filter_map(|grant| grant.expires_at).min();
        let boundary = self.access.period().map(|period| period.end);
        // The end of time never comes: what would fall due there would fall due again for ever.
        [expiry, boundary].into_iter().flatten().min().filter(|due| *due < Timestamp::MAX)
    }

    /// Carries out all that is due up to and including `now`, in order, each dated at its own instant.
    pub(crate) fn roll(&mut self, terms: &Terms, now: Timestamp, made: &mut impl FnMut(Entry)) {
        while let Some(due) = self.next_due().filter(|due| *due <= now) {
            for kind in self.due_at(due) {
                self.record(terms, due, kind, made);
            }
        }
    }

    /// Appends one entry that the rules made themselves.
    pub(crate) fn record(&mut self, terms: &Terms, at: Timestamp, kind: EntryKind, made: &mut impl FnMut(Entry)) {
        let entry = Entry { seq: self.last_seq + 1, recorded_at: at.max(self.last_recorded_at), kind };
        let applied = self.apply(terms, &entry);
        debug_assert_eq!(applied, Ok(()), "the rules made an entry that does not follow");
        if applied.is_ok() {
            made(entry);
        }
    }

    /// What falls due at one instant: grant expiries in draw-down order, then the trial's end or the period's.
    fn due_at(&self, at: Timestamp) -> Vec<EntryKind> {
        let mut kinds: Vec<EntryKind> = self
            .grants
            .iter()
            .filter(|grant| grant.expires_at == Some(at))
            .map(|grant| EntryKind::Expiry(Expiry { grant: grant.seq, amount: grant.remaining }))
            .collect();
        match &self.access {
            Access::Trial(period) if period.end == at => {
                kinds.push(EntryKind::PlanChange(PlanChange { to: None, cause: PlanChangeCause::TrialEnded }));
            }
            Access::Plan { terms, period: Some(period), schedule } if period.end == at => {
                let mut next = Some(terms);
                if let Some(pending) = &self.pending {
                    next = pending.as_ref();
                    let change = PlanChange { to: pending.clone(), cause: PlanChangeCause::CameDue };
                    kinds.push(EntryKind::PlanChange(change));
                }
                if let Some(terms) = next {
                    let period = schedule.period_at(at);
                    let origin = GrantOrigin::Allowance { plan: terms.plan.clone(), period };
                    // At the very limit of all grants a refresh brings what still fits: rolling forward never fails.
                    let amount = terms.allowance.min(MAX_TOTAL - self.totals.granted);
                    kinds.push(EntryKind::Grant(Grant::of_period(origin, amount, at, period.end)));
                }
            }
            _ => {}
        }
        kinds
    }
}
