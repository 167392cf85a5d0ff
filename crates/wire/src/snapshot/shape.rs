//! The JSON shape of a snapshot. Fields are written in the order in which they stand here; what is left out is empty, 0
//! or false, unless it says otherwise.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use metering::{Period, Timestamp};
use serde::{Deserialize, Serialize};

use crate::api::Named;
use crate::catalogue::RefreshName;
use crate::instant;
use crate::line::{AllocationShape, FeatureControlShape, PlanTermsShape};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SnapshotShape<'a> {
    pub(super) v: u64,
    pub(super) seq: u64,
    #[serde(with = "instant")]
    pub(super) at: Timestamp,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) granted: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) spent: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) amended: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) expired: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) voided: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) live: Vec<GrantShape>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) used_up: Vec<GrantShape>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) holds: Vec<HoldShape>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) purchases: BTreeMap<String, PurchaseShape>,
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub(super) used: Named<u64>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) period_seq: u64,
    #[serde(with = "instant::period", default, skip_serializing_if = "Option::is_none")]
    pub(super) trial: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) plan: Option<PlanShape<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pending: Option<PendingShape<'a>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) automation: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) features: Vec<FeatureControlShape<'a>>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) grants: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) allowances: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) trial_size: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) had_trial: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) had_plan: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantShape {
    pub(super) seq: u64,
    /// A pack, if absent from what a purchase paid for; else an allowance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) purchase: Option<String>,
    /// Absent together with `from` and `until` where they are what the purchase says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) amount: Option<u64>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) left: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) held: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) short: u64,
    /// What is usual for its source, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) priority: Option<u8>,
    #[serde(with = "instant::option", default, skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<Timestamp>,
    #[serde(with = "instant::option", default, skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HoldShape {
    pub(super) seq: u64,
    pub(super) source: String,
    pub(super) id: String,
    pub(super) feature: String,
    pub(super) units: u32,
    pub(super) rate: u32,
    pub(super) revision: u32,
    pub(super) cost: u64,
    #[serde(with = "instant")]
    pub(super) until: Timestamp,
    pub(super) allocations: Vec<AllocationShape>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PurchaseShape {
    pub(super) grant: u64,
    pub(super) pack: String,
    pub(super) credits: u64,
    pub(super) price: u64,
    #[serde(with = "instant")]
    pub(super) at: Timestamp,
    #[serde(with = "instant::option", default, skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) refunded: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) disputed: bool,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) taken: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanShape<'a> {
    pub(super) terms: PlanTermsShape<'a>,
    #[serde(with = "instant::period", default, skip_serializing_if = "Option::is_none")]
    pub(super) period: Option<Period>,
    pub(super) refresh: RefreshName,
    #[serde(with = "local")]
    pub(super) anchor: NaiveDateTime,
}

/// A change of plan that waits; without a plan to come, it is a cancellation.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PendingShape<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<PlanTermsShape<'a>>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A local date and time, as `2026-01-31T09:00:00`; milliseconds only where they are not 0.
mod local {
    use chrono::NaiveDateTime;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(local: &NaiveDateTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&local.format("%Y-%m-%dT%H:%M:%S%.f"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDateTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom("a local date and time is written like \"2026-01-31T09:00:00\""))
    }
}
