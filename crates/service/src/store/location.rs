//! Where a database is, as people write it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::postgres::Server;

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file.
    Sqlite(PathBuf),
    /// A database on a PostgreSQL server.
    Postgres(Box<Server>),
}

/// A text does not say where a database is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadLocation(String);

impl From<PathBuf> for Location {
    fn from(path: PathBuf) -> Self {
        Self::Sqlite(path)
    }
}

impl FromStr for Location {
    type Err = BadLocation;

    /// Reads `sqlite:PATH`, a plain path, or `postgres://USER:PASSWORD@HOST/DATABASE`.
    fn from_str(text: &str) -> Result<Self, BadLocation> {
        if text.starts_with("postgres:") || text.starts_with("postgresql:") {
            return text.parse().map(|server| Self::Postgres(Box::new(server))).map_err(BadLocation);
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        if path.is_empty() {
            return Err(BadLocation(
                "name a file, as sqlite:PATH, or a server, as postgres://USER@HOST/DATABASE".into(),
            ));
        }
        Ok(Self::Sqlite(path.into()))
    }
}

impl fmt::Display for Location {
    /// Without a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(server) => server.fmt(f),
        }
    }
}
