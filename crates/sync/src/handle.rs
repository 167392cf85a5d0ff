//! The handle of a running engine: what the app reads from, and how it ends the engine.

use std::sync::{Arc, PoisonError};

use cache::LedgerReader;
use metering::{Account, Position, Timestamp};
use tokio::sync::{Notify, broadcast, watch};
use tokio::task::JoinHandle;

use crate::ledger::Shared;
use crate::{Change, Status, WorkspaceMeta};

/// A running engine. Dropping it ends the engine, too.
#[derive(Debug)]
pub struct Handle {
    /// How the app stands with the service.
    pub status: watch::Receiver<Status>,
    pub(crate) changes: broadcast::Sender<Change>,
    pub(crate) shared: Shared,
    pub(crate) hurry: Arc<Notify>,
    pub(crate) pause: watch::Sender<bool>,
    pub(crate) damaged: watch::Sender<Option<String>>,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) task: JoinHandle<()>,
}

impl Handle {
    /// Every change of the ledger from now on, after it was stored.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Everything a person asks at `now`; `None` until a catalogue is known.
    #[must_use]
    pub fn position(&self, now: Timestamp) -> Option<Position> {
        self.with_account(|account| account.position(now))
    }

    /// Lends the account to `read`; `None` until a catalogue is known. Be quick: no entry is applied meanwhile.
    pub fn with_account<T>(&self, read: impl FnOnce(&Account) -> T) -> Option<T> {
        self.shared.read().unwrap_or_else(PoisonError::into_inner).account.as_ref().map(read)
    }

    /// The local ledger, to read; `None` until its file was opened.
    #[must_use]
    pub fn reader(&self) -> Option<LedgerReader> {
        self.shared.read().unwrap_or_else(PoisonError::into_inner).reader.clone()
    }

    /// What the service last said of the workspace; `None` before it ever did.
    #[must_use]
    pub fn meta(&self) -> Option<WorkspaceMeta> {
        self.shared.read().unwrap_or_else(PoisonError::into_inner).meta.clone()
    }

    /// Tries again at once if the engine waits, because the network is back or a person asked.
    pub fn retry_now(&self) {
        self.hurry.notify_one();
    }

    /// Stops asking the service, or goes on. What has come stays, and the rest comes from there on.
    pub fn pause(&self, paused: bool) {
        self.pause.send_replace(paused);
    }

    /// Has the local ledger set aside and fetched anew: reading it showed that it is damaged, or a person wants it so.
    pub fn rebuild(&self, reason: &str) {
        self.damaged.send_replace(Some(reason.to_owned()));
    }

    /// Ends the engine and returns when nothing of it is under way any more.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        // It can only fail by a panic, and then it has ended as well.
        let _ = self.task.await;
    }
}
