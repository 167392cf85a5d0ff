//! The metering rules: how credits are granted, spent, refreshed, bought and lost.
//!
//! Everything here is pure. Nothing reads a clock, a file or a socket; an instant is always an argument. The credit
//! service calls [`decide`] to turn a command into ledger entries, and everybody (service, desktop app, tests) calls
//! [`Account::apply`] to fold the same entries into the same account. What an account answers at an instant is its
//! [`Position`]. [`Verifier`] names every entry of a ledger that the rules would not have made.
//!
//! An account is small however long its ledger is. What deciding needs beyond it, which ids the ledger has recorded, is
//! a [`Past`]: a [`Register`] in memory, or the index of a database. A [`Meter`] is an account with its register. A
//! [`Snapshot`] is an account to be kept, so that opening it again takes no replay.
//!
//! The types carry no serialisation: how entries and catalogues look as text is the `wire` crate's business.

mod account;
mod books;
mod bounds;
mod catalogue;
mod command;
mod decide;
mod due;
mod entry;
mod grants;
mod keyed;
mod local;
mod meter;
mod past;
mod period;
mod position;
mod purchase;
mod register;
mod revisions;
mod shelf;
mod snapshot;
mod time;
mod verify;
mod warning;

pub use account::{Access, Account, Broken, Controls, FeatureControl, LiveHold, Terms, Totals};
pub use bounds::{
    CAPTURE_PREFIX, EARLY_LIMIT_MS, HOLD_MINUTES, LATE_LIMIT_MS, MAX_ALLOWANCE, MAX_CAP, MAX_HOLD_ID_LENGTH,
    MAX_HOLD_MINUTES, MAX_ID_LENGTH, MAX_PACK_DAYS, MAX_PRICE, MAX_RATE, MAX_TOTAL, MAX_TRIAL_DAYS, MAX_UNITS,
    PERIOD_PRIORITY, TOP_UP_PRIORITY,
};
pub use catalogue::{Allowance, Catalogue, Fault, Feature, Pack, Plan, Price, TrialOffer, Unmetered, WarningDefaults};
pub use command::{
    Command, ControlsRequest, Decision, FeatureRequest, HoldRequest, Invalid, Labels, Outcome, PurchaseTerms, Refusal,
    UsageRequest,
};
pub use decide::decide;
pub use entry::{
    Allocation, Amendment, ControlsChange, Entry, EntryKind, Expiry, Grant, GrantOrigin, GrantSource, Hold, PlanChange,
    PlanChangeCause, PlanTerms, Release, ReleaseCause, Usage, UsageView, Void, VoidCause,
};
pub use grants::LiveGrant;
pub use local::{first_instant_at, local_time};
pub use meter::Meter;
pub use past::{Blank, ClaimKind, HoldEnd, Past, PastAmendment, PastClaim, PastHold, PastUsage};
pub use period::{Period, RefreshRule, Schedule};
pub use position::{FeaturePosition, Position, State};
pub use purchase::Purchase;
pub use register::Register;
pub use revisions::Revisions;
pub use snapshot::{BadSnapshot, Snapshot, SnapshotAccess};
pub use time::{BadInstant, Timestamp};
pub use verify::{Aspect, Finding, Next, Repeats, Verifier, verify};
pub use warning::{Outlook, Threshold, Warning, WarningChange, warnings};

/// An integer number of credits (the unit of metered AI work). Never fractional, never a float; totals stay at or
/// under [`MAX_TOTAL`].
pub type Credits = u64;
