//! Recipes: which workspace a trace is played into, and how.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use metering::Catalogue;
use serde::Deserialize;

/// A recipe, as its TOML file says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The form of the file: 1.
    schema: u32,
    /// The workspace's id.
    pub id: String,
    /// The workspace's name, for people.
    pub name: String,
    /// `a`, `b` or a catalogue file.
    pub catalogue: String,
    /// IANA name of the workspace's billing time zone.
    pub time_zone: String,
    /// Who reports the usage.
    pub source: String,
    /// The trace's file, beside the recipe; gzip if its name ends in `.gz`.
    pub trace: String,
    /// Moves every row by so many hours, so that a day's rhythm fits the time zone.
    #[serde(default)]
    pub hours: i32,
    /// When the trace has ended its last so many weeks go round and round; left out, it ends.
    #[serde(default)]
    pub cycle_weeks: Option<u16>,
    /// The feature of a row, by the row's kind.
    pub features: BTreeMap<String, String>,
    /// The feature of a row whose kind is not among them.
    pub other: String,
    /// The feature of a day's first row of a kind, where the catalogue has it; the day is the billing zone's.
    #[serde(default)]
    pub first_of_day: BTreeMap<String, String>,
    /// What the admin does at which time.
    #[serde(default, rename = "step")]
    pub steps: Vec<Step>,
    /// The packs that the admin buys when credits run out.
    #[serde(default)]
    pub packs: Option<PackHabit>,
}

/// Something that the admin does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "StepTable")]
pub struct Step {
    /// So many times 24 hours after the beginning.
    pub day: u32,
    /// What.
    pub action: Action,
}

/// What an admin can do in a recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start the trial.
    StartTrial,
    /// Choose a plan.
    Subscribe {
        /// The plan's id.
        plan: String,
    },
    /// End the plan.
    Cancel,
    /// Turn automation on or off.
    Automation {
        /// On or off.
        on: bool,
    },
    /// Cap a feature.
    Cap {
        /// The feature's id.
        feature: String,
        /// Credits a period.
        credits: u64,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepTable {
    day: u32,
    r#do: Verb,
    plan: Option<String>,
    on: Option<bool>,
    feature: Option<String>,
    credits: Option<u64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verb {
    StartTrial,
    Subscribe,
    Cancel,
    Automation,
    Cap,
}

impl TryFrom<StepTable> for Step {
    type Error = &'static str;

    fn try_from(table: StepTable) -> Result<Self, &'static str> {
        let StepTable { day, r#do, plan, on, feature, credits } = table;
        let action = match (r#do, plan, on, feature, credits) {
            (Verb::StartTrial, None, None, None, None) => Action::StartTrial,
            (Verb::Cancel, None, None, None, None) => Action::Cancel,
            (Verb::Subscribe, Some(plan), None, None, None) => Action::Subscribe { plan },
            (Verb::Automation, None, Some(on), None, None) => Action::Automation { on },
            (Verb::Cap, None, None, Some(feature), Some(credits)) => Action::Cap { feature, credits },
            _ => {
                return Err("a step is start_trial, cancel, subscribe with plan, automation with on, or cap with \
                            feature and credits");
            }
        };
        Ok(Self { day, action })
    }
}

/// How the admin buys packs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackHabit {
    /// The pack's id.
    pub pack: String,
    /// Most packs that are bought in one period.
    pub at_most: u32,
    /// So many minutes after credits ran out the admin notices …
    pub after_minutes: u32,
    /// … and buys at the next local hour within these two, Monday to Friday.
    pub hours: (u8, u8),
}

/// The mistake that keeps a text from being a recipe.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RecipeError(pub String);

impl Recipe {
    /// Reads a recipe.
    ///
    /// # Errors
    /// [`RecipeError`]: the first mistake, with its line and column where it has one.
    pub fn from_toml(text: &str) -> Result<Self, RecipeError> {
        let recipe: Self = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let before = text.get(..start).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            RecipeError(format!("line {line}, column {column}: {}", error.message().replace('\n', " ")))
        })?;
        if recipe.schema != 1 {
            return Err(RecipeError(format!("schema: {} is not known: this version reads schema 1", recipe.schema)));
        }
        if recipe.time_zone.parse::<Tz>().is_err() {
            let zone = &recipe.time_zone;
            return Err(RecipeError(format!("time_zone: \"{zone}\" is not an IANA time zone like Europe/Berlin")));
        }
        if recipe.cycle_weeks == Some(0) {
            return Err(RecipeError("cycle_weeks: 0 is no time: leave it out".into()));
        }
        if let Some(PackHabit { hours: (from, to), .. }) = &recipe.packs
            && (from >= to || *to > 24)
        {
            return Err(RecipeError(format!("packs.hours: {from} to {to} is no part of a day")));
        }
        Ok(recipe)
    }

    /// What the recipe names that the catalogue does not have.
    ///
    /// # Errors
    /// [`RecipeError`]: the first such thing.
    pub fn check(&self, catalogue: &Catalogue) -> Result<(), RecipeError> {
        let feature = |id: &String| catalogue.feature(id).is_some() || catalogue.is_unmetered(id);
        if let Some(id) = self.features.values().chain([&self.other]).find(|id| !feature(id)) {
            return Err(RecipeError(format!("features: the catalogue has no feature \"{id}\"")));
        }
        for step in &self.steps {
            match &step.action {
                Action::Subscribe { plan } if catalogue.plan(plan).is_none() => {
                    return Err(RecipeError(format!("step: the catalogue has no plan \"{plan}\"")));
                }
                Action::Cap { feature, .. } if catalogue.feature(feature).is_none() => {
                    return Err(RecipeError(format!("step: the catalogue has no feature \"{feature}\"")));
                }
                _ => {}
            }
        }
        match &self.packs {
            Some(habit) if catalogue.pack(&habit.pack).is_none() => {
                Err(RecipeError(format!("packs: the catalogue has no pack \"{}\"", habit.pack)))
            }
            _ => Ok(()),
        }
    }

    /// The billing time zone.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }

    /// The feature that a kind of row stands for.
    #[must_use]
    pub fn feature(&self, kind: &str) -> &str {
        self.features.get(kind).unwrap_or(&self.other)
    }
}
