//! Why the use of credits changed.

use serde::Serialize;
use ts_rs::TS;

use super::{Label, Period};

/// What explains a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CauseOf {
    /// A feature.
    Feature,
    /// A member.
    Member,
    /// A channel.
    Channel,
    /// Who reported it.
    Source,
}

impl From<Label> for CauseOf {
    fn from(label: Label) -> Self {
        match label {
            Label::Member => Self::Member,
            Label::Channel => Self::Channel,
            Label::Source => Self::Source,
        }
    }
}

/// One part of a change.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Cause {
    /// What it is.
    pub of: CauseOf,
    /// The feature's id, or the name in the ledger.
    pub key: String,
    /// Its name, for people.
    pub name: String,
    /// A feature's group.
    pub group: Option<String>,
    /// Credits in the range.
    pub credits: u64,
    /// Credits in the range before.
    pub before: u64,
    /// Its change as a part of the change of everything: 0.8 is most of it; over 1 where others go the other way.
    pub part: f64,
    /// The first day of a lasting change within the range, where there is a clear one …
    pub since: Option<i64>,
    /// … and how many times as much a day was used from then on. 0 where it ended.
    pub times: Option<f64>,
}

/// Why more or less was used than in the range before.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Why {
    /// The range, up to now.
    pub range: Period,
    /// The range before it; none where the ledger does not reach that far back.
    pub previous: Option<Period>,
    /// Credits in the range.
    pub credits: u64,
    /// Credits in the range before.
    pub before: u64,
    /// What explains the change, the features first, of each kind the largest first; empty where nothing stands out.
    pub causes: Vec<Cause>,
}
