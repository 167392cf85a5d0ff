//! The JSON shape of each kind of entry. Fields are written in the order in which they stand here.

use std::borrow::Cow;

use metering::{Period, Timestamp};
use serde::{Deserialize, Serialize};

use crate::instant;

/// What tells the kinds apart.
#[derive(Deserialize)]
pub(super) struct Head<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantShape<'a> {
    pub(super) seq: u64,
    #[serde(with = "instant")]
    pub(super) recorded_at: Timestamp,
    #[serde(rename = "type")]
    pub(super) kind: Cow<'a, str>,
    pub(super) source: Cow<'a, str>,
    pub(super) amount: u64,
    pub(super) priority: u8,
    #[serde(with = "instant")]
    pub(super) effective_at: Timestamp,
    #[serde(with = "instant::option", default, skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<Timestamp>,
    pub(super) origin: Origin,
    #[serde(with = "instant::period", default, skip_serializing_if = "Option::is_none")]
    pub(super) period: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) plan: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) purchase: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pack: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) price: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Origin {
    Trial,
    Allowance,
    Upgrade,
    TopUp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UsageShape<'a> {
    pub(super) seq: u64,
    #[serde(with = "instant")]
    pub(super) recorded_at: Timestamp,
    #[serde(rename = "type")]
    pub(super) kind: Cow<'a, str>,
    pub(super) source: Cow<'a, str>,
    pub(super) id: Cow<'a, str>,
    pub(super) feature: Cow<'a, str>,
    pub(super) units: u32,
    pub(super) rate: u32,
    pub(super) cost: u64,
    pub(super) revision: u32,
    #[serde(with = "instant::option", default, skip_serializing_if = "Option::is_none")]
    pub(super) occurred_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) member: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) channel: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hold: Option<u64>,
    pub(super) allocations: Vec<AllocationShape>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AllocationShape {
    pub(super) grant: u64,
    pub(super) amount: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpiryShape<'a> {
    pub(super) seq: u64,
    #[serde(with = "instant")]
    pub(super) recorded_at: Timestamp,
    #[serde(rename = "type")]
    pub(super) kind: Cow<'a, str>,
    pub(super) grant: u64,
    pub(super) amount: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VoidShape<'a> {
    pub(super) seq: u64,
    #[serde(with = "instant")]
    pub(super) recorded_at: Timestamp,
    #[serde(rename = "type")]
    pub(super) kind: Cow<'a, str>,
    pub(super) cause: VoidCauseShape,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) price: Option<u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) rest: bool,
    pub(super) purchase: Cow<'a, str>,
    pub(super) grant: u64,
    pub(super) amount: u64,
    pub(super) shortfall: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum VoidCauseShape {
    Refund,
    Dispute,
    Reinstatement,
    Returned,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AmendmentShape<'a> {
    pub(super) seq: u64,
    #[serde(with = "instant")]
    pub(super) recorded_at: Timestamp,
    #[serde(rename = "type")]
    pub(super) kind: Cow<'a, str>,
    pub(super) source: Cow<'a, str>,
    pub(super) id: Cow<'a, str>,
    pub(super) usage: u64,
    pub(super) feature: Cow<'a, str>,
    pub(super) amount: u64,
    pub(super) allocations: Vec<AllocationShape>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HoldShape<'a> {
    pub(super) seq: u64,
    #[serde(with = "instant")]
    pub(super) recorded_at: Timestamp,
    #[serde(rename = "type")]
    pub(super) kind: Cow<'a, str>,
    pub(super) source: Cow<'a, str>,
    pub(super) id: Cow<'a, str>,
    pub(super) feature: Cow<'a, str>,
    pub(super) units: u32,
    pub(super) rate: u32,
    pub(super) cost: u64,
    pub(super) revision: u32,
    pub(super) minutes: u32,
    pub(super) allocations: Vec<AllocationShape>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseShape<'a> {
    pub(super) seq: u64,
    #[serde(with = "instant")]
    pub(super) recorded_at: Timestamp,
    #[serde(rename = "type")]
    pub(super) kind: Cow<'a, str>,
    pub(super) hold: u64,
    pub(super) cause: ReleaseCauseShape,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ReleaseCauseShape {
    Released,
    TimedOut,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanChangeShape<'a> {
    pub(super) seq: u64,
    #[serde(with = "instant")]
    pub(super) recorded_at: Timestamp,
    #[serde(rename = "type")]
    pub(super) kind: Cow<'a, str>,
    pub(super) cause: Cause,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<PlanTermsShape<'a>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Cause {
    Subscribed,
    Upgraded,
    Scheduled,
    TakenBack,
    CameDue,
    TrialEnded,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanTermsShape<'a> {
    pub(super) plan: Cow<'a, str>,
    pub(super) allowance: u64,
    pub(super) ai: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ControlsChangeShape<'a> {
    pub(super) seq: u64,
    #[serde(with = "instant")]
    pub(super) recorded_at: Timestamp,
    #[serde(rename = "type")]
    pub(super) kind: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) automation: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) features: Vec<FeatureControlShape<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeatureControlShape<'a> {
    pub(super) feature: Cow<'a, str>,
    pub(super) on: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cap: Option<u64>,
}
