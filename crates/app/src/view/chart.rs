//! Charts: the picture, and the numbers behind it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
}
