//! An instant in UTC with millisecond precision (rule 1).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};

/// An instant: milliseconds since the Unix epoch, UTC, between the years 1970 and 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// Why a text is not an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadInstant(String);

impl fmt::Display for BadInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\"{}\" is not an instant between 1970 and 9999: write it as in RFC 3339, like 2026-03-01T09:00:00Z",
            self.0
        )
    }
}

impl std::error::Error for BadInstant {}

impl Timestamp {
    /// The first instant that the rules know: 1970-01-01T00:00:00Z.
    pub const MIN: Self = Self(0);
    /// The last instant that the rules know: 9999-12-31T23:59:59.999Z.
    pub const MAX: Self = Self(253_402_300_799_999);

    /// The instant `millis` milliseconds after the Unix epoch, brought within [`Timestamp::MIN`]..=[`Timestamp::MAX`].
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        if millis < Self::MIN.0 {
            Self::MIN
        } else if millis > Self::MAX.0 {
            Self::MAX
        } else {
            Self(millis)
        }
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This instant moved by `millis` milliseconds, stopping at the bounds.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this instant; negative when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// Reads exactly what [`Timestamp`]'s `Display` writes, `2026-03-01T09:00:00Z` or `2026-03-01T09:00:00.001Z`, and
    /// nothing else: ledgers consist of such texts, and a general reader takes longer than everything else about them.
    #[must_use]
    pub fn from_canonical(text: &[u8]) -> Option<Self> {
        let (head, tail) = text.split_first_chunk::<19>()?;
        let [_, _, _, _, b'-', _, _, b'-', _, _, b'T', _, _, b':', _, _, b':', _, _] = head else { return None };
        let two = |place: usize| digits(&head[place..place + 2]);
        let millis = match tail {
            b"Z" => 0,
            [b'.', fraction @ .., b'Z'] if fraction.len() == 3 => digits(fraction).filter(|millis| *millis > 0)?,
            _ => return None,
        };
        let (year, month, day) = (digits(&head[..4])?, two(5)?, two(8)?);
        let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
        if year < 1970 || !(1..=12).contains(&month) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        if day == 0 || day > days_of(year, month) {
            return None;
        }
        let hours = (days_before(year, month) + i64::from(day - 1)) * 24 + i64::from(hour);
        Some(Self((hours * 3_600 + i64::from(minute * 60 + second)) * 1_000 + i64::from(millis)))
    }

    /// The same instant for chrono.
    #[must_use]
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(value: DateTime<Utc>) -> Self {
        Self::from_millis(value.timestamp_millis())
    }
}

impl FromStr for Timestamp {
    type Err = BadInstant;

    /// Reads RFC 3339 with any offset. What is finer than a millisecond is dropped.
    fn from_str(text: &str) -> Result<Self, BadInstant> {
        if let Some(instant) = Self::from_canonical(text.as_bytes()) {
            return Ok(instant);
        }
        let shown = || BadInstant(text.chars().take(64).collect());
        let instant = DateTime::parse_from_rfc3339(text).map_err(|_| shown())?;
        let millis = instant.timestamp_millis();
        if (Self::MIN.0..=Self::MAX.0).contains(&millis) { Ok(Self(millis)) } else { Err(shown()) }
    }
}

/// As it is shown: reports of altered entries are read by people.
impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with `Z`, milliseconds only where they are not 0.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = if self.0 % 1_000 == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
        f.write_str(&self.to_utc().to_rfc3339_opts(format, true))
    }
}

/// The number that a few decimal digits write.
fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |number: u32, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
}

const fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_of(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from the Unix epoch to the first of a month, in the Gregorian calendar.
fn days_before(year: u32, month: u32) -> i64 {
    const BEFORE: [u16; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let whole = year - 1;
    // 719,162 days lie between the year 1 and the epoch.
    let years = i64::from(whole * 365 + whole / 4 - whole / 100 + whole / 400) - 719_162;
    let before = BEFORE.get(month as usize - 1).copied().unwrap_or(0);
    years + i64::from(before) + i64::from(is_leap(year) && month > 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_reader_reads_what_is_written_and_nothing_else() {
        // Every day of the bounds, at a time of day that moves on.
        let day = 24 * 3_600_000;
        for index in 0..=Timestamp::MAX.as_millis() / day {
            let at = Timestamp::from_millis(index * day + index * 7_919 % day);
            assert_eq!(Timestamp::from_canonical(at.to_string().as_bytes()), Some(at), "{at}");
        }
        assert_eq!(Timestamp::from_canonical(Timestamp::MAX.to_string().as_bytes()), Some(Timestamp::MAX));
        for text in [
            "",
            "2026-03-01T09:00:00",
            "2026-03-01T09:00:00z",
            "2026-03-01T09:00:00+00:00",
            "2026-03-01 09:00:00Z",
            "2026-03-01T09:00:00.000Z",
            "2026-03-01T09:00:00.01Z",
            "2026-03-01T09:00:00.0001Z",
            "2026-03-01T09:00:60Z",
            "2026-03-01T09:60:00Z",
            "2026-03-01T24:00:00Z",
            "2026-02-29T09:00:00Z",
            "2100-02-29T09:00:00Z",
            "2026-04-31T09:00:00Z",
            "2026-01-00T09:00:00Z",
            "2026-00-01T09:00:00Z",
            "2026-13-01T09:00:00Z",
            "1969-12-31T23:59:59Z",
            "20x6-03-01T09:00:00Z",
            "2026-03-01T09:00:00.0\u{e9}Z",
            "2026/03-01T09:00:00Z",
            "2026-03/01T09:00:00Z",
            "2026-03-01T09-00:00Z",
            "2026-03-01T09:00-00Z",
        ] {
            assert_eq!(Timestamp::from_canonical(text.as_bytes()), None, "{text}");
        }
        assert!(Timestamp::from_canonical(b"2000-02-29T00:00:00Z").is_some(), "a leap year of 400");
    }

    #[test]
    fn reads_and_writes_rfc_3339() {
        for text in
            ["2026-01-10T09:00:00Z", "2026-01-10T09:00:00.001Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"]
        {
            let instant = text.parse::<Timestamp>().unwrap();
            assert_eq!((instant.to_string(), format!("{instant:?}")), (text.to_owned(), text.to_owned()));
        }
        assert_eq!("2026-01-10T10:00:00+01:00".parse::<Timestamp>().unwrap().to_string(), "2026-01-10T09:00:00Z");
    }

    #[test]
    fn is_an_instant_of_chrono() {
        for millis in [0, 1, 1_772_323_200_123, Timestamp::MAX.as_millis()] {
            let at = Timestamp::from_millis(millis);
            assert_eq!((Timestamp::from(at.to_utc()), at.to_utc().timestamp_millis()), (at, millis));
        }
    }

    #[test]
    fn refuses_what_is_out_of_bounds() {
        for text in ["", "yesterday", "1969-12-31T23:59:59Z", "2026-13-01T00:00:00Z", "2026-01-01"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
        assert_eq!(Timestamp::from_millis(i64::MIN), Timestamp::MIN);
        assert_eq!(Timestamp::MAX.plus_millis(i64::MAX), Timestamp::MAX);
        let refused = "x".repeat(100).parse::<Timestamp>().unwrap_err().to_string();
        let expected = "is not an instant between 1970 and 9999: write it as in RFC 3339, like 2026-03-01T09:00:00Z";
        assert_eq!(refused, format!("\"{}\" {expected}", "x".repeat(64)));
    }
}
