//! The sample workspaces: ordinary ones, whose service the shell runs beside the window.

use std::sync::{Arc, PoisonError};

use cache::Connection;

use crate::{App, AppError, storage};

/// What stands in a connection's place of an address: the sample's service has another one at each start.
const SAMPLE: &str = "sample:";

/// What the sample's service has to let in.
#[derive(Clone, PartialEq, Eq)]
pub struct SampleToken {
    /// The sample's id at the service.
    pub workspace: String,
    /// The token that the app shows.
    pub token: String,
}

/// Whether a connection is to a sample.
pub(crate) fn is_sample(connection: &Connection) -> bool {
    connection.url == SAMPLE
}

impl App {
    /// Connects the samples to the service at `url`, which may not answer yet, and returns the tokens that it has to
    /// let in. A token is made once and kept.
    ///
    /// # Errors
    /// A cache that cannot be written.
    #[allow(clippy::unused_async, reason = "it starts tasks, and so needs a runtime around it")]
    pub async fn add_samples(self: &Arc<Self>, url: &str, ids: &[&str]) -> Result<Vec<SampleToken>, AppError> {
        *self.sample_url.lock().unwrap_or_else(PoisonError::into_inner) = Some(url.to_owned());
        let known = self.cache.connections().map_err(storage)?;
        let mut tokens = Vec::with_capacity(ids.len());
        for id in ids {
            let connected = known.iter().find(|connection| is_sample(connection) && connection.workspace_id == *id);
            let kept = connected.and_then(|connection| connection.token.clone());
            let token = match kept {
                Some(token) => token,
                None => crate::connect::random_id("")?,
            };
            let workspace = self.cache.connect(SAMPLE, id, Some(&token)).map_err(storage)?;
            let connection = Connection {
                workspace,
                url: SAMPLE.to_owned(),
                workspace_id: (*id).to_owned(),
                token: Some(token.clone()),
            };
            self.start(&connection, url);
            tokens.push(SampleToken { workspace: (*id).to_owned(), token });
        }
        Ok(tokens)
    }
}
