//! The structure of a catalogue file.

use std::collections::BTreeMap;

use metering::{Allowance, Catalogue, Feature, Pack, Plan, Price, RefreshRule, TrialOffer, Unmetered, WarningDefaults};
use serde::{Deserialize, Serialize};

use super::number::NumberOrCustom;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CatalogueFile {
    pub(super) schema: u32,
    id: String,
    name: String,
    revision: u32,
    currency: String,
    refresh: RefreshName,
    #[serde(default = "utc")]
    time_zone: String,
    #[serde(default = "top_ups")]
    packs_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trial: Option<TrialTable>,
    #[serde(default)]
    feature: Vec<FeatureTable>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unmetered: Vec<UnmeteredTable>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    plan: Vec<PlanTable>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pack: Vec<PackTable>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    group: BTreeMap<String, String>,
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

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RefreshName {
    CalendarMonth,
    BillingCycle,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrialTable {
    days: u32,
    allowance: u64,
    #[serde(default, skip_serializing_if = "is_no")]
    assumed: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeatureTable {
    id: String,
    name: String,
    group: String,
    rate: u32,
    #[serde(default, skip_serializing_if = "is_no")]
    automation: bool,
    #[serde(default, skip_serializing_if = "is_no")]
    assumed: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnmeteredTable {
    id: String,
    name: String,
    reason: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanTable {
    id: String,
    name: String,
    price: NumberOrCustom,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    ai: bool,
    allowance: NumberOrCustom,
    #[serde(default, skip_serializing_if = "is_no")]
    assumed: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackTable {
    id: String,
    name: String,
    credits: u64,
    price: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_after_days: Option<u32>,
    #[serde(default, skip_serializing_if = "is_no")]
    assumed: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WarningsTable {
    used_percent: Vec<u8>,
    low_percent: u8,
}

impl Default for WarningsTable {
    fn default() -> Self {
        let WarningDefaults { used_percent, low_percent } = WarningDefaults::default();
        Self { used_percent, low_percent }
    }
}

impl From<CatalogueFile> for Catalogue {
    fn from(file: CatalogueFile) -> Self {
        Self {
            id: file.id,
            name: file.name,
            revision: file.revision,
            counts_from: None,
            currency: file.currency,
            refresh: match file.refresh {
                RefreshName::CalendarMonth => RefreshRule::CalendarMonth,
                RefreshName::BillingCycle => RefreshRule::BillingCycle,
            },
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
            schema: super::SCHEMA,
            id: catalogue.id.clone(),
            name: catalogue.name.clone(),
            revision: catalogue.revision,
            currency: catalogue.currency.clone(),
            refresh: match catalogue.refresh {
                RefreshRule::CalendarMonth => RefreshName::CalendarMonth,
                RefreshRule::BillingCycle => RefreshName::BillingCycle,
            },
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
