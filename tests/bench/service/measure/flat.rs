//! What stays the same however much a service knows: its memory, and what a decision costs.

use std::sync::Arc;

use clock::Stopwatch;
use serde_json::Value;

use super::{Bench, Kind, TURN, TURNS, best, over, told};
use crate::Failure;
use crate::fill::fill;
use crate::load::{Load, Spread, Until};
use crate::process::Running;
use crate::vendor::Workspace;

/// Workspaces that work at a time.
const ACTIVE: u64 = 1_000;
/// Reports that each of them makes before memory is looked at.
const REPORTS: u64 = 20;
/// Entries of a ledger that has only begun.
const BEGUN: u64 = 1_000;
/// Reports of a turn on it: few, so that it does not get long meanwhile.
const FEW: u64 = 20_000;
const MOST_MEMORY: f64 = 200e6;

/// Memory, and the cost of a decision, with so many workspaces known.
pub(super) fn workspaces(bench: &Bench, kind: Kind) -> Result<Vec<Value>, Failure> {
    let (store, count) = (kind.name(), grouped(bench.workspaces));
    let lower = store.to_lowercase();
    let one = bench.shop(kind, &format!("{lower}-one"), 1)?;
    let many = bench.shop(kind, &format!("{lower}-many"), bench.workspaces)?;
    let (address, all) = (many.service.address, &many.workspaces);
    let active: Arc<[Workspace]> = all.iter().take(usize::try_from(ACTIVE)?).cloned().collect();
    let mut rows = Vec::new();

    let each_of = |workspaces: &Arc<[Workspace]>, times: u64| {
        let until = Until::Asked(workspaces.len() as u64 * times);
        Load { until, spread: Spread::Turn, ..Load::of(address, workspaces, TURN) }.run()?.rate()
    };
    each_of(&active, REPORTS)?;
    let memory = many.service.memory()?;
    let mut row = told(
        &format!("{store}: memory, {count} workspaces known, {} active", grouped(active.len() as u64)),
        memory.proportional / 1e6,
        "MB",
        None,
    );
    row["goal"] = "≤ 200 MB".into();
    row["met"] = (memory.proportional <= MOST_MEMORY).into();
    rows.push(row);
    rows.push(told(&format!("{store}: the same, resident"), memory.resident / 1e6, "MB", None));

    let name = format!("{store}: a decision, {} of {count} workspaces active", grouped(active.len() as u64));
    rows.extend(costs(&name, &one.service, &one.workspaces, &many.service, &active)?);
    each_of(all, 1)?;
    let name = format!("{store}: a decision, {count} workspaces, all active");
    rows.extend(costs(&name, &one.service, &one.workspaces, &many.service, all)?);
    Ok(rows)
}

/// A decision's cost on many workspaces over that on one, by the time that passes and by the processor's.
fn costs(
    name: &str,
    service: &Running,
    one: &Arc<[Workspace]>,
    other: &Running,
    many: &Arc<[Workspace]>,
) -> Result<Vec<Value>, Failure> {
    let (mut least, mut most) = (f64::INFINITY, f64::INFINITY);
    let mut few = || cost(Load::of(service.address, one, TURN), service, &mut least);
    let mut all = || cost(Load::of(other.address, many, TURN), other, &mut most);
    let [few, all] = best(f64::min, [&mut few, &mut all])?;
    let row = over(name, all, "µs", few, "≤ 1.2 × with one workspace", |ratio| ratio <= 1.2);
    Ok(vec![row, told(&format!("{name}, processor time"), most, "µs", Some(least))])
}

/// The cost of a decision on a ledger of so many entries, and how soon a service that has just started answers there.
pub(super) fn entries(bench: &Bench, kind: Kind) -> Result<Vec<Value>, Failure> {
    let (store, count) = (kind.name(), grouped(bench.entries));
    let lower = store.to_lowercase();
    // A workspace for each turn, since a ledger that was worked on is none that has only begun.
    let begun = bench.shop(kind, &format!("{lower}-begun"), TURNS as u64)?;
    for workspace in &*begun.workspaces {
        fill(begun.service.address, workspace, BEGUN)?;
    }
    let mut long = bench.shop(kind, &format!("{lower}-long"), 1)?;
    fill(long.service.address, long.workspaces.first().ok_or("no workspace")?, bench.entries)?;

    let of = |address, workspaces: &Arc<[Workspace]>| {
        let until = Until::Asked(FEW);
        Load { until, ..Load::of(address, workspaces, TURN) }
    };
    let mut next = begun.workspaces.iter().map(|workspace| Arc::from(vec![workspace.clone()]));
    let (mut least, mut most) = (f64::INFINITY, f64::INFINITY);
    let mut few = || {
        let workspaces: Arc<[Workspace]> = next.next().ok_or("no workspace is left")?;
        cost(of(begun.service.address, &workspaces), &begun.service, &mut least)
    };
    let mut many = || cost(of(long.service.address, &long.workspaces), &long.service, &mut most);
    let [few, many] = best(f64::min, [&mut few, &mut many])?;
    let name = format!("{store}: a decision, {count} entries in the ledger");
    let goal = "≤ 1.2 × with 1,000 entries";
    let mut rows = vec![
        over(&name, many, "µs", few, goal, |ratio| ratio <= 1.2),
        told(&format!("{name}, processor time"), most, "µs", Some(least)),
    ];

    long.restart()?;
    let watch = Stopwatch::start();
    let first = Load { connections: 1, until: Until::Asked(1), ..of(long.service.address, &long.workspaces) };
    first.run()?.rate()?;
    let took = watch.elapsed().as_secs_f64() * 1e3;
    let name = format!("{store}: the first answer after a start, {count} entries in the ledger");
    rows.push(told(&name, took, "ms", None));
    Ok(rows)
}

/// Microseconds from one decision to the next, at best, and the least of the processor's own in `processor`.
fn cost(load: Load, service: &Running, processor: &mut f64) -> Result<f64, Failure> {
    let before = service.processor()?;
    let found = load.run()?;
    let taken = service.processor()? - before;
    *processor = processor.min(1e6 * taken / found.recorded() as f64);
    Ok(1e6 / found.rate()?)
}

/// A number as people write it: 10,000,000.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
