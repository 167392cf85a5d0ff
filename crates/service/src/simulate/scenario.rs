//! Reading a scenario, whole, before anything of it is run.

use std::fmt;
use std::sync::Arc;

use chrono_tz::Tz;
use metering::{
    Catalogue, Command, ControlsRequest, FeatureRequest, HOLD_MINUTES, HoldRequest, Terms, Timestamp, UsageRequest,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use wire::api::Named;
use wire::instant;

/// Who reports the work of a scenario.
const SOURCE: &str = "scenario";

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
    pub(super) terms: Terms,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug)]
pub(super) struct Step {
    pub(super) at: Timestamp,
    pub(super) action: Action,
}

#[derive(Debug)]
pub(super) enum Action {
    Do(Command),
    Look,
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
struct AmendShape {
    at: String,
    r#do: String,
    id: String,
    usage: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "as for Bare")]
struct RefundShape {
    at: String,
    r#do: String,
    id: String,
    purchase: String,
    amount: Option<i64>,
}

/// A dispute or its reinstatement.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "as for Bare")]
struct ClaimShape {
    at: String,
    r#do: String,
    id: String,
    purchase: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "as for Bare")]
struct HoldShape {
    at: String,
    r#do: String,
    id: String,
    feature: String,
    units: Option<i64>,
    minutes: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "as for Bare")]
struct CaptureShape {
    at: String,
    r#do: String,
    hold: String,
    units: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "as for Bare")]
struct ReleaseShape {
    at: String,
    r#do: String,
    hold: String,
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

/// A count that the rules find out of bounds when it is none: 0 is none of any.
fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(0)
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
}

fn catalogue(text: &str, raw: &RawValue) -> Result<Catalogue, ScenarioError> {
    wire::catalogue::from_json(raw.get())
        .map_err(|error| placed(text, raw.get(), error.line, error.column, format!("catalogue: {}", error.said())))
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
                source: SOURCE.into(),
                id: shape.id,
                feature: shape.feature,
                units: shape.units.map_or(1, count),
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
        Verb::Amend => {
            let AmendShape { id, usage, .. } = parse(text, raw)?;
            Action::Do(Command::Amend { source: SOURCE.into(), id, usage })
        }
        Verb::Hold => {
            let shape: HoldShape = parse(text, raw)?;
            Action::Do(Command::Hold(HoldRequest {
                source: SOURCE.into(),
                id: shape.id,
                feature: shape.feature,
                units: shape.units.map_or(1, count),
                minutes: shape.minutes.map_or(HOLD_MINUTES, count),
            }))
        }
        Verb::Capture => {
            let CaptureShape { hold, units, .. } = parse(text, raw)?;
            Action::Do(Command::Capture { source: SOURCE.into(), hold, units: units.map(count) })
        }
        Verb::Release => {
            let ReleaseShape { hold, .. } = parse(text, raw)?;
            Action::Do(Command::Release { source: SOURCE.into(), hold })
        }
        Verb::Refund => {
            let RefundShape { id, purchase, amount, .. } = parse(text, raw)?;
            Action::Do(Command::Refund { id, purchase, amount: amount.map(bounded) })
        }
        Verb::Dispute => {
            let ClaimShape { id, purchase, .. } = parse(text, raw)?;
            Action::Do(Command::Dispute { id, purchase })
        }
        Verb::Reinstate => {
            let ClaimShape { id, purchase, .. } = parse(text, raw)?;
            Action::Do(Command::Reinstate { id, purchase })
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
