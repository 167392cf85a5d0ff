//! Lines of the ledger as they come, in pieces of whole lines.

use reqwest::Response;

use crate::ClientError;
use crate::answer::not_the_service;

/// Most bytes of a line: far more than an entry with all its texts as long as they may be.
const MAX_LINE: usize = 256 * 1_024;
/// Bytes that are handed on at once, about.
const PIECE: usize = 2_048 * 1_024;

/// Lines that come in one answer, unchecked.
#[derive(Debug)]
pub struct Lines {
    response: Response,
    /// Whole lines.
    ready: Vec<u8>,
    /// The beginning of the line after them.
    begun: Vec<u8>,
    has_ended: bool,
}

impl Lines {
    pub(crate) const fn new(response: Response) -> Self {
        Self { response, ready: Vec::new(), begun: Vec::new(), has_ended: false }
    }

    /// The next lines, each with its line feed, some thousand at once; `None` at the end. A last line that has no line
    /// feed was cut off, and is left out: it comes again.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] when the connection broke or was silent for too long (what came before it has been
    /// handed on), [`ClientError::NotTheService`] when a line has no end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, ClientError> {
        while !self.has_ended && self.ready.len() < PIECE {
            match self.response.chunk().await {
                Ok(Some(chunk)) => self.push(&chunk)?,
                Ok(None) => self.has_ended = true,
                // What is whole is good, however it ended; the next call says what is wrong.
                Err(error) if self.ready.is_empty() => return Err(error.into()),
                Err(_) => break,
            }
        }
        Ok((!self.ready.is_empty()).then(|| std::mem::take(&mut self.ready)))
    }

    fn push(&mut self, chunk: &[u8]) -> Result<(), ClientError> {
        let Some(end) = memchr::memrchr(b'\n', chunk) else { return self.begin(chunk) };
        let (lines, rest) = chunk.split_at(end + 1);
        let first = memchr::memchr(b'\n', lines).unwrap_or(end);
        if self.begun.len() + first > MAX_LINE {
            return Err(too_long());
        }
        if self.ready.capacity() == 0 {
            self.ready.reserve(PIECE + PIECE / 4);
        }
        self.ready.append(&mut self.begun);
        self.ready.extend_from_slice(lines);
        self.begin(rest)
    }

    fn begin(&mut self, part: &[u8]) -> Result<(), ClientError> {
        if self.begun.len() + part.len() > MAX_LINE {
            return Err(too_long());
        }
        self.begun.extend_from_slice(part);
        Ok(())
    }
}

fn too_long() -> ClientError {
    not_the_service("a line of the ledger is far too long")
}

/// The lines of some bytes, without their ends and without empty ones. One without a line feed at its end is left out.
pub(crate) fn each(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        loop {
            let end = memchr::memchr(b'\n', rest)?;
            let (line, behind) = rest.split_at(end);
            rest = behind.get(1..).unwrap_or_default();
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if !line.is_empty() {
                return Some(line);
            }
        }
    })
}

/// How many lines there are.
pub(crate) fn count(bytes: &[u8]) -> u64 {
    each(bytes).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_ones() {
        let lines = |text: &'static str| each(text.as_bytes()).map(<[u8]>::to_vec).collect::<Vec<_>>();
        assert_eq!(lines("a\r\n\n\nbc\ncut"), [b"a".to_vec(), b"bc".to_vec()]);
        assert!(lines("").is_empty() && lines("cut").is_empty());
        assert_eq!(count(b"a\n\nb\nc"), 2);
    }
}
