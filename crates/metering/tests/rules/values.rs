//! Small values: names in ledgers, and when available credits are low.

use metering::{
    Amendment, ControlsChange, EntryKind, Expiry, Grant, GrantOrigin, GrantSource, Hold, Labels, PlanChange,
    PlanChangeCause, Position, RefreshRule, Release, ReleaseCause, State, Timestamp, Usage, Void, VoidCause,
};

#[test]
fn kinds_and_sources_have_their_names() {
    let text = String::new;
    let grant = Grant {
        origin: GrantOrigin::Upgrade { plan: text() },
        amount: 1,
        priority: 10,
        effective_at: Timestamp::MIN,
        expires_at: None,
    };
    let usage = Usage {
        source: text(),
        id: text(),
        feature: text(),
        units: 1,
        rate: 1,
        cost: 1,
        revision: 1,
        occurred_at: None,
        labels: Labels::default(),
        hold: None,
        allocations: Vec::new(),
    };
    let void = Void { cause: VoidCause::Returned, purchase: text(), grant: 1, amount: 1, shortfall: 0 };
    let amendment =
        Amendment { source: text(), id: text(), usage: 1, feature: text(), amount: 1, allocations: Vec::new() };
    let hold = Hold {
        source: text(),
        id: text(),
        feature: text(),
        units: 1,
        rate: 1,
        cost: 1,
        revision: 1,
        minutes: 15,
        allocations: Vec::new(),
    };
    let kinds = [
        (EntryKind::Grant(grant), "grant"),
        (EntryKind::Usage(usage), "usage"),
        (EntryKind::Expiry(Expiry { grant: 1, amount: 1 }), "expiry"),
        (EntryKind::Void(void), "void"),
        (EntryKind::Amendment(amendment), "amendment"),
        (EntryKind::Hold(hold), "hold"),
        (EntryKind::Release(Release { hold: 1, cause: ReleaseCause::Released }), "release"),
        (EntryKind::PlanChange(PlanChange { to: None, cause: PlanChangeCause::Scheduled }), "plan_change"),
        (EntryKind::ControlsChange(ControlsChange { automation: None, features: Vec::new() }), "controls_change"),
    ];
    kinds.iter().for_each(|(kind, name)| assert_eq!(kind.name(), *name));
    let sources =
        [(GrantSource::Allowance, "allowance"), (GrantSource::Trial, "trial"), (GrantSource::TopUp, "top_up")];
    sources.iter().for_each(|(source, name)| assert_eq!(source.name(), *name));
    let causes = [
        (VoidCause::Refund { id: text(), price: 1, rest: false }, "refund"),
        (VoidCause::Dispute { id: text() }, "dispute"),
        (VoidCause::Reinstatement { id: text() }, "reinstatement"),
        (VoidCause::Returned, "returned"),
    ];
    causes.iter().for_each(|(cause, name)| assert_eq!(cause.name(), *name));
    assert_eq!([ReleaseCause::Released, ReleaseCause::TimedOut].map(ReleaseCause::name), ["released", "timed_out"]);
    let rules = [RefreshRule::CalendarMonth, RefreshRule::BillingCycle].map(RefreshRule::name);
    assert_eq!(rules, ["calendar_month", "billing_cycle"]);
}

#[test]
fn credits_are_low_under_a_share_of_what_the_period_brought() {
    let is_low = |available, allowance_size, state, percent| {
        let position = Position {
            at: Timestamp::MIN,
            available,
            allowance: 0,
            allowance_size,
            top_up: 0,
            held: 0,
            used: 0,
            state,
            period: None,
            grants_made: 0,
            allowances_made: 0,
            features: Vec::new(),
        };
        position.is_low(percent)
    };
    for state in [State::Trial, State::Active, State::Paused] {
        // A fifth of 40 is 8.
        assert!(is_low(7, 40, state, 20) && !is_low(8, 40, state, 20) && !is_low(9, 40, state, 20));
        assert!(is_low(0, 1, state, 1) && !is_low(0, 0, state, 20), "of nothing there is no share");
        assert!(is_low(u64::MAX / 2, u64::MAX, state, 51));
    }
    for state in [State::NoPlan, State::PlanExcludesAi] {
        assert!(!is_low(0, 40, state, 20), "nothing is used");
    }
}
