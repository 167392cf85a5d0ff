//! The position, as people ask for it and as a refusal explains itself.

use metering::{Account, FeaturePosition, GrantSource, LiveGrant, Period, Position, Refusal, State, Timestamp, Totals};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Named;
use crate::instant;

/// The position, in credits: the same fields in every answer that carries one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PositionBody {
    /// What can be spent now; 0 while nothing gives access.
    pub available: u64,
    /// What is left of allowance, trial and upgrade credits, less what holds reserve.
    pub allowance: u64,
    /// What is left of packs, frozen ones included, less what holds reserve.
    pub top_up: u64,
    /// What holds reserve.
    pub held: u64,
    /// Spent less amended in this period.
    pub used: u64,
    /// `trial`, `active`, `paused`, `no_plan` or `plan_excludes_ai`.
    #[schemars(extend("enum" = state_codes()))]
    pub state: String,
    /// The running period, as `[start, end]`; `null` without one.
    #[serde(with = "instant::period")]
    #[schemars(with = "Option<instant::Span>")]
    pub period: Option<Period>,
    /// Whether one unit of each feature would be taken now, in the catalogue's order.
    pub can_run: Named<bool>,
}

impl From<&Position> for PositionBody {
    fn from(position: &Position) -> Self {
        let runs = |one: &FeaturePosition| (one.feature.clone(), one.refusal.is_none());
        Self {
            available: position.available,
            allowance: position.allowance,
            top_up: position.top_up,
            held: position.held,
            used: position.used,
            state: position.state.code().into(),
            period: position.period,
            can_run: Named(position.features.iter().map(runs).collect()),
        }
    }
}

/// Sums since the beginning, in credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TotalsBody {
    /// All that was granted.
    pub granted: u64,
    /// All that was spent.
    pub spent: u64,
    /// What was given back for failed work.
    pub amended: u64,
    /// What expired.
    pub expired: u64,
    /// What refunds and disputes took back, net.
    pub voided: u64,
}

impl From<Totals> for TotalsBody {
    fn from(totals: Totals) -> Self {
        let Totals { granted, spent, amended, expired, voided } = totals;
        Self { granted, spent, amended, expired, voided }
    }
}

/// The balance at an instant: `GET …/balance`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BalanceBody {
    /// The instant that it holds for.
    #[serde(with = "instant")]
    #[schemars(with = "instant::Instant")]
    pub at: Timestamp,
    /// The last entry that it counts; 0 before the first.
    pub seq: u64,
    /// The position.
    #[serde(flatten)]
    pub position: PositionBody,
    /// What the running period brought in allowance, trial or upgrade credits.
    pub allowance_size: u64,
    /// How many grants there have been. It says which crossing a warning is of.
    #[serde(default)]
    pub grants_made: u64,
    /// How many of them were no packs: it says so of a share of the allowance.
    #[serde(default)]
    pub allowances_made: u64,
    /// Each feature of the catalogue, in its order.
    pub features: Vec<FeatureBody>,
    /// Sums since the beginning.
    pub totals: TotalsBody,
    /// The grants with something left, in draw-down order.
    pub grants: Vec<GrantBody>,
}

/// A feature at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FeatureBody {
    /// Its id.
    pub feature: String,
    /// Credits spent on it in this period, less amended ones.
    pub used: u64,
    /// Why one unit of it would be refused; absent if it can run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = REFUSALS.map(Refusal::code)))]
    pub refusal: Option<String>,
}

/// A grant with something left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GrantBody {
    /// Its id: the `seq` of its entry.
    pub grant: u64,
    /// `allowance`, `trial` or `top_up`.
    #[schemars(extend("enum" = SOURCES.map(GrantSource::name)))]
    pub source: String,
    /// The purchase that paid for it, if it is a pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase: Option<String>,
    /// What it brought, in credits.
    pub amount: u64,
    /// What is left of it, in credits; what holds reserve is part of it.
    pub remaining: u64,
    /// What holds reserve of it, in credits; nothing, if absent.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub held: u64,
    /// What refunds and disputes claim of it beyond what they could take, in credits; nothing, if absent.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub shortfall: u64,
    /// Draw-down priority: lower pays first.
    pub priority: u8,
    /// It pays from here on …
    #[serde(with = "instant")]
    #[schemars(with = "instant::Instant")]
    pub effective_at: Timestamp,
    /// … until before here; for ever, if absent.
    #[serde(with = "instant::option", default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<instant::Instant>")]
    pub expires_at: Option<Timestamp>,
}

impl From<&LiveGrant> for GrantBody {
    fn from(grant: &LiveGrant) -> Self {
        Self {
            grant: grant.seq,
            source: grant.source.name().into(),
            purchase: grant.purchase.clone(),
            amount: grant.amount,
            remaining: grant.remaining,
            held: grant.held,
            shortfall: grant.shortfall,
            priority: grant.priority,
            effective_at: grant.effective_at,
            expires_at: grant.expires_at,
        }
    }
}

impl BalanceBody {
    /// The balance of an account at an instant.
    #[must_use]
    pub fn of(account: &Account, at: Timestamp) -> Self {
        let position = account.position(at);
        let feature = |one: &FeaturePosition| FeatureBody {
            feature: one.feature.clone(),
            used: one.used,
            refusal: one.refusal.map(|refusal| refusal.code().into()),
        };
        Self {
            at: position.at,
            seq: account.last_seq(),
            position: PositionBody::from(&position),
            allowance_size: position.allowance_size,
            grants_made: position.grants_made,
            allowances_made: position.allowances_made,
            features: position.features.iter().map(feature).collect(),
            totals: account.totals(at).into(),
            grants: account.live_grants(at).iter().map(GrantBody::from).collect(),
        }
    }
}

/// An answer names a state, a refusal or a source that this version does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not known to this version")]
pub struct UnknownCode(pub String);

impl TryFrom<&BalanceBody> for Position {
    type Error = UnknownCode;

    fn try_from(body: &BalanceBody) -> Result<Self, UnknownCode> {
        let features = body.features.iter().map(|one| {
            let refusal = one.refusal.as_deref().map(refusal).transpose()?;
            Ok(FeaturePosition { feature: one.feature.clone(), used: one.used, refusal })
        });
        Ok(Self {
            at: body.at,
            available: body.position.available,
            allowance: body.position.allowance,
            allowance_size: body.allowance_size,
            top_up: body.position.top_up,
            held: body.position.held,
            used: body.position.used,
            state: state(&body.position.state)?,
            period: body.position.period,
            grants_made: body.grants_made,
            allowances_made: body.allowances_made,
            features: features.collect::<Result<_, UnknownCode>>()?,
        })
    }
}

impl TryFrom<&GrantBody> for LiveGrant {
    type Error = UnknownCode;

    fn try_from(body: &GrantBody) -> Result<Self, UnknownCode> {
        Ok(Self {
            seq: body.grant,
            source: grant_source(&body.source)?,
            purchase: body.purchase.clone(),
            amount: body.amount,
            remaining: body.remaining,
            held: body.held,
            shortfall: body.shortfall,
            priority: body.priority,
            effective_at: body.effective_at,
            expires_at: body.expires_at,
        })
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_zero(credits: &u64) -> bool {
    *credits == 0
}

/// Where credits come from.
const SOURCES: [GrantSource; 3] = [GrantSource::Allowance, GrantSource::Trial, GrantSource::TopUp];
/// How a workspace stands.
const STATES: [State; 5] = [State::Trial, State::Active, State::Paused, State::NoPlan, State::PlanExcludesAi];
/// Why the rules refuse.
const REFUSALS: [Refusal; 9] = [
    Refusal::Exhausted,
    Refusal::PlanExcludesAi,
    Refusal::NoPlan,
    Refusal::AutomationOff,
    Refusal::FeatureOff,
    Refusal::CapReached,
    Refusal::UnknownFeature,
    Refusal::TrialUnavailable,
    Refusal::HoldEnded,
];

/// How a state is written.
pub(super) fn state_codes() -> [&'static str; 5] {
    STATES.map(State::code)
}

pub(crate) fn grant_source(code: &str) -> Result<GrantSource, UnknownCode> {
    SOURCES.into_iter().find(|source| source.name() == code).ok_or_else(|| UnknownCode(code.into()))
}

fn state(code: &str) -> Result<State, UnknownCode> {
    STATES.into_iter().find(|state| state.code() == code).ok_or_else(|| UnknownCode(code.into()))
}

fn refusal(code: &str) -> Result<Refusal, UnknownCode> {
    REFUSALS.into_iter().find(|refusal| refusal.code() == code).ok_or_else(|| UnknownCode(code.into()))
}
