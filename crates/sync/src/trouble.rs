//! Why a step of the engine could not be done: what the plan and the status make of it.

use cache::CacheError;

use crate::{Breach, ClientError, Obstacle};

/// Why a step could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The ledger cannot be continued.
    Breach(Breach),
    /// Something is in the way, and may not be later.
    Obstacle(Obstacle),
    /// The workspace was removed.
    Removed,
}

impl From<Breach> for Trouble {
    fn from(breach: Breach) -> Self {
        Self::Breach(breach)
    }
}

impl From<Obstacle> for Trouble {
    fn from(obstacle: Obstacle) -> Self {
        Self::Obstacle(obstacle)
    }
}

impl From<ClientError> for Trouble {
    fn from(error: ClientError) -> Self {
        Self::Obstacle(Obstacle::Service(error))
    }
}

impl From<CacheError> for Trouble {
    fn from(error: CacheError) -> Self {
        match error {
            CacheError::UnknownWorkspace(_) => Self::Removed,
            other => Self::Obstacle(Obstacle::Cache(other.to_string())),
        }
    }
}
