//! Snapshots: what an account is after an entry, to be kept, so that opening it again takes no replay.
//!
//! A snapshot changes what a position costs, never what it is (rule 18): an account that is restored from one answers,
//! decides and takes the rest of its ledger like the account that it was taken of. Whoever keeps a snapshot keeps it with
//! the ledger that it is of; that the two belong together nothing in it says.

mod check;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::NaiveDateTime;
use chrono_tz::Tz;

use crate::books::Books;
use crate::grants::Grants;
use crate::{
    Access, Account, Controls, Credits, LiveGrant, LiveHold, Period, PlanTerms, Purchase, RefreshRule, Schedule, Terms,
    Timestamp, Totals,
};

/// All that an account is but for its terms. What [`Account::snapshot`] gives can be restored; anything else is looked
/// over first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The number of the last entry, at most [`crate::MAX_TOTAL`]; 0 before the first, and then all else is empty.
    pub last_seq: u64,
    /// When that entry was recorded.
    pub last_recorded_at: Timestamp,
    /// The sums over the entries as they stand, in credits.
    pub totals: Totals,
    /// The grants with something left, in draw-down order.
    pub live: Vec<LiveGrant>,
    /// The grants with nothing left (`remaining` is 0), by `seq`: credits may return to them.
    pub spent: Vec<LiveGrant>,
    /// The holds that live, the first to time out first, then by `seq`.
    pub holds: Vec<LiveHold>,
    /// The purchases that were credited, by id.
    pub purchases: BTreeMap<String, Purchase>,
    /// Credits spent less amended in this period, by feature; a feature stands once.
    pub used: Vec<(String, Credits)>,
    /// The entry that began this period; 0 before the first period.
    pub period_seq: u64,
    /// What gives access to AI.
    pub access: SnapshotAccess,
    /// A change of plan that waits for the next refresh: `Some(None)` is a cancellation.
    pub pending: Option<Option<PlanTerms>>,
    /// The controls in force; a feature stands once.
    pub controls: Controls,
    /// How many grants there have been.
    pub grants_made: u64,
    /// How many of them were no packs.
    pub allowances_made: u64,
    /// What the trial brought, in credits; 0 without one.
    pub trial_size: Credits,
    /// Whether there has been a trial.
    pub had_trial: bool,
    /// Whether there has been a plan.
    pub had_plan: bool,
}

/// What gives access in a snapshot: as [`Access`], without the time zone, which belongs to the terms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SnapshotAccess {
    /// Nothing: no trial, no plan.
    #[default]
    None,
    /// A trial, which is its own period.
    Trial(Period),
    /// A plan.
    Plan {
        /// As subscribed to.
        terms: PlanTerms,
        /// The running period; `None` only between a subscription's entry and the grant that opens its period.
        period: Option<Period>,
        /// When the plan's allowance refreshes.
        refresh: RefreshRule,
        /// Local date and time of the plan's first boundary, from which all others are counted.
        anchor: NaiveDateTime,
    },
}

/// A snapshot that no ledger of the rules leads to: it was altered, or cut. The ledger itself tells what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSnapshot {
    /// The last entry that it says it counts.
    pub last_seq: u64,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for BadSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "snapshot after entry {}: {}", self.last_seq, self.message)
    }
}

impl std::error::Error for BadSnapshot {}

impl Account {
    /// What the account is after its last entry. What has fallen due since then is not carried out in it.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let books = &self.books;
        Snapshot {
            last_seq: books.last_seq,
            last_recorded_at: books.last_recorded_at,
            totals: books.totals,
            live: books.grants.live().to_vec(),
            spent: books.grants.spent().cloned().collect(),
            holds: books.holds.clone(),
            purchases: BTreeMap::clone(&books.purchases),
            used: books.used.clone(),
            period_seq: books.period_seq,
            access: SnapshotAccess::from(&books.access),
            pending: books.pending.clone(),
            controls: books.controls.clone(),
            grants_made: books.grants_made,
            allowances_made: books.allowances_made,
            trial_size: books.trial_size,
            had_trial: books.had_trial,
            had_plan: books.had_plan,
        }
    }

    /// The account that a snapshot was taken of. The terms have to be those that its ledger is kept under: they may have
    /// more revisions than they had then.
    ///
    /// # Errors
    /// [`BadSnapshot`] if no account of a ledger that the rules made can be like this. Nothing is wrong with the ledger
    /// then: replay it from its first entry.
    pub fn restore(terms: Terms, snapshot: Snapshot) -> Result<Self, BadSnapshot> {
        let last_seq = snapshot.last_seq;
        let bad = |message| BadSnapshot { last_seq, message };
        check::check(&snapshot).map_err(bad)?;
        let access = snapshot.access.under(terms.zone).map_err(bad)?;
        let mut books = Books {
            last_seq,
            last_recorded_at: snapshot.last_recorded_at,
            grants: Grants::new(snapshot.live, snapshot.spent),
            holds: snapshot.holds,
            purchases: Arc::new(snapshot.purchases),
            totals: snapshot.totals,
            used: snapshot.used,
            period_seq: snapshot.period_seq,
            access,
            pending: snapshot.pending,
            controls: snapshot.controls,
            grants_made: snapshot.grants_made,
            allowances_made: snapshot.allowances_made,
            trial_size: snapshot.trial_size,
            had_trial: snapshot.had_trial,
            had_plan: snapshot.had_plan,
            quiet_until: Timestamp::MIN,
        };
        books.find_quiet();
        Ok(Self { terms, books })
    }
}

impl From<&Access> for SnapshotAccess {
    fn from(access: &Access) -> Self {
        match access {
            Access::None => Self::None,
            Access::Trial(period) => Self::Trial(*period),
            Access::Plan { terms, period, schedule } => Self::Plan {
                terms: terms.clone(),
                period: *period,
                refresh: schedule.rule(),
                anchor: schedule.anchor(),
            },
        }
    }
}

impl SnapshotAccess {
    /// The access in a billing time zone.
    fn under(self, zone: Tz) -> Result<Access, String> {
        Ok(match self {
            Self::None => Access::None,
            Self::Trial(period) => Access::Trial(period),
            Self::Plan { terms, period, refresh, anchor } => {
                let Some(schedule) = Schedule::anchored(refresh, zone, anchor) else {
                    return Err(format!("no plan's periods count from {anchor} in {zone} ({})", refresh.name()));
                };
                Access::Plan { terms, period, schedule }
            }
        })
    }
}
