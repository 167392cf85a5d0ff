//! What a database has to be able to do to keep ledgers.

use std::fmt;

use wire::Hash;

use super::health::Health;
use super::key::Key;
use super::sql::{Row, Sql, Value};
use super::{Page, StoreError, StoredLine};

/// Work on a transaction. It may be called again when the connection was lost before the transaction ended.
pub(crate) type Work<'a> = &'a mut dyn FnMut(&mut dyn Sql) -> Result<(), StoreError>;

/// Ledgers to ask and to append to. Every call may block.
pub(crate) trait Ledgers {
    /// What ledgers have recorded, for those who know them up to an entry: what was recorded after it, and the entries
    /// under keys. An answer for each question, in their order.
    fn recall(&self, asks: &[Ask]) -> Result<Vec<Recalled>, StoreError>;

    /// Appends pages: each of them whole and durable, or not at all because its ledger has moved on since. After an error
    /// nobody knows which of them were appended. What was held is not held any more then, however it ends.
    fn append(&self, pages: &[Page]) -> Result<Vec<Appended>, StoreError>;
}

/// A database that keeps ledgers. Every call may block.
pub(crate) trait Engine: Ledgers + Health + fmt::Debug + Send + Sync {
    /// Reads with one statement, which sees everything as it was at one instant. A transaction around it would only take
    /// longer: the server would be waited for three times.
    fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError>;

    /// Reads with as many statements as it takes, all of which see the same; nothing is changed.
    fn read(&self, work: Work<'_>) -> Result<(), StoreError>;

    /// Writes, as one transaction: all of it or nothing.
    fn write(&self, work: Work<'_>) -> Result<(), StoreError>;

    /// Waits for a turn with ledgers. It lasts until something is appended to them or what is given back is dropped, and
    /// keeps out whoever waits for one, too: so whoever is slower than others gets its own. None where everybody gets one
    /// anyway.
    fn hold(&self, workspaces: &[&str]) -> Result<Option<Box<dyn Ledgers + '_>>, StoreError>;

    /// Whether asking takes as long as appending, so that it is better to see while appending that nothing was missed.
    fn is_far(&self) -> bool;

    /// Lends up to `limit` lines after entry `after`, in order: number, hash and body.
    fn each_line(&self, workspace: &str, after: u64, limit: usize, each: &mut EachLine<'_>) -> Result<(), StoreError>;

    /// The number and hash of the last entry.
    fn head(&self, workspace: &str) -> Result<(u64, Hash), StoreError>;

    /// The numbers of the last entries, of those workspaces that are there.
    fn heads(&self, workspaces: &[String]) -> Result<Vec<(String, u64)>, StoreError>;

    /// How many parts of what waits can be worked on at once.
    fn lanes(&self) -> usize;
}

/// Hears the number, the hash and the body of one line after another.
pub(crate) type EachLine<'a> = dyn FnMut(u64, Hash, &[u8]) + 'a;

/// A question about a ledger.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    /// The workspace.
    pub(crate) workspace: String,
    /// The last entry that is known.
    pub(crate) after: u64,
    /// The chain's hash after it.
    pub(crate) before: Hash,
    /// What to look for.
    pub(crate) keys: Vec<Key>,
}

/// What was recorded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recalled {
    /// Whether the known entry is not there, or another one is: whoever asked knows what the database has lost.
    pub(crate) is_lost: bool,
    /// The lines after the known one, in order: at most [`TAIL`] of them. Ask again when there are as many.
    pub(crate) tail: Vec<StoredLine>,
    /// The lines under the keys, in no order. What was recorded meanwhile may be among them.
    pub(crate) found: Vec<StoredLine>,
}

impl Recalled {
    /// Takes the known line off the lines of a tail, which begin with it.
    pub(super) fn leave_known(&mut self, ask: &Ask) {
        if ask.after == 0 {
            return;
        }
        self.is_lost = self.tail.first().is_none_or(|line| (line.seq, line.hash) != (ask.after, ask.before));
        let known = if self.is_lost { self.tail.len() } else { 1 };
        self.tail.drain(..known);
    }
}

/// Most lines of a tail.
pub(crate) const TAIL: usize = 5_000;

/// What has become of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Appended {
    /// It is in the ledger.
    Whole,
    /// Nothing of it is: the ledger has gone on from where the page begins.
    Overtaken,
}
