//! What a workspace is, what its provider sells, and how it stands.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use metering::Timestamp;
use serde::Deserialize;
use wire::api::{BalanceBody, LedgerHead, Role, WorkspaceBody, WorkspacesBody};
use wire::problem::{ErrorCode, Problem};

use crate::http::{App, Bearer, Caller, Failure, Query, blocking, unknown_token};
use crate::ledger::Ledger;
use crate::token::Token;

/// How far ahead of the clock the balance can be asked for, in days: a year of refreshes, and some.
const MAX_AHEAD_DAYS: i64 = 400;
/// Most workspaces that are listed at once.
const MAX_LISTED: u32 = 1_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// `GET /v1/workspaces`: those that the token gives access to, the first thousand by id.
pub(super) async fn list(State(app): State<App>, Bearer(token): Bearer) -> Result<Json<WorkspacesBody>, Failure> {
    let (store, now) = (Arc::clone(&app.store), app.clock.now());
    let accesses = blocking(move || store.accesses(&Token::digest(&token), now, MAX_LISTED)).await?;
    if accesses.is_empty() {
        return Err(unknown_token());
    }
    let mut workspaces = Vec::with_capacity(accesses.len());
    for access in accesses {
        if let Some(ledger) = app.ledgers.get(&access.workspace).await? {
            workspaces.push(body(&app, &ledger, access.role).await?);
        }
    }
    Ok(Json(WorkspacesBody { workspaces }))
}

/// `GET /v1/workspaces/{workspace}`.
pub(super) async fn show(State(app): State<App>, caller: Caller) -> Result<Json<WorkspaceBody>, Failure> {
    Ok(Json(body(&app, &caller.ledger, caller.role).await?))
}

async fn body(app: &App, ledger: &Ledger, role: Role) -> Result<WorkspaceBody, Failure> {
    let workspace = ledger.workspace();
    let (store, id) = (Arc::clone(&app.store), workspace.id.clone());
    let (last_seq, last_hash) = blocking(move || store.head(&id)).await?;
    let catalogue = workspace.terms.catalogues.latest();
    Ok(WorkspaceBody {
        id: workspace.id.clone(),
        name: workspace.name.clone(),
        provider: catalogue.name.clone(),
        time_zone: workspace.terms.zone.name().to_owned(),
        currency: catalogue.currency.clone(),
        role,
        catalogue: catalogue.id.clone(),
        catalogue_revision: catalogue.revision,
        ledger: LedgerHead { last_seq, last_hash },
    })
}

/// `GET …/catalogue`: all its revisions, those that are still to come among them.
pub(super) async fn catalogue(caller: Caller) -> Result<Response, Failure> {
    let ledger = caller.may(Role::reads, "read the catalogue")?;
    let json = wire::catalogue::revisions_to_json(&ledger.workspace().terms.catalogues);
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct At {
    at: Option<String>,
}

/// `GET …/balance?at=`: now, at an instant to come, or as it was at one that has passed. What is far off cannot be asked:
/// every refresh until then would be worked out while others wait.
pub(super) async fn balance(
    State(app): State<App>,
    caller: Caller,
    Query(At { at }): Query<At>,
) -> Result<Json<BalanceBody>, Failure> {
    let ledger = caller.may(Role::reads, "read the balance")?;
    let at: Option<Timestamp> = at.map(|text| text.parse()).transpose().map_err(|error: metering::BadInstant| {
        Failure::from(Problem::new(ErrorCode::Malformed, error.to_string()).at_field("at"))
    })?;
    let now = app.clock.now();
    if let Some(at) = at.filter(|at| at.since(now) > MAX_AHEAD_DAYS * DAY_MS) {
        let detail = format!("at: {at} is more than {MAX_AHEAD_DAYS} days ahead");
        return Err(Problem::new(ErrorCode::Invalid, detail).at_field("at").into());
    }
    if let Some(past) = at.filter(|at| *at < now) {
        let account = ledger.account_at(past).await?;
        return Ok(Json(BalanceBody::of(&account, past)));
    }
    Ok(Json(ledger.read(move |account, now| BalanceBody::of(account, at.unwrap_or(now))).await?))
}
