//! What a writer is asked to do.

use metering::{Account, Command, Outcome, Timestamp};
use tokio::sync::oneshot;

use super::{Answer, Unavailable};
use crate::sample::Player;
use crate::store::Settlement;

/// Looks at the account, or learns why there is none.
pub(crate) type Read = Box<dyn FnOnce(Result<(&Account, Timestamp), Unavailable>) + Send>;

/// A player after one thing was played, and when its next is due.
pub(crate) struct Played {
    pub(crate) player: Box<Player>,
}

/// One thing to do.
pub(crate) enum Job {
    /// Decide and record commands, in their order.
    Commands { commands: Vec<Command>, reply: oneshot::Sender<Result<Vec<Answer>, Unavailable>> },
    /// Take in a payment event.
    Settle { settlement: Settlement, reply: oneshot::Sender<Result<Option<Outcome>, Unavailable>> },
    /// Play the next thing of a sample.
    Play { player: Box<Player>, reply: oneshot::Sender<Result<Played, Unavailable>> },
    /// Look at the account.
    Read(Read),
}

/// An answer that waits for the commit.
pub(super) enum Promise {
    Commands(Vec<Answer>, oneshot::Sender<Result<Vec<Answer>, Unavailable>>),
    Settle(Option<Outcome>, oneshot::Sender<Result<Option<Outcome>, Unavailable>>),
    Play(Played, oneshot::Sender<Result<Played, Unavailable>>),
}

impl Promise {
    /// Gives the answer, or says why there is none. Whoever does not wait any more does not hear it.
    pub(super) fn keep(self, committed: Result<(), Unavailable>) {
        match self {
            Self::Commands(answers, reply) => drop(reply.send(committed.map(|()| answers))),
            Self::Settle(outcome, reply) => drop(reply.send(committed.map(|()| outcome))),
            Self::Play(played, reply) => drop(reply.send(committed.map(|()| played))),
        }
    }
}

impl Job {
    /// Says that nothing can be done.
    pub(super) fn refuse(self, reason: &Unavailable) {
        match self {
            Self::Commands { reply, .. } => drop(reply.send(Err(reason.clone()))),
            Self::Settle { reply, .. } => drop(reply.send(Err(reason.clone()))),
            Self::Play { reply, .. } => drop(reply.send(Err(reason.clone()))),
            Self::Read(read) => read(Err(reason.clone())),
        }
    }
}
