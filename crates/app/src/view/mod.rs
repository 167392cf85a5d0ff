//! What crosses to the UI. TypeScript for these types is generated into `ui/src/lib/backend/generated`; a test fails
//! when it is stale. Credits are integers; instants are milliseconds since the Unix epoch, UTC.

mod chart;
mod connection;
mod controls;
mod data;
mod ledger;
mod opening;
mod overview;
mod top_up;
mod usage;
mod why;

pub use chart::{Chart, Locale, Look, Picture, PictureFormat, Plot, Point, PointValue, Size, Theme, Tick};
pub use connection::{
    Appearance, ConnectRequest, ConnectionInfo, Incident, Notice, NoticeCode, Progress, Settings, SyncState,
    SyncStatus, Verified, WorkspaceSummary,
};
pub use controls::{CapWish, Controls, ControlsPreview, ControlsWish, FeatureControl, FeatureWish};
pub use data::{ExportFormat, ExportRequest, JobKind, JobProgress, LocalCopy, Verification, Written};
pub use ledger::{
    EntryDetail, EntryKind, EntryVerdict, GrantShare, GrantTerms, LedgerFilter, LedgerNames, LedgerPage, LedgerRow,
    NamedFeature, Related, Relation,
};
pub use opening::Opening;
pub use overview::{
    Banner, BannerAction, BannerCode, FeatureStatus, GroupUse, Overview, Period, Position, Refusal, RunOut, Sparkline,
    Verdict, WorkspaceState,
};
pub use top_up::{About, Blocked, BlockedCode, PackOffer, Purchase, PurchaseState, TopUpView};
pub use usage::{Busiest, Label, RangeName, Shape, SplitBy, Step, UsageOf, UsageQuery, UsageRow, UsageView};
pub use why::{Cause, CauseOf, Why};

pub use crate::error::AppError;

/// Where the generated TypeScript goes, from this crate's folder.
#[cfg(test)]
mod generated;
