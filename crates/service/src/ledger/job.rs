//! What a lane is asked to do.

use std::sync::Arc;

use clock::Stopwatch;
use metering::{Account, Command, Outcome, Timestamp};
use tokio::sync::oneshot;

use super::{Answer, Unavailable};
use crate::sample::Player;
use crate::store::{Settlement, Workspace};

/// Looks at an account, and says what it has seen once everything in it is durable.
pub(crate) trait Read: Send {
    /// Looks.
    fn look(&mut self, account: &Account, now: Timestamp);

    /// Says what it has seen, or why that cannot be said.
    fn answer(self: Box<Self>, reason: Option<&Unavailable>);
}

/// What looks at an account, and where what it has seen goes.
pub(super) struct Look<L, T> {
    look: Option<L>,
    seen: Option<T>,
    reply: Reply<T>,
}

impl<L, T> Look<L, T> {
    pub(super) const fn new(look: L, reply: Reply<T>) -> Self {
        Self { look: Some(look), seen: None, reply }
    }
}

impl<T: Send, L: FnOnce(&Account, Timestamp) -> T + Send> Read for Look<L, T> {
    fn look(&mut self, account: &Account, now: Timestamp) {
        self.seen = self.look.take().map(|look| look(account, now));
    }

    fn answer(self: Box<Self>, reason: Option<&Unavailable>) {
        let seen = match reason {
            Some(reason) => Err(reason.clone()),
            None => self.seen.ok_or_else(|| Unavailable::new("nobody has looked")),
        };
        // Nobody waits any more: that is their business.
        drop(self.reply.send(seen));
    }
}

/// One thing to do in a workspace.
pub(crate) struct Job {
    /// The workspace, as whoever asks knows it.
    pub(crate) workspace: Arc<Workspace>,
    /// What to do.
    pub(crate) task: Task,
    /// How long it has been waiting.
    pub(crate) waited: Stopwatch,
}

/// What to do.
pub(crate) enum Task {
    /// Decide and record commands, in their order.
    Commands { commands: Vec<Command>, reply: Reply<Vec<Answer>> },
    /// Decide and record a change that has no id of its own, once for each key.
    Once { command: Command, once: Once, reply: Reply<Vec<Answer>> },
    /// Take in a payment event.
    Settle { settlement: Settlement, reply: Reply<Option<Outcome>> },
    /// Play the next thing of a sample, and give the player back after it.
    Play { player: Box<Player>, reply: Reply<Box<Player>> },
    /// Look at the account.
    Read(Box<dyn Read>),
}

/// What makes a change that has no id of its own safe to send again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// The caller's key.
    pub key: String,
    /// A digest of what is asked: the same key with another is a conflict.
    pub request: [u8; 32],
}

/// Where an answer goes.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, Unavailable>>;

/// What an answer will be, once it is durable.
pub(super) enum Promise {
    Answers(Vec<Answer>),
    Settled(Option<Outcome>),
    Played(Box<Player>),
    Look,
}

impl Promise {
    /// What was decided.
    pub(super) fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        let (answers, settled) = match self {
            Self::Answers(answers) => (answers.as_slice(), None),
            Self::Settled(outcome) => (&[][..], outcome.as_ref()),
            Self::Played(_) | Self::Look => (&[][..], None),
        };
        answers.iter().map(|answer| &answer.outcome).chain(settled)
    }
}

impl Task {
    /// The commands whose past has to be known.
    pub(super) fn commands(&self) -> &[Command] {
        match self {
            Self::Commands { commands, .. } => commands,
            Self::Once { command, .. } => std::slice::from_ref(command),
            Self::Settle { .. } | Self::Play { .. } | Self::Read(_) => &[],
        }
    }

    /// Answers what was promised. Whoever does not wait any more does not hear it.
    pub(super) fn keep(self, promise: Promise) {
        match (self, promise) {
            (Self::Commands { reply, .. } | Self::Once { reply, .. }, Promise::Answers(answers)) => {
                drop(reply.send(Ok(answers)));
            }
            (Self::Settle { reply, .. }, Promise::Settled(outcome)) => drop(reply.send(Ok(outcome))),
            (Self::Play { reply, .. }, Promise::Played(player)) => drop(reply.send(Ok(player))),
            (Self::Read(read), Promise::Look) => read.answer(None),
            (task, _) => task.refuse(&Unavailable::new("it has promised something else")),
        }
    }

    /// Says that nothing can be done.
    pub(super) fn refuse(self, reason: &Unavailable) {
        match self {
            Self::Commands { reply, .. } | Self::Once { reply, .. } => drop(reply.send(Err(reason.clone()))),
            Self::Settle { reply, .. } => drop(reply.send(Err(reason.clone()))),
            Self::Play { reply, .. } => drop(reply.send(Err(reason.clone()))),
            Self::Read(read) => read.answer(Some(reason)),
        }
    }
}
