//! An account: what a workspace's ledger entries add up to.

use std::collections::BTreeMap;
use std::fmt;

use chrono_tz::Tz;

use crate::books::Books;
use crate::{
    Allocation, Catalogue, Credits, Entry, LiveGrant, Period, PlanTerms, Position, Purchase, Revisions, Schedule,
    Timestamp,
};

/// What an account is kept under: the catalogue through its revisions, and the workspace's billing time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What the provider sells, and since when.
    pub catalogues: Revisions,
    /// Where local midnight is.
    pub zone: Tz,
}

impl Terms {
    /// The terms of a workspace.
    #[must_use]
    pub fn new(catalogues: impl Into<Revisions>, zone: Tz) -> Self {
        Self { catalogues: catalogues.into(), zone }
    }

    /// The revision of the catalogue that counts at an instant.
    #[must_use]
    pub fn catalogue(&self, at: Timestamp) -> &Catalogue {
        self.catalogues.at(at)
    }
}

/// A workspace's account: small whatever the length of its ledger. Only [`Account::apply`] changes it.
#[derive(Clone, Debug)]
pub struct Account {
    pub(crate) terms: Terms,
    pub(crate) books: Books,
}

/// What gives the workspace its access to AI.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Access {
    /// Nothing: no trial, no plan.
    #[default]
    None,
    /// A trial, which is its own period.
    Trial(Period),
    /// A plan.
    Plan {
        /// As subscribed to.
        terms: PlanTerms,
        /// The running period. It is `None` only between a subscription's entry and the grant that opens its period.
        period: Option<Period>,
        /// The plan's periods.
        schedule: Schedule,
    },
}

impl Access {
    /// The running usage period.
    #[must_use]
    pub const fn period(&self) -> Option<Period> {
        match self {
            Self::None => None,
            Self::Trial(period) => Some(*period),
            Self::Plan { period, .. } => *period,
        }
    }
}

/// A hold that lives (rule 13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveHold {
    /// Its number: the `seq` of its entry.
    pub seq: u64,
    /// Who asked for it.
    pub source: String,
    /// The asker's id of it.
    pub id: String,
    /// What is being used.
    pub feature: String,
    /// How many units at most.
    pub units: u32,
    /// Credits a unit.
    pub rate: u32,
    /// The catalogue revision that priced it.
    pub revision: u32,
    /// What it reserves.
    pub cost: Credits,
    /// It lives until before here.
    pub until: Timestamp,
    /// The grants that it reserves, in draw-down order.
    pub allocations: Vec<Allocation>,
}

/// Sums since the beginning; `granted = spent − amended + expired + voided + remaining` (rule 18).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Totals {
    /// All that was granted.
    pub granted: Credits,
    /// All that was spent.
    pub spent: Credits,
    /// What was given back for failed work.
    pub amended: Credits,
    /// What expired.
    pub expired: Credits,
    /// What refunds and disputes took back, net of what was given back again.
    pub voided: Credits,
}

impl Totals {
    /// What is left of all grants, frozen ones included: the ledger balance.
    #[must_use]
    pub const fn balance(&self) -> Credits {
        (self.granted + self.amended).saturating_sub(self.spent + self.expired + self.voided)
    }
}

/// What an admin turned on and off.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Controls {
    /// Whether features that need automation may run. Off until turned on.
    pub automation: bool,
    /// The features that an admin has set, by id; any other is on, without a cap.
    pub features: Vec<(String, FeatureControl)>,
}

/// The controls of one feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureControl {
    /// Whether it may run.
    pub on: bool,
    /// Most credits that it may use in a period.
    pub cap: Option<Credits>,
}

impl Default for FeatureControl {
    fn default() -> Self {
        Self { on: true, cap: None }
    }
}

impl Controls {
    /// The controls of a feature.
    #[must_use]
    pub fn feature(&self, id: &str) -> FeatureControl {
        self.features.iter().find(|(name, _)| name == id).map(|(_, control)| *control).unwrap_or_default()
    }
}

/// An entry does not follow from the ones before it: the ledger was altered, or it is not this workspace's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The entry.
    pub seq: u64,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {}: {}", self.seq, self.message)
    }
}

impl std::error::Error for Broken {}

impl Account {
    /// The account of a workspace without any entry.
    #[must_use]
    pub fn new(terms: Terms) -> Self {
        Self { terms, books: Books { quiet_until: Timestamp::MAX, ..Books::default() } }
    }

    /// Folds the next entry of the ledger into the account.
    ///
    /// # Errors
    /// [`Broken`] if the entry cannot follow from those before it; the account is then as it was. That an entry can
    /// follow does not mean that the rules made it: for that, see [`crate::Verifier`].
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Broken> {
        self.books.apply(&self.terms, entry)
    }

    /// Everything a person asks at an instant, what falls due by then included. Writes nothing (rule 3).
    #[must_use]
    pub fn position(&self, at: Timestamp) -> Position {
        let (books, at) = self.books_at(at);
        crate::position::position(self.terms.catalogue(at), &books, at)
    }

    /// The sums at an instant, what falls due by then included.
    #[must_use]
    pub fn totals(&self, at: Timestamp) -> Totals {
        self.books_at(at).0.totals
    }

    /// The grants with something left at an instant, in draw-down order.
    #[must_use]
    pub fn live_grants(&self, at: Timestamp) -> Vec<LiveGrant> {
        self.books_at(at).0.into_owned().grants.into_live()
    }

    /// The holds that live at an instant, the first to time out first.
    #[must_use]
    pub fn live_holds(&self, at: Timestamp) -> Vec<LiveHold> {
        self.books_at(at).0.into_owned().holds
    }

    /// The purchases that were credited, by id, with what refunds and disputes claim of each.
    #[must_use]
    pub fn purchases(&self) -> &BTreeMap<String, Purchase> {
        &self.books.purchases
    }

    /// What gives access at an instant.
    #[must_use]
    pub fn access(&self, at: Timestamp) -> Access {
        self.books_at(at).0.into_owned().access
    }

    /// A change of plan that waits for the next refresh: `Some(None)` is a cancellation.
    #[must_use]
    pub fn pending_plan(&self, at: Timestamp) -> Option<Option<PlanTerms>> {
        self.books_at(at).0.into_owned().pending
    }

    /// The controls in force.
    #[must_use]
    pub const fn controls(&self) -> &Controls {
        &self.books.controls
    }

    /// The revision of the catalogue that counts at an instant, or at the last entry if that is later.
    #[must_use]
    pub fn catalogue(&self, at: Timestamp) -> &Catalogue {
        self.terms.catalogue(at.max(self.books.last_recorded_at))
    }

    /// The terms that the account is kept under.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The number of the last entry; 0 before the first.
    #[must_use]
    pub const fn last_seq(&self) -> u64 {
        self.books.last_seq
    }

    /// When the last entry was recorded.
    #[must_use]
    pub const fn last_recorded_at(&self) -> Timestamp {
        self.books.last_recorded_at
    }

    /// The sums over the entries as they stand, without what has fallen due since the last.
    #[must_use]
    pub const fn recorded_totals(&self) -> Totals {
        self.books.totals
    }
}
