//! The Usage room.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Chart, Period, WorkspaceSummary};

/// A range of time, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum RangeName {
    /// Today and the six days before.
    #[serde(rename = "7d")]
    Days7,
    /// Today and the 29 days before.
    #[serde(rename = "30d")]
    Days30,
    /// The running usage period, up to now.
    #[serde(rename = "this_period")]
    ThisPeriod,
    /// The usage period before it.
    #[serde(rename = "last_period")]
    LastPeriod,
    /// Today and the 89 days before.
    #[serde(rename = "90d")]
    Days90,
    /// This month and the eleven before.
    #[serde(rename = "12m")]
    Months12,
    /// From and to, as the query says.
    #[serde(rename = "custom")]
    Custom,
}

/// The width of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// An hour.
    Hour,
    /// A day of the billing time zone.
    Day,
    /// A week from Monday.
    Week,
    /// A calendar month.
    Month,
}

/// What a chart is split by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SplitBy {
    /// By feature group.
    Group,
    /// By feature.
    Feature,
    /// By the member whose work it was.
    Member,
    /// By the channel that it came through.
    Channel,
    /// By who reported it.
    Source,
}

/// How use over time is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Bands on each other.
    Area,
    /// A bar for each bucket.
    Bars,
}

/// What a part of the usage has in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// The member whose work it was.
    Member,
    /// The channel that it came through.
    Channel,
    /// Who reported it.
    Source,
}

/// The usage of one member, channel or source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UsageOf {
    /// Which of them.
    pub label: Label,
    /// Its name in the ledger.
    pub name: String,
}

/// What the Usage room asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UsageQuery {
    /// The range.
    pub range: RangeName,
    /// First instant of a custom range.
    pub from: Option<i64>,
    /// First instant after a custom range.
    pub to: Option<i64>,
    /// The bucket; what fits the range, if absent.
    pub step: Option<Step>,
    /// What the chart is split by.
    pub by: SplitBy,
    /// Whether the previous range is drawn, too.
    pub compare: bool,
    /// How it is drawn.
    pub shape: Shape,
    /// Whose usage; everybody's, if absent.
    pub of: Option<UsageOf>,
}

/// One feature, or one member, channel or source, in the range.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UsageRow {
    /// The feature's id, or the name in the ledger; empty for all those that are not named one by one, and for what names
    /// none.
    pub key: String,
    /// Its name, for people; empty where the key is.
    pub name: String,
    /// A feature's group.
    pub group: Option<String>,
    /// How many names are in this row: 1, or those that are not named one by one; 0 for what names none.
    pub names: u64,
    /// Credits.
    pub credits: u64,
    /// Units of work.
    pub actions: u64,
    /// Credits a day.
    pub per_day: f64,
    /// Its part of all credits, 0..=1.
    pub share: f64,
    /// Credits in the previous range; none where the ledger does not reach that far back.
    pub previous: Option<u64>,
    /// Credits a unit of a feature.
    pub rate: Option<u32>,
    /// The provider does not publish the rate.
    pub rate_assumed: bool,
}

/// The bucket with the most credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Busiest {
    /// Its first instant.
    pub at: i64,
    /// Its credits.
    pub credits: u64,
}

/// The Usage room.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UsageView {
    /// The workspace.
    pub workspace: WorkspaceSummary,
    /// The newest instant at which this is known to agree with the service; none before the first sync.
    pub as_of: Option<i64>,
    /// The range.
    pub range: Period,
    /// The bucket that was used.
    pub step: Step,
    /// The buckets that make sense for the range.
    pub steps: Vec<Step>,
    /// Credits in the range.
    pub credits: u64,
    /// Units of work in the range.
    pub actions: u64,
    /// Credits a day, over the days that have begun.
    pub per_day: f64,
    /// Credits in the previous range; none where the ledger does not reach that far back.
    pub previous_credits: Option<u64>,
    /// The day with the most credits.
    pub busiest: Option<Busiest>,
    /// Part of the credits used Monday to Friday, 9 to 17 h of the time zone that is shown, 0..=1; none without credits.
    pub work_hours_share: Option<f64>,
    /// The picture and the numbers behind it.
    pub chart: Chart,
    /// The feature, or member, channel or source, of each row: as the query is split.
    pub by: SplitBy,
    /// What the chart is split by, the largest first; with groups, each feature.
    pub rows: Vec<UsageRow>,
    /// Credits by hour and weekday of the time zone that is shown: a point for each hour, a value for each weekday.
    pub heat: Chart,
}
