//! Whether the file can grow.

use super::Sqlite;
use crate::store::StoreError;
use crate::store::engine::Engine;
use crate::store::health::Health;

impl Health for Sqlite {
    fn check(&self) -> Result<(), StoreError> {
        self.read(&mut |db| db.query("SELECT count(*) FROM settings", &[]).map(drop))?;
        #[cfg(unix)]
        {
            let disk = rustix::fs::statvfs(&self.path)
                .map_err(|error| StoreError::Unfit(format!("the disk cannot be looked at: {error}")))?;
            crate::store::health::has_room(disk.f_bavail.saturating_mul(disk.f_frsize))?;
        }
        Ok(())
    }
}
