//! Answers to what a lane has recorded.

use std::sync::Arc;

use tokio::runtime::Handle;

use super::job::{Promise, Task};
use super::tails::Tails;
use crate::metrics::Decisions;

/// What was done in one workspace, and is durable.
pub(super) struct Done {
    pub(super) workspace: String,
    /// The last entry, whoever recorded it: this process may have come upon what another has.
    pub(super) last_seq: u64,
    pub(super) answers: Vec<(Task, Promise)>,
}

/// What was done together.
pub(super) type Group = Vec<Done>;

/// Tells those who wait what has become of what they asked for.
pub(super) struct Replies {
    tails: Arc<Tails>,
    decisions: Decisions,
    /// Who waits for answers waits there, and is woken there at the least cost.
    runtime: Option<Handle>,
}

impl Replies {
    pub(super) fn new(tails: Arc<Tails>, decisions: Decisions) -> Self {
        Self { tails, decisions, runtime: Handle::try_current().ok() }
    }

    /// Has a group answered. Waking many takes a while: the lane goes on meanwhile.
    pub(super) fn give(&self, group: Group) {
        match &self.runtime {
            Some(runtime) if group.iter().map(|done| done.answers.len()).sum::<usize>() > 1 => {
                let (tails, decisions) = (Arc::clone(&self.tails), self.decisions.clone());
                runtime.spawn(async move { answer(group, &tails, &decisions) });
            }
            _ => answer(group, &self.tails, &self.decisions),
        }
    }
}

/// Tells those who follow the ledgers, and keeps what was promised.
fn answer(group: Group, tails: &Tails, decisions: &Decisions) {
    for done in group {
        tails.moved(&done.workspace, done.last_seq);
        for (task, promise) in done.answers {
            promise.outcomes().for_each(|outcome| decisions.count(outcome));
            task.keep(promise);
        }
    }
}
