//! No payment provider: nobody can pay.

use futures_util::future::BoxFuture;

use super::provider::{Order, PaymentProvider, ProviderError, Status};

/// What stands where a provider would. What was begun with an earlier one is called off.
#[derive(Debug)]
pub(super) struct Nobody;

impl PaymentProvider for Nobody {
    fn checkout(&self, _: Order) -> BoxFuture<'_, Result<String, ProviderError>> {
        Box::pin(async { Err(ProviderError("there is none".into())) })
    }

    fn cancel<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<bool, ProviderError>> {
        Box::pin(async { Ok(true) })
    }

    /// No page is left on which it could be paid.
    fn status<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Option<Status>, ProviderError>> {
        Box::pin(async { Ok(Some(Status::Cancelled)) })
    }
}
