//! The local copy of a ledger: how large it is, verifying it, and what is exported of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::LedgerFilter;

/// The local copy of a workspace's ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LocalCopy {
    /// The file.
    pub path: String,
    /// Bytes on disk.
    pub bytes: u64,
    /// Entries in it.
    pub entries: u64,
    /// When the first entry was charged; none in an empty ledger.
    pub first_at: Option<i64>,
    /// Features that occur, by id.
    pub features: Vec<String>,
    /// Members that occur.
    pub members: Vec<String>,
    /// Channels that occur.
    pub channels: Vec<String>,
    /// Sources that occur.
    pub sources: Vec<String>,
}

/// What takes long and can be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Verifying from the first entry.
    Verify,
    /// Exporting.
    Export,
}

/// How far a job has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct JobProgress {
    /// The workspace's key.
    pub workspace: String,
    /// What it is.
    pub job: JobKind,
    /// Entries looked at.
    pub done: u64,
    /// Entries that there are to look at.
    pub of: u64,
}

/// What verifying from the first entry came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// Entries that were looked at.
    pub entries: u64,
    /// Whether every entry was looked at and nothing is wrong with any.
    pub right: bool,
    /// Whether it was stopped before the end.
    pub stopped: bool,
    /// What is wrong, the first hundred of it, a line each.
    pub findings: Vec<String>,
    /// How much more is.
    pub more: u64,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Comma-separated values, for spreadsheets.
    Csv,
    /// An SQLite database with one table.
    Sqlite,
}

/// A wish to export.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct ExportRequest {
    /// The form.
    pub format: ExportFormat,
    /// Which entries.
    pub filter: LedgerFilter,
}

/// What was written for a person to take along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Written {
    /// The file.
    pub path: String,
    /// Entries in it; 0 in a report.
    pub entries: u64,
    /// Its bytes.
    pub bytes: u64,
}
