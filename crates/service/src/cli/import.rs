//! `import`.

use std::path::{Path, PathBuf};

use clap::Args;
use clock::Clock;
use metering::Timestamp;

use super::{DATABASE, Stopped, id, instant, open, say};
use crate::sample::{self, ImportError, Recipe, Sample};
use crate::store::{Durability, Location};

#[derive(Args)]
pub(super) struct Import {
    /// The database: sqlite:PATH, which is made if it is not there, or postgres://USER:PASSWORD@HOST/DATABASE.
    #[arg(long, env = DATABASE, hide_env_values = true)]
    database: Location,
    /// The workspace's id: a new one, or one that this import began. The recipe's own, if left out.
    #[arg(long, value_parser = id)]
    workspace: Option<String>,
    /// The recipe, a TOML file.
    #[arg(required_unless_present = "sample", conflicts_with = "sample")]
    recipe: Option<PathBuf>,
    /// A sample that ships: northwind or harbour.
    #[arg(long)]
    sample: Option<String>,
    /// Play this trace in place of the recipe's.
    #[arg(long)]
    trace: Option<PathBuf>,
    /// Play what lies before this instant (RFC 3339); now, if left out.
    #[arg(long, value_parser = instant)]
    until: Option<Timestamp>,
}

impl Import {
    pub(super) fn run(self) -> Result<(), Stopped> {
        let sample = self.sample()?;
        let store = open(&self.database, Durability::Normal)?;
        let id = self.workspace.unwrap_or_else(|| sample.recipe.id.clone());
        let until = self.until.unwrap_or_else(|| Clock::system().now());
        let imported = sample::import(&store, &sample, &id, until).map_err(|error| match error {
            ImportError::Store(error) => Stopped::from(error),
            wrong => Stopped::wrong(wrong),
        })?;
        say(format_args!(
            "{id}: {} entries added, the last is {} with hash {}",
            imported.added, imported.last_seq, imported.last_hash
        ))
    }

    /// The recipe and the trace, read whole before the database is touched.
    fn sample(&self) -> Result<Sample, Stopped> {
        let (recipe, mut trace, folder) = match (&self.sample, &self.recipe) {
            (Some(name), _) => {
                let (recipe, trace) =
                    sample::files(name).ok_or_else(|| Stopped::wrong(ImportError::UnknownSample(name.clone())))?;
                (recipe.to_owned(), Some(trace.to_vec()), PathBuf::new())
            }
            (None, Some(path)) => {
                let recipe = std::fs::read_to_string(path)
                    .map_err(|error| Stopped::wrong(format!("{}: {error}", path.display())))?;
                (recipe, None, path.parent().map(Path::to_owned).unwrap_or_default())
            }
            (None, None) => return Err(Stopped::wrong("name a recipe or a sample")),
        };
        if let Some(path) = &self.trace {
            trace = Some(read(path)?);
        }
        let trace = match trace {
            Some(trace) => trace,
            None => {
                let named = Recipe::from_toml(&recipe).map_err(|error| Stopped::wrong(ImportError::Recipe(error)))?;
                read(&folder.join(named.trace))?
            }
        };
        let put_together = if self.trace.is_some() { Sample::of_other_trace } else { Sample::new };
        put_together(&recipe, &trace).map_err(Stopped::wrong)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Stopped> {
    std::fs::read(path).map_err(|error| Stopped::wrong(format!("{}: {error}", path.display())))
}
