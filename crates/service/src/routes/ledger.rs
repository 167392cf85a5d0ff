//! The ledger, page by page.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use wire::api::Role;
use wire::problem::{ErrorCode, Problem};

use crate::http::{App, Caller, Failure, Query, blocking};

/// Lines of a page unless asked otherwise.
const DEFAULT_LIMIT: usize = 1_000;
/// Most lines of a page.
const MAX_LIMIT: usize = 10_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    #[serde(default)]
    after: u64,
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
    let (store, id) = (Arc::clone(&app.store), ledger.workspace().id.clone());
    let lines = blocking(move || store.lines(&id, after, limit)).await?;
    let mut body = Vec::with_capacity(lines.iter().map(|line| line.body.len() + 90).sum());
    for line in &lines {
        body.extend_from_slice(&line.encode());
        body.push(b'\n');
    }
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}
