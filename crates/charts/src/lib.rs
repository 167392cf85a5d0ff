//! Draws a metering series as SVG, and gives the numbers behind the picture.
//!
//! Charts are pure functions of a series, a [`Theme`] and a [`Size`]. They return a [`Chart`]:
//! the picture, and the points and ticks in the picture's own pixels, so that hover, keyboard
//! stepping and an accessible table show exactly what is drawn.
//!
//! Instants are milliseconds since the Unix epoch, UTC; amounts are whole credits. An amount beyond
//! [`i64::MAX`] counts as that. The calendar on the axes is that of a billing zone, with its 23 and
//! 25 hour days.
//!
//! The SVG holds `svg`, `g`, `path`, `circle` and `text` with presentation attributes
//! only: no style, no script, no link, no id. Text from data is escaped, and free of control
//! characters.

mod bands;
mod bars;
mod burn_down;
mod calendar;
mod canvas;
mod chart;
#[cfg(test)]
mod contrast_tests;
mod csv;
mod dates;
#[cfg(test)]
mod fixtures;
mod forecast;
mod frame;
mod heat_map;
mod labels;
mod legend;
mod locale;
mod numbers;
#[cfg(test)]
mod overlap_inputs;
#[cfg(test)]
mod overlap_tests;
mod picture;
mod places;
mod png;
mod scale;
mod sparkline;
mod stack;
mod stacked;
mod svg;
mod theme;
mod thin;
mod words;

pub use burn_down::{BurnDown, Mark, Sample, burn_down};
pub use calendar::Step;
pub use chart::{Chart, ChartError, Plot, Point, PointValue, Size, Tick};
pub use csv::csv;
pub use forecast::Forecast;
pub use heat_map::{HeatMap, heat_map};
pub use locale::Locale;
pub use png::png;
pub use sparkline::{Sparkline, sparkline};
pub use stacked::{Bucket, Previous, Series, Shape, Stacked, stacked};
pub use theme::{Colour, Font, Look, Theme};
pub use words::Words;
