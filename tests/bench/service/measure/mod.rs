//! The measures: each part gives rows, in the form that script/bench reads.

mod flat;
mod rate;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Failure;
use crate::postgres::Database;
use crate::process::{Running, Starting};
use crate::vendor::{VAST, Vendor, Workspace, named};

/// How often each thing is measured; the quickest counts, for whatever else runs on the machine only ever slows it down.
const TURNS: usize = 8;
/// How long a turn is.
const TURN: Duration = Duration::from_secs(2);

/// A part of the measures, by its name.
type Part = (&'static str, fn(&Bench) -> Result<Vec<Value>, Failure>);

const PARTS: [Part; 6] = [
    ("sqlite-rate", rate::sqlite),
    ("postgres-rate", rate::postgres),
    ("sqlite-workspaces", |bench| flat::workspaces(bench, Kind::Sqlite)),
    ("postgres-workspaces", |bench| flat::workspaces(bench, Kind::Postgres)),
    ("sqlite-entries", |bench| flat::entries(bench, Kind::Sqlite)),
    ("postgres-entries", |bench| flat::entries(bench, Kind::Postgres)),
];

/// What is measured, and where things are put meanwhile.
pub(crate) struct Bench {
    pub(crate) service: PathBuf,
    pub(crate) folder: PathBuf,
    /// Workspaces that a service knows at most.
    pub(crate) workspaces: u64,
    /// Entries that a ledger has at most.
    pub(crate) entries: u64,
}

/// The stores.
#[derive(Clone, Copy)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// A service that runs, with workspaces to report to. Fields are dropped in their order: the service before its database.
struct Shop {
    service: Running,
    workspaces: Arc<[Workspace]>,
    vendor: Vendor,
    _database: Option<Database>,
}

impl Shop {
    /// Kills the service and starts it again.
    fn restart(&mut self) -> Result<(), Failure> {
        self.service.kill();
        self.service = self.vendor.start()?;
        Ok(())
    }
}

impl Bench {
    /// Measures the parts named, or all, and writes what was found.
    pub(crate) fn measure(&self, parts: &str, result: &Path) -> Result<(), Failure> {
        for name in parts.split_whitespace() {
            if PARTS.iter().all(|(known, _)| *known != name) {
                let known: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
                return Err(format!("there is no part \"{name}\": {}", known.join(", ")).into());
            }
        }
        let mut rows = Vec::new();
        for (name, part) in PARTS {
            if parts.is_empty() || parts.split_whitespace().any(|wanted| wanted == name) {
                eprintln!("{name}");
                rows.extend(part(self)?);
            }
        }
        std::fs::write(result, serde_json::to_string_pretty(&rows)?)?;
        Ok(())
    }

    /// A service on a new store, with so many workspaces on a plan that nothing uses up.
    fn shop(&self, kind: Kind, name: &str, workspaces: u64) -> Result<Shop, Failure> {
        let folder = self.folder.join(name);
        let (vendor, database) = match kind {
            Kind::Sqlite => (Vendor::on_sqlite(&self.service, &folder)?, None),
            Kind::Postgres => {
                let database = Database::create(&format!("creditdeck-bench-{name}"))?;
                (Vendor::new(&self.service, &folder, database.url.clone())?, Some(database))
            }
        };
        let workspaces = vendor.make_workspaces(&named(workspaces), VAST)?.into();
        Ok(Shop { service: vendor.start()?, workspaces, vendor, _database: database })
    }

    /// A bare program of this one's.
    fn bare(&self, arguments: &[&str]) -> Result<Running, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        Starting::spawn(command.arg("bare").args(arguments), &self.folder.join("bare.log"))?.listening()
    }
}

/// What one turn of something gives.
type Turn<'a> = &'a mut dyn FnMut() -> Result<f64, Failure>;

/// The best of each: all of them in turn, again and again, so that each sees the same machine.
fn best<const N: usize>(better: fn(f64, f64) -> f64, mut turns: [Turn<'_>; N]) -> Result<[f64; N], Failure> {
    let mut best = [f64::NAN; N];
    for _ in 0..TURNS {
        let mut seen = Vec::with_capacity(N);
        for (turn, best) in turns.iter_mut().zip(&mut best) {
            let found = turn()?;
            // Of a number and none, the number is the better one.
            *best = better(*best, found);
            seen.push(format!("{found:.0}"));
        }
        eprintln!("  {}", seen.join("  "));
    }
    Ok(best)
}

/// A row with what the same costs bare, and a goal for the ratio of both.
fn over(measure: &str, value: f64, unit: &str, baseline: f64, goal: &str, is_met: impl FnOnce(f64) -> bool) -> Value {
    let ratio = value / baseline;
    json!({
        "measure": measure, "value": value, "unit": unit, "baseline": baseline, "ratio": ratio,
        "goal": goal, "met": is_met(ratio),
    })
}

/// A row that is good to know, and has no goal.
fn told(measure: &str, value: f64, unit: &str, baseline: Option<f64>) -> Value {
    let ratio = baseline.map(|baseline| value / baseline);
    json!({
        "measure": measure, "value": value, "unit": unit, "baseline": baseline, "ratio": ratio,
        "goal": null, "met": null,
    })
}
