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
        let kept = known.into_iter().filter(is_sample).find_map(|connection| connection.token);
        let token = match kept {
            Some(token) => token,
            None => random_id("")?,
        };
        for id in ids {
            let workspace = self.desk.connect(SAMPLE, id, Some(&token)).map_err(storage)?;
            let (url_kept, workspace_id) = (SAMPLE.to_owned(), (*id).to_owned());
            let connection = Connection { workspace, url: url_kept, workspace_id, token: Some(token.clone()) };
            self.start(&connection, url);
        }
        Ok(token)
    }
}
