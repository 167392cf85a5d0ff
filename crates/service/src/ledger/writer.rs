//! The writer's thread.

use std::sync::Arc;

use clock::Clock;
use metering::Timestamp;
use tokio::sync::{broadcast, mpsc};

use super::book::{Book, cost};
use super::job::{Job, Played, Promise, Read};
use super::{Answer, Unavailable};
use crate::store::{Store, StoreError, StoredLine, Workspace};

/// Most jobs that are committed as one transaction: those who came first should not wait for too many others.
const GROUP: usize = 512;

struct Writer {
    workspace: Workspace,
    store: Arc<Store>,
    clock: Clock,
    tail: broadcast::Sender<Arc<StoredLine>>,
    /// `None` before the first job, and after a commit that failed.
    book: Option<Book>,
}

/// Starts a workspace's writer. It ends when nobody can send it anything any more.
pub(super) fn start(
    workspace: Workspace,
    store: Arc<Store>,
    clock: Clock,
    mut queue: mpsc::Receiver<Job>,
    tail: broadcast::Sender<Arc<StoredLine>>,
) -> Result<(), StoreError> {
    let name = format!("ledger {}", workspace.id.chars().take(32).collect::<String>());
    let mut writer = Writer { workspace, store, clock, tail, book: None };
    let run = move || {
        while let Some(first) = queue.blocking_recv() {
            let mut jobs = vec![first];
            while jobs.len() < GROUP
                && let Ok(next) = queue.try_recv()
            {
                jobs.push(next);
            }
            writer.work(jobs);
        }
    };
    std::thread::Builder::new()
        .name(name)
        .spawn(run)
        .map(drop)
        .map_err(|error| StoreError::Contradiction(format!("no thread for a writer: {error}")))
}

impl Writer {
    /// Does what waits, in order, as one transaction; then answers, then lets others look.
    fn work(&mut self, jobs: Vec<Job>) {
        let mut book = match self.book.take().map_or_else(|| self.open(), Ok) {
            Ok(book) => book,
            Err(reason) => {
                jobs.into_iter().for_each(|job| job.refuse(&reason));
                return;
            }
        };
        for job in &jobs {
            if let Job::Commands { commands, .. } = job {
                book.look_ahead(commands);
            }
        }
        let mut promises = Vec::with_capacity(jobs.len());
        let mut reads = Vec::new();
        let mut failure = None;
        for job in jobs {
            if let Some(reason) = &failure {
                job.refuse(reason);
                continue;
            }
            match self.carry_out(&mut book, job, &mut promises, &mut reads) {
                Ok(()) => {}
                Err(error) => failure = Some(self.report(&error)),
            }
        }
        let committed = match failure {
            Some(reason) => Err(reason),
            None => book.commit().map_err(|error| self.report(&error)),
        };
        match committed {
            Ok(lines) => {
                for line in lines {
                    // Nobody listens: that is fine.
                    let _ = self.tail.send(Arc::new(line));
                }
                promises.into_iter().for_each(|promise| promise.keep(Ok(())));
                let now = self.clock.now();
                reads.into_iter().for_each(|read: Read| read(Ok((book.account(), now))));
                self.book = Some(book);
            }
            Err(reason) => {
                // The book holds what the store does not: the next job replays the ledger.
                promises.into_iter().for_each(|promise| promise.keep(Err(reason.clone())));
                reads.into_iter().for_each(|read| read(Err(reason.clone())));
            }
        }
    }

    fn carry_out(
        &self,
        book: &mut Book,
        job: Job,
        promises: &mut Vec<Promise>,
        reads: &mut Vec<Read>,
    ) -> Result<(), StoreError> {
        match job {
            Job::Commands { commands, reply } => {
                let mut answers = Vec::with_capacity(commands.len());
                for command in &commands {
                    let now = self.clock.now();
                    let decision = book.decide(command, now)?;
                    let position = book.account().position(now);
                    answers.push(Answer { cost: cost(&decision), outcome: decision.outcome, position });
                }
                promises.push(Promise::Commands(answers, reply));
            }
            Job::Settle { settlement, reply } => {
                let outcome = book.settle(settlement, self.clock.now())?;
                promises.push(Promise::Settle(outcome, reply));
            }
            Job::Play { mut player, reply } => {
                player.play(book, Timestamp::MAX)?;
                book.note_progress(player.progress());
                promises.push(Promise::Play(Played { player }, reply));
            }
            Job::Read(read) => reads.push(read),
        }
        Ok(())
    }

    fn open(&self) -> Result<Book, Unavailable> {
        Book::open(&self.workspace, Arc::clone(&self.store)).map_err(|error| self.report(&error))
    }

    fn report(&self, error: &StoreError) -> Unavailable {
        tracing::error!(workspace = %self.workspace.id, %error, "the ledger cannot be written");
        Unavailable::new("the ledger cannot be written")
    }
}
