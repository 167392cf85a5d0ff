//! What the window shows first.

use crate::view::Opening;
use crate::{App, AppError};

impl App {
    /// What the window asks while it is still being opened, before the program in it has been read: one answer then,
    /// and one picture, take the place of several after it.
    ///
    /// # Errors
    /// A cache that cannot be read.
    pub fn opening(&self) -> Result<Opening, AppError> {
        let settings = self.settings()?;
        let workspaces = self.workspaces()?;
        let last = workspaces.iter().find(|workspace| settings.workspace.as_ref() == Some(&workspace.key));
        let shown = last.or(workspaces.first()).map(|workspace| workspace.key.as_str());
        // What cannot be told yet is asked for again, and then says why.
        let sync = shown.and_then(|key| self.sync_status(key).ok());
        let overview = shown.and_then(|key| self.overview(key).ok());
        Ok(Opening { settings, workspaces, sync, overview })
    }
}
