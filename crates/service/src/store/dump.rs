//! Everything that a database keeps, row by row, and back into another: the same whichever database it is.
//!
//! What follows from entries (names, snapshots) is left out: whoever takes entries in again makes it anew. Pairing
//! codes are left out, too: they are good for ten minutes.

use super::sql::{Sql, Value, values};
use super::{Store, StoreError, StoredLine};

/// A table that is copied as it stands: its columns, and which of them says when a row was made.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [&'static str],
    order: &'static str,
    pub(crate) made_at: Option<usize>,
}

/// Tables of the whole service.
static SHARED: [Table; 2] = [
    Table { name: "settings", columns: &["name", "value"], order: "name", made_at: None },
    Table { name: "catalogues", columns: &["id", "revision", "json"], order: "id, revision", made_at: None },
];

/// The table that a workspace's others hang on.
static WORKSPACES: Table = Table {
    name: "workspaces",
    columns: &["workspace_id", "name", "time_zone", "catalogue_id", "catalogue_revision", "created_at"],
    order: "workspace_id",
    made_at: None,
};

/// Tables of a workspace, `workspace_id` first.
static OF_WORKSPACE: [Table; 7] = [
    Table {
        name: "tokens",
        columns: &["workspace_id", "hash", "role", "name", "created_at", "expires_at", "revoked_at"],
        order: "hash",
        made_at: Some(4),
    },
    Table {
        name: "purchases",
        columns: &[
            "workspace_id",
            "purchase_id",
            "pack",
            "name",
            "credits",
            "price",
            "currency",
            "expires_after_days",
            "state",
            "checkout_url",
            "created_at",
            "credited_seq",
            "message",
        ],
        order: "purchase_id",
        made_at: Some(10),
    },
    Table {
        name: "payment_events",
        columns: &["workspace_id", "provider", "event_id", "purchase_id", "received_at"],
        order: "provider, event_id",
        made_at: Some(4),
    },
    Table {
        name: "sandbox_sessions",
        columns: &[
            "workspace_id",
            "purchase_id",
            "session",
            "description",
            "buyer",
            "price",
            "currency",
            "state",
            "event_id",
            "delivered",
            "created_at",
        ],
        order: "purchase_id",
        made_at: Some(10),
    },
    Table {
        name: "sample_state",
        columns: &["workspace_id", "sample", "digest", "progress"],
        order: "workspace_id",
        made_at: None,
    },
    Table {
        name: "answers",
        columns: &["workspace_id", "idempotency_key", "request", "status", "body", "created_at"],
        order: "idempotency_key",
        made_at: Some(5),
    },
    Table {
        name: "outbox",
        columns: &["workspace_id", "event_id", "body", "created_at", "attempts", "next_at", "told_at"],
        order: "event_id",
        made_at: Some(3),
    },
];

/// How many entries are read at once.
const PAGE: u64 = 5_000;

/// One thing that a database keeps.
#[derive(Debug)]
pub(crate) enum Kept {
    /// A row of a table.
    Row { table: &'static Table, values: Vec<Value> },
    /// An entry of a workspace.
    Entry { workspace: String, line: StoredLine },
}

impl Table {
    /// The table with this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        SHARED.iter().chain([&WORKSPACES]).chain(&OF_WORKSPACE).find(|table| table.name == name)
    }

    fn select(&self, of_workspace: bool) -> String {
        let of = if of_workspace { "WHERE workspace_id = $1" } else { "" };
        format!("SELECT {} FROM {} {of} ORDER BY {}", self.columns.join(", "), self.name, self.order)
    }

    fn insert(&self) -> String {
        let places: Vec<String> = (1..=self.columns.len()).map(|number| format!("${number}")).collect();
        format!("INSERT INTO {} ({}) VALUES ({})", self.name, self.columns.join(", "), places.join(", "))
    }
}

impl Store {
    /// Gives everything that the database keeps, as of one instant, a workspace after the other: its row, its entries in
    /// order, and what else is its own. Others go on recording meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or `take` does.
    pub(crate) fn dump(&self, take: &mut dyn FnMut(Kept) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut is_begun = false;
        self.read(|db| {
            // What was given cannot be taken back: a connection that is lost ends it.
            if std::mem::replace(&mut is_begun, true) {
                return Err(StoreError::Contradiction("the connection was lost halfway: begin again".into()));
            }
            for table in &SHARED {
                rows(db, table, None, take)?;
            }
            let ids = db.query("SELECT workspace_id FROM workspaces ORDER BY workspace_id", &[])?;
            for id in ids {
                let id: String = id.get(0)?;
                rows(db, &WORKSPACES, Some(&id), take)?;
                entries(db, &id, take)?;
                for table in &OF_WORKSPACE {
                    rows(db, table, Some(&id), take)?;
                }
            }
            Ok(())
        })
    }

    /// Stores rows as they were kept, all or none.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or does not take one of them.
    pub(crate) fn put_back(&self, rows: &[(&'static Table, Vec<Value>)]) -> Result<(), StoreError> {
        self.write(|db| {
            for (table, values) in rows {
                db.execute(&table.insert(), values)?;
            }
            Ok(())
        })
    }

    /// Whether there is nothing in the database yet.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn is_empty(&self) -> Result<bool, StoreError> {
        self.read(|db| {
            let tables = SHARED.iter().chain([&WORKSPACES]);
            for table in tables {
                if db.finds(&format!("SELECT 1 FROM {} LIMIT 1", table.name), &[])? {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }
}

fn rows(
    db: &mut dyn Sql,
    table: &'static Table,
    workspace: Option<&str>,
    take: &mut dyn FnMut(Kept) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let found = match workspace {
        Some(id) => db.query(&table.select(true), values![id])?,
        None => db.query(&table.select(false), &[])?,
    };
    found.into_iter().try_for_each(|row| take(Kept::Row { table, values: row.0 }))
}

fn entries(
    db: &mut dyn Sql,
    workspace: &str,
    take: &mut dyn FnMut(Kept) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut after = 0_u64;
    loop {
        let sql = "SELECT seq, hash, body FROM entries WHERE workspace_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let found = db.query(sql, values![workspace, after, PAGE])?;
        if found.is_empty() {
            return Ok(());
        }
        for row in found {
            after = row.get(0)?;
            let line = StoredLine { seq: after, hash: wire::Hash(row.get(1)?), body: row.get(2)? };
            take(Kept::Entry { workspace: workspace.to_owned(), line })?;
        }
    }
}
