//! Time zones that make trouble, and when their clocks were changed.

use std::sync::LazyLock;

use chrono_tz::Tz;

use crate::naive::calendar::local_time;

const HOUR: i64 = 3_600_000;
/// The last instant that is searched for changes: 2037 is the last year for which zones list them one by one.
const LAST: i64 = 2_145_916_800_000;

/// An instant at which clocks jump.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    /// The first instant after the jump.
    pub(crate) at: i64,
    /// How far ahead of UTC clocks were before it …
    pub(crate) before: i64,
    /// … and are from then on, in milliseconds.
    pub(crate) after: i64,
}

impl Change {
    /// The local times, read as if they were UTC, that the jump skips or that occur twice.
    pub(crate) fn span(self) -> (i64, i64) {
        (self.at + self.before.min(self.after), self.at + self.before.max(self.after))
    }
}

/// Both hemispheres; offsets of half and of three quarters of an hour; a change by half an hour (Lord Howe), by two hours
/// (Troll); whole days skipped (Apia 2011, Kiritimati and Kwajalein, the former at a turn of the month); midnights skipped
/// or shown twice (São Paulo, Havana, Cairo, and on the first of a month Damascus, Amman, Kathmandu, St John's).
const ZONES: [Tz; 24] = [
    Tz::UTC,
    Tz::Europe__Berlin,
    Tz::Europe__Dublin,
    Tz::America__New_York,
    Tz::America__Sao_Paulo,
    Tz::America__St_Johns,
    Tz::America__Havana,
    Tz::America__Nuuk,
    Tz::Africa__Cairo,
    Tz::Africa__Casablanca,
    Tz::Antarctica__Troll,
    Tz::Asia__Amman,
    Tz::Asia__Damascus,
    Tz::Asia__Kathmandu,
    Tz::Asia__Kolkata,
    Tz::Asia__Pyongyang,
    Tz::Asia__Tehran,
    Tz::Atlantic__Azores,
    Tz::Australia__Adelaide,
    Tz::Australia__Lord_Howe,
    Tz::Pacific__Apia,
    Tz::Pacific__Chatham,
    Tz::Pacific__Kiritimati,
    Tz::Pacific__Kwajalein,
];

/// Every zone with its changes since 1970.
pub(crate) static ZONES_AND_CHANGES: LazyLock<Vec<(Tz, Vec<Change>)>> =
    LazyLock::new(|| ZONES.iter().map(|zone| (*zone, changes(*zone))).collect());

/// How far ahead of UTC clocks are at an instant.
pub(crate) fn ahead(zone: Tz, at: i64) -> i64 {
    local_time(zone, at).and_utc().timestamp_millis() - at
}

fn changes(zone: Tz) -> Vec<Change> {
    let mut found = Vec::new();
    let step = 12 * HOUR;
    let (mut at, mut before) = (0, ahead(zone, 0));
    while at < LAST {
        let after = ahead(zone, at + step);
        if after != before {
            let (mut early, mut late) = (at, at + step);
            while late - early > 1 {
                let middle = i64::midpoint(early, late);
                if ahead(zone, middle) == before { early = middle } else { late = middle }
            }
            found.push(Change { at: late, before, after });
        }
        (at, before) = (at + step, after);
    }
    found
}
