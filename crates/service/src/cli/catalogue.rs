//! `catalogue check`, `catalogue add`, `catalogue schema`.

mod check;

use clap::Subcommand;
use clock::Clock;
use metering::Catalogue;

use super::{DATABASE, Stopped, one_line, open_existing, say};
use crate::catalogues;
use crate::store::{Durability, Location};

#[derive(Subcommand)]
pub(super) enum CatalogueCommand {
    /// Look catalogues over: every mistake with its place, and what can never be used. Several files are revisions of
    /// one catalogue.
    #[command(after_help = "Exit status: 0 when there is no mistake, with or without warnings, 2 when there is one.")]
    Check {
        /// A file: TOML, or JSON if its name ends in .json; or a or b, which ship.
        #[arg(required = true)]
        files: Vec<String>,
    },
    /// Let a further revision of a catalogue count from its instant on, for every workspace that is kept under it. Services
    /// that run on the database learn of it in time: the instant has to be a minute ahead. Tells what `check` tells.
    Add {
        /// The database: sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE.
        #[arg(long, env = DATABASE, hide_env_values = true)]
        database: Location,
        /// The file: TOML, or JSON if its name ends in .json.
        file: String,
    },
    /// Print the JSON Schema of catalogue files, for editors.
    Schema,
}

impl CatalogueCommand {
    pub(super) fn run(self) -> Result<(), Stopped> {
        match self {
            Self::Check { files } => check::check(&files),
            Self::Add { database, file } => add(&database, &file),
            Self::Schema => say(wire::catalogue::json_schema().trim_end()),
        }
    }
}

/// Adds a revision, and says what `check` says of it among those that are stored.
fn add(database: &Location, file: &str) -> Result<(), Stopped> {
    let reviewed = catalogues::review(file).map_err(Stopped::wrong)?;
    let catalogue = match &reviewed.catalogue {
        Ok(catalogue) => catalogue,
        Err(mistakes) => return Err(check::refuse(file, mistakes, reviewed.more)),
    };
    let doubts = open_existing(database, Durability::Full)?.add_revision(catalogue, Clock::system().now())?;
    let doubts = doubts.into_iter().map(|doubt| reviewed.placed(doubt));
    reviewed.doubts.iter().cloned().chain(doubts).for_each(|doubt| check::tell(file, "warning", &doubt));
    say(summary(catalogue, false))
}

/// What is in a catalogue, as one line. The first revision counts since ever, whatever it says.
fn summary(catalogue: &Catalogue, is_first: bool) -> String {
    let assumed = catalogue.features.iter().filter(|one| one.assumed).count()
        + catalogue.plans.iter().filter(|one| one.assumed).count()
        + catalogue.packs.iter().filter(|one| one.assumed).count()
        + usize::from(catalogue.trial.as_ref().is_some_and(|one| one.assumed));
    let from = catalogue.counts_from.filter(|_| !is_first).map_or_else(String::new, |from| format!(" from {from}"));
    one_line(&format!(
        "{} revision {}{from}: {}, {}, {}, {}; {} assumed",
        catalogue.name,
        catalogue.revision,
        counted(catalogue.features.len(), "feature"),
        counted(catalogue.unmetered.len(), "unmetered action"),
        counted(catalogue.plans.len(), "plan"),
        counted(catalogue.packs.len(), "pack"),
        if assumed == 1 { "1 number is".to_owned() } else { format!("{assumed} numbers are") },
    ))
}

/// So many of something.
fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
