//! An entry's body without what is stored of the entry anyway.
//!
//! Nearly every entry is a usage whose body is written in one form (`wire::line`). Of such a body its id, its rate and its
//! allocations are kept; the exact bytes are written anew from them and from the entry's numbers when somebody asks. Any
//! other body is kept as it is.

use metering::{Allocation, Timestamp, UsageView};
use wire::line::{UsageLine, append_usage};

use super::bytes::{Reader, put, put_signed, put_text};
use super::columns::Coded;
use super::names::Names;
use crate::CacheError;

/// The body is in the usual form.
const USUAL: u8 = 1;
/// There is a reference.
const REFERENCE: u8 = 2;
/// The body says when the work was done.
const DATED: u8 = 4;
/// The cost is not units times rate, and stated.
const COST: u8 = 8;
/// The credits were held before.
const HOLD: u8 = 16;
/// All of the cost comes from one grant.
const ONE: u8 = 32;

/// A text of a short body, in the order in which they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// What the work belongs to.
    Reference,
    /// The id of a body in the usual form.
    Id,
    /// A body in another form, as it is.
    Body,
}

/// The texts of a short body; those that there are not are empty.
pub(crate) type Texts<'a> = [&'a [u8]; 3];

/// What is kept of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Short<'a> {
    pub(crate) numbers: Numbers,
    pub(crate) texts: Texts<'a>,
    /// The allocations; if there is no more than one, of all of the cost, it is without its amount.
    pub(crate) drawn: &'a [Allocation],
}

/// The numbers of a short body but its allocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbers {
    flags: u8,
    rate: u32,
    /// Unless it is units times rate.
    cost: Option<u64>,
    hold: Option<u64>,
}

impl<'a> Short<'a> {
    /// What to keep of a body in the usual form.
    pub(crate) fn of(line: &UsageLine<'a>) -> Self {
        let UsageView { id, units, rate, cost, occurred_at, hold, allocations, .. } = line.usage;
        let stated = Some(cost).filter(|cost| *cost != product(units, rate));
        let is_one = matches!(allocations, [one] if one.amount == cost);
        let with = |bit: u8, is: bool| if is { bit } else { 0 };
        let flags = USUAL
            | with(REFERENCE, line.reference.is_some())
            | with(DATED, occurred_at.is_some())
            | with(COST, stated.is_some())
            | with(HOLD, hold.is_some())
            | with(ONE, is_one);
        let texts = [line.reference.unwrap_or_default().as_bytes(), id.as_bytes(), &[]];
        Self { numbers: Numbers { flags, rate, cost: stated, hold }, texts, drawn: allocations }
    }

    /// Any body as it is, with the reference of its entry.
    pub(crate) fn exact(body: &'a [u8], reference: Option<&'a str>) -> Self {
        let flags = if reference.is_some() { REFERENCE } else { 0 };
        let texts = [reference.unwrap_or_default().as_bytes(), &[], body];
        Self { numbers: Numbers { flags, rate: 0, cost: None, hold: None }, texts, drawn: &[] }
    }

    /// Appends it, texts and all.
    pub(crate) fn append(&self, bytes: &mut Vec<u8>) {
        self.numbers.write(bytes, &mut 0, self.drawn, |bytes, text| {
            put_text(bytes, self.texts.get(text as usize).copied().unwrap_or_default());
        });
    }

    /// Reads what was appended. `room` gets its allocations.
    pub(crate) fn read(bytes: &'a [u8], room: &'a mut Vec<Allocation>) -> Result<Self, CacheError> {
        let (numbers, texts) = parts(bytes, room)?;
        Ok(Self { numbers, texts, drawn: room })
    }

    fn reference(&self) -> Result<Option<&'a str>, CacheError> {
        let [reference, ..] = self.texts;
        self.numbers.has(REFERENCE).then(|| text(reference)).transpose()
    }

    /// Appends the exact bytes of the body, which is that of entry `seq`.
    pub(crate) fn write_whole(
        &self,
        seq: u64,
        coded: &Coded,
        names: &Names,
        out: &mut Vec<u8>,
    ) -> Result<(), CacheError> {
        let [_, id, body] = self.texts;
        let Numbers { rate, cost, hold, .. } = self.numbers;
        if !self.numbers.has(USUAL) {
            out.extend_from_slice(body);
            return Ok(());
        }
        let wrong = || CacheError::damaged(format!("what is kept of entry {seq} does not fit it"));
        let name = |code| Ok::<_, CacheError>(names.name(code)?.map(|name| &**name));
        let units = u32::try_from(coded.units).map_err(|_| wrong())?;
        let cost = cost.unwrap_or_else(|| product(units, rate));
        let all = self.drawn.first().map(|one| [Allocation { grant: one.grant, amount: cost }]);
        let usage = UsageView {
            source: name(coded.source)?.ok_or_else(wrong)?,
            id: text(id)?,
            feature: name(coded.feature)?.ok_or_else(wrong)?,
            units,
            rate,
            cost,
            revision: coded.revision,
            occurred_at: self.numbers.has(DATED).then(|| coded.occurred()),
            hold,
            allocations: if self.numbers.has(ONE) { all.as_ref().ok_or_else(wrong)? } else { self.drawn },
        };
        let line = UsageLine {
            seq,
            recorded_at: Timestamp::from_millis(coded.recorded_at),
            usage,
            member: name(coded.member)?,
            channel: name(coded.channel)?,
            reference: self.reference()?,
        };
        append_usage(&line, out);
        Ok(())
    }
}

/// What the work belongs to, of what [`Short::append`] appended: it comes first.
pub(crate) fn reference(short: &[u8]) -> Result<Option<&[u8]>, CacheError> {
    match short.split_first() {
        Some((flags, rest)) if flags & REFERENCE != 0 => Reader(rest).bytes().map(Some),
        _ => Ok(None),
    }
}

/// What [`Short::append`] appended. `drawn` gets the allocations.
pub(crate) fn parts<'a>(bytes: &'a [u8], drawn: &mut Vec<Allocation>) -> Result<(Numbers, Texts<'a>), CacheError> {
    let mut texts: Texts<'a> = [&[]; 3];
    let numbers = Numbers::read(&mut Reader(bytes), &mut 0, drawn, |reader, kind| {
        let text = reader.bytes()?;
        if let Some(place) = texts.get_mut(kind as usize) {
            *place = text;
        }
        Ok(())
    })?;
    Ok((numbers, texts))
}

fn product(units: u32, rate: u32) -> u64 {
    u64::from(units) * u64::from(rate)
}

fn text(bytes: &[u8]) -> Result<&str, CacheError> {
    std::str::from_utf8(bytes).map_err(|_| CacheError::damaged("a reference or an id is no text"))
}

impl Numbers {
    const fn has(self, bit: u8) -> bool {
        self.flags & bit != 0
    }

    /// Appends them. `text` appends a text, or what finds it again; grants are counted from `grant`, which is then the
    /// last.
    pub(crate) fn write(
        self,
        bytes: &mut Vec<u8>,
        grant: &mut u64,
        drawn: &[Allocation],
        mut text: impl FnMut(&mut Vec<u8>, Text),
    ) {
        bytes.push(self.flags);
        if self.has(REFERENCE) {
            text(bytes, Text::Reference);
        }
        if !self.has(USUAL) {
            return text(bytes, Text::Body);
        }
        text(bytes, Text::Id);
        put(bytes, self.rate.into());
        [self.cost, self.hold].into_iter().flatten().for_each(|number| put(bytes, number));
        if !self.has(ONE) {
            put(bytes, drawn.len() as u64);
        }
        for one in drawn {
            put_signed(bytes, one.grant.wrapping_sub(*grant).cast_signed());
            *grant = one.grant;
            if !self.has(ONE) {
                put(bytes, one.amount);
            }
        }
    }

    /// Reads them. `text` reads a text where there is one, and `drawn` gets the allocations.
    pub(crate) fn read<'a>(
        reader: &mut Reader<'a>,
        grant: &mut u64,
        drawn: &mut Vec<Allocation>,
        mut text: impl FnMut(&mut Reader<'a>, Text) -> Result<(), CacheError>,
    ) -> Result<Self, CacheError> {
        let [flags] = reader.array()?;
        let mut read = Self { flags, rate: 0, cost: None, hold: None };
        drawn.clear();
        if read.has(REFERENCE) {
            text(reader, Text::Reference)?;
        }
        if !read.has(USUAL) {
            text(reader, Text::Body)?;
            return Ok(read);
        }
        text(reader, Text::Id)?;
        read.rate = reader.small()?;
        let mut optional = |bit: u8| if read.has(bit) { reader.number().map(Some) } else { Ok(None) };
        (read.cost, read.hold) = (optional(COST)?, optional(HOLD)?);
        let count = if read.has(ONE) { 1 } else { reader.number()? };
        for _ in 0..count {
            *grant = grant.wrapping_add(reader.signed()?.cast_unsigned());
            let amount = if read.has(ONE) { 0 } else { reader.number()? };
            drawn.push(Allocation { grant: *grant, amount });
        }
        Ok(read)
    }
}
