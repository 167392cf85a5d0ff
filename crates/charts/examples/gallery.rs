//! Draws every kind of chart in every theme and size as PNG, to be looked at.
//!
//! `cargo run -p charts --example gallery -- FOLDER`

#[path = "../tests/samples/mod.rs"]
mod samples;

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("say which folder the pictures go into")?);
    std::fs::create_dir_all(&folder)?;
    for (name, theme) in samples::themes()? {
        for size in samples::SIZES {
            let look = samples::look(&theme, size);
            let mut charts = samples::all(&look)?;
            charts.extend(samples::extremes(&look)?);
            for (kind, chart) in charts {
                let file = format!("{kind}-{name}-{}x{}.png", chart.width, chart.height);
                // The picture itself has no ground: it lies on a card.
                let card = format!(r#"<rect width="100%" height="100%" fill="{}"/>"#, hex(theme.surface));
                let svg = chart.svg.replacen(">\n", &format!(">\n{card}\n"), 1);
                std::fs::write(folder.join(file), charts::png(&svg, 2.0)?)?;
            }
        }
    }
    Ok(())
}

fn hex(colour: charts::Colour) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue)
}
