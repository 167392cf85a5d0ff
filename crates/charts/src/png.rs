//! A picture as pixels.
//!
//! The interface's typeface is part of the program: Inter, in the two weights that charts use, with the letters of Latin,
//! Greek and Cyrillic (see `fonts/`). Other letters come from the system's fonts, which are looked for only then.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, ID, Source};
use resvg::usvg::{FontResolver, ImageHrefResolver, Options, Tree};

use crate::ChartError;

const REGULAR: &[u8] = include_bytes!("../fonts/inter-400.ttf");
const SEMIBOLD: &[u8] = include_bytes!("../fonts/inter-600.ttf");
const FAMILY: &str = "Inter";
/// The most pixels: those of a large chart at twice its size. More is a mistake of the caller, and would cost memory.
const MOST_PIXELS: u64 = 64_000_000;

/// The picture of a [`Chart`](crate::Chart) as PNG, `scale` pixels for each of its own: 2 for screens and documents.
///
/// The ground is transparent where the picture has none. Images that a picture refers to are not loaded.
///
/// # Errors
/// [`ChartError::Draw`] for what is no SVG, for a scale that is no positive number, for less than one or more than
/// 64 million pixels.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>, ChartError> {
    let tree = Tree::from_str(svg, &options()).map_err(|error| ChartError::Draw(error.to_string()))?;
    let size = tree.size();
    let (width, height) = (pixels(size.width() * scale)?, pixels(size.height() * scale)?);
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(ChartError::Draw(format!("{width} × {height} are more than {MOST_PIXELS} pixels")));
    }
    let none = || ChartError::Draw(format!("no picture of {width} × {height} pixels can be made"));
    let mut picture = Pixmap::new(width, height).ok_or_else(none)?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
    picture.encode_png().map_err(|error| ChartError::Draw(error.to_string()))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn pixels(length: f32) -> Result<u32, ChartError> {
    let length = length.round();
    // Also false for what is no number.
    if (1.0..=MOST_PIXELS as f32).contains(&length) {
        return Ok(length as u32);
    }
    Err(ChartError::Draw(format!("{length} is no number of pixels")))
}

fn options() -> Options<'static> {
    let none = ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let resolver =
        FontResolver { select_font: FontResolver::default_font_selector(), select_fallback: Box::new(fallback) };
    Options {
        font_family: FAMILY.to_owned(),
        fontdb: built_in(),
        font_resolver: resolver,
        image_href_resolver: none,
        ..Options::default()
    }
}

/// A font that has the letter: one of ours, or else one of the system's.
fn fallback(letter: char, tried: &[ID], fonts: &mut Arc<Database>) -> Option<ID> {
    let search = FontResolver::default_fallback_selector();
    search(letter, tried, fonts).or_else(|| {
        *fonts = with_system_fonts();
        search(letter, tried, fonts)
    })
}

fn built_in() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let load = || {
        let mut fonts = Database::new();
        for font in [REGULAR, SEMIBOLD] {
            fonts.load_font_source(Source::Binary(Arc::new(font)));
        }
        Arc::new(ours_by_default(fonts))
    };
    Arc::clone(FONTS.get_or_init(load))
}

/// Ours and the system's; ours keep the ids that [`built_in`] gave them.
fn with_system_fonts() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let load = || {
        let mut fonts = Database::clone(&built_in());
        fonts.load_system_fonts();
        Arc::new(ours_by_default(fonts))
    };
    Arc::clone(FONTS.get_or_init(load))
}

/// Whatever a theme asks for that is not here, text is drawn in ours.
fn ours_by_default(mut fonts: Database) -> Database {
    fonts.set_sans_serif_family(FAMILY);
    fonts.set_serif_family(FAMILY);
    fonts
}

#[cfg(test)]
#[path = "png_tests.rs"]
mod tests;
