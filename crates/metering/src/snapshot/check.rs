//! What is true of every account, and so has to be true of a snapshot before an account goes on from it.
//!
//! It is all that the rules rely on when they make entries: whatever passes, no entry of theirs fails to follow later,
//! nothing overflows, and what they record can be read again.

use std::collections::{BTreeMap, BTreeSet};

use super::{Snapshot, SnapshotAccess};
use crate::books::check_once;
use crate::bounds::{
    MAX_ALLOWANCE, MAX_CAP, MAX_HOLD_ID_LENGTH, MAX_HOLD_MINUTES, MAX_ID_LENGTH, MAX_PRICE, MAX_RATE, MAX_TOTAL,
    MAX_UNITS,
};
use crate::{Credits, GrantSource, LiveGrant, LiveHold, Period, PlanTerms, Purchase, Timestamp, Totals};

type Check = Result<(), String>;

pub(super) fn check(snapshot: &Snapshot) -> Check {
    if snapshot.last_seq == 0 && *snapshot != Snapshot::default() {
        return Err("there is no entry that could have brought what is in it".into());
    }
    numbers(snapshot)?;
    // Whatever a grant has left, lacks or has held is bounded from here on.
    grants(snapshot)?;
    purchases(snapshot)?;
    holds(snapshot)?;
    totals(snapshot)?;
    access(snapshot)?;
    controls(snapshot)
}

fn need(holds: bool, otherwise: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(otherwise()) }
}

fn all_grants(snapshot: &Snapshot) -> impl Iterator<Item = &LiveGrant> {
    snapshot.live.iter().chain(&snapshot.spent)
}

/// A sum that is too large for a number is too large for a total, too.
fn sum(credits: impl Iterator<Item = Credits>) -> Credits {
    credits.fold(0, Credits::saturating_add)
}

/// An entry made one thing, and is one of those counted.
fn numbers(snapshot: &Snapshot) -> Check {
    let last = snapshot.last_seq;
    need(last <= MAX_TOTAL, || format!("its last entry is above {MAX_TOTAL}"))?;
    let nothing = snapshot.purchases.values().filter(|known| known.credits == 0).map(|known| known.grant);
    let holds = snapshot.holds.iter().map(|hold| hold.seq);
    let mut seen = BTreeSet::new();
    for seq in all_grants(snapshot).map(|grant| grant.seq).chain(holds).chain(nothing) {
        need((1..=last).contains(&seq), || format!("entry {seq} is not in 1..={last}"))?;
        need(seen.insert(seq), || format!("entry {seq} is two things"))?;
    }
    let period = snapshot.period_seq;
    need(period <= last, || format!("the period began with entry {period}, which is not in 1..={last}"))?;
    let (made, allowances, packs) = (snapshot.grants_made, snapshot.allowances_made, snapshot.purchases.len());
    need(made <= last, || format!("{made} grants cannot come of {last} entries"))?;
    let all = u64::try_from(packs).ok().and_then(|packs| allowances.checked_add(packs));
    need(all == Some(made), || format!("{made} grants are not {allowances} allowances and {packs} packs"))?;
    let known = all_grants(snapshot).filter(|grant| grant.source != GrantSource::TopUp).count();
    need(u64::try_from(known).is_ok_and(|known| known <= allowances), || {
        format!("{known} grants are no packs, and {allowances} were made")
    })
}

fn grants(snapshot: &Snapshot) -> Check {
    let in_order = snapshot.live.is_sorted_by(|one, next| one.order() < next.order());
    need(in_order, || "its grants do not stand in draw-down order".into())?;
    let by_number = snapshot.spent.is_sorted_by(|one, next| one.seq < next.seq);
    need(by_number, || "its spent grants do not stand in the order of their entries".into())?;
    for LiveGrant { seq, amount, remaining, .. } in &snapshot.live {
        need((1..=*amount).contains(remaining), || format!("grant {seq} has {remaining} left of {amount}"))?;
    }
    for LiveGrant { seq, amount, remaining, .. } in &snapshot.spent {
        need(*remaining == 0, || format!("grant {seq} is spent and has {remaining} left"))?;
        // One without credits is not kept: it can never pay, nor be paid back.
        need(*amount > 0, || format!("grant {seq} brought nothing"))?;
    }
    for LiveGrant { seq, source, purchase, remaining, held, shortfall, .. } in all_grants(snapshot) {
        need(held <= remaining, || format!("grant {seq} has {held} held of the {remaining} that it has left"))?;
        let is_pack = *source == GrantSource::TopUp;
        need(purchase.is_some() == is_pack, || format!("grant {seq} is {} and cannot be bought so", source.name()))?;
        need(is_pack || *shortfall == 0, || format!("grant {seq} is no pack and {shortfall} are claimed of it"))?;
    }
    let trials = all_grants(snapshot).filter(|grant| grant.source == GrantSource::Trial);
    let trials: Vec<Credits> = trials.map(|grant| grant.amount).collect();
    let Snapshot { had_trial, trial_size, .. } = *snapshot;
    need(had_trial || trial_size == 0, || format!("there was no trial, and it brought {trial_size}"))?;
    let is_it = if trial_size == 0 { trials.is_empty() } else { trials == [trial_size] };
    need(is_it, || format!("the trial brought {trial_size} and its grants {trials:?}"))
}

/// A purchase and its grant say the same.
fn purchases(snapshot: &Snapshot) -> Check {
    let mut packs: BTreeMap<u64, &LiveGrant> =
        all_grants(snapshot).filter(|grant| grant.purchase.is_some()).map(|grant| (grant.seq, grant)).collect();
    for (id, known) in &snapshot.purchases {
        text("purchase", id, MAX_ID_LENGTH)?;
        let Purchase { grant, price, refunded, taken, .. } = *known;
        need(price <= MAX_PRICE, || format!("purchase \"{id}\" cost {price}, which is above {MAX_PRICE}"))?;
        need(refunded <= price, || format!("{refunded} of the {price} of purchase \"{id}\" are refunded"))?;
        need(known.surplus() == 0, || {
            format!("{taken} credits were taken of purchase \"{id}\" and {} are claimed", known.claim())
        })?;
        if known.credits == 0 {
            continue;
        }
        let pack = packs.remove(&grant).filter(|pack| {
            pack.purchase.as_ref() == Some(id)
                && pack.amount == known.credits
                && pack.effective_at == known.credited_at
                && pack.expires_at == known.expires_at
        });
        let Some(pack) = pack else {
            return Err(format!("purchase \"{id}\" is not what grant {grant} was bought with"));
        };
        let short = known.shortfall();
        need(pack.shortfall == short, || {
            format!("{} credits of grant {grant} are claimed, and {short} of its purchase", pack.shortfall)
        })?;
        let gone = pack.amount.saturating_sub(pack.remaining);
        need(taken <= gone, || format!("{taken} credits were taken of grant {grant}, which lacks {gone}"))?;
    }
    match packs.first_key_value() {
        Some((seq, _)) => Err(format!("grant {seq} was bought with no purchase that is known")),
        None => Ok(()),
    }
}

/// What holds reserve is what grants have reserved.
fn holds(snapshot: &Snapshot) -> Check {
    let in_order = snapshot.holds.is_sorted_by(|one, next| (one.until, one.seq) < (next.until, next.seq));
    need(in_order, || "its holds do not stand in the order in which they time out".into())?;
    let latest = snapshot.last_recorded_at.plus_millis(i64::from(MAX_HOLD_MINUTES) * 60_000);
    let mut reserved: BTreeMap<u64, Credits> = BTreeMap::new();
    for hold in &snapshot.holds {
        let LiveHold { seq, units, rate, cost, until, ref allocations, .. } = *hold;
        text("source", &hold.source, MAX_ID_LENGTH)?;
        text("hold", &hold.id, MAX_HOLD_ID_LENGTH)?;
        text("feature", &hold.feature, MAX_ID_LENGTH)?;
        need((1..=MAX_UNITS).contains(&units), || format!("hold {seq} is of {units} units"))?;
        need(rate <= MAX_RATE, || format!("hold {seq} has a rate of {rate}"))?;
        let can_live = (snapshot.last_recorded_at..=latest).contains(&until);
        need(can_live, || {
            format!("hold {seq} lives until {until}, which is not in {}..={latest}", snapshot.last_recorded_at)
        })?;
        let priced = Credits::from(rate) * Credits::from(units);
        let paid = sum(allocations.iter().map(|one| one.amount));
        need(cost == priced && cost == paid, || {
            format!("hold {seq} costs {cost}, its units cost {priced} and its grants reserve {paid}")
        })?;
        for (index, one) in allocations.iter().enumerate() {
            check_once(allocations, index, one.grant)?;
            let all = reserved.entry(one.grant).or_default();
            *all = all.saturating_add(one.amount);
        }
    }
    for grant in all_grants(snapshot) {
        let (seq, held, reserved) = (grant.seq, grant.held, reserved.remove(&grant.seq).unwrap_or(0));
        need(held == reserved, || format!("grant {seq} has {held} held, and its holds reserve {reserved}"))?;
    }
    match reserved.first_key_value() {
        Some((seq, _)) => Err(format!("a hold reserves of grant {seq}, which is not there")),
        None => Ok(()),
    }
}

/// Rule 18, and that every total stays a number (rule 20).
fn totals(snapshot: &Snapshot) -> Check {
    let Totals { granted, spent, amended, expired, voided } = snapshot.totals;
    for (name, total) in
        [("granted", granted), ("spent", spent), ("amended", amended), ("expired", expired), ("voided", voided)]
    {
        need(total <= MAX_TOTAL, || format!("{total} credits {name} are above {MAX_TOTAL}"))?;
    }
    let brought = sum(all_grants(snapshot).map(|grant| grant.amount));
    need(brought == granted, || format!("{granted} credits were granted, and its grants brought {brought}"))?;
    need(amended <= spent, || format!("{amended} credits were given back of {spent} spent"))?;
    // No grant has more left than it brought.
    let left = sum(all_grants(snapshot).map(|grant| grant.remaining));
    need(granted + amended == spent + expired + voided + left, || {
        format!(
            "{granted} granted and {amended} amended are not {spent} spent, {expired} expired, {voided} voided and {left} left"
        )
    })?;
    let taken = sum(snapshot.purchases.values().map(|known| known.taken));
    need(taken == voided, || format!("{voided} credits were voided, and {taken} were taken of purchases"))?;
    // A capture spends what its hold reserves, whatever else there is.
    let held = sum(all_grants(snapshot).map(|grant| grant.held));
    need(spent + held <= MAX_TOTAL, || format!("{spent} credits spent and {held} held are above {MAX_TOTAL}"))?;
    let used = sum(snapshot.used.iter().map(|(_, used)| *used));
    need(used <= spent - amended, || format!("this period used {used}, and {spent} less {amended} were spent ever"))?;
    once(snapshot.used.iter().map(|(feature, _)| feature))
}

/// Trial, plan and period go together.
fn access(snapshot: &Snapshot) -> Check {
    let Snapshot { had_trial, had_plan, period_seq, last_recorded_at: last, .. } = *snapshot;
    let began = had_trial || had_plan;
    need(began == (period_seq > 0), || {
        format!("its period began with entry {period_seq}, and access has begun: {began}")
    })?;
    match &snapshot.access {
        SnapshotAccess::None => {
            need(snapshot.used.is_empty(), || "something is used in a period, and there is none".into())?;
        }
        SnapshotAccess::Trial(period) => {
            need(had_trial && !had_plan, || "a trial runs that never began, or after a plan".into())?;
            runs(*period, last)?;
        }
        SnapshotAccess::Plan { terms, period, .. } => {
            need(had_plan, || "a plan runs that never began".into())?;
            plan(terms)?;
            period.map_or(Ok(()), |period| runs(period, last))?;
        }
    }
    if let Some(pending) = &snapshot.pending {
        let has_plan = matches!(snapshot.access, SnapshotAccess::Plan { .. });
        need(has_plan, || "a change waits for a plan's refresh, and there is no plan".into())?;
        pending.as_ref().map_or(Ok(()), plan)?;
    }
    Ok(())
}

fn plan(terms: &PlanTerms) -> Check {
    text("plan", &terms.plan, MAX_ID_LENGTH)?;
    let allowance = terms.allowance;
    need(allowance <= MAX_ALLOWANCE, || format!("an allowance of {allowance} is above {MAX_ALLOWANCE}"))
}

/// What fell due before the last entry stands ahead of it in the ledger; what falls due with it may come after it.
fn runs(period: Period, last: Timestamp) -> Check {
    let Period { start, end } = period;
    need(start < end, || format!("the period {start} to {end} has no length"))?;
    need(start <= last && last <= end, || format!("the period {start} to {end} does not run at {last}"))
}

fn controls(snapshot: &Snapshot) -> Check {
    let features = &snapshot.controls.features;
    for (id, control) in features {
        need(control.cap.is_none_or(|cap| cap <= MAX_CAP), || format!("the cap of \"{id}\" is above {MAX_CAP}"))?;
    }
    once(features.iter().map(|(id, _)| id))
}

/// It goes into later entries, and has to be read there.
fn text(what: &str, text: &str, most: usize) -> Check {
    let length = text.len();
    need((1..=most).contains(&length), || format!("the id of a {what} has {length} bytes and needs 1..={most}"))
}

fn once<'a>(mut names: impl Iterator<Item = &'a String>) -> Check {
    let mut seen = BTreeSet::new();
    match names.find(|name| !seen.insert(*name)) {
        Some(name) => Err(format!("\"{name}\" is named twice")),
        None => Ok(()),
    }
}
