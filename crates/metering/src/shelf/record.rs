//! A usage in few bytes: numbers in as many as they need, texts with their length ahead.

use crate::{Allocation, Labels, Timestamp, Usage};

/// No number takes more bytes.
const MAX_NUMBER: usize = 10;
/// How many numbers a record has beside its texts and allocations, and how many texts.
const NUMBERS: usize = 8;
const TEXTS: usize = 6;
/// Room for all numbers but those of the allocations; those come after them as they fit.
const ROOM: usize = (NUMBERS + TEXTS) * MAX_NUMBER;

/// More bytes than a record ever takes, what fills it up to the next one's beginning included.
pub(super) fn most(usage: &Usage) -> usize {
    let Labels { member, channel, reference } = &usage.labels;
    let label = |label: &Option<String>| label.as_ref().map_or(0, String::len);
    let texts = usage.source.len() + usage.id.len() + usage.feature.len() + label(member) + label(channel);
    (NUMBERS + TEXTS + usage.allocations.len() * 2) * MAX_NUMBER + texts + label(reference)
}

/// Appends a record.
pub(super) fn write(page: &mut Vec<u8>, seq: u64, usage: &Usage) {
    let Labels { member, channel, reference } = &usage.labels;
    let texts = [
        Some(usage.source.as_str()),
        Some(usage.id.as_str()),
        Some(usage.feature.as_str()),
        member.as_deref(),
        channel.as_deref(),
        reference.as_deref(),
    ];
    let mut numbers = Numbers::default();
    numbers.put(seq);
    numbers.put(u64::from(usage.units));
    numbers.put(u64::from(usage.rate));
    numbers.put(usage.cost);
    numbers.put(u64::from(usage.revision));
    // None is 0, and everything else one more.
    numbers.put(usage.occurred_at.map_or(0, |at| at.as_millis().cast_unsigned() + 1));
    numbers.put(usage.hold.unwrap_or(0));
    numbers.put(usage.allocations.len() as u64);
    texts.iter().for_each(|text| numbers.put(text.map_or(0, |text| text.len() as u64 + 1)));
    for Allocation { grant, amount } in &usage.allocations {
        if numbers.is_nearly_full() {
            page.extend_from_slice(numbers.bytes());
            numbers.length = 0;
        }
        numbers.put(*grant);
        numbers.put(*amount);
    }
    page.extend_from_slice(numbers.bytes());
    texts.iter().flatten().for_each(|text| page.extend_from_slice(text.as_bytes()));
}

/// Numbers on their way to a page: seven bits a byte, the high bit set where more follow.
struct Numbers {
    bytes: [u8; ROOM],
    length: usize,
}

impl Default for Numbers {
    fn default() -> Self {
        Self { bytes: [0; ROOM], length: 0 }
    }
}

impl Numbers {
    #[inline]
    fn put(&mut self, number: u64) {
        if number > 0x7f { self.put_long(number) } else { self.push(number as u8) }
    }

    fn put_long(&mut self, mut number: u64) {
        while number > 0x7f {
            self.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.push(number as u8);
    }

    #[inline]
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    /// Whether an allocation could find no room.
    const fn is_nearly_full(&self) -> bool {
        self.length > ROOM - 2 * MAX_NUMBER
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// Reads the record that begins here. `None` only if none was written here.
pub(super) fn read(bytes: &[u8]) -> Option<(u64, Usage)> {
    let mut record = Reader { bytes };
    let seq = record.number()?;
    let (units, rate) = (record.small()?, record.small()?);
    let (cost, revision) = (record.number()?, record.small()?);
    let occurred_at = record.number()?.checked_sub(1).map(|at| Timestamp::from_millis(at.cast_signed()));
    let hold = Some(record.number()?).filter(|hold| *hold != 0);
    let count = record.number()?;
    let mut lengths = [0; TEXTS];
    for length in &mut lengths {
        *length = record.number()?;
    }
    let allocations = (0..count)
        .map(|_| Some(Allocation { grant: record.number()?, amount: record.number()? }))
        .collect::<Option<_>>()?;
    let [source, id, feature, member, channel, reference] = lengths.map(|length| record.text(length));
    let (source, id, feature) = (source??, id??, feature??);
    let labels = Labels { member: member?, channel: channel?, reference: reference? };
    Some((seq, Usage { source, id, feature, units, rate, cost, revision, occurred_at, labels, hold, allocations }))
}

/// Reads a record from its beginning.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl Reader<'_> {
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
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

    /// A text whose length is one less, or none; the outer `None` is for one that cannot be read.
    fn text(&mut self, length: u64) -> Option<Option<String>> {
        let Some(length) = length.checked_sub(1) else { return Some(None) };
        let (text, rest) = self.bytes.split_at_checked(usize::try_from(length).ok()?)?;
        self.bytes = rest;
        Some(Some(std::str::from_utf8(text).ok()?.to_owned()))
    }
}
