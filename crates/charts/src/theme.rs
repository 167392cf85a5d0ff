//! The colours and the font of a picture: all of them come from here, none from the charts.

use std::str::FromStr;

use crate::{ChartError, Locale, Size, Words};

/// An opaque colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    /// Red, 0 ..= 255.
    pub red: u8,
    /// Green, 0 ..= 255.
    pub green: u8,
    /// Blue, 0 ..= 255.
    pub blue: u8,
}

impl Colour {
    pub(crate) fn hex(self) -> String {
        let Self { red, green, blue } = self;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// This colour with `part` (0 ..= 1) of itself, and the rest of what it stands on.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(crate) fn over(self, ground: Self, part: f64) -> Self {
        let part = part.clamp(0.0, 1.0);
        let mix = |own: u8, other: u8| (f64::from(own) * part + f64::from(other) * (1.0 - part)).round() as u8;
        Self { red: mix(self.red, ground.red), green: mix(self.green, ground.green), blue: mix(self.blue, ground.blue) }
    }
}

impl FromStr for Colour {
    type Err = ChartError;

    /// Reads `#rrggbb`, in either case.
    ///
    /// # Errors
    /// [`ChartError::Colour`] for anything else.
    fn from_str(text: &str) -> Result<Self, ChartError> {
        let wrong = || ChartError::Colour(excerpt(text));
        let digits = text.strip_prefix('#').ok_or_else(wrong)?;
        // `from_str_radix` takes a sign, and slicing needs one byte a digit: look first.
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let part =
            |from: usize| u8::from_str_radix(digits.get(from..from + 2).unwrap_or_default(), 16).map_err(|_| wrong());
        Ok(Self { red: part(0)?, green: part(2)?, blue: part(4)? })
    }
}

/// A list of font families, as CSS has it: `"Inter Variable", Inter, sans-serif`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Font(String);

impl Font {
    /// The longest list taken, in bytes.
    pub const MAX: usize = 200;

    /// The list as it was read.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Font {
    type Err = ChartError;

    /// Takes ASCII letters, digits, spaces, commas, quotes and hyphens: enough for every family that
    /// an interface names, and nothing that could end the attribute or reach elsewhere.
    ///
    /// # Errors
    /// [`ChartError::Font`] when it is empty, longer than [`Font::MAX`] or has another character.
    fn from_str(text: &str) -> Result<Self, ChartError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | ',' | '"' | '\'' | '-');
        let trimmed = text.trim_matches(' ');
        if trimmed.is_empty() || trimmed.len() > Self::MAX || !trimmed.chars().all(fits) {
            return Err(ChartError::Font(excerpt(text)));
        }
        Ok(Self(trimmed.to_owned()))
    }
}

/// What a picture is drawn with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Text that matters.
    pub ink: Colour,
    /// Text beside it: the labels of series.
    pub ink2: Colour,
    /// Quiet text: ticks.
    pub ink3: Colour,
    /// Hairlines: the grid.
    pub line: Colour,
    /// What the picture stands on.
    pub surface: Colour,
    /// The measured line.
    pub accent: Colour,
    /// The forecast.
    pub warn: Colour,
    /// Packs and other top-ups.
    pub top_up: Colour,
    /// Colour by series key. A series without one is drawn in `ink3`.
    pub series: Vec<(String, Colour)>,
    /// The font of all text.
    pub font: Font,
    /// Whether a person asked for more contrast: lines are thicker, and bands stand apart.
    pub contrast: bool,
}

/// How a picture is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Colours and font.
    pub theme: Theme,
    /// How numbers and dates are written.
    pub locale: Locale,
    /// The words between them.
    pub words: Words,
    /// Width and height.
    pub size: Size,
}

impl Theme {
    pub(crate) fn of_series(&self, key: &str) -> Colour {
        self.series.iter().find(|(known, _)| known == key).map_or(self.ink3, |(_, colour)| *colour)
    }

    /// A line's thickness in pixels, from what it is for most people.
    pub(crate) fn stroke(&self, usual: f64) -> f64 {
        if self.contrast { usual * 1.5 } else { usual }
    }

    /// How dense a tint is, 0 ..= 1, from what it is for most people: no less than `least` where contrast matters.
    pub(crate) fn tint(&self, usual: f64, least: f64) -> f64 {
        if self.contrast { usual.max(least) } else { usual }
    }

    /// The thickness of what sets bands apart, in pixels, where a bucket has so much room: half as much or nothing where
    /// it would leave little of the bands. None for nothing.
    pub(crate) fn seam(&self, room: f64) -> Option<f64> {
        let full = if self.contrast { 2.0 } else { 1.0 };
        match room {
            room if room >= 6.0 => Some(full),
            room if room >= 3.0 => Some(full / 2.0),
            _ => None,
        }
    }

    /// The grid: hairlines, nearer to the ticks' ink where contrast matters.
    pub(crate) fn grid(&self) -> Colour {
        if self.contrast { self.ink3.over(self.line, 0.25) } else { self.line }
    }
}

/// Enough of a wrong text to recognise it, and no more.
fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_colour_in_either_case() {
        let colour: Colour = "#0aF37c".parse().unwrap();
        assert_eq!((colour.red, colour.green, colour.blue), (10, 243, 124));
        assert_eq!(colour.hex(), "#0af37c");
    }

    #[test]
    fn a_colour_over_another_lies_between_them() {
        let [black, white] = [0, 255].map(|part| Colour { red: part, green: part, blue: part });
        assert_eq!((black.over(white, 1.0), black.over(white, 0.0)), (black, white));
        assert_eq!(black.over(white, 0.2).red, 204);
        assert_eq!(black.over(white, f64::NAN).red, 0);
    }

    #[test]
    fn refuses_what_is_no_colour() {
        for text in ["", "#", "123456", "#12345", "#1234567", "#+1+2+3", "#12345g", "#ééé", "red", "#123456 "] {
            assert_eq!(text.parse::<Colour>(), Err(ChartError::Colour(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn takes_a_list_of_families_only() {
        let list = r#""Inter Variable", Inter, 'Segoe UI', sans-serif"#;
        assert_eq!(list.parse::<Font>().unwrap().as_str(), list);
        for text in ["", "  ", "Inter;x", "url(x)", "a<b", "a&b", "Intér", "a\nb", &"x".repeat(201)] {
            assert!(matches!(text.parse::<Font>(), Err(ChartError::Font(_))), "{text}");
        }
    }
}
