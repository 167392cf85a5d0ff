//! Measures the metering rules on a ledger of millions of entries, which the rules make of a real trace: folding it,
//! deciding at its end, verifying it from bytes. Each over what the machine can do at best.
//!
//! `bench-rules measure TRACE ENTRIES RESULT.json`, `bench-rules pace TRACE ENTRIES` for deciding alone, or
//! `bench-rules PART TRACE ENTRIES` to run one part under a counter of instructions: `make`, `sum`, `fold`, `reports`,
//! `decide`, `bytes`, `hash`, `verify`.

mod counts;
mod life;

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use chrono_tz::Tz;
use clock::Stopwatch;
use metering::{Account, Command, Entry, EntryKind, Meter, Terms, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use wire::line::{encode_body, encode_line};
use wire::{GENESIS, chain};

use life::{Life, ledger, lived};

type Failure = Box<dyn Error>;

/// How often each thing is timed; the quickest counts, for whatever else runs on the machine only ever adds.
const TURNS: usize = 5;
/// Usages that are decided in one turn.
const DECIDED: usize = 1_000_000;
/// Usages that are reported before they are decided.
const PART: usize = 500;

fn terms() -> Result<Terms, Failure> {
    let catalogue = wire::catalogue::from_toml(include_str!("../../../catalogues/a.toml"))?;
    Ok(Terms::new(Arc::new(catalogue), Tz::Europe__Berlin))
}

/// The ledger as it is sent.
fn bytes(entries: &[Entry]) -> Vec<u8> {
    let mut ledger = Vec::new();
    let mut hash = GENESIS;
    for entry in entries {
        let body = encode_body(entry);
        hash = chain(&hash, &body);
        ledger.extend_from_slice(&encode_line(&hash, &body));
        ledger.push(b'\n');
    }
    ledger
}

fn fold(entries: &[Entry]) -> Result<Account, Failure> {
    let mut account = Account::new(terms()?);
    for entry in entries {
        account.apply(entry)?;
    }
    Ok(account)
}

/// The least that can be done with the entries: the sum of the credits that each moves.
fn sum(entries: &[Entry]) -> u64 {
    let moved = |entry: &Entry| match &entry.kind {
        EntryKind::Usage(usage) => usage.cost,
        EntryKind::Grant(grant) => grant.amount,
        EntryKind::Expiry(expiry) => expiry.amount,
        EntryKind::Void(void) => void.amount,
        EntryKind::Amendment(amendment) => amendment.amount,
        _ => 0,
    };
    entries.iter().map(moved).fold(0, u64::wrapping_add)
}

/// Reports of work that the account can pay for: its plan was upgraded for them.
fn reports(meter: &mut Meter, life: &mut Life, count: usize) -> Result<(Vec<Command>, Timestamp), Failure> {
    life.run(meter, &Life::agreed(1_000_000_000), &mut |_| {})?;
    // All in this period, so that none of them is a refresh.
    let now = life.now;
    Ok(((0..count).map(|_| Command::Use(life.usage())).collect(), now))
}

/// Decides and applies them as the service does with all that waits: looks ahead for the whole group, then decides one by
/// one. Gives the entries, as they are kept to be stored.
#[inline(never)]
fn decide(meter: &mut Meter, (reports, now): (Vec<Command>, Timestamp)) -> Result<Vec<Vec<Entry>>, Failure> {
    let mut recorded = Vec::with_capacity(reports.len());
    meter.register().look_ahead(&reports);
    for command in reports {
        let decision = meter.decide(command, now);
        for entry in &decision.entries {
            meter.apply(entry)?;
        }
        recorded.push(decision.entries);
    }
    Ok(recorded)
}

/// Nanoseconds that each of `count` takes, at best.
fn quickest<T>(count: usize, mut turn: impl FnMut() -> Result<T, Failure>) -> Result<f64, Failure> {
    let mut best = f64::INFINITY;
    for _ in 0..TURNS {
        let watch = Stopwatch::start();
        black_box(turn()?);
        best = best.min(watch.elapsed().as_secs_f64());
    }
    Ok(best * 1e9 / f64::from(u32::try_from(count)?))
}

/// Nanoseconds that `decide` and `apply` of a usage take, by an account that has seen what `meter` has. The reports come
/// in small parts, so that they are as fresh in the processor's cache as a request that has just been read. An account
/// that is to stay `young` begins anew with every part.
fn deciding(meter: &Meter, life: &mut Life, is_young: bool) -> Result<f64, Failure> {
    let mut old = meter.clone();
    let mut best = f64::INFINITY;
    for _ in 0..TURNS {
        let mut taken = 0.0;
        for _ in 0..DECIDED / PART {
            let mut young;
            let meter = if is_young {
                young = meter.clone();
                &mut young
            } else {
                &mut old
            };
            let reports = reports(meter, life, PART)?;
            let watch = Stopwatch::start();
            let recorded = decide(meter, reports)?;
            taken += watch.elapsed().as_secs_f64();
            let count = recorded.iter().filter(|entries| !entries.is_empty()).count();
            if count != PART {
                return Err(format!("{count} of {PART} were recorded").into());
            }
        }
        best = best.min(taken);
    }
    Ok(best * 1e9 / f64::from(u32::try_from(DECIDED)?))
}

/// The same by an account that has seen a thousand entries, and by one that has seen `count`. Nothing but what they keep of
/// them is in memory.
fn paces(trace: &Path, count: u64) -> Result<(f64, f64), Failure> {
    let (young, mut young_life) = lived(trace, 1_000, drop)?;
    let few = deciding(&young, &mut young_life, true)?;
    let (old, mut old_life) = lived(trace, count, drop)?;
    Ok((few, deciding(&old, &mut old_life, false)?))
}

fn row(measure: &str, value: f64, unit: &str, baseline: Option<f64>, goal: &str, met: bool) -> Value {
    let ratio = baseline.map(|baseline| value / baseline);
    json!({"measure": measure, "value": value, "unit": unit, "baseline": baseline, "ratio": ratio, "goal": goal, "met": met})
}

fn measure(trace: &Path, count: u64, result: &Path) -> Result<(), Failure> {
    let mut found = Vec::new();
    let (few, many) = paces(trace, count)?;
    let entries = ledger(trace, count)?;
    let name = |what: &str| format!("{what}, {} million entries", count / 1_000_000);

    let summed = quickest(entries.len(), || Ok(sum(black_box(&entries))))?;
    let folded = quickest(entries.len(), || fold(&entries))?;
    let met = folded <= 10.0 * summed && folded <= 60.0;
    let goal = "≤ 10 × summing their amounts, ≤ 60 ns";
    found.push(row(&name("fold an entry"), folded, "ns", Some(summed), goal, met));

    let rate = |ns: f64| 1e3 / ns;
    let goal = "≥ 5 million a second";
    found.push(row("decide and apply a usage, 1,000 entries seen", rate(few), "M/s", None, goal, few <= 200.0));
    let goal = "≥ 5 million a second, ± 20 % of 1,000 seen";
    let met = many <= 200.0 && (0.8..=1.2).contains(&(many / few));
    found.push(row(&name("decide and apply a usage"), rate(many), "M/s", Some(rate(few)), goal, met));

    let ledger = bytes(&entries);
    let length = entries.len();
    drop(entries);
    let hashed = quickest(length, || Ok(Sha256::digest(black_box(&ledger))))?;
    let verified = quickest(length, || {
        let verdict = wire::verify::verify(terms()?, ledger.as_slice())?;
        if verdict.is_right() { Ok(verdict.head) } else { Err(format!("{:?}", verdict.findings).into()) }
    })?;
    let goal = "≤ 2 × SHA-256 of the same bytes";
    found.push(row(&name("verify an entry"), verified, "ns", Some(hashed), goal, verified <= 2.0 * hashed));
    drop(ledger);
    found.extend(counts::rows(trace)?);
    std::fs::write(result, serde_json::to_string_pretty(&found)?)?;
    Ok(())
}

/// One part by itself. Each does what the one before it in the list does, and its own.
fn part(name: &str, trace: &Path, count: u64) -> Result<(), Failure> {
    let mut entries = Vec::new();
    let (mut meter, mut life) = lived(trace, count, |entry| entries.push(entry))?;
    match name {
        "make" => {}
        "sum" => drop(black_box(sum(&entries))),
        "fold" => drop(black_box(fold(&entries)?)),
        "reports" => drop(black_box(reports(&mut meter, &mut life, usize::try_from(count)?)?)),
        "decide" => {
            let reports = reports(&mut meter, &mut life, usize::try_from(count)?)?;
            black_box(decide(&mut meter, reports)?);
        }
        "bytes" => drop(black_box(bytes(&entries))),
        "hash" => drop(black_box(Sha256::digest(bytes(&entries)))),
        "verify" => drop(black_box(wire::verify::verify(terms()?, bytes(&entries).as_slice())?)),
        other => return Err(format!("there is no part \"{other}\"").into()),
    }
    Ok(())
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["measure", trace, count, result] => measure(Path::new(trace), count.parse()?, Path::new(result)),
        ["pace", trace, count] => {
            let (few, many) = paces(Path::new(trace), count.parse()?)?;
            eprintln!("{few:.0} ns after 1,000 entries, {many:.0} ns after {count}");
            Ok(())
        }
        [name, trace, count] => part(name, Path::new(trace), count.parse()?),
        _ => Err("usage: bench-rules measure TRACE ENTRIES RESULT.json | bench-rules pace|PART TRACE ENTRIES".into()),
    }
}
