//! A workspace that is being followed: its engine, and what is told of it.

use std::sync::Arc;

use cache::{Connection, WorkspaceKey};
use metering::{Access, Account, Timestamp};
use sync::{Client, ClientError, Engine, EngineConfig, Handle, Obstacle, State, Status, random_jitter};
use tokio::task::JoinHandle;

use crate::connect::service;
use crate::events::{Changed, Event};
use crate::view::{SyncState, SyncStatus};
use crate::{App, AppError};

/// What follows a workspace.
pub(crate) struct Live {
    handle: Option<Arc<Handle>>,
    /// How to ask its service; why not, if the address or token cannot be one.
    client: Result<Client, ClientError>,
    tasks: Vec<JoinHandle<()>>,
}

impl Live {
    /// Starts following. An address that cannot be one is reported as the workspace's status.
    pub(crate) fn start(app: &Arc<App>, connection: &Connection, url: &str) -> Self {
        let client = Client::new(url, connection.token.as_deref().unwrap_or_default());
        let handle = client.as_ref().ok().map(|client| {
            Arc::new(Engine::start(EngineConfig {
                cache: app.cache.clone(),
                client: client.clone(),
                workspace_key: connection.workspace,
                workspace_id: connection.workspace_id.clone(),
                clock: app.clock.clone(),
                jitter: random_jitter,
            }))
        });
        let tasks = handle.as_ref().map_or_else(Vec::new, |handle| follow(app, connection.workspace, handle));
        Self { handle, client, tasks }
    }

    /// The engine, which lends the account.
    pub(crate) fn handle(&self) -> Option<Arc<Handle>> {
        self.handle.clone()
    }

    /// How the workspace stands.
    pub(crate) fn status(&self) -> Status {
        match (&self.handle, &self.client) {
            (Some(handle), _) => handle.status.borrow().clone(),
            (None, Err(error)) => Status {
                state: State::Offline { since: Timestamp::MIN, obstacle: Obstacle::Service(error.clone()) },
                as_of: None,
                last_seq: 0,
            },
            (None, Ok(_)) => Status { state: State::Stopped, as_of: None, last_seq: 0 },
        }
    }

    /// Whether the whole ledger has been here once.
    pub(crate) fn has_synced(&self) -> bool {
        self.status().as_of.is_some()
    }

    /// How to ask the workspace's service.
    pub(crate) fn client(&self) -> Result<Client, AppError> {
        self.client.clone().map_err(|error| service(&error))
    }

    /// Stops following, and waits until nothing is written any more.
    pub(crate) async fn stop(self) {
        for task in self.tasks {
            task.abort();
        }
        // A call that is under way may still hold it; the engine ends with the last holder.
        if let Some(handle) = self.handle.and_then(Arc::into_inner) {
            handle.stop().await;
        }
    }
}

/// Hands on what the engine says.
fn follow(app: &Arc<App>, key: WorkspaceKey, handle: &Handle) -> Vec<JoinHandle<()>> {
    let (mut statuses, teller) = (handle.status.clone(), Arc::downgrade(app));
    let of_status = tokio::spawn(async move {
        let mut synced = None;
        loop {
            let now = status(key, &statuses.borrow_and_update().clone());
            let Some(app) = teller.upgrade() else { return };
            // With the first whole ledger come the position, the workspace's name and its plan.
            let first = synced.replace(now.as_of.is_some()) == Some(false) && now.as_of.is_some();
            app.tell(Event::SyncStatus(now));
            if first {
                app.tell(Event::LedgerChanged(Changed { workspace: key.to_string() }));
            }
            drop(app);
            if statuses.changed().await.is_err() {
                return;
            }
        }
    });
    let (mut changes, teller) = (handle.changes(), Arc::downgrade(app));
    let of_entries = tokio::spawn(async move {
        loop {
            // Having missed some is as good as having heard one: each says only that there is more.
            if let Err(tokio::sync::broadcast::error::RecvError::Closed) = changes.recv().await {
                return;
            }
            let Some(app) = teller.upgrade() else { return };
            app.tell(Event::LedgerChanged(Changed { workspace: key.to_string() }));
            app.credit_arrived(key);
        }
    });
    let carrier = Arc::downgrade(app);
    let of_purchases = tokio::spawn(async move {
        if let Some(app) = carrier.upgrade() {
            app.carry_on(key).await;
        }
    });
    vec![of_status, of_entries, of_purchases]
}

/// The status of a workspace that nothing follows yet.
pub(crate) fn not_started(key: WorkspaceKey) -> SyncStatus {
    SyncStatus {
        workspace: key.to_string(),
        state: SyncState::Connecting,
        as_of: None,
        done: None,
        of: None,
        error: None,
    }
}

/// The status as the window takes it.
pub(crate) fn status(key: WorkspaceKey, status: &Status) -> SyncStatus {
    let mut shown = SyncStatus { as_of: status.as_of.map(Timestamp::as_millis), ..not_started(key) };
    match &status.state {
        State::Connecting => {}
        State::CatchingUp { done, of } => {
            (shown.state, shown.done, shown.of) = (SyncState::CatchingUp, Some(*done), Some(*of));
        }
        State::Live => shown.state = SyncState::Live,
        State::Offline { obstacle, .. } => {
            shown.state = SyncState::Offline;
            shown.error = Some(match obstacle {
                Obstacle::Service(error) => service(error),
                Obstacle::Cache(message) => AppError::new(
                    "cache",
                    "The local copy of the ledger could not be written.",
                    "Free some space on the disk; the app tries again by itself.",
                )
                .detail(message),
            });
        }
        State::Broken(breach) => {
            shown.state = SyncState::Broken;
            shown.error = Some(
                AppError::new(
                    breach.code(),
                    "The ledger does not hold together from here on. What came before it is shown.",
                    "Ask your provider about this entry before you rely on newer numbers.",
                )
                .detail(breach),
            );
        }
        State::Stopped => shown.state = SyncState::Offline,
    }
    shown
}

/// The name of the plan that runs, or of the trial.
pub(crate) fn plan_name(account: &Account, now: Timestamp) -> Option<String> {
    match account.access(now) {
        Access::None => None,
        Access::Trial(_) => Some("Trial".to_owned()),
        Access::Plan { terms, .. } => {
            Some(account.catalogue(now).plan(&terms.plan).map_or(terms.plan, |plan| plan.name.clone()))
        }
    }
}
