//! What can go wrong between the app and the service, in the terms of whoever has to do something about it.

/// Why the service did not do what was asked. The text is for people; code decides by the variant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The address is not one that a service can have.
    #[error("\"{0}\" is not the address of a service: it begins with https://, or with http:// on this computer")]
    BadAddress(String),
    /// There is no connection, or the service stopped answering in the middle.
    #[error("the service cannot be reached: {0}")]
    Unreachable(String),
    /// The token is missing, wrong or revoked.
    #[error("the service does not accept this token")]
    WrongToken,
    /// The service has no such workspace, or this token may not see it.
    #[error("the service does not know this workspace")]
    UnknownWorkspace,
    /// The service is there and cannot answer now.
    #[error("the service is not ready (status {status})")]
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// How long it asks to be left alone, in milliseconds, if it says.
        retry_after_ms: Option<u64>,
    },
    /// The service refuses, and says why.
    #[error("{}", .0.detail)]
    Refused(Box<wire::problem::Problem>),
    /// Something else answered, or a service that this version does not understand: a sign-in page of a network, a
    /// proxy, another program.
    #[error("what answered is not a credit service: {0}")]
    NotTheService(String),
}

impl ClientError {
    /// Whether a person has to act before trying again can help.
    #[must_use]
    pub const fn needs_a_person(&self) -> bool {
        matches!(self, Self::BadAddress(_) | Self::WrongToken | Self::UnknownWorkspace | Self::Refused(_))
    }

    /// How long the service asked to be left alone, in milliseconds.
    #[must_use]
    pub const fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Self::Unavailable { retry_after_ms, .. } => *retry_after_ms,
            _ => None,
        }
    }

    /// The stable code that user interfaces switch on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadAddress(_) => "bad_address",
            Self::Unreachable(_) => "unreachable",
            Self::WrongToken => "wrong_token",
            Self::UnknownWorkspace => "unknown_workspace",
            Self::Unavailable { .. } => "unavailable",
            Self::Refused(problem) => problem.code.as_str(),
            Self::NotTheService(_) => "not_the_service",
        }
    }
}

impl From<reqwest::Error> for ClientError {
    fn from(error: reqwest::Error) -> Self {
        // The innermost cause says what happened ("connection refused"); the outer ones say that something did.
        let mut cause: &dyn std::error::Error = &error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        let cause = if error.is_timeout() { "it takes too long to answer".to_owned() } else { cause.to_string() };
        Self::Unreachable(cause)
    }
}
