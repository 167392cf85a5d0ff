//! The ledger: appended, read, never changed.

use metering::Timestamp;
use tokio::sync::Notify;
use wire::Hash;

use super::engine::{Appended, Ask, EachLine, Ledgers, Recalled};
use super::health::LastWrite;
use super::sql::{Sql, values};
use super::{KeptSnapshot, Key, Settlement, Store, StoreError};

/// A stored ledger line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLine {
    /// The entry's number.
    pub seq: u64,
    /// The chain's hash after it.
    pub hash: Hash,
    /// The exact bytes of its body.
    pub body: Vec<u8>,
}

impl StoredLine {
    /// The line as it is sent, without a line feed.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        wire::line::encode_line(&self.hash, &self.body)
    }
}

/// What is appended to a ledger as one: entries, and what has to become true together with them.
#[derive(Debug)]
pub(crate) struct Page {
    /// The workspace.
    pub(crate) workspace: String,
    /// The last entry before the page: if it is not the last any more, or another one, nothing of the page is appended.
    pub(crate) after: u64,
    /// The chain's hash after that entry, which the first of the page is linked to.
    pub(crate) before: Hash,
    /// The entries, following each other and the stored ones.
    pub(crate) lines: Vec<StoredLine>,
    /// What entries are found under.
    pub(crate) keys: Vec<(Key, u64)>,
    /// What else is stored in the same transaction.
    pub(crate) effects: Vec<Effect>,
    /// The account as of the last of the lines, if it is time to keep it.
    pub(crate) snapshot: Option<KeptSnapshot>,
}

/// Something that is stored together with entries.
#[derive(Debug)]
pub(crate) enum Effect {
    /// A payment provider's event was taken in.
    Settled {
        /// What it did to which purchase.
        settlement: Settlement,
        /// When it was taken in.
        at: Timestamp,
    },
    /// A sample bought a pack.
    Purchased(Box<super::Purchase>),
    /// A request with an idempotency key was answered.
    Answered {
        /// What it came to.
        answer: super::PastAnswer,
        /// When it was answered.
        at: Timestamp,
    },
    /// A sample got so far.
    SampleProgress(String),
    /// The vendor is told of something.
    Told(Box<super::Notice>),
    /// The workspace cannot run, which may change by itself at this instant.
    LookAt(Timestamp),
}

impl Page {
    /// An empty page behind an entry, with the chain's hash after it.
    pub(crate) const fn new(workspace: String, after: u64, before: Hash) -> Self {
        Self { workspace, after, before, lines: Vec::new(), keys: Vec::new(), effects: Vec::new(), snapshot: None }
    }

    /// Whether there is nothing to commit.
    pub(crate) const fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.effects.is_empty()
    }

    /// Stores what goes along with the lines.
    pub(super) fn store_aside(&self, db: &mut dyn Sql) -> Result<(), StoreError> {
        for effect in &self.effects {
            match effect {
                Effect::Settled { settlement, at } => super::purchases::settle(db, &self.workspace, settlement, *at)?,
                Effect::Purchased(purchase) => drop(super::purchases::insert(db, &self.workspace, purchase)?),
                Effect::Answered { answer, at } => super::answers::insert(db, &self.workspace, answer, *at)?,
                Effect::SampleProgress(progress) => super::sample_state::update(db, &self.workspace, progress)?,
                Effect::Told(notice) => super::outbox::insert(db, &self.workspace, notice)?,
                Effect::LookAt(at) => super::outbox::look_at(db, &self.workspace, *at)?,
            }
        }
        match &self.snapshot {
            Some(snapshot) => super::snapshots::insert(db, &self.workspace, snapshot),
            None => Ok(()),
        }
    }

    /// Whether there is something that the vendor is to be told, now or later.
    fn is_for_vendor(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect, Effect::Told(_) | Effect::LookAt(_)))
    }

    /// Whether there is something to go along with the lines.
    pub(super) const fn has_aside(&self) -> bool {
        !self.effects.is_empty() || self.snapshot.is_some()
    }
}

impl Ledgers for Store {
    fn recall(&self, asks: &[Ask]) -> Result<Vec<Recalled>, StoreError> {
        self.engine.recall(asks)
    }

    fn append(&self, pages: &[Page]) -> Result<Vec<Appended>, StoreError> {
        let appended = self.last_write.note(self.engine.append(pages));
        tell_of_notices(&self.notice_came, pages);
        appended
    }
}

/// Leaves word of what the vendor is to be told. Also after an error: it may have been appended.
fn tell_of_notices(came: &Notify, pages: &[Page]) {
    if pages.iter().any(Page::is_for_vendor) {
        came.notify_one();
    }
}

/// Ledgers that it is somebody's turn with.
pub(crate) struct Held<'a> {
    ledgers: Box<dyn Ledgers + 'a>,
    last_write: &'a LastWrite,
    notice_came: &'a Notify,
}

impl Ledgers for Held<'_> {
    fn recall(&self, asks: &[Ask]) -> Result<Vec<Recalled>, StoreError> {
        self.ledgers.recall(asks)
    }

    fn append(&self, pages: &[Page]) -> Result<Vec<Appended>, StoreError> {
        let appended = self.last_write.note(self.ledgers.append(pages));
        tell_of_notices(self.notice_came, pages);
        appended
    }
}

impl Store {
    /// Waits for a turn with ledgers; see [`super::engine::Engine::hold`].
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn hold(&self, workspaces: &[&str]) -> Result<Option<Held<'_>>, StoreError> {
        let held = self.engine.hold(workspaces)?;
        Ok(held.map(|ledgers| Held { ledgers, last_write: &self.last_write, notice_came: &self.notice_came }))
    }

    /// Whether asking takes as long as appending; see [`super::engine::Engine::is_far`].
    pub(crate) fn is_far(&self) -> bool {
        self.engine.is_far()
    }

    /// Up to `limit` lines after entry `after`, in order.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn lines(&self, workspace: &str, after: u64, limit: usize) -> Result<Vec<StoredLine>, StoreError> {
        let mut lines = Vec::new();
        self.each_line(workspace, after, limit, &mut |seq, hash, body| {
            lines.push(StoredLine { seq, hash, body: body.to_vec() });
        })?;
        Ok(lines)
    }

    /// Lends up to `limit` lines after entry `after`, in order: the number, the hash and the body of each. Before an error
    /// some may have been lent.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn each_line(
        &self,
        workspace: &str,
        after: u64,
        limit: usize,
        each: &mut EachLine<'_>,
    ) -> Result<(), StoreError> {
        self.engine.each_line(workspace, after, limit, each)
    }

    /// The highest key below a bound that anything is recorded under.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn highest_key(&self, workspace: &str, below: Key) -> Result<Option<Key>, StoreError> {
        let sql = "SELECT key FROM names WHERE workspace_id = $1 AND key < $2 ORDER BY key DESC LIMIT 1";
        let rows = self.query(sql, values![workspace, below.0.as_slice()])?;
        rows.first().map(|row| row.get(0).map(Key)).transpose()
    }

    /// The number and hash of the last entry.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn head(&self, workspace: &str) -> Result<(u64, Hash), StoreError> {
        self.engine.head(workspace)
    }

    /// The numbers of the last entries of several workspaces.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn heads(&self, workspaces: &[String]) -> Result<Vec<(String, u64)>, StoreError> {
        self.engine.heads(workspaces)
    }
}
