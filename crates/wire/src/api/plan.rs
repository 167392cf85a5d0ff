//! The plan and its changes (rules 7 and 8).

use metering::{Access, Account, Command, MAX_ALLOWANCE, MAX_ID_LENGTH, Outcome, Period, PlanTerms, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::balance::state_codes;
use crate::instant;

/// What the workspace is subscribed to: `GET …/plan`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanBody {
    /// `trial`, `active`, `paused`, `no_plan` or `plan_excludes_ai`.
    #[schemars(extend("enum" = state_codes()))]
    pub state: String,
    /// The plan; absent in a trial and without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanTermsBody>,
    /// The running period, as `[start, end]`; `null` without one.
    #[serde(with = "instant::period", default)]
    #[schemars(with = "Option<instant::Span>")]
    pub period: Option<Period>,
    /// A change that waits for the next refresh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<PendingBody>,
}

/// A plan as subscribed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanTermsBody {
    /// The plan's id.
    pub plan: String,
    /// Credits a period; 0 without AI.
    pub allowance: u64,
    /// Whether AI is in it.
    pub ai: bool,
}

/// A change that waits for the next refresh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PendingBody {
    /// The plan to come; `null` for a cancellation.
    pub to: Option<PlanTermsBody>,
}

impl From<&PlanTerms> for PlanTermsBody {
    fn from(terms: &PlanTerms) -> Self {
        Self { plan: terms.plan.clone(), allowance: terms.allowance, ai: terms.ai }
    }
}

impl From<PlanTermsBody> for PlanTerms {
    fn from(body: PlanTermsBody) -> Self {
        Self { plan: body.plan, allowance: body.allowance, ai: body.ai }
    }
}

impl PlanBody {
    /// The plan of an account at an instant.
    #[must_use]
    pub fn of(account: &Account, at: Timestamp) -> Self {
        let position = account.position(at);
        let plan = match account.access(at) {
            Access::Plan { terms, .. } => Some(PlanTermsBody::from(&terms)),
            Access::None | Access::Trial(_) => None,
        };
        let pending = account.pending_plan(at).map(|to| PendingBody { to: to.as_ref().map(PlanTermsBody::from) });
        Self { state: position.state.code().into(), plan, period: position.period, pending }
    }
}

/// A change of plan: `POST …/plan`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum PlanRequest {
    /// Choose a plan: the first, an upgrade, a downgrade, or the current one to take a pending change back.
    Subscribe {
        /// The plan's id.
        #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
        plan: String,
        /// Credits a period, for a plan whose allowance is by agreement.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(max = MAX_ALLOWANCE))]
        allowance: Option<u64>,
    },
    /// End the plan at the next refresh.
    Cancel {},
    /// Start the trial.
    StartTrial {},
}

impl From<PlanRequest> for Command {
    fn from(request: PlanRequest) -> Self {
        match request {
            PlanRequest::Subscribe { plan, allowance } => Self::Subscribe { plan, allowance },
            PlanRequest::Cancel {} => Self::Cancel,
            PlanRequest::StartTrial {} => Self::StartTrial,
        }
    }
}

/// What a change of plan or controls came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeOutcome {
    /// It is in the ledger.
    Recorded,
    /// It was recorded before, under the same idempotency key.
    Duplicate,
    /// It was so already.
    Unchanged,
}

/// The answer to a change of plan or controls, with what holds after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ChangeOf{T}")]
pub struct ChangeAnswer<T> {
    /// What it came to.
    pub outcome: ChangeOutcome,
    /// Its entry, if it made one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// What holds now.
    pub now: T,
}

impl<T> ChangeAnswer<T> {
    /// The answer to an outcome that is neither refused nor invalid.
    #[must_use]
    pub const fn of(outcome: &Outcome, now: T) -> Self {
        match outcome {
            Outcome::Recorded { seq } => Self { outcome: ChangeOutcome::Recorded, seq: Some(*seq), now },
            Outcome::Duplicate { seq } => Self { outcome: ChangeOutcome::Duplicate, seq: Some(*seq), now },
            _ => Self { outcome: ChangeOutcome::Unchanged, seq: None, now },
        }
    }
}
