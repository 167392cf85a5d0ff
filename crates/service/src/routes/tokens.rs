//! Tokens of a workspace, and the codes that become one.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use wire::api::{
    MAX_NAME_LENGTH, PairAnswer, PairWish, PairingAnswer, PairingWish, Role, TokenAnswer, TokenBody, TokenWish,
    TokensBody,
};
use wire::problem::{ErrorCode, Problem};

use crate::http::{App, Caller, Failure, JsonBody, blocking, turned_away};
use crate::openapi::{Operation, Topic};
use crate::pairing;
use crate::serving::Peer;
use crate::store::{Access, ListedToken};
use crate::token::Token;

/// What can be asked here.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/workspaces/{workspace}/tokens", "list_tokens", list)
            .about(
                Topic::Tokens,
                "List tokens",
                "Newest first, those that have expired and those that were revoked among them. Their texts are not known to \
                 anybody any more.",
            )
            .by(Role::manages)
            .gives::<TokensBody>(StatusCode::OK, "The tokens."),
        Operation::post("/v1/workspaces/{workspace}/tokens", "create_token", create)
            .about(
                Topic::Tokens,
                "Make a token",
                "An owner makes tokens of every role, an admin of every role but an owner's. The text is shown this once.",
            )
            .by(Role::manages)
            .takes::<TokenWish>("")
            .gives::<TokenAnswer>(StatusCode::CREATED, "The token's text, this once.")
            .fails(&[ErrorCode::Invalid]),
        Operation::delete("/v1/workspaces/{workspace}/tokens/{token}", "revoke_token", revoke)
            .about(
                Topic::Tokens,
                "Revoke a token",
                "It opens nothing any more: here at once, and in other processes of the service within seconds. Again is as \
                 good as once.",
            )
            .by(Role::manages)
            .gives_nothing(StatusCode::NO_CONTENT, "It is revoked."),
        Operation::post("/v1/workspaces/{workspace}/pairings", "create_pairing", pairing)
            .about(
                Topic::Tokens,
                "Make a pairing code",
                "A code that becomes a token once, within ten minutes: for a device whose owner types it in.",
            )
            .by(Role::manages)
            .takes::<PairingWish>("")
            .gives::<PairingAnswer>(StatusCode::CREATED, "The code, this once."),
        Operation::post("/v1/pair", "pair_device", pair)
            .about(Topic::Tokens, "Turn a code into a token", "The code is used up. `unauthorized` is a code that is good for nothing.")
            .takes::<PairWish>("")
            .gives::<PairAnswer>(StatusCode::CREATED, "The device's token, this once.")
            .fails(&[ErrorCode::Invalid, ErrorCode::RateLimited, ErrorCode::Unauthorized, ErrorCode::Unavailable]),
    ]
}

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
    peer: Peer,
    JsonBody(PairWish { code, device }): JsonBody<PairWish>,
) -> Result<Response, Failure> {
    check_name("device", &device)?;
    app.door.lets_try(peer).map_err(turned_away)?;
    let (store, now) = (Arc::clone(&app.store), app.clock.now());
    let paired = blocking(move || pairing::redeem(&store, &code, &device, now)).await?;
    let (token, Access { workspace, role }) = paired.ok_or_else(|| {
        app.door.has_failed(peer);
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
    if name.trim().is_empty() || name.len() > MAX_NAME_LENGTH || name.chars().any(char::is_control) {
        let detail = format!("{field}: needs 1..={MAX_NAME_LENGTH} bytes in one line");
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
