//! What the window is told without asking.

use serde::Serialize;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::view::{JobProgress, SyncStatus};

/// The workspace that something changed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Its key.
    pub workspace: String,
}

/// Something that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// There are new entries.
    LedgerChanged(Changed),
    /// A purchase has come further.
    PurchaseChanged(Changed),
    /// The app stands otherwise with the service.
    SyncStatus(Box<SyncStatus>),
    /// Something that takes long has come further.
    JobProgress(JobProgress),
}

/// Hears events. One that falls far behind misses some: each says only that it is time to ask again.
#[derive(Debug)]
pub struct Events(broadcast::Receiver<Event>);

impl Events {
    pub(crate) const fn new(receiver: broadcast::Receiver<Event>) -> Self {
        Self(receiver)
    }

    /// The next event; none once the app is gone.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            match self.0.recv().await {
                Ok(event) => return Some(event),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
