//! What else is known of the workspace: small texts under names.

use rusqlite::{OptionalExtension, Transaction};

use super::head::Head;
use super::seal::{self, Kind};
use crate::CacheError;

pub(crate) fn write(transaction: &Transaction<'_>, name: &str, value: Option<&[u8]>) -> Result<(), CacheError> {
    match value {
        Some(value) => {
            let sealed = seal::seal(Kind::Fact, seal::number_of(name), 0, value.to_vec());
            transaction.prepare_cached("INSERT OR REPLACE INTO facts VALUES (?1, ?2)")?.execute((name, sealed))?
        }
        None => transaction.prepare_cached("DELETE FROM facts WHERE name = ?1")?.execute([name])?,
    };
    Ok(())
}

/// The sum of the checksums of all. Each has to be under its own name: under another nobody would find it.
pub(crate) fn sum(view: &Transaction<'_>) -> Result<u64, CacheError> {
    let mut statement = view.prepare_cached("SELECT name, piece FROM facts")?;
    let mut rows = statement.query([])?;
    let mut sum = 0_u64;
    while let Some(row) = rows.next()? {
        let name = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        let sealed = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        seal::opened(Kind::Fact, seal::number_of(name), 0, sealed)?;
        sum = sum.wrapping_add(seal::borne(sealed));
    }
    Ok(sum)
}

/// Sees that all are the newest.
pub(crate) fn check(view: &Transaction<'_>, head: &Head) -> Result<(), CacheError> {
    if sum(view)? == head.facts_sum {
        return Ok(());
    }
    Err(CacheError::damaged("what is known of the workspace is not the newest"))
}

pub(crate) fn read(view: &Transaction<'_>, name: &str) -> Result<Option<Vec<u8>>, CacheError> {
    let sql = "SELECT piece FROM facts WHERE name = ?1";
    let sealed: Option<Vec<u8>> = view.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()?;
    match sealed {
        Some(sealed) => Ok(Some(seal::opened(Kind::Fact, seal::number_of(name), 0, &sealed)?.to_vec())),
        None => Ok(None),
    }
}
