//! The Overview room.

use serde::Serialize;
use ts_rs::TS;

use super::{LedgerRow, WorkspaceSummary};

/// What a workspace can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceState {
    /// A trial runs.
    Trial,
    /// A plan runs.
    Active,
    /// Nothing that is turned on can be afforded.
    Paused,
    /// There is no plan.
    NoPlan,
    /// The plan has no AI in it.
    PlanExcludesAi,
}

/// Why a feature cannot run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Too few credits.
    Exhausted,
    /// The plan has no AI in it.
    PlanExcludesAi,
    /// There is no plan.
    NoPlan,
    /// Automation is off.
    AutomationOff,
    /// The feature is off.
    FeatureOff,
    /// Its cap is reached.
    CapReached,
    /// The catalogue does not know it.
    UnknownFeature,
}

/// A stretch of time: it holds its start and not its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Period {
    /// Its first instant.
    pub start: i64,
    /// The first instant after it.
    pub end: i64,
}

/// A feature, and whether it can run now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FeatureStatus {
    /// Its id.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// The group that charts show it in.
    pub group: String,
    /// Credits a unit.
    pub rate: u32,
    /// The provider does not publish the rate.
    pub rate_assumed: bool,
    /// Whether one unit of it can run now.
    pub can_run: bool,
    /// Why not.
    pub reason: Option<Refusal>,
}

/// Everything a person asks at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// The instant.
    pub at: i64,
    /// Credits that can be spent now.
    pub available: u64,
    /// What is left of the allowance.
    pub allowance: u64,
    /// What the allowance is in this period.
    pub allowance_size: u64,
    /// The provider does not publish the allowance.
    pub allowance_assumed: bool,
    /// What is left of packs, frozen ones included.
    pub top_up: u64,
    /// What holds reserve.
    pub held: u64,
    /// What was used in this period.
    pub used: u64,
    /// What the workspace can do.
    pub state: WorkspaceState,
    /// Available credits are under the warning share of the allowance.
    pub low: bool,
    /// When the trial ends, during one.
    pub trial_ends_at: Option<i64>,
    /// The running period.
    pub period: Option<Period>,
    /// When the allowance refreshes; none where nothing refreshes.
    pub refresh_at: Option<i64>,
    /// What the refresh brings.
    pub next_allowance: Option<u64>,
    /// Each feature of the catalogue.
    pub features: Vec<FeatureStatus>,
}

/// Whether and when something runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Before the refresh.
    RunsOut,
    /// It lasts to the refresh.
    LastsToRefresh,
    /// Nothing is left.
    Gone,
    /// Nothing uses it.
    Never,
    /// There is too little history to say.
    Unknown,
}

/// An estimate of when something runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct RunOut {
    /// Whether it does.
    pub verdict: Verdict,
    /// The likeliest instant.
    pub at: Option<i64>,
    /// The early end of the likely range.
    pub from: Option<i64>,
    /// The late end of the likely range; none if that lies after the refresh.
    pub to: Option<i64>,
}

/// What a banner is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BannerCode {
    /// Available credits are under the warning share of the allowance.
    Low,
    /// Nothing can run until the refresh or a pack.
    Paused,
    /// There is no plan.
    NoPlan,
    /// The plan has no AI in it.
    PlanExcludesAi,
}

/// The one best thing to do about a banner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BannerAction {
    /// Buy a pack.
    TopUp,
    /// Choose another plan.
    ChangePlan,
}

/// A warning that is live now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Banner {
    /// What it is about.
    pub code: BannerCode,
    /// Credits that can be spent now.
    pub available: u64,
    /// What the allowance is in this period.
    pub allowance_size: u64,
    /// Until when it lasts by itself: the refresh.
    pub until: Option<i64>,
    /// What to do about it, if this person may do it.
    pub action: Option<BannerAction>,
}

/// What a group of features used in this period.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct GroupUse {
    /// The group's id.
    pub group: String,
    /// Its name, for people.
    pub name: String,
    /// Credits.
    pub credits: u64,
    /// Units of work.
    pub actions: u64,
    /// Its part of all credits, 0..=1.
    pub share: f64,
    /// Credits in the same days of the previous period; none where the ledger does not reach that far back.
    pub previous: Option<u64>,
    /// Credits of each day of this period, up to today, as a line.
    pub daily: Sparkline,
}

/// A line as small as a word, without a colour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Sparkline {
    /// A path as SVG has it; empty where there is no line.
    pub path: String,
    /// Width of the box that it is drawn in, in CSS pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

/// The Overview room.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// The workspace.
    pub workspace: WorkspaceSummary,
    /// The newest instant at which this is known to agree with the service; none before the first sync.
    pub as_of: Option<i64>,
    /// The position now.
    pub position: Position,
    /// When the allowance runs out at the usual pace.
    pub allowance_lasts: RunOut,
    /// When the packs run out after it.
    pub top_ups_last: RunOut,
    /// The live warning, if any.
    pub banner: Option<Banner>,
    /// What is using credits, the largest first.
    pub ranking: Vec<GroupUse>,
    /// What the ranking covers.
    pub ranking_range: Option<Period>,
    /// The newest entries, the newest first.
    pub latest: Vec<LedgerRow>,
}
