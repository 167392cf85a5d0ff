//! The metering rules: how credits are granted, spent, refreshed, bought and lost.
//!
//! Everything here is pure. Nothing reads a clock, a file or a socket; an instant is always an argument. The credit
//! service calls [`Account::decide`] to turn a command into ledger entries, and everybody (service, desktop app,
//! tests) calls [`Account::apply`] to fold the same entries into the same account. What an account answers at an
//! instant is its [`Position`].
//!
//! The types carry no serialisation: how entries and catalogues look as text is the `wire` crate's business.

mod account;
mod bounds;
mod catalogue;
mod command;
mod decide;
mod due;
mod entry;
mod period;
mod position;
mod time;

pub use account::{Access, Account, Broken, Controls, FeatureControl, LiveGrant, Terms, Totals};
pub use bounds::{
    EARLY_LIMIT_MS, LATE_LIMIT_MS, MAX_ALLOWANCE, MAX_CAP, MAX_ID_LENGTH, MAX_RATE, MAX_TOTAL, MAX_UNITS,
    PERIOD_PRIORITY, TOP_UP_PRIORITY,
};
pub use catalogue::{Allowance, Catalogue, Fault, Feature, Pack, Plan, Price, TrialOffer, Unmetered, WarningDefaults};
pub use command::{
    Command, ControlsRequest, Decision, FeatureRequest, Invalid, Labels, Outcome, PurchaseTerms, Refusal, UsageRequest,
};
pub use entry::{
    Allocation, ControlsChange, Entry, EntryKind, Expiry, Grant, GrantOrigin, GrantSource, PlanChange, PlanChangeCause,
    PlanTerms, Usage,
};
pub use period::{Period, RefreshRule, Schedule, first_instant_at, local_time};
pub use position::{FeaturePosition, Position, State};
pub use time::{BadInstant, Timestamp};

/// An integer number of credits (the unit of metered AI work). Never fractional, never a float; totals stay at or
/// under [`MAX_TOTAL`].
pub type Credits = u64;
