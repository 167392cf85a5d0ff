//! Charts between the UI's types and the charts crate's.

use chrono_tz::Tz;

use crate::error::AppError;
use crate::view;

/// How to draw, as the charts take it. Which group or feature has which colour is the UI's choice.
///
/// # Errors
/// `bad_theme` if a colour or the font is not one, or the locale lacks a name.
pub(crate) fn look(look: &view::Look) -> Result<charts::Look, AppError> {
    Ok(charts::Look {
        theme: theme(&look.theme)?,
        locale: locale(&look.locale)?,
        words: charts::Words::default(),
        size: size(look.size),
    })
}

/// A size as the charts take it.
#[must_use]
pub(crate) const fn size(size: view::Size) -> charts::Size {
    charts::Size { width: size.width, height: size.height }
}

/// The time zone that days and hours are shown in.
///
/// # Errors
/// `bad_zone` for a name that no zone has.
pub(crate) fn zone(look: &view::Look, billing: Tz) -> Result<Tz, AppError> {
    zone_named(look.zone.as_deref(), billing)
}

/// The time zone of a name, or the billing zone without one.
///
/// # Errors
/// As [`zone`].
pub(crate) fn zone_named(name: Option<&str>, billing: Tz) -> Result<Tz, AppError> {
    let Some(name) = name else { return Ok(billing) };
    name.parse().map_err(|_| {
        let message = "This computer's time zone is not known to Creditdeck.";
        AppError::new("bad_zone", message, "Show the billing time zone instead, in Settings.").detail(name)
    })
}

fn theme(theme: &view::Theme) -> Result<charts::Theme, AppError> {
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
        contrast: theme.contrast,
    })
}

fn locale(locale: &view::Locale) -> Result<charts::Locale, AppError> {
    Ok(charts::Locale {
        decimal: locale.decimal.clone(),
        group: locale.group.clone(),
        compact: names(&locale.compact)?,
        months: names(&locale.months)?,
        weekdays: names(&locale.weekdays)?,
        day: locale.day.clone(),
        weekday_day: locale.weekday_day.clone(),
        month_year: locale.month_year.clone(),
    })
}

fn names<const COUNT: usize>(names: &[String]) -> Result<[String; COUNT], AppError> {
    <[String; COUNT]>::try_from(names.to_vec()).map_err(|names| {
        let message = "The window's locale could not be read.";
        let found = format!("{} names in the place of {COUNT}", names.len());
        AppError::new("bad_theme", message, "Choose another locale in Settings.").detail(found)
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
        timed: chart.timed,
    }
}

/// Values as a line as small as a word.
#[must_use]
pub(crate) fn sparkline(values: &[u64]) -> view::Sparkline {
    let charts::Sparkline { path, width, height } = charts::sparkline(values);
    view::Sparkline { path, width, height }
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
