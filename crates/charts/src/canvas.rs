//! The picture while it is drawn.
//!
//! Plotters draws in whole units and knows neither dashes nor joins nor weights. So the picture is ten
//! times as fine as its pixels, and made of layers: what plotters cannot say of an element, the group
//! around the elements says for all of them.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea as _};
use plotters::element::{Circle, PathElement, Polygon, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontFamily, FontStyle, RGBAColor, RGBColor, ShapeStyle};
use plotters::style::{FontDesc, TextStyle};

use crate::labels::{TEXT, directed, plain};
use crate::svg::Svg;
use crate::{ChartError, Colour, Font, Size};

/// Units in one pixel.
pub(crate) const FINE: f64 = 10.0;

/// The width of a rim around letters, in pixels; half of it is outside of them. It closes the space between two words.
const RIM: f64 = 4.0;

/// A place in pixels.
pub(crate) type Place = (f64, f64);

/// The upper left and the lower right corner of a rectangle.
pub(crate) type Area = (Place, Place);

/// Pixels in the picture's own units. Saturates; NaN is 0.
#[allow(clippy::cast_possible_truncation)]
pub(crate) fn fine(pixels: f64) -> i32 {
    (pixels * FINE).round() as i32
}

fn unit((x, y): Place) -> (i32, i32) {
    (fine(x), fine(y))
}

/// What a group of elements has in common.
pub(crate) enum Group {
    /// Nothing.
    Plain,
    /// Lines with round joins: a jagged line must not grow spikes.
    Round,
    /// Lines of dashes: length and gap in pixels.
    Dashed(f64, f64),
    /// Text with a rim that keeps lines behind it out of it.
    Rimmed(Colour),
    /// The same for text that is read first.
    Strong(Colour),
}

impl Group {
    fn attributes(&self) -> String {
        match self {
            Self::Plain => String::new(),
            Self::Round => r#" stroke-linejoin="round" stroke-linecap="round""#.to_owned(),
            Self::Dashed(dash, gap) => {
                format!(r#" stroke-dasharray="{} {}""#, fine(*dash), fine(*gap))
            }
            Self::Rimmed(rim) => format!(
                r#" stroke="{}" stroke-width="{}" stroke-linejoin="round" paint-order="stroke""#,
                rim.hex(),
                fine(RIM)
            ),
            Self::Strong(rim) => format!(r#" font-weight="600"{}"#, Self::Rimmed(*rim).attributes()),
        }
    }
}

/// What a line is drawn with.
#[derive(Clone, Copy)]
pub(crate) struct Ink {
    pub(crate) colour: Colour,
    /// 0 ..= 1.
    pub(crate) opacity: f64,
    /// In pixels.
    pub(crate) width: f64,
}

/// Which part of a text stands at its place.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// All layers so far.
pub(crate) struct Canvas<'a> {
    size: Size,
    font: &'a Font,
    layers: String,
}

impl<'a> Canvas<'a> {
    pub(crate) fn new(size: Size, font: &'a Font) -> Self {
        Self { size, font, layers: String::new() }
    }

    /// Draws a layer above those so far.
    pub(crate) fn layer(
        &mut self,
        group: &Group,
        draw: impl FnOnce(&Layer<'_, '_>) -> Result<(), ChartError>,
    ) -> Result<(), ChartError> {
        let units = self.units();
        let before = self.layers.len();
        self.layers += &format!("<g{}>\n", group.attributes());
        let empty = self.layers.len();
        {
            let area = Svg::new(&mut self.layers, units).into_drawing_area();
            draw(&Layer { area: &area, font: self.font })?;
            area.present().map_err(failed)?;
        }
        if self.layers.len() == empty {
            self.layers.truncate(before);
        } else {
            self.layers += "</g>\n";
        }
        Ok(())
    }

    /// Fills rectangles of one colour, all of them as one element.
    pub(crate) fn areas(&mut self, areas: &[Area], colour: Colour) {
        if areas.is_empty() {
            return;
        }
        let units = self.units();
        let corners = areas.iter().map(|(from, to)| (unit(*from), unit(*to)));
        Svg::new(&mut self.layers, units).areas(corners, paint(colour, 1.0).to_backend_color());
    }

    /// Draws lines of one ink above what is there, all of them as one element: hundreds of elements would be what a page
    /// waits for.
    pub(crate) fn lines(&mut self, group: &Group, lines: &[Vec<Place>], ink: Ink) {
        let lines: Vec<_> = lines.iter().map(|line| corners(line)).filter(|line| line.len() > 1).collect();
        if lines.is_empty() {
            return;
        }
        let units = self.units();
        self.layers += &format!("<g{}>\n", group.attributes());
        let Ink { colour, opacity, width } = ink;
        let colour = paint(colour, opacity).to_backend_color();
        Svg::new(&mut self.layers, units).lines(lines, colour, fine(width).unsigned_abs());
        self.layers += "</g>\n";
    }

    fn units(&self) -> (u32, u32) {
        (self.size.width * 10, self.size.height * 10)
    }

    pub(crate) fn finish(self) -> String {
        let Size { width, height } = self.size;
        let (fine_width, fine_height) = self.units();
        let mut picture = String::with_capacity(self.layers.len() + 256);
        picture += &format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {fine_width} {fine_height}""#
        );
        // Of all texts, and said once.
        Svg::new(&mut picture, (fine_width, fine_height)).font(self.font.as_str(), fine(TEXT));
        picture += ">\n";
        picture += &self.layers;
        picture += "</svg>\n";
        picture
    }
}

/// One layer while it is drawn. All places and lengths are pixels, all opacities 0 ..= 1.
pub(crate) struct Layer<'a, 'd> {
    area: &'a DrawingArea<Svg<'d>, Shift>,
    font: &'a Font,
}

impl Layer<'_, '_> {
    pub(crate) fn line(&self, path: &[Place], colour: Colour, opacity: f64, width: f64) -> Result<(), ChartError> {
        // One place is no line, and plotters would write an empty one.
        if path.len() < 2 {
            return Ok(());
        }
        let points = corners(path);
        let style =
            ShapeStyle { color: paint(colour, opacity), filled: false, stroke_width: fine(width).unsigned_abs() };
        self.area.draw(&PathElement::new(points, style)).map_err(failed)
    }

    pub(crate) fn fill(&self, outline: &[Place], colour: Colour, opacity: f64) -> Result<(), ChartError> {
        if outline.len() < 3 {
            return Ok(());
        }
        let points = corners(outline);
        self.area.draw(&Polygon::new(points, paint(colour, opacity))).map_err(failed)
    }

    pub(crate) fn dot(&self, at: Place, radius: f64, colour: Colour) -> Result<(), ChartError> {
        let style = paint(colour, 1.0).filled();
        self.area.draw(&Circle::new(unit(at), fine(radius), style)).map_err(failed)
    }

    /// Text with its middle at the place's y.
    pub(crate) fn text(&self, text: &str, at: Place, anchor: Anchor, colour: Colour) -> Result<(), ChartError> {
        let font = FontDesc::new(FontFamily::Name(self.font.as_str()), TEXT * FINE, FontStyle::Normal);
        let horizontal = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let ink = paint(colour, 1.0);
        let style = TextStyle::from(font).color(&ink).pos(Pos::new(horizontal, VPos::Center));
        // "Middle" is half of a small letter to plotters; digits and capitals are taller.
        let at = (at.0, at.1 + 0.1 * TEXT);
        self.area.draw(&Text::new(directed(plain(text)), unit(at), style)).map_err(failed)
    }
}

/// A path in units, without what changes nothing: the same place again, and places on a level line. A course of amounts
/// has many of both, and writing them is most of what drawing costs.
fn corners(path: &[Place]) -> Vec<(i32, i32)> {
    let mut corners: Vec<(i32, i32)> = Vec::with_capacity(path.len());
    for place in path.iter().copied().map(unit) {
        match corners.as_mut_slice() {
            [.., last] if *last == place => {}
            [.., before, last] if on_level(*before, *last, place) => *last = place,
            _ => corners.push(place),
        }
    }
    corners
}

/// Whether `b` is on the way from `a` to `c`, all at one height.
fn on_level(a: (i32, i32), b: (i32, i32), c: (i32, i32)) -> bool {
    a.1 == b.1 && b.1 == c.1 && (a.0.min(c.0)..=a.0.max(c.0)).contains(&b.0)
}

fn paint(colour: Colour, opacity: f64) -> RGBAColor {
    RGBColor(colour.red, colour.green, colour.blue).mix(opacity)
}

fn failed(error: impl std::fmt::Display) -> ChartError {
    ChartError::Draw(error.to_string())
}
