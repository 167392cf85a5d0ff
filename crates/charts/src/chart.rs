//! What every chart returns, and why one may not be drawn.

use std::fmt;

/// A picture and the numbers in it. All pixels are CSS pixels from the picture's upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// A whole SVG document, `width` × `height`.
    pub svg: String,
    /// Width in pixels: that of the [`Size`] asked for.
    pub width: u32,
    /// Height in pixels: that of the [`Size`] asked for.
    pub height: u32,
    /// The part of the picture between the axes.
    pub plot: Plot,
    /// What can be hovered or stepped through, by ascending `x`.
    pub points: Vec<Point>,
    /// Ticks below the plot, ascending; `at` is an x.
    pub x_ticks: Vec<Tick>,
    /// Ticks left of the plot, from the bottom up; `at` is a y.
    pub y_ticks: Vec<Tick>,
    /// Whether [`Point::at`] is an instant. Of a heat map it is a time of any day.
    pub timed: bool,
}

/// A rectangle in pixels, within the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plot {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width, 0 or more.
    pub width: f64,
    /// Height, 0 or more.
    pub height: f64,
}

impl Plot {
    pub(crate) fn right(&self) -> f64 {
        self.x + self.width
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.y + self.height
    }
}

/// All values at one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The instant, in milliseconds UTC: the start of a bucket, or when a balance was measured. Of a heat map
    /// the milliseconds since midnight.
    pub at: i64,
    /// Where it is drawn.
    pub x: f64,
    /// The instant or span in words, in the billing zone: "Tue 14 Nov", "13 – 19 Nov".
    pub label: String,
    /// One value for each line or band; bands from the bottom up.
    pub values: Vec<PointValue>,
    /// The sum of the bands, or the value of the main line, in credits.
    pub total: i64,
}

/// One value at one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct PointValue {
    /// The series' key; else "available", "likely", "low", "high" or "previous".
    pub key: String,
    /// The name to show. It is data: it must be escaped where it is shown.
    pub name: String,
    /// Credits.
    pub value: i64,
    /// Where the upper edge of the band, or the line, is drawn.
    pub y: f64,
}

/// One tick on an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Where, in pixels.
    pub at: f64,
    /// Its words.
    pub label: String,
}

/// The size of a picture in CSS pixels, each side 1 ..= [`Size::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Size {
    /// The longest side that is drawn: more is a mistake of the caller, and would cost memory.
    pub const MAX: u32 = 8000;

    pub(crate) fn checked(self) -> Result<Self, ChartError> {
        let drawable = 1..=Self::MAX;
        if drawable.contains(&self.width) && drawable.contains(&self.height) {
            Ok(self)
        } else {
            Err(ChartError::Size(self))
        }
    }

    pub(crate) fn w(self) -> f64 {
        f64::from(self.width)
    }

    pub(crate) fn h(self) -> f64 {
        f64::from(self.height)
    }
}

/// Why a chart was not drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChartError {
    /// Not a colour of the form `#rrggbb`.
    Colour(String),
    /// Not a list of font families that may stand in a picture.
    Font(String),
    /// A side is 0 or longer than [`Size::MAX`].
    Size(Size),
    /// A range that ends before it starts, or an instant before 1970 or after 9998.
    Range {
        /// Start of the range, in milliseconds UTC.
        start: i64,
        /// End of the range, in milliseconds UTC.
        end: i64,
    },
    /// The drawing library failed.
    Draw(String),
}

impl fmt::Display for ChartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Colour(text) => write!(f, "{text:?} is not a colour of the form #rrggbb"),
            Self::Font(text) => write!(f, "{text:?} is not a list of font families"),
            Self::Size(Size { width, height }) => {
                let max = Size::MAX;
                write!(f, "a chart of {width} × {height} pixels cannot be drawn; each side may be 1 to {max}")
            }
            Self::Range { start, end } => {
                write!(f, "{start} to {end} is no range of instants between 1970 and 9998")
            }
            Self::Draw(why) => write!(f, "the chart could not be drawn: {why}"),
        }
    }
}

impl std::error::Error for ChartError {}

/// Credits as the points show them.
pub(crate) fn signed(credits: u64) -> i64 {
    i64::try_from(credits).unwrap_or(i64::MAX)
}
