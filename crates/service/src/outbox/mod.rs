//! The outbox: what the vendor is told by signed webhooks, in the form of Standard Webhooks.
//!
//! A [`Herald`] follows a ledger, and says what the vendor is to hear of a command: it is stored in the transaction of the
//! command's entries, so that it is told if and only if they are recorded. A [`Courier`] sends what is stored until the
//! vendor takes it. Without webhooks there is neither, and nothing is stored.
//!
//! What falls due by itself has no entry before the next command, and is told with that one; but a pause that ends by itself
//! is told when it does, because a vendor that stops a customer's work would wait for good. `docs/WEBHOOKS.md` is what
//! vendors read.

mod courier;
mod herald;
mod news;
mod pause;
mod signature;
mod webhooks;

pub(crate) use courier::Courier;
pub(crate) use herald::Herald;
pub(crate) use news::of_purchase;
pub use webhooks::{BadWebhooks, Webhooks, new_secret};
