//! Reading a scenario, whole, before anything of it is run.

use std::fmt;
use std::sync::Arc;

use chrono_tz::Tz;
use metering::{Catalogue, Terms};
use serde::de::{Error, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::place::{ScenarioError, error_at, object, parse, placed};
use super::step::Step;

/// A scenario that was read whole.
#[derive(Debug)]
pub struct Scenario {
    pub(super) terms: Terms,
    pub(super) steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "what a scenario says of itself, for people, and what others compare its answers with")]
struct ScenarioShape<'a> {
    name: Option<IgnoredAny>,
    rules: Option<IgnoredAny>,
    #[serde(borrow)]
    catalogue: &'a RawValue,
    #[serde(borrow)]
    time_zone: Option<&'a RawValue>,
    #[serde(borrow, deserialize_with = "steps")]
    steps: Vec<&'a RawValue>,
    expect: Option<IgnoredAny>,
}

impl Scenario {
    /// Reads a scenario whole. A byte order mark before it is no part of it.
    ///
    /// # Errors
    /// [`ScenarioError`]: the first mistake, with its place in the text.
    pub fn read(text: &str) -> Result<Self, ScenarioError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim().is_empty() {
            let message = "there is nothing here: a scenario is a JSON object with a catalogue and steps";
            return Err(error_at(text, text, message.into()));
        }
        let shape: ScenarioShape<'_> = object(text, text)?;
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
        let steps = (1..).zip(shape.steps).map(|(number, raw)| step(text, number, raw)).collect::<Result<_, _>>()?;
        Ok(Self { terms: Terms::new(Arc::new(catalogue), zone), steps })
    }
}

/// Takes the steps apart. What is not even JSON is found here, and told with the number of its step, too.
fn steps<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<&'de RawValue>, D::Error> {
    struct Steps;
    impl<'de> Visitor<'de> for Steps {
        type Value = Vec<&'de RawValue>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut steps = Vec::new();
            loop {
                match list.next_element() {
                    Ok(Some(step)) => steps.push(step),
                    Ok(None) => return Ok(steps),
                    // The message ends with the place, which serde_json finds again there.
                    Err(error) => return Err(A::Error::custom(format!("step {}: {error}", steps.len() + 1))),
                }
            }
        }
    }
    deserializer.deserialize_seq(Steps)
}

/// Reads a step. A file of one line has no better place than its number.
fn step(text: &str, number: usize, raw: &RawValue) -> Result<Step, ScenarioError> {
    Step::read(text, raw.get()).map_err(|mut error| {
        error.message = format!("step {number}: {}", error.message);
        error
    })
}

fn catalogue(text: &str, raw: &RawValue) -> Result<Catalogue, ScenarioError> {
    wire::catalogue::from_json(raw.get())
        .map_err(|error| placed(text, raw.get(), error.line, error.column, format!("catalogue: {}", error.said())))
}
