//! Workspaces, connections, settings and how fresh the data is.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::AppError;

/// A workspace that the app knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceSummary {
    /// Names it within this app.
    pub key: String,
    /// The service's id of it.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// The provider's name.
    pub provider: String,
    /// The plan's name; none without a plan.
    pub plan: Option<String>,
    /// IANA name of the billing time zone.
    pub time_zone: String,
    /// It is one of the sample workspaces.
    pub sample: bool,
    /// What this person may do in it: owner, admin, member or meter.
    pub role: String,
    /// ISO 4217 code.
    pub currency: String,
    /// What the provider calls its packs.
    pub top_up_word: String,
}

/// How the app stands with the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// Asking the service.
    Connecting,
    /// Reading what is missing.
    CatchingUp,
    /// Up to date, and told of every change.
    Live,
    /// The service cannot be reached or will not answer.
    Offline,
    /// The service's history does not hold together, or is not what this app has seen.
    Broken,
}

/// How fresh a workspace's data is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncStatus {
    /// The workspace's key.
    pub workspace: String,
    /// How the app stands with the service.
    pub state: SyncState,
    /// The newest instant at which the data is known to agree with the service.
    pub as_of: Option<i64>,
    /// Entries read so far, while catching up.
    pub done: Option<u64>,
    /// Entries there are, while catching up.
    pub of: Option<u64>,
    /// What keeps the app from the service.
    pub error: Option<AppError>,
}

/// A wish to connect to a provider's service.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ConnectRequest {
    /// The service's address.
    pub url: String,
    /// The service's id of the workspace. A pairing code does without.
    pub workspace: String,
    /// The access token, or a pairing code.
    pub token: String,
}

/// A service that the app reads from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ConnectionInfo {
    /// Its address.
    pub url: String,
    /// The keys of its workspaces.
    pub workspaces: Vec<String>,
    /// It is the sample that the app itself runs.
    pub sample: bool,
    /// A command line that reports one usage to the sample.
    pub curl: Option<String>,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Appearance {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What the app remembers of how a person wants it.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Settings {
    /// Light or dark.
    pub appearance: Appearance,
    /// The key of the workspace that was open last.
    pub workspace: Option<String>,
}
