//! The structure of a catalogue file. Its JSON Schema is made from it, and every file is read by that.

use std::collections::BTreeMap;

use metering::{
    Allowance, Catalogue, Feature, MAX_ALLOWANCE, MAX_ID_LENGTH, MAX_PACK_DAYS, MAX_PRICE, MAX_RATE, MAX_TRIAL_DAYS,
    Pack, Plan, Price, RefreshRule, Timestamp, TrialOffer, Unmetered, WarningDefaults,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::NumberOrCustom;
use crate::instant;
use crate::schema::{ID, NAME, TEXT};

/// What a provider sells and what its features cost. Credits are whole numbers; prices are in minor units (cents).
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Creditdeck catalogue")]
pub(super) struct CatalogueFile {
    /// Where an editor finds the JSON Schema of this file. Nothing else reads it.
    #[serde(rename = "$schema", default, skip_serializing)]
    #[schemars(with = "String")]
    _for_editors: Option<String>,
    /// The form of the file. There is one: 1.
    #[schemars(range(min = super::SCHEMA, max = super::SCHEMA))]
    pub(super) schema: u32,
    /// The provider's own short name for the catalogue.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH), regex(pattern = ID))]
    id: String,
    /// The provider's name, for people.
    #[schemars(regex(pattern = NAME))]
    name: String,
    /// Counts up with every change. Usage remembers the revision that priced it.
    #[schemars(range(min = 1, max = u32::MAX))]
    revision: u32,
    /// The instant from which this revision counts. Only a catalogue's first may leave it out.
    #[serde(with = "instant::option", default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("format" = "date-time"))]
    counts_from: Option<Timestamp>,
    /// ISO 4217 code of every price.
    #[schemars(regex(pattern = "^[A-Z]{3}$"))]
    currency: String,
    /// When allowances refresh.
    refresh: RefreshName,
    /// IANA name of the billing time zone of a workspace that does not name its own.
    #[serde(default = "utc")]
    time_zone: String,
    /// What the provider calls its packs.
    #[serde(default = "top_ups")]
    #[schemars(regex(pattern = NAME))]
    packs_name: String,
    /// The trial, if one is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "TrialTable")]
    trial: Option<TrialTable>,
    /// What consumes credits. There has to be something.
    #[schemars(length(min = 1))]
    feature: Vec<FeatureTable>,
    /// What people do that costs no credits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unmetered: Vec<UnmeteredTable>,
    /// Plans, cheapest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    plan: Vec<PlanTable>,
    /// Packs, smallest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pack: Vec<PackTable>,
    /// Names of groups for people, by group.
    #[schemars(extend("additionalProperties" = { "type": "string", "pattern": NAME }))]
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    group: BTreeMap<String, String>,
    /// When to warn a workspace that did not choose its own thresholds.
    #[serde(default)]
    warnings: WarningsTable,
}

fn utc() -> String {
    "UTC".into()
}

fn top_ups() -> String {
    "Top-ups".into()
}

const fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
const fn is_yes(value: &bool) -> bool {
    *value
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
const fn is_no(value: &bool) -> bool {
    !*value
}

/// When an allowance refreshes.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefreshName {
    /// At local midnight on the first of each month.
    CalendarMonth,
    /// Monthly, from the moment of subscription.
    BillingCycle,
}

/// A trial: it needs no payment method and happens once a workspace.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TrialTable {
    /// Its length in days of 24 hours.
    #[schemars(range(min = 1, max = MAX_TRIAL_DAYS))]
    days: u32,
    /// Its credits.
    #[schemars(range(max = MAX_ALLOWANCE))]
    allowance: u64,
    /// The number is not published: every screen that shows it says so.
    #[serde(default, skip_serializing_if = "is_no")]
    assumed: bool,
}

/// Something that consumes credits.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FeatureTable {
    /// Its id, as usage events name it.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH), regex(pattern = ID))]
    id: String,
    /// Its name, for people.
    #[schemars(regex(pattern = NAME))]
    name: String,
    /// The group that charts show it in.
    #[schemars(regex(pattern = NAME))]
    group: String,
    /// Credits a unit.
    #[schemars(range(max = MAX_RATE))]
    rate: u32,
    /// It runs only where an admin has turned automation on.
    #[serde(default, skip_serializing_if = "is_no")]
    automation: bool,
    /// The rate is not published: every screen that shows it says so.
    #[serde(default, skip_serializing_if = "is_no")]
    assumed: bool,
}

/// An action that costs no credits.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UnmeteredTable {
    /// Its id, as usage events name it.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH), regex(pattern = ID))]
    id: String,
    /// Its name, for people.
    #[schemars(regex(pattern = NAME))]
    name: String,
    /// Why it costs nothing.
    #[schemars(regex(pattern = TEXT))]
    reason: String,
}

/// A plan.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PlanTable {
    /// Its id.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH), regex(pattern = ID))]
    id: String,
    /// Its name, for people.
    #[schemars(regex(pattern = NAME))]
    name: String,
    /// Price a month in minor units, or "custom".
    #[schemars(extend("maximum" = MAX_PRICE))]
    price: NumberOrCustom,
    /// Whether AI is in it. Without AI it has no allowance.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    ai: bool,
    /// Credits a period, or "custom": then each subscription says how many.
    #[schemars(extend("maximum" = MAX_ALLOWANCE))]
    allowance: NumberOrCustom,
    /// The allowance is not published: every screen that shows it says so.
    #[serde(default, skip_serializing_if = "is_no")]
    assumed: bool,
}

/// A pack: credits bought once.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PackTable {
    /// Its id.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH), regex(pattern = ID))]
    id: String,
    /// Its name, for people.
    #[schemars(regex(pattern = NAME))]
    name: String,
    /// Its credits.
    #[schemars(range(max = MAX_ALLOWANCE))]
    credits: u64,
    /// Its price in minor units.
    #[schemars(range(max = MAX_PRICE))]
    price: u64,
    /// It expires so many times 24 hours after it is credited; never, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u32", range(min = 1, max = MAX_PACK_DAYS))]
    expires_after_days: Option<u32>,
    /// Size or price are not published: every screen that shows them says so.
    #[serde(default, skip_serializing_if = "is_no")]
    assumed: bool,
}

/// When to warn.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct WarningsTable {
    /// Shares of the allowance used, in percent.
    #[schemars(inner(range(min = 1, max = 100)), length(max = 100), extend("uniqueItems" = true))]
    used_percent: Vec<u8>,
    /// Available credits under this share of the allowance, in percent.
    #[schemars(range(max = 100))]
    low_percent: u8,
}

impl Default for WarningsTable {
    fn default() -> Self {
        let WarningDefaults { used_percent, low_percent } = WarningDefaults::default();
        Self { used_percent, low_percent }
    }
}

impl From<RefreshName> for RefreshRule {
    fn from(name: RefreshName) -> Self {
        match name {
            RefreshName::CalendarMonth => Self::CalendarMonth,
            RefreshName::BillingCycle => Self::BillingCycle,
        }
    }
}

impl From<RefreshRule> for RefreshName {
    fn from(rule: RefreshRule) -> Self {
        match rule {
            RefreshRule::CalendarMonth => Self::CalendarMonth,
            RefreshRule::BillingCycle => Self::BillingCycle,
        }
    }
}

impl From<CatalogueFile> for Catalogue {
    fn from(file: CatalogueFile) -> Self {
        Self {
            id: file.id,
            name: file.name,
            revision: file.revision,
            counts_from: file.counts_from,
            currency: file.currency,
            refresh: file.refresh.into(),
            time_zone: file.time_zone,
            packs_name: file.packs_name,
            trial: file.trial.map(|TrialTable { days, allowance, assumed }| TrialOffer { days, allowance, assumed }),
            features: file.feature.into_iter().map(Feature::from).collect(),
            unmetered: file
                .unmetered
                .into_iter()
                .map(|UnmeteredTable { id, name, reason }| Unmetered { id, name, reason })
                .collect(),
            plans: file.plan.into_iter().map(Plan::from).collect(),
            packs: file.pack.into_iter().map(Pack::from).collect(),
            groups: file.group.into_iter().collect(),
            warnings: WarningDefaults {
                used_percent: file.warnings.used_percent,
                low_percent: file.warnings.low_percent,
            },
        }
    }
}

impl From<FeatureTable> for Feature {
    fn from(table: FeatureTable) -> Self {
        let FeatureTable { id, name, group, rate, automation, assumed } = table;
        Self { id, name, group, rate, automation, assumed }
    }
}

impl From<PlanTable> for Plan {
    fn from(table: PlanTable) -> Self {
        Self {
            id: table.id,
            name: table.name,
            price: table.price.0.map_or(Price::Custom, Price::Minor),
            ai: table.ai,
            allowance: table.allowance.0.map_or(Allowance::Custom, Allowance::Credits),
            assumed: table.assumed,
        }
    }
}

impl From<PackTable> for Pack {
    fn from(table: PackTable) -> Self {
        let PackTable { id, name, credits, price, expires_after_days, assumed } = table;
        Self { id, name, credits, price, expires_after_days, assumed }
    }
}

impl From<&Catalogue> for CatalogueFile {
    fn from(catalogue: &Catalogue) -> Self {
        Self {
            _for_editors: None,
            schema: super::SCHEMA,
            id: catalogue.id.clone(),
            name: catalogue.name.clone(),
            revision: catalogue.revision,
            counts_from: catalogue.counts_from,
            currency: catalogue.currency.clone(),
            refresh: catalogue.refresh.into(),
            time_zone: catalogue.time_zone.clone(),
            packs_name: catalogue.packs_name.clone(),
            trial: catalogue.trial.as_ref().map(|one| TrialTable {
                days: one.days,
                allowance: one.allowance,
                assumed: one.assumed,
            }),
            feature: catalogue.features.iter().map(feature_table).collect(),
            unmetered: catalogue.unmetered.iter().map(unmetered_table).collect(),
            plan: catalogue.plans.iter().map(plan_table).collect(),
            pack: catalogue.packs.iter().map(pack_table).collect(),
            group: catalogue.groups.iter().cloned().collect(),
            warnings: WarningsTable {
                used_percent: catalogue.warnings.used_percent.clone(),
                low_percent: catalogue.warnings.low_percent,
            },
        }
    }
}

fn feature_table(one: &Feature) -> FeatureTable {
    FeatureTable {
        id: one.id.clone(),
        name: one.name.clone(),
        group: one.group.clone(),
        rate: one.rate,
        automation: one.automation,
        assumed: one.assumed,
    }
}

fn unmetered_table(one: &Unmetered) -> UnmeteredTable {
    UnmeteredTable { id: one.id.clone(), name: one.name.clone(), reason: one.reason.clone() }
}

fn plan_table(one: &Plan) -> PlanTable {
    PlanTable {
        id: one.id.clone(),
        name: one.name.clone(),
        price: NumberOrCustom(match one.price {
            Price::Minor(price) => Some(price),
            Price::Custom => None,
        }),
        ai: one.ai,
        allowance: NumberOrCustom(match one.allowance {
            Allowance::Credits(credits) => Some(credits),
            Allowance::Custom => None,
        }),
        assumed: one.assumed,
    }
}

fn pack_table(one: &Pack) -> PackTable {
    PackTable {
        id: one.id.clone(),
        name: one.name.clone(),
        credits: one.credits,
        price: one.price,
        expires_after_days: one.expires_after_days,
        assumed: one.assumed,
    }
}
