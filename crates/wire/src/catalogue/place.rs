//! Where in a text a value stands.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Line and column, both from 1, of a byte in a text; columns count characters.
pub(super) fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |feed| feed + 1);
    (line, before.get(start..).unwrap_or_default().chars().count() + 1)
}

/// Where the value of a path like `feature[2].rate` or of a thing named like `plan "x"` stands in a TOML text.
/// An absent value has the place of the table that lacks it.
pub(super) fn in_toml(text: &str, path: &str) -> Option<(usize, usize)> {
    let table = DeTable::parse(text).ok()?;
    let start = match path.split_once(" \"") {
        Some((kind, id)) => named(table.get_ref(), kind, id.strip_suffix('"')?)?,
        None => walk(&table, path),
    };
    Some(line_and_column(text, start))
}

fn walk(table: &Spanned<DeTable<'_>>, path: &str) -> usize {
    let mut start = table.span().start;
    let mut current = table.get_ref();
    for part in path.split('.') {
        let (name, index) = match part.split_once('[') {
            Some((name, index)) => (name, index.strip_suffix(']').and_then(|index| index.parse::<usize>().ok())),
            None => (part, None),
        };
        let Some(mut value) = current.get(name) else {
            return start;
        };
        if let (Some(index), DeValue::Array(values)) = (index, value.get_ref()) {
            let Some(item) = values.get(index) else {
                return start;
            };
            value = item;
        }
        start = value.span().start;
        let DeValue::Table(inner) = value.get_ref() else {
            return start;
        };
        current = inner;
    }
    start
}

/// The last thing of these kinds with this id: the second of two that share it.
fn named(table: &DeTable<'_>, kinds: &str, id: &str) -> Option<usize> {
    let mut found = None;
    for kind in ["feature", "unmetered", "plan", "pack"].into_iter().filter(|kind| kinds.contains(kind)) {
        let Some(DeValue::Array(values)) = table.get(kind).map(Spanned::get_ref) else {
            continue;
        };
        for value in values.iter() {
            let DeValue::Table(one) = value.get_ref() else {
                continue;
            };
            if let Some(place) = one.get("id").filter(|own| own.get_ref().as_str() == Some(id)) {
                found = Some(place.span().start);
            }
        }
    }
    found
}
