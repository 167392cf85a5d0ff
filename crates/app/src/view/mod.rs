//! What crosses to the UI. TypeScript for these types is generated into `ui/src/lib/backend/generated`; a test fails
//! when it is stale. Credits are integers; instants are milliseconds since the Unix epoch, UTC.

mod chart;
mod connection;
mod data;
mod overview;
mod top_up;
mod usage;

pub use chart::{Chart, Plot, Point, PointValue, Size, Theme, Tick};
pub use connection::{
    Appearance, ConnectRequest, ConnectionInfo, Incident, Notice, NoticeCode, Progress, Settings, SyncState,
    SyncStatus, Verified, WorkspaceSummary,
};
pub use data::{ExportFilter, ExportFormat, ExportRequest, JobKind, JobProgress, LocalCopy, Verification, Written};
pub use overview::{
    Banner, BannerAction, BannerCode, EntryKind, FeatureStatus, GroupUse, LatestEntry, Overview, Period, Position,
    Refusal, RunOut, Verdict, WorkspaceState,
};
pub use top_up::{About, Blocked, BlockedCode, PackOffer, Purchase, PurchaseState, TopUpView};
pub use usage::{Busiest, RangeName, SplitBy, Step, UsageQuery, UsageRow, UsageView};

pub use crate::error::AppError;

/// Where the generated TypeScript goes, from this crate's folder.
#[cfg(test)]
mod generated;
