//! Where webhooks go, and what they are signed with.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::{Host, Url};

use crate::random;
use crate::store::StoreError;

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// How many bytes a secret has: enough that nobody guesses it, and no more than the standard takes.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Where webhooks go, and what they are signed with.
#[derive(Clone)]
pub struct Webhooks {
    pub(super) url: Url,
    pub(super) secrets: Vec<Vec<u8>>,
}

/// Webhooks cannot be sent so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadWebhooks(String);

impl Webhooks {
    /// Webhooks that go to an address, signed with each of the secrets in a text: one, or, while a vendor goes from one to
    /// another, several with spaces between them.
    ///
    /// # Errors
    /// [`BadWebhooks`] when the address is not `https://…` (or on this machine), or a text is not a secret.
    pub fn new(url: &str, secrets: &str) -> Result<Self, BadWebhooks> {
        let url: Url = url.parse().map_err(|error| BadWebhooks(format!("the webhooks' address: {error}")))?;
        if !(url.scheme() == "https" || (url.scheme() == "http" && is_here(&url))) {
            let message = "the webhooks' address has to begin with https://, unless it is on this machine";
            return Err(BadWebhooks(message.into()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadWebhooks("the webhooks' address has no place for a name or a password".into()));
        }
        let secrets: Vec<Vec<u8>> = secrets.split_whitespace().map(secret).collect::<Result<_, _>>()?;
        if secrets.is_empty() {
            return Err(BadWebhooks("webhooks need a secret to be signed with".into()));
        }
        Ok(Self { url, secrets })
    }
}

impl fmt::Debug for Webhooks {
    /// Without the secrets, and without what else may be secret about the address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Webhooks({}://{}, …)", self.url.scheme(), self.url.host_str().unwrap_or_default())
    }
}

/// A new secret, as both sides write it.
///
/// # Errors
/// [`StoreError::Randomness`] when the operating system gives no random bytes.
pub fn new_secret() -> Result<String, StoreError> {
    Ok(format!("{PREFIX}{}", STANDARD.encode(random::bytes()?)))
}

/// The bytes of a secret. What is wrong with it is said without it.
fn secret(text: &str) -> Result<Vec<u8>, BadWebhooks> {
    let bad = |what: &str| BadWebhooks(format!("a webhook secret {what}: make one with \"webhook secret\""));
    let encoded = text.strip_prefix(PREFIX).ok_or_else(|| bad("begins with whsec_"))?;
    let bytes = STANDARD.decode(encoded).map_err(|_| bad("goes on in base64"))?;
    if SECRET_BYTES.contains(&bytes.len()) { Ok(bytes) } else { Err(bad("has 24 to 64 bytes")) }
}

/// Whether an address is on this machine.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_or_no_secret_is_said_without_the_secret() {
        let good = new_secret().unwrap();
        assert_ne!(good, new_secret().unwrap());
        for url in ["https://vendor.example/hooks", "http://127.0.0.1:9/x", "http://localhost/", "http://[::1]:8080"] {
            let webhooks = Webhooks::new(url, &format!("{good} {good}\n")).unwrap();
            assert_eq!(webhooks.secrets.len(), 2);
            assert!(webhooks.secrets.iter().all(|secret| secret.len() == 32));
            assert!(!format!("{webhooks:?}").contains(&good[6..]), "{webhooks:?}");
        }
        for url in ["", "vendor.example", "http://vendor.example", "ftp://localhost/", "https://me:pw@vendor.example/"]
        {
            assert!(Webhooks::new(url, &good).is_err(), "{url}");
        }
        for secret in
            ["", " \n", &good[6..], "whsec_", "whsec_AAAA", "whsec_!!!!", &format!("whsec_{}", "A".repeat(88))]
        {
            let error = Webhooks::new("https://vendor.example", secret).unwrap_err().to_string();
            assert!(secret.len() < 10 || !error.contains(secret), "{error}");
        }
    }
}
