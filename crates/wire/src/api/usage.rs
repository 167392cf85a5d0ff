//! Answers to reported usage.

use metering::{MAX_ID_LENGTH, MAX_UNITS};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::PositionBody;
use crate::problem::Problem;

/// What a reported usage came to, if it was not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UsageOutcome {
    /// 201: it is in the ledger.
    Recorded,
    /// 200: it was in the ledger already.
    Duplicate,
    /// 200: the action costs nothing and is not recorded.
    Unmetered,
    /// 200: asked whether it would be taken, and it would.
    WouldBeRecorded,
}

/// A question whether usage would be taken now: `POST …/usage/check`. It records nothing, and promises nothing either:
/// whoever wants to be sure asks for a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsageCheck {
    /// What would be used: a feature's id.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    pub feature: String,
    /// How many units, 1..=1,000,000; 1, if absent.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = MAX_UNITS))]
    pub units: u32,
}

const fn one() -> u32 {
    1
}

/// The answer to one usage event that was taken: `POST …/usage`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UsageAnswer {
    /// What it came to.
    pub outcome: UsageOutcome,
    /// Its entry in the ledger; absent if it is unmetered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// What it cost, or would cost, in credits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<u64>,
    /// The position after it.
    pub position: PositionBody,
}

/// The answer to one event of a batch: either an answer or a problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BatchAnswer {
    /// The status that the event would have had alone.
    #[schemars(range(min = 200, max = 599))]
    pub status: u16,
    /// The answer, if it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<UsageAnswer>,
    /// The problem, if it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// The answer to a batch, one for each event, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BatchBody {
    /// The answers.
    pub answers: Vec<BatchAnswer>,
}
