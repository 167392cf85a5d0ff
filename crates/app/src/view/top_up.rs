//! The Top up room.

use serde::Serialize;
use ts_rs::TS;

use super::{Position, RunOut, WorkspaceSummary};

/// What a pack is good for, at the workspace's own mix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct About {
    /// What it is: a feature's name.
    pub name: String,
    /// How many of it.
    pub count: u64,
}

/// A pack on offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PackOffer {
    /// Its id.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// Its credits.
    pub credits: u64,
    /// Its price in minor units.
    pub price: u64,
    /// ISO 4217 code.
    pub currency: String,
    /// The provider does not publish size or price.
    pub assumed: bool,
    /// It expires so many days after it is credited.
    pub expires_after_days: Option<u32>,
    /// What it is good for.
    pub about: Vec<About>,
    /// How long all that would be available lasts at the usual pace.
    pub lasts_until: RunOut,
    /// Whether that reaches the refresh.
    pub reaches_refresh: bool,
    /// The smallest that does.
    pub recommended: bool,
}

/// How far a purchase has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseState {
    /// Written down here; the service may not know of it yet.
    Created,
    /// The payment page is open to the buyer.
    Waiting,
    /// Paid; the confirmation is under way.
    Processing,
    /// The credits are in the ledger.
    Credited,
    /// The buyer took it back.
    Cancelled,
    /// The payment did not go through; the message says why.
    Failed,
    /// The payment page's time was up. Nothing was paid.
    Expired,
}

/// A purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Purchase {
    /// Its id, chosen here.
    pub id: String,
    /// The pack's id.
    pub pack: String,
    /// The pack's name, for people.
    pub name: String,
    /// Its credits.
    pub credits: u64,
    /// Its price in minor units.
    pub price: u64,
    /// ISO 4217 code.
    pub currency: String,
    /// How far it has come.
    pub state: PurchaseState,
    /// The payment page, while there is one to pay on.
    pub checkout_url: Option<String>,
    /// When it was begun.
    pub created_at: i64,
    /// When its credits came.
    pub credited_at: Option<i64>,
    /// What is left of it, once credited.
    pub left: Option<u64>,
    /// What went wrong, if anything did.
    pub message: Option<String>,
}

/// Why nothing can be bought now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BlockedCode {
    /// There is no plan.
    NoPlan,
    /// The plan has no AI in it.
    PlanExcludesAi,
    /// This person's role may not buy.
    Role,
}

/// Why nothing can be bought now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Blocked {
    /// The reason.
    pub code: BlockedCode,
}

/// The Top up room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TopUpView {
    /// The workspace.
    pub workspace: WorkspaceSummary,
    /// The position now.
    pub position: Position,
    /// The packs, as the catalogue orders them.
    pub offers: Vec<PackOffer>,
    /// Purchases, the newest first.
    pub purchases: Vec<Purchase>,
    /// Why nothing can be bought now.
    pub blocked: Option<Blocked>,
    /// Payments are tests: no real money moves.
    pub test_payments: bool,
}
