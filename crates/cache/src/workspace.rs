//! Which workspaces the app is connected to, and what it last heard of each.

use std::fmt;

use rusqlite::{OptionalExtension, Row};

use crate::{Cache, CacheError};

/// Names a workspace in this cache. A removed workspace's key is never given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspaceKey(pub(crate) i64);

impl WorkspaceKey {
    /// The key as a number, to hand to a user interface.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The key with this number. Whether there is such a workspace shows when it is used.
    #[must_use]
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }
}

impl fmt::Display for WorkspaceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a workspace is served and with what right.
///
/// The token lies in the cache file, which only its owner may read; a system keyring is the better place where there
/// is one, and then it is absent here.
#[derive(Clone, PartialEq, Eq)]
pub struct Connection {
    /// The workspace's key in this cache.
    pub workspace: WorkspaceKey,
    /// The service's address.
    pub url: String,
    /// The workspace's id at the service.
    pub workspace_id: String,
    /// The bearer token.
    pub token: Option<String>,
}

impl fmt::Debug for Connection {
    /// Without the token: this may end up in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("workspace", &self.workspace)
            .field("url", &self.url)
            .field("workspace_id", &self.workspace_id)
            .field("token", &self.token.as_ref().map(|_| "…"))
            .finish()
    }
}

/// What the service last said about a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct WorkspaceMeta {
    /// The workspace's id at the service.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// The provider's name, for people.
    pub provider: String,
    /// IANA name of its billing time zone.
    pub time_zone: String,
    /// ISO 4217 code of prices.
    pub currency: String,
    /// The role of the token's bearer, as the service names it.
    pub role: String,
    /// The catalogue's revision.
    pub catalogue_revision: u32,
    /// The catalogue, as the service sent it.
    pub catalogue_json: String,
}

impl Cache {
    /// Remembers a connection and returns its workspace's key: a new one, or the one that this address and id have
    /// already, whose token is then replaced. On the disk when it returns.
    ///
    /// # Errors
    /// Any storage error.
    pub fn connect(&self, url: &str, workspace_id: &str, token: Option<&str>) -> Result<WorkspaceKey, CacheError> {
        let sql = "INSERT INTO connections (url, workspace_id, token) VALUES (?1, ?2, ?3)
                   ON CONFLICT (url, workspace_id) DO UPDATE SET token = excluded.token RETURNING workspace";
        self.write_through(|transaction| {
            Ok(transaction.query_row(sql, (url, workspace_id, token), |row| row.get(0).map(WorkspaceKey))?)
        })
    }

    /// Every connection, oldest first.
    ///
    /// # Errors
    /// Any storage error.
    pub fn connections(&self) -> Result<Vec<Connection>, CacheError> {
        let sql = "SELECT workspace, url, workspace_id, token FROM connections ORDER BY workspace";
        self.read(|view| Ok(view.prepare_cached(sql)?.query_map([], connection)?.collect::<Result<_, _>>()?))
    }

    /// The connection of one workspace, if there is one.
    ///
    /// # Errors
    /// Any storage error.
    pub fn connection(&self, workspace: WorkspaceKey) -> Result<Option<Connection>, CacheError> {
        let sql = "SELECT workspace, url, workspace_id, token FROM connections WHERE workspace = ?1";
        self.read(|view| Ok(view.prepare_cached(sql)?.query_row([workspace.0], connection).optional()?))
    }

    /// What the service last said about the workspace, if it ever did.
    ///
    /// # Errors
    /// Any storage error.
    pub fn workspace_meta(&self, workspace: WorkspaceKey) -> Result<Option<WorkspaceMeta>, CacheError> {
        let sql = "SELECT id, name, provider, time_zone, currency, role, catalogue_revision, catalogue_json
                   FROM workspace_meta WHERE workspace = ?1";
        self.read(|view| Ok(view.prepare_cached(sql)?.query_row([workspace.0], meta).optional()?))
    }

    /// Replaces what the service last said about the workspace.
    ///
    /// # Errors
    /// [`CacheError::UnknownWorkspace`] when it was removed, or any storage error.
    pub fn set_workspace_meta(&self, workspace: WorkspaceKey, meta: &WorkspaceMeta) -> Result<(), CacheError> {
        let sql = "INSERT OR REPLACE INTO workspace_meta
                       (workspace, id, name, provider, time_zone, currency, role, catalogue_revision, catalogue_json)
                   SELECT workspace, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM connections WHERE workspace = ?1";
        self.write(|transaction| {
            let changed = transaction.prepare_cached(sql)?.execute((
                workspace.0,
                &meta.id,
                &meta.name,
                &meta.provider,
                &meta.time_zone,
                &meta.currency,
                &meta.role,
                meta.catalogue_revision,
                &meta.catalogue_json,
            ))?;
            if changed == 0 { Err(CacheError::UnknownWorkspace(workspace)) } else { Ok(()) }
        })
    }

    /// Removes a workspace with everything that is stored of it. The connection goes first and for good; the entries
    /// follow in steps, and should the app end before they are gone, the next start goes on.
    ///
    /// # Errors
    /// Any storage error.
    pub fn remove_workspace(&self, workspace: WorkspaceKey) -> Result<(), CacheError> {
        self.write_through(|transaction| {
            for table in ["connections", "workspace_meta", "cursor", "purchase_intents"] {
                transaction.execute(&format!("DELETE FROM {table} WHERE workspace = ?1"), [workspace.0])?;
            }
            Ok(())
        })?;
        self.sweep()
    }

    /// Deletes entries and rollups that belong to no workspace, in steps short enough that nobody waits for long.
    pub(crate) fn sweep(&self) -> Result<(), CacheError> {
        const STEP: i64 = 20_000;
        // Looks at one row a workspace, however many entries each has.
        let gone = "WITH RECURSIVE present(workspace) AS (
                        SELECT min(workspace) FROM (SELECT min(workspace) AS workspace FROM entries
                                                    UNION ALL SELECT min(workspace) FROM rollups)
                        UNION ALL
                        SELECT (SELECT min(workspace) FROM (
                                    SELECT min(workspace) AS workspace FROM entries WHERE workspace > present.workspace
                                    UNION ALL SELECT min(workspace) FROM rollups WHERE workspace > present.workspace))
                        FROM present WHERE present.workspace IS NOT NULL)
                    SELECT workspace FROM present
                    WHERE workspace IS NOT NULL AND workspace NOT IN (SELECT workspace FROM connections)";
        let orphans: Vec<i64> =
            self.read(|view| Ok(view.prepare(gone)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?))?;
        for orphan in orphans {
            self.write(|transaction| Ok(transaction.execute("DELETE FROM rollups WHERE workspace = ?1", [orphan])?))?;
            loop {
                let deleted = self.write(|transaction| {
                    let some = "SELECT seq FROM entries WHERE workspace = ?1 ORDER BY seq LIMIT 1 OFFSET ?2";
                    let end: i64 =
                        transaction.query_row(some, [orphan, STEP], |row| row.get(0)).optional()?.unwrap_or(i64::MAX);
                    let bodies = "DELETE FROM bodies WHERE id IN
                                  (SELECT body FROM entries WHERE workspace = ?1 AND seq < ?2)";
                    transaction.execute(bodies, [orphan, end])?;
                    Ok(transaction.execute("DELETE FROM entries WHERE workspace = ?1 AND seq < ?2", [orphan, end])?)
                })?;
                if deleted == 0 {
                    break;
                }
            }
        }
        Ok(())
    }
}

fn connection(row: &Row<'_>) -> rusqlite::Result<Connection> {
    Ok(Connection {
        workspace: WorkspaceKey(row.get(0)?),
        url: row.get(1)?,
        workspace_id: row.get(2)?,
        token: row.get(3)?,
    })
}

fn meta(row: &Row<'_>) -> rusqlite::Result<WorkspaceMeta> {
    Ok(WorkspaceMeta {
        id: row.get(0)?,
        name: row.get(1)?,
        provider: row.get(2)?,
        time_zone: row.get(3)?,
        currency: row.get(4)?,
        role: row.get(5)?,
        catalogue_revision: row.get(6)?,
        catalogue_json: row.get(7)?,
    })
}
