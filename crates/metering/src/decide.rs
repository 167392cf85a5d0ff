//! Deciding a command: which entries it makes, or why none.

use crate::account::{Access, Account, Books, KnownUsage};
use crate::bounds::{
    EARLY_LIMIT_MS, LATE_LIMIT_MS, MAX_ALLOWANCE, MAX_CAP, MAX_ID_LENGTH, MAX_TOTAL, MAX_UNITS, TOP_UP_PRIORITY,
};
use crate::position::{no_access, refusal};
use crate::{
    Allocation, Command, ControlsChange, ControlsRequest, Credits, Decision, Entry, EntryKind, Grant, GrantOrigin,
    Invalid, Outcome, Period, PlanChange, PlanChangeCause, PlanTerms, PurchaseTerms, Refusal, Schedule, Timestamp,
    Usage, UsageRequest,
};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A decision in the making: the books rolled forward to the instant, and the entries so far.
struct Draft<'a> {
    account: &'a Account,
    books: Books,
    entries: Vec<Entry>,
    now: Timestamp,
}

/// What a handler ends with: the `seq` of the command's own entry, or the answer without one.
type Answer = Result<u64, Outcome>;

pub(crate) fn decide(account: &Account, command: &Command, now: Timestamp) -> Decision {
    let outcome = match known(account, command) {
        Some(outcome) => outcome,
        None => {
            let mut draft = Draft::new(account, now);
            match draft.carry_out(command) {
                Ok(seq) => return Decision { entries: draft.entries, outcome: Outcome::Recorded { seq } },
                Err(outcome) => outcome,
            }
        }
    };
    Decision { entries: Vec::new(), outcome }
}

/// The answer to an id that was recorded before (rule 14). It comes ahead of every other check.
fn known(account: &Account, command: &Command) -> Option<Outcome> {
    let (seq, same) = match command {
        Command::Use(request) => {
            let known = account.known.usages.get(&request.source)?.get(&request.id)?;
            (known.seq, known.is_same(request))
        }
        Command::Buy { purchase, pack } => {
            let known = account.known.purchases.get(purchase)?;
            (known.seq, known.pack == *pack)
        }
        Command::Credit(terms) => {
            let known = account.known.purchases.get(&terms.purchase)?;
            (known.seq, known.pack == terms.pack)
        }
        _ => return None,
    };
    Some(if same { Outcome::Duplicate { seq } } else { Outcome::Conflict { seq } })
}

impl KnownUsage {
    /// Whether the request says what the recorded one said.
    fn is_same(&self, request: &UsageRequest) -> bool {
        *self.feature == request.feature
            && self.units == request.units
            && self.occurred_at == request.occurred_at
            && self.labels == request.labels
    }
}

impl<'a> Draft<'a> {
    fn new(account: &'a Account, now: Timestamp) -> Self {
        let now = now.max(account.books.last_recorded_at);
        let mut entries = Vec::new();
        let mut books = account.books.clone();
        books.roll(&account.terms, now, &mut |entry| entries.push(entry));
        Self { account, books, entries, now }
    }

    fn carry_out(&mut self, command: &Command) -> Answer {
        match command {
            Command::StartTrial => self.start_trial(),
            Command::Subscribe { plan, allowance } => self.subscribe(plan, *allowance),
            Command::Cancel => self.cancel(),
            Command::Use(request) => self.use_credits(request),
            Command::CheckOut { pack } => {
                self.check_out(pack)?;
                Err(Outcome::Unchanged)
            }
            Command::Credit(terms) => self.credit(terms),
            Command::Buy { purchase, pack } => {
                let terms = self.check_out(pack)?;
                self.credit(&PurchaseTerms { purchase: purchase.clone(), ..terms })
            }
            Command::Controls(request) => self.change_controls(request),
        }
    }

    /// Appends an entry of the command's own, and gives its `seq`.
    fn record(&mut self, kind: EntryKind) -> u64 {
        let entries = &mut self.entries;
        self.books.record(&self.account.terms, self.now, kind, &mut |entry| entries.push(entry));
        self.books.last_seq
    }

    fn use_credits(&mut self, request: &UsageRequest) -> Answer {
        check_id("source", &request.source)?;
        check_id("id", &request.id)?;
        if !(1..=MAX_UNITS).contains(&request.units) {
            return Err(invalid("units", format!("{} is not in 1..={MAX_UNITS}", request.units)));
        }
        if let Some(occurred_at) = request.occurred_at {
            check_occurred_at(occurred_at, self.now)?;
        }
        let catalogue = &self.account.terms.catalogue;
        if catalogue.is_unmetered(&request.feature) {
            return Err(Outcome::Unchanged);
        }
        let Some(feature) = catalogue.feature(&request.feature) else {
            return Err(Outcome::Refused(Refusal::UnknownFeature));
        };
        let available = self.books.payable(self.now);
        if let Some(refusal) = refusal(&self.books, feature, request.units, available) {
            return Err(Outcome::Refused(refusal));
        }
        let cost = Credits::from(feature.rate) * Credits::from(request.units);
        let usage = Usage {
            source: request.source.clone(),
            id: request.id.clone(),
            feature: feature.id.clone(),
            units: request.units,
            rate: feature.rate,
            cost,
            revision: catalogue.revision,
            occurred_at: request.occurred_at,
            labels: request.labels.clone(),
            allocations: self.draw_down(cost),
        };
        Ok(self.record(EntryKind::Usage(usage)))
    }

    /// Which grants pay, in draw-down order. The caller has seen that enough is available.
    fn draw_down(&self, cost: Credits) -> Vec<Allocation> {
        let mut owed = cost;
        let mut allocations = Vec::with_capacity(1);
        for grant in self.books.grants.iter().filter(|grant| grant.pays_at(self.now)) {
            if owed == 0 {
                break;
            }
            let amount = owed.min(grant.remaining);
            allocations.push(Allocation { grant: grant.seq, amount });
            owed -= amount;
        }
        allocations
    }

    fn start_trial(&mut self) -> Answer {
        let Some(trial) = &self.account.terms.catalogue.trial else {
            return Err(Outcome::Refused(Refusal::TrialUnavailable));
        };
        if self.books.had_trial || self.books.had_plan {
            return Err(Outcome::Refused(Refusal::TrialUnavailable));
        }
        self.check_total(trial.allowance)?;
        let end = self.now.plus_millis(i64::from(trial.days) * DAY_MS);
        let origin = GrantOrigin::Trial(Period { start: self.now, end });
        Ok(self.record(EntryKind::Grant(Grant::of_period(origin, trial.allowance, self.now, end))))
    }

    fn subscribe(&mut self, id: &str, agreed: Option<Credits>) -> Answer {
        let catalogue = &self.account.terms.catalogue;
        let Some(plan) = catalogue.plan(id) else {
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
        if matches!(self.books.access, Access::Trial(_)) {
            let left: Vec<_> = self
                .books
                .grants
                .iter()
                .filter(|grant| grant.source == crate::GrantSource::Trial)
                .map(|grant| crate::Expiry { grant: grant.seq, amount: grant.remaining })
                .collect();
            for expiry in left {
                self.record(EntryKind::Expiry(expiry));
            }
        }
        let period = Schedule::new(terms.catalogue.refresh, terms.zone, self.now).period_at(self.now);
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

    fn cancel(&mut self) -> Answer {
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

    /// What buying the pack now would mean, if it may be bought (rule 9).
    fn check_out(&self, id: &str) -> Result<PurchaseTerms, Outcome> {
        let Some(pack) = self.account.terms.catalogue.pack(id) else {
            return Err(invalid("pack", format!("the catalogue has no pack \"{}\"", shown(id))));
        };
        if let Some(refusal) = no_access(&self.books.access) {
            return Err(Outcome::Refused(refusal));
        }
        self.check_total(pack.credits)?;
        Ok(PurchaseTerms {
            purchase: String::new(),
            pack: pack.id.clone(),
            credits: pack.credits,
            price: pack.price,
            expires_after_days: pack.expires_after_days,
        })
    }

    fn credit(&mut self, terms: &PurchaseTerms) -> Answer {
        check_id("purchase", &terms.purchase)?;
        if terms.credits > MAX_ALLOWANCE {
            return Err(invalid("credits", format!("{} is not in 0..={MAX_ALLOWANCE}", terms.credits)));
        }
        self.check_total(terms.credits)?;
        let grant = Grant {
            origin: GrantOrigin::TopUp {
                purchase: terms.purchase.clone(),
                pack: terms.pack.clone(),
                price: terms.price,
            },
            amount: terms.credits,
            priority: TOP_UP_PRIORITY,
            effective_at: self.now,
            expires_at: terms.expires_after_days.map(|days| self.now.plus_millis(i64::from(days) * DAY_MS)),
        };
        Ok(self.record(EntryKind::Grant(grant)))
    }

    fn change_controls(&mut self, request: &ControlsRequest) -> Answer {
        let current = &self.books.controls;
        let mut change = ControlsChange { automation: None, features: Vec::new() };
        change.automation = request.automation.filter(|wanted| *wanted != current.automation);
        for (index, (id, wanted)) in request.features.iter().enumerate() {
            if self.account.terms.catalogue.feature(id).is_none() {
                return Err(invalid("features", format!("the catalogue has no feature \"{}\"", shown(id))));
            }
            if request.features.iter().take(index).any(|(other, _)| other == id) {
                return Err(invalid("features", format!("\"{id}\" is named twice")));
            }
            let before = current.feature(id);
            let mut after = before;
            after.on = wanted.on.unwrap_or(after.on);
            after.cap = wanted.cap.unwrap_or(after.cap);
            if after.cap.is_some_and(|cap| cap > MAX_CAP) {
                return Err(invalid("cap", format!("the cap of \"{id}\" is not in 0..={MAX_CAP}")));
            }
            if after != before {
                change.features.push((id.clone(), after));
            }
        }
        if change.automation.is_none() && change.features.is_empty() {
            return Err(Outcome::Unchanged);
        }
        Ok(self.record(EntryKind::ControlsChange(change)))
    }

    /// All that was ever granted has to stay a number that JSON carries exactly (rule 20).
    fn check_total(&self, more: Credits) -> Result<(), Outcome> {
        if self.books.totals.granted.saturating_add(more) > MAX_TOTAL {
            return Err(invalid("credits", format!("all credits ever granted would be above {MAX_TOTAL}")));
        }
        Ok(())
    }
}

fn invalid(field: &'static str, message: String) -> Outcome {
    Outcome::Invalid(Invalid { field, message })
}

/// A text from outside, cut to what a message can hold.
fn shown(text: &str) -> String {
    text.chars().take(64).collect()
}

fn check_id(field: &'static str, id: &str) -> Result<(), Outcome> {
    if id.is_empty() || id.len() > MAX_ID_LENGTH {
        return Err(invalid(field, format!("has {} bytes and needs 1..={MAX_ID_LENGTH}", id.len())));
    }
    Ok(())
}

/// Work may be reported a little early and up to 35 days late (rule 15).
fn check_occurred_at(occurred_at: Timestamp, now: Timestamp) -> Result<(), Outcome> {
    let ahead = occurred_at.since(now);
    if ahead > EARLY_LIMIT_MS {
        return Err(invalid("occurred_at", format!("{occurred_at} is more than 5 minutes ahead of {now}")));
    }
    if ahead < -LATE_LIMIT_MS {
        return Err(invalid("occurred_at", format!("{occurred_at} is more than 35 days before {now}")));
    }
    Ok(())
}
