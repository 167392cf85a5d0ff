//! What the vendor is to be told, and was.
//!
//! A notice is stored in the transaction that makes it true, under an id that says which happening it is of: whoever
//! decides the same again stores nothing. `next_at` says when it is to be sent; it is absent once it was told, or given up.
//! Whoever sends a notice moves its `next_at` ahead first, so that no other process sends it meanwhile, and another one does
//! should that process die.
//!
//! A row without a body is no notice: it says when to look at a workspace that cannot run, which may change by itself.

use metering::Timestamp;

use super::sql::{Row, Sql, values};
use super::{Store, StoreError};

/// The row that says when to look at a workspace. No notice has this id.
const LOOK: &str = "look";

/// Something that the vendor is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    /// What happened, which it is of its kind: the same for whoever finds that it did.
    pub(crate) id: String,
    /// What is sent.
    pub(crate) body: Vec<u8>,
    /// When it happened.
    pub(crate) at: Timestamp,
}

/// A row that is this process's to see to, for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claimed {
    /// The workspace.
    pub(crate) workspace: String,
    /// The notice's id.
    pub(crate) id: String,
    /// What is sent; nothing, if the workspace is to be looked at.
    pub(crate) body: Vec<u8>,
    /// About when it happened.
    pub(crate) since: Timestamp,
    /// How often it has been sent, this time included.
    pub(crate) attempts: u32,
    /// Until when it is this process's.
    pub(crate) until: Timestamp,
}

/// How many notices the vendor was not told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unsent {
    /// Those that are still to be sent.
    pub(crate) waiting: u64,
    /// Those that are not, because nobody has taken them for too long.
    pub(crate) given_up: u64,
}

/// Most notices of a kind that are counted: more are as bad, and take longer to count.
const COUNTED: i64 = 100_000;

impl Store {
    /// Counts the notices that the vendor was not told, up to [`COUNTED`] of a kind.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn unsent_notices(&self) -> Result<Unsent, StoreError> {
        self.read(|db| {
            let mut count = |which: &str| -> Result<u64, StoreError> {
                let sql = format!(
                    "SELECT count(*) FROM (SELECT event_id FROM outbox WHERE {which} AND length(body) > 0 LIMIT $1) AS found"
                );
                db.first(&sql, values![COUNTED])?.map_or(Ok(0), |row| row.get(0))
            };
            Ok(Unsent { waiting: count("next_at IS NOT NULL")?, given_up: count("next_at IS NULL AND told_at IS NULL")? })
        })
    }

    /// Claims what is due at `now`, the longest due first, and at most one of a workspace: the first that it was not told.
    /// Nobody else gets it before `until`.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn claim_notices(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Claimed>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        // Mostly there is nothing, and looking holds up no writer.
        let mut due = self.read(|db| {
            let rows = db.query(
                "SELECT workspace_id, event_id, body, created_at, attempts, next_at FROM outbox o
                 WHERE next_at <= $1 AND (length(body) = 0 OR NOT EXISTS (
                     SELECT 1 FROM outbox e
                     WHERE e.workspace_id = o.workspace_id AND e.next_at IS NOT NULL AND length(e.body) > 0
                     AND (e.created_at, e.event_id) < (o.created_at, o.event_id)
                 ))
                 ORDER BY next_at, created_at LIMIT $2",
                values![now, limit],
            )?;
            rows.iter().map(from_row).collect::<Result<Vec<Claimed>, _>>()
        })?;
        if due.is_empty() {
            return Ok(due);
        }
        // Two processes that claim the same rows take them in the same order, and neither waits for the other for ever.
        due.sort_by(|one, other| (&one.workspace, &one.id).cmp(&(&other.workspace, &other.id)));
        self.write(|db| {
            let mut claimed = Vec::with_capacity(due.len());
            for one in &due {
                let sql = "UPDATE outbox SET next_at = $4, attempts = attempts + 1
                           WHERE workspace_id = $1 AND event_id = $2 AND next_at = $3";
                if db.execute(sql, values![&one.workspace, &one.id, one.until, until])? == 1 {
                    claimed.push(Claimed { attempts: one.attempts + 1, until, ..one.clone() });
                }
            }
            Ok(claimed)
        })
    }

    /// When the next notice is to be sent, if there is one; it may be one that nobody can have then.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn next_notice_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT next_at FROM outbox WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1";
        self.query(sql, values![])?.first().map(|row| row.get(0)).transpose()
    }

    /// Waits until this process has stored something that the vendor is to be told, or may have; at once, if it has since
    /// somebody waited.
    pub(crate) async fn notice_came(&self) {
        self.notice_came.notified().await;
    }

    /// Stores that the vendor was told.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn notice_told(&self, notice: &Claimed, now: Timestamp) -> Result<(), StoreError> {
        self.write(|db| {
            let sql = "UPDATE outbox SET told_at = $3, next_at = NULL WHERE workspace_id = $1 AND event_id = $2";
            db.execute(sql, values![&notice.workspace, &notice.id, now]).map(drop)
        })
    }

    /// Stores that a notice is to be sent again, and whatever comes after it in its workspace not before that.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn put_off_notice(&self, notice: &Claimed, until: Timestamp) -> Result<(), StoreError> {
        let Claimed { workspace, id, until: ours, .. } = notice;
        self.write(|db| {
            let sql = "UPDATE outbox SET next_at = $4 WHERE workspace_id = $1 AND event_id = $2 AND next_at = $3";
            if db.execute(sql, values![workspace, id, *ours, until])? == 1 {
                // They would be looked at every time, and could not be sent.
                let sql =
                    "UPDATE outbox SET next_at = $2 WHERE workspace_id = $1 AND next_at < $2 AND length(body) > 0";
                db.execute(sql, values![workspace, until])?;
            }
            Ok(())
        })
    }

    /// Stores that a notice is not sent any more. It stays, untold.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn give_up_notice(&self, notice: &Claimed) -> Result<(), StoreError> {
        let Claimed { workspace, id, until, .. } = notice;
        self.write(|db| {
            let sql = "UPDATE outbox SET next_at = NULL WHERE workspace_id = $1 AND event_id = $2 AND next_at = $3";
            db.execute(sql, values![workspace, id, *until]).map(drop)
        })
    }

    /// Stores what a look at a workspace has found, and when to look again.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn looked(
        &self,
        look: &Claimed,
        notices: &[Notice],
        again: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let Claimed { workspace, id, until, .. } = look;
        self.write(|db| {
            notices.iter().try_for_each(|notice| insert(db, workspace, notice))?;
            // Whoever has written another instant meanwhile knows better.
            let sql = "UPDATE outbox SET next_at = $4 WHERE workspace_id = $1 AND event_id = $2 AND next_at = $3";
            db.execute(sql, values![workspace, id, *until, again]).map(drop)
        })
    }
}

/// Stores a notice, behind those of its workspace that are still to be sent: what happens in one millisecond is told in its
/// order, too. One that is there stays as it is.
pub(super) fn insert(db: &mut dyn Sql, workspace: &str, notice: &Notice) -> Result<(), StoreError> {
    let sql = "INSERT INTO outbox (workspace_id, event_id, body, created_at, next_at)
               SELECT $1, $2, $3, CASE WHEN last.at < $4 THEN $4 ELSE last.at + 1 END, $4
               FROM (
                   SELECT coalesce(max(created_at), 0) AS at FROM outbox
                   WHERE workspace_id = $1 AND next_at IS NOT NULL AND length(body) > 0
               ) AS last
               WHERE true
               ON CONFLICT DO NOTHING";
    let Notice { id, body, at } = notice;
    db.execute(sql, values![workspace, id, body, *at]).map(drop)
}

/// Stores when to look at a workspace.
pub(super) fn look_at(db: &mut dyn Sql, workspace: &str, at: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO outbox (workspace_id, event_id, body, created_at, next_at) VALUES ($1, $2, $3, $4, $4)
               ON CONFLICT (workspace_id, event_id) DO UPDATE SET next_at = excluded.next_at";
    db.execute(sql, values![workspace, LOOK, &Vec::new(), at]).map(drop)
}

fn from_row(row: &Row) -> Result<Claimed, StoreError> {
    Ok(Claimed {
        workspace: row.get(0)?,
        id: row.get(1)?,
        body: row.get(2)?,
        since: row.get(3)?,
        attempts: row.get(4)?,
        until: row.get(5)?,
    })
}
