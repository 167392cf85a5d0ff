//! Deletes by and by what nobody needs any more, so that a database grows with its ledgers alone.

use std::sync::Arc;
use std::time::Duration;

use metering::Timestamp;

use crate::http::{App, blocking};
use crate::store::{Cursor, Settled, Store, StoreError};

/// How often it is looked for what is old.
const PRUNE_EVERY: Duration = Duration::from_secs(60 * 60);
/// A pause after rows were deleted: whoever records comes first.
const PAUSE: Duration = Duration::from_millis(50);
/// How long answers to idempotency keys are remembered, and webhooks that were told or given up: 90 days. It is written in
/// docs/OPERATING.md.
pub(crate) const KEEP_MS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// What is pruned, and how far that has come.
enum Step {
    Notices(Settled, Cursor),
    Answers,
    Snapshots(String),
}

/// Prunes until the service stops.
pub(crate) async fn run(app: App) {
    let mut stop = app.stop.subscribe();
    loop {
        tokio::select! {
            done = prune(&app) => match done {
                Ok(0) => {}
                Ok(deleted) => tracing::info!(deleted, "what is not needed any more was deleted"),
                // It is looked for again.
                Err(error) => tracing::warn!(%error, "what is not needed any more could not be deleted"),
            },
            _ = stop.wait_for(|stop| *stop) => return,
        }
        tokio::select! {
            () = tokio::time::sleep(PRUNE_EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Deletes everything that is old by now, and says how many rows.
async fn prune(app: &App) -> Result<u64, StoreError> {
    let before = app.clock.now().plus_millis(-KEEP_MS);
    let begins = [
        Step::Notices(Settled::Told, Cursor::default()),
        Step::Notices(Settled::GivenUp, Cursor::default()),
        Step::Answers,
        Step::Snapshots(String::new()),
    ];
    let mut deleted = 0;
    for begin in begins {
        let mut next = Some(begin);
        while let Some(step) = next {
            let store = Arc::clone(&app.store);
            let (more, then) = blocking(move || step.take(&store, before)).await?;
            (deleted, next) = (deleted + more, then);
            if more > 0 {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    Ok(deleted)
}

impl Step {
    /// Prunes a page, and gives the next step of the kind.
    fn take(self, store: &Store, before: Timestamp) -> Result<(u64, Option<Self>), StoreError> {
        match self {
            Self::Notices(settled, from) => {
                let (deleted, next) = store.prune_notices(settled, before, &from)?;
                Ok((deleted, next.map(|next| Self::Notices(settled, next))))
            }
            Self::Answers => {
                let (deleted, may_be_more) = store.prune_answers(before)?;
                Ok((deleted, may_be_more.then_some(Self::Answers)))
            }
            Self::Snapshots(after) => {
                let (deleted, next) = store.prune_snapshots(&after)?;
                Ok((deleted, next.map(Self::Snapshots)))
            }
        }
    }
}
