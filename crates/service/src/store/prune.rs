//! What is not needed any more: webhooks that were told or given up long ago, answers to idempotency keys of long ago, and
//! most of the older snapshots. Entries are never among it.
//!
//! Each call looks at a page and deletes in a transaction of its own, so that nobody waits long for it. Two processes that
//! prune at once delete the same rows, which does no harm.

use metering::Timestamp;

use super::sql::{Row, Value, values};
use super::{Store, StoreError};

/// How many rows are looked at, and deleted at most, at once.
const PAGE: u16 = 500;
/// Snapshots of a workspace that stay, from the newest on. More than one: the newest may turn out to be spoilt.
const NEWEST: usize = 4;
/// Of the older ones one stays in so many entries, so that no instant of the past takes a longer replay.
const APART: u64 = 10_000;
/// A workspace's notices about its ledger that were stored within so many milliseconds of the last one stay with it. What
/// falls due by itself is told when it does, and found once more by the next command, whenever that comes: it is told once
/// because its notice is still there. A purchase ends once.
const TOGETHER_MS: i64 = 60_000;

/// Where to go on: the age, workspace and id behind the last row that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cursor(i64, String, String);

/// What has become of a notice that nobody sends any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// The vendor was told.
    Told,
    /// It was not, and will not be.
    GivenUp,
}

impl Store {
    /// Deletes notices that were settled before an instant, all but the last ones about each ledger. Gives how many, and where
    /// to go on; nowhere, once all were looked at.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn prune_notices(
        &self,
        settled: Settled,
        before: Timestamp,
        from: &Cursor,
    ) -> Result<(u64, Option<Cursor>), StoreError> {
        let (age, which) = match settled {
            Settled::Told => ("told_at", "told_at IS NOT NULL"),
            Settled::GivenUp => ("created_at", "next_at IS NULL AND told_at IS NULL AND length(body) > 0"),
        };
        let looked_at = self.read(|db| {
            let sql = format!(
                "SELECT o.{age}, o.workspace_id, o.event_id, CASE WHEN o.event_id LIKE 'purchase.%' OR EXISTS (
                     SELECT 1 FROM outbox l WHERE l.workspace_id = o.workspace_id AND length(l.body) > 0
                     AND l.event_id NOT LIKE 'purchase.%' AND l.created_at > o.created_at + $5
                 ) THEN 1 ELSE 0 END
                 FROM outbox o
                 WHERE {which} AND o.{age} < $1 AND (o.{age}, o.workspace_id, o.event_id) > ($2, $3, $4)
                 ORDER BY o.{age}, o.workspace_id, o.event_id LIMIT $6"
            );
            let Cursor(age, workspace, id) = from;
            let rows = db.query(&sql, values![before, *age, workspace, id, TOGETHER_MS, i64::from(PAGE)])?;
            rows.iter().map(aged).collect::<Result<Vec<(Cursor, bool)>, _>>()
        })?;
        let next = next(&looked_at);
        let old = looked_at.into_iter().filter(|(_, is_needless)| *is_needless);
        let rows: Vec<_> = old.map(|(Cursor(_, workspace, id), _)| values![&workspace, &id].to_vec()).collect();
        // Settled it stays: nobody sends it again.
        let sql = "DELETE FROM outbox WHERE workspace_id = $1 AND event_id = $2 AND next_at IS NULL";
        Ok((self.delete(sql, &rows)?, next))
    }

    /// Deletes what was answered under idempotency keys before an instant: how many, and whether there may be more.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn prune_answers(&self, before: Timestamp) -> Result<(u64, bool), StoreError> {
        let old = self.read(|db| {
            let sql = "SELECT created_at, workspace_id, idempotency_key, 1 FROM answers WHERE created_at < $1
                       ORDER BY created_at LIMIT $2";
            db.query(sql, values![before, i64::from(PAGE)])?
                .iter()
                .map(aged)
                .collect::<Result<Vec<(Cursor, bool)>, _>>()
        })?;
        let may_be_more = next(&old).is_some();
        let rows: Vec<_> =
            old.into_iter().map(|(Cursor(_, workspace, key), _)| values![&workspace, &key].to_vec()).collect();
        let sql = "DELETE FROM answers WHERE workspace_id = $1 AND idempotency_key = $2";
        Ok((self.delete(sql, &rows)?, may_be_more))
    }

    /// Deletes surplus snapshots of the first workspace behind `after` that has any: how many, and which workspace it was;
    /// none, once there is none behind.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn prune_snapshots(&self, after: &str) -> Result<(u64, Option<String>), StoreError> {
        let found = self.read(|db| {
            let sql = "SELECT workspace_id FROM snapshots WHERE workspace_id > $1 ORDER BY workspace_id LIMIT 1";
            let Some(row) = db.first(sql, values![after])? else { return Ok(None) };
            let workspace: String = row.get(0)?;
            let sql = "SELECT seq FROM snapshots WHERE workspace_id = $1 ORDER BY seq";
            let rows = db.query(sql, values![&workspace])?;
            Ok(Some((workspace, rows.iter().map(|row| row.get(0)).collect::<Result<Vec<u64>, _>>()?)))
        })?;
        let Some((workspace, seqs)) = found else { return Ok((0, None)) };
        let rows: Vec<_> = surplus(&seqs).into_iter().map(|seq| values![&workspace, seq].to_vec()).collect();
        let mut deleted = 0;
        for some in rows.chunks(PAGE.into()) {
            deleted += self.delete("DELETE FROM snapshots WHERE workspace_id = $1 AND seq = $2", some)?;
        }
        Ok((deleted, Some(workspace)))
    }

    /// Deletes rows one by one, in one transaction.
    fn delete(&self, sql: &str, rows: &[Vec<Value>]) -> Result<u64, StoreError> {
        if rows.is_empty() {
            return Ok(0);
        }
        self.write(|db| rows.iter().try_fold(0, |deleted, row| Ok(deleted + db.execute(sql, row)?)))
    }
}

/// A row with its age, workspace and id, and whether something is to become of it.
fn aged(row: &Row) -> Result<(Cursor, bool), StoreError> {
    Ok((Cursor(row.get(0)?, row.get(1)?, row.get(2)?), row.get(3)?))
}

/// Where to go on behind a page; nowhere behind the last.
fn next(page: &[(Cursor, bool)]) -> Option<Cursor> {
    page.last().filter(|_| page.len() >= PAGE.into()).map(|(last, _)| last.clone())
}

/// Which snapshots are not needed, of those after these entries, in their order.
fn surplus(seqs: &[u64]) -> Vec<u64> {
    let older = seqs.get(..seqs.len().saturating_sub(NEWEST)).unwrap_or_default();
    let mut kept = None;
    let is_surplus = |seq: &u64| {
        let part = Some(seq / APART);
        let is_surplus = kept == part;
        kept = part;
        is_surplus
    };
    older.iter().copied().filter(is_surplus).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_snapshots_stay_and_one_in_ten_thousand_entries() {
        assert_eq!(surplus(&[]), [0; 0]);
        assert_eq!(surplus(&[1_001, 2_001, 3_010, 4_100]), [0; 0]);
        assert_eq!(surplus(&[1_001, 2_001, 3_010, 4_100, 5_200]), [0; 0], "the first of a part stays");
        assert_eq!(surplus(&[1_001, 2_001, 3_010, 4_100, 5_200, 6_200]), [2_001]);
        let seqs: Vec<u64> = (1..=100).map(|number| number * 1_003).collect();
        let gone = surplus(&seqs);
        let left: Vec<u64> = seqs.iter().copied().filter(|seq| !gone.contains(seq)).collect();
        assert!(left.ends_with(&seqs[96..]) && left.len() == 10 + 4, "{left:?}");
        assert!(left.windows(2).all(|two| two[1] - two[0] <= 2 * APART), "{left:?}");
        assert_eq!(surplus(&left), [0; 0], "again is as good as once");
    }
}
