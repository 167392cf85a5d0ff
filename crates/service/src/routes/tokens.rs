//! Tokens of a workspace, and the codes that become one.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use wire::api::{
    PairAnswer, PairWish, PairingAnswer, PairingWish, Role, TokenAnswer, TokenBody, TokenWish, TokensBody,
};
use wire::problem::{ErrorCode, Problem};

use crate::http::{App, Caller, Failure, JsonBody, blocking};
use crate::pairing;
use crate::store::{Access, ListedToken};
use crate::token::Token;

/// Longest name of a token or a device, in bytes.
const MAX_NAME: usize = 256;

/// `GET …/tokens`.
pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<TokensBody>, Failure> {
    let id = caller.may(Role::manages, "list tokens")?.workspace().id.clone();
    let store = Arc::clone(&app.store);
    let tokens = blocking(move || store.tokens(&id)).await?.into_iter().map(TokenBody::from).collect();
    Ok(Json(TokensBody { tokens }))
}

/// `POST …/tokens`: 201, and the token's text, this once.
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(TokenWish { role, name, expires_at }): JsonBody<TokenWish>,
) -> Result<Response, Failure> {
    let workspace = appointing(&caller, role)?;
    check_name("name", &name)?;
    let now = app.clock.now();
    if expires_at.is_some_and(|end| end <= now) {
        return Err(Problem::new(ErrorCode::Invalid, "expires_at: has passed").at_field("expires_at").into());
    }
    let store = Arc::clone(&app.store);
    let access = Access { workspace, role };
    let token = blocking(move || Token::issue(&store, &[access], &name, expires_at, now)).await?;
    Ok(secret(TokenAnswer { token: token.text().to_owned(), id: token.id() }))
}

/// `DELETE …/tokens/{token}`: 204. It opens nothing any more, here at once and in other processes within seconds.
pub(super) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    let workspace = caller.may(Role::manages, "revoke tokens")?.workspace().id.clone();
    let (store, wanted) = (Arc::clone(&app.store), workspace.clone());
    let tokens = blocking(move || store.tokens(&wanted)).await?;
    let token = tokens.iter().find(|token| token.id == id).ok_or_else(|| Failure::not_found("token", &id))?;
    appointing(&caller, token.role)?;
    let (store, now) = (Arc::clone(&app.store), app.clock.now());
    blocking(move || store.revoke_token(&workspace, &id, now)).await?;
    app.door.doubt();
    Ok(StatusCode::NO_CONTENT)
}

/// `POST …/pairings`: 201, and a code that becomes a token once, within ten minutes.
pub(super) async fn pairing(
    State(app): State<App>,
    caller: Caller,
    JsonBody(PairingWish { role }): JsonBody<PairingWish>,
) -> Result<Response, Failure> {
    let access = Access { workspace: appointing(&caller, role)?, role };
    let (store, now) = (Arc::clone(&app.store), app.clock.now());
    let (code, expires_at) = blocking(move || pairing::issue(&store, &access, now)).await?;
    Ok(secret(PairingAnswer { code, expires_at }))
}

/// `POST /v1/pair`: 201, and the device's token, this once; 401 for a code that is good for nothing.
pub(super) async fn pair(
    State(app): State<App>,
    JsonBody(PairWish { code, device }): JsonBody<PairWish>,
) -> Result<Response, Failure> {
    check_name("device", &device)?;
    let (store, now) = (Arc::clone(&app.store), app.clock.now());
    let paired = blocking(move || pairing::redeem(&store, &code, &device, now)).await?;
    let (token, Access { workspace, role }) = paired.ok_or_else(|| {
        let detail = "the code is wrong, it was used, or its ten minutes are over: ask for another";
        Failure::new(ErrorCode::Unauthorized, detail)
    })?;
    Ok(secret(PairAnswer { token: token.text().to_owned(), workspace, role }))
}

/// The workspace, if the caller's role gives this role to others.
fn appointing(caller: &Caller, role: Role) -> Result<String, Failure> {
    let workspace = caller.may(Role::manages, "make or revoke tokens")?.workspace().id.clone();
    if caller.role.appoints(role) {
        return Ok(workspace);
    }
    Err(Failure::new(
        ErrorCode::Forbidden,
        format!("a token with the role {} makes and revokes none of an {role}", caller.role),
    ))
}

fn check_name(field: &str, name: &str) -> Result<(), Failure> {
    if name.trim().is_empty() || name.len() > MAX_NAME || name.chars().any(char::is_control) {
        let detail = format!("{field}: needs 1..={MAX_NAME} bytes in one line");
        return Err(Problem::new(ErrorCode::Invalid, detail).at_field(field).into());
    }
    Ok(())
}

/// An answer that nobody on the way keeps.
fn secret(body: impl serde::Serialize) -> Response {
    (StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

impl From<ListedToken> for TokenBody {
    fn from(token: ListedToken) -> Self {
        let ListedToken { id, role, name, created_at, expires_at, revoked_at } = token;
        Self { id, role, name, created_at, expires_at, revoked_at }
    }
}
