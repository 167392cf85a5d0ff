//! What can be no account, check by check: one thing of a good snapshot is changed, and it is refused for that.

use metering::{
    Account, Allocation, FeatureControl, GrantSource, MAX_ALLOWANCE, MAX_CAP, MAX_HOLD_ID_LENGTH, MAX_ID_LENGTH,
    MAX_PRICE, MAX_RATE, MAX_TOTAL, MAX_UNITS, Period, PlanTerms, Purchase, Snapshot, SnapshotAccess,
};

use super::{DAY, meter, now, terms};

/// It is refused, and it is said why.
#[track_caller]
fn refused(damage: impl FnOnce(&mut Snapshot), why: &str) {
    let mut snapshot = meter().account().snapshot();
    damage(&mut snapshot);
    let last = snapshot.last_seq;
    match Account::restore(terms(), snapshot) {
        Ok(_) => panic!("it is taken, and should not be because {why}"),
        Err(bad) => assert_eq!(bad.to_string(), format!("snapshot after entry {last}: {why}")),
    }
}

#[test]
fn entries_are_counted_and_made_one_thing() {
    let nothing = "there is no entry that could have brought what is in it";
    refused(|of| of.last_seq = 0, nothing);
    refused(|of| *of = Snapshot { had_plan: true, ..Snapshot::default() }, nothing);
    refused(|of| *of = Snapshot { last_recorded_at: now(), ..Snapshot::default() }, nothing);
    refused(|of| of.last_seq = MAX_TOTAL + 1, "its last entry is above 9007199254740991");
    refused(|of| of.last_seq = 8, "entry 9 is not in 1..=8");
    refused(|of| of.spent[0].seq = 0, "entry 0 is not in 1..=14");
    refused(|of| of.holds[0].seq = 15, "entry 15 is not in 1..=14");
    refused(|of| of.holds[0].seq = 5, "entry 5 is two things");
    refused(|of| of.spent[0].seq = 7, "entry 7 is two things");
    refused(|of| of.live[0].seq = 7, "entry 7 is two things");
    let empty = |of: &mut Snapshot, grant| {
        let of = of.purchases.get_mut("ten-1").unwrap();
        (of.credits, of.grant) = (0, grant);
    };
    refused(|of| empty(of, 15), "entry 15 is not in 1..=14");
    refused(|of| empty(of, 12), "entry 12 is two things");
    refused(|of| of.period_seq = 15, "the period began with entry 15, which is not in 1..=14");
    refused(|of| (of.grants_made, of.allowances_made) = (15, 13), "15 grants cannot come of 14 entries");
    refused(|of| of.grants_made += 1, "5 grants are not 2 allowances and 2 packs");
    refused(|of| of.allowances_made -= 1, "4 grants are not 1 allowances and 2 packs");
    refused(|of| of.allowances_made = u64::MAX, &format!("4 grants are not {} allowances and 2 packs", u64::MAX));
    refused(|of| (of.grants_made, of.allowances_made) = (3, 1), "2 grants are no packs, and 1 were made");
}

#[test]
fn grants_stand_in_order_and_within_their_amounts() {
    refused(|of| of.live.swap(0, 1), "its grants do not stand in draw-down order");
    refused(|of| of.live[0].priority = 51, "its grants do not stand in draw-down order");
    refused(|of| of.spent.swap(0, 1), "its spent grants do not stand in the order of their entries");
    refused(|of| of.live[0].remaining = 41, "grant 5 has 41 left of 40");
    refused(|of| of.live[1].remaining = 0, "grant 9 has 0 left of 50");
    refused(|of| of.live[1].amount = 0, "grant 9 has 40 left of 0");
    refused(|of| of.spent[0].remaining = 1, "grant 1 is spent and has 1 left");
    refused(|of| of.spent[0].amount = 0, "grant 1 brought nothing");
    refused(|of| of.live[0].held = 11, "grant 5 has 11 held of the 10 that it has left");
    refused(|of| of.spent[0].held = 1, "grant 1 has 1 held of the 0 that it has left");
    refused(|of| of.live[0].purchase = Some("ten-1".into()), "grant 5 is allowance and cannot be bought so");
    refused(|of| of.live[1].purchase = None, "grant 9 is top_up and cannot be bought so");
    refused(|of| of.live[0].shortfall = 1, "grant 5 is no pack and 1 are claimed of it");
    refused(|of| of.live[0].source = GrantSource::Trial, "the trial brought 20 and its grants [40, 20]");
    refused(|of| of.spent[0].source = GrantSource::Allowance, "the trial brought 20 and its grants []");
    refused(|of| of.trial_size = 21, "the trial brought 21 and its grants [20]");
    refused(|of| of.trial_size = 0, "the trial brought 0 and its grants [20]");
    refused(|of| of.had_trial = false, "there was no trial, and it brought 20");
}

#[test]
fn purchases_and_their_grants_say_the_same() {
    let fifty = |of: &mut Snapshot, change: fn(&mut Purchase)| change(of.purchases.get_mut("fifty-1").unwrap());
    let not_it = "purchase \"fifty-1\" is not what grant 9 was bought with";
    refused(|of| fifty(of, |one| one.credits = 51), not_it);
    refused(|of| fifty(of, |one| one.credited_at = now()), not_it);
    refused(|of| fifty(of, |one| one.expires_at = None), not_it);
    refused(|of| of.live[1].purchase = Some("ten-1".into()), not_it);
    refused(|of| of.live[1].effective_at = now(), not_it);
    refused(|of| fifty(of, |one| one.grant = 8), "purchase \"fifty-1\" is not what grant 8 was bought with");
    refused(
        |of| fifty(of, |one| (one.credits, one.grant, one.taken) = (0, 8, 0)),
        "grant 9 was bought with no purchase that is known",
    );
    refused(
        |of| fifty(of, |one| one.price = MAX_PRICE + 1),
        &format!("purchase \"fifty-1\" cost {}, which is above {MAX_PRICE}", MAX_PRICE + 1),
    );
    refused(|of| fifty(of, |one| one.refunded = 501), "501 of the 500 of purchase \"fifty-1\" are refunded");
    refused(|of| fifty(of, |one| one.refunded = 99), "10 credits were taken of purchase \"fifty-1\" and 9 are claimed");
    refused(|of| fifty(of, |one| one.refunded = 110), "0 credits of grant 9 are claimed, and 1 of its purchase");
    refused(|of| fifty(of, |one| one.taken = 9), "0 credits of grant 9 are claimed, and 1 of its purchase");
    refused(|of| fifty(of, |one| one.disputed = true), "0 credits of grant 9 are claimed, and 40 of its purchase");
    refused(|of| of.live[1].shortfall = 3, "3 credits of grant 9 are claimed, and 0 of its purchase");
    refused(|of| of.live[1].remaining = 41, "10 credits were taken of grant 9, which lacks 9");
    let renamed = |of: &mut Snapshot, id: String| {
        let one = of.purchases.remove("fifty-1").unwrap();
        of.purchases.insert(id, one);
    };
    refused(|of| renamed(of, String::new()), "the id of a purchase has 0 bytes and needs 1..=256");
    refused(|of| renamed(of, "x".repeat(MAX_ID_LENGTH + 1)), "the id of a purchase has 257 bytes and needs 1..=256");
    refused(|of| renamed(of, "other".into()), "purchase \"other\" is not what grant 9 was bought with");
}

#[test]
fn holds_reserve_what_grants_have_held() {
    refused(|of| of.holds.swap(0, 1), "its holds do not stand in the order in which they time out");
    let life = "which is not in 2026-03-20T12:11:00Z..=2026-03-21T12:11:00Z";
    let until =
        |of: &mut Snapshot, index: usize, millis| of.holds[index].until = of.last_recorded_at.plus_millis(millis);
    refused(|of| until(of, 1, DAY + 1), &format!("hold 12 lives until 2026-03-21T12:11:00.001Z, {life}"));
    refused(|of| until(of, 0, -1), &format!("hold 13 lives until 2026-03-20T12:10:59.999Z, {life}"));
    for (length, most, name) in [
        (0, 256, "source"),
        (MAX_ID_LENGTH + 1, 256, "source"),
        (0, 256, "feature"),
        (257, 256, "feature"),
        (0, 251, "hold"),
        (MAX_HOLD_ID_LENGTH + 1, 251, "hold"),
    ] {
        let damage = |of: &mut Snapshot| {
            let hold = &mut of.holds[0];
            let text = match name {
                "source" => &mut hold.source,
                "feature" => &mut hold.feature,
                _ => &mut hold.id,
            };
            *text = "x".repeat(length);
        };
        refused(damage, &format!("the id of a {name} has {length} bytes and needs 1..={most}"));
    }
    refused(|of| of.holds[0].units = 0, "hold 13 is of 0 units");
    refused(|of| of.holds[0].units = MAX_UNITS + 1, "hold 13 is of 1000001 units");
    refused(|of| of.holds[0].rate = MAX_RATE + 1, "hold 13 has a rate of 1000001");
    refused(|of| of.holds[0].rate = 2, "hold 13 costs 13, its units cost 26 and its grants reserve 13");
    refused(|of| of.holds[0].cost = 14, "hold 13 costs 14, its units cost 13 and its grants reserve 13");
    refused(
        |of| of.holds[0].allocations[0].amount += 1,
        "hold 13 costs 13, its units cost 13 and its grants reserve 14",
    );
    refused(
        |of| of.holds[0].allocations[0].amount = u64::MAX,
        &format!("hold 13 costs 13, its units cost 13 and its grants reserve {}", u64::MAX),
    );
    let half = |grant, amount| Allocation { grant, amount };
    refused(|of| of.holds[0].allocations = vec![half(9, 6), half(9, 7)], "grant 9 is named twice");
    refused(
        |of| of.holds[0].allocations = vec![half(9, 6), half(8, 7)],
        "grant 9 has 15 held, and its holds reserve 8",
    );
    refused(|of| of.holds[0].allocations.push(half(8, 0)), "a hold reserves of grant 8, which is not there");
    refused(|of| of.live[1].held = 14, "grant 9 has 14 held, and its holds reserve 15");
    refused(|of| drop(of.holds.remove(0)), "grant 9 has 15 held, and its holds reserve 2");
}

#[test]
fn totals_add_up_and_stay_numbers() {
    let above = |name: &str| format!("{} credits {name} are above {MAX_TOTAL}", MAX_TOTAL + 1);
    refused(|of| of.totals.granted = MAX_TOTAL + 1, &above("granted"));
    refused(|of| of.totals.spent = MAX_TOTAL + 1, &above("spent"));
    refused(|of| of.totals.amended = MAX_TOTAL + 1, &above("amended"));
    refused(|of| of.totals.expired = MAX_TOTAL + 1, &above("expired"));
    refused(|of| of.totals.voided = MAX_TOTAL + 1, &above("voided"));
    refused(|of| of.totals.granted = 121, "121 credits were granted, and its grants brought 120");
    refused(|of| of.totals.amended = 36, "36 credits were given back of 35 spent");
    refused(|of| of.totals.spent += 1, "120 granted and 0 amended are not 36 spent, 15 expired, 20 voided and 50 left");
    refused(
        |of| of.totals.expired -= 1,
        "120 granted and 0 amended are not 35 spent, 14 expired, 20 voided and 50 left",
    );
    refused(
        |of| of.live[0].remaining += 1,
        "120 granted and 0 amended are not 35 spent, 15 expired, 20 voided and 51 left",
    );
    refused(
        |of| (of.totals.expired, of.totals.voided) = (16, 19),
        "19 credits were voided, and 20 were taken of purchases",
    );
    let most = MAX_TOTAL - 24;
    refused(
        |of| (of.totals.spent, of.totals.amended) = (most, most - 35),
        &format!("{most} credits spent and 25 held are above {MAX_TOTAL}"),
    );
    refused(|of| of.used[0].1 = 36, "this period used 36, and 35 less 0 were spent ever");
    refused(
        |of| of.used = vec![("a".into(), u64::MAX), ("b".into(), 1)],
        &format!("this period used {}, and 35 less 0 were spent ever", u64::MAX),
    );
    refused(|of| of.used.push(("reply".into(), 0)), "\"reply\" is named twice");
}

#[test]
fn access_pending_changes_and_controls_go_together() {
    refused(|of| of.access = SnapshotAccess::None, "something is used in a period, and there is none");
    refused(
        |of| (of.access, of.used) = (SnapshotAccess::None, Vec::new()),
        "a change waits for a plan's refresh, and there is no plan",
    );
    let last = meter().account().last_recorded_at();
    let day = Period { start: now(), end: last };
    let trial = "a trial runs that never began, or after a plan";
    refused(|of| of.access = SnapshotAccess::Trial(day), trial);
    refused(
        |of| {
            (of.had_trial, of.trial_size, of.had_plan) = (false, 0, false);
            of.spent[0].source = GrantSource::Allowance;
        },
        "its period began with entry 5, and access has begun: false",
    );
    refused(|of| of.period_seq = 0, "its period began with entry 0, and access has begun: true");
    refused(|of| of.had_plan = false, "a plan runs that never began");
    let plan = |of: &mut Snapshot, change: &dyn Fn(&mut PlanTerms, &mut Option<Period>)| match &mut of.access {
        SnapshotAccess::Plan { terms, period, .. } => change(terms, period),
        other => panic!("{other:?}"),
    };
    let none = Period { start: now(), end: now() };
    let length = "the period 2026-03-20T12:00:00Z to 2026-03-20T12:00:00Z has no length";
    refused(|of| plan(of, &|_, period| *period = Some(none)), length);
    refused(|of| (of.access, of.had_plan) = (SnapshotAccess::Trial(none), false), length);
    let before = Period { start: now(), end: last.plus_millis(-1) };
    let ended = "the period 2026-03-20T12:00:00Z to 2026-03-20T12:10:59.999Z does not run at 2026-03-20T12:11:00Z";
    refused(|of| plan(of, &|_, period| *period = Some(before)), ended);
    refused(|of| (of.access, of.had_plan) = (SnapshotAccess::Trial(before), false), ended);
    let after = Period { start: last.plus_millis(1), end: last.plus_millis(DAY) };
    let to_come = "the period 2026-03-20T12:11:00.001Z to 2026-03-21T12:11:00Z does not run at 2026-03-20T12:11:00Z";
    refused(|of| plan(of, &|_, period| *period = Some(after)), to_come);
    refused(|of| plan(of, &|terms, _| terms.plan.clear()), "the id of a plan has 0 bytes and needs 1..=256");
    let much = format!("an allowance of {} is above {MAX_ALLOWANCE}", MAX_ALLOWANCE + 1);
    refused(|of| plan(of, &|terms, _| terms.allowance = MAX_ALLOWANCE + 1), &much);
    let pending = PlanTerms { plan: "large".into(), allowance: MAX_ALLOWANCE + 1, ai: true };
    refused(|of| of.pending = Some(Some(pending)), &much);
    let counted = |text: &str| {
        let anchor = text.parse().unwrap();
        move |of: &mut Snapshot| match &mut of.access {
            SnapshotAccess::Plan { anchor: before, .. } => *before = anchor,
            other => panic!("{other:?}"),
        }
    };
    refused(
        counted("2026-03-29T02:30:00"),
        "no plan's periods count from 2026-03-29 02:30:00 in Europe/Berlin (billing_cycle)",
    );
    let cap = Some(MAX_CAP + 1);
    refused(|of| of.controls.features[0].1.cap = cap, &format!("the cap of \"auto\" is above {MAX_CAP}"));
    refused(|of| of.controls.features.push(("auto".into(), FeatureControl::default())), "\"auto\" is named twice");
}
