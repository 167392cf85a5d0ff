//! Who is let in: tokens are looked up once in a while, and believed in between.

use std::sync::Arc;
use std::time::Duration;

use metering::Timestamp;
use moka::sync::Cache;
use tokio::sync::Semaphore;
use wire::api::Role;

use crate::http::blocking;
use crate::store::{Grant, Store, StoreError};
use crate::token::Token;

/// How long a token is believed before it is looked up again. One that is revoked here is not believed any more at once;
/// one that is revoked by another process is believed so long.
const BELIEVED_FOR: Duration = Duration::from_secs(5);
/// How many tokens are believed at once.
const BELIEVED: u64 = 50_000;
/// How many tokens are looked up at once: a flood of wrong ones waits in line and leaves the store to others.
const LOOKUPS: usize = 4;

/// The door of the service.
#[derive(Debug)]
pub(crate) struct Door {
    store: Arc<Store>,
    believed: Cache<([u8; 32], Box<str>), Grant>,
    lookups: Semaphore,
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// Nobody knows the token, or it has expired or was revoked.
    Unknown,
    /// The token is good, and not for this workspace.
    Elsewhere,
}

impl Door {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        let believed = Cache::builder().max_capacity(BELIEVED).time_to_live(BELIEVED_FOR).build();
        Self { store, believed, lookups: Semaphore::new(LOOKUPS) }
    }

    /// What a token may do in a workspace.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not answer.
    pub(crate) async fn enter(
        &self,
        token: &str,
        workspace: &str,
        now: Timestamp,
    ) -> Result<Result<Role, Stranger>, StoreError> {
        let digest = Token::digest(token);
        let key = (digest, Box::from(workspace));
        if let Some(grant) = self.believed.get(&key) {
            return Ok(if grant.is_good(now) { Ok(grant.role) } else { Err(Stranger::Unknown) });
        }
        // It is never closed.
        let _turn = self.lookups.acquire().await;
        let (store, id) = (Arc::clone(&self.store), workspace.to_owned());
        let (grant, is_known) = blocking(move || match store.grant(&digest, &id)? {
            Some(grant) if grant.is_good(now) => Ok((Some(grant), true)),
            _ => Ok((None, !store.accesses(&digest, now, 1)?.is_empty())),
        })
        .await?;
        Ok(match grant {
            Some(grant) => {
                self.believed.insert(key, grant);
                Ok(grant.role)
            }
            None if is_known => Err(Stranger::Elsewhere),
            None => Err(Stranger::Unknown),
        })
    }

    /// Does not believe any token any more before it is looked up again.
    pub(crate) fn doubt(&self) {
        self.believed.invalidate_all();
    }
}
