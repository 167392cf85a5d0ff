//! The API as others read it: an OpenAPI 3.1 document for programs, and a page for people. Both are made from the
//! operations that the router is built of, and from the types that they read and write.

mod document;
mod examples;
mod operation;
mod page;

#[cfg(test)]
mod committed;

use std::sync::LazyLock;

use serde_json::Value;

pub(crate) use operation::{Operation, Topic};
pub(crate) use page::POLICY as PAGE_POLICY;

/// The document, and its text.
static DOCUMENT: LazyLock<(Value, String)> = LazyLock::new(|| {
    let document = document::document(&crate::routes::operations());
    let text = format!("{document:#}\n");
    (document, text)
});

/// The page.
static PAGE: LazyLock<String> = LazyLock::new(|| page::page(&crate::routes::operations(), &DOCUMENT.0));

/// The API as an OpenAPI 3.1 document: what `GET /openapi.json` answers.
#[must_use]
pub fn openapi() -> &'static str {
    &DOCUMENT.1
}

/// The API as a page.
pub(crate) fn reference() -> &'static str {
    &PAGE
}
