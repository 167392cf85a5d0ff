//! Brings a workspace's ledger from the credit service into the cache, and keeps it there.
//!
//! [`Engine::start`] first replays what is cached, so that everything but buying works without a network; then it
//! fetches what is missing page by page and listens to what is appended. Every line's hash is checked against the
//! chain, every entry goes through the same rules that the service enforces, and whatever does not follow is reported
//! and never stored. Killed at any instant, it carries on from the last stored page.
//!
//! Owns: talking to the service ([`Client`]), what to do next ([`plan`]), and doing it ([`Engine`]).
//! Does not own: what is on disk (`cache`), what bytes mean (`wire`), what entries mean (`metering`).

mod answer;
mod client;
mod convert;
mod engine;
mod error;
mod handle;
mod ledger;
pub mod plan;
mod replay;
mod sse;
mod status;
mod tail;
mod trouble;

pub use client::{Client, FetchedCatalogue, FetchedLines};
pub use convert::to_cache;
pub use engine::{Engine, EngineConfig, random_jitter};
pub use error::ClientError;
pub use handle::Handle;
pub use ledger::Change;
pub use replay::{Replayed, replay};
pub use status::{Breach, Obstacle, State, Status};
pub use tail::{Heard, Tail};
