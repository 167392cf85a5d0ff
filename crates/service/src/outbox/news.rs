//! What the vendor hears, as a pure function of two looks at a ledger.

use metering::{Outlook, Position, State, Threshold, WarningChange, WarningDefaults, warnings};
use wire::api::{
    BalanceNews, PositionBody, PurchaseBody, PurchaseNews, PurchaseState, ThresholdBody, ThresholdNews, VendorEvent,
    VendorNews,
};

use crate::store::Notice;
use metering::Timestamp;

/// A ledger's position.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'a> {
    /// The last entry that is recorded.
    pub(super) seq: u64,
    /// The position.
    pub(super) position: &'a Position,
}

/// What the vendor hears of what lies between two looks, in the order in which it is to be told.
///
/// The id of a threshold is its warning's. That credits ran out, or came back, is named by the last entry before: there is
/// one thing that follows it, whoever finds it, whether it is recorded already or not.
pub(super) fn between(workspace: &str, before: Look<'_>, after: Look<'_>, defaults: &WarningDefaults) -> Vec<Notice> {
    let mut news = Vec::new();
    let balance = || BalanceNews {
        workspace: workspace.to_owned(),
        seq: after.seq,
        position: PositionBody::from(after.position),
    };
    let mut tell = |id: String, what: VendorNews| news.push(notice(id, what, after.position.at));
    if has_recovered(before.position, after.position) {
        let what = VendorNews::Recovered(balance());
        tell(format!("{}/{}", what.type_name(), before.seq), what);
    }
    // How soon credits run out would be an estimate: the service makes none.
    let thresholds: Vec<Threshold> = defaults.thresholds(after.position.allowance_size);
    let outlook = |position| Outlook { position, run_out: None };
    for change in warnings(&thresholds, &outlook(before.position), &outlook(after.position)) {
        let WarningChange::Fired(warning) = change else { continue };
        let Some(threshold) = ThresholdBody::of(warning.threshold) else { continue };
        let what = ThresholdNews { threshold, crossing: warning.crossing, balance: balance() };
        tell(warning.id(workspace), VendorNews::ThresholdCrossed(what));
    }
    if before.position.state != State::Paused && after.position.state == State::Paused {
        let what = VendorNews::Depleted(balance());
        tell(format!("{}/{}", what.type_name(), before.seq), what);
    }
    news
}

/// Whether work can run again: the first plan of a workspace is a beginning.
fn has_recovered(before: &Position, after: &Position) -> bool {
    let runs = |position: &Position| matches!(position.state, State::Trial | State::Active);
    !runs(before) && runs(after) && before.grants_made > 0
}

/// What the vendor hears of a purchase that has come to an end; nothing, while it has not.
pub(crate) fn of_purchase(workspace: &str, purchase: PurchaseBody, at: Timestamp) -> Option<Notice> {
    let (state, id) = (purchase.state, purchase.id.clone());
    let purchase = PurchaseNews { workspace: workspace.to_owned(), purchase };
    let what = match state {
        PurchaseState::Paid => VendorNews::PurchasePaid(purchase),
        PurchaseState::Failed => VendorNews::PurchaseFailed(purchase),
        PurchaseState::Cancelled => VendorNews::PurchaseCancelled(purchase),
        PurchaseState::Expired => VendorNews::PurchaseExpired(purchase),
        PurchaseState::Created | PurchaseState::Waiting | PurchaseState::Processing => return None,
    };
    Some(notice(format!("{}/{id}", what.type_name()), what, at))
}

fn notice(id: String, what: VendorNews, at: Timestamp) -> Notice {
    // Names, numbers and texts: JSON can say all of it.
    let body = serde_json::to_vec(&VendorEvent { what, timestamp: at }).unwrap_or_default();
    Notice { id, body, at }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULTS: WarningDefaults = WarningDefaults { used_percent: Vec::new(), low_percent: 20 };

    fn position(state: State, available: u64, grants_made: u64) -> Position {
        Position {
            at: Timestamp::from_millis(0),
            available,
            allowance: available,
            allowance_size: 100,
            top_up: 0,
            held: 0,
            used: 100 - available,
            state,
            period: None,
            grants_made,
            allowances_made: grants_made,
            features: Vec::new(),
        }
    }

    fn ids(before: &Position, after: &Position) -> Vec<String> {
        let look = |position, seq| Look { seq, position };
        let used = WarningDefaults { used_percent: vec![50, 75], ..DEFAULTS };
        between("w", look(before, 7), look(after, 8), &used).into_iter().map(|notice| notice.id).collect()
    }

    #[test]
    fn what_happened_is_told_in_the_order_in_which_it_is_understood() {
        let full = position(State::Active, 100, 1);
        let none = position(State::Paused, 0, 1);
        let crossed = ["w/used-50-percent/none/1", "w/used-75-percent/none/1", "w/below-20/none/1"];
        assert_eq!(ids(&full, &none), [&crossed[..], &["balance.depleted/7"]].concat());
        assert_eq!(ids(&none, &none), [""; 0], "it is told once");
        let few = position(State::Active, 10, 2);
        let again =
            ["balance.recovered/7", "w/used-50-percent/none/2", "w/used-75-percent/none/2", "w/below-20/none/2"];
        assert_eq!(ids(&none, &few), again);
    }

    #[test]
    fn a_first_plan_is_no_recovery_and_a_later_one_is() {
        let plan = position(State::Active, 100, 1);
        assert_eq!(ids(&position(State::NoPlan, 0, 0), &plan), [""; 0]);
        for state in [State::NoPlan, State::PlanExcludesAi, State::Paused] {
            assert_eq!(ids(&position(state, 0, 1), &plan), ["balance.recovered/7"], "{state:?}");
        }
        assert_eq!(ids(&plan, &position(State::NoPlan, 0, 1)), [""; 0], "who ends a plan has not run out");
    }
}
