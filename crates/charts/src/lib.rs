//! Draws a metering series as SVG, and gives the numbers behind the picture.
//!
//! Both charts are pure functions of a series, a [`Theme`] and a [`Size`]. They return a [`Chart`]:
//! the picture, and the points and ticks in the picture's own pixels, so that hover, keyboard
//! stepping and an accessible table show exactly what is drawn.
//!
//! Instants are milliseconds since the Unix epoch, UTC; amounts are whole credits. An amount beyond
//! [`i64::MAX`] counts as that. The calendar on the axes is that of a billing zone, with its 23 and
//! 25 hour days.
//!
//! The SVG holds `svg`, `g`, `polyline`, `polygon`, `circle` and `text` with presentation attributes
//! only: no style, no script, no link, no id. Text from data is escaped, and free of control
//! characters.

mod burn_down;
mod calendar;
mod canvas;
mod chart;
#[cfg(test)]
mod fixtures;
mod forecast;
mod frame;
mod labels;
mod legend;
mod picture;
mod places;
mod scale;
mod stack;
mod stacked;
mod theme;
mod thin;

pub use burn_down::{BurnDown, Mark, Sample, burn_down};
pub use calendar::Step;
pub use chart::{Chart, ChartError, Plot, Point, PointValue, Size, Tick};
pub use forecast::Forecast;
pub use stacked::{Bucket, Previous, Series, StackedArea, stacked_area};
pub use theme::{Colour, Font, Theme};
