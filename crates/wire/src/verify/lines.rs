//! The lines of a ledger, a block at a time, and where to find one again.

use std::cell::RefCell;
use std::io;
use std::ops::Range;

use memchr::memchr_iter;
use metering::Entry;

use super::{Source, entry_of};
use crate::line::{read_seq, split_line};

/// A block stays in the processor's cache while it is gone through, and is long enough that handing it on is nothing.
const BLOCK: usize = 1 << 20;
/// No entry is longer than this: what is, is no ledger.
const MAX_LINE: usize = 16 << 20;
/// Every so many-th line's place is kept …
const STRIDE: usize = 16;
/// … so that a line is found within so many bytes, as a rule.
const NEAR: usize = 8 << 10;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A part of a source.
#[derive(Clone, Copy)]
pub(super) struct Block<'b> {
    bytes: &'b [u8],
    lines: &'b [Range<usize>],
    /// Where it begins.
    offset: u64,
    /// Whether the source ends with it.
    pub(super) is_last: bool,
}

impl<'b> Block<'b> {
    /// Its whole lines that are not blank, each with its place in the source. The end of the source ends a line, too. What
    /// some programs put first to say that it is UTF-8 is no part of a line.
    pub(super) fn lines(&self) -> impl ExactSizeIterator<Item = (u64, &'b [u8])> + use<'b> {
        let (bytes, offset) = (self.bytes, self.offset);
        self.lines.iter().map(move |line| (offset + line.start as u64, bytes.get(line.clone()).unwrap_or_default()))
    }

    /// Those of its lines that the block behind it does not begin with.
    pub(super) fn own_lines(&self) -> impl Iterator<Item = (u64, &'b [u8])> + use<'b> {
        let lines = self.lines();
        let own = if self.is_last { lines.len() } else { lines.len().saturating_sub(1) };
        lines.take(own)
    }

    /// Where the block behind it begins: with its last line, so that who looks at a line sees the next one, too.
    fn next(&self) -> u64 {
        self.lines.last().map_or(self.offset, |line| self.offset + line.start as u64)
    }
}

/// Room for a block, to be used again and again.
#[derive(Default)]
pub(super) struct Window {
    buffer: Vec<u8>,
    filled: usize,
    lines: Vec<Range<usize>>,
    offset: u64,
    is_last: bool,
}

impl Window {
    /// What is in it.
    pub(super) fn block(&self) -> Block<'_> {
        let Self { buffer, filled, lines, offset, is_last } = self;
        Block { bytes: buffer.get(..*filled).unwrap_or_default(), lines, offset: *offset, is_last: *is_last }
    }

    /// Takes in the first so many bytes of a source from `offset` on.
    ///
    /// # Errors
    /// What keeps the source from being read.
    fn read<S: Source + ?Sized>(&mut self, source: &S, offset: u64, size: usize) -> io::Result<()> {
        let Self { buffer, .. } = self;
        buffer.resize(size, 0);
        (self.offset, self.filled, self.is_last) = (offset, 0, false);
        while let Some(room) = buffer.get_mut(self.filled..).filter(|room| !room.is_empty()) {
            match source.read_at(offset + self.filled as u64, room) {
                Ok(0) => {
                    self.is_last = true;
                    break;
                }
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.find_lines();
        Ok(())
    }

    fn find_lines(&mut self) {
        let bytes = self.buffer.get(..self.filled).unwrap_or_default();
        self.lines.clear();
        let mut start = if self.offset == 0 && bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let mut add = |line: Range<usize>| {
            if bytes.get(line.clone()).is_some_and(|line| !line.trim_ascii_start().is_empty()) {
                self.lines.push(line);
            }
        };
        for end in memchr_iter(b'\n', bytes) {
            add(start..end);
            start = end + 1;
        }
        if self.is_last {
            add(start..bytes.len());
        }
    }
}

/// The blocks of a source from `offset` on, of so many bytes each. [`Blocks::next_into`] takes each into room for
/// it.
pub(super) struct Blocks<'s, S: ?Sized> {
    source: &'s S,
    size: usize,
    /// Where the next one begins, and how long it has to be.
    next: Option<(u64, usize)>,
}

impl<'s, S: Source + ?Sized> Blocks<'s, S> {
    pub(super) const fn new(source: &'s S, offset: u64, size: usize) -> Self {
        Self { source, size, next: Some((offset, size)) }
    }

    /// The blocks of a whole source, in the usual size.
    pub(super) const fn usual(source: &'s S) -> Self {
        Self::new(source, 0, BLOCK)
    }

    /// Takes the next block into `room`; none behind the last.
    ///
    /// # Errors
    /// What keeps the source from being read; a line that is too long.
    pub(super) fn next_into<'r>(&mut self, room: &'r mut Window) -> io::Result<Option<Block<'r>>> {
        let Some((offset, size)) = self.next.take() else { return Ok(None) };
        room.read(self.source, offset, size)?;
        let block = room.block();
        if !block.is_last {
            let next = block.next();
            // Where no line ends in it but the first, it has to be taken in once more, and more of it.
            let size = if next > offset { self.size } else { 2 * size };
            if size > 2 * MAX_LINE {
                let message = format!("at byte {offset} there is a line of more than {MAX_LINE} bytes");
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            self.next = Some((next, size));
        }
        Ok(Some(block))
    }
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
    /// Room for the lines about one that is looked for.
    room: RefCell<Window>,
    /// What kept an entry from being read again.
    error: RefCell<Option<io::Error>>,
}

impl<'a, S: Source + ?Sized> Places<'a, S> {
    pub(super) fn new(source: &'a S) -> Self {
        Self { source, count: 0, offsets: Vec::new(), room: RefCell::default(), error: RefCell::new(None) }
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
        let mut blocks = Blocks::new(self.source, offset, NEAR);
        let mut room = self.room.borrow_mut();
        let mut looked = 0;
        loop {
            let block = match blocks.next_into(&mut room) {
                Ok(block) => block?,
                Err(error) => {
                    self.error.replace(Some(error));
                    return None;
                }
            };
            for (_, line) in block.own_lines() {
                let quick = split_line(line).and_then(|(_, body)| read_seq(body));
                if quick.is_none_or(|said| said == seq) {
                    let found = entry_of(line).ok().filter(|entry| entry.seq == seq);
                    if found.is_some() {
                        return found;
                    }
                }
                looked += 1;
                if looked == most {
                    return None;
                }
            }
        }
    }

    /// Gives each entry that can be read to `each` once more, with the place of its line.
    pub(super) fn each_entry(&self, mut each: impl FnMut(u64, &Entry)) -> io::Result<()> {
        let (mut blocks, mut room) = (Blocks::usual(self.source), Window::default());
        while let Some(block) = blocks.next_into(&mut room)? {
            for (place, line) in block.own_lines() {
                if let Ok(entry) = entry_of(line) {
                    each(place, &entry);
                }
            }
        }
        Ok(())
    }

    pub(super) fn into_result(self) -> io::Result<()> {
        self.error.into_inner().map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The lines by their places, as anybody would find them.
    fn plainly(bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
        let mut found = Vec::new();
        let mut place = 0;
        for line in bytes.split(|byte| *byte == b'\n') {
            let mark = if place == 0 && line.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
            let own = &line[mark..];
            if own.iter().any(|byte| !byte.is_ascii_whitespace()) {
                found.push(((place + mark) as u64, own.to_vec()));
            }
            place += line.len() + 1;
        }
        found
    }

    #[test]
    fn blocks_are_longer_only_where_a_line_is() {
        let short = "a line\n".repeat(40);
        let text = format!("{short}{}\n{short}", "long ".repeat(100));
        let (mut blocks, mut room) = (Blocks::new(text.as_bytes(), 0, 64), Window::default());
        let mut lengths = Vec::new();
        while let Some(block) = blocks.next_into(&mut room).unwrap() {
            lengths.push(block.bytes.len());
        }
        assert_eq!(lengths.iter().max(), Some(&512), "{lengths:?}");
        // As the line that comes next, and as the first.
        assert_eq!(lengths.iter().filter(|length| **length > 64).count(), 6, "{lengths:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_line_is_in_one_block(
            text in "(\u{feff})?([a-c \r]{0,9}\n|[a-c]{10,80}\n|\n){0,40}[a-c]{0,5}",
            size in 1_usize..200,
            more in proptest::collection::vec(1_usize..9, 1..4),
        ) {
            /// Gives as many bytes at a time as it likes.
            struct Few<'a>(&'a [u8], &'a [usize]);
            impl Source for Few<'_> {
                fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
                    let most = self.1[offset as usize % self.1.len()].min(buffer.len());
                    self.0.read_at(offset, &mut buffer[..most])
                }
            }
            let source = Few(text.as_bytes(), &more);
            let (mut blocks, mut room) = (Blocks::new(&source, 0, size), Window::default());
            let mut found = Vec::new();
            while let Some(block) = blocks.next_into(&mut room).unwrap() {
                found.extend(block.own_lines().map(|(place, line)| (place, line.to_vec())));
            }
            prop_assert_eq!(found, plainly(text.as_bytes()));
        }
    }
}
