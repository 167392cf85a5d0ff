//! What is answered after a step.

use super::books::{Access, Books, Grant, Hold, Kind, Terms};
use super::{Answer, Left, NaiveOutcome, NaivePlan, NaivePosition};

impl Books<'_> {
    pub(super) fn into_answer(self, outcome: NaiveOutcome) -> Answer {
        let free = |kind: fn(Kind) -> bool| -> u64 {
            let ours = (0..self.grants.len()).filter(|index| kind(self.grants[*index].kind));
            ours.map(|index| self.free_of(index)).sum()
        };
        let catalogue = self.catalogue();
        let features = catalogue.features.iter().map(|one| (self.used(Some(&one.id)), self.refusal(one, 1)));
        let features: Vec<_> = features.collect();
        let runs = features.iter().map(|(_, refusal)| refusal.is_none());
        let position = NaivePosition {
            available: self.available(),
            allowance: free(|kind| kind == Kind::Period),
            allowance_size: self
                .grants
                .iter()
                .filter(|one| one.kind == Kind::Period && !one.over)
                .map(|one| one.amount)
                .sum(),
            top_up: free(|kind| kind != Kind::Period),
            held: self.live_holds().flat_map(|hold| &hold.parts).map(|part| part.credits).sum(),
            used: self.used(None),
            state: self.state(),
            period: match self.access {
                Access::None => None,
                Access::Trial { start, end } => Some((start, end)),
                Access::Plan { period, .. } => Some((period.start, period.end)),
            },
            can_run: catalogue.features.iter().map(|one| one.id.clone()).zip(runs).collect(),
            features,
        };
        let left = |index: usize| {
            let Grant { amount, left, .. } = self.grants[index];
            Left { amount, left, held: self.held_of(index), shortfall: self.shortfall(index) }
        };
        let grants = (0..self.grants.len()).map(left).filter(|grant| grant.left > 0).collect();
        let mut holds: Vec<_> = self.live_holds().collect();
        holds.sort_by_key(|hold| hold.until);
        let reserved = |hold: &Hold| hold.parts.iter().map(|part| part.credits).sum();
        let shown = |hold: &Hold| (hold.sent.source.clone(), hold.sent.id.clone(), hold.until, reserved(hold));
        let holds = holds.into_iter().map(shown).collect();
        let plan = match self.access {
            Access::None | Access::Trial { .. } => None,
            Access::Plan { terms, pending, .. } => Some((terms.into(), pending.map(|to| to.map(NaivePlan::from)))),
        };
        Answer { outcome, position, totals: self.totals, grants, holds, plan }
    }

    fn state(&self) -> &'static str {
        if let Some(reason) = self.no_access() {
            return reason;
        }
        // Caps do not make a pause, and neither does turning everything off (rule 6).
        let is_on =
            |feature: &&metering::Feature| self.control_of(&feature.id).on && (self.automation || !feature.automation);
        let mut on = self.catalogue().features.iter().filter(is_on).peekable();
        let paused = on.peek().is_some() && on.all(|feature| u64::from(feature.rate) > self.available());
        match self.access {
            _ if paused => "paused",
            Access::Trial { .. } => "trial",
            _ => "active",
        }
    }
}

impl From<Terms<'_>> for NaivePlan {
    fn from(terms: Terms<'_>) -> Self {
        Self { id: terms.plan.to_owned(), allowance: terms.allowance, ai: terms.ai }
    }
}
