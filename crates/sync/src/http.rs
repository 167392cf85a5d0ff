//! The HTTP client under [`crate::Client`], made when something is first asked: it reads the system's certificates, and a
//! position on screen waits neither for those nor for a network.

use std::sync::OnceLock;
use std::time::Duration;

use crate::ClientError;

/// How to connect, and the client once it was needed.
#[derive(Debug)]
pub(crate) struct Http {
    /// The service is on this computer.
    pub(crate) here: bool,
    /// It speaks without TLS.
    pub(crate) plain: bool,
    /// How long connecting may take.
    pub(crate) connect: Duration,
    /// How long the service may be silent in the middle of an answer.
    pub(crate) silence: Duration,
    made: OnceLock<reqwest::Client>,
}

impl Http {
    pub(crate) const fn new(here: bool, plain: bool, connect: Duration, silence: Duration) -> Self {
        Self { here, plain, connect, silence, made: OnceLock::new() }
    }

    /// The client.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] when the system has no certificates to believe, or none that can be read.
    pub(crate) fn client(&self) -> Result<&reqwest::Client, ClientError> {
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        // One provider for the whole process; whoever came first is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder();
        // No proxy can reach this computer's own services, and none has to see their tokens.
        let builder = if self.here { builder.no_proxy() } else { builder };
        // Reading all that a system believes takes as long as a good part of a window, and nobody shows a certificate here.
        let builder = if self.plain { builder.tls_certs_only([]) } else { builder };
        let built = builder
            .connect_timeout(self.connect)
            .read_timeout(self.silence)
            .user_agent(concat!("creditdeck/", env!("CARGO_PKG_VERSION")))
            // The API never redirects. A network's sign-in page does, and must not get the token.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(self.made.get_or_init(|| built))
    }
}
