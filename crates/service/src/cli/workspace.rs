//! `workspace create`, `workspace list`.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono_tz::Tz;
use clap::{Args, Subcommand};
use clock::Clock;
use metering::{Catalogue, Command, Outcome, Terms};
use serde::Deserialize;
use wire::problem::json_error;

use super::{DATABASE, Stopped, id, open, open_existing, say};
use crate::catalogues;
use crate::ledger::{Book, record};
use crate::store::{Durability, Location, Store, Workspace};

/// How many workspaces of a file are made at once.
const AT_ONCE: usize = 1_000;
/// How many workspaces are listed at once.
const LISTED: u32 = 1_000;
/// Longest name of a workspace, in bytes.
const MAX_NAME: usize = 256;

#[derive(Subcommand)]
pub(super) enum WorkspaceCommand {
    /// Make a workspace, or those in a file. The same again changes nothing.
    Create(Create),
    /// List workspaces, a line each: id, catalogue and its revision, time zone, name.
    List {
        /// The database: sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE.
        #[arg(long, env = DATABASE, hide_env_values = true)]
        database: Location,
    },
}

#[derive(Args)]
pub(super) struct Create {
    /// The database: sqlite:PATH, which is made if it is not there, or postgres://USER:PASSWORD@HOST/DATABASE.
    #[arg(long, env = DATABASE, hide_env_values = true)]
    database: Location,
    /// A file with a workspace a line: {"id": …, "name": …, "catalogue": …}, and "time_zone" and "plan" if it needs them.
    #[arg(long, conflicts_with_all = ["id", "name", "catalogue", "time_zone", "plan"])]
    from: Option<PathBuf>,
    /// The workspace's id: what stands in addresses.
    #[arg(long, value_parser = id, required_unless_present = "from")]
    id: Option<String>,
    /// Its name, for people.
    #[arg(long, required_unless_present = "from")]
    name: Option<String>,
    /// The catalogue that it is kept under: a, b, or a file.
    #[arg(long, required_unless_present = "from")]
    catalogue: Option<String>,
    /// IANA name of its billing time zone; the catalogue's, if left out.
    #[arg(long)]
    time_zone: Option<String>,
    /// The plan that it is on from now on; none, if left out.
    #[arg(long)]
    plan: Option<String>,
}

/// A workspace as it is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    id: String,
    name: String,
    catalogue: String,
    time_zone: Option<String>,
    plan: Option<String>,
}

impl WorkspaceCommand {
    pub(super) fn run(self) -> Result<(), Stopped> {
        match self {
            Self::Create(create) => create.run(),
            Self::List { database } => list(&open_existing(&database, Durability::Full)?),
        }
    }
}

impl Create {
    fn run(self) -> Result<(), Stopped> {
        if let Some(path) = &self.from {
            return from_file(&self.database, path);
        }
        let Self { database, id: Some(id), name: Some(name), catalogue: Some(catalogue), time_zone, plan, .. } = self
        else {
            return Err(Stopped::wrong("say --id, --name and --catalogue, or --from"));
        };
        let wish = Wish { id, name, catalogue, time_zone, plan };
        let (workspace, plan) = Catalogues::default().workspace(wish)?;
        let store = open(&database, Durability::Full)?;
        let provider = workspace.terms.catalogues.latest().name.clone();
        let said =
            format!("workspace {}: {} on {provider}, {}", workspace.id, workspace.name, workspace.terms.zone.name());
        make(&store, vec![(workspace, plan)])?;
        say(said)
    }
}

/// Makes the workspaces of a file, a thousand at once. What is wrong with a line is said before anything of it is made.
fn from_file(database: &Location, path: &Path) -> Result<(), Stopped> {
    let at = |line: usize, message: &dyn std::fmt::Display| {
        Stopped::wrong(format!("{}: line {line}: {message}", path.display()))
    };
    let file = File::open(path).map_err(|error| Stopped::wrong(format!("{}: {error}", path.display())))?;
    let (mut catalogues, mut wanted) = (Catalogues::default(), Vec::new());
    for (number, line) in (1..).zip(BufReader::new(file).lines()) {
        let line = line.map_err(|error| at(number, &error))?;
        if line.trim().is_empty() {
            continue;
        }
        let wish: Wish = serde_json::from_str(&line).map_err(|error| at(number, &json_error(&error)))?;
        super::id(&wish.id).map_err(|message| at(number, &message))?;
        wanted.push(catalogues.workspace(wish).map_err(|stopped| at(number, &stopped.message))?);
    }
    let store = open(database, Durability::Full)?;
    let count = wanted.len();
    let mut rest = wanted.into_iter();
    loop {
        let some: Vec<_> = rest.by_ref().take(AT_ONCE).collect();
        if some.is_empty() {
            return say(format_args!("{count} workspaces"));
        }
        make(&store, some)?;
    }
}

/// Makes workspaces, and puts those on their plan that have none yet.
fn make(store: &Store, wanted: Vec<(Workspace, Option<String>)>) -> Result<(), Stopped> {
    let now = Clock::system().now();
    let workspaces: Vec<&Workspace> = wanted.iter().map(|(workspace, _)| workspace).collect();
    store.create_workspaces(&workspaces, now)?;
    let mut books = Vec::new();
    for (workspace, plan) in wanted {
        let Some(plan) = plan else { continue };
        let mut book = Book::open(Arc::new(workspace), store)?;
        if book.account().last_seq() > 0 {
            continue;
        }
        match book.decide(store, &Command::Subscribe { plan: plan.clone(), allowance: None }, now)? {
            Outcome::Recorded { .. } | Outcome::Unchanged => books.push(book),
            Outcome::Invalid(invalid) => return Err(Stopped::wrong(format!("plan {plan}: {invalid}"))),
            other => return Err(Stopped::wrong(format!("plan {plan}: {other:?}"))),
        }
    }
    record(store, books)?;
    Ok(())
}

fn list(store: &Store) -> Result<(), Stopped> {
    let mut after = String::new();
    loop {
        let some = store.workspaces(&after, LISTED)?;
        let Some(last) = some.last() else { return Ok(()) };
        after.clone_from(&last.id);
        for one in some {
            say(format_args!("{}\t{} {}\t{}\t{}", one.id, one.catalogue, one.revision, one.time_zone, one.name))?;
        }
    }
}

/// Catalogues, each read once.
#[derive(Default)]
struct Catalogues(HashMap<String, Arc<Catalogue>>);

impl Catalogues {
    fn workspace(&mut self, wish: Wish) -> Result<(Workspace, Option<String>), Stopped> {
        let Wish { id, name, catalogue, time_zone, plan } = wish;
        if name.trim().is_empty() || name.len() > MAX_NAME {
            return Err(Stopped::wrong(format!("a name has 1 to {MAX_NAME} bytes, this one has {}", name.len())));
        }
        let catalogue = match self.0.get(&catalogue) {
            Some(known) => Arc::clone(known),
            None => {
                let read = Arc::new(catalogues::find(&catalogue).map_err(Stopped::wrong)?);
                Arc::clone(self.0.entry(catalogue).or_insert(read))
            }
        };
        if let Some(plan) = plan.as_ref().filter(|plan| catalogue.plan(plan).is_none()) {
            return Err(Stopped::wrong(format!("the catalogue has no plan \"{plan}\"")));
        }
        let zone = time_zone.as_ref().unwrap_or(&catalogue.time_zone);
        let zone: Tz = zone
            .parse()
            .map_err(|_| Stopped::wrong(format!("\"{zone}\" is not an IANA time zone like Europe/Berlin")))?;
        Ok((Workspace { id, name, terms: Terms::new(catalogue, zone) }, plan))
    }
}
