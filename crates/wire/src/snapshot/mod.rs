//! Account snapshots as bytes: compact JSON that names its version first.
//!
//! A snapshot is kept by the store that wrote it, beside the ledger that says everything it says: what cannot be read is
//! no loss, for the ledger is there to be replayed. Only this version is read, therefore, and whatever changes what is
//! written counts it up.

mod read;
mod shape;
mod write;

use metering::Snapshot;
use serde::Deserialize;
use thiserror::Error;

use shape::SnapshotShape;

/// The one version of snapshots that is read and written.
const VERSION: u64 = 1;

/// Why bytes are not a snapshot. In either case, replay the ledger from its first entry.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SnapshotError {
    /// Another version of this program wrote it, older or newer.
    #[error("a snapshot of version {0}, and this program reads version {VERSION}")]
    Version(u64),
    /// It was cut or altered; the message says where and how.
    #[error("no snapshot: {0}")]
    Unreadable(String),
}

/// The bytes of a snapshot: the same for the same snapshot, zeros and empty lists left out.
#[must_use]
pub fn encode(snapshot: &Snapshot) -> Vec<u8> {
    // None of the shapes has anything that JSON cannot say: no map with other keys than text, no fallible `Serialize`.
    serde_json::to_vec(&SnapshotShape::from(snapshot)).unwrap_or_default()
}

/// The snapshot that bytes are of. Whether an account can be like that is for `metering::Account::restore` to say.
///
/// # Errors
/// [`SnapshotError`] when the bytes are of another version, or are not JSON of exactly the fields of this one.
pub fn decode(bytes: &[u8]) -> Result<Snapshot, SnapshotError> {
    #[derive(Deserialize)]
    struct Head {
        v: u64,
    }
    let Head { v } = read(bytes)?;
    if v != VERSION {
        return Err(SnapshotError::Version(v));
    }
    Snapshot::try_from(read::<SnapshotShape<'_>>(bytes)?).map_err(|error| SnapshotError::Unreadable(error.to_string()))
}

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, SnapshotError> {
    serde_json::from_slice(bytes).map_err(|error| SnapshotError::Unreadable(crate::problem::json_error(&error)))
}
