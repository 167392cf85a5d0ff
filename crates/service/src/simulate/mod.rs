//! Runs a scenario of the rules: a catalogue, a time zone, steps; one answer a step, as one line of JSON.

mod scenario;
#[cfg(test)]
mod tests;

use metering::{Account, Outcome, Timestamp};
use serde::Serialize;
use wire::api::{PositionBody, TotalsBody};

use scenario::Action;
pub use scenario::{Scenario, ScenarioError};

/// The answer to a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepAnswer {
    /// The step, from 1.
    pub step: usize,
    /// `recorded`, `duplicate`, `conflict`, `refused`, `invalid`, `ok`; `not_yet` for what this version does not do.
    pub outcome: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// What is out of bounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invalid: Option<String>,
    /// The position after it.
    pub position: PositionBody,
    /// Sums since the beginning.
    pub totals: TotalsBody,
    /// Entries that it made.
    pub entries: u64,
}

impl Scenario {
    /// Runs the steps, one after the other.
    pub fn run(self) -> impl Iterator<Item = StepAnswer> {
        let mut account = Account::new(self.terms);
        let mut now = Timestamp::MIN;
        (1..).zip(self.steps).map(move |(number, step)| {
            // A step dated before the one ahead of it counts at that one's instant.
            now = now.max(step.at);
            answer(&mut account, number, &step.action, now)
        })
    }
}

fn answer(account: &mut Account, step: usize, action: &Action, now: Timestamp) -> StepAnswer {
    let mut entries = 0;
    let (mut reason, mut invalid) = (None, None);
    let outcome = match action {
        Action::Look => "ok",
        Action::NotYet => "not_yet",
        Action::Do(command) => {
            let decision = account.decide(command, now);
            for entry in &decision.entries {
                // The rules take their own entries; what they would not take is not counted.
                entries += u64::from(account.apply(entry).is_ok());
            }
            match decision.outcome {
                Outcome::Recorded { .. } => "recorded",
                Outcome::Duplicate { .. } => "duplicate",
                Outcome::Conflict { .. } => "conflict",
                Outcome::Unchanged => "ok",
                Outcome::Refused(refusal) => {
                    reason = Some(refusal.code());
                    "refused"
                }
                Outcome::Invalid(what) => {
                    invalid = Some(what.to_string());
                    "invalid"
                }
            }
        }
    };
    let position = PositionBody::from(&account.position(now));
    StepAnswer { step, outcome, reason, invalid, position, totals: account.totals(now).into(), entries }
}
