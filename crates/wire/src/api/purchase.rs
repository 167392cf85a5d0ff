//! Packs and their purchases (rule 10).

use metering::{MAX_ID_LENGTH, Pack, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::instant;

/// A pack that could be bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackBody {
    /// Its id.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// Its credits.
    pub credits: u64,
    /// Its price in minor units of the catalogue's currency.
    pub price: u64,
    /// It expires so many times 24 hours after it was credited; never, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_after_days: Option<u32>,
    /// The provider does not publish size or price: they are an assumption.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub assumed: bool,
}

impl From<&Pack> for PackBody {
    fn from(pack: &Pack) -> Self {
        Self {
            id: pack.id.clone(),
            name: pack.name.clone(),
            credits: pack.credits,
            price: pack.price,
            expires_after_days: pack.expires_after_days,
            assumed: pack.assumed,
        }
    }
}

/// A wish to buy: `POST …/purchases`. The buyer's id makes it safe to send again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PurchaseRequest {
    /// The buyer's own id of this purchase, 1..=256 bytes.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    pub id: String,
    /// The pack's id.
    #[schemars(length(min = 1, max = MAX_ID_LENGTH))]
    pub pack: String,
}

/// How far a purchase has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseState {
    /// Stored; the payment provider does not know it yet.
    Created,
    /// The checkout page waits for the buyer.
    Waiting,
    /// Paid at the provider; the confirmation is under way.
    Processing,
    /// Paid, and its credits are in the ledger.
    Paid,
    /// The buyer or an admin called it off. Nothing was paid.
    Cancelled,
    /// The payment was declined. Nothing was paid.
    Failed,
    /// The checkout page was left alone too long. Nothing was paid.
    Expired,
}

impl PurchaseState {
    /// The state as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Waiting => "waiting",
            Self::Processing => "processing",
            Self::Paid => "paid",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Created, Self::Waiting, Self::Processing, Self::Paid, Self::Cancelled, Self::Failed, Self::Expired];

    /// Whether nothing more will happen to the purchase by itself.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Paid | Self::Cancelled | Self::Failed | Self::Expired)
    }
}

/// A purchase: `GET …/purchases/{p}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PurchaseBody {
    /// The buyer's id of it.
    pub id: String,
    /// The pack's id.
    pub pack: String,
    /// The pack's name, for people.
    pub name: String,
    /// Its credits, as agreed at checkout.
    pub credits: u64,
    /// Its price as agreed at checkout, in minor units of `currency`.
    pub price: u64,
    /// ISO 4217 code of the price.
    pub currency: String,
    /// How far it has come.
    pub state: PurchaseState,
    /// The page to pay on, while the purchase is `waiting`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkout_url: Option<String>,
    /// When it was asked for.
    #[serde(with = "instant")]
    #[schemars(with = "instant::Instant")]
    pub created_at: Timestamp,
    /// The ledger entry that credited it, once `paid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credited_seq: Option<u64>,
    /// What happened, for people, when it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A workspace's purchases, newest first: `GET …/purchases`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PurchasesBody {
    /// The purchases.
    pub purchases: Vec<PurchaseBody>,
}
