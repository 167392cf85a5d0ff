//! The credit service: the metering rules in front of a store, over HTTP.
//!
//! A workspace's ledger has one writer ([`ledger`]): it decides commands in the order in which they come, and commits
//! what waits as one transaction. The [`store`] keeps the exact bytes of every entry. Routes only translate between
//! HTTP and commands. [`payment`] sells packs through a provider's hosted checkout. [`sample`] plays real usage traces
//! into workspaces to look at. [`Service`] puts these together, alone or embedded in another program.

pub mod backup;
pub mod catalogues;
pub mod cli;
mod door;
mod exposition;
mod host;
mod html;
mod http;
mod journal;
pub mod ledger;
mod limit;
mod metrics;
mod openapi;
mod outbox;
mod pairing;
pub mod payment;
mod pruning;
mod random;
mod routes;
pub mod sample;
mod service;
mod serving;
pub mod simulate;
pub mod store;
mod token;

pub use limit::Rate;
pub use openapi::openapi;
pub use outbox::{BadWebhooks, Webhooks, new_secret as new_webhook_secret};
pub use sample::NAMES as SAMPLES;
pub use service::{Config, Error, Running, Service};
pub use serving::{Bounds, Logged, raise_open_files};
pub use token::Token;
pub use wire::api::Role;
