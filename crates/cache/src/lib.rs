//! The local ledger of the desktop app: one SQLite file with every ledger entry seen so far, what the charts need of
//! them, where to carry on, and what the person has under way.
//!
//! Owns: what is on disk, and that a page of entries, its rollups and the cursor change together or not at all.
//! Does not own: what an entry means (`metering`), what its bytes look like (`wire`) and where it comes from (`sync`).
//!
//! The ledger part is derived and can be thrown away: the service has it all. Connections, settings and purchase
//! intents are not, so they are written through to the disk before a call returns, while a page of entries is
//! atomic but may be lost with the power; it is then fetched again.
//!
//! [`Cache`] is a cheap clone, may be used from any thread, and blocks: call it where blocking is allowed.

mod balance;
mod column;
mod entry;
mod error;
mod file;
mod handle;
mod ledger;
mod purchase;
mod schema;
mod search;
mod setting;
mod usage;
mod workspace;

pub use balance::{BalancePoint, BalanceSeries};
pub use entry::{EntryRow, NewEntry, StoredBody};
pub use error::{CacheError, Unusable};
pub use handle::Cache;
pub use ledger::Cursor;
pub use purchase::{IntentState, PurchaseIntent};
pub use search::{EntryFilter, EntryPage, SCAN_LIMIT};
pub use usage::{FeatureUsage, QUARTER_MS, QuarterUsage, Tally};
pub use workspace::{Connection, WorkspaceKey, WorkspaceMeta};

/// A link of the ledger's hash chain, as stored beside each entry.
pub type EntryHash = [u8; 32];
