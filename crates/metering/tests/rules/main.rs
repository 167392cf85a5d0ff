//! What the rules promise, tried on random histories and against a second implementation.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod agreement;
mod broken;
mod catalogues;
mod examples;
mod histories;
mod naive;
mod properties;
mod random;
mod revisions;
mod snapshots;
mod values;
mod verify;
mod warnings;
