//! The sandbox provider's hosted checkout page. The session in the address is the secret that lets a buyer choose.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::http::{App, Failure};
use crate::payment::{Choice, page};

/// Nothing from elsewhere, no script, in no frame.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; \
                      base-uri 'none'";

/// `GET /sandbox/checkout/{session}`.
pub(super) async fn page(State(app): State<App>, Path(session): Path<String>) -> Result<Response, Failure> {
    let found = app.payments.session(&session).await?;
    let (status, html) = match found {
        Some(session) => (StatusCode::OK, page::checkout(&session, app.clock.now())),
        None => (StatusCode::NOT_FOUND, page::unknown()),
    };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    Ok((status, headers, Html(html)).into_response())
}

/// `POST /sandbox/checkout/{session}/pay`, `/decline` or `/cancel`; then back to the page, which tells what became of it.
pub(super) async fn choose(
    State(app): State<App>,
    Path((session, choice)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let choice = match choice.as_str() {
        "pay" => Choice::Pay,
        "decline" => Choice::Decline,
        "cancel" => Choice::Cancel,
        _ => return Err(Failure::not_found("choice", &choice)),
    };
    if app.payments.choose(&session, choice).await? {
        return Ok(Redirect::to(&format!("/sandbox/checkout/{session}")).into_response());
    }
    page(State(app), Path(session)).await
}
