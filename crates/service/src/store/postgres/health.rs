//! Whether the server is one that writes.

use deadpool_postgres::Status;

use super::Postgres;
use crate::store::StoreError;
use crate::store::engine::Engine;
use crate::store::health::{Health, Pool};

impl Health for Postgres {
    /// A replica, and a server that was set to only read, answer everything else as ever.
    fn check(&self) -> Result<(), StoreError> {
        let mut reads_only = true;
        self.read(&mut |db| {
            let sql = "SELECT count(*), pg_is_in_recovery()::int, current_setting('default_transaction_read_only')
                       FROM settings";
            if let Some(row) = db.first(sql, &[])? {
                let set_to: String = row.get(2)?;
                reads_only = row.get::<bool>(1)? || set_to == "on";
            }
            Ok(())
        })?;
        if reads_only {
            return Err(StoreError::Unfit("the database only reads: it is a replica, or was set to".into()));
        }
        Ok(())
    }

    fn pool(&self) -> Option<Pool> {
        let Status { max_size, size, available, waiting } = self.pool.status();
        Some(Pool { most: max_size, idle: available, busy: size.saturating_sub(available), waiting })
    }
}
