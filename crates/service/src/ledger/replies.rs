//! Answers that wait for the disk.
//!
//! A thread takes what a lane has done, waits until it is durable, and answers. The lane hands over one group at a time and
//! goes on to the next: so one is on its way to the disk while another is decided, and no more than that, because more
//! and smaller groups would cost more waits.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clock::Stopwatch;
use tokio::runtime::Handle;

use super::Unavailable;
use super::job::{Promise, Task};
use super::lane::Noted;
use super::tails::Tails;
use crate::store::{Store, StoreError};

/// What was done in one workspace.
pub(super) struct Done {
    pub(super) workspace: String,
    /// The last entry, if any was recorded.
    pub(super) last_seq: Option<u64>,
    pub(super) answers: Vec<(Task, Promise)>,
}

/// What was done together.
pub(super) struct Group {
    pub(super) done: Vec<Done>,
    /// Since when it is being written; none, if nothing was.
    pub(super) written: Option<Stopwatch>,
    /// How long the first who came has been waiting.
    pub(super) waited: Duration,
}

/// Answers groups, after they are durable.
#[derive(Clone)]
pub(super) struct Replies {
    store: Arc<Store>,
    tails: Arc<Tails>,
    noted: Noted,
    /// Who waits for answers waits there, and is woken there at the least cost.
    runtime: Option<Handle>,
}

impl Replies {
    pub(super) fn new(store: Arc<Store>, tails: Arc<Tails>, noted: Noted) -> Self {
        Self { store, tails, noted, runtime: Handle::try_current().ok() }
    }

    /// Answers on a thread of its own what is handed to it, until nobody can any more.
    pub(super) fn start(self, number: usize) -> Result<Hand, StoreError> {
        let slot = Arc::new(Slot::default());
        let hand = Hand(Arc::clone(&slot));
        let run = move || {
            // Nobody is to wait for a thread that is gone.
            let slot = Closing(slot);
            while let Some(group) = slot.0.take() {
                self.noted.disk.begin(group.waited);
                self.keep(group);
                self.noted.disk.rest();
            }
        };
        let thread = std::thread::Builder::new().name(format!("replies {number}"));
        thread.spawn(run).map_err(|error| StoreError::Contradiction(format!("no thread for answers: {error}")))?;
        Ok(hand)
    }

    /// Waits until a group is durable and has it answered.
    pub(super) fn keep(&self, group: Group) {
        let synced = self.store.sync();
        if let Some(written) = group.written {
            self.noted.commits.seconds.observe(written.elapsed().as_secs_f64());
        }
        if let Err(error) = &synced {
            self.noted.commits.failed.inc_by(u64::from(group.written.is_some()));
            tracing::error!(%error, "what was recorded may be lost in a power cut");
        }
        let is_durable = synced.is_ok();
        match &self.runtime {
            Some(runtime) if group.done.len() > 1 || group.done.iter().any(|done| done.answers.len() > 1) => {
                let (tails, noted) = (Arc::clone(&self.tails), self.noted.clone());
                runtime.spawn(async move { answer(group, is_durable, &tails, &noted) });
            }
            _ => answer(group, is_durable, &self.tails, &self.noted),
        }
    }
}

/// Tells those who follow the ledgers, and keeps what was promised.
fn answer(group: Group, is_durable: bool, tails: &Tails, noted: &Noted) {
    let unavailable = Unavailable::new("the ledger cannot be written");
    for done in group.done {
        if let Some(last_seq) = done.last_seq.filter(|_| is_durable) {
            tails.moved(&done.workspace, last_seq);
        }
        for (task, promise) in done.answers {
            if is_durable {
                promise.outcomes().for_each(|outcome| noted.decisions.count(outcome));
                task.keep(promise);
            } else {
                task.refuse(&unavailable);
            }
        }
    }
}

/// Where a lane hands over its groups. Nobody takes any more once it is dropped.
pub(super) struct Hand(Arc<Slot>);

impl Hand {
    /// Hands over a group, and returns when the one before it is durable and this one is being worked on. Gives the group
    /// back if nobody takes it any more.
    pub(super) fn over(&self, group: Group) -> Option<Group> {
        let mut held = self.0.lock();
        held.group = Some(group);
        drop(held);
        self.0.changed.notify_one();
        held = self.0.lock();
        while held.group.is_some() && !held.is_closed {
            held = self.0.changed.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
        held.group.take()
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        self.0.close();
    }
}

struct Closing(Arc<Slot>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[derive(Default)]
struct Slot {
    held: Mutex<Held>,
    changed: Condvar,
}

#[derive(Default)]
struct Held {
    group: Option<Group>,
    is_closed: bool,
}

impl Slot {
    /// The next group; none, if there will be none.
    fn take(&self) -> Option<Group> {
        let mut held = self.lock();
        loop {
            if let Some(group) = held.group.take() {
                drop(held);
                self.changed.notify_one();
                return Some(group);
            }
            if held.is_closed {
                return None;
            }
            held = self.changed.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
