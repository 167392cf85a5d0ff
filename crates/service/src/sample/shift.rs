//! Where in time a trace is played: moved by whole weeks, so that weekdays and hours keep their rhythm.

use metering::Timestamp;

use super::recipe::Recipe;
use super::trace::{Row, Trace};

pub(super) const HOUR_MS: i64 = 60 * 60 * 1_000;
pub(super) const WEEK_MS: i64 = 7 * 24 * HOUR_MS;

/// Weeks of history that a trace that goes round shows at least and at most.
const HISTORY_WEEKS: std::ops::RangeInclusive<i64> = 53..=58;

/// By how much every row is moved so that the trace has a year and a bit of history at `now`, and its last row until
/// then is as recent as can be. A trace that does not go round lies before `now` as a whole, and ends in its last week.
pub(super) fn shift(recipe: &Recipe, trace: &Trace, now: Timestamp) -> i64 {
    let hours = i64::from(recipe.hours) * HOUR_MS;
    // The time from the first row to now, if the trace were not moved.
    let since_start = now.since(trace.start()) - hours;
    let weeks_to_now = since_start.div_euclid(WEEK_MS);
    if recipe.cycle_weeks.is_none() {
        // The last row at or before now.
        return now.since(trace.end()).saturating_sub(hours).div_euclid(WEEK_MS) * WEEK_MS + hours;
    }
    let mut best = (i64::MIN, weeks_to_now);
    for history in HISTORY_WEEKS {
        let weeks = weeks_to_now - history;
        let moved = weeks * WEEK_MS + hours;
        let last = last_until(&trace.rows, now.plus_millis(-moved)).map_or(i64::MIN, |at| at.as_millis() + moved);
        if last > best.0 {
            best = (last, weeks);
        }
    }
    best.1 * WEEK_MS + hours
}

fn last_until(rows: &[Row], at: Timestamp) -> Option<Timestamp> {
    let count = rows.partition_point(|row| row.at <= at);
    count.checked_sub(1).and_then(|last| rows.get(last)).map(|row| row.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(more: &str) -> Recipe {
        let text = format!(
            "schema = 1\nid = \"x\"\nname = \"X\"\ncatalogue = \"b\"\ntime_zone = \"UTC\"\nsource = \"x\"\n\
             trace = \"x\"\nother = \"draft\"\n{more}\n[features]\n"
        );
        Recipe::from_toml(&text).unwrap()
    }

    /// A row each six hours and a bit for so many weeks.
    fn trace(weeks: i64) -> Trace {
        let rows: String =
            (0..weeks * 27).map(|index| format!("{},m1,code\n", 1_700_000_000 + index * 22_399)).collect();
        Trace::read(format!("ts,member,area\n{rows}").as_bytes()).unwrap()
    }

    #[test]
    fn a_long_trace_shows_a_year_and_a_bit_up_to_today() {
        let now: Timestamp = "2026-11-22T15:00:00Z".parse().unwrap();
        let trace = trace(80);
        let moved = shift(&recipe("hours = 5\ncycle_weeks = 26"), &trace, now);
        assert_eq!((moved - 5 * HOUR_MS) % WEEK_MS, 0);
        let history = now.since(trace.start().plus_millis(moved));
        assert!((53 * WEEK_MS..59 * WEEK_MS).contains(&history), "{}", history / WEEK_MS);
        let last = last_until(&trace.rows, now.plus_millis(-moved)).unwrap().plus_millis(moved);
        assert!(now.since(last) < 24 * HOUR_MS);
    }

    #[test]
    fn a_trace_that_does_not_go_round_ends_before_now() {
        let now: Timestamp = "2026-11-22T15:00:00Z".parse().unwrap();
        let trace = trace(1);
        let moved = shift(&recipe(""), &trace, now);
        let end = trace.end().plus_millis(moved);
        assert!(end <= now && now.since(end) < WEEK_MS && moved % WEEK_MS == 0);
    }
}
