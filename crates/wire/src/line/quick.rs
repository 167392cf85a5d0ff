//! The quick way to read a usage: ledgers consist of little else, written by [`super::encode_body`] in one form.
//!
//! What is not in exactly that form is no mistake here: [`super::decode_body`] reads it, or says what is wrong with it.

use metering::{Allocation, Labels, MAX_ID_LENGTH, MAX_RATE, MAX_TOTAL, MAX_UNITS, Timestamp, Usage, UsageView};

/// A usage entry as it stands in its body; nothing is copied but the allocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageLine<'a> {
    /// The entry's number.
    pub seq: u64,
    /// When it counts for balances and order.
    pub recorded_at: Timestamp,
    /// What it records.
    pub usage: UsageView<'a>,
    /// Who it was for.
    pub member: Option<&'a str>,
    /// Where it came in.
    pub channel: Option<&'a str>,
    /// What it belongs to.
    pub reference: Option<&'a str>,
}

impl UsageLine<'_> {
    /// The usage by itself.
    pub(super) fn to_usage(self) -> Usage {
        let UsageView { source, id, feature, units, rate, cost, revision, occurred_at, hold, allocations } = self.usage;
        let own = |label: Option<&str>| label.map(str::to_owned);
        Usage {
            source: source.to_owned(),
            id: id.to_owned(),
            feature: feature.to_owned(),
            units,
            rate,
            cost,
            revision,
            occurred_at,
            labels: Labels { member: own(self.member), channel: own(self.channel), reference: own(self.reference) },
            hold,
            allocations: allocations.to_vec(),
        }
    }
}

/// Splits a line that begins and ends as [`super::encode_line`] writes it: the hash's digits and the body. Whether the
/// body is one whole JSON value has not been looked at: whoever reads it finds out. `None` for everything else.
#[must_use]
pub fn split_line(line: &[u8]) -> Option<(&[u8; 64], &[u8])> {
    let (digits, rest) = line.strip_prefix(b"{\"hash\":\"")?.split_first_chunk::<64>()?;
    let body = rest.strip_prefix(b"\",\"body\":")?.strip_suffix(b"}")?;
    Some((digits, body))
}

/// How the body of every kind of entry begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineHead<'a> {
    /// The entry's number.
    pub seq: u64,
    /// When it counts for balances and order.
    pub recorded_at: Timestamp,
    /// What comes after it in the body.
    rest: Reader<'a>,
}

/// Reads the body of a usage that is written as [`super::encode_body`] writes one, within all bounds and without any
/// escape in its texts. `None` for everything else. `allocations` is room to be used again from body to body.
#[must_use]
pub fn read_usage<'a>(body: &'a [u8], allocations: &'a mut Vec<Allocation>) -> Option<UsageLine<'a>> {
    read_head(body)?.usage(allocations)
}

/// Reads the beginning of a body that is written as [`super::encode_body`] writes it.
#[must_use]
pub fn read_head(body: &[u8]) -> Option<LineHead<'_>> {
    let mut body = Reader::new(body)?;
    let seq = body.seq()?;
    body.literal(b",\"recorded_at\":\"")?;
    let recorded_at = body.instant()?;
    Some(LineHead { seq, recorded_at, rest: body })
}

/// Reads no more than the entry's number.
pub(crate) fn read_seq(body: &[u8]) -> Option<u64> {
    // Nothing of it is taken for text.
    Reader { text: "", rest: body }.seq()
}

impl<'a> LineHead<'a> {
    /// Whether the entry is a subscription.
    #[must_use]
    pub fn subscribes(&self) -> bool {
        self.rest.rest.starts_with(b",\"type\":\"plan_change\",\"cause\":\"subscribed\"")
    }

    /// The name of its kind, if it is written as usual.
    pub(super) fn kind(&self) -> Option<&'a str> {
        let mut rest = self.rest;
        rest.literal(b",\"type\":\"")?;
        rest.id()
    }

    /// The rest of what [`read_usage`] reads.
    #[must_use]
    pub fn usage(self, allocations: &'a mut Vec<Allocation>) -> Option<UsageLine<'a>> {
        let Self { seq, recorded_at, rest } = self;
        usage(seq, recorded_at, rest, allocations)
    }
}

fn usage<'a>(
    seq: u64,
    recorded_at: Timestamp,
    mut body: Reader<'a>,
    allocations: &'a mut Vec<Allocation>,
) -> Option<UsageLine<'a>> {
    body.literal(b",\"type\":\"usage\",\"source\":\"")?;
    let source = body.id()?;
    body.literal(b",\"id\":\"")?;
    let id = body.id()?;
    body.literal(b",\"feature\":\"")?;
    let feature = body.id()?;
    body.literal(b",\"units\":")?;
    let units = body.small(MAX_UNITS)?;
    body.literal(b",\"rate\":")?;
    let rate = body.small(MAX_RATE)?;
    body.literal(b",\"cost\":")?;
    let cost = body.number(MAX_TOTAL)?;
    body.literal(b",\"revision\":")?;
    let revision = body.small(u32::MAX)?;
    let occurred_at = if body.skip(b",\"occurred_at\":\"") { Some(body.instant()?) } else { None };
    let member = body.label(b",\"member\":\"")?;
    let channel = body.label(b",\"channel\":\"")?;
    let reference = body.label(b",\"reference\":\"")?;
    let hold = if body.skip(b",\"hold\":") { Some(body.number(MAX_TOTAL)?) } else { None };
    body.literal(b",\"allocations\":[")?;
    allocations.clear();
    if !body.skip(b"]}") {
        loop {
            body.literal(b"{\"grant\":")?;
            let grant = body.number(MAX_TOTAL)?;
            body.literal(b",\"amount\":")?;
            let amount = body.number(MAX_TOTAL)?;
            if grant == 0 {
                return None;
            }
            allocations.push(Allocation { grant, amount });
            if body.skip(b"}]}") {
                break;
            }
            body.literal(b"},")?;
        }
    }
    if !body.rest.is_empty() || units == 0 || hold == Some(0) {
        return None;
    }
    let usage = UsageView { source, id, feature, units, rate, cost, revision, occurred_at, hold, allocations };
    Some(UsageLine { seq, recorded_at, usage, member, channel, reference })
}

/// Reads a text from its beginning. Its bytes were looked over once: what is cut out of it between two quotation marks is
/// text, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reader<'a> {
    text: &'a str,
    /// What of its bytes has not been read.
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader of text.
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let text = simdutf8::basic::from_utf8(bytes).ok()?;
        Some(Self { text, rest: bytes })
    }

    #[inline]
    fn skip<const N: usize>(&mut self, literal: &[u8; N]) -> bool {
        match self.rest.split_first_chunk() {
            Some((first, rest)) if first == literal => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    #[inline]
    fn literal<const N: usize>(&mut self, literal: &[u8; N]) -> Option<()> {
        self.skip(literal).then_some(())
    }

    /// A whole number without leading zeros, at most `most`, which has no more than sixteen digits.
    #[inline]
    fn number(&mut self, most: u64) -> Option<u64> {
        let mut number: u64 = 0;
        let mut length = 0;
        for digit in self.rest.iter().take(17) {
            let digit = digit.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            number = number * 10 + u64::from(digit);
            length += 1;
        }
        let (digits, rest) = self.rest.split_at_checked(length)?;
        if digits.is_empty() || (length > 1 && digits.starts_with(b"0")) || number > most {
            return None;
        }
        self.rest = rest;
        Some(number)
    }

    /// How every body begins: the entry's number.
    #[inline]
    fn seq(&mut self) -> Option<u64> {
        self.literal(b"{\"seq\":")?;
        self.number(MAX_TOTAL).filter(|seq| *seq > 0)
    }

    #[inline]
    fn small(&mut self, most: u32) -> Option<u32> {
        u32::try_from(self.number(u64::from(most))?).ok()
    }

    /// What stands before the next quotation mark, which is passed, and can be an id.
    #[inline]
    fn id(&mut self) -> Option<&'a str> {
        let length = plain_length(self.rest);
        let from = self.text.len() - self.rest.len();
        let text = self.text.get(from..from + length)?;
        self.rest = self.rest.get(length..)?.strip_prefix(b"\"")?;
        (1..=MAX_ID_LENGTH).contains(&length).then_some(text)
    }

    /// A label that may be absent; the outer `None` is for one that cannot be read here.
    #[inline]
    fn label<const N: usize>(&mut self, name: &[u8; N]) -> Option<Option<&'a str>> {
        if self.skip(name) { Some(Some(self.id()?)) } else { Some(None) }
    }

    /// An instant, and the quotation mark behind it.
    #[inline]
    fn instant(&mut self) -> Option<Timestamp> {
        // With milliseconds, and without.
        let length = if self.rest.get(20) == Some(&b'"') { 20 } else { 24 };
        let (instant, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest.strip_prefix(b"\"")?;
        Timestamp::from_canonical(instant)
    }
}

/// How many bytes come before the first that ends a JSON text or needs care in one: a quotation mark, a backslash, a
/// control character.
fn plain_length(text: &[u8]) -> usize {
    let (words, rest) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let found = ends_in(u64::from_le_bytes(*word));
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    text.len() - rest.len() + rest.iter().position(ends).unwrap_or(rest.len())
}

/// The high bit of the first of eight bytes that ends a text (others above it may be set, too).
const fn ends_in(word: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // A byte under `n` borrows from its high bit when `n` is taken away; one that has its own high bit set is none. With
    // this bit turned a quotation mark is the one after the control characters, and the space that was there is not.
    let turned = word ^ (ONES * 2);
    let control_or_quote = turned.wrapping_sub(ONES * 0x21) & !word;
    let backslash = (word ^ (ONES * b'\\' as u64)).wrapping_sub(ONES) & !word;
    (control_or_quote | backslash) & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_at_the_first_byte_that_ends_one() {
        let ends = |byte: u8| byte == b'"' || byte == b'\\' || byte < 0x20;
        // Every byte at every place, ahead of every kind of byte that the check of eight at once may take for another.
        for byte in 0..=u8::MAX {
            for place in 0..20 {
                for behind in [b'a', b'"', b'\\', b' ', b'!', b'#', 0, 0x1f, 0x7f, 0x80, 0xff] {
                    let mut text = [b'a'; 20];
                    text[place] = byte;
                    text[place + 1..].fill(behind);
                    let expected = text.iter().position(|byte| ends(*byte)).unwrap_or(text.len());
                    assert_eq!(plain_length(&text), expected, "{text:?}");
                }
            }
        }
    }

    #[test]
    fn a_number_is_read_as_it_is_written() {
        let read = |text: &str, most: u64| {
            let mut reader = Reader::new(text.as_bytes()).unwrap();
            let number = reader.number(most)?;
            Some((number, std::str::from_utf8(reader.rest).unwrap().to_owned()))
        };
        for number in [0, 1, 9, 10, 99, 12_345_678, 123_456_789, MAX_TOTAL - 1, MAX_TOTAL] {
            assert_eq!(read(&format!("{number},\"x"), MAX_TOTAL), Some((number, ",\"x".into())));
            assert_eq!(read(&number.to_string(), number), Some((number, String::new())));
            assert_eq!(read(&format!("{}", number + 1), number), None, "above its bound");
        }
        for text in ["", ",", "-1", "01", "00", "a1", "18446744073709551617", "100000000000000000000000", " 1"] {
            assert_eq!(read(text, MAX_TOTAL), None, "{text}");
        }
    }
}
