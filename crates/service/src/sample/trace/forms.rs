//! The four forms of traces, known by their header.

use csv::StringRecord;
use metering::Timestamp;

use super::TraceError;

/// The form of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `ts,member,area`: file changes of people; the kind is the area.
    Activity,
    /// `ts,channel,user,msg_chars`: messages in support channels; the kind is the channel.
    Chat,
    /// `ts,feature,ctx_tokens,gen_tokens`: requests to a model; the kind is the feature.
    Requests,
    /// `ts_ms,trace,input_tokens,output_tokens,first_block`: requests of a chat service; the kind is the trace.
    Blocks,
}

/// What a row says.
pub(super) struct Fields {
    pub(super) at: Timestamp,
    pub(super) kind: u16,
    pub(super) member: Option<u32>,
}

/// The kinds of rows met so far.
#[derive(Default)]
pub(super) struct Kinds {
    pub(super) names: Vec<String>,
}

impl Kinds {
    fn number(&mut self, name: &str) -> Result<u16, String> {
        if name.is_empty() || name.len() > 64 || name.chars().any(char::is_control) {
            return Err(format!("\"{}\" is not the name of a kind of row", shown(name)));
        }
        let index = match self.names.iter().position(|known| known == name) {
            Some(index) => index,
            None => {
                self.names.push(name.to_owned());
                self.names.len() - 1
            }
        };
        u16::try_from(index).map_err(|_| "is of one kind too many".into())
    }
}

const FORMS: [(Form, &[&str]); 4] = [
    (Form::Activity, &["ts", "member", "area"]),
    (Form::Chat, &["ts", "channel", "user", "msg_chars"]),
    (Form::Requests, &["ts", "feature", "ctx_tokens", "gen_tokens"]),
    (Form::Blocks, &["ts_ms", "trace", "input_tokens", "output_tokens", "first_block"]),
];

impl Form {
    /// The form with this header.
    pub(super) fn of(header: &StringRecord) -> Result<Self, TraceError> {
        let found = FORMS.iter().find(|(_, columns)| header.iter().eq(columns.iter().copied()));
        found.map(|(form, _)| *form).ok_or_else(|| {
            let known: Vec<String> = FORMS.iter().map(|(_, columns)| columns.join(",")).collect();
            let message = format!("\"{}\" is not a header that is known: {}", shown(&join(header)), known.join(" · "));
            TraceError { line: 1, message }
        })
    }

    /// The kinds of rows that every trace of this form has; empty where each trace has its own.
    #[must_use]
    pub const fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Activity => &["code", "ui", "tests", "docs", "config"],
            Self::Chat => &[],
            Self::Requests => &["conv", "code"],
            Self::Blocks => &["conversation", "synthetic", "toolagent"],
        }
    }

    /// Reads a row that has as many columns as the header.
    pub(super) fn row(self, record: &StringRecord, kinds: &mut Kinds) -> Result<Fields, String> {
        let column = |index: usize| record.get(index).unwrap_or_default();
        match self {
            Self::Activity => {
                let (at, member) = (seconds("ts", column(0))?, member(column(1))?);
                let area = column(2);
                if !self.kinds().contains(&area) {
                    return Err(format!("area \"{}\" is not one of {}", shown(area), self.kinds().join(", ")));
                }
                Ok(Fields { at, kind: kinds.number(area)?, member: Some(member) })
            }
            Self::Chat => {
                let user = u32::try_from(number("user", column(2))?).map_err(|_| "user is too large".to_owned())?;
                number("msg_chars", column(3))?;
                Ok(Fields { at: seconds("ts", column(0))?, kind: kinds.number(column(1))?, member: Some(user) })
            }
            Self::Requests => {
                number("ctx_tokens", column(2))?;
                number("gen_tokens", column(3))?;
                Ok(Fields { at: seconds("ts", column(0))?, kind: kinds.number(column(1))?, member: None })
            }
            Self::Blocks => {
                for (index, name) in [(2, "input_tokens"), (3, "output_tokens"), (4, "first_block")] {
                    number(name, column(index))?;
                }
                let millis = i64::try_from(number("ts_ms", column(0))?).unwrap_or(i64::MAX);
                Ok(Fields { at: instant("ts_ms", millis)?, kind: kinds.number(column(1))?, member: None })
            }
        }
    }
}

/// Seconds since the epoch, with up to nine digits behind the point; what is finer than a millisecond is dropped.
fn seconds(name: &str, text: &str) -> Result<Timestamp, String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = fraction.len();
    if !(1..=9).contains(&digits) || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("{name} \"{}\" is not a number of seconds", shown(text)));
    }
    let whole = i64::try_from(number(name, whole)?).unwrap_or(i64::MAX);
    let mut millis = 0;
    for digit in fraction.bytes().chain([b'0', b'0']).take(3) {
        millis = millis * 10 + i64::from(digit - b'0');
    }
    instant(name, whole.saturating_mul(1_000).saturating_add(millis))
}

fn instant(name: &str, millis: i64) -> Result<Timestamp, String> {
    let at = Timestamp::from_millis(millis);
    if at.as_millis() == millis { Ok(at) } else { Err(format!("{name} is beyond the year 9999")) }
}

/// `m12` is 12.
fn member(text: &str) -> Result<u32, String> {
    let bad = || format!("member \"{}\" is not m and a number", shown(text));
    text.strip_prefix('m')
        .and_then(|digits| number("", digits).ok())
        .and_then(|n| u32::try_from(n).ok())
        .ok_or_else(bad)
}

fn number(name: &str, text: &str) -> Result<u64, String> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("{name} \"{}\" is not a whole number", shown(text)));
    }
    text.parse().map_err(|_| format!("{name} \"{}\" is too large", shown(text)))
}

fn join(record: &StringRecord) -> String {
    record.iter().collect::<Vec<_>>().join(",")
}

fn shown(text: &str) -> String {
    text.chars().take(64).collect()
}
