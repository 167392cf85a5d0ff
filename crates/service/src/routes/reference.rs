//! What the service says of itself: the API's document, and a page of it.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use schemars::JsonSchema;

use crate::openapi::{Operation, PAGE_POLICY, Topic, openapi, reference};

/// What can be asked here.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/openapi.json", "read_openapi", document)
            .about(Topic::Service, "The API's document", "The API as an OpenAPI 3.1 document.")
            .gives::<OpenApi>(StatusCode::OK, "The document.")
            .packed(),
        Operation::get("/docs", "read_reference", page)
            .about(
                Topic::Service,
                "The reference page",
                "The same for people: this page. It needs nothing from elsewhere.",
            )
            .gives_as::<String>(StatusCode::OK, "text/html", "The page.")
            .packed(),
    ]
}

/// An OpenAPI document.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
struct OpenApi {
    /// The version of OpenAPI.
    #[serde(rename = "openapi")]
    _version: String,
}

/// `GET /openapi.json`.
async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], openapi()).into_response()
}

/// `GET /docs`.
async fn page() -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(reference())).into_response()
}
