//! What a vendor is told by webhook: each body is `{"type": …, "timestamp": …, "data": {…}}`.

use metering::{Threshold, Timestamp};
use serde::{Deserialize, Serialize};

use crate::api::{PositionBody, PurchaseBody};
use crate::instant;

/// Something that happened in a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VendorEvent {
    /// What: `type` and `data`.
    #[serde(flatten)]
    pub what: VendorNews,
    /// When it happened. That it is told may take longer.
    #[serde(with = "instant")]
    pub timestamp: Timestamp,
}

/// What happened, by its type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum VendorNews {
    /// A threshold was crossed: once a crossing.
    #[serde(rename = "balance.threshold_crossed")]
    ThresholdCrossed(ThresholdNews),
    /// Nothing that is turned on can be afforded any more: the workspace is paused.
    #[serde(rename = "balance.depleted")]
    Depleted(BalanceNews),
    /// AI work can run again: after a pause, or after a time without a plan that has AI in it.
    #[serde(rename = "balance.recovered")]
    Recovered(BalanceNews),
    /// A pack is paid, and its credits are in the ledger.
    #[serde(rename = "purchase.paid")]
    PurchasePaid(PurchaseNews),
    /// The payment was declined, or what was paid could not be credited.
    #[serde(rename = "purchase.failed")]
    PurchaseFailed(PurchaseNews),
    /// The buyer or an admin called the purchase off. Nothing was paid.
    #[serde(rename = "purchase.cancelled")]
    PurchaseCancelled(PurchaseNews),
    /// The checkout was left alone too long. Nothing was paid.
    #[serde(rename = "purchase.expired")]
    PurchaseExpired(PurchaseNews),
}

/// How a workspace's balance stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceNews {
    /// The workspace.
    pub workspace: String,
    /// The last ledger entry that is counted. What has fallen due since is counted, too.
    pub seq: u64,
    /// The position right after it happened.
    pub position: PositionBody,
}

/// A threshold that was crossed, and how the balance stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThresholdNews {
    /// The threshold.
    pub threshold: ThresholdBody,
    /// Which crossing of it in this period: the same number names the same crossing.
    pub crossing: u64,
    /// The balance.
    #[serde(flatten)]
    pub balance: BalanceNews,
}

/// A threshold that a vendor is told of. When credits are expected to run out is none of them: that is an estimate, and
/// the service makes none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ThresholdBody {
    /// This share of the period's allowance is used.
    UsedPercent {
        /// In percent.
        percent: u8,
    },
    /// Fewer credits than this can be spent.
    AvailableBelow {
        /// How many.
        credits: u64,
    },
}

impl ThresholdBody {
    /// The threshold, if it is one that vendors are told of.
    #[must_use]
    pub const fn of(threshold: Threshold) -> Option<Self> {
        match threshold {
            Threshold::UsedPercent(percent) => Some(Self::UsedPercent { percent }),
            Threshold::AvailableBelow(credits) => Some(Self::AvailableBelow { credits }),
            Threshold::RunOutWithin { .. } => None,
        }
    }
}

/// A purchase that has come to an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseNews {
    /// The workspace.
    pub workspace: String,
    /// The purchase, with the state that the event's type says.
    pub purchase: PurchaseBody,
}

impl VendorNews {
    /// The type as it is written.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::ThresholdCrossed(_) => "balance.threshold_crossed",
            Self::Depleted(_) => "balance.depleted",
            Self::Recovered(_) => "balance.recovered",
            Self::PurchasePaid(_) => "purchase.paid",
            Self::PurchaseFailed(_) => "purchase.failed",
            Self::PurchaseCancelled(_) => "purchase.cancelled",
            Self::PurchaseExpired(_) => "purchase.expired",
        }
    }
}
