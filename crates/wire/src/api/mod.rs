//! Bodies of requests and answers. Reading is lenient where a newer service may say more (answers) and strict where a
//! mistake would be lost (requests).

mod amendment;
mod balance;
mod controls;
mod hold;
mod named;
mod object;
mod plan;
mod purchase;
mod role;
mod token;
mod usage;
mod vendor_event;
mod workspace;

pub use amendment::{AmendmentAnswer, AmendmentOutcome, AmendmentWish};
pub(crate) use balance::grant_source;
pub use balance::{BalanceBody, FeatureBody, GrantBody, PositionBody, TotalsBody, UnknownCode};
pub use controls::{ControlsBody, ControlsPatch, FeatureControlBody, FeaturePatch};
pub use hold::{CaptureWish, HoldAnswer, HoldBody, HoldOutcome, HoldState, HoldWish, ReleaseWish};
pub use named::Named;
pub use object::from_json;
pub(crate) use object::whole_number;
pub use plan::{ChangeAnswer, ChangeOutcome, PendingBody, PlanBody, PlanRequest, PlanTermsBody};
pub use purchase::{PackBody, PurchaseBody, PurchaseRequest, PurchaseState, PurchasesBody};
pub use role::{BadRole, Role};
pub use token::{
    MAX_NAME_LENGTH, PairAnswer, PairWish, PairingAnswer, PairingWish, TokenAnswer, TokenBody, TokenWish, TokensBody,
};
pub use usage::{BatchAnswer, BatchBody, UsageAnswer, UsageCheck, UsageOutcome};
pub use vendor_event::{BalanceNews, PurchaseNews, ThresholdBody, ThresholdNews, VendorEvent, VendorNews};
pub use workspace::{LedgerHead, WorkspaceBody, WorkspacesBody};
