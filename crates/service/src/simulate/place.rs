//! Where in the file a mistake is.

use std::fmt;

use serde::Deserialize;

/// The one mistake that keeps a text from being a scenario, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ScenarioError {}

/// Reads a part of the text.
pub(super) fn parse<'a, T: Deserialize<'a>>(text: &str, part: &'a str) -> Result<T, ScenarioError> {
    serde_json::from_str(part).map_err(|error| {
        let message = wire::problem::json_error(&error);
        let message = message.split_once(": ").map_or(message.as_str(), |(_, message)| message).to_owned();
        let line = part.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
        // serde_json counts bytes, and people characters: each has one byte that does not continue another.
        let column = line.bytes().take(error.column()).filter(|byte| byte & 0xC0 != 0x80).count();
        placed(text, part, error.line(), column.max(1), message)
    })
}

/// The same of a part that has to be an object: serde would take a list of its values, too.
pub(super) fn object<'a, T: Deserialize<'a>>(text: &str, part: &'a str) -> Result<T, ScenarioError> {
    if part.trim_start().starts_with('[') {
        let start = part.trim_start();
        return Err(error_at(text, start, "is a list, and has to be an object: {\"name\": value}".into()));
    }
    parse(text, part)
}

/// The place of a part's beginning.
pub(super) fn error_at(text: &str, part: &str, message: String) -> ScenarioError {
    placed(text, part, 1, 1, message)
}

/// A place in a part of the text as a place in the whole; columns count characters.
pub(super) fn placed(text: &str, part: &str, line: usize, column: usize, message: String) -> ScenarioError {
    // The part is a slice of the text, so that the distance of their beginnings is its place.
    let start = (part.as_ptr().addr()).saturating_sub(text.as_ptr().addr());
    let before = text.get(..start).unwrap_or_default();
    let lines = before.matches('\n').count();
    let indent = before.chars().rev().take_while(|letter| *letter != '\n').count();
    let column = if line <= 1 { indent + column } else { column };
    ScenarioError { line: lines + line.max(1), column, message }
}
