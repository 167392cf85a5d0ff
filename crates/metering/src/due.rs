//! What falls due by itself as time passes: the end of holds and grants, of a trial, the refresh (rules 3, 7, 11, 13).

use std::borrow::Cow;

use crate::account::{Access, Account, Terms};
use crate::books::Books;
use crate::bounds::MAX_TOTAL;
use crate::{
    Entry, EntryKind, Expiry, Grant, GrantOrigin, LiveGrant, Period, PlanChange, PlanChangeCause, Release,
    ReleaseCause, Timestamp, Void, VoidCause,
};

/// The next thing that falls due by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// The instant that it is dated at.
    pub(crate) at: Timestamp,
    what: What,
}

/// In the order in which they are carried out at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// The time of this hold is up.
    TimeOut { hold: u64 },
    /// Credits returned to this pack, of which refunds or disputes still claim some.
    TakeBack { grant: u64 },
    /// This grant has ended with credits free.
    Expiry { grant: u64 },
    /// The trial ends.
    TrialEnd,
    /// The period ends.
    PeriodEnd,
}

impl Account {
    /// The books with all that is due at `at` carried out, and the instant that `at` counts as (rule 15).
    pub(crate) fn books_at(&self, at: Timestamp) -> (Cow<'_, Books>, Timestamp) {
        let at = at.max(self.books.last_recorded_at);
        if at < self.books.quiet_until {
            return (Cow::Borrowed(&self.books), at);
        }
        let mut books = self.books.clone();
        books.roll(&self.terms, at, &mut |_| {});
        (Cow::Owned(books), at)
    }
}

impl Books {
    /// What falls due next by itself, whenever that is.
    pub(crate) fn next_due(&self) -> Option<Due> {
        // What should have happened before the last entry happens at once: credits came back to where they cannot stay, or
        // whoever wrote the ledger left out a refresh. In the same instant an allowance then still expires ahead of the
        // next refresh: years of them would pile up otherwise, and each be looked at for each.
        let soonest = |at: Timestamp| at.max(self.last_recorded_at);
        let hold = self.holds.first().map(|hold| Due { at: hold.until, what: What::TimeOut { hold: hold.seq } });
        let live = self.grants.live().iter().filter(|grant| grant.free() > 0);
        let claimed = live.clone().find(|grant| grant.shortfall > 0);
        let claimed =
            claimed.map(|grant| Due { at: soonest(Timestamp::MIN), what: What::TakeBack { grant: grant.seq } });
        let expiry = live
            .filter_map(|grant| Some((soonest(grant.expires_at?), grant.seq)))
            .reduce(|first, next| if next.0 < first.0 { next } else { first })
            .map(|(at, grant)| Due { at, what: What::Expiry { grant } });
        let boundary = match &self.access {
            Access::Trial(period) => Some(Due { at: soonest(period.end), what: What::TrialEnd }),
            Access::Plan { period: Some(period), .. } => Some(Due { at: soonest(period.end), what: What::PeriodEnd }),
            Access::None | Access::Plan { period: None, .. } => None,
        };
        [hold, claimed, expiry, boundary]
            .into_iter()
            .flatten()
            // The end of time never comes: what would fall due there would fall due again for ever.
            .filter(|due| due.at < Timestamp::MAX)
            // The first of equals stands first in the list: at one instant, that is the order of the rules.
            .reduce(|first, next| if next.at < first.at { next } else { first })
    }

    /// The next entry that the rules require at or before `now`, and the instant that it is dated at.
    pub(crate) fn due_entry(&self, now: Timestamp) -> Option<(Timestamp, EntryKind)> {
        if now < self.quiet_until {
            return None;
        }
        let due = self.next_due().filter(|due| due.at <= now)?;
        let kind = match due.what {
            What::TimeOut { hold } => EntryKind::Release(Release { hold, cause: ReleaseCause::TimedOut }),
            What::TakeBack { grant } => EntryKind::Void(self.take_back(self.grants.find(grant)?)),
            What::Expiry { grant } => EntryKind::Expiry(Expiry { grant, amount: self.grants.find(grant)?.free() }),
            What::TrialEnd => EntryKind::PlanChange(PlanChange { to: None, cause: PlanChangeCause::TrialEnded }),
            What::PeriodEnd => self.period_end()?,
        };
        Some((due.at, kind))
    }

    /// Takes what returned to a pack, up to its shortfall (rule 11).
    fn take_back(&self, grant: &LiveGrant) -> Void {
        let amount = grant.free().min(grant.shortfall);
        Void {
            cause: VoidCause::Returned,
            purchase: grant.purchase.clone().unwrap_or_default(),
            grant: grant.seq,
            amount,
            shortfall: grant.shortfall - amount,
        }
    }

    /// A change of plan that waited for the end of the period; after it, the fresh allowance.
    fn period_end(&self) -> Option<EntryKind> {
        let Access::Plan { terms, schedule, period: Some(Period { end: at, .. }) } = &self.access else { return None };
        if let Some(pending) = &self.pending {
            let change = PlanChange { to: pending.clone(), cause: PlanChangeCause::CameDue };
            return Some(EntryKind::PlanChange(change));
        }
        let period = schedule.period_at(*at);
        let origin = GrantOrigin::Allowance { plan: terms.plan.clone(), period };
        // At the very limit of all grants a refresh brings what still fits: rolling forward never fails.
        let amount = terms.allowance.min(MAX_TOTAL.saturating_sub(self.totals.granted));
        Some(EntryKind::Grant(Grant::of_period(origin, amount, *at, period.end)))
    }

    /// Carries out all that is due up to and including `now`, in order, each dated at its own instant.
    pub(crate) fn roll(&mut self, terms: &Terms, now: Timestamp, made: &mut impl FnMut(Entry)) {
        while let Some((at, kind)) = self.due_entry(now) {
            if !self.record(terms, at, kind, made) {
                break;
            }
        }
    }

    /// Appends one entry that the rules made themselves, and says whether it follows: it always does.
    pub(crate) fn record(
        &mut self,
        terms: &Terms,
        at: Timestamp,
        kind: EntryKind,
        made: &mut impl FnMut(Entry),
    ) -> bool {
        let entry = Entry { seq: self.last_seq + 1, recorded_at: at.max(self.last_recorded_at), kind };
        let applied = self.apply(terms, &entry);
        debug_assert_eq!(applied, Ok(()), "the rules made an entry that does not follow");
        if applied.is_ok() {
            made(entry);
        }
        applied.is_ok()
    }
}

impl Grant {
    /// A grant of period credits (allowance, trial or upgrade): it pays first and ends with its period.
    pub(crate) const fn of_period(origin: GrantOrigin, amount: u64, from: Timestamp, until: Timestamp) -> Self {
        Self { origin, amount, priority: crate::PERIOD_PRIORITY, effective_at: from, expires_at: Some(until) }
    }
}
