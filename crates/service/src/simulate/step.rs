//! One step of a scenario: what each command has to say and may say.

use metering::{Command, ControlsRequest, FeatureRequest, HOLD_MINUTES, HoldRequest, Timestamp, UsageRequest};
use serde::Deserialize;
use serde_json::value::RawValue;
use wire::api::Named;
use wire::instant;

use super::number::{StandIn, Whole};
use super::place::{ScenarioError, object, parse};

/// Who reports the work of a scenario.
const SOURCE: &str = "scenario";

#[derive(Debug)]
pub(super) struct Step {
    pub(super) at: Timestamp,
    pub(super) action: Action,
    pub(super) stand_ins: Vec<StandIn>,
}

#[derive(Debug)]
pub(super) enum Action {
    Do(Command),
    Look,
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
struct SubscribeShape<'a> {
    at: String,
    r#do: String,
    plan: String,
    #[serde(borrow)]
    allowance: Option<Whole<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "as for Bare")]
struct UseShape<'a> {
    at: String,
    r#do: String,
    id: String,
    feature: String,
    #[serde(borrow)]
    units: Option<Whole<'a>>,
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
struct RefundShape<'a> {
    at: String,
    r#do: String,
    id: String,
    purchase: String,
    #[serde(borrow)]
    amount: Option<Whole<'a>>,
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
struct HoldShape<'a> {
    at: String,
    r#do: String,
    id: String,
    feature: String,
    #[serde(borrow)]
    units: Option<Whole<'a>>,
    minutes: Option<Whole<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "as for Bare")]
struct CaptureShape<'a> {
    at: String,
    r#do: String,
    hold: String,
    #[serde(borrow)]
    units: Option<Whole<'a>>,
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
struct ControlsShape<'a> {
    at: String,
    r#do: String,
    automation: Option<bool>,
    #[serde(borrow, default)]
    features: Named<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeatureShape<'a> {
    on: Option<bool>,
    #[serde(borrow, default, deserialize_with = "present")]
    cap: Option<Option<Whole<'a>>>,
}

/// Tells `null` from an absent field.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Whole<'de>>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Step {
    /// Reads a step, which is a part of the text.
    pub(super) fn read(text: &str, raw: &str) -> Result<Self, ScenarioError> {
        let Head { at, r#do } = object(text, raw)?;
        let mut stand_ins = Vec::new();
        let action = match r#do.command(text, raw, &mut stand_ins)? {
            Some(command) => Action::Do(command),
            None => Action::Look,
        };
        Ok(Self { at, action, stand_ins })
    }
}

impl Verb {
    /// The command of a step; none, if it only looks.
    fn command(self, text: &str, raw: &str, stand_ins: &mut Vec<StandIn>) -> Result<Option<Command>, ScenarioError> {
        // 0 is out of the bounds of units and minutes, and so large a number of all credits.
        let (none, beyond) = (0_u32, u64::MAX);
        Ok(Some(match self {
            Self::Balance => {
                parse::<Bare>(text, raw)?;
                return Ok(None);
            }
            Self::StartTrial => parse::<Bare>(text, raw).map(|_| Command::StartTrial)?,
            Self::Cancel => parse::<Bare>(text, raw).map(|_| Command::Cancel)?,
            Self::Subscribe => {
                let SubscribeShape { plan, allowance, .. } = parse(text, raw)?;
                Command::Subscribe { plan, allowance: allowance.map(|one| one.fit("allowance", beyond, stand_ins)) }
            }
            Self::Use => {
                let UseShape { id, feature, units, occurred_at, .. } = parse(text, raw)?;
                let units = units.map_or(1, |units| units.fit("units", none, stand_ins));
                let source = SOURCE.into();
                Command::Use(UsageRequest { source, id, feature, units, occurred_at, ..UsageRequest::default() })
            }
            Self::Amend => {
                let AmendShape { id, usage, .. } = parse(text, raw)?;
                Command::Amend { source: SOURCE.into(), id, usage }
            }
            Self::Hold => {
                let HoldShape { id, feature, units, minutes, .. } = parse(text, raw)?;
                let units = units.map_or(1, |units| units.fit("units", none, stand_ins));
                let minutes = minutes.map_or(HOLD_MINUTES, |minutes| minutes.fit("minutes", none, stand_ins));
                Command::Hold(HoldRequest { source: SOURCE.into(), id, feature, units, minutes })
            }
            Self::Capture => {
                let CaptureShape { hold, units, .. } = parse(text, raw)?;
                let units = units.map(|units| units.fit("units", none, stand_ins));
                Command::Capture { source: SOURCE.into(), hold, units }
            }
            Self::Release => {
                let ReleaseShape { hold, .. } = parse(text, raw)?;
                Command::Release { source: SOURCE.into(), hold }
            }
            Self::Buy => {
                let BuyShape { id, pack, .. } = parse(text, raw)?;
                Command::Buy { purchase: id, pack }
            }
            Self::Refund => {
                let RefundShape { id, purchase, amount, .. } = parse(text, raw)?;
                Command::Refund { id, purchase, amount: amount.map(|one| one.fit("amount", beyond, stand_ins)) }
            }
            Self::Dispute => {
                let ClaimShape { id, purchase, .. } = parse(text, raw)?;
                Command::Dispute { id, purchase }
            }
            Self::Reinstate => {
                let ClaimShape { id, purchase, .. } = parse(text, raw)?;
                Command::Reinstate { id, purchase }
            }
            Self::Controls => {
                let ControlsShape { automation, features, .. } = parse(text, raw)?;
                let mut wishes = Vec::new();
                for (id, wish) in features.0 {
                    let FeatureShape { on, cap } = object(text, wish.get())?;
                    let cap = cap.map(|cap| cap.map(|cap| cap.fit("cap", beyond, stand_ins)));
                    wishes.push((id, FeatureRequest { on, cap }));
                }
                Command::Controls(ControlsRequest { automation, features: wishes })
            }
        }))
    }
}
