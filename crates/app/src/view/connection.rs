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
    /// The plan's name; none without a plan, and while it is not known.
    pub plan: Option<String>,
    /// Its whole ledger has been here, so that what it says of its plan counts.
    pub known: bool,
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
    /// Stopped on the way, by a person.
    Paused,
    /// Up to date, and told of every change.
    Live,
    /// The service cannot be reached or will not answer.
    Offline,
    /// The service's history does not hold together, or is not what this app has seen.
    Broken,
}

/// How far reading has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Entries that are here.
    pub done: u64,
    /// Entries that there are.
    pub of: u64,
    /// Entries a second, of late; none until that can be told.
    pub per_second: Option<u64>,
    /// How long the rest may take, in milliseconds; none until that can be told.
    pub left_ms: Option<u64>,
}

/// The service and the replayed rules agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Verified {
    /// Up to which entry.
    pub entries: u64,
    /// When.
    pub at: i64,
}

/// A ledger that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Incident {
    /// Stable code.
    pub code: String,
    /// The first entry that is not as it should be.
    pub entry: u64,
    /// When it was first seen.
    pub since: i64,
    /// What happened and what it means.
    pub message: String,
    /// What to do.
    pub advice: String,
    /// What should be.
    pub expected: String,
    /// What is.
    pub found: String,
    /// The last entry that is good, and is kept.
    pub good_entry: u64,
}

/// What happened to a local copy, or to what the app keeps beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeCode {
    /// It was set aside and is fetched anew.
    SetAside,
    /// Its newest entries were gone and were fetched again.
    Lost,
    /// The file with connections and settings was set aside.
    DeskSetAside,
}

/// Something that happened to what the app keeps, for a person to know. Nothing at a service is lost by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Notice {
    /// What happened.
    pub code: NoticeCode,
    /// The same in words.
    pub message: String,
    /// The technical part.
    pub detail: String,
}

/// How fresh a workspace's data is, and whether it was found right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncStatus {
    /// The workspace's key.
    pub workspace: String,
    /// How the app stands with the service.
    pub state: SyncState,
    /// The newest instant at which the data is known to agree with the service.
    pub as_of: Option<i64>,
    /// Entries that are here.
    pub entries: u64,
    /// How far reading has come, while it reads or was stopped on the way.
    pub progress: Option<Progress>,
    /// The last time that the service and the replayed rules agreed.
    pub verified: Option<Verified>,
    /// What is wrong with the ledger, if anything is.
    pub incident: Option<Incident>,
    /// What happened to the local copy since the app started.
    pub notices: Vec<Notice>,
    /// How far this computer's clock is behind the service's, in milliseconds; below 0 where it is ahead, and 0 where the
    /// difference does not matter.
    pub clock_behind_ms: i64,
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
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Light or dark.
    pub appearance: Appearance,
    /// The key of the workspace that was open last.
    pub workspace: Option<String>,
    /// BCP 47 tag of the locale that numbers and dates are written in; English as in Europe, if absent.
    #[serde(default)]
    pub locale: Option<String>,
    /// Whether days and hours are shown in this computer's time zone and not in the workspace's.
    #[serde(default)]
    pub local_time: bool,
}
