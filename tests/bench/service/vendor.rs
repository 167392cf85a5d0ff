//! What a vendor does to run the service: writes a catalogue, makes workspaces and tokens, starts the service, verifies a
//! ledger. All of it by the command line, as anybody would.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde_json::json;

use crate::Failure;
use crate::process::{Running, Starting};

/// The feature that all work here is of: a unit costs one credit.
pub(crate) const FEATURE: &str = "reply";
/// A plan that nothing here uses up.
pub(crate) const VAST: &str = "vast";
/// A plan of [`FEW_CREDITS`].
pub(crate) const FEW: &str = "few";
pub(crate) const FEW_CREDITS: u64 = 10_000;

/// A service program, and the store that it keeps.
#[derive(Clone)]
pub(crate) struct Vendor {
    service: PathBuf,
    database: String,
    catalogue: PathBuf,
    pub(crate) folder: PathBuf,
}

/// A workspace, and who may do what in it.
#[derive(Clone)]
pub(crate) struct Workspace {
    pub(crate) id: String,
    /// The token of a machine that reports work.
    pub(crate) meter: Arc<str>,
    /// The token of its owner.
    pub(crate) owner: Arc<str>,
}

impl Vendor {
    /// Everything is put into `folder`; `database` is what the service's command line takes.
    pub(crate) fn new(service: &Path, folder: &Path, database: String) -> Result<Self, Failure> {
        std::fs::create_dir_all(folder)?;
        let folder = std::fs::canonicalize(folder)?;
        let catalogue = folder.join("catalogue.json");
        let plan = |id: &str, allowance: u64| json!({"id": id, "name": id, "price": 0, "allowance": allowance});
        let text = json!({
            "schema": 1, "id": "bench", "name": "Bench", "revision": 1, "currency": "USD", "refresh": "billing_cycle",
            "packs_name": "Packs", "pack": [], "group": {"work": "Work"},
            "feature": [{"id": FEATURE, "name": "Replies", "group": "work", "rate": 1}],
            "plan": [plan(VAST, 1_000_000_000), plan(FEW, FEW_CREDITS)],
        });
        std::fs::write(&catalogue, text.to_string())?;
        Ok(Self { service: service.to_owned(), database, catalogue, folder })
    }

    /// The same with a database file of its own in the folder.
    pub(crate) fn on_sqlite(service: &Path, folder: &Path) -> Result<Self, Failure> {
        let database = format!("sqlite:{}", folder.join("credits.db").display());
        Self::new(service, folder, database)
    }

    /// Starts the service on a free port.
    pub(crate) fn starting(&self) -> Result<Starting, Failure> {
        let mut command = Command::new(&self.service);
        command.args(["serve", "--database", &self.database, "--listen", "127.0.0.1:0"]);
        // Who asks is counted, and never too fast.
        command.args(["--token-rate", "1000000", "--token-burst", "1000000"]);
        Starting::spawn(&mut command, &self.log())
    }

    /// Starts the service and waits until it listens.
    pub(crate) fn start(&self) -> Result<Running, Failure> {
        self.starting()?.listening().map_err(|error| format!("{error}: see {}", self.log().display()).into())
    }

    /// What the service says on standard error.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("service.log")
    }

    /// Makes workspaces on a plan, from a file of a line each, and a token of a meter and one of an owner for all of them.
    /// The service does not run yet.
    pub(crate) fn make_workspaces(&self, ids: &[String], plan: &str) -> Result<Vec<Workspace>, Failure> {
        let file = self.folder.join("workspaces.ndjson");
        let line = |id: &String| {
            let line = json!({"id": id, "name": id, "catalogue": self.catalogue, "time_zone": "UTC", "plan": plan});
            format!("{line}\n")
        };
        std::fs::write(&file, ids.iter().map(line).collect::<String>())?;
        self.run(&["workspace", "create", "--database", &self.database, "--from", &file.to_string_lossy()])?;
        let token = |role: &str| {
            let create = ["token", "create", "--database", &self.database, "--all-workspaces"];
            self.run(&[&create[..], &["--role", role, "--name", "bench"]].concat())
        };
        let (meter, owner): (Arc<str>, Arc<str>) = (token("meter")?.into(), token("owner")?.into());
        let one = |id: &String| Workspace { id: id.clone(), meter: Arc::clone(&meter), owner: Arc::clone(&owner) };
        Ok(ids.iter().map(one).collect())
    }

    /// Verifies a ledger, and gives what is said of it.
    pub(crate) fn verify(&self, ledger: &Path) -> Result<String, Failure> {
        let catalogue = self.catalogue.to_string_lossy();
        self.run(&["verify", "--catalogue", &catalogue, "--time-zone", "UTC", &ledger.to_string_lossy()])
    }

    /// Runs the program to its end, and gives what it printed.
    fn run(&self, arguments: &[&str]) -> Result<String, Failure> {
        let output = Command::new(&self.service).args(arguments).stdin(Stdio::null()).output()?;
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if output.status.success() {
            return Ok(said);
        }
        let error = String::from_utf8_lossy(&output.stderr);
        Err(format!("creditdeck-service {}: {said}\n{error}", arguments.join(" ")).into())
    }
}

/// Ids of so many workspaces.
pub(crate) fn named(count: u64) -> Vec<String> {
    (1..=count).map(|number| format!("ws-{number:06}")).collect()
}
