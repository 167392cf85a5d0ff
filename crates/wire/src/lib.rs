//! What crosses a boundary: ledger lines, account snapshots, the catalogue file, usage events, HTTP bodies and error codes.
//!
//! Everything here turns bytes into the types of `metering` and back. There is no storage, no HTTP and no clock: a
//! service and its clients share these definitions and nothing else. Reading is strict (an unknown field, a number out
//! of bounds or a missing value is one error that says where), writing is stable (the same value gives the same bytes).

pub mod api;
pub mod catalogue;
pub mod event;
mod hash;
pub mod instant;
pub mod line;
pub mod problem;
pub mod schema;
pub mod snapshot;
pub mod verify;

pub use hash::{BadHash, GENESIS, Hash, chain};
