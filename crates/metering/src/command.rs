//! What can be asked of an account, and what it answers.

use std::borrow::Cow;
use std::fmt;

use crate::{Credits, Entry, Timestamp};

/// Something that a workspace, its admin or a meter asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Start the trial (rule 7).
    StartTrial,
    /// Choose a plan: the first, an upgrade, a downgrade, or the current one again (rule 8).
    Subscribe {
        /// The plan's id.
        plan: String,
        /// Credits a period, for a plan whose allowance is by agreement.
        allowance: Option<Credits>,
    },
    /// End the plan at the next refresh.
    Cancel,
    /// Report AI work.
    Use(UsageRequest),
    /// Ask whether a pack may be bought now (rule 9). Records nothing.
    CheckOut {
        /// The pack's id.
        pack: String,
    },
    /// A payment was confirmed: credit the pack, whatever has become of the plan (rule 10).
    Credit(PurchaseTerms),
    /// Checkout and confirmed payment in one instant.
    Buy {
        /// The buyer's id of the purchase.
        purchase: String,
        /// The pack's id.
        pack: String,
    },
    /// Turn features or automation on or off, set caps (rule 16).
    Controls(ControlsRequest),
    /// Reserve credits for work under way (rule 13).
    Hold(HoldRequest),
    /// Pay for work out of what was reserved for it.
    Capture {
        /// Who asked for the hold.
        source: String,
        /// The hold's id.
        hold: String,
        /// How many units were used, 1 up to those held; all of them, if absent.
        units: Option<u32>,
    },
    /// Free what was reserved.
    Release {
        /// Who asked for the hold.
        source: String,
        /// The hold's id.
        hold: String,
    },
    /// Give back what failed work cost (rule 12).
    Amend {
        /// Who reported the usage.
        source: String,
        /// The reporter's id of the amendment.
        id: String,
        /// The usage's id; a captured hold is the usage `hold:ID`.
        usage: String,
    },
    /// Money of a purchase was given back (rule 11).
    Refund {
        /// The payment provider's id of the refund.
        id: String,
        /// The purchase.
        purchase: String,
        /// How much, in minor units; all that is left of the price, if absent.
        amount: Option<u64>,
    },
    /// The payer disputes a purchase (rule 11).
    Dispute {
        /// The payment provider's id of the dispute.
        id: String,
        /// The purchase.
        purchase: String,
    },
    /// A dispute was won (rule 11).
    Reinstate {
        /// The payment provider's id of the outcome.
        id: String,
        /// The purchase.
        purchase: String,
    },
}

impl From<Command> for Cow<'_, Command> {
    fn from(command: Command) -> Self {
        Self::Owned(command)
    }
}

impl<'a> From<&'a Command> for Cow<'a, Command> {
    fn from(command: &'a Command) -> Self {
        Self::Borrowed(command)
    }
}

/// Work under way that credits are to be reserved for.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct HoldRequest {
    /// Who asks.
    pub source: String,
    /// The asker's id of the hold; with `source` it names the hold for ever.
    pub id: String,
    /// What is about to be used.
    pub feature: String,
    /// How many units at most.
    pub units: u32,
    /// How long the work may take, in minutes.
    pub minutes: u32,
}

/// AI work to be paid for.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct UsageRequest {
    /// Who reports it.
    pub source: String,
    /// The reporter's id of it; with `source` it names the usage for ever.
    pub id: String,
    /// What was used.
    pub feature: String,
    /// How many units.
    pub units: u32,
    /// When the work was done, if the reporter says.
    pub occurred_at: Option<Timestamp>,
    /// Who and what it was for.
    pub labels: Labels,
}

/// Who and what a usage was for, as far as the reporter says. Part of its content (rule 14).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Labels {
    /// The member whose work it was.
    pub member: Option<String>,
    /// The channel it came through (chat, email …).
    pub channel: Option<String>,
    /// The provider's own reference, like a conversation number.
    pub reference: Option<String>,
}

/// What was bought, as agreed at checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseTerms {
    /// The buyer's id of the purchase: it is credited once (rule 14).
    pub purchase: String,
    /// The pack's id.
    pub pack: String,
    /// Its credits.
    pub credits: Credits,
    /// What was paid, in minor units.
    pub price: u64,
    /// It expires so many times 24 hours after it is credited; never, if absent.
    pub expires_after_days: Option<u32>,
}

/// A wish to change controls; what is absent stays.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ControlsRequest {
    /// Turn all automation on or off.
    pub automation: Option<bool>,
    /// Features to change, by id.
    pub features: Vec<(String, FeatureRequest)>,
}

/// A wish for one feature; what is absent stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct FeatureRequest {
    /// Turn it on or off.
    pub on: Option<bool>,
    /// Set the cap in credits a period, or lift it with `Some(None)`.
    pub cap: Option<Option<Credits>>,
}

/// What a command comes to: the entries to append, in order, and the answer. Only a recorded command has entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What falls due before the command, then what the command records.
    pub entries: Vec<Entry>,
    /// The answer.
    pub outcome: Outcome,
}

/// The answer to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the ledger. `seq` is its own entry (what fell due before stands ahead of it).
    Recorded {
        /// The command's own entry.
        seq: u64,
    },
    /// This id with this content was recorded before: the first answer again.
    Duplicate {
        /// The entry that the first one made.
        seq: u64,
    },
    /// This id was recorded with other content; nothing changes.
    Conflict {
        /// The entry that the first one made.
        seq: u64,
    },
    /// The rules do not allow it now; nothing changes, and the same id may be tried again.
    Refused(Refusal),
    /// It is out of bounds or names what does not exist; nothing changes.
    Invalid(Invalid),
    /// There is nothing to record: a read, an unmetered action, a change that changes nothing.
    Unchanged,
}

/// Why the rules refuse a command (rule 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refusal {
    /// Fewer credits are available than it costs.
    Exhausted,
    /// The plan has no AI in it.
    PlanExcludesAi,
    /// There is no plan.
    NoPlan,
    /// Automation is turned off.
    AutomationOff,
    /// The feature is turned off.
    FeatureOff,
    /// The feature's cap for this period does not leave enough.
    CapReached,
    /// The catalogue does not name the feature.
    UnknownFeature,
    /// The workspace had a trial or a plan, or the catalogue has no trial.
    TrialUnavailable,
    /// The hold was released or has timed out: report the work as a plain usage.
    HoldEnded,
}

impl Refusal {
    /// The stable code in answers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Exhausted => "exhausted",
            Self::PlanExcludesAi => "plan_excludes_ai",
            Self::NoPlan => "no_plan",
            Self::AutomationOff => "automation_off",
            Self::FeatureOff => "feature_off",
            Self::CapReached => "cap_reached",
            Self::UnknownFeature => "unknown_feature",
            Self::TrialUnavailable => "trial_unavailable",
            Self::HoldEnded => "hold_ended",
        }
    }
}

/// What is out of bounds, and what would be in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The field.
    pub field: &'static str,
    /// What is wrong with it and what would be right.
    pub message: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}
