//! The tail: entries as the service appends them, over server-sent events.

use std::collections::VecDeque;

use reqwest::Response;

use crate::ClientError;
use crate::answer::not_the_service;
use crate::sse::{Message, Parser};

/// What was heard on the tail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A line of the ledger, unchecked.
    Line(Vec<u8>),
    /// A sign of life: nothing more was appended up to now.
    Alive,
}

/// An open tail.
#[derive(Debug)]
pub struct Tail {
    response: Response,
    parser: Parser,
    messages: VecDeque<Message>,
}

impl Tail {
    pub(crate) fn new(response: Response) -> Self {
        Self { response, parser: Parser::default(), messages: VecDeque::new() }
    }

    /// The next thing heard; `None` when the service closed the tail. The future may be dropped without losing
    /// anything.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] when the connection broke or was silent for too long,
    /// [`ClientError::NotTheService`] when what comes has no end.
    pub async fn next(&mut self) -> Result<Option<Heard>, ClientError> {
        loop {
            match self.messages.pop_front() {
                Some(Message::Event { kind, data }) if matches!(kind.as_slice(), b"" | b"message" | b"entry") => {
                    return Ok(Some(Heard::Line(data)));
                }
                // An event of a kind that was added later says at least that the service is there.
                Some(Message::Event { .. } | Message::Comment) => return Ok(Some(Heard::Alive)),
                None => {}
            }
            let Some(chunk) = self.response.chunk().await? else { return Ok(None) };
            self.parser
                .push(&chunk, &mut self.messages)
                .map_err(|_| not_the_service("a message of the tail is far too long"))?;
        }
    }

    /// The next thing heard and whatever has come with it, up to `most` lines. First the lines, each with a line feed:
    /// empty for a mere sign of life, `None` if nothing was heard. Then the end of the tail, if it came: in order, or with
    /// an error.
    pub(crate) async fn gather(&mut self, most: u32) -> (Option<Vec<u8>>, Option<Result<(), ClientError>>) {
        let mut lines: Option<Vec<u8>> = None;
        let mut count = 0;
        loop {
            // What comes while a page is being stored is gathered; nothing is waited for.
            let heard = match &lines {
                None => self.next().await,
                Some(_) => tokio::select! {
                    biased;
                    heard = self.next() => heard,
                    () = std::future::ready(()) => return (lines, None),
                },
            };
            match heard {
                Ok(Some(Heard::Line(line))) => {
                    let lines = lines.get_or_insert_default();
                    lines.extend(line);
                    lines.push(b'\n');
                    count += 1;
                    if count >= most {
                        return (Some(std::mem::take(lines)), None);
                    }
                }
                Ok(Some(Heard::Alive)) => drop(lines.get_or_insert_default()),
                Ok(None) => return (lines, Some(Ok(()))),
                Err(error) => return (lines, Some(Err(error))),
            }
        }
    }
}
