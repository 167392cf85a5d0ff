//! Controls: what an admin turned on and off, and the caps (rule 16).

use metering::{Catalogue, Controls, ControlsRequest, FeatureControl, FeatureRequest, MAX_CAP};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::api::Named;

/// The controls in force: `GET …/controls`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ControlsBody {
    /// Whether features that need automation may run.
    pub automation: bool,
    /// Each feature of the catalogue, in its order.
    pub features: Named<FeatureControlBody>,
}

/// The controls of one feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FeatureControlBody {
    /// Whether it may run.
    pub on: bool,
    /// Most credits that it may use in a period; absent without a cap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<u64>,
}

impl ControlsBody {
    /// The controls of an account kept under this catalogue.
    #[must_use]
    pub fn of(catalogue: &Catalogue, controls: &Controls) -> Self {
        let body = |FeatureControl { on, cap }| FeatureControlBody { on, cap };
        let features = catalogue.features.iter().map(|one| (one.id.clone(), body(controls.feature(&one.id))));
        Self { automation: controls.automation, features: Named(features.collect()) }
    }
}

/// A wish to change controls: `PUT …/controls`. What is absent stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlsPatch {
    /// Turn all automation on or off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automation: Option<bool>,
    /// Features to change, by id.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub features: Named<FeaturePatch>,
}

/// A wish for one feature. What is absent stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeaturePatch {
    /// Turn it on or off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<bool>,
    /// Set the cap in credits a period; `null` lifts it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = MAX_CAP))]
    pub cap: Option<Option<u64>>,
}

/// Tells `null` from an absent field.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<u64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl From<ControlsPatch> for ControlsRequest {
    fn from(patch: ControlsPatch) -> Self {
        let request = |FeaturePatch { on, cap }| FeatureRequest { on, cap };
        let features = patch.features.0.into_iter().map(|(id, wish)| (id, request(wish)));
        Self { automation: patch.automation, features: features.collect() }
    }
}
