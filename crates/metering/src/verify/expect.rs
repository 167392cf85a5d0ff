//! What the rules would have recorded in an entry's place.

use super::{Aspect, Finding, NO_SUBSCRIPTION, Next, Verifier, aspect_of};
use crate::{
    Amendment, Blank, Command, ControlsRequest, Entry, EntryKind, Expiry, FeatureRequest, Grant, GrantOrigin,
    GrantSource, Hold, HoldRequest, Outcome, PlanChange, PlanChangeCause, PurchaseTerms, Release, ReleaseCause,
    Timestamp, Usage, VoidCause, decide,
};

impl Verifier {
    /// The entries that the command behind this one records: first of all what should stand in its place. None, where
    /// whatever it says is right.
    pub(super) fn expect(
        &mut self,
        entry: &Entry,
        next: Option<Next>,
        earlier: impl Fn(u64) -> Option<Entry>,
    ) -> Result<Vec<Entry>, Finding> {
        let wrong = |aspect, message: &str| Err(Finding::new(entry.seq, aspect, message));
        match &entry.kind {
            EntryKind::Usage(_) => Ok(Vec::new()),
            EntryKind::Grant(grant) => match &grant.origin {
                GrantOrigin::Trial(_) => self.decided(entry, &Command::StartTrial),
                GrantOrigin::TopUp { .. } => self.pack(entry, grant),
                GrantOrigin::Allowance { .. } => wrong(Aspect::Refresh, "no refresh is due"),
                GrantOrigin::Upgrade { .. } => wrong(Aspect::Plan, "no upgrade stands ahead of it"),
            },
            EntryKind::Expiry(expiry) => self.early_expiry(entry, expiry, next),
            EntryKind::Void(void) => {
                let purchase = void.purchase.clone();
                match &void.cause {
                    VoidCause::Refund { id, price, rest } => {
                        let amount = (!rest).then_some(*price);
                        self.decided(entry, &Command::Refund { id: id.clone(), purchase, amount })
                    }
                    VoidCause::Dispute { id } => self.decided(entry, &Command::Dispute { id: id.clone(), purchase }),
                    VoidCause::Reinstatement { id } => {
                        self.decided(entry, &Command::Reinstate { id: id.clone(), purchase })
                    }
                    VoidCause::Returned => wrong(Aspect::Pack, "no credits returned to a pack with a shortfall"),
                }
            }
            EntryKind::Amendment(amendment) => {
                let usage = match self.misnumbered.get(&amendment.usage) {
                    Some(usage) => Some(usage.clone()),
                    // What comes after it is not what it amends, though somebody may find it.
                    None => {
                        Some(amendment.usage).filter(|usage| *usage < entry.seq).and_then(earlier).and_then(usage_of)
                    }
                };
                self.amendment(entry, amendment, usage)
            }
            EntryKind::Hold(Hold { source, id, feature, units, minutes, .. }) => {
                let request = HoldRequest {
                    source: source.clone(),
                    id: id.clone(),
                    feature: feature.clone(),
                    units: *units,
                    minutes: *minutes,
                };
                self.decided(entry, &Command::Hold(request))
            }
            EntryKind::Release(Release { hold, cause }) => {
                if !self.account.books.holds.iter().any(|live| live.seq == *hold) {
                    return wrong(Aspect::Hold, "the hold that it ends does not live");
                }
                match cause {
                    ReleaseCause::Released => Ok(Vec::new()),
                    ReleaseCause::TimedOut => wrong(Aspect::Hold, "the time of the hold is not up"),
                }
            }
            EntryKind::PlanChange(change) => self.plan(entry, change),
            EntryKind::ControlsChange(change) => {
                let wish = |(id, control): &(String, crate::FeatureControl)| {
                    (id.clone(), FeatureRequest { on: Some(control.on), cap: Some(control.cap) })
                };
                let features = change.features.iter().map(wish).collect();
                self.decided(entry, &Command::Controls(ControlsRequest { automation: change.automation, features }))
            }
        }
    }

    /// Only a subscription lets something expire that does not fall due: what is left of a trial.
    fn early_expiry(&mut self, entry: &Entry, expiry: &Expiry, next: Option<Next>) -> Result<Vec<Entry>, Finding> {
        let wrong = |message: &str| Err(Finding::new(entry.seq, Aspect::Expiry, message));
        let grant = self.account.books.grants.live().iter().find(|live| live.seq == expiry.grant);
        let Some(grant) = grant.filter(|grant| grant.source == GrantSource::Trial) else {
            return wrong(&format!("nothing of grant {} falls due to expire", expiry.grant));
        };
        let kind = EntryKind::Expiry(Expiry { amount: grant.free(), ..*expiry });
        let mut recorded_at = entry.recorded_at;
        let comes_later = |next: &Next| next.recorded_at > recorded_at && next.seq == entry.seq + 1;
        match next.filter(|next| comes_later(next) && !next.subscribes) {
            // It was dated back, if it was due by the time of what follows.
            Some(next) => match grant.expires_at.filter(|end| *end <= next.recorded_at) {
                Some(end) => recorded_at = end,
                None => return wrong(NO_SUBSCRIPTION),
            },
            None => self.ended_trial = Some(entry.recorded_at),
        }
        Ok(vec![Entry { seq: entry.seq, recorded_at, kind }])
    }

    /// What a command records at the entry's instant.
    fn decided(&self, entry: &Entry, command: &Command) -> Result<Vec<Entry>, Finding> {
        let decision = decide(&self.account, &Blank, command, entry.recorded_at);
        match decision.outcome {
            Outcome::Recorded { .. } => Ok(decision.entries),
            other => {
                if let (Outcome::Duplicate { seq } | Outcome::Conflict { seq }, EntryKind::Grant(_)) =
                    (&other, &entry.kind)
                {
                    let message = format!("its purchase was credited before, by entry {seq}");
                    return Err(Finding::new(entry.seq, Aspect::Twice, message));
                }
                let said = match other {
                    Outcome::Refused(refusal) => format!("it would have been refused: {}", refusal.code()),
                    Outcome::Invalid(invalid) => format!("it is out of bounds: {invalid}"),
                    _ => "it changes nothing".into(),
                };
                let aspect = aspect_of(&entry.kind);
                let aspect = if matches!(entry.kind, EntryKind::Hold(_)) { Aspect::Allowed } else { aspect };
                Err(Finding::new(entry.seq, aspect, said))
            }
        }
    }

    /// A pack is credited as it was agreed at checkout: as the revision that counts now, or one before it, sells it.
    fn pack(&self, entry: &Entry, grant: &Grant) -> Result<Vec<Entry>, Finding> {
        let GrantOrigin::TopUp { pack, price, .. } = &grant.origin else { return Ok(Vec::new()) };
        let mut expected = None;
        for terms in self.sold(grant, entry.recorded_at) {
            let has_its_price = terms.price == *price;
            let decided = self.decided(entry, &Command::Credit(terms))?;
            if decided.first().is_some_and(|made| made.kind == entry.kind) {
                return Ok(decided);
            }
            if has_its_price || expected.is_none() {
                expected = Some(decided);
            }
        }
        expected.ok_or_else(|| Finding::new(entry.seq, Aspect::Pack, format!("no revision sells a pack \"{pack}\"")))
    }

    /// The terms that a pack can have been bought on, in the order of the revisions: those of its name. Where none has
    /// that name, those that cost and bring just the same.
    fn sold(&self, grant: &Grant, at: Timestamp) -> Vec<PurchaseTerms> {
        let GrantOrigin::TopUp { purchase, pack: id, price } = &grant.origin else { return Vec::new() };
        let now = self.account.terms.catalogue(at).revision;
        let revisions = self.account.terms.catalogues.iter().filter(|one| one.revision <= now);
        let terms = revisions.flat_map(|one| &one.packs).map(|pack| PurchaseTerms {
            purchase: purchase.clone(),
            pack: pack.id.clone(),
            credits: pack.credits,
            price: pack.price,
            expires_after_days: pack.expires_after_days,
        });
        let (named, others): (Vec<_>, Vec<_>) = terms.partition(|terms| terms.pack == *id);
        if !named.is_empty() {
            return named;
        }
        let is_same = |terms: &PurchaseTerms| {
            (terms.credits, terms.price, terms.expiry(at)) == (grant.amount, *price, grant.expires_at)
        };
        others.into_iter().filter(is_same).collect()
    }

    /// Whether an entry that was named counts as it stands, for nothing else can be expected in its place. Credits of a
    /// refused trial, or of a pack that nobody sold, were never there: what follows was paid without them.
    pub(super) fn can_be(&self, entry: &Entry) -> bool {
        let EntryKind::Grant(grant) = &entry.kind else { return true };
        match grant.source() {
            GrantSource::Trial => false,
            GrantSource::TopUp => !self.sold(grant, entry.recorded_at).is_empty(),
            GrantSource::Allowance => true,
        }
    }

    fn amendment(&mut self, entry: &Entry, amendment: &Amendment, usage: Option<Usage>) -> Result<Vec<Entry>, Finding> {
        let wrong = |aspect, message: String| Err(Finding::new(entry.seq, aspect, message));
        let Some(usage) = usage else {
            return wrong(Aspect::Allocation, format!("it amends entry {}, which is no usage", amendment.usage));
        };
        if let Some(first) = self.amended.insert(amendment.usage, entry.seq) {
            let message = format!("usage {} was amended before, by entry {first}", amendment.usage);
            return wrong(Aspect::Twice, message);
        }
        let expected = Amendment {
            source: usage.source,
            id: amendment.id.clone(),
            usage: amendment.usage,
            feature: usage.feature,
            amount: usage.cost,
            allocations: usage.allocations,
        };
        Ok(vec![Entry { kind: EntryKind::Amendment(expected), ..*entry }])
    }

    fn plan(&self, entry: &Entry, change: &PlanChange) -> Result<Vec<Entry>, Finding> {
        let early = |message: &str| Err(Finding::new(entry.seq, Aspect::Plan, message));
        match (change.cause, &change.to) {
            (PlanChangeCause::CameDue, _) => early("no change of plan falls due"),
            (PlanChangeCause::TrialEnded, _) => early("the trial does not end here"),
            (PlanChangeCause::Scheduled, None) => self.decided(entry, &Command::Cancel),
            (_, None) => early("it leads to no plan, and only a cancellation or the end of a trial does"),
            (_, Some(to)) => {
                let (plan, allowance) = (to.plan.clone(), Some(to.allowance));
                self.decided(entry, &Command::Subscribe { plan, allowance })
            }
        }
    }
}

fn usage_of(entry: Entry) -> Option<Usage> {
    if let EntryKind::Usage(usage) = entry.kind { Some(usage) } else { None }
}
