//! The documented limits of rule 20 and the constants that the rules page chose.

use crate::Credits;

/// Most units that one usage may report (rule 20).
pub const MAX_UNITS: u32 = 1_000_000;
/// Largest rate, in credits a unit (rule 20).
pub const MAX_RATE: u32 = 1_000_000;
/// Largest allowance or pack, in credits (rule 20).
pub const MAX_ALLOWANCE: Credits = 1_000_000_000;
/// Largest price of a plan or a pack, in minor units (rule 20): a ledger line carries no larger number.
pub const MAX_PRICE: u64 = MAX_TOTAL;
/// Longest trial, in days of 24 hours (our choice: a leap year).
pub const MAX_TRIAL_DAYS: u32 = 366;
/// Longest life of a pack's credits, in days of 24 hours (our choice: a hundred years).
pub const MAX_PACK_DAYS: u32 = 36_600;
/// Largest total: the largest integer that a JSON number carries exactly (rule 20).
pub const MAX_TOTAL: Credits = (1 << 53) - 1;
/// Largest cap of a feature, in credits a period. A cap at or above every possible total limits nothing.
pub const MAX_CAP: Credits = MAX_TOTAL;
/// Longest id of a usage, purchase or source, in bytes (our choice: what fits a log line and an index).
pub const MAX_ID_LENGTH: usize = 256;
/// How far ahead of the recorder's clock a usage may claim to have happened: 5 minutes (rule 15).
pub const EARLY_LIMIT_MS: i64 = 5 * 60 * 1_000;
/// How late a usage may be reported: 35 days (rule 15).
pub const LATE_LIMIT_MS: i64 = 35 * 24 * 60 * 60 * 1_000;
/// Draw-down priority of allowance, trial and upgrade grants: they pay first (rule 5).
pub const PERIOD_PRIORITY: u8 = 10;
/// Draw-down priority of packs (rule 5).
pub const TOP_UP_PRIORITY: u8 = 50;
/// How long a hold lives unless it says so, in minutes (rule 13).
pub const HOLD_MINUTES: u32 = 15;
/// Longest life of a hold, in minutes: 24 hours (rules 13, 20).
pub const MAX_HOLD_MINUTES: u32 = 1_440;
/// What the usage's id of a captured hold begins with; no other usage's id may (our choice, so that they never meet).
pub const CAPTURE_PREFIX: &str = "hold:";
/// Longest id of a hold, in bytes: the usage's id of its capture has to fit, too.
pub const MAX_HOLD_ID_LENGTH: usize = MAX_ID_LENGTH - CAPTURE_PREFIX.len();
