//! Holds: credits reserved for work under way (rule 13).

use metering::{
    Command, HOLD_MINUTES, HoldEnd, HoldRequest, MAX_HOLD_ID_LENGTH, MAX_HOLD_MINUTES, MAX_ID_LENGTH, MAX_UNITS,
    PastHold, Timestamp,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::PositionBody;
use crate::instant;

/// A wish to reserve credits: `POST …/holds`. The asker's id makes it safe to send again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldWish {
    /// Who asks, 1..=256 bytes; with `id` it names the hold for ever.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    pub source: String,
    /// The asker's own id of the hold, 1..=251 bytes.
    #[schemars(length(min = 1, max = MAX_HOLD_ID_LENGTH))]
    pub id: String,
    /// What is about to be used: a feature's id.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    pub feature: String,
    /// How many units at most, 1..=1,000,000; 1, if absent.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = MAX_UNITS))]
    pub units: u32,
    /// How long the work may take, 1..=1,440 minutes; 15, if absent.
    #[serde(default = "usual_minutes")]
    #[schemars(range(min = 1, max = MAX_HOLD_MINUTES))]
    pub minutes: u32,
}

/// A wish to pay for work out of a hold: `POST …/holds/{hold}/capture`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptureWish {
    /// Who asked for the hold, 1..=256 bytes.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    pub source: String,
    /// How many units were used, 1 up to those held; all of them, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = MAX_UNITS))]
    pub units: Option<u32>,
}

/// A wish to free what is reserved: `POST …/holds/{hold}/release`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseWish {
    /// Who asked for the hold, 1..=256 bytes.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    pub source: String,
}

/// What a wish about a hold came to, if it was not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldOutcome {
    /// It is in the ledger.
    Recorded,
    /// It was in the ledger already.
    Duplicate,
    /// The action costs nothing: there is nothing to hold.
    Unmetered,
    /// The hold had ended: there was nothing to release.
    Unchanged,
}

/// How a hold stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldState {
    /// It reserves its credits.
    Live,
    /// Work was paid for out of it.
    Captured,
    /// It was released.
    Released,
    /// Its time was up.
    TimedOut,
}

/// A hold, and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldBody {
    /// Who asked for it.
    pub source: String,
    /// The asker's id of it.
    pub id: String,
    /// Its entry in the ledger.
    pub seq: u64,
    /// What is being used.
    pub feature: String,
    /// How many units at most.
    pub units: u32,
    /// What it reserves, or reserved while it lived, in credits.
    pub cost: u64,
    /// How it stands.
    pub state: HoldState,
    /// It lives until before here; absent once it has ended.
    #[serde(with = "instant::option", default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<instant::Instant>")]
    pub until: Option<Timestamp>,
    /// The entry of the usage that captured it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_seq: Option<u64>,
    /// How many units were captured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_units: Option<u32>,
}

/// The answer to a wish about a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldAnswer {
    /// What it came to.
    pub outcome: HoldOutcome,
    /// The entry that it made, now or the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// What it reserved, or what the captured work cost, in credits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<u64>,
    /// The hold as it stands; absent if the action is unmetered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldBody>,
    /// The position after it.
    pub position: PositionBody,
}

impl From<HoldWish> for Command {
    fn from(wish: HoldWish) -> Self {
        let HoldWish { source, id, feature, units, minutes } = wish;
        Self::Hold(HoldRequest { source, id, feature, units, minutes })
    }
}

impl HoldBody {
    /// A hold as the ledger knows it; `until` is when its time is up, while it lives.
    #[must_use]
    pub fn of(past: &PastHold, until: Option<Timestamp>) -> Self {
        let (state, captured) = match past.end {
            None => (HoldState::Live, None),
            Some(HoldEnd::Captured { seq, units }) => (HoldState::Captured, Some((seq, units))),
            Some(HoldEnd::Released) => (HoldState::Released, None),
            Some(HoldEnd::TimedOut) => (HoldState::TimedOut, None),
        };
        Self {
            source: past.hold.source.clone(),
            id: past.hold.id.clone(),
            seq: past.seq,
            feature: past.hold.feature.clone(),
            units: past.hold.units,
            cost: past.hold.cost,
            state,
            until,
            captured_seq: captured.map(|(seq, _)| seq),
            captured_units: captured.map(|(_, units)| units),
        }
    }
}

const fn one() -> u32 {
    1
}

const fn usual_minutes() -> u32 {
    HOLD_MINUTES
}
