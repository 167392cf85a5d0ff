//! Ledger entries: the only thing that ever changes an account.

use crate::{Credits, FeatureControl, Labels, Period, Timestamp};

/// One line of a workspace's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number: 1, 2, 3 … without gaps, per workspace.
    pub seq: u64,
    /// When it counts for balances and order. Never decreases along `seq` (rule 15).
    pub recorded_at: Timestamp,
    /// What happened.
    pub kind: EntryKind,
}

/// What an entry records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// Credits came.
    Grant(Grant),
    /// AI work was paid for.
    Usage(Usage),
    /// What was left of a grant is gone.
    Expiry(Expiry),
    /// Credits of a refunded or disputed pack were taken back, or given back after a dispute won.
    Void(Void),
    /// The credits of failed work were given back.
    Amendment(Amendment),
    /// Credits were reserved for work under way. Moves none.
    Hold(Hold),
    /// A hold ended without work to pay for. Moves none.
    Release(Release),
    /// The plan changed, or will.
    PlanChange(PlanChange),
    /// An admin turned something on or off, or set a cap.
    ControlsChange(ControlsChange),
}

impl EntryKind {
    /// The kind's name in ledgers and interfaces.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Grant(_) => "grant",
            Self::Usage(_) => "usage",
            Self::Expiry(_) => "expiry",
            Self::Void(_) => "void",
            Self::Amendment(_) => "amendment",
            Self::Hold(_) => "hold",
            Self::Release(_) => "release",
            Self::PlanChange(_) => "plan_change",
            Self::ControlsChange(_) => "controls_change",
        }
    }
}

/// A credit grant. Its id is the `seq` of its entry. Never edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Where the credits come from.
    pub origin: GrantOrigin,
    /// How many.
    pub amount: Credits,
    /// Draw-down priority: lower pays first.
    pub priority: u8,
    /// It pays from here on …
    pub effective_at: Timestamp,
    /// … until before here; for ever, if absent.
    pub expires_at: Option<Timestamp>,
}

/// Where a grant comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantOrigin {
    /// The trial's allowance; the trial is the period.
    Trial(Period),
    /// A plan's allowance; it opens this usage period.
    Allowance {
        /// The plan.
        plan: String,
        /// The period that it opens.
        period: Period,
    },
    /// The difference that an upgrade adds to the running period (rule 8).
    Upgrade {
        /// The plan upgraded to.
        plan: String,
    },
    /// A pack (rule 10).
    TopUp {
        /// The purchase that paid for it.
        purchase: String,
        /// The pack.
        pack: String,
        /// What was paid, in minor units of the catalogue's currency.
        price: u64,
    },
}

/// The kinds of grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GrantSource {
    /// A plan's recurring credits, upgrades included.
    Allowance,
    /// A trial's credits.
    Trial,
    /// A pack.
    TopUp,
}

impl GrantSource {
    /// The source's name in ledgers and interfaces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowance => "allowance",
            Self::Trial => "trial",
            Self::TopUp => "top_up",
        }
    }
}

impl Grant {
    /// What kind of grant it is.
    #[must_use]
    pub const fn source(&self) -> GrantSource {
        match self.origin {
            GrantOrigin::Trial(_) => GrantSource::Trial,
            GrantOrigin::Allowance { .. } | GrantOrigin::Upgrade { .. } => GrantSource::Allowance,
            GrantOrigin::TopUp { .. } => GrantSource::TopUp,
        }
    }
}

/// Paid AI work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Who reported it; with `id` it names the usage for ever (rule 14).
    pub source: String,
    /// The reporter's id of it.
    pub id: String,
    /// What was used.
    pub feature: String,
    /// How many units.
    pub units: u32,
    /// Credits a unit, from the catalogue revision below.
    pub rate: u32,
    /// `rate × units`.
    pub cost: Credits,
    /// The catalogue revision that priced it.
    pub revision: u32,
    /// When the work was done, if the reporter said; else it was done when it was recorded.
    pub occurred_at: Option<Timestamp>,
    /// Who and what it was for.
    pub labels: Labels,
    /// The hold that it captures (the `seq` of its entry), if it does. What else the hold reserved is free again.
    pub hold: Option<u64>,
    /// The grants that paid, in draw-down order. Their sum is `cost`.
    pub allocations: Vec<Allocation>,
}

impl Usage {
    /// When the work was done, for trends (rule 15).
    #[must_use]
    pub fn done_at(&self, recorded_at: Timestamp) -> Timestamp {
        self.occurred_at.unwrap_or(recorded_at)
    }
}

/// A usage as it stands in the bytes that it was read from: what the rules look at, nothing copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageView<'a> {
    /// Who reported it.
    pub source: &'a str,
    /// The reporter's id of it.
    pub id: &'a str,
    /// What was used.
    pub feature: &'a str,
    /// How many units.
    pub units: u32,
    /// Credits a unit.
    pub rate: u32,
    /// `rate × units`.
    pub cost: Credits,
    /// The catalogue revision that priced it.
    pub revision: u32,
    /// When the work was done, if the reporter said.
    pub occurred_at: Option<Timestamp>,
    /// The hold that it captures, if it does.
    pub hold: Option<u64>,
    /// The grants that paid.
    pub allocations: &'a [Allocation],
}

impl<'a> From<&'a Usage> for UsageView<'a> {
    fn from(usage: &'a Usage) -> Self {
        Self {
            source: &usage.source,
            id: &usage.id,
            feature: &usage.feature,
            units: usage.units,
            rate: usage.rate,
            cost: usage.cost,
            revision: usage.revision,
            occurred_at: usage.occurred_at,
            hold: usage.hold,
            allocations: &usage.allocations,
        }
    }
}

/// What one grant paid of a usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// The grant: the `seq` of its entry.
    pub grant: u64,
    /// What it paid.
    pub amount: Credits,
}

/// Credits of a pack taken back (rule 11), or given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Void {
    /// What made it.
    pub cause: VoidCause,
    /// The purchase.
    pub purchase: String,
    /// Its grant: the `seq` of its entry.
    pub grant: u64,
    /// How many credits this entry takes out of the grant; a reinstatement puts them back into it.
    pub amount: Credits,
    /// What refunds and disputes claim of the pack and could not be taken, after this entry: it was spent, is held or
    /// has expired. What of it returns to the pack later is taken then.
    pub shortfall: Credits,
}

/// What made a void.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VoidCause {
    /// Money was given back.
    Refund {
        /// The refund's id (rule 14).
        id: String,
        /// How much, in minor units.
        price: u64,
        /// It was asked for as "the rest", without an amount.
        rest: bool,
    },
    /// The payer disputes the payment: it claims the whole pack.
    Dispute {
        /// The dispute's id.
        id: String,
    },
    /// The dispute was won: what refunds alone do not claim is given back.
    Reinstatement {
        /// The reinstatement's id.
        id: String,
    },
    /// Credits returned to a pack with a shortfall and are taken at once.
    Returned,
}

impl VoidCause {
    /// The cause's name in ledgers and interfaces.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Refund { .. } => "refund",
            Self::Dispute { .. } => "dispute",
            Self::Reinstatement { .. } => "reinstatement",
            Self::Returned => "returned",
        }
    }
}

/// Failed work costs nothing (rule 12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    /// Who reports it; the usage was reported by the same.
    pub source: String,
    /// The reporter's id of the amendment.
    pub id: String,
    /// The amended usage: the `seq` of its entry.
    pub usage: u64,
    /// Its feature.
    pub feature: String,
    /// What it gives back: all that the usage cost.
    pub amount: Credits,
    /// The grants that it gives back to: those that paid.
    pub allocations: Vec<Allocation>,
}

/// Credits reserved for work under way (rule 13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Who asked for it.
    pub source: String,
    /// The asker's id of it.
    pub id: String,
    /// What is about to be used.
    pub feature: String,
    /// How many units at most.
    pub units: u32,
    /// Credits a unit, from the catalogue revision below; a capture pays this rate.
    pub rate: u32,
    /// `rate × units`: what is reserved.
    pub cost: Credits,
    /// The catalogue revision that priced it.
    pub revision: u32,
    /// How many minutes it lives.
    pub minutes: u32,
    /// The grants that it reserves, in draw-down order. Their sum is `cost`.
    pub allocations: Vec<Allocation>,
}

impl Hold {
    /// When it times out: from there on it cannot be captured.
    #[must_use]
    pub const fn until(&self, recorded_at: Timestamp) -> Timestamp {
        recorded_at.plus_millis(self.minutes as i64 * 60_000)
    }
}

/// The end of a hold that was not captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// The hold: the `seq` of its entry.
    pub hold: u64,
    /// What ended it.
    pub cause: ReleaseCause,
}

/// What ended a hold that was not captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseCause {
    /// It was released.
    Released,
    /// Its time was up.
    TimedOut,
}

impl ReleaseCause {
    /// The cause's name in ledgers and interfaces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::TimedOut => "timed_out",
        }
    }
}

/// What was left of a grant when it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// The grant: the `seq` of its entry.
    pub grant: u64,
    /// What was left.
    pub amount: Credits,
}

/// A change of plan, at once or announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanChange {
    /// The plan changed to; none after a cancellation or a trial.
    pub to: Option<PlanTerms>,
    /// What made it, and whether it counts at once.
    pub cause: PlanChangeCause,
}

/// A plan as subscribed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanTerms {
    /// The plan's id.
    pub plan: String,
    /// Credits a period; 0 without AI.
    pub allowance: Credits,
    /// Whether AI is in it.
    pub ai: bool,
}

/// What made a plan change, and when it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanChangeCause {
    /// The first plan, or one after none: counts at once and opens a period.
    Subscribed,
    /// More allowance, or AI newly included: counts at once.
    Upgraded,
    /// A downgrade or a cancellation: counts at the next refresh.
    Scheduled,
    /// A pending change was taken back.
    TakenBack,
    /// A scheduled change counts from here on.
    CameDue,
    /// The trial's time was up.
    TrialEnded,
}

impl PlanChangeCause {
    /// The cause's name in ledgers and interfaces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subscribed => "subscribed",
            Self::Upgraded => "upgraded",
            Self::Scheduled => "scheduled",
            Self::TakenBack => "taken_back",
            Self::CameDue => "came_due",
            Self::TrialEnded => "trial_ended",
        }
    }
}

/// A change of controls (rule 16): only what changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlsChange {
    /// Automation turned on or off, if that changed.
    pub automation: Option<bool>,
    /// The new controls of the features that changed.
    pub features: Vec<(String, FeatureControl)>,
}
