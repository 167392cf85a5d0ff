//! Bodies of requests and answers. Reading is lenient where a newer service may say more (answers) and strict where a
//! mistake would be lost (requests).

mod balance;
mod controls;
mod named;
mod plan;
mod purchase;
mod role;
mod usage;
mod workspace;

pub use balance::{BalanceBody, FeatureBody, GrantBody, PositionBody, TotalsBody, UnknownCode};
pub use controls::{ControlsBody, ControlsPatch, FeatureControlBody, FeaturePatch};
pub use named::Named;
pub use plan::{ChangeAnswer, ChangeOutcome, PendingBody, PlanBody, PlanRequest, PlanTermsBody};
pub use purchase::{PackBody, PurchaseBody, PurchaseRequest, PurchaseState, PurchasesBody};
pub use role::{BadRole, Role};
pub use usage::{BatchAnswer, BatchBody, UsageAnswer, UsageOutcome};
pub use workspace::{LedgerHead, WorkspaceBody, WorkspacesBody};
