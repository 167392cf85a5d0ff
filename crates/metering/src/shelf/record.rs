//! A usage in few bytes: what many have in common is kept once, numbers take as many bytes as they need, texts have their
//! length ahead.

use super::known::Known;
use crate::keyed::near;
use crate::{Allocation, Labels, Timestamp, Usage};

/// No number takes more bytes, and no record has more numbers beside those of its allocations.
const MAX_NUMBER: usize = 10;
const NUMBERS: usize = 16;
/// Whatever is longer is not kept as common: it hardly comes again.
const LONGEST: usize = 64;

/// What is there: the bits of a record's first byte.
const OCCURRED: u8 = 1;
const HOLD: u8 = 2;
const REFERENCE: u8 = 4;
/// It costs something else than units × rate.
const COST: u8 = 8;
/// One grant pays all of it.
const ONE_GRANT: u8 = 16;

/// What the records of a shelf have in common.
#[derive(Clone, Debug, Default)]
pub(super) struct Common {
    kinds: Known<Kind>,
    members: Known<Box<str>>,
}

/// What kind of work it was: of these there are few.
#[derive(Clone, Debug)]
struct Kind {
    rate: u32,
    revision: u32,
    source: Box<str>,
    feature: Box<str>,
    channel: Option<Box<str>>,
}

impl Kind {
    fn new(usage: &Usage) -> Self {
        let Usage { rate, revision, source, feature, labels, .. } = usage;
        let channel = labels.channel.as_deref().map(Into::into);
        Self { rate: *rate, revision: *revision, source: (**source).into(), feature: (**feature).into(), channel }
    }

    #[inline]
    fn is_of(&self, usage: &Usage) -> bool {
        let Usage { rate, revision, source, feature, labels, .. } = usage;
        self.rate == *rate
            && self.revision == *revision
            && *self.feature == **feature
            && *self.source == **source
            && self.channel.as_deref() == labels.channel.as_deref()
    }
}

impl Common {
    /// The number of a usage's kind, if it is kept.
    #[inline]
    fn kind(&mut self, usage: &Usage) -> Option<usize> {
        let channel = usage.labels.channel.as_deref().unwrap_or_default();
        let is_long = usage.source.len().max(usage.feature.len()).max(channel.len()) > LONGEST;
        let hash = near(usage.feature.as_bytes()) ^ near(channel.as_bytes()).rotate_left(8) ^ u64::from(usage.rate);
        if is_long { None } else { self.kinds.number(hash, |kind| kind.is_of(usage), || Kind::new(usage)) }
    }

    /// The number of a member, if it is kept.
    #[inline]
    fn member(&mut self, member: &str) -> Option<usize> {
        let hash = near(member.as_bytes());
        let is_long = member.len() > LONGEST;
        if is_long { None } else { self.members.number(hash, |kept| **kept == *member, || member.into()) }
    }
}

/// More bytes than a record ever takes.
pub(super) fn most(usage: &Usage) -> usize {
    let Labels { member, channel, reference } = &usage.labels;
    let labels = [member, channel, reference].into_iter().flatten().map(String::len).sum::<usize>();
    let texts = usage.source.len() + usage.id.len() + usage.feature.len() + labels;
    1 + (NUMBERS + usage.allocations.len() * 2) * MAX_NUMBER + texts
}

/// Writes a record at the beginning of a room that is large enough, and gives its length.
pub(super) fn write(room: &mut [u8], common: &mut Common, seq: u64, usage: &Usage) -> usize {
    let Labels { member, channel, reference } = &usage.labels;
    let cost = u64::from(usage.units) * u64::from(usage.rate);
    let one_grant = match usage.allocations.as_slice() {
        [one] if one.amount == usage.cost => Some(one.grant),
        _ => None,
    };
    let bit = |is_there: bool, bit: u8| if is_there { bit } else { 0 };
    let mut record = Writer { room, length: 0 };
    record.byte(
        bit(usage.occurred_at.is_some(), OCCURRED)
            | bit(usage.hold.is_some(), HOLD)
            | bit(reference.is_some(), REFERENCE)
            | bit(usage.cost != cost, COST)
            | bit(one_grant.is_some(), ONE_GRANT),
    );
    record.number(seq);
    record.number(u64::from(usage.units));
    // What is not kept comes after 0; what is, is one more than its number.
    match common.kind(usage) {
        Some(number) => record.number(number as u64 + 1),
        None => {
            record.byte(0);
            record.number(u64::from(usage.rate));
            record.number(u64::from(usage.revision));
            record.text(&usage.source);
            record.text(&usage.feature);
            record.option(channel.as_deref());
        }
    }
    // Likewise, and nobody is 1.
    match member.as_deref().map(|member| (common.member(member), member)) {
        Some((Some(number), _)) => record.number(number as u64 + 2),
        Some((None, member)) => {
            record.byte(0);
            record.text(member);
        }
        None => record.byte(1),
    }
    record.text(&usage.id);
    match one_grant {
        Some(grant) => record.number(grant),
        None => {
            record.number(usage.allocations.len() as u64);
            for Allocation { grant, amount } in &usage.allocations {
                record.number(*grant);
                record.number(*amount);
            }
        }
    }
    if usage.cost != cost {
        record.number(usage.cost);
    }
    if let Some(at) = usage.occurred_at {
        record.number(at.as_millis().cast_unsigned());
    }
    if let Some(hold) = usage.hold {
        record.number(hold);
    }
    if let Some(reference) = reference {
        record.text(reference);
    }
    record.length
}

/// Writes what [`Reader`] reads: of each number seven bits a byte, the high bit set where more follow.
struct Writer<'a> {
    room: &'a mut [u8],
    length: usize,
}

impl Writer<'_> {
    #[inline]
    fn number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.byte(number as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8);
    }

    #[inline]
    fn byte(&mut self, byte: u8) {
        if let Some(place) = self.room.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    #[inline]
    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        if let Some(place) = self.room.get_mut(self.length..self.length + text.len()) {
            place.copy_from_slice(text.as_bytes());
            self.length += text.len();
        }
    }

    fn option(&mut self, text: Option<&str>) {
        self.byte(u8::from(text.is_some()));
        if let Some(text) = text {
            self.text(text);
        }
    }
}

/// Reads the record that begins here. `None` only if none was written here.
pub(super) fn read(bytes: &[u8], common: &Common) -> Option<(u64, Usage)> {
    let mut record = Reader { bytes };
    let is_there = record.byte()?;
    let has = |bit: u8| is_there & bit != 0;
    let (seq, units) = (record.number()?, record.small()?);
    let Kind { rate, revision, source, feature, channel } = match record.index()? {
        0 => Kind {
            rate: record.small()?,
            revision: record.small()?,
            source: record.text()?.into(),
            feature: record.text()?.into(),
            channel: if record.byte()? == 0 { None } else { Some(record.text()?.into()) },
        },
        number => common.kinds.get(number - 1)?.clone(),
    };
    let member = match record.index()? {
        0 => Some(record.text()?.to_owned()),
        1 => None,
        number => Some(common.members.get(number - 2)?.to_string()),
    };
    let id = record.text()?.to_owned();
    let one_grant = if has(ONE_GRANT) { Some(record.number()?) } else { None };
    let mut allocations = Vec::new();
    if one_grant.is_none() {
        for _ in 0..record.number()? {
            allocations.push(Allocation { grant: record.number()?, amount: record.number()? });
        }
    }
    let cost = if has(COST) { record.number()? } else { u64::from(units) * u64::from(rate) };
    allocations.extend(one_grant.map(|grant| Allocation { grant, amount: cost }));
    let occurred_at = if has(OCCURRED) { Some(Timestamp::from_millis(record.number()?.cast_signed())) } else { None };
    let hold = if has(HOLD) { Some(record.number()?) } else { None };
    let reference = if has(REFERENCE) { Some(record.text()?.to_owned()) } else { None };
    let labels = Labels { member, channel: channel.map(Into::into), reference };
    let (source, feature) = (source.into(), feature.into());
    Some((seq, Usage { source, id, feature, units, rate, cost, revision, occurred_at, labels, hold, allocations }))
}

/// Reads a record from its beginning.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*byte)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn small(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    fn index(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.index()?;
        let (text, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        std::str::from_utf8(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage() -> Usage {
        Usage {
            source: "crm".into(),
            id: "job-0000001".into(),
            feature: "reply".into(),
            units: 3,
            rate: 7,
            cost: 21,
            revision: 1,
            occurred_at: None,
            labels: Labels::default(),
            hold: None,
            allocations: vec![Allocation { grant: 2, amount: 21 }],
        }
    }

    /// What there is room for comes back; how long the record is.
    #[track_caller]
    fn comes_back(common: &mut Common, seq: u64, usage: &Usage) -> usize {
        let most = most(usage);
        let mut page = vec![0xff; most];
        let length = write(&mut page, common, seq, usage);
        assert_eq!(read(&page, common), Some((seq, usage.clone())));
        assert!((length..length + 400).contains(&most), "{most} for {length}");
        length
    }

    #[test]
    fn whatever_a_usage_says_comes_back() {
        let mut common = Common::default();
        let long = "x".repeat(1_000);
        let labels = |member: Option<&str>, channel: Option<&str>, reference: Option<&str>| Labels {
            member: member.map(Into::into),
            channel: channel.map(Into::into),
            reference: reference.map(Into::into),
        };
        for allocations in [
            vec![],
            vec![Allocation { grant: 2, amount: 20 }],
            vec![Allocation { grant: 2, amount: 21 }, Allocation { grant: u64::MAX, amount: u64::MAX }],
            (0..40).map(|grant| Allocation { grant: u64::MAX - grant, amount: u64::MAX }).collect(),
        ] {
            comes_back(&mut common, 1, &Usage { allocations, ..usage() });
        }
        for labels in [
            labels(Some("ann"), None, None),
            labels(None, Some("mail"), None),
            labels(None, None, Some("7")),
            labels(Some(""), Some(""), Some("")),
            labels(Some("Ánna"), Some("chat"), Some("8")),
            labels(Some(&long), Some(&long), Some(&long)),
            labels(Some("ann"), Some(&long), Some("8")),
        ] {
            // The second time they are known.
            comes_back(&mut common, 1, &Usage { labels: labels.clone(), ..usage() });
            comes_back(&mut common, 2, &Usage { labels, ..usage() });
        }
        for one in [
            Usage { source: long.clone(), ..usage() },
            Usage { id: long.clone(), ..usage() },
            Usage { feature: long.clone(), ..usage() },
            Usage { source: long.clone(), id: long.clone(), feature: long, ..usage() },
            Usage { rate: 8, cost: 24, ..usage() },
            Usage { revision: 2, ..usage() },
            Usage { cost: 22, ..usage() },
            Usage { hold: Some(0), ..usage() },
            Usage { hold: Some(u64::MAX), ..usage() },
            Usage { occurred_at: Some(Timestamp::MIN), ..usage() },
            Usage { occurred_at: Some(Timestamp::MAX), ..usage() },
            Usage { units: u32::MAX, rate: u32::MAX, cost: u64::MAX, revision: u32::MAX, ..usage() },
        ] {
            comes_back(&mut common, u64::MAX, &one);
        }
        for number in (0..64).map(|bit| 1 << bit).flat_map(|number: u64| [number - 1, number]) {
            comes_back(&mut common, number, &Usage { hold: Some(number), cost: number, ..usage() });
        }
    }

    #[test]
    fn what_many_have_in_common_is_kept_once() {
        let mut common = Common::default();
        let labels = Labels { member: Some("ann".into()), channel: Some("chat".into()), reference: None };
        let one = Usage { labels, ..usage() };
        comes_back(&mut common, 1, &one);
        // Six numbers of a byte each, what is common among them, and the id with its length. More often is no more.
        for _ in 0..300 {
            assert_eq!(comes_back(&mut common, 0x7f, &one), 6 + 12);
        }
        assert_eq!(
            comes_back(&mut common, 2, &Usage { occurred_at: Some(Timestamp::from_millis(1)), ..one.clone() }),
            19
        );
        // As long as they may be, they are kept, and no longer.
        let text = |length: usize| "y".repeat(length);
        for kept in [
            Usage { source: text(LONGEST), ..one.clone() },
            Usage { feature: text(LONGEST), ..one.clone() },
            Usage { labels: Labels { channel: Some(text(LONGEST)), ..one.labels.clone() }, ..one.clone() },
            Usage { labels: Labels { member: Some(text(LONGEST)), ..one.labels.clone() }, ..one.clone() },
        ] {
            comes_back(&mut common, 2, &kept);
            assert_eq!(comes_back(&mut common, 2, &kept), 18, "{kept:?}");
        }
        let longer = Usage { source: text(LONGEST + 1), ..one.clone() };
        comes_back(&mut common, 2, &longer);
        assert!(comes_back(&mut common, 2, &longer) > 18 + LONGEST);
        let longer = Usage { labels: Labels { member: Some(text(LONGEST + 1)), ..one.labels.clone() }, ..one };
        comes_back(&mut common, 2, &longer);
        assert!(comes_back(&mut common, 2, &longer) > 18 + LONGEST);
    }

    #[test]
    fn nothing_else_is_read() {
        let common = Common::default();
        for bytes in [&[][..], &[0], &[0, 1, 1, 1, 1, 0], &[0xff; 40], &[0, 1, 1, 9], &[0, 1, 1, 0, 1, 1, 9, b'x']] {
            assert_eq!(read(bytes, &common), None, "{bytes:?}");
        }
    }
}
