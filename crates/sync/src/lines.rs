//! Lines of the ledger as they come, in pieces of whole lines.

use bytes::Bytes;
use reqwest::Response;

use crate::ClientError;
use crate::answer::not_the_service;

/// Most bytes of a line: far more than an entry with all its texts as long as they may be.
const MAX_LINE: usize = 256 * 1_024;
/// Bytes that are handed on at once, about.
const PIECE: usize = 2_048 * 1_024;
/// Stretches that are handed on at once, however short they are.
const STRETCHES: usize = 1_024;

/// Lines that come in one answer, unchecked.
#[derive(Debug)]
pub struct Lines {
    response: Response,
    /// Whole lines, as they came.
    ready: Vec<Bytes>,
    /// The bytes of these.
    size: usize,
    /// The beginning of the line after them.
    begun: Vec<u8>,
    has_ended: bool,
}

impl Lines {
    pub(crate) const fn new(response: Response) -> Self {
        Self { response, ready: Vec::new(), size: 0, begun: Vec::new(), has_ended: false }
    }

    /// The next lines, each with its line feed, some thousand at once and in several stretches; `None` at the end. A last
    /// line that has no line feed was cut off, and is left out: it comes again.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] when the connection broke or was silent for too long (what came before it has been
    /// handed on), [`ClientError::NotTheService`] when a line has no end.
    pub async fn next(&mut self) -> Result<Option<Vec<Bytes>>, ClientError> {
        while !self.has_ended && self.size < PIECE && self.ready.len() < STRETCHES {
            match self.response.chunk().await {
                Ok(Some(chunk)) => self.push(chunk)?,
                Ok(None) => self.has_ended = true,
                // What is whole is good, however it ended; the next call says what is wrong.
                Err(error) if self.ready.is_empty() => return Err(error.into()),
                Err(_) => break,
            }
        }
        self.size = 0;
        Ok((!self.ready.is_empty()).then(|| std::mem::take(&mut self.ready)))
    }

    /// Takes what came. Only a line that came in two parts is copied.
    fn push(&mut self, mut chunk: Bytes) -> Result<(), ClientError> {
        let Some(end) = memchr::memrchr(b'\n', &chunk) else { return self.begin(&chunk) };
        let rest = chunk.split_off(end + 1);
        if !self.begun.is_empty() {
            let first = chunk.split_to(memchr::memchr(b'\n', &chunk).unwrap_or(end) + 1);
            self.begin(&first)?;
            let line = Bytes::from(std::mem::take(&mut self.begun));
            self.is_ready(line);
        }
        self.is_ready(chunk);
        self.begin(&rest)
    }

    fn is_ready(&mut self, lines: Bytes) {
        self.size += lines.len();
        if !lines.is_empty() {
            self.ready.push(lines);
        }
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

/// The lines of several stretches of whole ones; see [`each`].
pub(crate) fn each_of(stretches: &[Bytes]) -> impl Iterator<Item = &[u8]> {
    stretches.iter().flat_map(|lines| each(lines))
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
pub(crate) fn count(stretches: &[Bytes]) -> u64 {
    each_of(stretches).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_ones() {
        let lines = |text: &'static str| each(text.as_bytes()).map(<[u8]>::to_vec).collect::<Vec<_>>();
        assert_eq!(lines("a\r\n\n\nbc\ncut"), [b"a".to_vec(), b"bc".to_vec()]);
        assert!(lines("").is_empty() && lines("cut").is_empty());
        assert_eq!(count(&[Bytes::from("a\n\nb\nc"), Bytes::new(), Bytes::from("d\n")]), 3);
    }
}
