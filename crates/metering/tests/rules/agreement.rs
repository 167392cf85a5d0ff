//! The crate and the naive model agree on every answer of random histories.
//!
//! `CREDITDECK_AGREEMENT` says how many commands to try (200,000 unless said); `CREDITDECK_SEED` replays one history.

mod compare;
mod coverage;
mod expected;

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use metering::{Meter, Revisions, Terms};

use crate::naive::{Behind, Naive};
use crate::random::{History, history};
use coverage::Coverage;

/// Always so many, whatever the machine has: how the seeds are dealt out decides which histories are tried.
const WORKERS: u64 = 2;

/// Where two answers differ: the step, from 0, and how.
struct Disagreement {
    step: usize,
    how: String,
}

#[test]
fn agreement_of_the_crate_with_the_naive_model() {
    let number = |name: &str| {
        let value = std::env::var(name).ok()?;
        Some(value.replace('_', "").parse::<u64>().unwrap_or_else(|_| panic!("{name}={value} is no number")))
    };
    if let Some(seed) = number("CREDITDECK_SEED") {
        let told = check(seed, &mut Coverage::default());
        assert!(told.is_ok(), "{}", told.unwrap_err());
        return;
    }
    let wanted = number("CREDITDECK_AGREEMENT").unwrap_or(200_000);
    let mut coverage = Coverage::default();
    std::thread::scope(|scope| {
        let work = |worker| scope.spawn(move || try_seeds(worker, wanted.div_ceil(WORKERS)));
        let workers: Vec<_> = (0..WORKERS).map(work).collect();
        for worker in workers {
            match worker.join().unwrap() {
                Ok(tried) => coverage.add(tried),
                Err(told) => panic!("{told}"),
            }
        }
    });
    println!("{coverage}");
    expected::nothing_unexpected(&coverage);
    if wanted >= 1_000_000 {
        expected::nothing_missing(&coverage);
    }
}

/// Every `WORKERS`th history from one on, until enough commands were tried.
fn try_seeds(first: u64, wanted: u64) -> Result<Coverage, String> {
    let mut coverage = Coverage::default();
    let mut seed = first;
    while coverage.commands < wanted {
        check(seed, &mut coverage)?;
        seed += WORKERS;
    }
    Ok(coverage)
}

/// Tries one history; if the two disagree, tells on how little of it.
fn check(seed: u64, coverage: &mut Coverage) -> Result<(), String> {
    let history = history(seed);
    run(&history, coverage).map_err(|first| {
        let (history, last) = shrunk(history, first);
        told(seed, &history, &last)
    })
}

/// Both models through one history, compared after every step. A model that gives up disagrees, too.
fn run(history: &History, coverage: &mut Coverage) -> Result<(), Disagreement> {
    let mut step = 0;
    let ran = catch_unwind(AssertUnwindSafe(|| compare_steps(history, coverage, &mut step)));
    match ran {
        Ok(Ok(())) => Ok(()),
        Ok(Err(how)) => Err(Disagreement { step, how }),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("without a word");
            Err(Disagreement { step, how: format!("one of the two gave up: {text}") })
        }
    }
}

fn compare_steps(history: &History, coverage: &mut Coverage, step: &mut usize) -> Result<(), String> {
    let revisions = Revisions::new(history.catalogues.clone()).unwrap();
    let mut meter = Meter::new(Terms::new(revisions, history.zone));
    let mut naive = Naive::new(history.catalogues.clone(), history.zone).with_behind(Behind::LastEntry);
    coverage.begin(history.zone);
    for (index, one) in history.steps.iter().enumerate() {
        *step = index;
        let decision = meter.decide(&one.command, one.at);
        for entry in &decision.entries {
            coverage.entry(meter.account(), entry);
            meter.apply(entry).map_err(|broken| format!("the crate does not take its own entry: {broken}"))?;
        }
        let answer = naive.step(one.at, &one.command);
        compare::outcomes(&decision.outcome, answer.outcome)?;
        coverage.answer(&one.command, answer.outcome);
        compare::accounts(meter.account(), one.at, &answer)?;
        if let Some(at) = one.look {
            compare::accounts(meter.account(), at, &naive.read(at)).map_err(|how| format!("at {at}, {how}"))?;
            coverage.looks += 1;
        }
    }
    Ok(())
}

/// Leaves out steps and looks as long as the two disagree all the same.
fn shrunk(mut history: History, mut last: Disagreement) -> (History, Disagreement) {
    let try_it = |history: &History| run(history, &mut Coverage::default()).err();
    loop {
        history.steps.truncate(last.step + 1);
        let mut smaller = None;
        for index in (0..history.steps.len()).rev() {
            let mut without = history.clone();
            if without.steps[index].look.take().is_some() {
                smaller = try_it(&without).map(|found| (without.clone(), found));
            }
            if smaller.is_none() {
                without.steps.remove(index);
                smaller = try_it(&without).map(|found| (without, found));
            }
            if smaller.is_some() {
                break;
            }
        }
        match smaller {
            Some(found) => (history, last) = found,
            None => break,
        }
    }
    while history.catalogues.len() > 1 {
        let mut without = history.clone();
        without.catalogues.pop();
        match try_it(&without) {
            Some(found) => (history, last) = (without, found),
            None => break,
        }
    }
    (history, last)
}

fn told(seed: u64, history: &History, last: &Disagreement) -> String {
    let mut text = format!("they disagree; replay with CREDITDECK_SEED={seed}\nzone {}\n", history.zone);
    for one in &history.catalogues {
        let from = one.counts_from.map_or_else(String::new, |from| format!(" from {from}"));
        writeln!(text, "revision {}{from}, {}, trial {:?}", one.revision, one.refresh.name(), one.trial).unwrap();
        let features = one.features.iter().map(|one| (&one.id, one.rate, one.automation));
        let unmetered = one.unmetered.iter().map(|one| &one.id);
        let plans = one.plans.iter().map(|one| (&one.id, one.ai, one.allowance));
        let packs = one.packs.iter().map(|one| (&one.id, one.credits, one.price, one.expires_after_days));
        writeln!(
            text,
            "  features {:?}\n  unmetered {:?}",
            features.collect::<Vec<_>>(),
            unmetered.collect::<Vec<_>>()
        )
        .unwrap();
        writeln!(text, "  plans {:?}\n  packs {:?}", plans.collect::<Vec<_>>(), packs.collect::<Vec<_>>()).unwrap();
    }
    for step in &history.steps {
        writeln!(text, "{} {:?}", step.at, step.command).unwrap();
        if let Some(look) = step.look {
            writeln!(text, "  look at {look}").unwrap();
        }
    }
    writeln!(text, "after the last step:\n{}", last.how).unwrap();
    text
}
