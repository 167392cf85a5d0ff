//! What commands came to.

use metering::{Outcome, Refusal};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// All refusals.
const REFUSALS: [Refusal; 9] = [
    Refusal::Exhausted,
    Refusal::PlanExcludesAi,
    Refusal::NoPlan,
    Refusal::AutomationOff,
    Refusal::FeatureOff,
    Refusal::CapReached,
    Refusal::UnknownFeature,
    Refusal::TrialUnavailable,
    Refusal::HoldEnded,
];

/// What commands came to.
#[derive(Clone, Debug)]
pub(crate) struct Decisions {
    recorded: Counter,
    duplicate: Counter,
    unchanged: Counter,
    conflict: Counter,
    invalid: Counter,
    refused: [Counter; REFUSALS.len()],
}

impl Decisions {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let by = Family::<[(&str, &str); 2], Counter>::default();
        registry.register("decisions", "What commands came to: only what is recorded counts", by.clone());
        let counter = |outcome, reason| by.get_or_create_owned(&[("outcome", outcome), ("reason", reason)]);
        Self {
            recorded: counter("recorded", ""),
            duplicate: counter("duplicate", ""),
            unchanged: counter("unchanged", ""),
            conflict: counter("conflict", ""),
            invalid: counter("invalid", ""),
            refused: REFUSALS.map(|refusal| counter("refused", refusal.code())),
        }
    }

    /// Counts one.
    pub(crate) fn count(&self, outcome: &Outcome) {
        let counter = match outcome {
            Outcome::Recorded { .. } => &self.recorded,
            Outcome::Duplicate { .. } => &self.duplicate,
            Outcome::Unchanged => &self.unchanged,
            Outcome::Conflict { .. } => &self.conflict,
            Outcome::Invalid(_) => &self.invalid,
            Outcome::Refused(refusal) => {
                let refused = REFUSALS.iter().zip(&self.refused).find(|(one, _)| *one == refusal);
                let Some((_, counter)) = refused else { return };
                counter
            }
        };
        counter.inc();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_counter() {
        let mut registry = Registry::default();
        let decisions = Decisions::new(&mut registry);
        // Whoever adds a refusal adds it here, because this does not compile otherwise, and to the list above.
        for refusal in REFUSALS {
            match refusal {
                Refusal::Exhausted
                | Refusal::PlanExcludesAi
                | Refusal::NoPlan
                | Refusal::AutomationOff
                | Refusal::FeatureOff
                | Refusal::CapReached
                | Refusal::UnknownFeature
                | Refusal::TrialUnavailable
                | Refusal::HoldEnded => decisions.count(&Outcome::Refused(refusal)),
            }
        }
        assert!(decisions.refused.iter().all(|counter| counter.get() == 1));
    }
}
