//! A workspace's ledger: one file.
//!
//! The truth of it is the exact bytes of the entries, packed in blocks: what nearly all of them share is left out and put
//! back when somebody asks. Everything else in the file is there to find and sum them, is made of them in the same
//! transaction, and carries checksums up to the head, so that no bit that turned, no piece that is gone and no old form of
//! one is ever taken for what was stored.

mod accounts;
mod balance;
mod block;
mod bodies;
mod bytes;
mod check;
mod columns;
mod entry;
mod facts;
mod head;
mod mark;
mod names;
mod pack;
mod packed;
mod page;
mod reader;
mod rollup;
mod schema;
mod seal;
mod search;
mod segment;
mod short;
mod state;
mod sums;
mod terms;
mod trend;
mod usage;
mod usage_by_name;
mod writer;

pub use balance::{BalancePoint, BalanceSeries};
pub use entry::{EntryRow, StoredBody};
pub use head::Cursor;
pub use names::Dimension;
pub use page::{NewEntry, Page};
pub use reader::LedgerReader;
pub use rollup::{QUARTER_MS, Tally};
pub use search::{EntryFilter, EntryPage};
pub use usage::{FeatureUsage, NameUsage, QuarterUsage, UseOf};
pub use writer::{LedgerWriter, Lost, SnapshotBytes};
