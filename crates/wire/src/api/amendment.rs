//! Amendments: failed work costs nothing (rule 12).

use metering::{Command, MAX_ID_LENGTH};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::PositionBody;

/// A wish to give back what failed work cost: `POST …/amendments`. The reporter's id makes it safe to send again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendmentWish {
    /// Who reported the usage, 1..=256 bytes.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    pub source: String,
    /// The reporter's own id of the amendment, 1..=256 bytes.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    pub id: String,
    /// The usage's id; a captured hold is the usage `hold:ID`.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    pub usage: String,
}

/// What an amendment came to, if it was not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AmendmentOutcome {
    /// It is in the ledger.
    Recorded,
    /// It was in the ledger already.
    Duplicate,
}

/// The answer to an amendment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AmendmentAnswer {
    /// What it came to.
    pub outcome: AmendmentOutcome,
    /// Its entry in the ledger.
    pub seq: u64,
    /// What it gave back, in credits.
    pub amount: u64,
    /// The position after it.
    pub position: PositionBody,
}

impl From<AmendmentWish> for Command {
    fn from(wish: AmendmentWish) -> Self {
        let AmendmentWish { source, id, usage } = wish;
        Self::Amend { source, id, usage }
    }
}
