//! Bearer tokens: random, shown once, kept as a hash.

use std::fmt;

use metering::Timestamp;
use sha2::{Digest, Sha256};

use crate::random;
use crate::store::{Access, NewToken, Store, StoreError, token_id};

/// A bearer token of 256 random bits. Its text is shown once; the store keeps a SHA-256 of it. Since the text is
/// random, looking it up by its hash gives nothing away through time.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new token.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn new() -> Result<Self, StoreError> {
        Ok(Self(format!("cdk_{}", random::text()?)))
    }

    /// The text that goes into the `Authorization` header.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What people call it by.
    #[must_use]
    pub fn id(&self) -> String {
        token_id(&Self::digest(&self.0))
    }

    /// A new token for workspaces, known to the store from now on.
    ///
    /// # Errors
    /// [`StoreError`] when there is no such workspace, or the database fails.
    pub fn issue(
        store: &Store,
        accesses: &[Access],
        name: &str,
        expires_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let token = Self::new()?;
        let new = NewToken { digest: Self::digest(token.text()), name, expires_at };
        store.create_token(&new, accesses, now)?;
        Ok(token)
    }

    /// What the store keeps.
    pub(crate) fn digest(text: &str) -> [u8; 32] {
        Sha256::digest(text.as_bytes()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
