//! What a ledger has recorded under ids, so that nothing counts twice (rule 14).

use crate::{Amendment, Hold, Usage};

/// Looks up what is recorded under an id. An account does not know: it stays small however long its ledger is. Whoever
/// keeps the ledger does, in memory ([`crate::Register`]) or in a database's index; for one command it is enough to
/// know the ids that the command names.
pub trait Past {
    /// The usage with this id.
    fn usage(&self, source: &str, id: &str) -> Option<PastUsage>;
    /// The amendment with this id.
    fn amendment(&self, source: &str, id: &str) -> Option<PastAmendment>;
    /// The hold with this id.
    fn hold(&self, source: &str, id: &str) -> Option<PastHold>;
    /// The refund, dispute or reinstatement with this id.
    fn claim(&self, kind: ClaimKind, id: &str) -> Option<PastClaim>;
}

/// A recorded usage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastUsage {
    /// Its entry.
    pub seq: u64,
    /// What it says.
    pub usage: Usage,
    /// The entry of the amendment that gave its credits back, if one did.
    pub amended: Option<u64>,
}

/// A recorded amendment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastAmendment {
    /// Its entry.
    pub seq: u64,
    /// What it says.
    pub amendment: Amendment,
}

/// A recorded hold, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastHold {
    /// Its entry.
    pub seq: u64,
    /// What it says.
    pub hold: Hold,
    /// How it ended, as far as the ledger says so. A hold whose time is up ends all the same, if nothing says so yet.
    pub end: Option<HoldEnd>,
}

/// How a hold ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldEnd {
    /// Work was paid for out of it.
    Captured {
        /// The entry of the usage.
        seq: u64,
        /// How many units were used.
        units: u32,
    },
    /// It was released.
    Released,
    /// Its time was up.
    TimedOut,
}

/// What can claim credits of a pack back, or give them back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClaimKind {
    /// Money was given back.
    Refund,
    /// The payer disputes the payment.
    Dispute,
    /// The dispute was won.
    Reinstatement,
}

/// A recorded refund, dispute or reinstatement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastClaim {
    /// Its entry.
    pub seq: u64,
    /// The purchase.
    pub purchase: String,
    /// The amount of a refund, in minor units, if it was asked for with one.
    pub amount: Option<u64>,
}

/// A past in which nothing was recorded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Blank;

impl Past for Blank {
    fn usage(&self, _: &str, _: &str) -> Option<PastUsage> {
        None
    }

    fn amendment(&self, _: &str, _: &str) -> Option<PastAmendment> {
        None
    }

    fn hold(&self, _: &str, _: &str) -> Option<PastHold> {
        None
    }

    fn claim(&self, _: ClaimKind, _: &str) -> Option<PastClaim> {
        None
    }
}
