//! Does what the plan says: one task a workspace, which never blocks and holds no lock while it waits.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use cache::{Cache, WorkspaceKey};
use clock::Clock;
use metering::Timestamp;
use tokio::sync::{Notify, broadcast, watch};

use crate::ledger::{self, Complete, Ledger, SharedAccount, Taken};
use crate::plan::{Action, Happened, PAGE_LIMIT, Plan, Reason};
use crate::trouble::Trouble;
use crate::{Breach, Change, Client, ClientError, FetchedLines, Handle, Obstacle, State, Status};

/// How long the tail gathers what comes at once into one page.
const GATHER: Duration = Duration::from_millis(50);
/// Signs of life are written down so often, in milliseconds, so that a restart knows the age of what it shows.
const STORE_ALIVE_MS: i64 = 60_000;
/// Changes that a slow listener may lag behind before it only learns that it missed some.
const CHANGES: usize = 256;

/// What an engine works with.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// Where the ledger is kept.
    pub cache: Cache,
    /// The service.
    pub client: Client,
    /// The workspace's key in the cache.
    pub workspace_key: WorkspaceKey,
    /// The workspace's id at the service.
    pub workspace_id: String,
    /// Tells how old things are.
    pub clock: Clock,
    /// Spreads waits: gives numbers in 0..=1,000. [`random_jitter`] unless a test says otherwise.
    pub jitter: fn() -> u32,
}

/// A number in 0..=1,000 that differs from app to app.
#[must_use]
pub fn random_jitter() -> u32 {
    use std::hash::{BuildHasher, Hasher};
    // The standard library seeds each hasher from the system; that is random enough to spread waits.
    let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
    u32::try_from(random % 1_001).unwrap_or(0)
}

/// Keeps a workspace's ledger up to date.
pub struct Engine {
    config: EngineConfig,
    ledger: Arc<Mutex<Ledger>>,
    status: watch::Sender<Status>,
    changes: broadcast::Sender<Change>,
    /// Somebody does not want to wait any longer.
    hurry: Arc<Notify>,
    /// The newest catalogue revision that was asked for.
    revision: u32,
    /// The last entry that listeners know of.
    told: u64,
    /// When a sign of life was last written down.
    stored_alive: Timestamp,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Engine {
    /// Starts an engine. It needs a running tokio runtime. The account is there as soon as what is cached was
    /// replayed, with or without a network.
    #[must_use]
    pub fn start(config: EngineConfig) -> Handle {
        let account = SharedAccount::new(RwLock::new(None));
        let ledger = Ledger::new(config.cache.clone(), config.workspace_key, Arc::clone(&account));
        let (status, receiver) = watch::channel(Status { state: State::Connecting, as_of: None, last_seq: 0 });
        let changes = broadcast::Sender::new(CHANGES);
        let hurry = Arc::new(Notify::new());
        let (stop, mut stopped) = watch::channel(false);
        let engine = Self {
            config,
            ledger: Arc::new(Mutex::new(ledger)),
            status,
            changes: changes.clone(),
            hurry: Arc::clone(&hurry),
            revision: 0,
            told: 0,
            stored_alive: Timestamp::MIN,
        };
        let task = tokio::spawn(async move {
            let ledger = Arc::clone(&engine.ledger);
            let status = engine.status.clone();
            tokio::select! {
                biased;
                // Also when the handle was dropped.
                _ = stopped.wait_for(|stop| *stop) => {}
                () = engine.run() => {}
            }
            // A page that is just being stored goes on without us: wait for it, so that the end is the end.
            let _ = tokio::task::spawn_blocking(move || drop(ledger.lock())).await;
            status.send_if_modified(|status| {
                let broken = matches!(status.state, State::Broken(_));
                if !broken {
                    status.state = State::Stopped;
                }
                !broken
            });
        });
        Handle { status: receiver, changes, account, hurry, stop, task }
    }

    async fn run(mut self) {
        let opened = self.blocking(|ledger| ledger.open().map(|()| ledger.seq())).await;
        let mut happened = match opened {
            Ok(seq) => {
                // What was cached is no news.
                self.told = seq;
                tracing::debug!(workspace = %self.config.workspace_id, seq, "cached ledger replayed");
                self.show(None);
                Happened::Started
            }
            Err(trouble) => self.failed(trouble),
        };
        let mut plan = Plan::new(0);
        loop {
            let action = plan.next(&happened, (self.config.jitter)());
            tracing::trace!(?happened, ?action, "next");
            happened = match action {
                Action::Meet => self.meet().await.unwrap_or_else(|trouble| self.failed(trouble)),
                Action::FetchPage { after, limit } => {
                    self.show(Some(State::CatchingUp { done: after, of: plan.last_seq() }));
                    self.page(after, limit, plan.last_seq()).await.unwrap_or_else(|trouble| self.failed(trouble))
                }
                Action::Tail { after } => self.tail(after).await.unwrap_or_else(|trouble| self.failed(trouble)),
                Action::Wait { ms } => {
                    let _ = tokio::time::timeout(Duration::from_millis(ms), self.hurry.notified()).await;
                    Happened::Waited
                }
                Action::Stop(Reason::Removed) => return self.show(Some(State::Stopped)),
                Action::Stop(Reason::Broken) => return,
            };
        }
    }

    /// Asks about the workspace, and whether the service still has what was stored.
    async fn meet(&mut self) -> Result<Happened, Trouble> {
        let (client, id) = (self.config.client.clone(), self.config.workspace_id.clone());
        // Before the question: what another process of this app stores after it says nothing against the answer.
        let (seen, hash) = self.blocking(|ledger| ledger.end()).await?;
        let asked_at = self.config.clock.now();
        let body = client.workspace(&id).await?;
        let catalogue = client.catalogue(&id).await?;
        self.revision = self.revision.max(catalogue.revisions.latest().revision);
        let meta = crate::convert::meta(&body, &catalogue);
        let head = body.ledger;
        if head.last_seq < seen {
            return Err(Breach::Shorter { seen, has: head.last_seq }.into());
        }
        if head.last_seq == seen && head.last_hash.0 != hash {
            return Err(Breach::Differs { seq: seen }.into());
        }
        if head.last_seq > seen && seen > 0 {
            ledger::agrees(&client.ledger(&id, seen - 1, 1).await?, seen, hash)?;
        }
        let cursor = self.blocking(move |ledger| ledger.meet(&meta, &catalogue).map(|()| ledger.seq())).await?;
        let cursor = if cursor >= head.last_seq { self.alive(asked_at, true).await? } else { cursor };
        self.show(None);
        Ok(Happened::Met { cursor, last_seq: head.last_seq })
    }

    async fn page(&mut self, after: u64, limit: u32, up_to: u64) -> Result<Happened, Trouble> {
        let asked_at = self.config.clock.now();
        let lines = self.config.client.ledger(&self.config.workspace_id, after, limit).await?;
        let (taken, cursor) = self.take(lines, Complete { up_to, asked_at }).await?;
        Ok(Happened::PageStored { cursor, count: taken.count })
    }

    /// Listens until the tail ends.
    async fn tail(&mut self, after: u64) -> Result<Happened, Trouble> {
        let mut tail = self.config.client.tail(&self.config.workspace_id, after).await?;
        self.show(Some(State::Live));
        let mut cursor = after;
        let mut heard_any = false;
        loop {
            let (lines, end) = tail.gather(GATHER, PAGE_LIMIT).await;
            let now = self.config.clock.now();
            heard_any |= lines.is_some();
            if let Some(lines) = lines.filter(|lines| !lines.is_empty()) {
                let complete = Complete { up_to: after, asked_at: now };
                let (taken, reached) = self.take(FetchedLines::from_bytes(lines), complete).await?;
                let overtaken = reached != cursor + u64::from(taken.count);
                cursor = reached;
                let unpriced = taken.revision > self.revision;
                self.revision = self.revision.max(taken.revision);
                if overtaken || unpriced {
                    // Another process has stored more than this tail brought, which would bring it again; or a
                    // catalogue that this app has not seen set the price. Meet the service anew.
                    return Ok(Happened::TailEnded { cursor, heard: true });
                }
            } else if end.is_none() {
                let reached = self.alive(now, now.since(self.stored_alive) >= STORE_ALIVE_MS).await?;
                self.show(None);
                if reached != cursor {
                    return Ok(Happened::TailEnded { cursor: reached, heard: true });
                }
            }
            match end {
                None => {}
                // Connections end; only if the next one fails, too, the app is offline.
                Some(Ok(()) | Err(ClientError::Unreachable(_))) => {
                    self.show(Some(State::Connecting));
                    return Ok(Happened::TailEnded { cursor, heard: heard_any });
                }
                Some(Err(error)) => return Err(error.into()),
            }
        }
    }

    /// Takes lines in, tells everybody, and returns what was taken and the last entry.
    async fn take(&mut self, lines: FetchedLines, complete: Complete) -> Result<(Taken, u64), Trouble> {
        let (result, seq) =
            self.blocking(move |ledger| Ok((ledger.take(lines.iter(), complete), ledger.seq()))).await?;
        let (taken, trouble) = match result {
            Ok(taken) => (taken, None),
            Err((taken, trouble)) => (taken, Some(trouble)),
        };
        self.show(None);
        if trouble.is_none() {
            self.stored_alive = complete.asked_at;
        }
        trouble.map_or(Ok((taken, seq)), Err)
    }

    /// Notes that nothing was missed up to `at`, on disk if `store`, and returns the last entry.
    async fn alive(&mut self, at: Timestamp, store: bool) -> Result<u64, Trouble> {
        let seq = self.blocking(move |ledger| ledger.alive(at, store).map(|()| ledger.seq())).await?;
        if store {
            self.stored_alive = at;
        }
        Ok(seq)
    }

    /// Says what is in the way and what that means for the plan.
    fn failed(&mut self, trouble: Trouble) -> Happened {
        match trouble {
            Trouble::Breach(breach) => {
                tracing::error!(workspace = %self.config.workspace_id, %breach, "the ledger cannot be continued");
                self.show(Some(State::Broken(breach)));
                Happened::Broken
            }
            Trouble::Removed => Happened::Removed,
            Trouble::Obstacle(obstacle) => {
                tracing::info!(workspace = %self.config.workspace_id, %obstacle, "not in agreement with the service");
                let (retry_after_ms, patient) = match &obstacle {
                    Obstacle::Service(error) => (error.retry_after_ms(), error.needs_a_person()),
                    Obstacle::Cache(_) => (None, false),
                };
                let since = match self.status.borrow().state {
                    State::Offline { since, .. } => since,
                    _ => self.config.clock.now(),
                };
                self.show(Some(State::Offline { since, obstacle }));
                Happened::Failed { retry_after_ms, patient }
            }
        }
    }

    /// Shows how things stand, and tells what has come in; without a `state`, the one that is shown stays.
    fn show(&mut self, state: Option<State>) {
        let (as_of, last_seq) = {
            let ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
            (ledger.as_of(), ledger.seq())
        };
        self.status.send_if_modified(|status| {
            let new = Status { state: state.unwrap_or_else(|| status.state.clone()), as_of, last_seq };
            let changed = *status != new;
            *status = new;
            changed
        });
        if last_seq > self.told {
            // Nobody listening is fine.
            let _ = self.changes.send(Change { from_seq: self.told + 1, to_seq: last_seq });
        }
        self.told = last_seq;
    }

    /// Runs `work` where blocking is allowed. Should this future be dropped, the work still ends properly.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Ledger) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let ledger = Arc::clone(&self.ledger);
        let run = move || work(&mut ledger.lock().unwrap_or_else(PoisonError::into_inner));
        match tokio::task::spawn_blocking(run).await {
            Ok(result) => result,
            Err(error) => Err(Obstacle::Cache(format!("a step ended unexpectedly: {error}")).into()),
        }
    }
}
