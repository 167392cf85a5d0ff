//! How our types look in SQLite's columns. SQLite's integers are signed and 64 bits wide; totals stay under 2^53
//! (rule 20), so nothing real is cut off.

use metering::Timestamp;

/// An unsigned number as a column.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A column as an unsigned number.
pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// A column as an instant.
pub(crate) fn instant(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}
