//! Why a step of the engine could not be done: what the plan and the status make of it.

use cache::CacheError;

use crate::checker::Stop;
use crate::{Breach, ClientError, Obstacle};

/// Why a step could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The ledger cannot be continued.
    Breach(Breach),
    /// Something is in the way, and may not be later.
    Obstacle(Obstacle),
    /// An entry is priced by a catalogue revision that is not known here.
    Unpriced(u32),
    /// The local copy is damaged; what is wrong with it.
    Unusable(String),
}

impl From<Stop> for Trouble {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Breach(breach) => Self::Breach(breach),
            Stop::Unpriced(revision) => Self::Unpriced(revision),
        }
    }
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
        Self::Obstacle(match error {
            CacheError::DiskFull => Obstacle::DiskFull,
            CacheError::Unusable { reason, .. } => return Self::Unusable(reason.to_string()),
            other => Obstacle::Cache(other.to_string()),
        })
    }
}
