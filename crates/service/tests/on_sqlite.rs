//! What the service does on an SQLite file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod behaviour;
mod support;

/// What these tests keep records in.
const STORE: support::Kind = support::Kind::Sqlite;
