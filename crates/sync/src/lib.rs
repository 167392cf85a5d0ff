//! Brings a workspace's ledger from the credit service into the cache, and keeps it there.
//!
//! [`Engine::start`] first opens what is stored, so that everything but buying works without a network; then it fetches
//! what is missing and listens to what is appended. Every line's hash is checked against the chain, every entry is
//! compared with what the rules give, and at every sync the balance that the service names with what the entries add up
//! to. Whatever does not follow is an [`Incident`], and never stored. Killed at any instant, it carries on from the last
//! stored page.
//!
//! Owns: talking to the service ([`Client`]), what to do next ([`plan`]), and doing it ([`Engine`]).
//! Does not own: what is on disk (`cache`), what bytes mean (`wire`), what entries mean (`metering`).

mod answer;
mod checker;
mod client;
mod convert;
mod engine;
mod error;
mod explain;
mod facts;
mod fetch;
mod handle;
mod http;
mod incident;
mod ledger;
mod lines;
mod pipeline;
pub mod plan;
mod progress;
mod replay;
mod sse;
mod status;
mod tail;
mod trouble;
mod verdict;
mod verify;
mod wake;

pub use client::{Client, FetchedCatalogue};
pub use convert::to_cache;
pub use engine::{Engine, EngineConfig, random_jitter};
pub use error::ClientError;
pub use explain::{Explained, explain};
pub use facts::WorkspaceMeta;
pub use handle::Handle;
pub use incident::{Breach, Incident};
pub use ledger::Change;
pub use lines::Lines;
pub use status::{Notice, Obstacle, Progress, State, Status, Verified};
pub use tail::{Heard, Tail};
pub use verify::{Verification, verify};
