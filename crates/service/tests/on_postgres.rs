//! What the service does on a PostgreSQL server of the tests' own: `script/with-postgres`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod behaviour;
mod support;

/// What these tests keep records in.
const STORE: support::Kind = support::Kind::Postgres;
