//! `catalogue check`, `catalogue add`, `catalogue schema`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Subcommand;
use clock::Clock;
use metering::{Catalogue, Revisions};
use wire::catalogue::CatalogueError;

use super::{Stopped, database, open_existing, say, say_aside};
use crate::catalogues;
use crate::store::Durability;

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
    /// Let a further revision of a catalogue count from its instant on, for every workspace that is kept under it. A
    /// service that runs on the database learns of it when it is started again.
    Add {
        /// The database: sqlite:PATH.
        #[arg(long, value_parser = database)]
        database: PathBuf,
        /// The file: TOML, or JSON if its name ends in .json.
        file: String,
    },
    /// Print the JSON Schema of catalogue files, for editors.
    Schema,
}

impl CatalogueCommand {
    pub(super) fn run(self) -> Result<(), Stopped> {
        match self {
            Self::Check { files } => check(&files),
            Self::Add { database, file } => {
                let catalogue = catalogues::find(&file).map_err(Stopped::wrong)?;
                open_existing(&database, Durability::Full)?.add_revision(&catalogue, Clock::system().now())?;
                say(summary(&catalogue))
            }
            Self::Schema => say(wire::catalogue::json_schema().trim_end()),
        }
    }
}

fn check(files: &[String]) -> Result<(), Stopped> {
    let mut mistakes = 0;
    let mut all = Vec::new();
    for file in files {
        let reviewed = catalogues::review(file).map_err(Stopped::wrong)?;
        match reviewed.catalogue {
            Ok(catalogue) => {
                reviewed.doubts.iter().for_each(|doubt| tell(file, "warning", doubt));
                say(summary(&catalogue))?;
                all.push(Arc::new(catalogue));
            }
            Err(found) => {
                found.iter().for_each(|mistake| tell(file, "error", mistake));
                mistakes += found.len();
            }
        }
    }
    if mistakes > 0 {
        return Err(Stopped::wrong(match mistakes {
            1 => "one mistake: see above".to_owned(),
            more => format!("{more} mistakes: see above"),
        }));
    }
    // One file alone may be a later revision; as the first of several it is one that counts since ever.
    Revisions::new(all).map_err(|fault| Stopped::wrong(format!("the revisions together: {fault}")))?;
    Ok(())
}

/// A line that editors can follow to its place.
fn tell(file: &str, what: &str, error: &CatalogueError) {
    say_aside(super::one_line(&format!("{file}:{}:{}: {what}: {}", error.line, error.column, error.said())));
}

fn summary(catalogue: &Catalogue) -> String {
    let assumed = catalogue.features.iter().filter(|one| one.assumed).count()
        + catalogue.plans.iter().filter(|one| one.assumed).count()
        + catalogue.packs.iter().filter(|one| one.assumed).count()
        + usize::from(catalogue.trial.as_ref().is_some_and(|one| one.assumed));
    let from = catalogue.counts_from.map_or_else(String::new, |from| format!(" from {from}"));
    format!(
        "{} revision {}{from}: {} features, {} unmetered actions, {} plans, {} packs; {assumed} numbers are assumed",
        catalogue.name,
        catalogue.revision,
        catalogue.features.len(),
        catalogue.unmetered.len(),
        catalogue.plans.len(),
        catalogue.packs.len(),
    )
}
