//! Charts between the UI's types and the charts crate's.

use crate::error::AppError;
use crate::view;

/// The theme as the charts take it. Which group or feature has which colour is the UI's choice.
///
/// # Errors
/// `bad_theme` if a colour or the font is not one.
pub(crate) fn theme(theme: &view::Theme) -> Result<charts::Theme, AppError> {
    let colour = |text: &str| text.parse::<charts::Colour>().map_err(bad_theme);
    let mut series = Vec::new();
    for (key, text) in &theme.series {
        series.push((key.clone(), colour(text)?));
    }
    Ok(charts::Theme {
        ink: colour(&theme.ink)?,
        ink2: colour(&theme.ink2)?,
        ink3: colour(&theme.ink3)?,
        line: colour(&theme.line)?,
        surface: colour(&theme.surface)?,
        accent: colour(&theme.accent)?,
        warn: colour(&theme.warn)?,
        top_up: colour(&theme.top_up)?,
        series,
        font: theme.font.parse::<charts::Font>().map_err(bad_theme)?,
    })
}

fn bad_theme(error: charts::ChartError) -> AppError {
    AppError::new("bad_theme", "The window's colours could not be read.", "Restart Creditdeck.").detail(error)
}

/// What the UI is told when a chart cannot be drawn.
#[allow(clippy::needless_pass_by_value, reason = "it is called where errors are mapped")]
pub(crate) fn not_drawn(error: charts::ChartError) -> AppError {
    AppError::new("not_drawn", "The chart could not be drawn.", "Choose another range or window size.").detail(error)
}

/// The size as the charts take it.
#[must_use]
pub(crate) const fn size(size: view::Size) -> charts::Size {
    charts::Size { width: size.width, height: size.height }
}

/// A chart as the UI takes it.
#[must_use]
pub(crate) fn chart(chart: charts::Chart) -> view::Chart {
    let ticks = |ticks: Vec<charts::Tick>| -> Vec<view::Tick> {
        ticks.into_iter().map(|tick| view::Tick { at: tick.at, label: tick.label }).collect()
    };
    view::Chart {
        svg: chart.svg,
        width: chart.width,
        height: chart.height,
        plot: view::Plot { x: chart.plot.x, y: chart.plot.y, width: chart.plot.width, height: chart.plot.height },
        points: chart.points.into_iter().map(point).collect(),
        x_ticks: ticks(chart.x_ticks),
        y_ticks: ticks(chart.y_ticks),
    }
}

fn point(point: charts::Point) -> view::Point {
    let value = |value: charts::PointValue| view::PointValue {
        key: value.key,
        name: value.name,
        value: value.value,
        y: value.y,
    };
    view::Point {
        at: point.at,
        x: point.x,
        label: point.label,
        values: point.values.into_iter().map(value).collect(),
        total: point.total,
    }
}
