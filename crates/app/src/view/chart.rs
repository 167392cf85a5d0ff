//! Charts: the picture, and the numbers behind it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::UsageQuery;

/// The UI's colours as `#rrggbb`, and its font.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Theme {
    /// Text.
    pub ink: String,
    /// Quieter text.
    pub ink2: String,
    /// The quietest text: ticks.
    pub ink3: String,
    /// Grid lines.
    pub line: String,
    /// What the chart stands on.
    pub surface: String,
    /// Measured values.
    pub accent: String,
    /// Estimates that warn.
    pub warn: String,
    /// Packs.
    pub top_up: String,
    /// A colour for each group and feature, by its id.
    pub series: BTreeMap<String, String>,
    /// The font family.
    pub font: String,
    /// Whether a person asked for more contrast: lines are thicker, and bands stand apart.
    pub contrast: bool,
}

/// How numbers and dates are written, as the window's locale has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Locale {
    /// What parts a number's whole from its fraction: "." or ",".
    pub decimal: String,
    /// What stands between groups of three digits; may be empty.
    pub group: String,
    /// What a thousand, a million, an American billion and trillion are called behind a compact number: "k", "M", "B", "T".
    pub compact: Vec<String>,
    /// The twelve months, short, from January on.
    pub months: Vec<String>,
    /// The seven weekdays, short, from Monday on.
    pub weekdays: Vec<String>,
    /// A day of a month, with `{d}` and `{m}` in it: "{d} {m}".
    pub day: String,
    /// A day with its weekday, with `{w}`, `{d}` and `{m}` in it: "{w} {d} {m}".
    pub weekday_day: String,
    /// A month with its year, with `{m}` and `{y}` in it: "{m} {y}".
    pub month_year: String,
}

/// How the window shows things: what every chart is drawn with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Look {
    /// Colours and font.
    pub theme: Theme,
    /// How numbers and dates are written.
    pub locale: Locale,
    /// IANA name of the time zone that days and hours are shown in; the workspace's billing zone, if absent.
    pub zone: Option<String>,
    /// The size to draw at.
    pub size: Size,
}

/// A picture that can be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Picture {
    /// What is left of the running period.
    BurnDown,
    /// What was used.
    Usage {
        /// What the Usage room shows.
        query: UsageQuery,
    },
    /// When in the week it was used.
    HeatMap {
        /// What the Usage room shows.
        query: UsageQuery,
    },
}

/// The form of a saved chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PictureFormat {
    /// Lines and letters, for documents.
    Svg,
    /// Pixels, two for each of the window's.
    Png,
    /// The numbers behind it, for spreadsheets.
    Csv,
}

/// The size to draw at, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Size {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// The part of the picture that holds the values, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
pub struct Plot {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// A labelled place on an axis.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Tick {
    /// Where, in CSS pixels.
    pub at: f64,
    /// What it says.
    pub label: String,
}

/// One value at a point.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct PointValue {
    /// The series.
    pub key: String,
    /// Its name, for people.
    pub name: String,
    /// The value.
    pub value: i64,
    /// Where it is drawn, in CSS pixels from the top.
    pub y: f64,
}

/// The numbers at one place of the horizontal axis.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Point {
    /// The instant.
    pub at: i64,
    /// Where, in CSS pixels from the left.
    pub x: f64,
    /// The instant, for people.
    pub label: String,
    /// The values.
    pub values: Vec<PointValue>,
    /// Their sum.
    pub total: i64,
}

/// A picture, and the numbers behind it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Chart {
    /// The picture.
    pub svg: String,
    /// Its width in CSS pixels.
    pub width: u32,
    /// Its height in CSS pixels.
    pub height: u32,
    /// The part of it that holds the values.
    pub plot: Plot,
    /// The numbers, from left to right.
    pub points: Vec<Point>,
    /// The horizontal axis.
    pub x_ticks: Vec<Tick>,
    /// The vertical axis.
    pub y_ticks: Vec<Tick>,
    /// Whether the points' `at` is an instant; else it is a time of any day, in milliseconds since midnight.
    pub timed: bool,
}
