//! Which warnings fired and when they cleared (rule 17), so that none fires twice, restarts included.

use metering::Timestamp;

use crate::column::instant;
use crate::{Cache, CacheError, WorkspaceKey};

/// A warning that fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningRecord {
    /// Its deterministic id: the same crossing always has the same.
    pub id: String,
    /// When it fired.
    pub fired_at: Timestamp,
    /// When it was cleared, if it was.
    pub cleared_at: Option<Timestamp>,
    /// What it said, in the app's own form.
    pub content: String,
}

impl Cache {
    /// Records that a warning fired; `true` the first time, `false` for one that was recorded before. On the disk
    /// when this returns.
    ///
    /// # Errors
    /// [`CacheError::UnknownWorkspace`] or any storage error.
    pub fn record_warning(&self, workspace: WorkspaceKey, warning: &WarningRecord) -> Result<bool, CacheError> {
        let sql = "INSERT OR IGNORE INTO warnings VALUES (?1, ?2, ?3, ?4, ?5)";
        self.write_through(|transaction| {
            if !transaction.prepare("SELECT 1 FROM connections WHERE workspace = ?1")?.exists([workspace.0])? {
                return Err(CacheError::UnknownWorkspace(workspace));
            }
            let cleared = warning.cleared_at.map(Timestamp::as_millis);
            let values = (workspace.0, &warning.id, warning.fired_at.as_millis(), cleared, &warning.content);
            Ok(transaction.execute(sql, values)? == 1)
        })
    }

    /// Records when a warning was cleared; nothing changes for an unknown or a cleared one.
    ///
    /// # Errors
    /// Any storage error.
    pub fn clear_warning(&self, workspace: WorkspaceKey, id: &str, at: Timestamp) -> Result<(), CacheError> {
        let sql = "UPDATE warnings SET cleared_at = ?3 WHERE workspace = ?1 AND id = ?2 AND cleared_at IS NULL";
        self.write_through(|transaction| {
            transaction.execute(sql, (workspace.0, id, at.as_millis()))?;
            Ok(())
        })
    }

    /// The last `count` warnings, newest first.
    ///
    /// # Errors
    /// Any storage error.
    pub fn warnings(&self, workspace: WorkspaceKey, count: u32) -> Result<Vec<WarningRecord>, CacheError> {
        let sql = "SELECT id, fired_at, cleared_at, content FROM warnings WHERE workspace = ?1
                   ORDER BY fired_at DESC, id LIMIT ?2";
        self.read(|view| {
            let mut statement = view.prepare_cached(sql)?;
            let rows = statement.query_map((workspace.0, count), |row| {
                Ok(WarningRecord {
                    id: row.get(0)?,
                    fired_at: instant(row.get(1)?),
                    cleared_at: row.get::<_, Option<i64>>(2)?.map(instant),
                    content: row.get(3)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
