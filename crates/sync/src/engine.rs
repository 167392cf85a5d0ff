//! Does what the plan says: one task a workspace, which never blocks and holds no lock while it waits.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clock::{Clock, Stopwatch};
use metering::Timestamp;
use tokio::sync::{Notify, broadcast, mpsc, watch};

use crate::facts::WorkspaceMeta;
use crate::ledger::{self, Complete, Ledger, Owner, Shared};
use crate::plan::{Action, Happened, PAGE_LIMIT, Plan};
use crate::progress::Pace;
use crate::trouble::Trouble;
use crate::wake::woke;
use crate::{Change, Client, ClientError, Handle, Obstacle, Progress, State, Status, fetch};

/// Signs of life are written down so often, in milliseconds, so that a restart knows the age of what it shows.
const STORE_ALIVE_MS: i64 = 60_000;
/// So often the balance is compared while nothing else happens, in milliseconds.
const COMPARE_MS: u64 = 5 * 60_000;
/// Changes that a slow listener may lag behind before it only learns that it missed some.
const CHANGES: usize = 256;
/// Pieces of fetched lines that wait to be checked: beyond them, nothing more is read from the network.
const WAITING: usize = 2;
/// Clocks that differ by less than this, in milliseconds, count as the same.
const SKEW_MS: i64 = 5_000;

/// What an engine works with.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// The file that the ledger is kept in. An engine has it for itself.
    pub ledger: PathBuf,
    /// The service.
    pub client: Client,
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
    /// `None` until its file was opened.
    ledger: Arc<Mutex<Option<Ledger>>>,
    shared: Shared,
    status: watch::Sender<Status>,
    changes: broadcast::Sender<Change>,
    /// Somebody does not want to wait any longer.
    hurry: Arc<Notify>,
    /// A person wants no more for now.
    paused: watch::Receiver<bool>,
    /// Somebody found the local ledger damaged.
    damaged: watch::Receiver<Option<String>>,
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
    /// Starts an engine. It needs a running tokio runtime. The account is there as soon as what is stored was opened,
    /// with or without a network.
    #[must_use]
    pub fn start(config: EngineConfig) -> Handle {
        let shared = Shared::default();
        let (status, receiver) = watch::channel(Status::NEW);
        let changes = broadcast::Sender::new(CHANGES);
        let hurry = Arc::new(Notify::new());
        let (pause, paused) = watch::channel(false);
        let (damage, damaged) = watch::channel(None);
        let (stop, mut stopped) = watch::channel(false);
        let engine = Self {
            config,
            ledger: Arc::default(),
            shared: Arc::clone(&shared),
            status,
            changes: changes.clone(),
            hurry: Arc::clone(&hurry),
            paused,
            damaged,
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
            let close = move || {
                let ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner).take();
                ledger.into_iter().for_each(|mut ledger| ledger.tidy());
            };
            let _ = tokio::task::spawn_blocking(close).await;
            status.send_if_modified(|status| {
                let broken = matches!(status.state, State::Broken(_));
                if !broken {
                    status.state = State::Stopped;
                }
                !broken
            });
        });
        Handle { status: receiver, changes, shared, hurry, pause, damaged: damage, stop, task }
    }

    async fn run(mut self) {
        let mut happened = match self.open(None).await {
            Ok(()) => Happened::Started,
            Err(trouble) => self.failed(trouble).await,
        };
        let mut plan = Plan::new(0);
        loop {
            let action = plan.next(&happened, (self.config.jitter)());
            tracing::trace!(?happened, ?action, "next");
            let (mut paused, mut damaged) = (self.paused.clone(), self.damaged.clone());
            let (clock, hurry) = (self.config.clock.clone(), Arc::clone(&self.hurry));
            let done = match action {
                Action::Rest => {
                    tokio::select! {
                        _ = paused.wait_for(|paused| !*paused) => {}
                        Ok(()) = damaged.changed() => {}
                    }
                    Ok(Happened::Waited)
                }
                Action::Wait { ms } => {
                    tokio::select! {
                        () = tokio::time::sleep(Duration::from_millis(ms)) => {}
                        () = hurry.notified() => {}
                        () = woke(&clock) => {}
                        Ok(()) = damaged.changed() => {}
                    }
                    Ok(Happened::Waited)
                }
                Action::CatchUp { after, up_to } => self.catch_up(after, up_to, paused).await,
                action => {
                    tokio::select! {
                        biased;
                        Ok(_) = paused.wait_for(|paused| *paused) => {
                            let seq = plan.cursor();
                            self.show(Some(State::Paused(still(seq, plan.last_seq()))));
                            Ok(Happened::Paused)
                        }
                        Ok(()) = damaged.changed() => Ok(Happened::Woke),
                        done = self.act(action) => done,
                        () = woke(&clock) => Ok(Happened::Woke),
                    }
                }
            };
            happened = match (self.damaged.has_changed(), done) {
                (Ok(true), _) => {
                    let reason = self.damaged.borrow_and_update().clone().unwrap_or_default();
                    self.failed(Trouble::Unusable(reason)).await
                }
                (_, Ok(happened)) => happened,
                (_, Err(trouble)) => self.failed(trouble).await,
            };
        }
    }

    async fn act(&mut self, action: Action) -> Result<Happened, Trouble> {
        match action {
            Action::Tail { after } => self.tail(after).await,
            _ => self.meet().await,
        }
    }

    /// Opens the file, and what is in it; sets it aside first, if it is known to be damaged.
    async fn open(&mut self, damaged: Option<String>) -> Result<(), Trouble> {
        let owner = Owner { path: self.config.ledger.clone(), workspace_id: self.config.workspace_id.clone() };
        let (place, shared) = (Arc::clone(&self.ledger), Arc::clone(&self.shared));
        let open = move || {
            let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
            // Closed first, where it was open and turned out to be damaged.
            *place = None;
            let (ledger, notices) = Ledger::open(&owner, &shared, damaged)?;
            let seen = (ledger.seq(), ledger.verified());
            *place = Some(ledger);
            Ok::<_, Trouble>((seen, notices))
        };
        let ((seq, verified), notices) = tokio::task::spawn_blocking(open).await.map_err(ended)??;
        // What was stored is no news.
        self.told = seq;
        tracing::debug!(workspace = %self.config.workspace_id, seq, "the local ledger is open");
        self.status.send_modify(|status| {
            status.verified = verified;
            status.notices.extend(notices);
        });
        self.show(None);
        Ok(())
    }

    /// The instant now, as the service's clock has it.
    fn now(&self) -> Timestamp {
        self.config.clock.now().plus_millis(self.status.borrow().skew_ms)
    }

    /// Asks about the workspace, whether the service still has what was stored, and whether it makes of it what the rules
    /// do.
    async fn meet(&mut self) -> Result<Happened, Trouble> {
        if self.ledger.lock().unwrap_or_else(PoisonError::into_inner).is_none() {
            self.open(None).await?;
        }
        let (client, id) = (self.config.client.clone(), self.config.workspace_id.clone());
        let (seen, hash) = self.blocking(|ledger| Ok(ledger.end())).await?;
        let asked_at = self.now();
        let body = client.workspace(&id).await?;
        let catalogue = client.catalogue(&id).await?;
        self.revision = self.revision.max(catalogue.revisions.latest().revision);
        let meta = WorkspaceMeta::new(&body, &catalogue);
        let head = body.ledger;
        if head.last_seq < seen {
            return Err(crate::Breach::Shorter { seen, has: head.last_seq }.into());
        }
        if head.last_seq == seen && head.last_hash.0 != hash {
            return Err(ledger::differs(seen, hash, head.last_hash).into());
        }
        if head.last_seq > seen && seen > 0 {
            let lines = client.ledger(&id, seen - 1, 1).await?.next().await?.unwrap_or_default();
            ledger::agrees(crate::lines::each_of(&lines).next(), seen, hash)?;
        }
        let cursor = self.blocking(move |ledger| ledger.meet(&meta, &catalogue).map(|()| ledger.seq())).await?;
        if cursor >= head.last_seq {
            self.compare().await?;
            self.alive(asked_at, true).await?;
        }
        self.show(None);
        Ok(Happened::Met { cursor, last_seq: head.last_seq })
    }

    /// Compares the balance that the service names with the replayed one, and its clock with this computer's.
    async fn compare(&mut self) -> Result<(), Trouble> {
        let before = self.config.clock.now();
        let balance = self.config.client.balance(&self.config.workspace_id).await?;
        let now = self.config.clock.now();
        let middle = before.plus_millis(now.since(before) / 2);
        let ahead = balance.at.since(middle);
        let is_same = ahead.abs() <= SKEW_MS.saturating_add(now.since(before)) || self.config.clock.is_fixed();
        let skew_ms = if is_same { 0 } else { ahead };
        let at = now.plus_millis(skew_ms);
        let verified = self.blocking(move |ledger| ledger.compare(&balance, at).map(|()| ledger.verified())).await?;
        self.status.send_if_modified(|status| {
            let changed = (status.verified, status.skew_ms) != (verified, skew_ms);
            (status.verified, status.skew_ms) = (verified, skew_ms);
            changed
        });
        Ok(())
    }

    /// Fetches what is missing.
    async fn catch_up(
        &mut self,
        after: u64,
        up_to: u64,
        mut paused: watch::Receiver<bool>,
    ) -> Result<Happened, Trouble> {
        let complete = Complete { up_to, asked_at: self.now(), revision: self.revision };
        self.show(Some(State::CatchingUp(still(after, up_to))));
        let (sender, lines) = mpsc::channel(WAITING);
        let (status, pace, watch) = (self.status.clone(), Mutex::new(Pace::new(after, up_to)), Stopwatch::start());
        let progress = move |seq| {
            let progress = pace.lock().unwrap_or_else(PoisonError::into_inner).came_to(watch.elapsed_ms(), seq);
            status.send_modify(|status| {
                (status.state, status.last_seq) = (State::CatchingUp(progress), seq);
            });
        };
        let taking = self.blocking(move |ledger| {
            let taken = ledger.take_all(lines, complete, progress);
            Ok((taken, ledger.seq()))
        });
        let (client, id) = (self.config.client.clone(), self.config.workspace_id.clone());
        let mut damaged = self.damaged.clone();
        let fetching = async {
            tokio::select! {
                biased;
                // What came is set aside with the rest.
                Ok(()) = damaged.changed() => Ok(true),
                Ok(_) = paused.wait_for(|paused| *paused) => Ok(false),
                fetched = fetch::fetch(client, id, after, up_to, sender) => fetched.map(|()| true),
            }
        };
        let (fetched, taken) = tokio::join!(fetching, taking);
        let ((count, result), seq) = taken?;
        self.show(None);
        // What is wrong with what came counts more than why no more came.
        result?;
        if !fetched? {
            self.show(Some(State::Paused(still(seq, up_to))));
            return Ok(Happened::Paused);
        }
        if seq >= up_to {
            self.stored_alive = complete.asked_at;
            self.compare().await?;
        }
        Ok(Happened::CaughtUp { cursor: seq, count })
    }

    /// Listens until the tail ends.
    async fn tail(&mut self, after: u64) -> Result<Happened, Trouble> {
        let mut tail = self.config.client.tail(&self.config.workspace_id, after).await?;
        self.show(Some(State::Live));
        let (mut cursor, mut heard_any, mut compared) = (after, false, Stopwatch::start());
        loop {
            let (lines, end) = tail.gather(PAGE_LIMIT).await;
            let now = self.now();
            heard_any |= lines.is_some();
            if let Some(lines) = lines.filter(|lines| !lines.is_empty()) {
                let complete = Complete { up_to: after, asked_at: now, revision: self.revision };
                let (count, reached) = self.take(lines, complete).await?;
                let overtaken = reached != cursor + count;
                cursor = reached;
                if overtaken {
                    // Another process has stored more than this tail brought, which would bring it again.
                    return Ok(Happened::TailEnded { cursor, heard: true });
                }
            } else if end.is_none() {
                let store = now.since(self.stored_alive) >= STORE_ALIVE_MS;
                let reached = self.alive(now, store).await?;
                self.show(None);
                if reached != cursor {
                    return Ok(Happened::TailEnded { cursor: reached, heard: true });
                }
                if compared.elapsed_ms() >= COMPARE_MS {
                    compared = Stopwatch::start();
                    self.compare().await?;
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

    /// Takes lines in, tells everybody, and returns how many there were and the last entry.
    async fn take(&mut self, lines: Vec<u8>, complete: Complete) -> Result<(u64, u64), Trouble> {
        let ((count, result), seq) =
            self.blocking(move |ledger| Ok((ledger.take(lines, complete), ledger.seq()))).await?;
        self.show(None);
        result?;
        self.stored_alive = complete.asked_at;
        Ok((count, seq))
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
    async fn failed(&mut self, trouble: Trouble) -> Happened {
        match trouble {
            Trouble::Breach(breach) => {
                tracing::error!(workspace = %self.config.workspace_id, %breach, "the ledger cannot be continued");
                let now = self.now();
                let kept = self.blocking(move |ledger| Ok(ledger.incident(breach, now))).await;
                if let Ok(incident) = kept {
                    self.show(Some(State::Broken(Box::new(incident))));
                }
                Happened::Broken
            }
            Trouble::Unpriced(revision) => {
                // Asked for once: what the service does not know then, either, is an incident.
                self.revision = self.revision.max(revision);
                Happened::Waited
            }
            Trouble::Unusable(reason) => match Box::pin(self.open(Some(reason))).await {
                Ok(()) => {
                    self.show(Some(State::Connecting));
                    Happened::Waited
                }
                Err(Trouble::Obstacle(obstacle)) => self.obstructed(obstacle),
                Err(Trouble::Unusable(reason)) => self.obstructed(Obstacle::Cache(reason)),
                Err(Trouble::Breach(_) | Trouble::Unpriced(_)) => Happened::Broken,
            },
            Trouble::Obstacle(obstacle) => self.obstructed(obstacle),
        }
    }

    fn obstructed(&mut self, obstacle: Obstacle) -> Happened {
        tracing::info!(workspace = %self.config.workspace_id, %obstacle, "not in agreement with the service");
        let (retry_after_ms, patient) = match &obstacle {
            Obstacle::Service(error) => (error.retry_after_ms(), error.needs_a_person()),
            Obstacle::Cache(_) | Obstacle::DiskFull => (None, false),
        };
        let since = match self.status.borrow().state {
            State::Offline { since, .. } => since,
            _ => self.config.clock.now(),
        };
        self.show(Some(State::Offline { since, obstacle }));
        Happened::Failed { cursor: self.status.borrow().last_seq, retry_after_ms, patient }
    }

    /// Shows how things stand, and tells what has come in; without a `state`, the one that is shown stays.
    fn show(&mut self, state: Option<State>) {
        let (as_of, last_seq) = {
            let ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
            ledger.as_ref().map_or((None, 0), |ledger| (ledger.as_of(), ledger.seq()))
        };
        self.status.send_if_modified(|status| {
            let state = state.unwrap_or_else(|| status.state.clone());
            let changed = (&status.state, status.as_of, status.last_seq) != (&state, as_of, last_seq);
            (status.state, status.as_of, status.last_seq) = (state, as_of, last_seq);
            changed
        });
        if last_seq > self.told {
            // Nobody listening is fine.
            let _ = self.changes.send(Change { from_seq: self.told + 1, to_seq: last_seq });
        }
        self.told = last_seq;
    }

    /// Runs `work` where blocking is allowed. Should this future be dropped, the work still ends properly.
    fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Ledger) -> Result<T, Trouble> + Send + 'static,
    ) -> impl Future<Output = Result<T, Trouble>> + 'static {
        let ledger = Arc::clone(&self.ledger);
        let running =
            tokio::task::spawn_blocking(move || match ledger.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
                Some(ledger) => work(ledger),
                None => Err(Obstacle::Cache("the local ledger is not open".to_owned()).into()),
            });
        async move { running.await.map_err(ended)? }
    }
}

/// A step ended as none should.
#[allow(clippy::needless_pass_by_value, reason = "it is called where errors are mapped")]
fn ended(error: tokio::task::JoinError) -> Trouble {
    Obstacle::Cache(format!("a step ended unexpectedly: {error}")).into()
}

/// Progress of which the speed is not known.
const fn still(done: u64, of: u64) -> Progress {
    Progress { done, of, per_second: None, left_ms: None }
}
