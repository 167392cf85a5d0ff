//! Runs a scenario of the rules: a catalogue, a time zone, steps; one answer a step, as one line of JSON.

mod number;
mod place;
mod scenario;
mod step;
#[cfg(test)]
mod tests;

use metering::{Meter, Outcome, Timestamp};
use serde::Serialize;
use wire::api::{PositionBody, TotalsBody};

pub use place::ScenarioError;
pub use scenario::Scenario;
use step::{Action, Step};

/// The answer to a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepAnswer {
    /// The step, from 1.
    pub step: usize,
    /// `recorded`, `duplicate`, `conflict`, `refused`, `invalid`, `ok`.
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
        let mut meter = Meter::new(self.terms);
        let mut now = Timestamp::MIN;
        (1..).zip(self.steps).map(move |(number, step)| {
            // A step dated before the one ahead of it counts at that one's instant.
            now = now.max(step.at);
            answer(&mut meter, number, &step, now)
        })
    }
}

fn answer(meter: &mut Meter, number: usize, step: &Step, now: Timestamp) -> StepAnswer {
    let mut entries = 0;
    let (mut reason, mut invalid) = (None, None);
    let outcome = match &step.action {
        Action::Look => "ok",
        Action::Do(command) => {
            let decision = meter.decide(command, now);
            for entry in &decision.entries {
                // The rules take their own entries; what they would not take is not counted.
                entries += u64::from(meter.apply(entry).is_ok());
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
                    invalid = Some(number::said(&what, &step.stand_ins));
                    "invalid"
                }
            }
        }
    };
    let account = meter.account();
    let position = PositionBody::from(&account.position(now));
    StepAnswer { step: number, outcome, reason, invalid, position, totals: account.totals(now).into(), entries }
}
