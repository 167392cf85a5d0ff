//! What a player has to remember between one command and the next.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How far a player has come. Stored in the same transaction as what it did, so that it goes on exactly there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Progress {
    /// Every row is moved by so many milliseconds. It never changes once the sample has begun.
    pub(super) shift_ms: i64,
    /// How often the trace has gone round.
    pub(super) round: u32,
    /// The next row.
    pub(super) row: usize,
    /// The next step of the admin.
    pub(super) step: usize,
    /// When the admin is going to buy a pack, in milliseconds since the epoch.
    pub(super) buy_at: Option<i64>,
    /// Packs bought so far, ever.
    pub(super) bought: u32,
    /// The start of the period that the next number counts in.
    pub(super) period: Option<i64>,
    /// Packs bought or about to be in that period.
    pub(super) bought_in_period: u32,
    /// The last local day on which a kind of row was the day's first, in days since the common era.
    pub(super) seen_on: BTreeMap<u16, i32>,
}

impl Progress {
    pub(super) const fn new(shift_ms: i64) -> Self {
        Self {
            shift_ms,
            round: 0,
            row: 0,
            step: 0,
            buy_at: None,
            bought: 0,
            period: None,
            bought_in_period: 0,
            seen_on: BTreeMap::new(),
        }
    }
}
