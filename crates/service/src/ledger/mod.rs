//! Ledgers: whoever records or asks does so through a [`Ledger`], and a lane does what waits in turn.
//!
//! Nothing is answered before it is committed, and nobody sees an account whose entries are not. Reads take their turn,
//! too, after the commit of what came with them. A workspace's jobs go through one lane of a process; other processes may
//! record in the same ledger, and what counts is what the store has taken first.

mod book;
mod history;
mod job;
mod lane;
mod part;
mod past;
mod replies;
mod shared;
mod tails;
mod window;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, Stopwatch};
use metering::{Account, Blank, Command, Credits, Entry, EntryKind, Outcome, PastHold, Position, Revisions, Timestamp};
use moka::sync::Cache;
use tokio::sync::{mpsc, oneshot, watch};

pub(crate) use book::{Book, record};
pub use job::Once;
use job::{Job, Look, Reply, Task};
use lane::Noted;
pub(crate) use tails::{LOOK_EVERY, LOOK_SELDOM, Tails};

use crate::metrics::Metrics;
use crate::sample::Player;
use crate::store::{AT_HAND, Settlement, Store, StoreError, Workspace};

/// How many jobs may wait for a lane before those who bring more have to wait themselves.
const QUEUE_LENGTH: usize = 4_096;
/// How long what a workspace is called and where its month begins is believed. Nothing changes it.
const BELIEVED_FOR: Duration = Duration::from_secs(60 * 60);
/// How long a catalogue is believed: it may get a revision. See [`Store::add_revision`].
const CATALOGUE_FOR: Duration = Duration::from_secs(20);
/// How many catalogues are believed at once.
const CATALOGUES: u64 = 10_000;

/// The service cannot record now, or not any more. Whether it was recorded is not known; trying again with the same id is
/// safe.
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
    /// What the usage, the hold or the amendment amounts to, in credits, if it is recorded: now, or the first time.
    pub amount: Option<Credits>,
    /// The hold that the command is about, as it stands after it.
    pub hold: Option<Box<HoldView>>,
    /// The position after it.
    pub position: Position,
}

/// A hold at an instant.
#[derive(Clone, Debug)]
pub struct HoldView {
    /// The hold, and what has become of it.
    pub past: PastHold,
    /// When its time is up, while it lives.
    pub until: Option<Timestamp>,
}

/// The ledger of one workspace.
#[derive(Debug)]
pub struct Ledger {
    workspace: Arc<Workspace>,
    store: Arc<Store>,
    lane: mpsc::Sender<Job>,
    tails: Arc<Tails>,
}

impl Ledger {
    /// The workspace.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Decides and records a command at the clock's instant.
    ///
    /// # Errors
    /// [`Unavailable`]: the answer is not known.
    pub async fn command(&self, command: Command) -> Result<Answer, Unavailable> {
        let answers = self.commands(vec![command]).await?;
        answers.into_iter().next().ok_or_else(stopped)
    }

    /// Decides and records commands in their order, committed together; an answer for each.
    ///
    /// # Errors
    /// [`Unavailable`]: the answers are not known.
    pub async fn commands(&self, commands: Vec<Command>) -> Result<Vec<Answer>, Unavailable> {
        self.ask(|reply| Task::Commands { commands, reply }).await
    }

    /// Decides and records a change that has no id of its own, once for each key: the same again is a duplicate, and another
    /// change under the key a conflict.
    ///
    /// # Errors
    /// [`Unavailable`]: the answer is not known.
    pub async fn change(&self, command: Command, once: Option<Once>) -> Result<Answer, Unavailable> {
        let Some(once) = once else { return self.command(command).await };
        let answers = self.ask(|reply| Task::Once { command, once, reply }).await?;
        answers.into_iter().next().ok_or_else(stopped)
    }

    /// What a command would come to at the clock's instant. Records nothing, and knows of no ids.
    ///
    /// # Errors
    /// [`Unavailable`]: the answer is not known.
    pub async fn check(&self, command: Command) -> Result<Answer, Unavailable> {
        self.read(move |account, now| {
            let decision = metering::decide(account, &Blank, &command, now);
            let amount = decision.entries.iter().rev().find_map(amount);
            Answer { outcome: decision.outcome, amount, hold: None, position: account.position(now) }
        })
        .await
    }

    /// Takes in a payment provider's event; `None` if there is no such purchase.
    ///
    /// # Errors
    /// [`Unavailable`]: the answer is not known.
    pub async fn settle(&self, settlement: Settlement) -> Result<Option<Outcome>, Unavailable> {
        self.ask(|reply| Task::Settle { settlement, reply }).await
    }

    /// Reads the account at the clock's instant.
    ///
    /// # Errors
    /// [`Unavailable`] when the ledger cannot be read.
    pub async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Account, Timestamp) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        self.ask(|reply| Task::Read(Box::new(Look::new(look, reply)))).await
    }

    /// The account as of the entries that were recorded by an instant that has passed.
    ///
    /// # Errors
    /// [`StoreError`] when the ledger cannot be read.
    pub async fn account_at(&self, at: Timestamp) -> Result<Account, StoreError> {
        let (store, workspace) = (Arc::clone(&self.store), Arc::clone(&self.workspace));
        crate::http::blocking(move || history::account_at(&store, workspace, at)).await
    }

    /// Plays the next thing that a sample has for this workspace.
    ///
    /// # Errors
    /// [`Unavailable`]: the player is gone; make one from what is stored.
    pub(crate) async fn play(&self, player: Box<Player>) -> Result<Box<Player>, Unavailable> {
        self.ask(|reply| Task::Play { player, reply }).await
    }

    /// Follows the ledger: the number of its last entry, whenever it has changed, whoever has recorded.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<u64> {
        self.tails.follow(&self.workspace.id)
    }

    async fn ask<T>(&self, task: impl FnOnce(Reply<T>) -> Task) -> Result<T, Unavailable> {
        let (reply, answer) = oneshot::channel();
        let waited = Stopwatch::start();
        let job = Job { workspace: Arc::clone(&self.workspace), task: task(reply), waited };
        self.lane.send(job).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

/// What an entry takes, reserves or gives back, if it is somebody's work.
fn amount(entry: &Entry) -> Option<Credits> {
    match &entry.kind {
        EntryKind::Usage(usage) => Some(usage.cost),
        EntryKind::Hold(hold) => Some(hold.cost),
        EntryKind::Amendment(amendment) => Some(amendment.amount),
        _ => None,
    }
}

fn stopped() -> Unavailable {
    Unavailable::new("it is stopping")
}

/// The ledgers of all workspaces.
#[derive(Debug)]
pub struct Ledgers {
    store: Arc<Store>,
    lanes: Vec<(mpsc::Sender<Job>, Noted)>,
    tails: Arc<Tails>,
    known: Cache<String, Arc<Ledger>>,
    /// Catalogues by their ids, as they were a moment ago: one look serves all workspaces under one.
    catalogues: Cache<String, Revisions>,
}

impl Ledgers {
    /// The ledgers in a store; the vendor is told what happens in them, or not.
    ///
    /// # Errors
    /// [`StoreError`] when the system gives no threads.
    pub(crate) fn new(
        store: Arc<Store>,
        clock: &Clock,
        is_heralded: bool,
        metrics: &Metrics,
    ) -> Result<Self, StoreError> {
        let tails = Arc::new(Tails::default());
        let lanes = (0..store.lanes()).map(|number| {
            let (lane, queue) = mpsc::channel(QUEUE_LENGTH);
            let noted = Noted::new(metrics);
            let (store, tails) = (Arc::clone(&store), Arc::clone(&tails));
            lane::start(number, store, clock.clone(), tails, queue, is_heralded, noted.clone())?;
            Ok((lane, noted))
        });
        let lanes = lanes.collect::<Result<_, StoreError>>()?;
        let known = Cache::builder().max_capacity(AT_HAND as u64).time_to_live(BELIEVED_FOR).build();
        let catalogues = Cache::builder().max_capacity(CATALOGUES).time_to_live(CATALOGUE_FOR).build();
        Ok(Self { store, lanes, tails, known, catalogues })
    }

    /// The ledger of a workspace; `None` if there is no such workspace.
    ///
    /// # Errors
    /// [`StoreError`] when the workspace cannot be read.
    pub async fn get(&self, id: &str) -> Result<Option<Arc<Ledger>>, StoreError> {
        if let Some(ledger) = self.known.get(id)
            && self.is_current(&ledger.workspace.terms.catalogues).await?
        {
            return Ok(Some(ledger));
        }
        let (store, wanted) = (Arc::clone(&self.store), id.to_owned());
        let Some(workspace) = crate::http::blocking(move || store.workspace(&wanted)).await? else { return Ok(None) };
        let catalogues = &workspace.terms.catalogues;
        self.catalogues.insert(catalogues.latest().id.clone(), catalogues.clone());
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        let length = u64::try_from(self.lanes.len()).unwrap_or(u64::MAX).max(1);
        let lane = usize::try_from(hasher.finish() % length).unwrap_or(0);
        let Some((lane, _)) = self.lanes.get(lane).cloned() else { return Ok(None) };
        let ledger = Arc::new(Ledger {
            workspace: Arc::new(workspace),
            store: Arc::clone(&self.store),
            lane,
            tails: Arc::clone(&self.tails),
        });
        self.known.insert(id.to_owned(), Arc::clone(&ledger));
        Ok(Some(ledger))
    }

    /// Whether a catalogue is what the store has of it: revisions come, and a database that takes another's place may have
    /// others. What was read of the same texts is the same.
    async fn is_current(&self, known: &Revisions) -> Result<bool, StoreError> {
        let id = &known.latest().id;
        let is_known = |stored: &Revisions| std::ptr::eq(stored.latest(), known.latest());
        if let Some(stored) = self.catalogues.get(id) {
            return Ok(is_known(&stored));
        }
        let (store, wanted) = (Arc::clone(&self.store), id.clone());
        let Some(stored) = crate::http::blocking(move || store.catalogue(&wanted)).await? else { return Ok(false) };
        let is_current = is_known(&stored);
        self.catalogues.insert(id.clone(), stored);
        Ok(is_current)
    }

    /// Of each lane: the jobs that wait for it, and the age in seconds of the oldest that it is at.
    pub(crate) fn lags(&self) -> Vec<(usize, f64)> {
        let lag =
            |(lane, noted): &(mpsc::Sender<Job>, Noted)| (lane.max_capacity() - lane.capacity(), noted.pulse.age());
        self.lanes.iter().map(lag).collect()
    }

    /// Who follows which ledger.
    pub(crate) fn tails(&self) -> Arc<Tails> {
        Arc::clone(&self.tails)
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use metering::Terms;

    use super::*;
    use crate::store::Durability;

    #[tokio::test]
    async fn what_becomes_of_a_catalogue_elsewhere_is_known_after_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        let store = Arc::new(Store::open(&path, Durability::Full).unwrap());
        let clock = Clock::system();
        let first = crate::catalogues::find("b").unwrap();
        let terms = Terms::new(first.clone(), Tz::UTC);
        let workspace = Workspace { id: "acme".into(), name: "Acme".into(), terms };
        store.create_workspace(&workspace, clock.now()).unwrap();
        let ledgers = Ledgers::new(Arc::clone(&store), &clock, false, &Metrics::new(&clock)).unwrap();
        let revision = async || {
            let ledger = ledgers.get("acme").await.unwrap().unwrap();
            ledger.workspace().terms.catalogues.latest().revision
        };
        assert_eq!(revision().await, first.revision);
        assert_eq!(revision().await, first.revision);

        let later = clock.now().plus_millis(2 * 60 * 1_000);
        let second = metering::Catalogue { revision: first.revision + 1, counts_from: Some(later), ..first.clone() };
        store.add_revision(&second, clock.now()).unwrap();
        // What was known a moment ago is believed.
        assert_eq!(revision().await, first.revision);
        ledgers.catalogues.invalidate_all();
        assert_eq!(revision().await, second.revision);
        assert_eq!(revision().await, second.revision);

        // A backup from before it takes the database's place, and another revision comes.
        let database = rusqlite::Connection::open(&path).unwrap();
        database.execute("DELETE FROM catalogues WHERE revision = ?1", [second.revision]).unwrap();
        ledgers.catalogues.invalidate_all();
        assert_eq!(revision().await, first.revision);
        let second = metering::Catalogue { name: "Another".into(), ..second };
        store.add_revision(&second, clock.now()).unwrap();
        ledgers.catalogues.invalidate_all();
        let ledger = ledgers.get("acme").await.unwrap().unwrap();
        assert_eq!(ledger.workspace().terms.catalogues.latest(), &second);
    }
}
