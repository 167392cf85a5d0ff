//! What any payment provider does for the service.

use futures_util::future::BoxFuture;

/// What is to be paid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The workspace that buys.
    pub workspace: String,
    /// The buyer's id of the purchase: the idempotency key.
    pub purchase: String,
    /// What is bought, for people.
    pub description: String,
    /// Who buys, for people.
    pub buyer: String,
    /// The price in minor units of `currency`.
    pub price: u64,
    /// ISO 4217 code of the price.
    pub currency: String,
}

/// What has become of a checkout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The page waits for the buyer.
    Open,
    /// It is paid.
    Paid,
    /// The payment was declined: the provider's event says so, and why.
    Declined,
    /// The buyer, or the service, called it off.
    Cancelled,
}

/// The provider does not answer, or not as it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the payment provider cannot be used: {0}")]
pub struct ProviderError(pub String);

/// A provider of hosted checkout pages. Every call may be made again.
pub trait PaymentProvider: Send + Sync {
    /// Opens a checkout for an order and gives its page's address; for an order that has one, the same again.
    fn checkout(&self, order: Order) -> BoxFuture<'_, Result<String, ProviderError>>;

    /// Ends the checkout of a purchase unless it was paid; false if it was.
    fn cancel<'a>(&'a self, workspace: &'a str, purchase: &'a str) -> BoxFuture<'a, Result<bool, ProviderError>>;

    /// What has become of the checkout of a purchase; `None` if there is none.
    fn status<'a>(
        &'a self,
        workspace: &'a str,
        purchase: &'a str,
    ) -> BoxFuture<'a, Result<Option<Status>, ProviderError>>;
}
