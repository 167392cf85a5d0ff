//! Rule 17: warnings fire once a crossing, are cleared by refresh or purchase, and arm anew.

use std::collections::HashSet;

use chrono_tz::Tz;
use metering::{
    Command, Meter, Outlook, Position, RefreshRule, State, Terms, Threshold, Timestamp, UsageRequest, Warning,
    WarningChange, WarningDefaults, warnings,
};
use proptest::prelude::*;

use crate::histories::{catalogue, config, history, rule, start, zone};

const LOW: Threshold = Threshold::AvailableBelow(10);
const HALF: Threshold = Threshold::UsedPercent(50);
const ALL: Threshold = Threshold::UsedPercent(100);
const SOON: Threshold = Threshold::RunOutWithin { days: 3 };

/// A workspace on the plan of 40 credits, which keeps the position that it was last asked for.
struct Watched {
    meter: Meter,
    before: Position,
    now: Timestamp,
    uses: u32,
}

impl Watched {
    fn new() -> Self {
        let meter = Meter::new(Terms::new(catalogue(RefreshRule::CalendarMonth), Tz::UTC));
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let mut watched = Self { before: meter.account().position(now), meter, now, uses: 0 };
        assert_eq!(watched.run(&Command::Subscribe { plan: "small".into(), allowance: None }), []);
        watched
    }

    fn run(&mut self, command: &Command) -> Vec<WarningChange> {
        let decision = self.meter.decide(command, self.now);
        assert!(!decision.entries.is_empty(), "{:?}", decision.outcome);
        decision.entries.iter().for_each(|entry| self.meter.apply(entry).unwrap());
        self.look(None)
    }

    fn look(&mut self, run_out: Option<Timestamp>) -> Vec<WarningChange> {
        let after = self.meter.account().position(self.now);
        let outlook = |position| Outlook { position, run_out };
        let before = Outlook { position: &self.before, run_out: None };
        let changes = warnings(&[HALF, ALL, LOW, SOON], &before, &outlook(&after));
        self.before = after;
        changes
    }

    fn replies(&mut self, units: u32) -> Vec<WarningChange> {
        self.uses += 1;
        let (source, id) = ("test".to_owned(), self.uses.to_string());
        let request = UsageRequest { source, id, feature: "reply".into(), units, ..UsageRequest::default() };
        self.run(&Command::Use(request))
    }

    fn buy(&mut self, purchase: &str, pack: &str) -> Vec<WarningChange> {
        self.run(&Command::Buy { purchase: purchase.into(), pack: pack.into() })
    }
}

fn warning(threshold: Threshold, month: u32, crossing: u64) -> Warning {
    Warning { threshold, period: Some(format!("2026-{month:02}-01T00:00:00Z").parse().unwrap()), crossing }
}

fn fired(threshold: Threshold, month: u32, crossing: u64) -> WarningChange {
    WarningChange::Fired(warning(threshold, month, crossing))
}

fn cleared(threshold: Threshold, month: u32, crossing: u64) -> WarningChange {
    WarningChange::Cleared(warning(threshold, month, crossing))
}

#[test]
fn a_threshold_fires_where_it_is_crossed_and_only_there() {
    let mut watched = Watched::new();
    assert_eq!(watched.replies(19), [], "19 of 40 are not half");
    assert_eq!(watched.replies(1), [fired(HALF, 3, 1)], "20 of 40 are half");
    assert_eq!(watched.replies(10), [], "10 are left: not below 10");
    assert_eq!(watched.replies(1), [fired(LOW, 3, 1)]);
    assert_eq!(watched.replies(8), []);
    assert_eq!(watched.replies(1), [fired(ALL, 3, 1)], "exactly all");
}

#[test]
fn a_refresh_clears_and_arms_anew() {
    let mut watched = Watched::new();
    assert_eq!(watched.replies(35), [fired(HALF, 3, 1), fired(LOW, 3, 1)]);
    watched.now = "2026-04-01T00:00:00Z".parse().unwrap();
    assert_eq!(watched.look(None), [cleared(HALF, 3, 1), cleared(LOW, 3, 1)], "read, though nobody wrote the refresh");
    assert_eq!(watched.replies(35), [fired(HALF, 4, 2), fired(LOW, 4, 2)]);
    // Two refreshes lie between the looks, and as much is used again.
    watched.now = "2026-06-01T00:00:00Z".parse().unwrap();
    let changes = watched.replies(35);
    assert_eq!(changes[..2], [cleared(HALF, 4, 2), cleared(LOW, 4, 2)]);
    assert!(matches!(changes[2..], [WarningChange::Fired(_), WarningChange::Fired(_)]), "{changes:?}");
}

#[test]
fn a_purchase_clears_and_arms_balances_but_no_share_anew() {
    let mut watched = Watched::new();
    watched.replies(40);
    let changes = watched.buy("one", "fifty");
    assert_eq!(changes, [cleared(HALF, 3, 1), cleared(ALL, 3, 1), cleared(LOW, 3, 1)]);
    assert_eq!(watched.replies(41), [fired(LOW, 3, 2)], "9 of the pack are left; the share was used before");
    assert_eq!(watched.replies(8), []);
    // 11 after it: enough.
    assert_eq!(watched.buy("two", "ten"), [cleared(HALF, 3, 1), cleared(ALL, 3, 1), cleared(LOW, 3, 2)]);
}

#[test]
fn a_share_is_one_crossing_whoever_sees_it_before_a_purchase_or_after() {
    let mut watched = Watched::new();
    let unaware = watched.before.clone();
    assert_eq!(watched.replies(20), [fired(HALF, 3, 1)]);
    watched.buy("one", "ten");
    let look = |position| Outlook { position, run_out: None };
    assert_eq!(warnings(&[HALF], &look(&unaware), &look(&watched.before)), [fired(HALF, 3, 1)]);
}

#[test]
fn an_upgrade_clears_and_arms_anew() {
    let mut watched = Watched::new();
    watched.replies(40);
    let upgrade = Command::Subscribe { plan: "large".into(), allowance: None };
    let changes = watched.run(&upgrade);
    assert_eq!(changes, [cleared(HALF, 3, 1), cleared(ALL, 3, 1), cleared(LOW, 3, 1)], "40 of 90 are used");
    assert_eq!(watched.replies(5), [fired(HALF, 3, 2)]);

    let mut watched = Watched::new();
    watched.replies(40);
    let upgrade = Command::Subscribe { plan: "agreed".into(), allowance: Some(41) };
    let again = [cleared(HALF, 3, 1), cleared(ALL, 3, 1), cleared(LOW, 3, 1), fired(HALF, 3, 2), fired(LOW, 3, 2)];
    assert_eq!(watched.run(&upgrade), again, "40 of 41 are used, and one is left");
}

#[test]
fn a_purchase_that_is_too_small_is_told_anew() {
    let low = [Threshold::AvailableBelow(100)];
    let mut watched = Watched::new();
    let before = watched.before.clone();
    watched.buy("one", "ten");
    let look = |position| Outlook { position, run_out: None };
    let changes = warnings(&low, &look(&before), &look(&watched.before));
    assert_eq!(changes, [cleared(low[0], 3, 1), fired(low[0], 3, 2)], "50 are still below 100");
}

#[test]
fn credits_that_return_do_not_arm_anew() {
    let mut watched = Watched::new();
    watched.replies(31);
    let amend = Command::Amend { source: "test".into(), id: "failed".into(), usage: "1".into() };
    assert_eq!(watched.run(&amend), [], "they do not clear it either");
    let again = watched.replies(31);
    assert_eq!(again, [fired(HALF, 3, 1), fired(LOW, 3, 1)], "the same crossing: whoever was told knows its id");
}

#[test]
fn a_run_out_is_as_near_as_the_estimate_says() {
    let mut watched = Watched::new();
    let day = 86_400_000;
    assert_eq!(watched.look(Some(watched.now.plus_millis(3 * day))), []);
    assert_eq!(watched.look(Some(watched.now.plus_millis(3 * day - 1))), [fired(SOON, 3, 1)]);
    assert_eq!(watched.look(None), []);
}

#[test]
fn without_access_there_is_nothing_to_warn_of() {
    let meter = Meter::new(Terms::new(catalogue(RefreshRule::CalendarMonth), Tz::UTC));
    let position = meter.account().position(Timestamp::from_millis(0));
    let outlook = Outlook { position: &position, run_out: Some(position.at) };
    for threshold in [HALF, ALL, LOW, SOON, Threshold::UsedPercent(0)] {
        assert!(!threshold.is_crossed(&outlook), "{threshold}");
    }
}

#[test]
fn a_trial_is_warned_of_by_what_it_brought() {
    let mut meter = Meter::new(Terms::new(catalogue(RefreshRule::CalendarMonth), Tz::UTC));
    let now = Timestamp::from_millis(0);
    for entry in meter.decide(&Command::StartTrial, now).entries {
        meter.apply(&entry).unwrap();
    }
    let position = meter.account().position(now);
    assert_eq!((position.allowance_size, position.used), (20, 0));
    assert!(!HALF.is_crossed(&Outlook { position: &position, run_out: None }));
    let half = Position { used: 10, ..position };
    assert!(HALF.is_crossed(&Outlook { position: &half, run_out: None }));
}

#[test]
fn of_no_allowance_no_share_is_used() {
    let mut meter = Meter::new(Terms::new(catalogue(RefreshRule::CalendarMonth), Tz::UTC));
    let now = Timestamp::from_millis(0);
    for entry in meter.decide(&Command::Subscribe { plan: "agreed".into(), allowance: Some(0) }, now).entries {
        meter.apply(&entry).unwrap();
    }
    let position = meter.account().position(now);
    assert_eq!((position.allowance_size, position.state), (0, State::Paused));
    assert!(!ALL.is_crossed(&Outlook { position: &position, run_out: None }));
}

#[test]
fn what_is_recorded_behind_a_readers_clock_is_no_other_crossing() {
    let mut watched = Watched::new();
    watched.replies(5);
    let april = watched.now;
    watched.now = "2026-04-01T00:00:01Z".parse().unwrap();
    watched.look(None);
    // Work of the instant before is recorded only now: the refresh gets another number, and is the same.
    let (seen, number) = (watched.before.clone(), watched.meter.account().last_seq());
    watched.now = april;
    watched.replies(1);
    watched.now = "2026-04-01T00:00:01Z".parse().unwrap();
    assert_eq!(watched.meter.account().last_seq(), number + 1);
    let after = watched.meter.account().position(watched.now);
    assert_eq!((after.grants_made, after.available), (seen.grants_made, seen.available));
    let outlook = |position| Outlook { position, run_out: None };
    assert_eq!(warnings(&[HALF, ALL, LOW, SOON], &outlook(&seen), &outlook(&after)), []);
}

#[test]
fn ids_are_the_same_whoever_computes_them() {
    assert_eq!(warning(HALF, 3, 2).id("acme"), "acme/used-50-percent/2026-03-01T00:00:00Z/2");
    assert_eq!(warning(LOW, 3, 7).id("acme"), "acme/below-10/2026-03-01T00:00:00Z/7");
    let none = Warning { threshold: SOON, period: None, crossing: 0 };
    assert_eq!(none.id("b"), "b/out-within-3-days/none/0");
}

#[test]
fn defaults_become_thresholds() {
    let defaults = WarningDefaults { used_percent: vec![75, 90], low_percent: 20 };
    let used = [Threshold::UsedPercent(75), Threshold::UsedPercent(90)];
    assert_eq!(defaults.thresholds(100), [used[0], used[1], Threshold::AvailableBelow(20)]);
    assert_eq!(defaults.thresholds(8)[2], Threshold::AvailableBelow(2), "a fifth of 8 is 1.6, and 1 is under it");
    assert_eq!(defaults.thresholds(0), used, "nothing is a fifth of nothing");
    assert_eq!(WarningDefaults { low_percent: 0, ..defaults }.thresholds(100), used);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn who_looks_less_often_is_told_nothing_that_others_are_not(
        steps in prop::collection::vec((history(), any::<bool>()), 1..4), zone in zone(), rule in rule(), start in start(),
    ) {
        let mut meter = Meter::new(Terms::new(catalogue(rule), zone));
        // Some that a grant is often too small to end.
        let thresholds = [HALF, ALL, LOW, Threshold::UsedPercent(5), Threshold::AvailableBelow(60)];
        let (mut clock, mut seen) = (start, start);
        let first = meter.account().position(clock);
        let (mut often, mut seldom) = (first.clone(), first);
        let (mut told, mut rarely_told) = (HashSet::new(), Vec::new());
        let fired = |before: &Position, after: &Position| {
            let look = |position| Outlook { position, run_out: None };
            warnings(&thresholds, &look(before), &look(after))
        };
        for (history, looks) in &steps {
            for (gap, command) in history {
                clock = clock.plus_millis(*gap);
                for entry in meter.decide(command, clock).entries { meter.apply(&entry).unwrap(); }
                seen = seen.max(clock);
                let after = meter.account().position(seen);
                for change in fired(&often, &after) {
                    if let WarningChange::Fired(warning) = change { told.insert(warning.id("w")); }
                }
                often = after;
            }
            if *looks {
                rarely_told.extend(fired(&seldom, &often));
                seldom = often.clone();
            }
        }
        for change in rarely_told {
            if let WarningChange::Fired(warning) = change {
                prop_assert!(told.contains(&warning.id("w")), "{:?} is none of {:?}", warning, told);
            }
        }
    }

    #[test]
    fn nobody_is_told_twice_of_one_crossing(steps in history(), zone in zone(), rule in rule(), start in start()) {
        let mut meter = Meter::new(Terms::new(catalogue(rule), zone));
        let thresholds = [HALF, ALL, LOW];
        let (mut clock, mut seen) = (start, start);
        let mut before = meter.account().position(clock);
        let mut standing: Vec<Warning> = Vec::new();
        for (gap, command) in &steps {
            clock = clock.plus_millis(*gap);
            for entry in meter.decide(command, clock).entries { meter.apply(&entry).unwrap(); }
            // Whoever warns does not look back: a recorder's clock may be behind, a reader's goes on.
            seen = seen.max(clock);
            let after = meter.account().position(seen);
            let look = |position| Outlook { position, run_out: None };
            let changes = warnings(&thresholds, &look(&before), &look(&after));
            prop_assert_eq!(&changes, &warnings(&thresholds, &look(&before), &look(&after)));
            prop_assert_eq!(warnings(&thresholds, &look(&after), &look(&after)), []);
            for change in changes {
                match change {
                    WarningChange::Cleared(warning) => {
                        prop_assert!(after.grants_made != before.grants_made || after.period != before.period);
                        // Behind a reader's clock, a command can still do away with a refresh that the reader saw coming.
                        prop_assert!(clock < seen || after.grants_made >= warning.crossing);
                        standing.retain(|other| other.threshold != warning.threshold);
                    }
                    WarningChange::Fired(warning) => {
                        prop_assert!(warning.threshold.is_crossed(&look(&after)));
                        // Told again only under the same id, while it was not armed anew.
                        let same = standing.iter().find(|other| other.threshold == warning.threshold);
                        prop_assert!(same.is_none_or(|same| same.crossing == warning.crossing || !warning.threshold.is_crossed(&look(&before))));
                        standing.retain(|other| other.threshold != warning.threshold);
                        standing.push(warning);
                    }
                }
            }
            before = after;
        }
    }
}
