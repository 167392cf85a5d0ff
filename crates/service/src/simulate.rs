//! Runs a scenario of the rules: a catalogue, a time zone, steps; one answer a step, as one line of JSON.

use std::fmt;
use std::sync::Arc;

use chrono_tz::Tz;
use metering::{Account, Catalogue, Command, ControlsRequest, FeatureRequest, Outcome, Terms, Timestamp, UsageRequest};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use wire::api::{Named, PositionBody, TotalsBody};
use wire::instant;

/// The one mistake that keeps a text from being a scenario, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ScenarioError {}

/// A scenario that was read whole.
#[derive(Debug)]
pub struct Scenario {
    terms: Terms,
    steps: Vec<Step>,
}

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

#[derive(Debug)]
struct Step {
    at: Timestamp,
    action: Action,
}

#[derive(Debug)]
enum Action {
    Do(Command),
    Look,
    NotYet,
}

#[derive(Deserialize)]
struct ScenarioShape<'a> {
    #[serde(borrow)]
    catalogue: &'a RawValue,
    #[serde(borrow)]
    time_zone: Option<&'a RawValue>,
    #[serde(borrow)]
    steps: Vec<&'a RawValue>,
}

/// What every step has; the rest depends on what is done.
#[derive(Deserialize)]
struct Head {
    #[serde(with = "instant")]
    at: Timestamp,
    r#do: Verb,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verb {
    StartTrial,
    Subscribe,
    Cancel,
    Use,
    Buy,
    Controls,
    Balance,
    Amend,
    Hold,
    Capture,
    Release,
    Refund,
    Dispute,
    Reinstate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "every step has these two, and they are read with its head")]
struct Bare {
    at: String,
    r#do: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "as for Bare")]
struct SubscribeShape {
    at: String,
    r#do: String,
    plan: String,
    allowance: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "as for Bare")]
struct UseShape {
    at: String,
    r#do: String,
    id: String,
    feature: String,
    units: Option<i64>,
    #[serde(with = "instant::option", default)]
    occurred_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "as for Bare")]
struct BuyShape {
    at: String,
    r#do: String,
    id: String,
    pack: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "as for Bare")]
struct ControlsShape {
    at: String,
    r#do: String,
    automation: Option<bool>,
    #[serde(default)]
    features: Named<FeatureShape>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeatureShape {
    on: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    cap: Option<Option<i64>>,
}

/// Tells `null` from an absent field.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A number that the rules find out of bounds when it is negative.
fn bounded(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

impl Scenario {
    /// Reads a scenario whole.
    ///
    /// # Errors
    /// [`ScenarioError`]: the first mistake, with its place in the text.
    pub fn read(text: &str) -> Result<Self, ScenarioError> {
        let shape: ScenarioShape<'_> = parse(text, text)?;
        let catalogue = catalogue(text, shape.catalogue)?;
        let zone = match shape.time_zone {
            None => catalogue.time_zone.parse().unwrap_or(Tz::UTC),
            Some(raw) => {
                let name: String = parse(text, raw.get())?;
                name.parse::<Tz>().map_err(|_| {
                    error_at(text, raw.get(), format!("\"{name}\" is not an IANA time zone like Europe/Berlin"))
                })?
            }
        };
        let steps = shape.steps.iter().map(|raw| step(text, raw.get())).collect::<Result<_, _>>()?;
        Ok(Self { terms: Terms::new(Arc::new(catalogue), zone), steps })
    }

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

fn catalogue(text: &str, raw: &RawValue) -> Result<Catalogue, ScenarioError> {
    wire::catalogue::from_json(raw.get()).map_err(|error| {
        let path = error.path.map(|path| format!("{path}: ")).unwrap_or_default();
        let (line, column) = error.at.unwrap_or((1, 1));
        placed(text, raw.get(), line, column, format!("catalogue: {path}{}", error.message))
    })
}

fn step(text: &str, raw: &str) -> Result<Step, ScenarioError> {
    let Head { at, r#do } = parse(text, raw)?;
    let action = match r#do {
        Verb::StartTrial => parse::<Bare>(text, raw).map(|_| Action::Do(Command::StartTrial))?,
        Verb::Cancel => parse::<Bare>(text, raw).map(|_| Action::Do(Command::Cancel))?,
        Verb::Balance => parse::<Bare>(text, raw).map(|_| Action::Look)?,
        Verb::Subscribe => {
            let shape: SubscribeShape = parse(text, raw)?;
            Action::Do(Command::Subscribe { plan: shape.plan, allowance: shape.allowance.map(bounded) })
        }
        Verb::Use => {
            let shape: UseShape = parse(text, raw)?;
            Action::Do(Command::Use(UsageRequest {
                source: "scenario".into(),
                id: shape.id,
                feature: shape.feature,
                // What is no number of units at all is as out of bounds as none.
                units: shape.units.map_or(1, |units| u32::try_from(units).unwrap_or(0)),
                occurred_at: shape.occurred_at,
                ..UsageRequest::default()
            }))
        }
        Verb::Buy => {
            let shape: BuyShape = parse(text, raw)?;
            Action::Do(Command::Buy { purchase: shape.id, pack: shape.pack })
        }
        Verb::Controls => {
            let shape: ControlsShape = parse(text, raw)?;
            let wish = |wish: FeatureShape| FeatureRequest { on: wish.on, cap: wish.cap.map(|cap| cap.map(bounded)) };
            let features = shape.features.0.into_iter().map(|(id, one)| (id, wish(one))).collect();
            Action::Do(Command::Controls(ControlsRequest { automation: shape.automation, features }))
        }
        Verb::Amend | Verb::Hold | Verb::Capture | Verb::Release | Verb::Refund | Verb::Dispute | Verb::Reinstate => {
            Action::NotYet
        }
    };
    Ok(Step { at, action })
}

fn parse<'a, T: Deserialize<'a>>(text: &str, part: &'a str) -> Result<T, ScenarioError> {
    serde_json::from_str(part).map_err(|error| {
        let message = wire::problem::json_error(&error);
        let message = message.split_once(": ").map_or(message.as_str(), |(_, message)| message).to_owned();
        placed(text, part, error.line(), error.column().max(1), message)
    })
}

/// The place of a part's beginning.
fn error_at(text: &str, part: &str, message: String) -> ScenarioError {
    placed(text, part, 1, 1, message)
}

/// A place in a part of the text as a place in the whole.
fn placed(text: &str, part: &str, line: usize, column: usize, message: String) -> ScenarioError {
    // The part is a slice of the text, so that the distance of their beginnings is its place.
    let start = (part.as_ptr().addr()).saturating_sub(text.as_ptr().addr());
    let before = text.get(..start).unwrap_or_default();
    let lines = before.matches('\n').count();
    let indent = before.len() - before.rfind('\n').map_or(0, |feed| feed + 1);
    let column = if line <= 1 { indent + column } else { column };
    ScenarioError { line: lines + line.max(1), column, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CATALOGUE: &str = r#"{"schema":1,"id":"x","name":"X","revision":1,"currency":"USD","refresh":"calendar_month","feature":[{"id":"r","name":"R","group":"g","rate":1}],"plan":[{"id":"p","name":"P","price":1,"allowance":5}]}"#;

    fn said(steps: &str) -> String {
        let text =
            format!("{{\n \"catalogue\": {CATALOGUE},\n \"time_zone\": \"UTC\",\n \"steps\": [\n  {steps}\n ]\n}}");
        Scenario::read(&text).unwrap_err().to_string()
    }

    #[test]
    fn a_mistake_is_one_error_with_its_place_in_the_file() {
        let at = r#""at": "2026-01-01T00:00:00Z""#;
        assert_eq!(
            said(&format!(r#"{{{at}, "do": "use", "id": "u", "feature": "r", "unit": 3}}"#)),
            "line 5, column 79: unknown field `unit`, expected one of `at`, `do`, `id`, `feature`, `units`, `occurred_at`"
        );
        assert!(
            said(&format!(r#"{{{at}, "do": "dance"}}"#))
                .starts_with("line 5, column 46: unknown variant `dance`, expected one of")
        );
        assert!(said(&format!(r#"{{{at}}}"#)).contains("line 5, column 32: missing field `do`"));
        assert!(
            said(r#"{"at": "noon", "do": "balance"}"#).starts_with("line 5, column 16: \"noon\" is not an instant")
        );
        assert!(
            said(&format!("{{{at}, \"do\": \"use\",\n \"id\": 7, \"feature\": \"r\"}}"))
                .starts_with("line 6, column 8: invalid type: integer `7`")
        );
        assert!(Scenario::read("").unwrap_err().to_string().starts_with("line 1, column 1: EOF"));
        assert!(Scenario::read("{\n").unwrap_err().to_string().starts_with("line 2, column "));
        let wrong = CATALOGUE.replace("\"rate\":1", "\"rate\":-1");
        let text = format!("{{\n \"catalogue\": {wrong}, \"steps\": []}}");
        assert!(Scenario::read(&text).unwrap_err().to_string().starts_with("line 2, column "));
        let text = format!("{{\"catalogue\": {CATALOGUE},\n \"time_zone\": \"Moon\", \"steps\": []}}");
        assert_eq!(
            Scenario::read(&text).unwrap_err().to_string(),
            "line 2, column 15: \"Moon\" is not an IANA time zone like Europe/Berlin"
        );
    }

    #[test]
    fn a_number_out_of_bounds_is_an_answer_and_not_a_mistake() {
        let text = format!(
            r#"{{"catalogue": {CATALOGUE}, "steps": [
            {{"at": "2026-01-01T00:00:00Z", "do": "subscribe", "plan": "p"}},
            {{"at": "2026-01-01T00:00:00Z", "do": "use", "id": "u", "feature": "r", "units": -1}},
            {{"at": "2026-01-01T00:00:00Z", "do": "controls", "features": {{"r": {{"cap": -1}}}}}}]}}"#
        );
        let outcomes: Vec<_> = Scenario::read(&text).unwrap().run().map(|answer| answer.outcome).collect();
        assert_eq!(outcomes, ["recorded", "invalid", "invalid"]);
    }
}
