//! One writer a workspace: it owns the replayed account, decides, and commits what waits as one transaction.
//!
//! Nothing is answered before it is committed, and nobody else sees an account whose entries are not. Reads take their
//! turn on the writer, too, after the commit of what came with them.

mod book;
mod job;
mod writer;

use std::collections::HashMap;
use std::sync::Arc;

use clock::Clock;
use metering::{Account, Command, Credits, Outcome, Position, Timestamp};
use tokio::sync::{Mutex, broadcast, mpsc, oneshot};

pub(crate) use book::Book;
pub(crate) use job::{Job, Played};

use crate::sample::Player;
use crate::store::{Settlement, Store, StoreError, StoredLine, Workspace};

/// How many lines a slow reader of the live tail may fall behind before it has to read from the store again.
const TAIL_LENGTH: usize = 4_096;
/// How many jobs may wait for a writer before those who bring more have to wait themselves.
const QUEUE_LENGTH: usize = 4_096;

/// The service cannot record now, or not any more. Nothing was recorded; trying again with the same id is safe.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the service cannot record now: {0}")]
pub struct Unavailable(pub Arc<str>);

impl Unavailable {
    pub(crate) fn new(reason: impl std::fmt::Display) -> Self {
        Self(reason.to_string().into())
    }
}

/// The answer to a command, given once everything that it recorded is committed.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What it came to.
    pub outcome: Outcome,
    /// What the entry cost, if it is a usage that was recorded.
    pub cost: Option<Credits>,
    /// The position after it.
    pub position: Position,
}

/// The ledger of one workspace. Its writer runs while somebody holds it.
#[derive(Debug)]
pub struct Ledger {
    workspace: Workspace,
    jobs: mpsc::Sender<Job>,
    tail: broadcast::Sender<Arc<StoredLine>>,
}

impl Ledger {
    /// The workspace.
    #[must_use]
    pub const fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Decides and records a command at the clock's instant.
    ///
    /// # Errors
    /// [`Unavailable`]: nothing was recorded.
    pub async fn command(&self, command: Command) -> Result<Answer, Unavailable> {
        let answers = self.commands(vec![command]).await?;
        answers.into_iter().next().ok_or_else(stopped)
    }

    /// Decides and records commands in their order, committed together; an answer for each.
    ///
    /// # Errors
    /// [`Unavailable`]: nothing was recorded.
    pub async fn commands(&self, commands: Vec<Command>) -> Result<Vec<Answer>, Unavailable> {
        self.ask(|reply| Job::Commands { commands, reply }).await?
    }

    /// Takes in a payment provider's event; `None` if there is no such purchase.
    ///
    /// # Errors
    /// [`Unavailable`]: nothing was recorded.
    pub async fn settle(&self, settlement: Settlement) -> Result<Option<Outcome>, Unavailable> {
        self.ask(|reply| Job::Settle { settlement, reply }).await?
    }

    /// Reads the account at the clock's instant.
    ///
    /// # Errors
    /// [`Unavailable`] when the ledger cannot be read.
    pub async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Account, Timestamp) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (reply, answer) = oneshot::channel();
        let read = Box::new(move |seen: Result<(&Account, Timestamp), Unavailable>| {
            // Nobody waits any more: that is their business.
            let _ = reply.send(seen.map(|(account, now)| look(account, now)));
        });
        self.jobs.send(Job::Read(read)).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// Plays the next thing that a sample has for this workspace.
    ///
    /// # Errors
    /// [`Unavailable`]: nothing was recorded, and the player is gone; make one from what is stored.
    pub(crate) async fn play(&self, player: Box<Player>) -> Result<Played, Unavailable> {
        self.ask(|reply| Job::Play { player, reply }).await?
    }

    /// Every line that is committed from now on.
    #[must_use]
    pub fn tail(&self) -> broadcast::Receiver<Arc<StoredLine>> {
        self.tail.subscribe()
    }

    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> Result<T, Unavailable> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(job(reply)).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())
    }
}

fn stopped() -> Unavailable {
    Unavailable::new("it is stopping")
}

/// The ledgers of all workspaces, opened as they are asked for.
#[derive(Debug)]
pub struct Ledgers {
    store: Arc<Store>,
    clock: Clock,
    open: Mutex<HashMap<String, Arc<Ledger>>>,
}

impl Ledgers {
    /// The ledgers in a store.
    #[must_use]
    pub fn new(store: Arc<Store>, clock: Clock) -> Self {
        Self { store, clock, open: Mutex::default() }
    }

    /// The ledger of a workspace; `None` if there is no such workspace.
    ///
    /// # Errors
    /// [`StoreError`] when the workspace cannot be read.
    pub async fn get(&self, id: &str) -> Result<Option<Arc<Ledger>>, StoreError> {
        let mut open = self.open.lock().await;
        if let Some(ledger) = open.get(id) {
            return Ok(Some(Arc::clone(ledger)));
        }
        let (store, wanted) = (Arc::clone(&self.store), id.to_owned());
        let Some(workspace) = crate::http::blocking(move || store.workspace(&wanted)).await? else { return Ok(None) };
        let (jobs, queue) = mpsc::channel(QUEUE_LENGTH);
        let (tail, _) = broadcast::channel(TAIL_LENGTH);
        writer::start(workspace.clone(), Arc::clone(&self.store), self.clock.clone(), queue, tail.clone())?;
        let ledger = Arc::new(Ledger { workspace, jobs, tail });
        open.insert(id.to_owned(), Arc::clone(&ledger));
        Ok(Some(ledger))
    }

    /// Lets every writer go once it has done what waits for it.
    pub async fn close(&self) {
        self.open.lock().await.clear();
    }
}
