//! What a workspace is, what its provider sells, and how it stands.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use metering::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use wire::api::{BalanceBody, LedgerHead, Role, WorkspaceBody, WorkspacesBody};
use wire::catalogue::RevisionsBody;
use wire::instant::Instant;
use wire::problem::{ErrorCode, Problem};

use crate::http::{App, Bearer, Caller, Failure, Query, blocking, turned_away};
use crate::ledger::Ledger;
use crate::openapi::{Operation, Topic};
use crate::serving::Peer;

/// How far ahead of the clock the balance can be asked for, in days: a year of refreshes, and some.
const MAX_AHEAD_DAYS: i64 = 400;
/// Most workspaces that are listed at once.
const MAX_LISTED: u32 = 1_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What can be asked here.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/workspaces", "list_workspaces", list)
            .about(Topic::Workspaces, "List workspaces", "Those that the token gives access to, the first thousand by id.")
            .by_any_token()
            .gives::<WorkspacesBody>(StatusCode::OK, "The workspaces."),
        Operation::get("/v1/workspaces/{workspace}", "read_workspace", show)
            .about(Topic::Workspaces, "A workspace", "What it is, what the token may do in it, and where its ledger ends.")
            .by(|_| true)
            .gives::<WorkspaceBody>(StatusCode::OK, "The workspace."),
        Operation::get("/v1/workspaces/{workspace}/catalogue", "read_catalogue", catalogue)
            .about(
                Topic::Workspaces,
                "The catalogue",
                "What the provider sells and what features cost: all revisions, those that are still to come among them.",
            )
            .by(Role::reads)
            .gives::<RevisionsBody>(StatusCode::OK, "The revisions.")
            .packed(),
        Operation::get("/v1/workspaces/{workspace}/balance", "read_balance", balance)
            .about(
                Topic::Workspaces,
                "The balance",
                "How the workspace stands now, as it will at an instant to come if nothing more happens, or as it did at one \
                 that has passed.",
            )
            .by(Role::reads)
            .query::<At>()
            .gives::<BalanceBody>(StatusCode::OK, "The balance at that instant.")
            .fails(&[ErrorCode::Invalid]),
    ]
}

/// `GET /v1/workspaces`: those that the token gives access to, the first thousand by id.
pub(super) async fn list(
    State(app): State<App>,
    Bearer(token): Bearer,
    peer: Peer,
) -> Result<Json<WorkspacesBody>, Failure> {
    let accesses = app.door.accesses(&token, peer, app.clock.now(), MAX_LISTED).await?.map_err(turned_away)?;
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

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct At {
    /// The instant, at most 400 days ahead; now, if absent.
    #[schemars(with = "Option<Instant>")]
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
