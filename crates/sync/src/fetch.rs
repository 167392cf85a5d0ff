//! Fetching many pages: the next one is asked for while one arrives, and nobody runs ahead of who takes them.

use std::collections::VecDeque;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::answer::not_the_service;
use crate::lines::{self, Lines};
use crate::plan::{PAGE_LIMIT, page_after};
use crate::{Client, ClientError};

/// Pages that are asked for ahead of time.
const AHEAD: usize = 2;

/// Whole lines, and how many they are.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) lines: Vec<Bytes>,
    pub(crate) count: u64,
}

impl Piece {
    pub(crate) fn new(lines: Vec<Bytes>) -> Self {
        Self { count: lines::count(&lines), lines }
    }
}

/// Fetches the lines from entry `after` to entry `up_to`, and hands them on in pieces of whole lines. It ends early, and
/// without an error, where the service has fewer, or where nobody takes them any more.
///
/// # Errors
/// Any [`ClientError`]; what came ahead of it has been handed on.
pub(crate) async fn fetch(
    client: Client,
    workspace: String,
    after: u64,
    up_to: u64,
    taker: mpsc::Sender<Piece>,
) -> Result<(), ClientError> {
    let mut asked: VecDeque<(u64, Asked)> = VecDeque::new();
    let mut next = after;
    loop {
        while asked.len() < AHEAD
            && let Some(page) = page_after(next, up_to)
        {
            let (client, workspace, from) = (client.clone(), workspace.clone(), next);
            let answer = tokio::spawn(async move { client.ledger(&workspace, from, PAGE_LIMIT).await });
            asked.push_back((page, Asked(answer)));
            next += page;
        }
        let Some((expected, mut page)) = asked.pop_front() else { return Ok(()) };
        let mut lines = page.answer().await?;
        let mut count = 0;
        while let Some(piece) = lines.next().await? {
            let piece = Piece::new(piece);
            count += piece.count;
            // It may have grown meanwhile, and its last page with it.
            if count > u64::from(PAGE_LIMIT) {
                return Err(not_the_service("it sends more lines than were asked for"));
            }
            if taker.send(piece).await.is_err() {
                return Ok(());
            }
        }
        if count < expected || count > expected && !asked.is_empty() {
            return Ok(());
        }
    }
}

/// A question that is under way. Nobody waits for it any more when it is dropped.
struct Asked(JoinHandle<Result<Lines, ClientError>>);

impl Asked {
    async fn answer(&mut self) -> Result<Lines, ClientError> {
        (&mut self.0).await.unwrap_or_else(|error| Err(ClientError::Unreachable(error.to_string())))
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.abort();
    }
}
