//! What may run, and how much of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::RunOut;

/// The control of one feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FeatureControl {
    /// The feature's id.
    pub feature: String,
    /// Its name, for people.
    pub name: String,
    /// Its group.
    pub group: String,
    /// Whether it may run.
    pub on: bool,
    /// Most credits a period; none for any number.
    pub cap: Option<u64>,
    /// Credits that count towards the cap in this period.
    pub used: u64,
    /// It runs only while automation is on.
    pub needs_automation: bool,
    /// Since when it is as it is; none if nobody ever changed it.
    pub since: Option<i64>,
}

/// The controls in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Controls {
    /// Whether this person may change them.
    pub may_change: bool,
    /// Whether automation is on.
    pub automation: bool,
    /// Each feature, in catalogue order.
    pub features: Vec<FeatureControl>,
}

/// A wish for one feature. What is absent stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct FeatureWish {
    /// Turn it on or off.
    pub on: Option<bool>,
    /// Set or lift its cap.
    pub cap: Option<CapWish>,
}

/// A wish for a cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CapWish {
    /// Most credits a period; none lifts the cap.
    pub credits: Option<u64>,
}

/// A wish to change controls. What is absent stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ControlsWish {
    /// Turn automation on or off.
    pub automation: Option<bool>,
    /// By feature.
    pub features: BTreeMap<String, FeatureWish>,
}

/// What a change of controls would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ControlsPreview {
    /// When everything that is available runs out as it is.
    pub now: RunOut,
    /// When it would run out.
    pub then: RunOut,
    /// Credits that would be used up to the refresh as it is …
    pub expected_now: u64,
    /// … and with the change.
    pub expected_then: u64,
}
