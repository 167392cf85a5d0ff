//! A workspace that is being followed: its engine, and what is told of it.

use std::sync::Arc;

use cache::{Connection, WorkspaceKey};
use metering::{Access, Account, Timestamp};
use sync::{Breach, Client, ClientError, Engine, EngineConfig, Handle, Obstacle, State, Status, random_jitter};
use tokio::task::JoinHandle;

use crate::connect::service;
use crate::events::{Changed, Event};
use crate::view::{Incident, Notice, NoticeCode, Progress, SyncState, SyncStatus, Verified};
use crate::{App, AppError};

/// Mere signs of life are told so often, in milliseconds: the window calls older than a minute what has no newer one, and
/// each wakes all of it.
const SIGN_OF_LIFE_MS: i64 = 40_000;

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
                ledger: app.places.ledger(connection.workspace),
                client: client.clone(),
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
            (None, Err(error)) => Status::offline(Obstacle::Service(error.clone())),
            (None, Ok(_)) => Status::stopped(),
        }
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
        let mut told: Option<Status> = None;
        loop {
            let now = statuses.borrow_and_update().clone();
            if told.as_ref().is_none_or(|told| is_news(told, &now)) {
                let Some(app) = teller.upgrade() else { return };
                // With the first whole ledger come the position, the workspace's name and its plan.
                let first = now.as_of.is_some() && told.is_some_and(|told| told.as_of.is_none());
                app.tell(Event::SyncStatus(Box::new(app.with_notice(status(key, &now)))));
                if first {
                    app.tell(Event::LedgerChanged(Changed { workspace: key.to_string() }));
                }
                told = Some(now);
            }
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

/// Whether a status says more than the one that was told last: not that all is as it was a moment ago.
fn is_news(told: &Status, now: &Status) -> bool {
    let is_recent = match (told.as_of, now.as_of) {
        (Some(told), Some(now)) => (0..SIGN_OF_LIFE_MS).contains(&now.since(told)),
        (told, now) => told == now,
    };
    !is_recent || *told != Status { as_of: told.as_of, ..now.clone() }
}

/// The status of a workspace that nothing follows yet.
pub(crate) fn not_started(key: WorkspaceKey) -> SyncStatus {
    SyncStatus {
        workspace: key.to_string(),
        state: SyncState::Connecting,
        as_of: None,
        entries: 0,
        progress: None,
        verified: None,
        incident: None,
        notices: Vec::new(),
        clock_behind_ms: 0,
        error: None,
    }
}

/// The status as the window takes it.
pub(crate) fn status(key: WorkspaceKey, status: &Status) -> SyncStatus {
    let mut shown = SyncStatus {
        as_of: status.as_of.map(Timestamp::as_millis),
        entries: status.last_seq,
        verified: status.verified.map(|verified| Verified { entries: verified.seq, at: verified.at.as_millis() }),
        notices: status.notices.iter().map(notice).collect(),
        clock_behind_ms: status.skew_ms,
        ..not_started(key)
    };
    match &status.state {
        State::Connecting => {}
        State::CatchingUp(progress) => {
            (shown.state, shown.progress) = (SyncState::CatchingUp, Some(progress_of(progress)));
        }
        State::Paused(progress) => (shown.state, shown.progress) = (SyncState::Paused, Some(progress_of(progress))),
        State::Live => shown.state = SyncState::Live,
        State::Offline { obstacle, .. } => {
            (shown.state, shown.error) = (SyncState::Offline, Some(in_the_way(obstacle)));
        }
        State::Broken(incident) => {
            shown.state = SyncState::Broken;
            let (message, advice) = meaning(&incident.breach);
            shown.error = Some(AppError::new(incident.breach.code(), message, advice).detail(&incident.breach));
            shown.incident = Some(Incident {
                code: incident.breach.code().to_owned(),
                entry: incident.breach.seq(),
                since: incident.since_ms,
                message: message.to_owned(),
                advice: advice.to_owned(),
                expected: incident.breach.expected(),
                found: incident.breach.found(),
                good_entry: incident.good_seq,
            });
        }
        State::Stopped => shown.state = SyncState::Offline,
    }
    shown
}

const fn progress_of(progress: &sync::Progress) -> Progress {
    let sync::Progress { done, of, per_second, left_ms } = *progress;
    Progress { done, of, per_second, left_ms }
}

fn notice(notice: &sync::Notice) -> Notice {
    match notice {
        sync::Notice::SetAside { path, reason } => Notice {
            code: NoticeCode::SetAside,
            message:
                "The local copy of this ledger could not be used. It was set aside, and everything is fetched anew \
                      from the service. Nothing is lost."
                    .to_owned(),
            detail: format!("{reason}: {}", path.display()),
        },
        sync::Notice::Lost { seq, was } => Notice {
            code: NoticeCode::Lost,
            message: format!(
                "The newest {} entries were gone from this computer's disk, and were fetched again.",
                was.saturating_sub(*seq)
            ),
            detail: format!("Entry {seq} was the last that was left, and {was} had been."),
        },
    }
}

fn in_the_way(obstacle: &Obstacle) -> AppError {
    match obstacle {
        Obstacle::Service(error) => service(error),
        Obstacle::DiskFull => AppError::new(
            obstacle.code(),
            "The disk is full, so that nothing more can be stored. What is there stays.",
            "Free some space; the app goes on by itself.",
        ),
        Obstacle::Cache(message) => AppError::new(
            obstacle.code(),
            "The local copy of the ledger could not be read or written.",
            "The app tries again by itself. If it stays so, look whether the disk is all right.",
        )
        .detail(message),
    }
}

/// What an incident means for a person, and what to do.
const fn meaning(breach: &Breach) -> (&'static str, &'static str) {
    match breach {
        Breach::Unreadable { .. } => (
            "The service sends an entry that cannot be read. What came before it is shown.",
            "Send your provider the report before you rely on newer numbers.",
        ),
        Breach::Chain { .. } => (
            "An entry was altered: its hash does not fit its content. What came before it is shown.",
            "Send your provider the report before you rely on newer numbers.",
        ),
        Breach::Gap { .. } => (
            "Entries are missing from the service's ledger, or come twice. What came before is shown.",
            "Send your provider the report before you rely on newer numbers.",
        ),
        Breach::Rules { .. } => (
            "The service charged something that its own rules do not give. What came before it is shown.",
            "Send your provider the report, and check the bill for this entry.",
        ),
        Breach::Shorter { .. } | Breach::Differs { .. } => (
            "The service's history is not the one that this app has seen. The copy here is kept as it was.",
            "Send your provider the report: past entries must never change.",
        ),
        Breach::Balance { .. } => (
            "The balance that the service names is not what its own entries add up to. This app shows what they add up to.",
            "Send your provider the report before you rely on its number.",
        ),
        Breach::Cached(_) => (
            "The local copy of the ledger does not hold together.",
            "Rebuild it in Settings; everything is fetched anew.",
        ),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_of_life_is_news_before_it_is_a_minute_old_and_anything_else_at_once() {
        let at = |seconds: i64| Some(Timestamp::from_millis(seconds * 1_000));
        let told = Status { state: State::Live, as_of: at(100), last_seq: 7, ..Status::stopped() };
        let after = |seconds: i64| Status { as_of: at(100 + seconds), ..told.clone() };
        for (seconds, news) in [(0, false), (15, false), (30, false), (45, true), (-1, true)] {
            assert_eq!(is_news(&told, &after(seconds)), news, "after {seconds} s");
        }
        assert!(is_news(&told, &Status { last_seq: 8, ..after(15) }));
        assert!(is_news(&told, &Status { state: State::Connecting, ..after(15) }));
        let new = Status { as_of: None, ..told.clone() };
        assert!(is_news(&new, &told) && is_news(&told, &new) && !is_news(&new, &new));
    }
}
