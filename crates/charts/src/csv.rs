//! A chart's numbers for spreadsheets.

use chrono_tz::Tz;

use crate::calendar::instant_in;
use crate::{Chart, PointValue};

/// The table of a chart's points, as RFC 4180 has it: a row for each point, a column for each series, a header.
///
/// The first two columns, `at` and `label`, are the instant as ISO 8601 with the offset of `zone`
/// (`2025-11-14T09:00:00+01:00`; milliseconds only where there are any) and the point's words. Charts without
/// instants ([`Chart::timed`]) have no column `at`. Amounts are digits only, in credits. A series' column is headed by
/// its name, or by its key where it has none; where a point has no value of it, the cell is empty.
///
/// What a spreadsheet could take for a formula gets an apostrophe in front.
#[must_use]
pub fn csv(chart: &Chart, zone: Tz) -> String {
    let columns = columns(chart);
    let mut table = String::new();
    let mut header: Vec<String> = if chart.timed { vec!["at".to_owned()] } else { Vec::new() };
    header.push("label".to_owned());
    header.extend(columns.iter().map(|(value, _)| field(heading(value))));
    row(&mut table, &header);
    for point in &chart.points {
        let mut cells: Vec<String> = Vec::with_capacity(header.len());
        if chart.timed {
            cells.push(instant_in(zone, point.at).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false));
        }
        cells.push(field(&point.label));
        for (column, nth) in &columns {
            let found = point.values.iter().filter(|value| value.key == column.key).nth(*nth);
            cells.push(found.map(|value| value.value.to_string()).unwrap_or_default());
        }
        row(&mut table, &cells);
    }
    table
}

/// What has a column, in the order it is met: one value of each, and the how manieth of its key it is, for keys that a
/// point has twice.
fn columns(chart: &Chart) -> Vec<(&PointValue, usize)> {
    let mut columns: Vec<(&PointValue, usize)> = Vec::new();
    for point in &chart.points {
        for (index, value) in point.values.iter().enumerate() {
            // Points mostly have the same series in the same order.
            if columns.get(index).is_some_and(|(column, _)| column.key == value.key) {
                continue;
            }
            let before = point.values.iter().take(index).filter(|other| other.key == value.key).count();
            if !columns.iter().any(|(column, nth)| column.key == value.key && *nth == before) {
                columns.push((value, before));
            }
        }
    }
    columns
}

fn heading(value: &PointValue) -> &str {
    if value.name.is_empty() { &value.key } else { &value.name }
}

fn row(table: &mut String, cells: &[String]) {
    table.push_str(&cells.join(","));
    table.push_str("\r\n");
}

/// A text as a cell: no formula, and quoted where it must be.
fn field(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\'', '＝', '＋', '－', '＠']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

#[cfg(test)]
#[path = "csv_tests.rs"]
mod tests;
