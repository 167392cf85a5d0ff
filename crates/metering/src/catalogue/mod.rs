//! What a provider sells and what its features cost.

mod doubts;
mod faults;

use std::fmt;

use crate::{Credits, RefreshRule, Timestamp};

/// One revision of a provider's catalogue. It is data: the rules treat every catalogue alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    /// The provider's id of this catalogue.
    pub id: String,
    /// The provider's name, for people.
    pub name: String,
    /// Counts up with every change.
    pub revision: u32,
    /// From when this revision counts. Only a catalogue's first may leave it out: it counts since ever, whatever it says.
    pub counts_from: Option<Timestamp>,
    /// ISO 4217 code of every price.
    pub currency: String,
    /// When allowances refresh.
    pub refresh: RefreshRule,
    /// IANA name of the billing time zone that a workspace gets unless it says its own.
    pub time_zone: String,
    /// What the provider calls its packs ("Top-ups", "Boost Packs").
    pub packs_name: String,
    /// The trial, if the provider offers one.
    pub trial: Option<TrialOffer>,
    /// What consumes credits.
    pub features: Vec<Feature>,
    /// What people do that costs nothing here.
    pub unmetered: Vec<Unmetered>,
    /// The plans, cheapest first.
    pub plans: Vec<Plan>,
    /// The packs, smallest first.
    pub packs: Vec<Pack>,
    /// Names of groups for people, by group id.
    pub groups: Vec<(String, String)>,
    /// When to warn, unless the workspace chose its own thresholds.
    pub warnings: WarningDefaults,
}

/// A trial: it needs no payment method and happens once a workspace (rule 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialOffer {
    /// Its length in days of 24 hours.
    pub days: u32,
    /// Its credits.
    pub allowance: Credits,
    /// The provider does not publish the number: it is our assumption.
    pub assumed: bool,
}

/// Something that consumes credits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Its id, as usage events name it.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// The group that charts show it in.
    pub group: String,
    /// Credits a unit.
    pub rate: u32,
    /// It runs only where automation is turned on (rule 16).
    pub automation: bool,
    /// The provider does not publish the rate: it is our assumption.
    pub assumed: bool,
}

/// An action that costs no credits, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmetered {
    /// Its id, as usage events name it.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// Why it costs nothing.
    pub reason: String,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its id.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// Price a month.
    pub price: Price,
    /// Whether AI is in it. A plan without AI has no allowance (rule 8).
    pub ai: bool,
    /// Its credits a period.
    pub allowance: Allowance,
    /// The provider does not publish the allowance: it is our assumption.
    pub assumed: bool,
}

/// A price in minor units of the catalogue's currency, or by agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Price {
    /// So many minor units (cents).
    Minor(u64),
    /// Agreed with each customer.
    Custom,
}

/// Credits a period, or by agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// So many credits.
    Credits(Credits),
    /// Agreed with each customer; the subscription says it.
    Custom,
}

/// A pack: credits bought once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// Its id.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// Its credits.
    pub credits: Credits,
    /// Its price in minor units of the catalogue's currency.
    pub price: u64,
    /// It expires so many times 24 hours after it was credited; never, if absent.
    pub expires_after_days: Option<u32>,
    /// The provider does not publish size or price: they are our assumption.
    pub assumed: bool,
}

/// When to warn (rule 17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningDefaults {
    /// Shares of the allowance used, in percent.
    pub used_percent: Vec<u8>,
    /// Warn when available credits fall under this share of the allowance, in percent.
    pub low_percent: u8,
}

impl Default for WarningDefaults {
    fn default() -> Self {
        Self { used_percent: vec![50, 75, 90, 100], low_percent: 20 }
    }
}

/// Something about a catalogue that its provider has to know: where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Path of the field, like `feature[2].rate`.
    pub place: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl Plan {
    /// The credits a period that a subscriber of this plan gets: `agreed` for a custom plan, none without AI.
    /// `None` when a custom plan comes without its agreed number.
    #[must_use]
    pub fn credits(&self, agreed: Option<Credits>) -> Option<Credits> {
        match self.allowance {
            _ if !self.ai => Some(0),
            Allowance::Credits(credits) => Some(credits),
            Allowance::Custom => agreed,
        }
    }
}

impl Catalogue {
    /// The feature with this id.
    #[must_use]
    pub fn feature(&self, id: &str) -> Option<&Feature> {
        self.features.iter().find(|feature| feature.id == id)
    }

    /// The plan with this id.
    #[must_use]
    pub fn plan(&self, id: &str) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.id == id)
    }

    /// The pack with this id.
    #[must_use]
    pub fn pack(&self, id: &str) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.id == id)
    }

    /// Whether this action is known and costs nothing.
    #[must_use]
    pub fn is_unmetered(&self, id: &str) -> bool {
        self.unmetered.iter().any(|action| action.id == id)
    }
}
