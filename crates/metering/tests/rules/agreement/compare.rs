//! What has to be equal after a step.

use std::fmt::Debug;

use metering::{Access, Account, Outcome, PlanTerms, Timestamp};

use crate::naive::{Answer, Left, NaiveOutcome, NaivePlan, NaivePosition, NaiveTotals};

fn equal<T: PartialEq + Debug>(what: &str, ours: &T, naive: &T) -> Result<(), String> {
    if ours == naive { Ok(()) } else { Err(format!("{what}\n  crate {ours:?}\n  naive {naive:?}")) }
}

pub(super) fn outcomes(ours: &Outcome, naive: NaiveOutcome) -> Result<(), String> {
    let same = match ours {
        Outcome::Recorded { .. } => NaiveOutcome::Recorded,
        Outcome::Duplicate { .. } => NaiveOutcome::Duplicate,
        Outcome::Conflict { .. } => NaiveOutcome::Conflict,
        Outcome::Refused(refusal) => NaiveOutcome::Refused(refusal.code()),
        Outcome::Invalid(_) => NaiveOutcome::Invalid,
        Outcome::Unchanged => NaiveOutcome::Ok,
    };
    equal("outcome", &same, &naive).map_err(|how| format!("{how}\n  in full {ours:?}"))
}

/// Everything that can be asked of an account at an instant.
pub(super) fn accounts(account: &Account, at: Timestamp, naive: &Answer) -> Result<(), String> {
    let position = account.position(at);
    equal("instant", &position.at, &at.max(account.last_recorded_at()))?;
    let ours = NaivePosition {
        available: position.available,
        allowance: position.allowance,
        allowance_size: position.allowance_size,
        top_up: position.top_up,
        held: position.held,
        used: position.used,
        state: position.state.code(),
        period: position.period.map(|period| (period.start.as_millis(), period.end.as_millis())),
        can_run: position.features.iter().map(|one| (one.feature.clone(), one.refusal.is_none())).collect(),
        features: position.features.iter().map(|one| (one.used, one.refusal.map(|refusal| refusal.code()))).collect(),
    };
    let mut theirs = naive.position.clone();
    theirs.period = theirs.period.map(|(start, end)| (bounded(start), bounded(end)));
    equal("position", &ours, &theirs)?;

    let totals = account.totals(at);
    let (granted, spent, amended) = (totals.granted, totals.spent, totals.amended);
    let ours = NaiveTotals { granted, spent, amended, expired: totals.expired, voided: totals.voided };
    equal("totals", &ours, &naive.totals)?;

    let mut grants = account.live_grants(at);
    grants.sort_by_key(|grant| grant.seq);
    let left = grants.iter().map(|grant| Left {
        amount: grant.amount,
        left: grant.remaining,
        held: grant.held,
        shortfall: grant.shortfall,
    });
    equal("grants", &left.collect(), &naive.grants)?;

    let holds = account.live_holds(at).into_iter();
    let holds = holds.map(|hold| (hold.source, hold.id, hold.until.as_millis(), hold.cost));
    equal("holds", &holds.collect(), &naive.holds)?;

    let plan = |terms: PlanTerms| NaivePlan { id: terms.plan, allowance: terms.allowance, ai: terms.ai };
    let ours = match account.access(at) {
        Access::None | Access::Trial(_) => None,
        Access::Plan { terms, .. } => Some((plan(terms), account.pending_plan(at).map(|to| to.map(plan)))),
    };
    equal("plan", &ours, &naive.plan)
}

/// The crate's instants are those of 1970 to 9999; a period of the naive model goes beyond.
fn bounded(millis: i64) -> i64 {
    Timestamp::from_millis(millis).as_millis()
}
