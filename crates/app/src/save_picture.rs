//! Saving a chart: as lines, as pixels, or as the numbers behind it.

use crate::export::{free_name, not_written, plain};
use crate::view::{Look, Picture, PictureFormat, Written};
use crate::{App, AppError, overview, picture, usage};

/// Pixels for each of the window's, in a picture for documents.
const SHARP: f32 = 2.0;

impl App {
    /// Writes a chart, or the numbers behind it, where a person finds it.
    ///
    /// # Errors
    /// As [`App::usage`], `nothing_drawn` where there is no period to draw, or `not_written`.
    pub fn save_picture(
        &self,
        workspace: &str,
        wish: &Picture,
        format: PictureFormat,
        look: &Look,
    ) -> Result<Written, AppError> {
        let connection = self.connection(workspace)?;
        let (chart, zone) = self.with_ledger(connection.workspace, |account, ledger, now| {
            let chart = match wish {
                Picture::BurnDown => overview::drawn(ledger, account, look, now)?,
                Picture::Usage { query } => Some(usage::chart(ledger, account, query, look, now)?),
                Picture::HeatMap { query } => Some(usage::heat_map(ledger, account, query, look, now)?),
            };
            Ok((chart, picture::zone(look, account.terms().zone)?))
        })?;
        let chart = chart.ok_or_else(|| {
            AppError::new("nothing_drawn", "There is nothing to draw yet.", "A chart begins with a plan or a trial.")
        })?;
        let (extension, bytes) = match format {
            PictureFormat::Svg => ("svg", chart.svg.into_bytes()),
            PictureFormat::Png => ("png", charts::png(&chart.svg, SHARP).map_err(picture::not_drawn)?),
            PictureFormat::Csv => ("csv", charts::csv(&chart, zone).into_bytes()),
        };
        let of = match wish {
            Picture::BurnDown => "left",
            Picture::Usage { .. } => "usage",
            Picture::HeatMap { .. } => "hours",
        };
        let folder = &self.places.downloads;
        let path = free_name(folder, &format!("{}-{of}", plain(&connection.workspace_id)), extension);
        let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, &bytes));
        written.map_err(|error| not_written(&path, &error))?;
        Ok(Written { path: path.display().to_string(), entries: 0, bytes: bytes.len() as u64 })
    }
}
