//! Selling packs through a payment provider's hosted checkout (rule 10).
//!
//! A purchase is stored before the provider hears of it, under the buyer's own id, which is the provider's idempotency
//! key as well: whatever is interrupted can be asked again. Only the provider's signed event (or the reconciler, who
//! asks the provider) makes a purchase paid, and that is one transaction with the entry that credits it.

mod desk;
mod nobody;
pub(crate) mod page;
mod provider;
mod sandbox;
mod signature;

pub(crate) use desk::{Asked, Payments};
pub use provider::{Order, PaymentProvider, ProviderError, Status};
pub(crate) use sandbox::{Choice, Event as SandboxEvent, Reach, Sandbox, sandbox_event};
pub(crate) use signature::SIGNATURE_HEADER;

/// A checkout that is left alone so long expires: 24 hours, in milliseconds.
pub(crate) const CHECKOUT_LIFE_MS: i64 = 24 * 60 * 60 * 1_000;
