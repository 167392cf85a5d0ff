//! An instant in UTC with millisecond precision (rule 1).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};

/// An instant: milliseconds since the Unix epoch, UTC, between the years 1970 and 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
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
        let shown = || BadInstant(text.chars().take(64).collect());
        let instant = DateTime::parse_from_rfc3339(text).map_err(|_| shown())?;
        let millis = instant.timestamp_millis();
        if (Self::MIN.0..=Self::MAX.0).contains(&millis) { Ok(Self(millis)) } else { Err(shown()) }
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with `Z`, milliseconds only where they are not 0.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = if self.0 % 1_000 == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
        f.write_str(&self.to_utc().to_rfc3339_opts(format, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_rfc_3339() {
        for text in
            ["2026-01-10T09:00:00Z", "2026-01-10T09:00:00.001Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"]
        {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
        assert_eq!("2026-01-10T10:00:00+01:00".parse::<Timestamp>().unwrap().to_string(), "2026-01-10T09:00:00Z");
    }

    #[test]
    fn refuses_what_is_out_of_bounds() {
        for text in ["", "yesterday", "1969-12-31T23:59:59Z", "2026-13-01T00:00:00Z", "2026-01-01"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
        assert_eq!(Timestamp::from_millis(i64::MIN), Timestamp::MIN);
        assert_eq!(Timestamp::MAX.plus_millis(i64::MAX), Timestamp::MAX);
    }
}
