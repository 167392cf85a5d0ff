//! How far a sample has been played into a workspace.

use super::sql::{Sql, values};
use super::{Store, StoreError};

/// How far a sample has been played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleState {
    /// Which sample, by its id.
    pub sample: String,
    /// Identifies recipe and trace: progress through one means nothing in another.
    pub digest: [u8; 32],
    /// What the player has to remember, as JSON.
    pub progress: String,
}

impl Store {
    /// How far a sample has been played into this workspace, if one is.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn sample_state(&self, workspace: &str) -> Result<Option<SampleState>, StoreError> {
        self.read(|db| {
            let sql = "SELECT sample, digest, progress FROM sample_state WHERE workspace_id = $1";
            let row = db.first(sql, values![workspace])?;
            row.map(|row| Ok(SampleState { sample: row.get(0)?, digest: row.get(1)?, progress: row.get(2)? }))
                .transpose()
        })
    }

    /// Stores that a sample begins in this workspace.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a sample has begun there already.
    pub fn begin_sample(&self, workspace: &str, state: &SampleState) -> Result<(), StoreError> {
        self.write(|db| {
            let sql = "INSERT INTO sample_state (workspace_id, sample, digest, progress) VALUES ($1, $2, $3, $4)";
            db.execute(sql, values![workspace, &state.sample, &state.digest, &state.progress]).map(drop)
        })
    }
}

pub(super) fn update(db: &mut dyn Sql, workspace: &str, progress: &str) -> Result<(), StoreError> {
    let sql = "UPDATE sample_state SET progress = $2 WHERE workspace_id = $1";
    db.execute(sql, values![workspace, progress]).map(drop)
}
