//! Which workspaces the app is connected to, and what it last heard of each.

use std::fmt;

use rusqlite::{OptionalExtension, Row};

use super::Desk;
use crate::CacheError;

/// Names a workspace on this desk. A removed workspace's key is never given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspaceKey(pub(super) i64);

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
/// The token lies in the desk's file, which only its owner may read; a system keyring is the better place where there
/// is one, and then it is absent here.
#[derive(Clone, PartialEq, Eq)]
pub struct Connection {
    /// The workspace's key on this desk.
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

impl Desk {
    /// Remembers a connection and returns its workspace's key: a new one, or the one that this address and id have
    /// already, whose token is then replaced. On the disk when it returns.
    ///
    /// # Errors
    /// Any storage error.
    pub fn connect(&self, url: &str, workspace_id: &str, token: Option<&str>) -> Result<WorkspaceKey, CacheError> {
        let sql = "INSERT INTO connections (url, workspace_id, token) VALUES (?1, ?2, ?3)
                   ON CONFLICT (url, workspace_id) DO UPDATE SET token = excluded.token RETURNING workspace";
        self.write(|transaction| {
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

    /// Forgets a workspace: its connection and the purchases that were written down. Its key is never given again.
    ///
    /// # Errors
    /// Any storage error.
    pub fn remove_workspace(&self, workspace: WorkspaceKey) -> Result<(), CacheError> {
        self.write(|transaction| {
            for table in ["connections", "purchase_intents"] {
                transaction.execute(&format!("DELETE FROM {table} WHERE workspace = ?1"), [workspace.0])?;
            }
            Ok(())
        })
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
