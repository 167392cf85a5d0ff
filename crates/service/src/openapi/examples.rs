//! What was asked and answered in a walk through the API: the document's examples.
//!
//! A test makes the walk against a running service and writes it down, or fails when what is written is not what the
//! service says any more: `tests/behaviour/examples.rs`.

use std::sync::LazyLock;

use serde_json::Value;

/// By operation: `parameters` by name, `bodies` by media type, `answers` by status, `problems` by code.
static WALK: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("examples.json")).unwrap_or_default());

/// What a parameter was.
pub(super) fn parameter(operation: &str, name: &str) -> Option<Value> {
    found(operation, "parameters", name).or_else(|| (name == "workspace").then(|| "acme".into()))
}

/// What was sent.
pub(super) fn body(operation: &str, media: &str) -> Option<Value> {
    found(operation, "bodies", media)
}

/// What came back.
pub(super) fn answer(operation: &str, status: u16) -> Option<Value> {
    found(operation, "answers", &status.to_string())
}

/// What came back when it failed.
pub(super) fn problem(operation: &str, code: &str) -> Option<Value> {
    found(operation, "problems", code)
}

fn found(operation: &str, part: &str, name: &str) -> Option<Value> {
    WALK.get(operation)?.get(part)?.get(name).cloned()
}
