//! `backup`, `restore`, `export`, `migrate`.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use metering::Timestamp;

use super::{DATABASE, Stopped, id, instant, open, open_existing, say};
use crate::backup::{self, BackupError};
use crate::store::{Durability, Location};

/// How many entries are read at once.
const PAGE: usize = 5_000;

/// Writes everything that the database keeps into a new file, while services run.
#[derive(Args)]
pub(super) struct Backup {
    /// The database: sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE.
    #[arg(long, env = DATABASE, hide_env_values = true)]
    database: Location,
    /// The file to make. It is packed if its name ends in .gz.
    file: PathBuf,
}

/// Takes a backup in to an empty database, of either kind. Every ledger is checked on the way.
#[derive(Args)]
pub(super) struct Restore {
    /// The database: sqlite:PATH, which is made, or postgres://USER:PASSWORD@HOST/DATABASE.
    #[arg(long, env = DATABASE, hide_env_values = true)]
    database: Location,
    /// Bring back what there was at this instant (RFC 3339), instead of all.
    #[arg(long, value_parser = instant)]
    until: Option<Timestamp>,
    /// The backup. It is unpacked if its name ends in .gz.
    file: PathBuf,
}

/// Writes a workspace's ledger and its catalogue into a folder, for `verify` and for whoever keeps books.
#[derive(Args)]
pub(super) struct Export {
    /// The database: sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE.
    #[arg(long, env = DATABASE, hide_env_values = true)]
    database: Location,
    /// The workspace's id.
    #[arg(long, value_parser = id)]
    workspace: String,
    /// The folder. It is made if it is not there; what it has of the same names is overwritten.
    folder: PathBuf,
}

/// Brings a database's tables to this version, and makes them in an empty database. `serve` does the same when it starts.
#[derive(Args)]
pub(super) struct Migrate {
    /// The database: sqlite:PATH, which is made if it is not there, or postgres://USER:PASSWORD@HOST/DATABASE.
    #[arg(long, env = DATABASE, hide_env_values = true)]
    database: Location,
}

impl Backup {
    pub(super) fn run(self) -> Result<(), Stopped> {
        let store = open_existing(&self.database, Durability::Full)?;
        let file = made(&self.file)?;
        let done = if is_packed(&self.file) {
            let mut packed = GzEncoder::new(BufWriter::new(&file), Compression::fast());
            backup::write(&store, &mut packed).and_then(|backed| {
                packed.finish()?.flush()?;
                Ok(backed)
            })
        } else {
            backup::write(&store, &mut BufWriter::new(&file))
        };
        let done = done.and_then(|backed| {
            // A backup that a power cut takes is none.
            file.sync_all()?;
            Ok(backed)
        });
        let backed = done.map_err(|error| {
            // Half a backup is of no use, and might be taken for one.
            let _ = std::fs::remove_file(&self.file);
            placed(&self.file, error)
        })?;
        say(format_args!("{}: {} workspaces, {} entries", self.file.display(), backed.workspaces, backed.entries))
    }
}

impl Restore {
    pub(super) fn run(self) -> Result<(), Stopped> {
        let file =
            File::open(&self.file).map_err(|error| Stopped::wrong(format!("{}: {error}", self.file.display())))?;
        let store = open(&self.database, Durability::Normal)?;
        let mut plain = BufReader::with_capacity(1 << 16, file);
        let done = if is_packed(&self.file) {
            backup::restore(&store, &mut BufReader::new(MultiGzDecoder::new(plain)), self.until)
        } else {
            backup::restore(&store, &mut plain, self.until)
        };
        let backed = done.map_err(|error| placed(&self.file, error))?;
        say(format_args!("{}: {} workspaces, {} entries", self.database, backed.workspaces, backed.entries))
    }
}

impl Export {
    pub(super) fn run(self) -> Result<(), Stopped> {
        let Self { database, workspace, folder } = self;
        let store = open_existing(&database, Durability::Full)?;
        let found = store
            .workspace(&workspace)?
            .ok_or_else(|| Stopped::wrong(format!("there is no workspace \"{workspace}\"")))?;
        let failed = |path: &Path, error: std::io::Error| Stopped::wrong(format!("{}: {error}", path.display()));
        std::fs::create_dir_all(&folder).map_err(|error| failed(&folder, error))?;
        let mut command = format!("creditdeck-service verify --time-zone {}", found.terms.zone.name());
        for catalogue in found.terms.catalogues.iter() {
            let path = folder.join(format!("catalogue-{}.json", catalogue.revision));
            std::fs::write(&path, wire::catalogue::to_json(catalogue)).map_err(|error| failed(&path, error))?;
            command = format!("{command} --catalogue {}", path.display());
        }
        let path = folder.join("ledger.ndjson");
        let mut out = BufWriter::new(File::create(&path).map_err(|error| failed(&path, error))?);
        let mut last = 0;
        loop {
            let lines = store.lines(&workspace, last, PAGE)?;
            let Some(end) = lines.last() else { break };
            last = end.seq;
            for line in &lines {
                let written = out.write_all(&line.encode()).and_then(|()| out.write_all(b"\n"));
                written.map_err(|error| failed(&path, error))?;
            }
        }
        out.flush().map_err(|error| failed(&path, error))?;
        say(format_args!("{last} entries. To check them: {command} {}", path.display()))
    }
}

impl Migrate {
    pub(super) fn run(self) -> Result<(), Stopped> {
        open(&self.database, Durability::Full)?;
        say(format_args!("{}: its tables are ready for this version", self.database))
    }
}

/// A new file that nobody else reads: it has what the database has.
fn made(path: &Path) -> Result<File, Stopped> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| Stopped::wrong(format!("{}: {error}", path.display())))
}

fn is_packed(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"))
}

/// An error with the file that it is about.
fn placed(path: &Path, error: BackupError) -> Stopped {
    match error {
        BackupError::Line { .. } | BackupError::File(_) => Stopped::wrong(format!("{}: {error}", path.display())),
        BackupError::NotEmpty => Stopped::wrong(error),
        BackupError::Store(_) => error.into(),
    }
}
