//! The colours and the font of a picture: all of them come from here, none from the charts.

use std::str::FromStr;

use crate::ChartError;

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
}

impl Theme {
    pub(crate) fn of_series(&self, key: &str) -> Colour {
        self.series.iter().find(|(known, _)| known == key).map_or(self.ink3, |(_, colour)| *colour)
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
