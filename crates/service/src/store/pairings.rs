//! One-time codes that become a token, by the hash of their text.

use metering::Timestamp;

use super::sql::values;
use super::{Access, NewToken, Store, StoreError};

impl Store {
    /// Stores the hash of a code for a workspace, and forgets the codes of the workspace that are of no use any more.
    ///
    /// # Errors
    /// [`StoreError::Contradiction`] when there is no such workspace.
    pub(crate) fn create_pairing(
        &self,
        code: &[u8; 32],
        access: &Access,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|db| {
            if !db.finds("SELECT 1 FROM workspaces WHERE workspace_id = $1", values![&access.workspace])? {
                return Err(StoreError::Contradiction(format!("there is no workspace \"{}\"", access.workspace)));
            }
            let sql = "DELETE FROM pairings WHERE workspace_id = $1 AND (expires_at <= $2 OR used_at IS NOT NULL)";
            db.execute(sql, values![&access.workspace, now])?;
            let sql = "INSERT INTO pairings (workspace_id, hash, role, created_at, expires_at)
                       VALUES ($1, $2, $3, $4, $5)";
            db.execute(sql, values![&access.workspace, code, access.role.as_str(), now, expires_at]).map(drop)
        })
    }

    /// Turns a code into a token, once; `None` if nobody knows the code, its time is up, or it was used.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails: the code can still be used then.
    pub(crate) fn redeem(
        &self,
        code: &[u8; 32],
        token: &NewToken<'_>,
        now: Timestamp,
    ) -> Result<Option<Access>, StoreError> {
        self.write(|db| {
            let sql = "UPDATE pairings SET used_at = $2 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2
                       RETURNING workspace_id, role";
            let Some(row) = db.first(sql, values![code, now])? else { return Ok(None) };
            let workspace: String = row.get(0)?;
            let access = Access { role: super::tokens::role(&workspace, &row, 1)?, workspace };
            super::tokens::insert(db, token, &access, now)?;
            Ok(Some(access))
        })
    }
}
