//! What a million commands have to show, and what none may.

use super::coverage::Coverage;

/// Every answer that a command can get. Reasons stand for a refusal.
const ANSWERS: [(&str, &[&str]); 15] = [
    ("start_trial", &["recorded", "trial_unavailable"]),
    ("subscribe", &["recorded", "ok", "invalid"]),
    ("cancel", &["recorded", "ok", "no_plan"]),
    ("use", &WORK),
    ("hold", &WORK),
    ("capture", &["recorded", "duplicate", "conflict", "invalid", "hold_ended"]),
    ("release", &["recorded", "ok", "invalid"]),
    ("amend", &["recorded", "duplicate", "conflict", "invalid"]),
    ("check_out", &["ok", "invalid", "no_plan", "plan_excludes_ai"]),
    ("buy", &["recorded", "duplicate", "conflict", "invalid", "no_plan", "plan_excludes_ai"]),
    ("credit", &["recorded", "duplicate", "conflict", "invalid"]),
    ("refund", &["recorded", "duplicate", "conflict", "invalid"]),
    ("dispute", &["recorded", "duplicate", "conflict", "invalid"]),
    ("reinstate", &["recorded", "duplicate", "conflict", "invalid"]),
    ("controls", &["recorded", "ok", "invalid"]),
];

const WORK: [&str; 12] = [
    "recorded",
    "duplicate",
    "conflict",
    "invalid",
    "ok",
    "unknown_feature",
    "no_plan",
    "plan_excludes_ai",
    "feature_off",
    "automation_off",
    "cap_reached",
    "exhausted",
];

const EVENTS: [&str; 18] = [
    "a billing cycle began",
    "a billing cycle began after a gap",
    "a billing cycle began in an overlap",
    "a calendar month began",
    "a calendar month began after a gap",
    "a calendar month began in an overlap",
    "a cancellation came due",
    "a hold timed out",
    "a period began on 29 February",
    "a period began on a clamped day",
    "a period began on the last day of a month",
    "a refund or a dispute left a shortfall",
    "a trial ended",
    "a usage spanned grants",
    "another plan came due",
    "clocks were changed during a period",
    "returned credits were taken back",
    "what was left of a pack expired",
];

const ZONES: usize = 12;

fn answers() -> impl Iterator<Item = (&'static str, &'static str)> {
    ANSWERS.into_iter().flat_map(|(command, outcomes)| outcomes.iter().map(move |outcome| (command, *outcome)))
}

pub(super) fn nothing_unexpected(coverage: &Coverage) {
    let surprises: Vec<_> = coverage.answers.keys().filter(|pair| !answers().any(|known| known == **pair)).collect();
    assert!(surprises.is_empty(), "no rule gives these answers: {surprises:?}");
}

pub(super) fn nothing_missing(coverage: &Coverage) {
    let unseen: Vec<_> = answers().filter(|pair| !coverage.answers.contains_key(pair)).collect();
    assert!(unseen.is_empty(), "never answered: {unseen:?}");
    let unseen: Vec<_> = EVENTS.into_iter().filter(|event| !coverage.events.contains_key(event)).collect();
    assert!(unseen.is_empty(), "never happened: {unseen:?}");
    assert!(coverage.zones.len() >= ZONES, "only {:?}", coverage.zones);
}
