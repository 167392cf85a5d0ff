//! The ledger: appended, read, never changed.

use metering::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use wire::{GENESIS, Hash};

use super::{Settlement, Store, StoreError, signed, unsigned};

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

/// What is committed as one transaction: entries, and what has to become true together with them.
#[derive(Debug, Default)]
pub struct Page {
    /// The entries, following each other and the stored ones.
    pub lines: Vec<StoredLine>,
    /// What else is stored in the same transaction.
    pub effects: Vec<Effect>,
}

/// Something that is stored together with entries.
#[derive(Debug)]
pub enum Effect {
    /// A payment provider's event was taken in.
    Settled {
        /// What it did to which purchase.
        settlement: Settlement,
        /// When it was taken in.
        at: Timestamp,
    },
    /// A sample bought a pack.
    Purchased(super::Purchase),
    /// A sample got so far.
    SampleProgress(String),
}

impl Page {
    /// Whether there is nothing to commit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.effects.is_empty()
    }
}

impl Store {
    /// Commits a page: all of it or nothing.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails, or when the entries do not follow the stored ones because somebody
    /// else has appended. Nothing is stored then.
    pub fn append(&self, workspace: &str, page: &Page) -> Result<(), StoreError> {
        self.write(|db| {
            let mut insert =
                db.prepare_cached("INSERT INTO entries (workspace_id, seq, body, hash) VALUES (?1, ?2, ?3, ?4)")?;
            for line in &page.lines {
                insert.execute(params![workspace, signed(line.seq), line.body, line.hash.0])?;
            }
            page.effects.iter().try_for_each(|effect| apply(db, workspace, effect))
        })
    }

    /// Up to `limit` lines after entry `after`, in order.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn lines(&self, workspace: &str, after: u64, limit: usize) -> Result<Vec<StoredLine>, StoreError> {
        self.read(|db| {
            let mut query = db.prepare_cached(
                "SELECT seq, hash, body FROM entries WHERE workspace_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
            )?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let lines = query.query_map(params![workspace, signed(after), limit], |row| {
                Ok(StoredLine { seq: unsigned(row.get(0)?), hash: Hash(row.get(1)?), body: row.get(2)? })
            })?;
            Ok(lines.collect::<Result<_, _>>()?)
        })
    }

    /// The number and hash of the last entry.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn head(&self, workspace: &str) -> Result<(u64, Hash), StoreError> {
        self.read(|db| {
            let head = db
                .query_row(
                    "SELECT seq, hash FROM entries WHERE workspace_id = ?1 ORDER BY seq DESC LIMIT 1",
                    [workspace],
                    |row| Ok((unsigned(row.get(0)?), Hash(row.get(1)?))),
                )
                .optional()?;
            Ok(head.unwrap_or((0, GENESIS)))
        })
    }
}

fn apply(db: &Transaction<'_>, workspace: &str, effect: &Effect) -> Result<(), StoreError> {
    match effect {
        Effect::Settled { settlement, at } => super::purchases::settle(db, workspace, settlement, *at),
        Effect::Purchased(purchase) => super::purchases::insert(db, workspace, purchase).map(|_| ()),
        Effect::SampleProgress(progress) => super::sample_state::update(db, workspace, progress),
    }
}
