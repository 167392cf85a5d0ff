//! The lines of a ledger, a block at a time, and where to find one again.

use std::cell::RefCell;
use std::io;
use std::ops::ControlFlow;

use memchr::{memchr, memchr_iter};
use metering::Entry;

use super::{Source, entry_of};
use crate::line::{read_seq, split_line};

/// A block stays in the processor's cache while it is read, and is long enough that starting a thread for it is nothing.
const BLOCK: usize = 1 << 20;
/// No entry is longer than this: what is, is no ledger.
const MAX_LINE: usize = 16 << 20;
/// Every so many-th line's place is kept …
const STRIDE: usize = 16;
/// … so that a line is found within so many bytes, as a rule.
const NEAR: usize = 8 << 10;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A part of a source.
pub(super) struct Block<'b> {
    bytes: &'b [u8],
    /// Where it begins.
    pub(super) offset: u64,
    /// Whether the source ends with it.
    pub(super) is_last: bool,
}

/// Where a block is.
#[derive(Clone, Copy)]
pub(super) struct Place {
    offset: u64,
    length: usize,
}

impl<'b> Block<'b> {
    /// Where it is.
    pub(super) const fn place(&self) -> Place {
        Place { offset: self.offset, length: self.bytes.len() }
    }

    /// Its whole lines that are not blank, each with its place in the source. The end of the source ends a line, too. What
    /// some programs put first to say that it is UTF-8 is no part of a line.
    pub(super) fn lines(&self) -> impl Iterator<Item = (u64, &'b [u8])> + use<'b> {
        let (mut rest, mut offset, is_last) = (self.bytes, self.offset, self.is_last);
        if let Some(after) = rest.strip_prefix(BYTE_ORDER_MARK).filter(|_| offset == 0) {
            offset += (rest.len() - after.len()) as u64;
            rest = after;
        }
        std::iter::from_fn(move || {
            loop {
                let (line, after) = match memchr(b'\n', rest) {
                    Some(end) => (rest.get(..end)?, rest.get(end + 1..)?),
                    None if is_last && !rest.is_empty() => (rest, &rest[rest.len()..]),
                    None => return None,
                };
                let place = offset;
                offset += (rest.len() - after.len()) as u64;
                rest = after;
                if !line.trim_ascii_start().is_empty() {
                    return Some((place, line));
                }
            }
        })
    }
}

/// Room for a block, to be used again and again.
pub(super) struct Window {
    buffer: Vec<u8>,
    offset: u64,
    filled: usize,
    is_last: bool,
}

impl Window {
    /// The first so many bytes of a source from `offset` on.
    ///
    /// # Errors
    /// What keeps the source from being read.
    fn new<S: Source + ?Sized>(source: &S, offset: u64, size: usize) -> io::Result<Self> {
        let mut window = Self { buffer: vec![0; size], offset, filled: 0, is_last: false };
        window.fill(source)?;
        Ok(window)
    }

    /// The first block of a source, in the usual size.
    ///
    /// # Errors
    /// What keeps the source from being read.
    pub(super) fn usual<S: Source + ?Sized>(source: &S) -> io::Result<Self> {
        Self::new(source, 0, BLOCK)
    }

    /// Room of the usual size, with nothing in it.
    pub(super) fn empty() -> Self {
        Self { buffer: vec![0; BLOCK], offset: 0, filled: 0, is_last: true }
    }

    /// What is in it.
    pub(super) fn block(&self) -> Block<'_> {
        let bytes = self.buffer.get(..self.filled).unwrap_or_default();
        Block { bytes, offset: self.offset, is_last: self.is_last }
    }

    /// Takes in what begins at `next`, a line of `block` that is not its first. Where that has no other, the next one
    /// begins where it does and is longer.
    ///
    /// # Errors
    /// What keeps the source from being read; a line that is too long.
    pub(super) fn read_on<S: Source + ?Sized>(&mut self, source: &S, block: Place, next: u64) -> io::Result<()> {
        let Place { offset, length } = block;
        if next == offset {
            if length >= 2 * MAX_LINE {
                let message = format!("at byte {offset} there is a line of more than {MAX_LINE} bytes");
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            self.buffer.resize(2 * length, 0);
        }
        self.offset = next;
        self.fill(source)
    }

    fn fill<S: Source + ?Sized>(&mut self, source: &S) -> io::Result<()> {
        (self.filled, self.is_last) = (0, false);
        while let Some(room) = self.buffer.get_mut(self.filled..).filter(|room| !room.is_empty()) {
            match source.read_at(self.offset + self.filled as u64, room) {
                Ok(0) => {
                    self.is_last = true;
                    break;
                }
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Gives the blocks of a source, from `offset` on, to `each`, which says where the next one begins: at a line of this
/// one that is not its first.
///
/// # Errors
/// What keeps the source from being read; a line that is too long.
pub(super) fn blocks<S: Source + ?Sized>(
    source: &S,
    offset: u64,
    size: usize,
    mut each: impl FnMut(&Block<'_>) -> ControlFlow<(), u64>,
) -> io::Result<()> {
    let mut window = Window::new(source, offset, size)?;
    loop {
        let block = window.block();
        let ControlFlow::Continue(next) = each(&block) else { return Ok(()) };
        if block.is_last {
            return Ok(());
        }
        let place = block.place();
        window.read_on(source, place, next)?;
    }
}

/// As [`blocks`], in pieces of the usual size.
pub(super) fn usual_blocks<S: Source + ?Sized>(
    source: &S,
    each: impl FnMut(&Block<'_>) -> ControlFlow<(), u64>,
) -> io::Result<()> {
    blocks(source, 0, BLOCK, each)
}

/// The numbers of the lines that begin at these places, which are given in their order. Every line counts, blank ones too.
pub(super) fn numbers<S: Source + ?Sized>(source: &S, places: impl Iterator<Item = u64>) -> io::Result<Vec<u64>> {
    let mut places = places.peekable();
    let (mut numbers, mut number) = (Vec::new(), 1);
    let mut buffer = vec![0; BLOCK];
    let mut offset = 0;
    while places.peek().is_some() {
        let read = match source.read_at(offset, &mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let mut rest = buffer.get(..read).unwrap_or_default();
        // The end of the source is the place of what it lacks.
        while let Some(place) = places.next_if(|place| read == 0 || *place <= offset + rest.len() as u64) {
            let ahead = usize::try_from(place.saturating_sub(offset)).unwrap_or(usize::MAX).min(rest.len());
            let (counted, after) = rest.split_at(ahead);
            number += memchr_iter(b'\n', counted).count() as u64;
            (rest, offset) = (after, offset + ahead as u64);
            numbers.push(number);
        }
        number += memchr_iter(b'\n', rest).count() as u64;
        offset += rest.len() as u64;
    }
    Ok(numbers)
}

/// Where the lines of a ledger are: an entry's own line says what it amends.
pub(super) struct Places<'a, S: ?Sized> {
    source: &'a S,
    count: u64,
    /// The place of every [`STRIDE`]-th line.
    offsets: Vec<u64>,
    /// What kept an entry from being read again.
    error: RefCell<Option<io::Error>>,
}

impl<'a, S: Source + ?Sized> Places<'a, S> {
    pub(super) const fn new(source: &'a S) -> Self {
        Self { source, count: 0, offsets: Vec::new(), error: RefCell::new(None) }
    }

    /// Takes note of the next line's place.
    pub(super) fn note(&mut self, offset: u64) {
        if self.count.is_multiple_of(STRIDE as u64) {
            self.offsets.push(offset);
        }
        self.count += 1;
    }

    /// How many lines there are so far.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// The entry with this number, among the lines so far.
    pub(super) fn entry(&self, seq: u64) -> Option<Entry> {
        let stride = usize::try_from(seq.checked_sub(1)?).ok()? / STRIDE;
        // In its own place; where lines are missing or doubled ahead of it, near that.
        let near = [(stride, STRIDE), (stride.saturating_sub(2), STRIDE * 5)];
        near.into_iter().find_map(|(from, most)| self.find(seq, *self.offsets.get(from)?, most))
    }

    fn find(&self, seq: u64, offset: u64, most: usize) -> Option<Entry> {
        let mut found = None;
        let mut looked = 0;
        let done = blocks(self.source, offset, NEAR, |block| {
            let mut next = block.offset;
            for (place, line) in block.lines() {
                looked += 1;
                next = place + line.len() as u64 + 1;
                let quick = split_line(line).and_then(|(_, body)| read_seq(body));
                if quick.is_none_or(|said| said == seq) {
                    found = entry_of(line).ok().filter(|entry| entry.seq == seq);
                }
                if found.is_some() || looked == most {
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(next)
        });
        if let Err(error) = done {
            self.error.replace(Some(error));
        }
        found
    }

    /// Gives each entry that can be read to `each` once more, with the place of its line.
    pub(super) fn each_entry(&self, mut each: impl FnMut(u64, &Entry)) -> io::Result<()> {
        usual_blocks(self.source, |block| {
            let mut next = block.offset;
            for (place, line) in block.lines() {
                if let Ok(entry) = entry_of(line) {
                    each(place, &entry);
                }
                next = place + line.len() as u64 + 1;
            }
            ControlFlow::Continue(next)
        })
    }

    pub(super) fn into_result(self) -> io::Result<()> {
        self.error.into_inner().map_or(Ok(()), Err)
    }
}
