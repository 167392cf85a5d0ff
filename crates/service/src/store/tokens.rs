//! Who may do what: tokens by the hash of their text.

use metering::Timestamp;
use rusqlite::params;
use wire::api::Role;

use super::{Store, StoreError};

/// What a token gives access to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The workspace.
    pub workspace: String,
    /// What the token may do there.
    pub role: Role,
}

impl Store {
    /// Stores the hash of a token for a workspace.
    ///
    /// # Errors
    /// [`StoreError::Contradiction`] when there is no such workspace.
    pub fn create_token(
        &self,
        digest: &[u8; 32],
        access: &Access,
        name: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|db| insert(db, digest, access, name, now))
    }

    /// Stores the hash of a token for workspaces, in place of those that have this name there.
    ///
    /// # Errors
    /// [`StoreError::Contradiction`] when there is no such workspace.
    pub fn replace_tokens(
        &self,
        digest: &[u8; 32],
        accesses: &[Access],
        name: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|db| {
            for access in accesses {
                db.execute(
                    "DELETE FROM tokens WHERE workspace_id = ?1 AND name = ?2 AND role = ?3",
                    params![access.workspace, name, access.role.as_str()],
                )?;
                insert(db, digest, access, name, now)?;
            }
            Ok(())
        })
    }

    /// What the token with this hash gives access to, in the order of the workspaces' ids; nothing, if nobody knows it.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn accesses(&self, digest: &[u8; 32]) -> Result<Vec<Access>, StoreError> {
        self.read(|db| {
            let mut query =
                db.prepare_cached("SELECT workspace_id, role FROM tokens WHERE hash = ?1 ORDER BY workspace_id")?;
            let rows = query.query_map(params![digest], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
            rows.map(|row| {
                let (workspace, role): (String, String) = row?;
                match role.parse() {
                    Ok(role) => Ok(Access { workspace, role }),
                    Err(_) => {
                        let message = format!("a token has the role \"{role}\"");
                        Err(StoreError::Corrupt { workspace, message })
                    }
                }
            })
            .collect()
        })
    }
}

fn insert(
    db: &rusqlite::Transaction<'_>,
    digest: &[u8; 32],
    access: &Access,
    name: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let known: bool =
        db.query_row("SELECT EXISTS (SELECT 1 FROM workspaces WHERE workspace_id = ?1)", [&access.workspace], |row| {
            row.get(0)
        })?;
    if !known {
        return Err(StoreError::Contradiction(format!("there is no workspace \"{}\"", access.workspace)));
    }
    db.execute(
        "INSERT INTO tokens (workspace_id, hash, role, name, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![access.workspace, digest, access.role.as_str(), name, now.as_millis()],
    )?;
    Ok(())
}
