//! Follows a ledger, and says what the vendor hears of each command.

use metering::{Account, Position, State, Timestamp};

use super::news::{self, Look};
use super::pause;
use crate::store::Effect;

/// Follows one ledger.
#[derive(Debug, Default)]
pub(crate) struct Herald {
    /// How the ledger stands as it is recorded; none, when it has to be worked out.
    stood: Option<Position>,
}

/// How a ledger stood before a command.
pub(crate) struct Before {
    seq: u64,
    /// As it was recorded.
    recorded: Position,
    /// With what fell due since.
    due: Option<Position>,
}

impl Herald {
    /// Somebody else has recorded, or the ledger is kept under other terms.
    pub(crate) fn lose_track(&mut self) {
        self.stood = None;
    }

    /// Looks at the account before it takes in the entries of a command that was decided at `now`: so many.
    pub(crate) fn before(&mut self, account: &Account, now: Timestamp, entries: usize) -> Before {
        Before {
            seq: account.last_seq(),
            recorded: self.stood.take().unwrap_or_else(|| recorded(account)),
            // A single entry is the command's own: nothing has fallen due ahead of it.
            due: (entries > 1).then(|| account.position(now)),
        }
    }

    /// What is stored with the entries, now that the account has taken them in. What fell due is told by itself, so that a
    /// refresh is not missed whose allowance is spent at once.
    pub(crate) fn after(&mut self, workspace: &str, account: &Account, before: &Before) -> Vec<Effect> {
        let after = recorded(account);
        let mut notices = Vec::new();
        let mut stood = &before.recorded;
        for (seq, position) in before.due.iter().map(|due| (before.seq, due)).chain([(account.last_seq(), &after)]) {
            let (then, now) = (Look { seq: before.seq, position: stood }, Look { seq, position });
            notices.extend(news::between(workspace, then, now, &account.catalogue(position.at).warnings));
            stood = position;
        }
        let mut effects: Vec<Effect> = notices.into_iter().map(|notice| Effect::Told(Box::new(notice))).collect();
        if after.state == State::Paused {
            effects.extend(pause::may_end_at(account, &after).map(Effect::LookAt));
        }
        self.stood = Some(Position { features: Vec::new(), ..after });
        effects
    }
}

/// How a ledger stands as it is recorded: the same whoever looks, and whenever.
pub(super) fn recorded(account: &Account) -> Position {
    account.position(account.last_recorded_at())
}
