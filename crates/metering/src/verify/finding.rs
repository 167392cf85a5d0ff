//! What a verifier has to say about an entry.

use std::fmt;

/// Something about an entry that the rules would not have made so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The entry.
    pub seq: u64,
    /// What about it.
    pub aspect: Aspect,
    /// What it says, and what the rules give.
    pub message: String,
}

impl Finding {
    /// A finding about entry `seq`.
    pub fn new(seq: u64, aspect: Aspect, message: impl Into<String>) -> Self {
        Self { seq, aspect, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {}: {}: {}", self.seq, self.aspect.name(), self.message)
    }
}

/// Says that an id was recorded before, and whose it is, if a source gave it.
pub(super) fn known_id(id: &str, source: &str, first: u64) -> String {
    let of = if source.is_empty() { "" } else { " of " };
    format!("its id \"{id}\"{of}{source} was recorded before, by entry {first}")
}

/// What can be wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aspect {
    /// The bytes are no entry.
    Form,
    /// The hash does not follow from the one before it and the bytes (rule 19).
    Chain,
    /// Its number is not the next one.
    Order,
    /// Its date goes back, or is ahead of the entry after it (rule 15).
    Date,
    /// The revision, the rate or the cost is not what the catalogue gives (rule 4).
    Rate,
    /// It would have been refused, or is not in the bounds (rules 4, 9, 16, 20).
    Allowed,
    /// Other grants pay than the draw-down order gives (rule 5), or other ones are paid back (rule 12).
    Allocation,
    /// What expires, or when, or that something should have expired (rules 3, 5, 7).
    Expiry,
    /// The fresh allowance of a period (rules 2, 3, 8).
    Refresh,
    /// A change of plan (rules 7, 8).
    Plan,
    /// A pack, a refund or a dispute (rules 10, 11).
    Pack,
    /// A hold, or how it ended (rule 13).
    Hold,
    /// A change of controls (rule 16).
    Controls,
    /// Its id was recorded before (rule 14).
    Twice,
}

impl Aspect {
    /// The aspect's name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Chain => "chain",
            Self::Order => "order",
            Self::Date => "date",
            Self::Rate => "rate",
            Self::Allowed => "allowed",
            Self::Allocation => "allocation",
            Self::Expiry => "expiry",
            Self::Refresh => "refresh",
            Self::Plan => "plan",
            Self::Pack => "pack",
            Self::Hold => "hold",
            Self::Controls => "controls",
            Self::Twice => "twice",
        }
    }
}
