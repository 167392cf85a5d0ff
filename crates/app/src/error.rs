//! What the app says when something does not work.

use std::fmt;

use serde::Serialize;
use ts_rs::TS;

/// A failure, as a person reads it. The UI switches on `code`, never on text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AppError {
    /// Stable code.
    pub code: String,
    /// What happened, and what it means.
    pub message: String,
    /// What to do.
    pub advice: String,
    /// The technical part.
    pub detail: Option<String>,
}

impl AppError {
    /// A failure with its code, what happened and what to do.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), advice: advice.into(), detail: None }
    }

    /// The same with its technical part.
    #[must_use]
    pub fn detail(mut self, detail: impl fmt::Display) -> Self {
        self.detail = Some(detail.to_string());
        self
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.message, self.advice)?;
        if let Some(detail) = &self.detail {
            write!(f, " ({detail})")?;
        }
        Ok(())
    }
}

impl std::error::Error for AppError {}
