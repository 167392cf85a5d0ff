//! Who is let in: tokens are looked up once in a while, and believed in between.

use std::sync::Arc;
use std::time::Duration;

use metering::Timestamp;
use moka::sync::Cache;
use tokio::sync::Semaphore;
use wire::api::Role;

use crate::http::blocking;
use crate::limit::Limit;
use crate::metrics::Limited;
use crate::serving::{Bounds, Peer};
use crate::store::{Access, Grant, Store, StoreError};
use crate::token::Token;

/// How long a token is believed before it is looked up again. One that is revoked here is not believed any more at once;
/// one that is revoked by another process is believed so long.
const BELIEVED_FOR: Duration = Duration::from_secs(5);
/// How many tokens are believed at once.
const BELIEVED: u64 = 50_000;
/// How many tokens are looked up at once: a flood of wrong ones waits in line and leaves the store to others.
const LOOKUPS: usize = 4;

/// How long a token that was good is told from one that nobody knows before it is looked up, and how many are.
const REMEMBERED_FOR: Duration = Duration::from_secs(60 * 60);
const REMEMBERED: u64 = 100_000;

/// The door of the service.
#[derive(Debug)]
pub(crate) struct Door {
    store: Arc<Store>,
    believed: Cache<([u8; 32], Box<str>), Grant>,
    lookups: Semaphore,
    /// Tokens that were good. They are looked up whoever else knocks at the same address.
    remembered: Cache<[u8; 32], ()>,
    /// How fast each token may ask.
    tokens: Limit<[u8; 32]>,
    /// How fast each address may fail.
    failures: Limit<Peer>,
    limited: Limited,
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// Nobody knows the token, or it has expired or was revoked.
    Unknown,
    /// The token is good, and not for this workspace.
    Elsewhere,
    /// The token asks too fast.
    Hasty,
    /// Whoever asks has shown too many tokens that nobody knows. This one was not looked at.
    Guessing,
}

impl Door {
    pub(crate) fn new(store: Arc<Store>, bounds: &Bounds, limited: Limited) -> Self {
        Self {
            store,
            believed: Cache::builder().max_capacity(BELIEVED).time_to_live(BELIEVED_FOR).build(),
            lookups: Semaphore::new(LOOKUPS),
            remembered: Cache::builder().max_capacity(REMEMBERED).time_to_idle(REMEMBERED_FOR).build(),
            tokens: Limit::new(bounds.token_rate),
            failures: Limit::new(bounds.failure_rate),
            limited,
        }
    }

    /// What a token may do in a workspace.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not answer.
    pub(crate) async fn enter(
        &self,
        token: &str,
        workspace: &str,
        peer: Peer,
        now: Timestamp,
    ) -> Result<Result<Role, Stranger>, StoreError> {
        let digest = Token::digest(token);
        let key = (digest, Box::from(workspace));
        if let Some(grant) = self.believed.get(&key) {
            return Ok(if grant.is_good(now) { self.paced(digest, grant.role) } else { Err(Stranger::Unknown) });
        }
        let (store, id) = (Arc::clone(&self.store), workspace.to_owned());
        let looked_up = self.look_up(digest, peer, move || match store.grant(&digest, &id)? {
            Some(grant) if grant.is_good(now) => Ok(Some(Some(grant))),
            _ => Ok((!store.accesses(&digest, now, 1)?.is_empty()).then_some(None)),
        });
        Ok(match looked_up.await? {
            Ok(Some(grant)) => {
                self.believed.insert(key, grant);
                self.paced(digest, grant.role)
            }
            Ok(None) => self.paced(digest, ()).and(Err(Stranger::Elsewhere)),
            Err(stranger) => Err(stranger),
        })
    }

    /// The workspaces that a token gives access to: some, and at most so many.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not answer.
    pub(crate) async fn accesses(
        &self,
        token: &str,
        peer: Peer,
        now: Timestamp,
        limit: u32,
    ) -> Result<Result<Vec<Access>, Stranger>, StoreError> {
        let (store, digest) = (Arc::clone(&self.store), Token::digest(token));
        let looked_up = self.look_up(digest, peer, move || {
            let accesses = store.accesses(&digest, now, limit)?;
            Ok((!accesses.is_empty()).then_some(accesses))
        });
        Ok(looked_up.await?.and_then(|accesses| self.paced(digest, accesses)))
    }

    /// Whether somebody who has to show something other than a token may try.
    pub(crate) fn lets_try(&self, peer: Peer) -> Result<(), Stranger> {
        if self.failures.allows(&peer) {
            return Ok(());
        }
        self.limited.peers.inc();
        Err(Stranger::Guessing)
    }

    /// Somebody has shown what is good for nothing.
    pub(crate) fn has_failed(&self, peer: Peer) {
        // One more than it may be changes nothing.
        let _ = self.failures.take(peer);
    }

    /// Does not believe any token any more before it is looked up again.
    pub(crate) fn doubt(&self) {
        self.believed.invalidate_all();
    }

    /// What the store says of a token; none, if it does not know it.
    async fn look_up<T: Send + 'static>(
        &self,
        digest: [u8; 32],
        peer: Peer,
        look: impl FnOnce() -> Result<Option<T>, StoreError> + Send + 'static,
    ) -> Result<Result<T, Stranger>, StoreError> {
        let is_remembered = self.remembered.contains_key(&digest);
        if !is_remembered && let Err(stranger) = self.lets_try(peer) {
            return Ok(Err(stranger));
        }
        // It is never closed.
        let _turn = self.lookups.acquire().await;
        // Those who came first may have failed too often by now.
        if !is_remembered && let Err(stranger) = self.lets_try(peer) {
            return Ok(Err(stranger));
        }
        Ok(match blocking(look).await? {
            Some(found) => {
                self.remembered.insert(digest, ());
                Ok(found)
            }
            None => {
                self.remembered.invalidate(&digest);
                self.has_failed(peer);
                Err(Stranger::Unknown)
            }
        })
    }

    /// The same, unless the token asks too fast.
    fn paced<T>(&self, digest: [u8; 32], found: T) -> Result<T, Stranger> {
        if self.tokens.take(digest) {
            return Ok(found);
        }
        self.limited.tokens.inc();
        Err(Stranger::Hasty)
    }
}
