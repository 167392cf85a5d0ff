//! A connection's bytes, noted as they come and go.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use super::line::Line;

/// How long what still comes is taken in after the end, and how much of it: the rest of a body that nobody wants, or what
/// was sent just before the end was heard. Closed while the other side still sends, a connection is reset, and the answer
/// may be lost on its way.
const LINGER: Duration = Duration::from_millis(100);
const LINGER_UNREAD: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 4 * 1024 * 1024;

/// A connection's socket.
pub(super) struct Socket {
    stream: TcpStream,
    line: Arc<Line>,
    linger: Option<Linger>,
}

/// What is left of taking in what nobody wants.
struct Linger {
    until: Pin<Box<Sleep>>,
    bytes: usize,
}

impl Socket {
    pub(super) const fn new(stream: TcpStream, line: Arc<Line>) -> Self {
        Self { stream, line, linger: None }
    }

    fn noted<T>(&self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        self.line.wrote(written.is_ready());
        written
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, buffer));
        if buffer.filled().len() > before {
            self.line.heard();
        }
        Poll::Ready(read)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.noted(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.noted(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.linger.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        }
        let Self { stream, linger, line } = &mut *self;
        let linger = linger.get_or_insert_with(|| {
            let time = if line.is_unread() { LINGER_UNREAD } else { LINGER };
            Linger { until: Box::pin(tokio::time::sleep(time)), bytes: LINGER_BYTES }
        });
        let mut scrap = [0; 16 * 1024];
        while linger.bytes > 0 && linger.until.as_mut().poll(cx).is_pending() {
            let mut buffer = ReadBuf::new(&mut scrap);
            match ready!(Pin::new(&mut *stream).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {
                    linger.bytes = linger.bytes.saturating_sub(buffer.filled().len());
                }
                // It has heard the answer, or is gone.
                _ => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}
