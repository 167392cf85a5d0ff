//! The local copy of a ledger: how it stands, verifying it, fetching it anew, and the report of what is wrong with it.

use std::sync::Arc;

use cache::{Connection, Dimension, LedgerReader};
use sync::{Handle, State};

use crate::export::{self, free_name};
use crate::view::{JobKind, LocalCopy, Verification, Written};
use crate::{App, AppError, not_synced, sample, storage};

impl App {
    /// How large the local copy of a workspace's ledger is, and what occurs in it.
    ///
    /// # Errors
    /// `unknown_workspace`, `not_synced` before there is a copy, or one that cannot be read.
    pub fn local_copy(&self, workspace: &str) -> Result<LocalCopy, AppError> {
        let (_, _, ledger) = self.copy_of(workspace)?;
        let names = |dimension| ledger.names(dimension).map_err(storage);
        Ok(LocalCopy {
            path: ledger.path().display().to_string(),
            bytes: ledger.size(),
            entries: ledger.cursor().map_err(storage)?.seq,
            first_at: ledger.first_entry_at().map_err(storage)?.map(|at| at.as_millis()),
            features: names(Dimension::Feature)?,
            members: names(Dimension::Member)?,
            channels: names(Dimension::Channel)?,
            sources: names(Dimension::Source)?,
        })
    }

    /// Stops asking a workspace's service, or goes on.
    ///
    /// # Errors
    /// `unknown_workspace`, or `not_synced` if nothing follows it.
    pub fn pause_sync(&self, workspace: &str, paused: bool) -> Result<(), AppError> {
        self.engine_of(workspace)?.1.pause(paused);
        Ok(())
    }

    /// Asks a workspace's service again now, if the app waits.
    ///
    /// # Errors
    /// As [`App::pause_sync`].
    pub fn retry_sync(&self, workspace: &str) -> Result<(), AppError> {
        self.engine_of(workspace)?.1.retry_now();
        Ok(())
    }

    /// Sets the local copy aside and fetches everything anew.
    ///
    /// # Errors
    /// As [`App::pause_sync`].
    pub fn rebuild(&self, workspace: &str) -> Result<(), AppError> {
        self.engine_of(workspace)?.1.rebuild("it was built anew on demand");
        Ok(())
    }

    /// Verifies the local copy from its first entry: the file, the chain of hashes, and that the rules made every entry.
    ///
    /// # Errors
    /// `running`, as [`App::local_copy`], or `cache_unusable` if the file is damaged: it is then set aside and fetched anew.
    pub async fn verify_now(self: &Arc<Self>, workspace: &str) -> Result<Verification, AppError> {
        let (connection, handle, ledger) = self.copy_of(workspace)?;
        let terms = handle.with_account(|account| account.terms().clone()).ok_or_else(not_synced)?;
        let entries = ledger.cursor().map_err(storage)?.seq;
        let job = self.begin(connection.workspace, JobKind::Verify, entries)?;
        let verify = move || {
            let found = sync::verify(&ledger, terms, |done| job.came_to(done));
            (found, job.is_stopped())
        };
        let (found, stopped) = tokio::task::spawn_blocking(verify).await.map_err(|error| ended(&error))?;
        match found {
            Ok(found) => Ok(Verification {
                entries: found.entries,
                right: found.is_right(),
                stopped: stopped && !found.is_whole,
                findings: found.findings.iter().map(ToString::to_string).collect(),
                more: found.more,
            }),
            Err(error) => {
                let told = storage(error);
                if told.code == crate::UNUSABLE {
                    handle.rebuild(told.detail.as_deref().unwrap_or_default());
                }
                Err(told)
            }
        }
    }

    /// The report of what is wrong with a workspace's ledger, as text to send to its provider.
    ///
    /// # Errors
    /// As [`App::pause_sync`], or `no_incident` if nothing is wrong.
    pub fn incident_report(&self, workspace: &str) -> Result<String, AppError> {
        let (connection, handle) = self.engine_of(workspace)?;
        let State::Broken(incident) = handle.status.borrow().state.clone() else {
            return Err(AppError::new(
                "no_incident",
                "Nothing is wrong with this ledger.",
                "There is nothing to report.",
            ));
        };
        let service = if sample::is_sample(&connection) { "the sample" } else { connection.url.as_str() };
        Ok(incident.report(&connection.workspace_id, service, self.clock.now()))
    }

    /// Writes the report where a person finds it.
    ///
    /// # Errors
    /// As [`App::incident_report`], or `not_written` when the file cannot be.
    pub fn save_incident_report(&self, workspace: &str) -> Result<Written, AppError> {
        let text = self.incident_report(workspace)?;
        let name = format!("creditdeck-incident-{}", export::plain(&self.connection(workspace)?.workspace_id));
        let path = free_name(&self.places.downloads, &name, "txt");
        let written = std::fs::create_dir_all(&self.places.downloads).and_then(|()| std::fs::write(&path, &text));
        written.map_err(|error| export::not_written(&path, &error))?;
        Ok(Written { path: path.display().to_string(), entries: 0, bytes: text.len() as u64 })
    }

    /// Shows a file that was exported in the system's file manager. No other file is shown.
    ///
    /// # Errors
    /// `not_exported` for another file, or `no_folder` when the system shows none.
    pub fn show_in_folder(&self, path: &str) -> Result<(), AppError> {
        let is_ours = std::path::Path::new(path).parent() == Some(self.places.downloads.as_path());
        if !is_ours {
            let message = "This is no file that the app has written.";
            return Err(AppError::new("not_exported", message, "Look for it yourself.").detail(path));
        }
        (self.system.folder)(path).map_err(|error| {
            let advice = format!("Look for it yourself: {path}");
            AppError::new("no_folder", "The folder could not be opened.", advice).detail(error)
        })
    }

    /// What follows a workspace.
    fn engine_of(&self, workspace: &str) -> Result<(Connection, Arc<Handle>), AppError> {
        let connection = self.connection(workspace)?;
        let live = self.live.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let handle = live.get(&connection.workspace).and_then(crate::live::Live::handle).ok_or_else(not_synced)?;
        drop(live);
        Ok((connection, handle))
    }

    /// A workspace's local copy.
    pub(crate) fn copy_of(&self, workspace: &str) -> Result<(Connection, Arc<Handle>, LedgerReader), AppError> {
        let (connection, handle) = self.engine_of(workspace)?;
        let reader = handle.reader().ok_or_else(not_synced)?;
        Ok((connection, handle, reader))
    }
}

/// A task ended as none should.
pub(crate) fn ended(error: &tokio::task::JoinError) -> AppError {
    AppError::new("internal", "This ended unexpectedly.", "Try again.").detail(error)
}
