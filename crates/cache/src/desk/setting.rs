//! Settings: small texts under names that the app chooses.

use rusqlite::OptionalExtension;

use super::Desk;
use crate::CacheError;

impl Desk {
    /// The value of a setting, if it was ever set.
    ///
    /// # Errors
    /// Any storage error.
    pub fn setting(&self, key: &str) -> Result<Option<String>, CacheError> {
        let sql = "SELECT value FROM settings WHERE key = ?1";
        self.read(|view| Ok(view.prepare_cached(sql)?.query_row([key], |row| row.get(0)).optional()?))
    }

    /// Sets a setting, or forgets it with `None`. On the disk when this returns.
    ///
    /// # Errors
    /// Any storage error.
    pub fn set_setting(&self, key: &str, value: Option<&str>) -> Result<(), CacheError> {
        self.write(|transaction| {
            match value {
                Some(value) => transaction.execute("INSERT OR REPLACE INTO settings VALUES (?1, ?2)", (key, value))?,
                None => transaction.execute("DELETE FROM settings WHERE key = ?1", [key])?,
            };
            Ok(())
        })
    }
}
