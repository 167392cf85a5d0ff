//! What holds whatever a workspace does.

use chrono_tz::Tz;
use metering::{
    Account, Allocation, Command, ControlsRequest, Entry, EntryKind, FeatureRequest, GrantSource, HoldRequest,
    LiveGrant, Meter, Outcome, RefreshRule, Terms, Timestamp, UsageRequest,
};
use proptest::prelude::*;

use crate::histories::{catalogue, config, history, ledger, rule, start, zone};

/// Rule 18: what was granted is spent, expired, voided or there; nothing is below zero.
fn conserves(account: &Account, now: Timestamp) -> Result<(), TestCaseError> {
    let totals = account.totals(now);
    let grants = account.live_grants(now);
    let remaining: u64 = grants.iter().map(|grant| grant.remaining).sum();
    prop_assert!(totals.amended <= totals.spent, "{:?}", totals);
    prop_assert_eq!(totals.granted, totals.spent - totals.amended + totals.expired + totals.voided + remaining);
    prop_assert_eq!(totals.balance(), remaining);
    for grant in &grants {
        prop_assert!((1..=grant.amount).contains(&grant.remaining), "{:?}", grant);
        prop_assert!(grant.held <= grant.remaining, "{:?}", grant);
    }
    let position = account.position(now);
    let held: u64 = account.live_holds(now).iter().map(|hold| hold.cost).sum();
    prop_assert_eq!(position.held, held, "what holds reserve is what grants have reserved");
    prop_assert!(position.available == 0 || position.available == position.allowance + position.top_up);
    prop_assert!(position.available + held <= remaining);
    prop_assert!(position.period.is_none_or(|period| period.contains(position.at)), "{:?}", position);
    for (id, purchase) in account.purchases() {
        prop_assert!(
            purchase.taken <= purchase.credits && purchase.refunded <= purchase.price,
            "{}: {:?}",
            id,
            purchase
        );
    }
    Ok(())
}

/// Rule 5, written out here once more: period credits, then packs; first to expire first, then the oldest.
fn is_in_order(grants: &[LiveGrant]) -> bool {
    let order = |grant: &LiveGrant| {
        let pack = grant.source == GrantSource::TopUp;
        (pack, grant.expires_at.unwrap_or(Timestamp::MAX), grant.effective_at, grant.seq)
    };
    grants.windows(2).all(|pair| order(&pair[0]) < order(&pair[1]))
}

/// Each of the paying grants gives all that is free in it, but for the last one; they are the first that can pay.
fn is_explained(paid: &[Allocation], cost: u64, before: &[LiveGrant], at: Timestamp) -> bool {
    let mut can_pay = before.iter().filter(|grant| grant.pays_at(at) && grant.remaining > grant.held);
    let in_order = paid.iter().enumerate().all(|(index, one)| {
        let free =
            can_pay.next().filter(|grant| grant.seq == one.grant).map_or(0, |grant| grant.remaining - grant.held);
        one.amount == free || index + 1 == paid.len() && (1..free).contains(&one.amount)
    });
    in_order && paid.iter().map(|one| one.amount).sum::<u64>() == cost
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn credits_are_conserved_and_never_below_zero(steps in history(), zone in zone(), rule in rule(), start in start()) {
        let mut meter = Meter::new(Terms::new(catalogue(rule), zone));
        let mut clock = start;
        for (gap, command) in &steps {
            clock = clock.plus_millis(*gap);
            let decision = meter.decide(command, clock);
            match decision.outcome {
                Outcome::Recorded { seq } => prop_assert!(decision.entries.iter().any(|entry| entry.seq == seq)),
                _ => prop_assert_eq!(&decision.entries, &[], "only what is recorded writes"),
            }
            for entry in &decision.entries {
                meter.apply(entry).unwrap();
            }
            conserves(meter.account(), clock)?;
            conserves(meter.account(), clock.plus_millis(35 * 86_400_000))?;
        }
    }

    #[test]
    fn numbers_have_no_gaps_and_dates_never_go_back(steps in history(), zone in zone(), rule in rule(), start in start()) {
        let ledger = ledger(Terms::new(catalogue(rule), zone), start, &steps);
        for (index, entry) in ledger.iter().enumerate() {
            prop_assert_eq!(entry.seq, index as u64 + 1);
        }
        prop_assert!(ledger.windows(2).all(|pair| pair[0].recorded_at <= pair[1].recorded_at));
    }

    #[test]
    fn work_is_explained_by_the_grants_that_pay_in_order(
        steps in history(), zone in zone(), rule in rule(), start in start(),
    ) {
        let mut account = Account::new(Terms::new(catalogue(rule), zone));
        for entry in ledger(account.terms().clone(), start, &steps) {
            let at = entry.recorded_at;
            // Between two entries of one instant nothing is due: the grants are as they stand.
            let before = account.live_grants(at);
            prop_assert!(is_in_order(&before), "{:?}", before);
            let available = account.position(at).available;
            match &entry.kind {
                EntryKind::Usage(usage) if usage.hold.is_none() => {
                    prop_assert_eq!(usage.cost, u64::from(usage.rate) * u64::from(usage.units));
                    prop_assert!(is_explained(&usage.allocations, usage.cost, &before, at), "{:?} of {:?}", usage, before);
                }
                EntryKind::Hold(hold) => {
                    prop_assert!(is_explained(&hold.allocations, hold.cost, &before, at), "{:?} of {:?}", hold, before);
                }
                EntryKind::Usage(usage) => {
                    let live = account.live_holds(at).into_iter().find(|live| Some(live.seq) == usage.hold).unwrap();
                    let reserved: Vec<LiveGrant> = live.allocations.iter().map(|one| {
                        let grant = before.iter().find(|grant| grant.seq == one.grant).unwrap();
                        LiveGrant { remaining: one.amount, held: 0, expires_at: None, ..grant.clone() }
                    }).collect();
                    prop_assert!(is_explained(&usage.allocations, usage.cost, &reserved, at), "{:?} of {:?}", usage, live);
                }
                _ => {}
            }
            account.apply(&entry).unwrap();
            if let EntryKind::Usage(usage) = &entry.kind && usage.hold.is_none() {
                prop_assert_eq!(account.position(at).available, available - usage.cost);
            }
        }
    }

    #[test]
    fn a_duplicate_changes_nothing_at_any_later_time(
        steps in history(), zone in zone(), rule in rule(), start in start(), later in 0_i64..200 * 86_400_000,
    ) {
        let mut meter = Meter::new(Terms::new(catalogue(rule), zone));
        let mut clock = start;
        let mut recorded: Vec<(Command, u64)> = Vec::new();
        for (gap, command) in &steps {
            clock = clock.plus_millis(*gap);
            let decision = meter.decide(command, clock);
            if let Outcome::Recorded { seq } = decision.outcome {
                recorded.push((command.clone(), seq));
            }
            for entry in &decision.entries {
                meter.apply(entry).unwrap();
            }
        }
        for (command, seq) in recorded {
            let has_id = !matches!(command, Command::StartTrial | Command::Subscribe { .. } | Command::Cancel
                | Command::Controls(_) | Command::Release { .. });
            if has_id {
                for at in [start, clock, clock.plus_millis(later)] {
                    let again = meter.decide(&command, at);
                    prop_assert_eq!(&again.outcome, &Outcome::Duplicate { seq }, "{:?}", command);
                    prop_assert_eq!(again.entries, []);
                }
            }
        }
    }

    #[test]
    fn a_replay_is_any_snapshot_and_the_rest(steps in history(), zone in zone(), rule in rule(), start in start()) {
        let terms = Terms::new(catalogue(rule), zone);
        let ledger = ledger(terms.clone(), start, &steps);
        let fold = |from: &Account, entries: &[Entry]| {
            let mut account = from.clone();
            entries.iter().for_each(|entry| account.apply(entry).unwrap());
            account
        };
        let whole = fold(&Account::new(terms.clone()), &ledger);
        let end = whole.last_recorded_at();
        let mut snapshot = Account::new(terms.clone());
        for (index, entry) in ledger.iter().enumerate() {
            let kept = Account::restore(terms.clone(), snapshot.snapshot()).unwrap();
            let account = fold(&kept, &ledger[index..]);
            for at in [end, end.plus_millis(40 * 86_400_000)] {
                prop_assert_eq!(account.position(at), whole.position(at));
                prop_assert_eq!(account.totals(at), whole.totals(at));
                prop_assert_eq!(account.live_grants(at), whole.live_grants(at));
            }
            snapshot.apply(entry).unwrap();
        }
    }

    #[test]
    fn rolling_forward_in_one_step_or_in_many_is_the_same(
        steps in history(), zone in zone(), rule in rule(), start in start(),
        stops in proptest::collection::vec(0_i64..90 * 86_400_000, 1..8),
    ) {
        let mut once = Meter::new(Terms::new(catalogue(rule), zone));
        let mut clock = start;
        for (gap, command) in &steps {
            clock = clock.plus_millis(*gap);
            for entry in once.decide(command, clock).entries { once.apply(&entry).unwrap(); }
        }
        let mut many = once.clone();
        let nudge = |id: usize| Command::Controls(ControlsRequest {
            automation: None,
            features: vec![("reply".into(), FeatureRequest { on: None, cap: Some(Some(1_000 + id as u64)) })],
        });
        let mut at = clock;
        for (index, gap) in stops.iter().enumerate() {
            at = at.plus_millis(*gap);
            // A read on the way writes nothing, and a write rolls forward as far as it has come.
            let _ = many.account().position(at);
            for entry in many.decide(nudge(index), at).entries { many.apply(&entry).unwrap(); }
        }
        for entry in once.decide(nudge(stops.len() - 1), at).entries { once.apply(&entry).unwrap(); }
        for end in [at, at.plus_millis(86_400_000), at.plus_millis(400 * 86_400_000)] {
            prop_assert_eq!(once.account().totals(end), many.account().totals(end));
            prop_assert_eq!(once.account().position(end), many.account().position(end));
        }
    }

    #[test]
    fn a_capture_takes_the_first_of_what_was_reserved(packs in 1_u32..5, spent in 0_u32..60, held in 1_u32..30, taken in 1_u32..30) {
        let mut meter = subscribed(RefreshRule::CalendarMonth, Tz::UTC, "2026-02-02T02:00:00Z");
        let now = meter.account().last_recorded_at();
        let mut run = |command: Command| -> Option<Entry> {
            let entries = meter.decide(command, now).entries;
            entries.iter().for_each(|entry| meter.apply(entry).unwrap());
            entries.into_iter().next()
        };
        for pack in 0..packs {
            run(Command::Buy { purchase: pack.to_string(), pack: "ten".into() });
        }
        let text = str::to_owned;
        run(Command::Use(UsageRequest { source: text("s"), id: text("u"), feature: text("reply"), units: spent, ..Default::default() }));
        let hold = HoldRequest { source: text("s"), id: text("h"), feature: text("reply"), units: held, minutes: 15 };
        let Some(Entry { kind: EntryKind::Hold(hold), .. }) = run(Command::Hold(hold)) else { return Ok(()) };
        let units = Some(taken.min(held));
        let captured = run(Command::Capture { source: text("s"), hold: text("h"), units }).unwrap();
        let EntryKind::Usage(usage) = captured.kind else { panic!("{captured:?}") };
        let mut owed = usage.cost;
        let mut first = Vec::new();
        for Allocation { grant, amount } in hold.allocations {
            let amount = amount.min(owed);
            owed -= amount;
            first.extend((amount > 0).then_some(Allocation { grant, amount }));
        }
        prop_assert_eq!(usage.allocations, first);
    }

    #[test]
    fn an_altered_allocation_does_not_follow(units in 1_u32..40, more in 1_u64..100) {
        let mut meter = subscribed(RefreshRule::CalendarMonth, Tz::UTC, "2026-02-02T02:00:00Z");
        let now = meter.account().last_recorded_at();
        let usage = UsageRequest { source: "s".into(), id: "i".into(), feature: "reply".into(), units, ..Default::default() };
        let mut entry = meter.decide(Command::Use(usage), now).entries.remove(0);
        let before = meter.account().position(now);
        if let EntryKind::Usage(usage) = &mut entry.kind { usage.allocations[0].amount += more; }
        prop_assert!(meter.apply(&entry).is_err());
        prop_assert_eq!(meter.account().position(now), before, "a broken entry leaves the account as it was");
    }
}

/// A meter on the plan `small` of 40 credits.
fn subscribed(rule: RefreshRule, zone: Tz, at: &str) -> Meter {
    let mut meter = Meter::new(Terms::new(catalogue(rule), zone));
    let subscribe = Command::Subscribe { plan: "small".into(), allowance: None };
    for entry in meter.decide(&subscribe, at.parse().unwrap()).entries {
        meter.apply(&entry).unwrap();
    }
    meter
}

#[test]
fn a_thousand_missed_periods_roll_forward() {
    for rule in [RefreshRule::CalendarMonth, RefreshRule::BillingCycle] {
        let meter = subscribed(rule, Tz::Europe__Berlin, "2026-01-31T09:00:00Z");
        let account = meter.account();
        let late = "2109-06-30T12:00:00Z".parse().unwrap();
        assert_eq!(account.totals(late).granted, 40 * (83 * 12 + 6), "{rule:?}");
        assert_eq!(account.position(late).available, 40);
        assert_eq!(account.position(Timestamp::MAX.plus_millis(-1)).state, metering::State::Active);
        // The end of time never comes: what would fall due there does not fall due again and again.
        assert_eq!(account.position(Timestamp::MAX).state, metering::State::Paused);
    }
}
