//! What instants and buckets are called, in the person's language and the billing zone.

use chrono::{Datelike as _, MappedLocalTime, NaiveDate, TimeZone as _, Timelike as _};
use chrono_tz::Tz;

use crate::calendar::{Step, Unit, instant_in, local};
use crate::words::fill;
use crate::{Locale, Look, Words};

/// Names what is on the calendar of a zone.
#[derive(Clone, Copy)]
pub(crate) struct Dates<'a> {
    pub(crate) zone: Tz,
    locale: &'a Locale,
    words: &'a Words,
}

impl<'a> Dates<'a> {
    pub(crate) fn new(zone: Tz, look: &'a Look) -> Self {
        Self { zone, locale: &look.locale, words: &look.words }
    }

    fn month(&self, date: NaiveDate) -> &'a str {
        self.locale.months.get(date.month0() as usize).map_or("", String::as_str)
    }

    /// A day in words. `days` stands for its number: "14", or "13 – 19".
    fn named(&self, pattern: &str, date: NaiveDate, days: &str) -> String {
        let weekday = self.locale.weekdays.get(date.weekday().num_days_from_monday() as usize);
        let weekday = weekday.map_or("", String::as_str);
        fill(pattern, &[("w", weekday), ("d", days), ("m", self.month(date))])
    }

    fn plain_day(&self, date: NaiveDate) -> String {
        self.named(&self.locale.day, date, &date.day().to_string())
    }

    /// What was said of a day, with its year: put where a month has its year, a day has it as well.
    fn with_year(&self, day: &str, date: NaiveDate, dated: bool) -> String {
        if !dated {
            return day.to_owned();
        }
        fill(&self.locale.month_year, &[("m", day), ("y", &date.year().to_string())])
    }

    /// The day of an instant: "14 Nov".
    pub(crate) fn date(&self, at: i64) -> String {
        self.plain_day(local(self.zone, at).date())
    }

    /// The day of an instant: "Tue 14 Nov".
    pub(crate) fn day(&self, at: i64) -> String {
        let date = local(self.zone, at).date();
        self.named(&self.locale.weekday_day, date, &date.day().to_string())
    }

    /// The month of an instant: "Nov 2026".
    fn month_year(&self, date: NaiveDate) -> String {
        self.with_year(self.month(date), date, true)
    }

    /// A day that is yet to come: "Tue 14 Nov, expected".
    pub(crate) fn expected(&self, at: i64) -> String {
        fill(&self.words.expected_at, &[("day", &self.day(at))])
    }

    /// An instant to the minute: "Tue 14 Nov, 09:00". An hour that happens twice says which it is.
    pub(crate) fn minute(&self, at: i64) -> String {
        let time = local(self.zone, at);
        let twice = matches!(self.zone.from_local_datetime(&time), MappedLocalTime::Ambiguous(..));
        let form = if twice { "%H:%M %Z" } else { "%H:%M" };
        let clock = instant_in(self.zone, at).format(form).to_string();
        fill(&self.words.day_time, &[("day", &self.day(at)), ("time", &clock)])
    }

    /// A bucket in words. `dated` adds the year to days and weeks, for ranges that cross one.
    pub(crate) fn bucket(&self, step: Step, start: i64, end: i64, dated: bool) -> String {
        let first = local(self.zone, start).date();
        match step {
            Step::Hour => self.minute(start),
            Step::Day => self.with_year(&self.day(start), first, dated),
            Step::Month => self.month_year(first),
            Step::Week => {
                let last = local(self.zone, end.saturating_sub(1).max(start)).date();
                if first == last {
                    return self.with_year(&self.plain_day(last), last, dated);
                }
                if (first.year(), first.month()) == (last.year(), last.month()) {
                    let tail = self.behind_the_day();
                    let days = format!("{}{tail} – {}", first.day(), last.day());
                    return self.with_year(&self.named(&self.locale.day, last, &days), last, dated);
                }
                let from = self.with_year(&self.plain_day(first), first, dated && first.year() != last.year());
                format!("{from} – {}", self.with_year(&self.plain_day(last), last, dated))
            }
        }
    }

    /// What belongs to a day's number and not to the words around it: the point of "14.", the sign of "14日".
    fn behind_the_day(&self) -> &'a str {
        let tail = self.locale.day.split_once("{d}").map_or("", |(_, tail)| tail);
        let end = tail.find(|c: char| c != '.' && !c.is_alphabetic()).unwrap_or(tail.len());
        tail.get(..end).unwrap_or_default()
    }

    /// A tick. The first one of an axis says its year, and so does the first one of a year.
    pub(crate) fn tick(&self, unit: Unit, at: i64, first: bool) -> String {
        let time = local(self.zone, at);
        let date = time.date();
        match unit {
            Unit::Hours(_) if time.hour() > 0 => time.format("%H:%M").to_string(),
            Unit::Hours(_) | Unit::Days(_) | Unit::Mondays(_) => self.plain_day(date),
            Unit::Months(every) if every.is_multiple_of(12) => date.year().to_string(),
            Unit::Months(_) if first || date.month() == 1 => self.month_year(date),
            Unit::Months(_) => self.month(date).to_owned(),
        }
    }
}

#[cfg(test)]
#[path = "dates_tests.rs"]
mod tests;
