//! Accounts as they were at some entry, so that a long ledger need not be replayed. They can be thrown away: what they
//! say follows from the entries.

use wire::Hash;

use super::sql::{Row, Sql, values};
use super::{Store, StoreError};

/// An account as it was after an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeptSnapshot {
    /// The entry.
    pub(crate) seq: u64,
    /// The chain's hash after it.
    pub(crate) hash: Hash,
    /// The account, as [`wire::snapshot`] writes it.
    pub(crate) account: Vec<u8>,
}

impl Store {
    /// The newest snapshot at or before an entry.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn snapshot(&self, workspace: &str, until: u64) -> Result<Option<KeptSnapshot>, StoreError> {
        let sql = "SELECT seq, hash, account FROM snapshots WHERE workspace_id = $1 AND seq <= $2
                   ORDER BY seq DESC LIMIT 1";
        let rows = self.query(sql, values![workspace, until])?;
        let kept = |row: &Row| Ok(KeptSnapshot { seq: row.get(0)?, hash: Hash(row.get(1)?), account: row.get(2)? });
        rows.first().map(kept).transpose()
    }
}

/// Stores a snapshot. One that is there stays.
pub(super) fn insert(db: &mut dyn Sql, workspace: &str, snapshot: &KeptSnapshot) -> Result<(), StoreError> {
    let sql = "INSERT INTO snapshots (workspace_id, seq, hash, account) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    db.execute(sql, values![workspace, snapshot.seq, &snapshot.hash.0, &snapshot.account]).map(drop)
}
