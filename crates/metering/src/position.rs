//! The position: everything a person asks at an instant.

use crate::books::Books;
use crate::{Access, Catalogue, Credits, Feature, GrantSource, LiveGrant, Period, Refusal, Timestamp};

/// Everything a person asks of an account at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The instant.
    pub at: Timestamp,
    /// Credits that can be spent now; 0 while nothing gives access.
    pub available: Credits,
    /// What is left of allowance, trial and upgrade credits, less what holds reserve.
    pub allowance: Credits,
    /// What the running period brought in allowance, trial or upgrade credits.
    pub allowance_size: Credits,
    /// What is left of packs, frozen ones included, less what holds reserve.
    pub top_up: Credits,
    /// What holds reserve.
    pub held: Credits,
    /// Spent less amended in this period.
    pub used: Credits,
    /// What the workspace can do.
    pub state: State,
    /// The running period; none without plan and trial.
    pub period: Option<Period>,
    /// How many grants there have been. A refresh, a purchase and an upgrade bring one; it clears warnings and arms them
    /// anew (rule 17).
    pub grants_made: u64,
    /// How many of them were no packs: allowances, upgrades, the trial.
    pub allowances_made: u64,
    /// Each feature of the catalogue, in its order.
    pub features: Vec<FeaturePosition>,
}

/// What a workspace can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// A trial runs.
    Trial,
    /// A plan runs.
    Active,
    /// Nothing that is turned on can be afforded (rule 6).
    Paused,
    /// There is no plan.
    NoPlan,
    /// The plan has no AI in it.
    PlanExcludesAi,
}

impl State {
    /// The stable code in answers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Trial => "trial",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::NoPlan => "no_plan",
            Self::PlanExcludesAi => "plan_excludes_ai",
        }
    }
}

/// Whether a feature can run now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeaturePosition {
    /// The feature's id.
    pub feature: String,
    /// Spent less amended on it in this period.
    pub used: Credits,
    /// Why one unit of it would be refused; none if it can run.
    pub refusal: Option<Refusal>,
}

impl Position {
    /// Whether available credits are under `percent` of what the period brought, while there is access and an
    /// allowance to compare with.
    #[must_use]
    pub fn is_low(&self, percent: u8) -> bool {
        let has_access = matches!(self.state, State::Trial | State::Active | State::Paused);
        let (left, all) = (u128::from(self.available) * 100, u128::from(self.allowance_size) * u128::from(percent));
        has_access && self.allowance_size > 0 && left < all
    }
}

/// The position of rolled-forward books.
pub(crate) fn position(catalogue: &Catalogue, books: &Books, at: Timestamp) -> Position {
    let left = |wanted: fn(GrantSource) -> bool| -> Credits {
        let live = books.grants.live().iter();
        live.filter(|grant| grant.pays_at(at) && wanted(grant.source)).map(LiveGrant::free).sum()
    };
    let refused = no_access(&books.access);
    let available = if refused.is_some() { 0 } else { books.grants.payable(at) };
    let features: Vec<FeaturePosition> = catalogue
        .features
        .iter()
        .map(|feature| FeaturePosition {
            feature: feature.id.clone(),
            used: books.used_by(&feature.id),
            refusal: refusal(books, feature, 1, available),
        })
        .collect();
    let allowance_size = match &books.access {
        Access::None => 0,
        Access::Trial(_) => books.trial_size,
        Access::Plan { terms, .. } => terms.allowance,
    };
    Position {
        at,
        available,
        allowance: left(|source| source != GrantSource::TopUp),
        allowance_size,
        top_up: left(|source| source == GrantSource::TopUp),
        held: books.grants.held(),
        used: books.used.iter().map(|(_, used)| used).sum(),
        state: state(catalogue, books, available),
        period: books.access.period(),
        grants_made: books.grants_made,
        allowances_made: books.allowances_made,
        features,
    }
}

/// What refuses all AI work, whatever the feature.
pub(crate) const fn no_access(access: &Access) -> Option<Refusal> {
    match access {
        Access::None => Some(Refusal::NoPlan),
        Access::Plan { terms, .. } if !terms.ai => Some(Refusal::PlanExcludesAi),
        Access::Trial(_) | Access::Plan { .. } => None,
    }
}

/// Why so many units of a feature would be refused now, in the order of the checks.
pub(crate) fn refusal(books: &Books, feature: &Feature, units: u32, available: Credits) -> Option<Refusal> {
    if let Some(refusal) = no_access(&books.access) {
        return Some(refusal);
    }
    let control = books.controls.feature(&feature.id);
    if !control.on {
        return Some(Refusal::FeatureOff);
    }
    if feature.automation && !books.controls.automation {
        return Some(Refusal::AutomationOff);
    }
    // Units and rates are at most a million each, so that this cannot overflow.
    let cost = Credits::from(feature.rate) * Credits::from(units);
    if control.cap.is_some_and(|cap| committed(books, &feature.id).saturating_add(cost) > cap) {
        return Some(Refusal::CapReached);
    }
    if cost > available {
        return Some(Refusal::Exhausted);
    }
    None
}

/// What counts against a feature's cap: what this period used, and what live holds reserve (rule 13).
fn committed(books: &Books, feature: &str) -> Credits {
    books.used_by(feature).saturating_add(books.held_for(feature))
}

/// Paused: something is turned on, and none of it can be afforded. Caps do not make a pause (rule 6).
fn state(catalogue: &Catalogue, books: &Books, available: Credits) -> State {
    let running = match &books.access {
        Access::None => return State::NoPlan,
        Access::Plan { terms, .. } if !terms.ai => return State::PlanExcludesAi,
        Access::Trial(_) => State::Trial,
        Access::Plan { .. } => State::Active,
    };
    let mut on = catalogue
        .features
        .iter()
        .filter(|feature| books.controls.feature(&feature.id).on && (!feature.automation || books.controls.automation))
        .peekable();
    if on.peek().is_none() || on.any(|feature| Credits::from(feature.rate) <= available) {
        running
    } else {
        State::Paused
    }
}
