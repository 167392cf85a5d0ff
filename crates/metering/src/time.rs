//! An instant in UTC with millisecond precision (rule 1).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, SecondsFormat, Utc};

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
        const DATE: Form = Form::new(*b"0000-00-");
        const MIDDLE: Form = Form::new(*b"-00T00:0");
        const TIME: Form = Form::new(*b"00:00:00");
        const MILLIS: Form = Form::new(*b"\0\0\0\x000000");
        let (head, tail) = text.split_first_chunk::<19>()?;
        let [century, _, year, _, _, month, ..] = DATE.pairs(*head.first_chunk()?)?;
        let [_, day, _, _, hour, ..] = MIDDLE.pairs(*head[7..].first_chunk()?)?;
        let [_, _, _, minute, _, _, second, _] = TIME.pairs(*head.last_chunk()?)?;
        let millis = match *tail {
            [b'Z'] => 0,
            [b'.', hundred, ten, one, b'Z'] => {
                let [.., hundreds, _, rest, _] = MILLIS.pairs([0, 0, 0, 0, b'0', hundred, ten, one])?;
                Some(hundreds * 100 + rest).filter(|millis| *millis > 0)?
            }
            _ => return None,
        };
        let year = century * 100 + year;
        if year < 1970 || !(1..=12).contains(&month) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        if day == 0 || day > days_of(year, month) {
            return None;
        }
        let hours = (days_before(year, month) + i64::from(day - 1)) * 24 + i64::from(hour);
        Some(Self((hours * 3_600 + i64::from(minute * 60 + second)) * 1_000 + i64::from(millis)))
    }

    /// Appends it in the form that [`Timestamp::from_canonical`] reads, which is that of `Display`.
    pub fn append_canonical(self, text: &mut Vec<u8>) {
        let days = self.0.div_euclid(86_400_000);
        let date = DateTime::from_timestamp_millis(days * 86_400_000).unwrap_or(DateTime::UNIX_EPOCH).date_naive();
        let millis = self.0.rem_euclid(86_400_000);
        let (year, of_day) = (date.year().unsigned_abs(), u32::try_from(millis / 1_000).unwrap_or(0));
        let pair = |number: u32| [digit(number / 10), digit(number)];
        let ([a, b], [c, d]) = (pair(year / 100), pair(year));
        let ([e, f], [g, h]) = (pair(date.month()), pair(date.day()));
        let [[i, j], [k, l], [m, n]] = [of_day / 3_600, of_day / 60 % 60, of_day % 60].map(pair);
        text.extend_from_slice(&[a, b, c, d, b'-', e, f, b'-', g, h, b'T', i, j, b':', k, l, b':', m, n]);
        let rest = u32::try_from(millis % 1_000).unwrap_or(0);
        if rest > 0 {
            text.extend_from_slice(&[b'.', digit(rest / 100), digit(rest / 10), digit(rest)]);
        }
        text.push(b'Z');
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

/// The last decimal digit of a number.
const fn digit(number: u32) -> u8 {
    b'0' + (number % 10).to_le_bytes()[0]
}

/// What eight bytes of an instant look like.
struct Form {
    /// A zero for each digit, and between them what has to stand there.
    zero: u64,
    /// What makes 0x80 and more of a byte that is more than 9 in a digit's place, more than nothing in another.
    most: u64,
}

impl Form {
    const fn new(zero: [u8; 8]) -> Self {
        let mut most = [0x7f; 8];
        let mut place = 0;
        while place < 8 {
            most[place] -= if zero[place] == b'0' { 9 } else { 0 };
            place += 1;
        }
        Self { zero: u64::from_le_bytes(zero), most: u64::from_le_bytes(most) }
    }

    /// The two digits that begin at each place, as a number, all places at once; none if the text has not this form.
    #[inline]
    fn pairs(&self, text: [u8; 8]) -> Option<[u32; 8]> {
        let values = u64::from_le_bytes(text) ^ self.zero;
        // A byte with a high bit may carry into the next one, and is too much itself.
        if (values.wrapping_add(self.most) | values) & 0x8080_8080_8080_8080 != 0 {
            return None;
        }
        // No sum is above 99: nothing carries.
        Some((values * 10 + (values >> 8)).to_le_bytes().map(u32::from))
    }
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
            let mut text = Vec::new();
            at.append_canonical(&mut text);
            assert_eq!(String::from_utf8(text).as_deref(), Ok(at.to_string().as_str()));
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
    fn the_quick_reader_takes_no_byte_for_another() {
        for text in [&b"2026-03-01T09:00:00Z"[..], b"2026-03-01T09:00:00.001Z"] {
            for (place, byte) in (0..text.len()).flat_map(|place| (0..=u8::MAX).map(move |byte| (place, byte))) {
                let mut text = text.to_vec();
                text[place] = byte;
                let written = Timestamp::from_canonical(&text).map(|at| at.to_string().into_bytes());
                assert!(written.is_none_or(|written| written == text), "{}", text.escape_ascii());
            }
        }
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
