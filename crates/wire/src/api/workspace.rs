//! What a workspace is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Hash;
use crate::api::Role;

/// The workspaces that a token may see: `GET /v1/workspaces`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorkspacesBody {
    /// In the order of their ids.
    pub workspaces: Vec<WorkspaceBody>,
}

/// A workspace: `GET /v1/workspaces/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorkspaceBody {
    /// Its id.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// The provider's name, for people.
    pub provider: String,
    /// IANA name of its billing time zone.
    pub time_zone: String,
    /// ISO 4217 code of every price.
    pub currency: String,
    /// What the asking token may do here.
    pub role: Role,
    /// The id of the catalogue that it is kept under.
    pub catalogue: String,
    /// The catalogue's revision.
    pub catalogue_revision: u32,
    /// Where its ledger ends.
    pub ledger: LedgerHead,
}

/// The end of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerHead {
    /// The number of its last entry; 0 before the first.
    pub last_seq: u64,
    /// The chain's hash after its last entry; 64 zeros before the first.
    pub last_hash: Hash,
}
