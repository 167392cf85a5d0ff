//! The position, as the window shows it.

use metering::{Access, Account, Catalogue, Period, PlanTerms, Schedule, State, Timestamp};

use crate::ranges::Periods;
use crate::view;

/// Everything a person asks of the account at `now`.
#[must_use]
pub(crate) fn position(account: &Account, now: Timestamp) -> view::Position {
    let position = account.position(now);
    let catalogue = account.catalogue(now);
    let access = account.access(now);
    let features = catalogue
        .features
        .iter()
        .zip(&position.features)
        .map(|(feature, status)| view::FeatureStatus {
            id: feature.id.clone(),
            name: feature.name.clone(),
            group: feature.group.clone(),
            rate: feature.rate,
            rate_assumed: feature.assumed,
            can_run: status.refusal.is_none(),
            reason: status.refusal.and_then(reason),
        })
        .collect();
    let refresh_at = match access {
        Access::Plan { period, .. } => period.map(|period| period.end.as_millis()),
        Access::Trial(_) | Access::None => None,
    };
    view::Position {
        at: position.at.as_millis(),
        available: position.available,
        allowance: position.allowance,
        allowance_size: position.allowance_size,
        allowance_assumed: allowance_assumed(catalogue, &access),
        top_up: position.top_up,
        held: position.held,
        used: position.used,
        state: state(position.state),
        low: position.is_low(catalogue.warnings.low_percent),
        trial_ends_at: match access {
            Access::Trial(period) => Some(period.end.as_millis()),
            _ => None,
        },
        period: position.period.map(period),
        refresh_at,
        next_allowance: next_allowance(account, &access, now),
        features,
    }
}

/// What the coming refresh brings, a pending change of plan included.
fn next_allowance(account: &Account, access: &Access, now: Timestamp) -> Option<u64> {
    let Access::Plan { terms, .. } = access else { return None };
    match account.pending_plan(now) {
        Some(pending) => pending.map(|terms: PlanTerms| terms.allowance),
        None => Some(terms.allowance),
    }
}

fn allowance_assumed(catalogue: &Catalogue, access: &Access) -> bool {
    match access {
        Access::None => false,
        Access::Trial(_) => catalogue.trial.as_ref().is_some_and(|trial| trial.assumed),
        Access::Plan { terms, .. } => catalogue.plan(&terms.plan).is_some_and(|plan| plan.assumed),
    }
}

/// The running usage period and the ones before it.
#[must_use]
pub(crate) fn periods(access: &Access) -> Periods {
    let Access::Plan { period: Some(current), schedule, .. } = access else {
        return Periods { current: access.period(), ..Periods::default() };
    };
    let last = before(schedule, *current);
    Periods { current: Some(*current), last, before_last: last.and_then(|last| before(schedule, last)) }
}

/// The period ahead of one, unless that was the first.
fn before(schedule: &Schedule, later: Period) -> Option<Period> {
    let earlier = schedule.period_at(later.start.plus_millis(-1));
    (earlier.end == later.start).then_some(earlier)
}

/// The banner that is live at this position, if one is.
#[must_use]
pub(crate) fn banner(position: &view::Position, may_buy: bool) -> Option<view::Banner> {
    use view::{BannerAction, BannerCode, WorkspaceState};
    let (code, action) = match position.state {
        WorkspaceState::Paused => (BannerCode::Paused, BannerAction::TopUp),
        WorkspaceState::NoPlan => (BannerCode::NoPlan, BannerAction::ChangePlan),
        WorkspaceState::PlanExcludesAi => (BannerCode::PlanExcludesAi, BannerAction::ChangePlan),
        WorkspaceState::Trial | WorkspaceState::Active if position.low => (BannerCode::Low, BannerAction::TopUp),
        WorkspaceState::Trial | WorkspaceState::Active => return None,
    };
    Some(view::Banner {
        code,
        available: position.available,
        allowance_size: position.allowance_size,
        until: position.refresh_at,
        action: may_buy.then_some(action),
    })
}

/// A stretch of time, as the window takes it.
#[must_use]
pub(crate) const fn period(period: Period) -> view::Period {
    view::Period { start: period.start.as_millis(), end: period.end.as_millis() }
}

const fn state(state: State) -> view::WorkspaceState {
    match state {
        State::Trial => view::WorkspaceState::Trial,
        State::Active => view::WorkspaceState::Active,
        State::Paused => view::WorkspaceState::Paused,
        State::NoPlan => view::WorkspaceState::NoPlan,
        State::PlanExcludesAi => view::WorkspaceState::PlanExcludesAi,
    }
}

const fn reason(refusal: metering::Refusal) -> Option<view::Refusal> {
    use metering::Refusal;
    Some(match refusal {
        Refusal::Exhausted => view::Refusal::Exhausted,
        Refusal::PlanExcludesAi => view::Refusal::PlanExcludesAi,
        Refusal::NoPlan => view::Refusal::NoPlan,
        Refusal::AutomationOff => view::Refusal::AutomationOff,
        Refusal::FeatureOff => view::Refusal::FeatureOff,
        Refusal::CapReached => view::Refusal::CapReached,
        Refusal::UnknownFeature => view::Refusal::UnknownFeature,
        // A position never asks for a trial, nor for a hold.
        Refusal::TrialUnavailable | Refusal::HoldEnded => return None,
    })
}
