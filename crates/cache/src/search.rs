//! Finding entries in the ledger room: filters, a page at a time, each in bounded time.

use metering::{EARLY_LIMIT_MS, LATE_LIMIT_MS, Timestamp};
use rusqlite::types::Value;

use crate::column::signed;
use crate::entry::{COLUMNS, row};
use crate::{Cache, CacheError, EntryRow, WorkspaceKey, balance, ledger};

/// Entries that one search looks at, so that a filter that matches nothing still answers at once: some tens of
/// milliseconds, a few hundred when it has to look into bodies.
pub const SCAN_LIMIT: u64 = 100_000;

/// What entries to show. What is empty or absent does not restrict.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct EntryFilter {
    /// Names of kinds, as `metering` gives them.
    pub kinds: Vec<String>,
    /// Features.
    pub features: Vec<String>,
    /// Work done at or after this instant …
    pub occurred_from: Option<Timestamp>,
    /// … and before this one.
    pub occurred_to: Option<Timestamp>,
    /// The member whose work it was.
    pub member: Option<String>,
    /// The channel that it came through.
    pub channel: Option<String>,
    /// Who reported it.
    pub source: Option<String>,
    /// A text that occurs in the entry's body, ASCII letters in either case.
    pub text: Option<String>,
}

/// One page of a search, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct EntryPage {
    /// The entries found.
    pub rows: Vec<EntryRow>,
    /// Search on under this number; `None` when everything was looked at. A page may be empty and still have more.
    pub next_before: Option<u64>,
}

impl Cache {
    /// Searches entries with a number under `before` (none: from the newest), newest first, until `limit` are found
    /// or [`SCAN_LIMIT`] were looked at.
    ///
    /// # Errors
    /// Any storage error.
    pub fn search(
        &self,
        workspace: WorkspaceKey,
        filter: &EntryFilter,
        before: Option<u64>,
        limit: u32,
    ) -> Result<EntryPage, CacheError> {
        self.read(|view| {
            let Some(end) = ledger::cursor(view, workspace)? else { return Ok(EntryPage::default()) };
            // Rule 15 bounds how far the work lies from its recording, so times of work bound the numbers, too.
            let lowest = match filter.occurred_from {
                Some(from) => {
                    balance::first_at_or_after(view, workspace, from.plus_millis(-EARLY_LIMIT_MS), 1, end.seq)?
                }
                None => 1,
            };
            let mut top = before.unwrap_or(u64::MAX).min(end.seq.saturating_add(1));
            if let Some(to) = filter.occurred_to {
                top = top.min(balance::first_at_or_after(view, workspace, to.plus_millis(LATE_LIMIT_MS), 1, end.seq)?);
            }
            let bottom = lowest.max(top.saturating_sub(SCAN_LIMIT));
            if top <= lowest {
                return Ok(EntryPage::default());
            }
            let (condition, mut values) = condition(filter);
            let sql = format!(
                "SELECT {COLUMNS} FROM entries WHERE workspace = ? AND seq >= ? AND seq < ?{condition} ORDER BY seq DESC LIMIT ?"
            );
            let mut parameters = vec![Value::from(workspace.0), signed(bottom).into(), signed(top).into()];
            parameters.append(&mut values);
            parameters.push(Value::from(limit));
            let mut statement = view.prepare_cached(&sql)?;
            let rows: Vec<_> =
                statement.query_map(rusqlite::params_from_iter(parameters), row)?.collect::<Result<_, _>>()?;
            let full = rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
            let looked_down_to = if full { rows.last().map_or(bottom, |last| last.seq) } else { bottom };
            Ok(EntryPage { rows, next_before: (looked_down_to > lowest).then_some(looked_down_to) })
        })
    }
}

/// The filter as SQL. Only its shape depends on the filter; what the person typed is always a parameter.
fn condition(filter: &EntryFilter) -> (String, Vec<Value>) {
    let mut sql = String::new();
    let mut values = Vec::new();
    for (column, wanted) in [("kind", &filter.kinds), ("feature", &filter.features)] {
        if !wanted.is_empty() {
            let marks = vec!["?"; wanted.len()].join(", ");
            sql.push_str(&format!(" AND {column} IN ({marks})"));
            values.extend(wanted.iter().map(|one| Value::from(one.clone())));
        }
    }
    for (column, wanted) in [("member", &filter.member), ("channel", &filter.channel), ("source", &filter.source)] {
        if let Some(wanted) = wanted {
            sql.push_str(&format!(" AND {column} = ?"));
            values.push(wanted.clone().into());
        }
    }
    if let Some(from) = filter.occurred_from {
        sql.push_str(" AND occurred_at >= ?");
        values.push(from.as_millis().into());
    }
    if let Some(to) = filter.occurred_to {
        sql.push_str(" AND occurred_at < ?");
        values.push(to.as_millis().into());
    }
    if let Some(text) = filter.text.as_deref().filter(|text| !text.is_empty()) {
        sql.push_str(
            " AND (SELECT CAST(bodies.body AS TEXT) FROM bodies WHERE bodies.id = entries.body) LIKE ? ESCAPE '\\'",
        );
        let mut pattern = String::from("%");
        for letter in text.chars() {
            if matches!(letter, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(letter);
        }
        pattern.push('%');
        values.push(pattern.into());
    }
    (sql, values)
}
