//! One HTTP/1.1 connection that is kept, with one request at a time. It reads of an answer what a meter needs (the status,
//! the length and the body) and spends as little as can be on it, since it shares the machine with what it measures.

use std::future::poll_fn;
use std::io::{self, Error, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Longest answer that is taken, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

pub(crate) struct Connection {
    stream: TcpStream,
    bytes: Vec<u8>,
}

/// An answer, as long as no other is asked for.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, bytes: vec![0; 4096] })
    }

    /// Sends a request and waits for its whole answer. After an error nobody knows what came of the request, and the
    /// connection is of no use any more.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.send(request).await?;
        let (mut filled, mut head) = (0, None);
        loop {
            if filled == self.bytes.len() {
                self.bytes.resize(2 * filled, 0);
            }
            let read = self.receive(filled).await?;
            if read == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            filled += read;
            if head.is_none() {
                head = Head::read(&self.bytes[..filled])?;
            }
            if let Some(Head { status, length, body }) = head {
                let end = length + body;
                if filled >= end {
                    return Ok(Answer { status, body: &self.bytes[length..end] });
                }
            }
            if filled > LONGEST {
                return Err(Error::new(ErrorKind::InvalidData, "the answer is too long"));
            }
        }
    }

    async fn send(&mut self, mut rest: &[u8]) -> io::Result<()> {
        while !rest.is_empty() {
            let sent = poll_fn(|context| Pin::new(&mut self.stream).poll_write(context, rest)).await?;
            if sent == 0 {
                return Err(ErrorKind::WriteZero.into());
            }
            rest = &rest[sent..];
        }
        Ok(())
    }

    async fn receive(&mut self, from: usize) -> io::Result<usize> {
        let Self { stream, bytes } = self;
        let mut free = ReadBuf::new(&mut bytes[from..]);
        poll_fn(|context| Pin::new(&mut *stream).poll_read(context, &mut free)).await?;
        Ok(free.filled().len())
    }
}

/// What stands before the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Of itself, in bytes.
    length: usize,
    /// Of the body, in bytes.
    body: usize,
}

impl Head {
    /// The head that these bytes begin with; none while it is not all there.
    fn read(bytes: &[u8]) -> io::Result<Option<Self>> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
        let not = || Error::new(ErrorKind::InvalidData, "not an answer of HTTP/1.1 with a content-length");
        let head = std::str::from_utf8(&bytes[..end]).map_err(|_| not())?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
        let length = |line: &str| {
            let (name, value) = line.split_once(':')?;
            if name.eq_ignore_ascii_case("content-length") { value.trim().parse().ok() } else { None }
        };
        match (status, lines.find_map(length)) {
            (Some(status), Some(body)) => Ok(Some(Self { status, length: end + 4, body })),
            _ => Err(not()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_when_it_is_all_there() {
        let text = b"HTTP/1.1 201 Created\r\ndate: now\r\nContent-Length: 5\r\n\r\nhello";
        let head = Head { status: 201, length: text.len() - 5, body: 5 };
        assert_eq!(Head::read(text).unwrap(), Some(head));
        assert_eq!(Head::read(&text[..40]).unwrap(), None);
    }

    #[test]
    fn what_is_no_answer_is_an_error() {
        for text in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/2 200\r\ncontent-length: 0\r\n\r\n", "junk\r\n\r\n"] {
            assert!(Head::read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
