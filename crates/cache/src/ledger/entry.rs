//! Entries as lists and charts get them, and their exact bytes.

use metering::{Allocation, Credits, Timestamp};

use super::block::{self, Block};
use super::columns::{BLOCK, Coded};
use super::names::Names;
use super::reader::{LedgerReader, View};
use super::short::Short;
use crate::{CacheError, EntryHash};

/// A stored entry without its body: a line in a list, a point in a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// Its number in the workspace's ledger.
    pub seq: u64,
    /// When it was charged.
    pub recorded_at: Timestamp,
    /// When the work was done; of an amendment, the work that it gives back.
    pub occurred_at: Timestamp,
    /// The kind's name, as `metering` gives it.
    pub kind: String,
    /// The feature, for use of one.
    pub feature: Option<String>,
    /// What else tells it apart: a grant's source, a plan's id.
    pub detail: Option<String>,
    /// Units of the feature, below 0 where failed work is given back; 0 for other kinds.
    pub units: i64,
    /// The signed change of the ledger balance.
    pub credits: i64,
    /// The ledger balance after it.
    pub balance_after: Credits,
    /// The member whose work it was.
    pub member: Option<String>,
    /// The channel that it came through.
    pub channel: Option<String>,
    /// Who reported it.
    pub source: Option<String>,
    /// The catalogue revision that priced it; 0 where nothing was priced.
    pub revision: u32,
}

/// The bytes of a stored entry, lent while it is being read.
#[derive(Clone, Copy, Debug)]
pub struct StoredBody<'a> {
    /// Its number in the workspace's ledger.
    pub seq: u64,
    /// The exact bytes that the service stored.
    pub body: &'a [u8],
    /// The link of the hash chain at this entry, where it is known without computing it: at the end of each block, and of
    /// the ledger.
    pub hash: Option<EntryHash>,
}

/// Makes rows of one block after another, which follow each other closely when entries do.
pub(crate) struct Rows<'a> {
    view: &'a View<'a>,
    names: std::sync::Arc<Names>,
    kept: Option<Kept>,
    room: Vec<Allocation>,
}

/// The block that was read last, and the balance after one of its entries, or ahead of the first.
struct Kept {
    block: Block,
    known: (u64, u64),
}

impl<'a> Rows<'a> {
    pub(crate) fn new(view: &'a View<'a>) -> Result<Self, CacheError> {
        Ok(Self { view, names: view.names()?, kept: None, room: Vec::new() })
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    fn kept(&mut self, seq: u64) -> Result<&mut Kept, CacheError> {
        let number = block::number_of(seq);
        let kept = match self.kept.take().filter(|kept| block::number_of(kept.block.first) == number) {
            Some(kept) => kept,
            None => {
                let block = block::read(self.view.db, &self.view.head, number)?;
                let known = (block.first.saturating_sub(1), block.head.opening);
                Kept { block, known }
            }
        };
        Ok(self.kept.insert(kept))
    }

    /// An entry as numbers.
    pub(crate) fn coded(&mut self, seq: u64) -> Result<Coded, CacheError> {
        self.kept(seq)?.block.get(seq)?.ok_or_else(|| gone(seq))
    }

    /// The ledger balance after an entry.
    pub(crate) fn balance(&mut self, seq: u64) -> Result<u64, CacheError> {
        let Kept { block, known: (at, balance) } = self.kept(seq)?;
        // From the one that is known, or from the beginning, if that is nearer.
        if *at > seq && *at - seq > seq - block.first {
            (*at, *balance) = (block.first.saturating_sub(1), block.head.opening);
        }
        while *at < seq {
            *at += 1;
            *balance = balance.saturating_add_signed(block.credits(*at)?.ok_or_else(|| gone(*at))?);
        }
        while *at > seq {
            *balance = balance.saturating_sub_signed(block.credits(*at)?.ok_or_else(|| gone(*at))?);
            *at -= 1;
        }
        Ok(*balance)
    }

    /// An entry as a row.
    pub(crate) fn row(&mut self, seq: u64) -> Result<EntryRow, CacheError> {
        let (coded, balance_after) = (self.coded(seq)?, self.balance(seq)?);
        let name = |code| Ok::<_, CacheError>(self.names.name(code)?.map(|name| name.as_ref().to_owned()));
        Ok(EntryRow {
            seq,
            recorded_at: Timestamp::from_millis(coded.recorded_at),
            occurred_at: coded.occurred(),
            kind: name(coded.kind)?.unwrap_or_default(),
            feature: name(coded.feature)?,
            detail: name(coded.detail)?,
            units: coded.units,
            credits: coded.credits,
            balance_after,
            member: name(coded.member)?,
            channel: name(coded.channel)?,
            source: name(coded.source)?,
            revision: coded.revision,
        })
    }

    /// The exact bytes of an entry's body, into `out`.
    pub(crate) fn body(&mut self, seq: u64, out: &mut Vec<u8>) -> Result<(), CacheError> {
        let coded = self.coded(seq)?;
        let number = block::number_of(seq);
        out.clear();
        let (bodies, own);
        let short = if number < self.view.head.blocks() {
            bodies = self.view.bodies(number)?;
            let place = usize::try_from(seq - block::first_of(number)).unwrap_or(usize::MAX);
            bodies.get(place).ok_or_else(|| gone(seq))?
        } else {
            own = block::tail_short(self.view.db, seq)?;
            &own
        };
        Short::read(short, &mut self.room)?.write_whole(seq, &coded, &self.names, out)
    }
}

fn gone(seq: u64) -> CacheError {
    CacheError::damaged(format!("entry {seq} is gone"))
}

impl LedgerReader {
    /// The last `count` entries, newest first.
    ///
    /// # Errors
    /// Any storage error.
    pub fn latest(&self, count: u32) -> Result<Vec<EntryRow>, CacheError> {
        self.entries_before(u64::MAX, count)
    }

    /// Up to `count` entries with a number under `before`, newest first.
    ///
    /// # Errors
    /// Any storage error.
    pub fn entries_before(&self, before: u64, count: u32) -> Result<Vec<EntryRow>, CacheError> {
        self.read(|view| {
            let mut rows = Rows::new(view)?;
            let last = before.saturating_sub(1).min(view.head.seq);
            let first = last.saturating_sub(count.into()) + 1;
            (first..=last).rev().map(|seq| rows.row(seq)).collect()
        })
    }

    /// One entry, if it is stored.
    ///
    /// # Errors
    /// Any storage error.
    pub fn entry(&self, seq: u64) -> Result<Option<EntryRow>, CacheError> {
        self.read(|view| {
            if !(1..=view.head.seq).contains(&seq) {
                return Ok(None);
            }
            Rows::new(view)?.row(seq).map(Some)
        })
    }

    /// When the oldest stored entry was charged; none in an empty ledger.
    ///
    /// # Errors
    /// Any storage error.
    pub fn first_entry_at(&self) -> Result<Option<Timestamp>, CacheError> {
        self.read(|view| Ok((view.head.seq > 0).then(|| Timestamp::from_millis(view.head.first_at))))
    }

    /// Lends the bytes of up to `limit` entries after `after` to `each`, in order, for replay and verification;
    /// returns how many there were. `each` may stop early with `false`.
    ///
    /// The view of the file stays open meanwhile and keeps SQLite's log from shrinking: take some ten thousand at a
    /// time.
    ///
    /// # Errors
    /// Any storage error.
    pub fn entries_after(
        &self,
        after: u64,
        limit: u32,
        mut each: impl FnMut(StoredBody<'_>) -> bool,
    ) -> Result<u32, CacheError> {
        self.read(|view| {
            let head = &view.head;
            let last = after.saturating_add(limit.into()).min(head.seq);
            let (mut count, mut rows, mut body) = (0_u32, Rows::new(view)?, Vec::new());
            for seq in after + 1..=last {
                let number = block::number_of(seq);
                // At the end of each block the link is known, and of the ledger.
                let hash = if seq == head.seq {
                    Some(head.hash)
                } else if seq.is_multiple_of(BLOCK) {
                    Some(block::read_head(view.db, number)?.after)
                } else {
                    None
                };
                rows.body(seq, &mut body)?;
                count += 1;
                if !each(StoredBody { seq, body: &body, hash }) {
                    break;
                }
            }
            Ok(count)
        })
    }

    /// The exact bytes of an entry's body, if it is stored.
    ///
    /// # Errors
    /// Any storage error.
    pub fn body(&self, seq: u64) -> Result<Option<Vec<u8>>, CacheError> {
        self.read(|view| {
            if !(1..=view.head.seq).contains(&seq) {
                return Ok(None);
            }
            let mut body = Vec::new();
            Rows::new(view)?.body(seq, &mut body)?;
            Ok(Some(body))
        })
    }
}
