//! An account: what a workspace's ledger entries add up to.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use chrono_tz::Tz;

use crate::bounds::{MAX_TOTAL, PERIOD_PRIORITY};
use crate::{
    Allocation, Catalogue, Command, ControlsChange, Credits, Decision, Entry, EntryKind, Expiry, Grant, GrantOrigin,
    GrantSource, Labels, Period, PlanChange, PlanChangeCause, PlanTerms, Position, Schedule, Timestamp, Usage,
};

/// What an account is kept under: the catalogue, and the workspace's billing time zone.
#[derive(Clone, Debug)]
pub struct Terms {
    /// What the provider sells.
    pub catalogue: Arc<Catalogue>,
    /// Where local midnight is.
    pub zone: Tz,
}

impl Terms {
    /// The terms of a workspace.
    #[must_use]
    pub const fn new(catalogue: Arc<Catalogue>, zone: Tz) -> Self {
        Self { catalogue, zone }
    }
}

/// A workspace's account. Only [`Account::apply`] changes it.
#[derive(Clone, Debug)]
pub struct Account {
    pub(crate) terms: Terms,
    pub(crate) books: Books,
    pub(crate) known: Known,
}

/// What the account knows by id, so that nothing counts twice (rule 14).
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    pub(crate) usages: HashMap<String, HashMap<String, KnownUsage>>,
    pub(crate) purchases: HashMap<String, KnownPurchase>,
}

/// The content of a recorded usage: all that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownUsage {
    pub(crate) seq: u64,
    pub(crate) feature: Box<str>,
    pub(crate) units: u32,
    pub(crate) occurred_at: Option<Timestamp>,
    pub(crate) labels: Labels,
}

/// The content of a credited purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownPurchase {
    pub(crate) seq: u64,
    pub(crate) pack: String,
}

/// The balances: small, so that a read at a later instant can roll a copy forward without writing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Books {
    pub(crate) last_seq: u64,
    pub(crate) last_recorded_at: Timestamp,
    /// Grants with something left, in draw-down order.
    pub(crate) grants: Vec<LiveGrant>,
    pub(crate) totals: Totals,
    /// Spent less amended in this period, by feature.
    pub(crate) used: Vec<(String, Credits)>,
    pub(crate) access: Access,
    pub(crate) pending: Option<Option<PlanTerms>>,
    pub(crate) controls: Controls,
    pub(crate) had_trial: bool,
    pub(crate) had_plan: bool,
}

/// What gives the workspace its access to AI.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Access {
    /// Nothing: no trial, no plan.
    #[default]
    None,
    /// A trial, which is its own period.
    Trial(Period),
    /// A plan.
    Plan {
        /// As subscribed to.
        terms: PlanTerms,
        /// The running period. It is `None` only between a subscription's entry and the grant that opens its period.
        period: Option<Period>,
        /// The plan's periods.
        schedule: Schedule,
    },
}

impl Access {
    /// The running usage period.
    #[must_use]
    pub const fn period(&self) -> Option<Period> {
        match self {
            Self::None => None,
            Self::Trial(period) => Some(*period),
            Self::Plan { period, .. } => *period,
        }
    }
}

/// A grant with something left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveGrant {
    /// Its id: the `seq` of its entry.
    pub seq: u64,
    /// What kind it is.
    pub source: GrantSource,
    /// The purchase that paid for it, if it is a pack.
    pub purchase: Option<String>,
    /// What it brought.
    pub amount: Credits,
    /// What is left of it, within 1..=`amount`.
    pub remaining: Credits,
    /// Draw-down priority: lower pays first.
    pub priority: u8,
    /// It pays from here on …
    pub effective_at: Timestamp,
    /// … until before here.
    pub expires_at: Option<Timestamp>,
}

impl LiveGrant {
    /// The total order of draw-down: priority, what expires first, the oldest, the first in the ledger.
    fn order(&self) -> (u8, Timestamp, bool, Timestamp, u64) {
        let expires = self.expires_at.unwrap_or(Timestamp::MAX);
        (self.priority, expires, self.expires_at.is_none(), self.effective_at, self.seq)
    }

    /// Whether it may pay at this instant (rule 5).
    #[must_use]
    pub fn pays_at(&self, at: Timestamp) -> bool {
        self.effective_at <= at && self.expires_at.is_none_or(|end| at < end)
    }
}

/// Sums since the beginning; `granted = spent − amended + expired + voided + remaining` (rule 18).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Totals {
    /// All that was granted.
    pub granted: Credits,
    /// All that was spent.
    pub spent: Credits,
    /// What was given back for failed work.
    pub amended: Credits,
    /// What expired.
    pub expired: Credits,
    /// What refunds and disputes took back, net of what was given back again.
    pub voided: Credits,
}

impl Totals {
    /// What is left of all grants, frozen ones included: the ledger balance.
    #[must_use]
    pub const fn balance(&self) -> Credits {
        (self.granted + self.amended).saturating_sub(self.spent + self.expired + self.voided)
    }
}

/// What an admin turned on and off.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Controls {
    /// Whether features that need automation may run. Off until turned on.
    pub automation: bool,
    /// The features that an admin has set, by id; any other is on, without a cap.
    pub features: Vec<(String, FeatureControl)>,
}

/// The controls of one feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureControl {
    /// Whether it may run.
    pub on: bool,
    /// Most credits that it may use in a period.
    pub cap: Option<Credits>,
}

impl Default for FeatureControl {
    fn default() -> Self {
        Self { on: true, cap: None }
    }
}

impl Controls {
    /// The controls of a feature.
    #[must_use]
    pub fn feature(&self, id: &str) -> FeatureControl {
        self.features.iter().find(|(name, _)| name == id).map(|(_, control)| *control).unwrap_or_default()
    }
}

/// An entry does not follow from the ones before it: the ledger was altered, or it is not this workspace's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The entry.
    pub seq: u64,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {}: {}", self.seq, self.message)
    }
}

impl std::error::Error for Broken {}

impl Account {
    /// The account of a workspace without any entry.
    #[must_use]
    pub fn new(terms: Terms) -> Self {
        Self { terms, books: Books::default(), known: Known::default() }
    }

    /// What a command comes to at `now`. Pure: nothing changes until the entries are applied. A clock that is behind
    /// the last entry counts as that entry's instant (rule 15).
    #[must_use]
    pub fn decide(&self, command: &Command, now: Timestamp) -> Decision {
        crate::decide::decide(self, command, now)
    }

    /// Folds the next entry of the ledger into the account.
    ///
    /// # Errors
    /// [`Broken`] if the entry cannot follow from those before it; the account is then as it was.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Broken> {
        self.books.apply(&self.terms, entry)?;
        match &entry.kind {
            EntryKind::Usage(usage) => {
                let content = KnownUsage {
                    seq: entry.seq,
                    feature: usage.feature.as_str().into(),
                    units: usage.units,
                    occurred_at: usage.occurred_at,
                    labels: usage.labels.clone(),
                };
                match self.known.usages.get_mut(&usage.source) {
                    Some(ids) => ids.insert(usage.id.clone(), content),
                    None => {
                        self.known.usages.entry(usage.source.clone()).or_default().insert(usage.id.clone(), content)
                    }
                };
            }
            EntryKind::Grant(Grant { origin: GrantOrigin::TopUp { purchase, pack, .. }, .. }) => {
                self.known.purchases.insert(purchase.clone(), KnownPurchase { seq: entry.seq, pack: pack.clone() });
            }
            _ => {}
        }
        Ok(())
    }

    /// Everything a person asks at an instant, what falls due by then included. Writes nothing (rule 3).
    #[must_use]
    pub fn position(&self, at: Timestamp) -> Position {
        let (books, at) = self.books_at(at);
        crate::position::position(&self.terms.catalogue, &books, at)
    }

    /// The sums at an instant, what falls due by then included.
    #[must_use]
    pub fn totals(&self, at: Timestamp) -> Totals {
        self.books_at(at).0.totals
    }

    /// The grants with something left at an instant, in draw-down order.
    #[must_use]
    pub fn live_grants(&self, at: Timestamp) -> Vec<LiveGrant> {
        self.books_at(at).0.into_owned().grants
    }

    /// What gives access at an instant.
    #[must_use]
    pub fn access(&self, at: Timestamp) -> Access {
        self.books_at(at).0.into_owned().access
    }

    /// A change of plan that waits for the next refresh: `Some(None)` is a cancellation.
    #[must_use]
    pub fn pending_plan(&self, at: Timestamp) -> Option<Option<PlanTerms>> {
        self.books_at(at).0.into_owned().pending
    }

    /// The controls in force.
    #[must_use]
    pub const fn controls(&self) -> &Controls {
        &self.books.controls
    }

    /// The terms that the account is kept under.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The number of the last entry; 0 before the first.
    #[must_use]
    pub const fn last_seq(&self) -> u64 {
        self.books.last_seq
    }

    /// When the last entry was recorded.
    #[must_use]
    pub const fn last_recorded_at(&self) -> Timestamp {
        self.books.last_recorded_at
    }

    /// The sums over the entries as they stand, without what has fallen due since the last.
    #[must_use]
    pub const fn recorded_totals(&self) -> Totals {
        self.books.totals
    }
}

impl Books {
    /// Folds one entry. All checks come before the first change, so that a broken entry leaves the books as they were.
    pub(crate) fn apply(&mut self, terms: &Terms, entry: &Entry) -> Result<(), Broken> {
        let broken = |message: String| Err(Broken { seq: entry.seq, message });
        if entry.seq != self.last_seq + 1 {
            return broken(format!("it follows entry {}", self.last_seq));
        }
        if entry.recorded_at < self.last_recorded_at {
            return broken(format!("it is dated {}, before the entry ahead of it", entry.recorded_at));
        }
        let done = match &entry.kind {
            EntryKind::Grant(grant) => self.grant(entry.seq, grant),
            EntryKind::Usage(usage) => self.usage(usage),
            EntryKind::Expiry(expiry) => self.expiry(*expiry),
            EntryKind::PlanChange(change) => self.plan_change(terms, change, entry.recorded_at),
            EntryKind::ControlsChange(change) => {
                self.controls_change(change);
                Ok(())
            }
        };
        if let Err(message) = done {
            return broken(message);
        }
        self.last_seq = entry.seq;
        self.last_recorded_at = entry.recorded_at;
        Ok(())
    }

    fn grant(&mut self, seq: u64, grant: &Grant) -> Result<(), String> {
        match self.totals.granted.checked_add(grant.amount) {
            Some(granted) if granted <= MAX_TOTAL => self.totals.granted = granted,
            _ => return Err(format!("it grants {} credits, more than all that may ever be granted", grant.amount)),
        }
        let mut purchase_id = None;
        match &grant.origin {
            GrantOrigin::Trial(period) => {
                self.access = Access::Trial(*period);
                self.had_trial = true;
                self.used.clear();
            }
            GrantOrigin::Allowance { period: opened, .. } => {
                if let Access::Plan { period, .. } = &mut self.access {
                    *period = Some(*opened);
                }
                self.used.clear();
            }
            GrantOrigin::Upgrade { .. } => {}
            GrantOrigin::TopUp { purchase, .. } => purchase_id = Some(purchase.clone()),
        }
        if grant.amount > 0 {
            let live = LiveGrant {
                seq,
                source: grant.source(),
                purchase: purchase_id,
                amount: grant.amount,
                remaining: grant.amount,
                priority: grant.priority,
                effective_at: grant.effective_at,
                expires_at: grant.expires_at,
            };
            let place = self.grants.partition_point(|other| other.order() < live.order());
            self.grants.insert(place, live);
        }
        Ok(())
    }

    fn usage(&mut self, usage: &Usage) -> Result<(), String> {
        let mut paid: Credits = 0;
        for (index, Allocation { grant, amount }) in usage.allocations.iter().enumerate() {
            if usage.allocations.iter().take(index).any(|other| other.grant == *grant) {
                return Err(format!("grant {grant} pays twice"));
            }
            let left = self.grants.iter().find(|live| live.seq == *grant).map_or(0, |live| live.remaining);
            if *amount > left {
                return Err(format!("grant {grant} pays {amount} of the {left} that it has left"));
            }
            paid = paid.saturating_add(*amount);
        }
        if paid != usage.cost {
            return Err(format!("it costs {} and its grants pay {paid}", usage.cost));
        }
        for allocation in &usage.allocations {
            self.take(allocation.grant, allocation.amount);
        }
        self.totals.spent += usage.cost;
        match self.used.iter_mut().find(|(feature, _)| *feature == usage.feature) {
            Some((_, used)) => *used += usage.cost,
            None => self.used.push((usage.feature.clone(), usage.cost)),
        }
        Ok(())
    }

    fn expiry(&mut self, expiry: Expiry) -> Result<(), String> {
        let left = self.grants.iter().find(|live| live.seq == expiry.grant).map_or(0, |live| live.remaining);
        if expiry.amount != left {
            return Err(format!("{} credits of grant {} expire, which has {left} left", expiry.amount, expiry.grant));
        }
        self.take(expiry.grant, expiry.amount);
        self.totals.expired += expiry.amount;
        Ok(())
    }

    /// Takes credits out of a grant that is known to have them.
    fn take(&mut self, grant: u64, amount: Credits) {
        if let Some(index) = self.grants.iter().position(|live| live.seq == grant) {
            self.grants[index].remaining = self.grants[index].remaining.saturating_sub(amount);
            if self.grants[index].remaining == 0 {
                self.grants.remove(index);
            }
        }
    }

    fn plan_change(&mut self, terms: &Terms, change: &PlanChange, at: Timestamp) -> Result<(), String> {
        match (change.cause, &change.to) {
            (PlanChangeCause::Subscribed, Some(plan)) => {
                let schedule = Schedule::new(terms.catalogue.refresh, terms.zone, at);
                self.access = Access::Plan { terms: plan.clone(), period: None, schedule };
                self.used.clear();
                self.pending = None;
                self.had_plan = true;
            }
            (PlanChangeCause::Upgraded | PlanChangeCause::CameDue, Some(plan)) => {
                let Access::Plan { terms, .. } = &mut self.access else {
                    return Err("it changes a plan and there is none".into());
                };
                *terms = plan.clone();
                self.pending = None;
            }
            (PlanChangeCause::CameDue | PlanChangeCause::TrialEnded, None) => {
                self.access = Access::None;
                self.used.clear();
                self.pending = None;
            }
            (PlanChangeCause::Scheduled, to) => self.pending = Some(to.clone()),
            (PlanChangeCause::TakenBack, _) => self.pending = None,
            (cause, to) => return Err(format!("a plan change {cause:?} cannot lead to {to:?}")),
        }
        Ok(())
    }

    fn controls_change(&mut self, change: &ControlsChange) {
        if let Some(automation) = change.automation {
            self.controls.automation = automation;
        }
        for (id, control) in &change.features {
            match self.controls.features.iter_mut().find(|(name, _)| name == id) {
                Some((_, current)) => *current = *control,
                None => self.controls.features.push((id.clone(), *control)),
            }
        }
    }

    /// Credits that may pay at this instant, frozen ones included.
    pub(crate) fn payable(&self, at: Timestamp) -> Credits {
        self.grants.iter().filter(|grant| grant.pays_at(at)).map(|grant| grant.remaining).sum()
    }

    /// Spent less amended of a feature in this period.
    pub(crate) fn used_by(&self, feature: &str) -> Credits {
        self.used.iter().find(|(id, _)| id == feature).map_or(0, |(_, used)| *used)
    }
}

impl Grant {
    /// A grant of period credits (allowance, trial or upgrade): it pays first and ends with its period.
    pub(crate) const fn of_period(origin: GrantOrigin, amount: Credits, from: Timestamp, until: Timestamp) -> Self {
        Self { origin, amount, priority: PERIOD_PRIORITY, effective_at: from, expires_at: Some(until) }
    }
}
