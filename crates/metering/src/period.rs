//! Usage periods and their boundaries in local time (rule 2).

use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;

use crate::{Timestamp, first_instant_at, local_time};

/// When a plan's allowance refreshes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefreshRule {
    /// At local midnight on the first of each month.
    CalendarMonth,
    /// Monthly, from the local date and time at which the plan was subscribed to.
    BillingCycle,
}

impl RefreshRule {
    /// The rule's name in catalogues.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CalendarMonth => "calendar_month",
            Self::BillingCycle => "billing_cycle",
        }
    }
}

/// A usage period: it holds its start and not its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// Its first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

impl Period {
    /// Whether the instant is in the period.
    #[must_use]
    pub fn contains(self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }
}

/// The sequence of a plan's periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    rule: RefreshRule,
    zone: Tz,
    /// Local date and time of the first boundary. Every later one is counted from it, so that it never drifts.
    anchor: NaiveDateTime,
}

impl Schedule {
    /// The periods of a plan subscribed to at `subscribed_at`, in the billing time zone.
    #[must_use]
    pub fn new(rule: RefreshRule, zone: Tz, subscribed_at: Timestamp) -> Self {
        let local = local_time(zone, subscribed_at);
        let anchor = match rule {
            RefreshRule::BillingCycle => local,
            RefreshRule::CalendarMonth => {
                let first = local.date().with_day(1).unwrap_or(local.date());
                NaiveDateTime::new(first, NaiveTime::MIN)
            }
        };
        Self { rule, zone, anchor }
    }

    /// The periods that are counted from this local date and time; `None` unless some subscription gives them.
    pub(crate) fn anchored(rule: RefreshRule, zone: Tz, anchor: NaiveDateTime) -> Option<Self> {
        let schedule = Self::new(rule, zone, first_instant_at(zone, anchor));
        (schedule.anchor == anchor).then_some(schedule)
    }

    /// Local date and time of the first boundary.
    pub(crate) const fn anchor(&self) -> NaiveDateTime {
        self.anchor
    }

    /// The rule that it follows.
    #[must_use]
    pub const fn rule(&self) -> RefreshRule {
        self.rule
    }

    /// The period that holds `at`; instants before the first boundary count as in the first period. The last period
    /// of all ends at [`Timestamp::MAX`], which never comes.
    #[must_use]
    pub fn period_at(&self, at: Timestamp) -> Period {
        let local = local_time(self.zone, at);
        let months = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month0());
        let estimate = months(local.date()) - months(self.anchor.date());
        // Day of month, time of day and clock changes put the boundary of the estimated month at most one period off.
        let mut index = u32::try_from(estimate.saturating_sub(1)).unwrap_or(0);
        let mut start = self.boundary(index);
        loop {
            let end = self.boundary(index + 1);
            if at < end || end == Timestamp::MAX {
                return Period { start, end };
            }
            index += 1;
            start = end;
        }
    }

    /// The boundary `index` months after the anchor. A day that the month lacks becomes its last day.
    fn boundary(&self, index: u32) -> Timestamp {
        // Beyond chrono's calendar there is no next boundary: the period that reaches the last instant never ends.
        self.anchor
            .checked_add_months(Months::new(index))
            .map_or(Timestamp::MAX, |local| first_instant_at(self.zone, local))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// The starts of the periods from the one that holds `from`.
    fn starts(schedule: Schedule, from: &str, count: usize) -> Vec<String> {
        let mut period = schedule.period_at(at(from));
        let mut starts = Vec::new();
        for _ in 0..count {
            starts.push(period.start.to_string());
            period = schedule.period_at(period.end);
        }
        starts
    }

    #[test]
    fn a_missing_day_becomes_the_last_and_the_anchor_never_drifts() {
        let schedule = Schedule::new(RefreshRule::BillingCycle, Tz::UTC, at("2026-01-31T10:00:00Z"));
        assert_eq!(
            starts(schedule, "2026-01-31T10:00:00Z", 4),
            ["2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z", "2026-03-31T10:00:00Z", "2026-04-30T10:00:00Z"]
        );
    }

    #[test]
    fn months_begin_at_local_midnight() {
        let schedule = Schedule::new(RefreshRule::CalendarMonth, Tz::Europe__Berlin, at("2026-03-15T12:00:00Z"));
        assert_eq!(starts(schedule, "2026-03-15T12:00:00Z", 2), ["2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"]);
    }

    #[test]
    fn a_skipped_time_becomes_the_first_instant_after_the_gap() {
        // New York skips 02:30 on 8 March 2026; Samoa skipped the whole of 30 December 2011.
        let spring = Schedule::new(RefreshRule::BillingCycle, Tz::America__New_York, at("2026-02-08T07:30:00Z"));
        assert_eq!(spring.period_at(at("2026-03-09T00:00:00Z")).start, at("2026-03-08T07:00:00Z"));
        let samoa = Schedule::new(RefreshRule::BillingCycle, Tz::Pacific__Apia, at("2011-11-30T22:00:00Z"));
        assert_eq!(samoa.period_at(at("2011-12-30T22:30:00Z")).start, at("2011-12-30T10:00:00Z"));
    }

    #[test]
    fn a_time_that_occurs_twice_is_the_earlier() {
        // Berlin has 02:30 twice on 25 October 2026.
        let schedule = Schedule::new(RefreshRule::BillingCycle, Tz::Europe__Berlin, at("2026-09-25T00:30:00Z"));
        assert_eq!(schedule.period_at(at("2026-11-01T00:00:00Z")).start, at("2026-10-25T00:30:00Z"));
    }

    #[test]
    fn before_the_first_boundary_it_is_the_first_period() {
        let schedule = Schedule::new(RefreshRule::BillingCycle, Tz::UTC, at("2026-01-31T10:00:00Z"));
        let first = Period { start: at("2026-01-31T10:00:00Z"), end: at("2026-02-28T10:00:00Z") };
        for early in ["2026-01-31T09:59:59.999Z", "2026-01-01T00:00:00Z", "1999-01-01T00:00:00Z"] {
            assert_eq!(schedule.period_at(at(early)), first, "{early}");
        }
        assert!(first.contains(first.start) && first.contains(first.end.plus_millis(-1)));
        assert!(!first.contains(first.start.plus_millis(-1)) && !first.contains(first.end));
    }

    #[test]
    fn every_schedule_has_the_anchor_that_gives_it() {
        let mut tried = 0;
        for zone in chrono_tz::TZ_VARIANTS {
            for rule in [RefreshRule::CalendarMonth, RefreshRule::BillingCycle] {
                let mut check = |instant| {
                    let schedule = Schedule::new(rule, zone, instant);
                    assert_eq!(Schedule::anchored(rule, zone, schedule.anchor()), Some(schedule), "{instant} {zone}");
                    tried += 1;
                };
                for instant in [Timestamp::MIN, Timestamp::MAX, at("2099-12-31T23:30:00Z"), at("2104-02-29T23:30:00Z")]
                {
                    check(instant);
                }
                // Every hour of a day, on days a week apart: around most changes of clocks.
                for hour in 0..60 * 366 / 7 {
                    check(Timestamp::from_millis(hour * (7 * 24 + 1) * 3_600_000 + 1_800_001));
                }
            }
        }
        assert!(tried > 1_000_000, "{tried}");
    }

    #[test]
    fn what_no_subscription_gives_is_no_anchor() {
        let is = |rule, zone, anchor: &str| Schedule::anchored(rule, zone, anchor.parse().unwrap()).is_some();
        let (monthly, billing) = (RefreshRule::CalendarMonth, RefreshRule::BillingCycle);
        assert!(is(monthly, Tz::UTC, "2026-03-01T00:00:00") && is(billing, Tz::UTC, "2026-03-02T00:00:01.999"));
        assert!(!is(monthly, Tz::UTC, "2026-03-02T00:00:00"), "months begin on the 1st");
        assert!(!is(monthly, Tz::UTC, "2026-03-01T00:00:00.001"), "months begin at midnight");
        assert!(!is(billing, Tz::UTC, "2026-03-01T00:00:00.0001"), "instants have milliseconds");
        assert!(!is(billing, Tz::UTC, "2026-03-01T23:59:60"), "instants have no leap seconds");
        assert!(!is(billing, Tz::Europe__Berlin, "2026-03-29T02:30:00"), "the clock skips it");
        assert!(!is(billing, Tz::UTC, "1969-12-31T23:59:59"), "no instant is before 1970");
        let far = (NaiveDate::MIN.year()..=NaiveDate::MAX.year()).step_by(97);
        let far = far.filter_map(|year| NaiveDate::from_ymd_opt(year, 3, 1)).map(|date| date.and_time(NaiveTime::MIN));
        for anchor in far.chain([NaiveDateTime::MIN, NaiveDateTime::MAX]) {
            for zone in [Tz::UTC, Tz::Pacific__Kiritimati, Tz::America__New_York, Tz::Europe__Berlin] {
                let is = Schedule::anchored(monthly, zone, anchor).is_some();
                assert_eq!(is, (1970..10_000).contains(&anchor.year()), "{anchor} {zone}");
            }
        }
    }

    #[test]
    fn the_last_instant_has_a_period() {
        let schedule = Schedule::new(RefreshRule::BillingCycle, Tz::Pacific__Kiritimati, at("2026-01-31T10:00:00Z"));
        let last = schedule.period_at(Timestamp::MAX);
        assert!(last.start < Timestamp::MAX && last.end == Timestamp::MAX, "{last:?}");
    }
}
