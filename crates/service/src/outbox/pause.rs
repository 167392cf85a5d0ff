//! Pauses that end by themselves: at a refresh, or when the time of a hold is up. No entry says so before the next command,
//! and who waits for the end of a pause sends none.

use metering::{Account, Position, State, Timestamp};

use super::herald::recorded;
use super::news::{self, Look};
use crate::store::Notice;

/// Looked at so long after it may have ended: by then every process's clock says so, and what is recorded follows it.
const GRACE_MS: i64 = 2_000;

/// What a look at a paused workspace has found.
#[derive(Debug)]
pub(super) struct Found {
    /// What the vendor hears.
    pub(super) notices: Vec<Notice>,
    /// When to look again.
    pub(super) again: Option<Timestamp>,
}

/// When a pause may end by itself next.
pub(super) fn may_end_at(account: &Account, position: &Position) -> Option<Timestamp> {
    let refresh = position.period.map(|period| period.end);
    let hold = account.live_holds(position.at).first().map(|hold| hold.until);
    refresh.into_iter().chain(hold).min().map(|at| at.plus_millis(GRACE_MS))
}

/// Looks at a workspace. What is found has the ids that it will have when a command records it: it is told once.
pub(super) fn look(workspace: &str, account: &Account, now: Timestamp) -> Found {
    let (stood, stands, seq) = (recorded(account), account.position(now), account.last_seq());
    let (before, after) = (Look { seq, position: &stood }, Look { seq, position: &stands });
    let notices = news::between(workspace, before, after, &account.catalogue(now).warnings);
    let again = if stands.state == State::Paused { may_end_at(account, &stands) } else { None };
    Found { notices, again }
}
