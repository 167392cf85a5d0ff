//! Server-sent events, read from bytes as they come. Works on bytes, because an entry's bytes are hashed; shows comments,
//! because a keep-alive says that nothing was missed; and is bounded, because whoever answers may not be the service.

use std::collections::VecDeque;

/// Most bytes of one message. A ledger line is some hundred bytes.
pub(crate) const MAX_MESSAGE: usize = 4 * 1024 * 1024;

/// Something that stood between two blank lines, or a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// An event with its kind (empty: none was given) and data.
    Event {
        /// The kind.
        kind: Vec<u8>,
        /// The data, its lines joined by line feeds.
        data: Vec<u8>,
    },
    /// A comment: a sign of life.
    Comment,
}

/// A message longer than [`MAX_MESSAGE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Reads messages from a stream of bytes, however it is cut.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    line: Vec<u8>,
    kind: Vec<u8>,
    /// `None` until the message has a data line.
    data: Option<Vec<u8>>,
    /// The last byte was a carriage return: a line feed belongs to it.
    after_return: bool,
    /// The first line may begin with a byte order mark.
    begun: bool,
}

impl Parser {
    /// Takes in the next bytes and appends the messages that they complete.
    ///
    /// # Errors
    /// [`TooLong`]; the parser is of no more use then.
    pub(crate) fn push(&mut self, mut bytes: &[u8], messages: &mut VecDeque<Message>) -> Result<(), TooLong> {
        if self.after_return && !bytes.is_empty() {
            self.after_return = false;
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
        }
        while let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let (line, rest) = bytes.split_at(end);
            self.extend(line)?;
            self.end_of_line(messages)?;
            bytes = match rest {
                [b'\r', b'\n', rest @ ..] => rest,
                [b'\r'] => {
                    self.after_return = true;
                    &[]
                }
                [_, rest @ ..] => rest,
                [] => &[],
            };
        }
        self.extend(bytes)
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.line.len() + bytes.len() > MAX_MESSAGE {
            return Err(TooLong);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_of_line(&mut self, messages: &mut VecDeque<Message>) -> Result<(), TooLong> {
        let mut line = std::mem::take(&mut self.line);
        if !self.begun {
            self.begun = true;
            if line.starts_with(b"\xEF\xBB\xBF") {
                line.drain(..3);
            }
        }
        if line.is_empty() {
            let kind = std::mem::take(&mut self.kind);
            if let Some(data) = self.data.take() {
                messages.push_back(Message::Event { kind, data });
            }
            return Ok(());
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(0) => {
                messages.push_back(Message::Comment);
                return Ok(());
            }
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (&line[..], &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match (field, &mut self.data) {
            (b"data", Some(data)) => {
                if data.len() + value.len() > MAX_MESSAGE {
                    return Err(TooLong);
                }
                data.push(b'\n');
                data.extend_from_slice(value);
            }
            (b"data", data @ None) => *data = Some(value.to_vec()),
            (b"event", _) => self.kind = value.to_vec(),
            // The id repeats what is in the entry, and how long to wait is the plan's business.
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(chunks: &[&[u8]]) -> Vec<Message> {
        let (mut parser, mut messages) = (Parser::default(), VecDeque::new());
        for chunk in chunks {
            parser.push(chunk, &mut messages).unwrap();
        }
        messages.into()
    }

    fn event(data: &str) -> Message {
        Message::Event { kind: Vec::new(), data: data.as_bytes().to_vec() }
    }

    #[test]
    fn reads_events_and_comments() {
        let text =
            b": hello\n\nid: 7\ndata: {\"a\": 1}\n\nevent: entry\ndata:x\ndata:  y\n\nretry: 9\n\n: more\n\ndata: cut";
        let entry = Message::Event { kind: b"entry".to_vec(), data: b"x\n y".to_vec() };
        assert_eq!(read(&[text]), [Message::Comment, event("{\"a\": 1}"), entry, Message::Comment]);
    }

    #[test]
    fn every_kind_of_line_end_and_a_byte_order_mark_are_fine() {
        for text in [
            "\u{feff}data: a\n\ndata: b\n\n",
            "\u{feff}data: a\r\n\r\ndata: b\r\n\r\n",
            "\u{feff}data: a\r\rdata: b\r\r",
        ] {
            assert_eq!(read(&[text.as_bytes()]), [event("a"), event("b")], "{text:?}");
            let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
            assert_eq!(read(&bytes), [event("a"), event("b")], "{text:?}");
        }
    }

    #[test]
    fn a_message_without_an_end_does_not_fill_the_memory() {
        let (mut parser, mut messages) = (Parser::default(), VecDeque::new());
        let endless = vec![b'x'; 1024 * 1024];
        assert!((0..100).any(|_| parser.push(&endless, &mut messages).is_err()));
        let mut parser = Parser::default();
        let lines = b"data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n".repeat(10_000);
        assert!((0..100).any(|_| parser.push(&lines, &mut messages).is_err()));
    }

    proptest! {
        #[test]
        fn however_it_is_cut_it_reads_the_same(
            lines in prop::collection::vec("(data: ?|event: ?|: ?|id: ?|)[a-z:\\{ ]{0,8}(\r\n|\n|\r)", 0..30),
            raw in prop::collection::vec(any::<u8>(), 0..40),
            size in 1..9_usize,
        ) {
            let mut bytes = lines.concat().into_bytes();
            bytes.extend(raw);
            let chunks: Vec<&[u8]> = bytes.chunks(size).collect();
            prop_assert_eq!(read(&chunks), read(&[&bytes]));
        }
    }
}
