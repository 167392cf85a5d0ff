//! What the window shows first.

use serde::Serialize;
use ts_rs::TS;

use super::{Overview, Settings, SyncStatus, WorkspaceSummary};

/// Everything that the window needs for its first picture, in one answer.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Opening {
    /// As the app remembers them.
    pub settings: Settings,
    /// In the order of the switcher.
    pub workspaces: Vec<WorkspaceSummary>,
    /// Of the workspace that is shown: the one that was shown last, else the first.
    pub sync: Option<SyncStatus>,
    /// Of the same; none until its ledger has been read.
    pub overview: Option<Overview>,
}
