//! The ledger, page by page.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use metering::MAX_TOTAL;
use schemars::JsonSchema;
use serde::Deserialize;
use wire::api::Role;
use wire::line::{LedgerLines, append_line};
use wire::problem::{ErrorCode, Problem};

use crate::http::{App, Caller, Failure, Query, blocking};
use crate::openapi::{Operation, Topic};

/// Lines of a page unless asked otherwise.
const DEFAULT_LIMIT: usize = 1_000;
/// Most lines of a page.
const MAX_LIMIT: usize = 10_000;

/// Most bytes for which room is made before it is known that there are so many.
const MOST_AHEAD: usize = 8 << 20;

/// What can be asked here.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/workspaces/{workspace}/ledger", "read_ledger", page)
            .about(
                Topic::Ledger,
                "Read the ledger",
                "Entries in their order, a line each. Fewer than `limit` means that there are no more; the next page begins \
                 after the last `seq` of this one. Whoever keeps all lines can check each hash, and replay the rules.",
            )
            .by(Role::reads)
            .query::<Range>()
            .gives_as::<LedgerLines>(StatusCode::OK, "application/x-ndjson", "The lines.")
            .packed()
            .fails(&[ErrorCode::Invalid]),
    ]
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    /// The number of the entry after which to begin; from the first on, if absent.
    #[serde(default)]
    #[schemars(range(max = MAX_TOTAL))]
    after: u64,
    /// How many lines at most, 1..=10,000; 1,000, if absent.
    #[schemars(range(min = 1, max = MAX_LIMIT))]
    limit: Option<usize>,
}

/// `GET …/ledger?after=&limit=`: lines in order, one JSON object each. Fewer than `limit` means that there are no more.
pub(super) async fn page(
    State(app): State<App>,
    caller: Caller,
    Query(Range { after, limit }): Query<Range>,
) -> Result<Response, Failure> {
    let ledger = caller.may(Role::reads, "read the ledger")?;
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        let problem = Problem::new(ErrorCode::Invalid, format!("limit: {limit} is not in 1..={MAX_LIMIT}"));
        return Err(problem.at_field("limit").into());
    }
    check_seq("after", after)?;
    let (store, id) = (Arc::clone(&app.store), ledger.workspace().id.clone());
    let body = blocking(move || {
        let mut lines = Vec::new();
        store.each_line(&id, after, limit, &mut |_, hash, body| {
            if lines.is_empty() {
                // The others are about as long.
                lines.reserve(((body.len() + 128) * limit).min(MOST_AHEAD));
            }
            append_line(&hash, body, &mut lines);
            lines.push(b'\n');
        })?;
        Ok(lines)
    })
    .await?;
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

/// Whether an entry could have this number.
pub(super) fn check_seq(field: &str, seq: u64) -> Result<(), Failure> {
    if seq <= MAX_TOTAL {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::Invalid, format!("{field}: {seq} is not in 0..={MAX_TOTAL}")).at_field(field).into())
}
