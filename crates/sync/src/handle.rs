//! The handle of a running engine: what the app reads from, and how it ends the engine.

use std::sync::{Arc, PoisonError};

use metering::{Account, Position, Timestamp};
use tokio::sync::{Notify, broadcast, watch};
use tokio::task::JoinHandle;

use crate::ledger::SharedAccount;
use crate::{Change, Status};

/// A running engine. Dropping it ends the engine, too.
#[derive(Debug)]
pub struct Handle {
    /// How the app stands with the service.
    pub status: watch::Receiver<Status>,
    pub(crate) changes: broadcast::Sender<Change>,
    pub(crate) account: SharedAccount,
    pub(crate) hurry: Arc<Notify>,
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
        self.account.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(read)
    }

    /// Tries again at once if the engine waits, because the network is back or a person asked.
    pub fn retry_now(&self) {
        self.hurry.notify_one();
    }

    /// Ends the engine and returns when nothing of it is under way any more.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        // It can only fail by a panic, and then it has ended as well.
        let _ = self.task.await;
    }
}
