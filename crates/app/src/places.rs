//! Where things are on disk.

use std::fs;
use std::path::PathBuf;

use cache::{CacheError, Desk, WorkspaceKey};

use crate::view::{Notice, NoticeCode};

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

    /// Opens the desk. One that cannot be used is set aside, with a word about it, and another begun: without it there would
    /// be no window to say so. An earlier version kept it, and the ledgers with it, under another name.
    pub(crate) fn open_desk(&self) -> Result<(Desk, Option<Notice>), CacheError> {
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
        match Desk::open(&desk) {
            Ok(opened) => Ok((opened, None)),
            Err(CacheError::Unusable { path, reason }) => {
                tracing::warn!(path = %path.display(), %reason, "the desk is set aside");
                let aside = cache::set_aside(&path)?;
                let notice = Notice {
                    code: NoticeCode::DeskSetAside,
                    message:
                        "The file with your connections and settings could not be used, and was set aside. Nothing \
                              at a service is lost: connect to your workspaces again."
                            .to_owned(),
                    detail: format!("{reason}: {}", aside.display()),
                };
                Ok((Desk::open(desk)?, Some(notice)))
            }
            Err(error) => Err(error),
        }
    }
}
