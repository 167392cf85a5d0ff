//! The sample workspaces: ordinary ones, whose service the shell runs beside the window.

use std::sync::{Arc, PoisonError};

use cache::Connection;

use crate::connect::random_id;
use crate::{App, AppError, storage};

/// What stands in a connection's place of an address: the sample's service has another one at each start.
const SAMPLE: &str = "sample:";

/// Whether a connection is to a sample.
pub(crate) fn is_sample(connection: &Connection) -> bool {
    connection.url == SAMPLE
}

impl App {
    /// Connects the samples to the service at `url`, which may not answer yet, and returns the token that it has to let
    /// in. The token is made once and kept.
    ///
    /// # Errors
    /// A cache that cannot be written, or a system without random numbers.
    #[allow(clippy::unused_async, reason = "it starts tasks, and so needs a runtime around it")]
    pub async fn add_samples(self: &Arc<Self>, url: &str, ids: &[&str]) -> Result<String, AppError> {
        *self.sample_url.lock().unwrap_or_else(PoisonError::into_inner) = Some(url.to_owned());
        let known = self.desk.connections().map_err(storage)?;
        let known: Vec<Connection> = known.into_iter().filter(is_sample).collect();
        let token = match known.iter().find_map(|connection| connection.token.clone()) {
            Some(token) => token,
            None => random_id("")?,
        };
        for id in ids {
            let is_it = |known: &&Connection| known.workspace_id == *id && known.token.as_ref() == Some(&token);
            // The window waits for this: what is on the disk already is not written to it again.
            let connection = match known.iter().find(is_it) {
                Some(known) => known.clone(),
                None => {
                    let workspace = self.desk.connect(SAMPLE, id, Some(&token)).map_err(storage)?;
                    let (url, workspace_id) = (SAMPLE.to_owned(), (*id).to_owned());
                    Connection { workspace, url, workspace_id, token: Some(token.clone()) }
                }
            };
            self.start(&connection, url);
        }
        Ok(token)
    }
}
