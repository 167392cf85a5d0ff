//! What plotters draws, as the elements of an SVG: only those that a chart may have, with presentation attributes only.
//!
//! A chart is mostly numbers: places by the thousands. They are written at once here, not a letter at a time.

use std::convert::Infallible;

use plotters_backend::text_anchor::HPos;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// Writes elements behind what is there already.
pub(crate) struct Svg<'a> {
    out: &'a mut String,
    size: (u32, u32),
}

impl<'a> Svg<'a> {
    /// A picture of this many units.
    pub(crate) fn new(out: &'a mut String, size: (u32, u32)) -> Self {
        Self { out, size }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        for part in [" ", name, "=\""] {
            self.out.push_str(part);
        }
        escape(self.out, value);
        self.out.push('"');
    }

    fn number(&mut self, name: &str, value: impl Into<i64>) {
        let mut text = String::new();
        write_number(&mut text, value.into());
        self.attribute(name, &text);
    }

    /// The attributes of what is written in this font.
    pub(crate) fn font(&mut self, families: &str, size: i32) {
        self.attribute("font-family", families);
        self.number("font-size", size);
    }

    fn paint(&mut self, name: &str, colour: BackendColor) {
        // It is 1 where nothing is said: what is not there, nobody has to read or to check.
        if colour.alpha < 1.0 {
            self.attribute("opacity", &colour.alpha.to_string());
        }
        self.colour(name, colour);
    }

    fn colour(&mut self, name: &str, colour: BackendColor) {
        let (red, green, blue) = colour.rgb;
        self.attribute(name, &format!("#{red:02X}{green:02X}{blue:02X}"));
    }

    /// Rectangles from their upper left to their lower right corners, as one path.
    pub(crate) fn areas(
        &mut self,
        areas: impl IntoIterator<Item = (BackendCoord, BackendCoord)>,
        colour: BackendColor,
    ) {
        self.out.push_str("<path");
        self.paint("fill", colour);
        let corners = |((left, top), (right, bottom))| [(left, top), (right, top), (right, bottom), (left, bottom)];
        self.outlines(areas.into_iter().map(corners), true);
    }

    /// Lines through places, as one path.
    pub(crate) fn lines<I>(&mut self, lines: impl IntoIterator<Item = I>, colour: BackendColor, width: u32)
    where
        I: IntoIterator<Item = BackendCoord>,
    {
        self.out.push_str("<path fill=\"none\"");
        self.paint("stroke", colour);
        self.number("stroke-width", width);
        self.outlines(lines, false);
    }

    /// Where an element's outlines go, and the element's end. From one place to the next only the way is said: the shorter
    /// a picture is, the sooner it is written, checked and read.
    fn outlines<I>(&mut self, outlines: impl IntoIterator<Item = I>, closed: bool)
    where
        I: IntoIterator<Item = BackendCoord>,
    {
        self.out.push_str(" d=\"");
        for outline in outlines {
            let mut places = outline.into_iter().map(|(x, y)| (i64::from(x), i64::from(y)));
            let Some(mut at) = places.next() else { continue };
            self.way('M', &[at.0, at.1], true);
            let mut said = 'M';
            for place in places {
                let (command, way) = match (place.0 - at.0, place.1 - at.1) {
                    (right, 0) => ('h', [right, 0]),
                    (0, down) => ('v', [down, 0]),
                    (right, down) => ('l', [right, down]),
                };
                let numbers = if command == 'l' { &way[..] } else { &way[..1] };
                self.way(command, numbers, command != said);
                (said, at) = (command, place);
            }
            if closed {
                self.out.push('z');
            }
        }
        self.out.push_str("\"/>\n");
    }

    /// A command of a path. The same as before it is not named again, and a minus needs no space before it.
    fn way(&mut self, command: char, numbers: &[i64], named: bool) {
        if named {
            self.out.push(command);
        }
        for (index, number) in numbers.iter().enumerate() {
            if (index > 0 || !named) && *number >= 0 {
                self.out.push(' ');
            }
            write_number(self.out, *number);
        }
    }
}

impl DrawingBackend for Svg<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    /// A square of one unit.
    fn draw_pixel(&mut self, (x, y): BackendCoord, colour: BackendColor) -> Drawn {
        self.areas([((x, y), (x + 1, y + 1))], colour);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.lines([path], style.color(), style.stroke_width());
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.out.push_str("<path");
        self.paint("fill", style.color());
        self.outlines([path], true);
        Ok(())
    }

    /// A disc: charts have no rings.
    fn draw_circle<S: BackendStyle>(&mut self, (x, y): BackendCoord, radius: u32, style: &S, _filled: bool) -> Drawn {
        self.out.push_str("<circle");
        self.number("cx", x);
        self.number("cy", y);
        self.number("r", radius);
        self.paint("fill", style.color());
        self.out.push_str("/>\n");
        Ok(())
    }

    /// Level text with its middle at the place's y, in the picture's one font and size.
    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Drawn {
        self.out.push_str("<text");
        self.number("x", x);
        self.number("y", y);
        // Half of a small letter.
        self.attribute("dy", "0.5ex");
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        self.attribute("text-anchor", anchor);
        self.paint("fill", style.color());
        self.out.push('>');
        escape(self.out, text);
        self.out.push_str("</text>\n");
        Ok(())
    }
}

/// Text that is neither markup nor ends an attribute.
fn escape(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['<', '>', '&', '"', '\'']) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        out.push_str(match special.as_bytes().first() {
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'&') => "&amp;",
            Some(b'"') => "&quot;",
            _ => "&apos;",
        });
        rest = special.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// The number as decimal digits: what formatting does, without its options.
#[allow(clippy::cast_possible_truncation)]
fn write_number(out: &mut String, value: i64) {
    if value < 0 {
        out.push('-');
    }
    let mut rest = value.unsigned_abs();
    // As many as the longest number has.
    let mut digits = [b'0'; 20];
    let mut first = digits.len();
    for (index, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        first = index;
        if rest == 0 {
            break;
        }
    }
    let digits = digits.get(first..).and_then(|digits| std::str::from_utf8(digits).ok());
    out.push_str(digits.unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_written_as_they_are_formatted(value in any::<i64>(), shift in 0_u32..64) {
            let mut text = String::new();
            write_number(&mut text, value >> shift);
            prop_assert_eq!(text, (value >> shift).to_string());
        }

        #[test]
        fn text_is_read_back_as_it_was(text in crate::fixtures::any_text()) {
            let text = crate::labels::plain(&text);
            let mut written = "<a b=\"".to_owned();
            escape(&mut written, &text);
            written.push_str("\">");
            escape(&mut written, &text);
            written.push_str("</a>");
            let document = roxmltree::Document::parse(&written).unwrap();
            prop_assert_eq!(document.root_element().attribute("b"), Some(text.as_str()));
            prop_assert_eq!(document.root_element().text().unwrap_or_default(), text.as_str());
        }
    }

    #[test]
    fn a_pixel_is_a_square() {
        let mut out = String::new();
        let colour = BackendColor { alpha: 1.0, rgb: (1, 2, 3) };
        assert!(Svg::new(&mut out, (10, 10)).draw_pixel((4, -5), colour).is_ok());
        assert_eq!(out, "<path fill=\"#010203\" d=\"M4-5h1v1h-1z\"/>\n");
    }
}
