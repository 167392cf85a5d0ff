//! When things happen: mostly where rules meet.

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use metering::{RefreshRule, Timestamp};

use super::dice::Dice;
use super::zones::{Change, ahead};
use crate::naive::calendar::first_instant;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const FAR: i64 = 800 * DAY;

/// When a history begins: at an anchor whose months lead into a clock change or meet months that are too short, or just
/// some time.
pub(crate) fn beginning(dice: &mut Dice, zone: Tz, changes: &[Change], rule: RefreshRule) -> i64 {
    match dice.weighted(&[50, 25, 24, 1]) {
        0 if !changes.is_empty() => before_a_change(dice, zone, changes, rule),
        0 | 1 => end_of_a_month(dice, zone),
        2 => dice.between(DAY, 65 * 365 * DAY),
        // The rules' first instants and their last.
        _ if dice.once_in(2) => dice.between(0, 40 * DAY),
        _ => Timestamp::MAX.as_millis() - dice.between(1, 100 * DAY),
    }
}

/// A whole number of months before a local time that is skipped or occurs twice.
fn before_a_change(dice: &mut Dice, zone: Tz, changes: &[Change], rule: RefreshRule) -> i64 {
    let first_of_month = |change: &&Change| {
        let (from, to) = change.span();
        (from.div_euclid(DAY)..=to.div_euclid(DAY)).any(|day| {
            let midnight = day * DAY;
            from <= midnight && midnight < to && naive(midnight).day() == 1
        })
    };
    let on_a_first: Vec<&Change> = changes.iter().filter(first_of_month).collect();
    let change = match rule {
        RefreshRule::CalendarMonth if !on_a_first.is_empty() => *dice.one_of(&on_a_first),
        _ => dice.one_of(changes),
    };
    if dice.once_in(8) {
        // In the midst of it, on either side.
        return (change.at + dice.between(-2 * HOUR, 2 * HOUR)).max(0);
    }
    let (from, to) = change.span();
    let inside = match dice.below(4) {
        0 => from,
        1 => to - 1,
        2 => from + (to - from) / 2,
        _ => dice.between(from - 1, to),
    };
    let months = Months::new(dice.between(1, 4) as u32);
    naive(inside).checked_sub_months(months).map_or(change.at, |anchor| first_instant(zone, anchor)).max(0)
}

/// Late on the 28th to the 31st, or on 29 February.
fn end_of_a_month(dice: &mut Dice, zone: Tz) -> i64 {
    let year = dice.between(1971, 2036) as i32;
    let date = match dice.below(3) {
        0 => NaiveDate::from_ymd_opt(year - year % 4 + 4, 2, 29),
        1 => NaiveDate::from_ymd_opt(year, dice.one_of(&[1, 3, 5, 7, 8, 10, 12]), 31),
        _ => NaiveDate::from_ymd_opt(year, dice.one_of(&[1, 4, 6, 9, 11, 12]), dice.one_of(&[28, 29, 30])),
    };
    let time = dice.one_of(&[0, 1, HOUR, 2 * HOUR + 30 * MINUTE, 12 * HOUR, DAY - 1]);
    first_instant(zone, naive(date.unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_millis() + time))
}

fn naive(reading: i64) -> NaiveDateTime {
    DateTime::from_timestamp_millis(reading).unwrap().naive_utc()
}

/// The clock of a history, and the instants ahead at which something may fall due.
pub(crate) struct Clock {
    pub(crate) now: i64,
    marks: Vec<i64>,
    jumps: u32,
    /// Much happens at once.
    busy: bool,
}

impl Clock {
    pub(crate) fn new(now: i64) -> Self {
        Self { now, marks: Vec::new(), jumps: 0, busy: true }
    }

    /// Something may fall due at this instant. What is too far ahead is forgotten: the naive model goes there month by
    /// month, again for every step.
    pub(crate) fn mark(&mut self, at: i64) {
        if at < self.now + FAR {
            self.marks.push(at);
        }
    }

    /// More is about to happen soon.
    pub(crate) fn hurry(&mut self) {
        self.busy = true;
    }

    /// Moves on to the next step.
    pub(crate) fn tick(&mut self, dice: &mut Dice, zone: Tz) -> Timestamp {
        if dice.once_in(if self.busy { 10 } else { 4 }) {
            self.busy = !self.busy;
        }
        let weights = if self.busy { [60, 34, 0, 3, 0, 0, 3, 0] } else { [10, 10, 15, 50, 6, 2, 4, 3] };
        let mut next = match dice.weighted(&weights) {
            0 => self.now,
            1 => self.now + dice.between(1, 4 * MINUTE),
            2 => self.now + dice.between(1, 3 * DAY),
            3 => self.marked(dice).unwrap_or(self.now) + dice.one_of(&[0, 0, 0, -1, 1]),
            4 => self.now + dice.between(20 * DAY, 70 * DAY),
            5 if self.jumps < 2 => {
                self.jumps += 1;
                self.now + dice.between(300 * DAY, 800 * DAY)
            }
            // Clocks of other recorders are behind.
            6 => self.now - dice.one_of(&[1, 1_000, MINUTE, HOUR, DAY, 40 * DAY]),
            // The same local time a day later, or the next local midnight.
            _ => {
                let local = self.now + ahead(zone, self.now);
                let wanted = if dice.once_in(2) { local + DAY } else { (local.div_euclid(DAY) + 1) * DAY };
                first_instant(zone, naive(wanted))
            }
        };
        // At the very last instant the end of time would be in the comparison; ours ends just before.
        next = next.clamp(0, Timestamp::MAX.as_millis() - 1);
        self.now = next;
        Timestamp::from_millis(next)
    }

    /// One of the next few marks.
    fn marked(&mut self, dice: &mut Dice) -> Option<i64> {
        let now = self.now;
        self.marks.retain(|mark| *mark >= now);
        self.marks.sort_unstable();
        self.marks.dedup();
        let near = self.marks.len().min(3);
        (near > 0).then(|| self.marks[dice.below(near as u64) as usize])
    }

    /// An instant to look at, now or later, without the clock going there.
    pub(crate) fn look(&mut self, dice: &mut Dice) -> Timestamp {
        let at = match dice.below(3) {
            0 => self.marked(dice).unwrap_or(self.now) + dice.between(-1, 1),
            1 => self.now + dice.between(0, 3 * DAY),
            _ => self.now + dice.between(0, 400 * DAY),
        };
        Timestamp::from_millis(at.clamp(0, Timestamp::MAX.as_millis() - 1))
    }
}
