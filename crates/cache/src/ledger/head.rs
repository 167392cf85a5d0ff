//! Where a ledger ends, and what everything else that changes has to add up to.

use metering::Timestamp;
use rusqlite::{OptionalExtension, Transaction};

use super::bytes::Reader;
use super::columns::BLOCK;
use super::seal::{self, Kind};
use crate::{CacheError, EntryHash};

/// Where a workspace's cached ledger ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The last stored entry; 0 before the first.
    pub seq: u64,
    /// The link of the hash chain at that entry; zeros before the first.
    pub hash: EntryHash,
    /// The last instant at which the app knew that it had seen everything up to here; [`Timestamp::MIN`] before it ever
    /// did.
    pub as_of: Timestamp,
}

/// The head of the file. It changes with every commit, so that it says of everything else whether it is as new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// How often something was stored.
    pub(crate) commits: u64,
    pub(crate) seq: u64,
    pub(crate) hash: EntryHash,
    pub(crate) as_of: Timestamp,
    /// When the last entry was charged.
    pub(crate) recorded_at: i64,
    /// The ledger balance after it.
    pub(crate) balance: u64,
    /// When the first entry was charged.
    pub(crate) first_at: i64,
    /// The chain's link and the balance at the end of the last whole block.
    pub(crate) block_hash: EntryHash,
    pub(crate) block_balance: u64,
    pub(crate) block_recorded_at: i64,
    /// How many names there are.
    pub(crate) names: u32,
    /// The sum of the checksums of the entries behind the last block,
    pub(crate) tail_sum: u64,
    /// of all days of all entries together,
    pub(crate) days_sum: u64,
    /// of the sums of the days of members, channels and sources,
    pub(crate) sums_sum: u64,
    /// and of what else is known of the workspace.
    pub(crate) facts_sum: u64,
    /// The entry that the kept account is of; 0 if none is kept.
    pub(crate) snapshot: u64,
}

impl Head {
    /// Before anything was stored.
    pub(crate) const EMPTY: Self = Self {
        commits: 0,
        seq: 0,
        hash: [0; 32],
        as_of: Timestamp::MIN,
        recorded_at: i64::MIN,
        balance: 0,
        first_at: i64::MIN,
        block_hash: [0; 32],
        block_balance: 0,
        block_recorded_at: i64::MIN,
        names: 0,
        tail_sum: 0,
        days_sum: 0,
        sums_sum: 0,
        facts_sum: 0,
        snapshot: 0,
    };

    pub(crate) const fn cursor(&self) -> Cursor {
        Cursor { seq: self.seq, hash: self.hash, as_of: self.as_of }
    }

    /// How many whole blocks there are.
    pub(crate) const fn blocks(&self) -> u64 {
        self.seq / BLOCK
    }

    /// The last entry of the last whole block.
    pub(crate) const fn blocks_end(&self) -> u64 {
        self.blocks() * BLOCK
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(180);
        bytes.extend_from_slice(&self.hash);
        bytes.extend_from_slice(&self.block_hash);
        let sums = [self.tail_sum, self.days_sum, self.sums_sum, self.facts_sum];
        let numbers = [self.commits, self.seq, self.balance, self.block_balance, self.snapshot];
        for number in numbers.into_iter().chain(sums) {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        for number in [self.as_of.as_millis(), self.recorded_at, self.first_at, self.block_recorded_at] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.names.to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Result<Self, CacheError> {
        let mut reader = Reader(bytes);
        let (hash, block_hash) = (reader.array()?, reader.array()?);
        let mut number = || reader.array().map(u64::from_le_bytes);
        let (commits, seq, balance, block_balance) = (number()?, number()?, number()?, number()?);
        let snapshot = number()?;
        let (tail_sum, days_sum, sums_sum, facts_sum) = (number()?, number()?, number()?, number()?);
        let mut instant = || reader.array().map(i64::from_le_bytes);
        let (as_of, recorded_at, first_at, block_recorded_at) = (instant()?, instant()?, instant()?, instant()?);
        Ok(Self {
            commits,
            seq,
            hash,
            as_of: Timestamp::from_millis(as_of),
            recorded_at,
            balance,
            first_at,
            block_hash,
            block_balance,
            block_recorded_at,
            names: u32::from_le_bytes(reader.array()?),
            tail_sum,
            days_sum,
            sums_sum,
            facts_sum,
            snapshot,
        })
    }

    /// The head that is stored; the empty one in a new file.
    pub(crate) fn read(view: &Transaction<'_>) -> Result<Self, CacheError> {
        let mut statement = view.prepare_cached("SELECT piece FROM head")?;
        let sealed: Option<Vec<u8>> = statement.query_row([], |row| row.get(0)).optional()?;
        match sealed {
            Some(sealed) => Self::decode(seal::opened(Kind::Head, 1, 0, &sealed)?),
            None => Ok(Self::EMPTY),
        }
    }

    pub(crate) fn write(&self, transaction: &Transaction<'_>) -> Result<(), CacheError> {
        let sealed = seal::seal(Kind::Head, 1, 0, self.encode());
        transaction.prepare_cached("INSERT OR REPLACE INTO head (id, piece) VALUES (1, ?1)")?.execute([sealed])?;
        Ok(())
    }
}
