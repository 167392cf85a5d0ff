//! Where things are on disk.

use std::fs;
use std::path::PathBuf;

use cache::{CacheError, Desk, WorkspaceKey};

/// The folders that the app writes to.
#[derive(Clone, Debug)]
pub struct Places {
    /// What the app keeps for itself.
    pub data: PathBuf,
    /// Where a person finds what was exported.
    pub downloads: PathBuf,
}

impl Places {
    /// The file of a workspace's ledger.
    #[must_use]
    pub fn ledger(&self, key: WorkspaceKey) -> PathBuf {
        self.data.join("ledgers").join(format!("{key}.db"))
    }

    /// The file with connections, settings and purchases under way.
    #[must_use]
    pub fn desk(&self) -> PathBuf {
        self.data.join("desk.db")
    }

    /// Opens the desk. An earlier version kept it, and the ledgers with it, under another name.
    pub(crate) fn open_desk(&self) -> Result<Desk, CacheError> {
        let (earlier, desk) = (self.data.join("cache.db"), self.desk());
        if earlier.exists() && !desk.exists() {
            let moved = |suffix: &str| {
                let name = |path: &PathBuf| PathBuf::from(format!("{}{suffix}", path.display()));
                match fs::rename(name(&earlier), name(&desk)) {
                    Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                        Err(CacheError::File { path: name(&earlier), source })
                    }
                    _ => Ok(()),
                }
            };
            // Its log first: without the file itself it is tried again at the next start.
            ["-wal", "-shm", ""].into_iter().try_for_each(moved)?;
        }
        Desk::open(desk)
    }
}
