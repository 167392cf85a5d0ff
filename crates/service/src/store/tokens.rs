//! Who may do what: tokens by the hash of their text.

use metering::Timestamp;
use wire::api::Role;

use super::sql::{Row, Sql, values};
use super::{Store, StoreError};

/// What a token gives access to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The workspace.
    pub workspace: String,
    /// What the token may do there.
    pub role: Role,
}

/// What a token may do in a workspace, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    /// What it may do.
    pub(crate) role: Role,
    /// It may until before here; for ever, if absent.
    pub(crate) expires_at: Option<Timestamp>,
    /// Since when it may not any more.
    pub(crate) revoked_at: Option<Timestamp>,
}

impl Grant {
    /// Whether it may anything now.
    pub(crate) fn is_good(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// A token to be stored.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// The SHA-256 of its text.
    pub digest: [u8; 32],
    /// What it is for, for people.
    pub name: &'a str,
    /// Until when it is good; for ever, if absent.
    pub expires_at: Option<Timestamp>,
}

/// A token as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedToken {
    /// Its id: the first digits of its hash.
    pub id: String,
    /// What it may do.
    pub role: Role,
    /// What it is for, for people.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good; for ever, if absent.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

/// How many bytes of its hash identify a token to people.
const ID_BYTES: usize = 8;

impl Store {
    /// Stores the hash of a token for workspaces.
    ///
    /// # Errors
    /// [`StoreError::Contradiction`] when there is no such workspace.
    pub fn create_token(&self, token: &NewToken<'_>, accesses: &[Access], now: Timestamp) -> Result<(), StoreError> {
        self.write(|db| accesses.iter().try_for_each(|access| insert(db, token, access, now)))
    }

    /// Stores the hash of a token for workspaces, in place of those that have this name there.
    ///
    /// # Errors
    /// [`StoreError::Contradiction`] when there is no such workspace.
    pub fn replace_tokens(&self, token: &NewToken<'_>, accesses: &[Access], now: Timestamp) -> Result<(), StoreError> {
        self.write(|db| {
            for access in accesses {
                db.execute(
                    "DELETE FROM tokens WHERE workspace_id = $1 AND name = $2 AND role = $3",
                    values![&access.workspace, token.name, access.role.as_str()],
                )?;
                insert(db, token, access, now)?;
            }
            Ok(())
        })
    }

    /// What the token with this hash may do in a workspace, if it was ever made for it.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn grant(&self, digest: &[u8; 32], workspace: &str) -> Result<Option<Grant>, StoreError> {
        let sql = "SELECT role, expires_at, revoked_at FROM tokens WHERE workspace_id = $1 AND hash = $2";
        let read =
            |row: &Row| Ok(Grant { role: role(workspace, row, 0)?, expires_at: row.get(1)?, revoked_at: row.get(2)? });
        self.query(sql, values![workspace, digest])?.first().map(read).transpose()
    }

    /// What the token with this hash gives access to now, in the order of the workspaces' ids: `limit` of them at most, and
    /// nothing if nobody knows it.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn accesses(&self, digest: &[u8; 32], now: Timestamp, limit: u32) -> Result<Vec<Access>, StoreError> {
        let sql = "SELECT workspace_id, role FROM tokens
                   WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
                   ORDER BY workspace_id LIMIT $3";
        let read = |row: &Row| {
            let workspace: String = row.get(0)?;
            Ok(Access { role: role(&workspace, row, 1)?, workspace })
        };
        self.query(sql, values![digest, now, limit])?.iter().map(read).collect()
    }

    /// The tokens of a workspace, newest first: those that have expired and those that were revoked, too.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn tokens(&self, workspace: &str) -> Result<Vec<ListedToken>, StoreError> {
        self.read(|db| {
            let sql = "SELECT hash, role, name, created_at, expires_at, revoked_at FROM tokens
                       WHERE workspace_id = $1 ORDER BY created_at DESC, hash";
            let read = |row: &Row| {
                Ok(ListedToken {
                    id: token_id(&row.get::<[u8; 32]>(0)?),
                    role: role(workspace, row, 1)?,
                    name: row.get(2)?,
                    created_at: row.get(3)?,
                    expires_at: row.get(4)?,
                    revoked_at: row.get(5)?,
                })
            };
            db.query(sql, values![workspace])?.iter().map(read).collect()
        })
    }

    /// Revokes a token in a workspace, for ever; false if there is none with this id. Again is as good as once.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn revoke_token(&self, workspace: &str, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|db| {
            let hashes = db.query("SELECT hash FROM tokens WHERE workspace_id = $1", values![workspace])?;
            for row in hashes {
                let hash: [u8; 32] = row.get(0)?;
                if token_id(&hash) == id {
                    let sql = "UPDATE tokens SET revoked_at = $3
                               WHERE workspace_id = $1 AND hash = $2 AND revoked_at IS NULL";
                    db.execute(sql, values![workspace, &hash, now])?;
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }
}

/// What people call a token by. It says nothing of the token's text, which is random.
pub(crate) fn token_id(digest: &[u8; 32]) -> String {
    digest.iter().take(ID_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn role(workspace: &str, row: &Row, column: usize) -> Result<Role, StoreError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| StoreError::Corrupt {
        workspace: workspace.to_owned(),
        message: format!("a token has the role \"{text}\""),
    })
}

pub(super) fn insert(
    db: &mut dyn Sql,
    token: &NewToken<'_>,
    access: &Access,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !db.finds("SELECT 1 FROM workspaces WHERE workspace_id = $1", values![&access.workspace])? {
        return Err(StoreError::Contradiction(format!("there is no workspace \"{}\"", access.workspace)));
    }
    db.execute(
        "INSERT INTO tokens (workspace_id, hash, role, name, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        values![&access.workspace, &token.digest, access.role.as_str(), token.name, now, token.expires_at],
    )
    .map(drop)
}
