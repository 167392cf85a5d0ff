//! How an older file becomes a current one, and whether an older app may still open a newer one.

use rusqlite::Transaction;

use crate::{CacheError, Unusable};

/// A change of a file's schema.
pub(crate) struct Step {
    /// What it does.
    pub(crate) sql: &'static str,
    /// The oldest schema version whose app may still read and write the file after it.
    pub(crate) oldest: i64,
}

/// Where a file says which apps may open it, beside `user_version`, which says how many steps it has had.
const COMPATIBLE: &str = "CREATE TABLE IF NOT EXISTS compatible (oldest INTEGER NOT NULL) STRICT";

/// Brings a file to the current schema, and says which version it was of; 0 for a new one. A file of a newer app is left as
/// it is, and may be used if its last step says so.
///
/// # Errors
/// The inner error says why the file is not ours to use.
pub(crate) fn migrate(
    transaction: &Transaction<'_>,
    application: i64,
    steps: &[Step],
) -> Result<Result<i64, Unusable>, CacheError> {
    let number = |pragma: &str| transaction.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let (found, of) = (number("user_version")?, number("application_id")?);
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if of != application && (of != 0 || found != 0 || tables != 0) {
        return Ok(Err(Unusable::Foreign));
    }
    if found < 0 {
        return Ok(Err(Unusable::Corrupt(format!("it is of version {found}"))));
    }
    if found > known {
        let oldest: i64 = transaction.query_row("SELECT max(oldest) FROM compatible", [], |row| row.get(0))?;
        return Ok(if oldest <= known { Ok(found) } else { Err(Unusable::TooNew { found, known }) });
    }
    if found == known {
        return Ok(Ok(found));
    }
    transaction.execute_batch(COMPATIBLE)?;
    for step in steps.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute_batch(step.sql)?;
        transaction.execute("DELETE FROM compatible", [])?;
        transaction.execute("INSERT INTO compatible VALUES (?1)", [step.oldest])?;
    }
    transaction.pragma_update(None, "application_id", application)?;
    transaction.pragma_update(None, "user_version", known)?;
    Ok(Ok(found))
}
