//! The books of an account: its balances, and how an entry changes them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::bounds::MAX_TOTAL;
use crate::grants::Grants;
use crate::{
    Access, Allocation, Amendment, Broken, Controls, ControlsChange, Credits, Entry, EntryKind, Expiry, Grant,
    GrantOrigin, GrantSource, Hold, LiveHold, PlanChange, PlanChangeCause, PlanTerms, Purchase, Release, Schedule,
    Terms, Timestamp, Totals, Usage, UsageView, Void, VoidCause,
};

/// The balances: small, so that a read at a later instant can roll a copy forward without writing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Books {
    pub(crate) last_seq: u64,
    pub(crate) last_recorded_at: Timestamp,
    pub(crate) grants: Grants,
    /// In the order in which they time out.
    pub(crate) holds: Vec<LiveHold>,
    pub(crate) purchases: Arc<BTreeMap<String, Purchase>>,
    pub(crate) totals: Totals,
    /// Spent less amended in this period, by feature.
    pub(crate) used: Vec<(String, Credits)>,
    /// The entry that began this period: an amendment of a usage before it does not lower `used`.
    pub(crate) period_seq: u64,
    pub(crate) access: Access,
    pub(crate) pending: Option<Option<PlanTerms>>,
    pub(crate) controls: Controls,
    /// How many grants there have been, and how many of those were no packs.
    pub(crate) grants_made: u64,
    pub(crate) allowances_made: u64,
    /// What the trial brought.
    pub(crate) trial_size: Credits,
    pub(crate) had_trial: bool,
    pub(crate) had_plan: bool,
    /// Nothing falls due by itself before this instant.
    pub(crate) quiet_until: Timestamp,
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
        let at = entry.recorded_at;
        let done = match &entry.kind {
            EntryKind::Usage(usage) => self.usage(&UsageView::from(usage)),
            EntryKind::Grant(grant) => self.grant(entry.seq, grant),
            EntryKind::Expiry(expiry) => self.expiry(*expiry),
            EntryKind::Void(void) => self.void(void),
            EntryKind::Amendment(amendment) => self.amendment(amendment),
            EntryKind::Hold(hold) => self.hold(entry.seq, hold, at),
            EntryKind::Release(release) => self.release(*release),
            EntryKind::PlanChange(change) => self.plan_change(terms, entry.seq, change, at),
            EntryKind::ControlsChange(change) => {
                self.controls_change(change);
                Ok(())
            }
        };
        if let Err(message) = done {
            return broken(message);
        }
        self.last_seq = entry.seq;
        self.last_recorded_at = at;
        // A plain usage only takes credits out: nothing falls due earlier for it, and the bound stays one.
        if !matches!(&entry.kind, EntryKind::Usage(Usage { hold: None, .. })) {
            self.find_quiet();
        }
        Ok(())
    }

    /// Folds a usage that is not copied out of the bytes it stands in: long ledgers consist of little else.
    pub(crate) fn apply_usage(&mut self, seq: u64, at: Timestamp, usage: &UsageView<'_>) -> Result<(), String> {
        self.usage(usage)?;
        self.last_seq = seq;
        self.last_recorded_at = at;
        if usage.hold.is_some() {
            self.find_quiet();
        }
        Ok(())
    }

    /// Works out until when nothing falls due.
    pub(crate) fn find_quiet(&mut self) {
        self.quiet_until = self.next_due().map_or(Timestamp::MAX, |due| due.at);
    }

    fn usage(&mut self, usage: &UsageView<'_>) -> Result<(), String> {
        let paid = match usage.hold {
            None => self.check_free(usage.allocations)?,
            Some(seq) => self.check_capture(seq, usage.allocations)?,
        };
        if paid != usage.cost {
            return Err(format!("it costs {} and its grants pay {paid}", usage.cost));
        }
        // Credits that were given back may be spent again: their sum alone would have no end (rule 20).
        let spent = self.totals.spent + usage.cost;
        if spent > MAX_TOTAL {
            return Err(format!("it makes all credits ever spent {spent}, more than may be"));
        }
        if let Some(seq) = usage.hold {
            self.end_hold(seq);
        }
        for allocation in usage.allocations {
            self.grants.take(allocation.grant, allocation.amount);
        }
        self.totals.spent = spent;
        // Without a period there is nothing that it could count in.
        if !matches!(self.access, Access::None) {
            match self.used.iter_mut().find(|(feature, _)| *feature == usage.feature) {
                Some((_, used)) => *used += usage.cost,
                None => self.used.push((usage.feature.to_owned(), usage.cost)),
            }
        }
        Ok(())
    }

    /// Sums allocations that have to find free credits in their grants.
    fn check_free(&self, allocations: &[Allocation]) -> Result<Credits, String> {
        let mut paid: Credits = 0;
        for (index, Allocation { grant, amount }) in allocations.iter().enumerate() {
            check_once(allocations, index, *grant)?;
            let left = self.grants.find(*grant).map_or(0, crate::LiveGrant::free);
            if *amount > left {
                return Err(format!("grant {grant} pays {amount} of the {left} that it has left"));
            }
            paid = paid.saturating_add(*amount);
        }
        Ok(paid)
    }

    /// Sums allocations that have to be part of what a live hold reserves.
    fn check_capture(&self, seq: u64, allocations: &[Allocation]) -> Result<Credits, String> {
        let Some(hold) = self.holds.iter().find(|hold| hold.seq == seq) else {
            return Err(format!("it captures hold {seq}, which does not live"));
        };
        let mut paid: Credits = 0;
        for (index, Allocation { grant, amount }) in allocations.iter().enumerate() {
            check_once(allocations, index, *grant)?;
            let held = hold.allocations.iter().find(|one| one.grant == *grant).map_or(0, |one| one.amount);
            if *amount > held {
                return Err(format!("grant {grant} pays {amount} of the {held} that hold {seq} reserves of it"));
            }
            paid = paid.saturating_add(*amount);
        }
        Ok(paid)
    }

    /// Frees what a hold reserves and forgets it.
    fn end_hold(&mut self, seq: u64) {
        if let Some(index) = self.holds.iter().position(|hold| hold.seq == seq) {
            for Allocation { grant, amount } in self.holds.remove(index).allocations {
                self.grants.free(grant, amount);
            }
        }
    }

    fn grant(&mut self, seq: u64, grant: &Grant) -> Result<(), String> {
        let granted = self.totals.granted.checked_add(grant.amount).filter(|granted| *granted <= MAX_TOTAL);
        let Some(granted) = granted else {
            return Err(format!("it grants {} credits, more than all that may ever be granted", grant.amount));
        };
        match &grant.origin {
            GrantOrigin::Trial(period) => {
                self.access = Access::Trial(*period);
                self.had_trial = true;
                self.trial_size = grant.amount;
                self.begin_period(seq);
            }
            GrantOrigin::Allowance { period: opened, .. } => {
                if let Access::Plan { period, .. } = &mut self.access {
                    *period = Some(*opened);
                }
                self.begin_period(seq);
            }
            GrantOrigin::Upgrade { .. } => {}
            GrantOrigin::TopUp { purchase, pack, price } => {
                if self.purchases.contains_key(purchase) {
                    return Err(format!("purchase \"{purchase}\" was credited before"));
                }
                let pack = pack.clone();
                let credited = Purchase {
                    grant: seq,
                    pack,
                    credits: grant.amount,
                    price: *price,
                    credited_at: grant.effective_at,
                    expires_at: grant.expires_at,
                    refunded: 0,
                    disputed: false,
                    taken: 0,
                };
                Arc::make_mut(&mut self.purchases).insert(purchase.clone(), credited);
            }
        }
        self.totals.granted = granted;
        self.grants_made += 1;
        self.allowances_made += u64::from(grant.source() != GrantSource::TopUp);
        self.grants.add(seq, grant);
        Ok(())
    }

    fn begin_period(&mut self, seq: u64) {
        self.used.clear();
        self.period_seq = seq;
    }

    fn expiry(&mut self, expiry: Expiry) -> Result<(), String> {
        let left = self.grants.find(expiry.grant).map_or(0, crate::LiveGrant::free);
        if expiry.amount != left {
            return Err(format!("{} credits of grant {} expire, which has {left} left", expiry.amount, expiry.grant));
        }
        self.grants.take(expiry.grant, expiry.amount);
        self.totals.expired += expiry.amount;
        Ok(())
    }

    fn void(&mut self, void: &Void) -> Result<(), String> {
        let Some(known) = self.purchases.get(&void.purchase).filter(|known| known.grant == void.grant) else {
            return Err(format!("purchase \"{}\" is not what grant {} was bought with", void.purchase, void.grant));
        };
        let mut after = known.clone();
        let gives = matches!(void.cause, VoidCause::Reinstatement { .. });
        match &void.cause {
            VoidCause::Refund { price, .. } if *price > known.refundable() => {
                return Err(format!("{price} of the {} that are left of the price are refunded", known.refundable()));
            }
            VoidCause::Refund { price, .. } => after.refunded += price,
            VoidCause::Dispute { .. } => after.disputed = true,
            VoidCause::Reinstatement { .. } => after.disputed = false,
            VoidCause::Returned => {}
        }
        let left = self.grants.find(void.grant).map_or(0, crate::LiveGrant::free);
        let most = if gives { after.surplus() } else { after.shortfall().min(left) };
        if void.amount != most {
            return Err(format!("{} credits move and it would be {most}", void.amount));
        }
        if gives {
            after.taken -= void.amount;
        } else {
            after.taken += void.amount;
        }
        if void.shortfall != after.shortfall() {
            return Err(format!("the shortfall is {} and not {}", after.shortfall(), void.shortfall));
        }
        if gives {
            self.grants.give(void.grant, void.amount);
            self.totals.voided -= void.amount;
        } else {
            self.grants.take(void.grant, void.amount);
            self.totals.voided += void.amount;
        }
        self.grants.owe(void.grant, void.shortfall);
        Arc::make_mut(&mut self.purchases).insert(void.purchase.clone(), after);
        Ok(())
    }

    fn amendment(&mut self, amendment: &Amendment) -> Result<(), String> {
        let mut back: Credits = 0;
        for (index, Allocation { grant, amount }) in amendment.allocations.iter().enumerate() {
            check_once(&amendment.allocations, index, *grant)?;
            let room = self.grants.find(*grant).map_or(0, |known| known.amount - known.remaining);
            if *amount > room {
                return Err(format!("{amount} credits return to grant {grant}, which lacks {room}"));
            }
            back = back.saturating_add(*amount);
        }
        if back != amendment.amount {
            return Err(format!("it gives back {} and its grants take {back}", amendment.amount));
        }
        if amendment.usage > self.last_seq || back > self.totals.spent - self.totals.amended {
            return Err(format!("it gives back more than usage {} can have cost", amendment.usage));
        }
        for allocation in &amendment.allocations {
            self.grants.give(allocation.grant, allocation.amount);
        }
        self.totals.amended += back;
        // Only a usage of this period lowers what the period used (rule 12).
        if amendment.usage > self.period_seq
            && let Some((_, used)) = self.used.iter_mut().find(|(feature, _)| *feature == amendment.feature)
        {
            *used = used.saturating_sub(back);
        }
        Ok(())
    }

    fn hold(&mut self, seq: u64, hold: &Hold, at: Timestamp) -> Result<(), String> {
        let reserved = self.check_free(&hold.allocations)?;
        if reserved != hold.cost {
            return Err(format!("it costs {} and its grants reserve {reserved}", hold.cost));
        }
        for allocation in &hold.allocations {
            self.grants.hold(allocation.grant, allocation.amount);
        }
        let live = LiveHold {
            seq,
            source: hold.source.clone(),
            id: hold.id.clone(),
            feature: hold.feature.clone(),
            units: hold.units,
            rate: hold.rate,
            revision: hold.revision,
            cost: hold.cost,
            until: hold.until(at),
            allocations: hold.allocations.clone(),
        };
        let place = self.holds.partition_point(|other| (other.until, other.seq) < (live.until, seq));
        self.holds.insert(place, live);
        Ok(())
    }

    fn release(&mut self, release: Release) -> Result<(), String> {
        if !self.holds.iter().any(|hold| hold.seq == release.hold) {
            return Err(format!("it ends hold {}, which does not live", release.hold));
        }
        self.end_hold(release.hold);
        Ok(())
    }

    fn plan_change(&mut self, terms: &Terms, seq: u64, change: &PlanChange, at: Timestamp) -> Result<(), String> {
        match (change.cause, &change.to) {
            (PlanChangeCause::Subscribed, Some(plan)) => {
                let schedule = Schedule::new(terms.catalogue(at).refresh, terms.zone, at);
                self.grants.end_trial(at);
                self.access = Access::Plan { terms: plan.clone(), period: None, schedule };
                self.begin_period(seq);
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
                self.begin_period(seq);
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

    /// Spent less amended of a feature in this period.
    pub(crate) fn used_by(&self, feature: &str) -> Credits {
        self.used.iter().find(|(id, _)| id == feature).map_or(0, |(_, used)| *used)
    }

    /// What live holds reserve for a feature.
    pub(crate) fn held_for(&self, feature: &str) -> Credits {
        self.holds.iter().filter(|hold| hold.feature == feature).map(|hold| hold.cost).sum()
    }
}

/// Allocations name a grant once.
pub(crate) fn check_once(allocations: &[Allocation], index: usize, grant: u64) -> Result<(), String> {
    if allocations.iter().take(index).any(|other| other.grant == grant) {
        return Err(format!("grant {grant} is named twice"));
    }
    Ok(())
}
