//! An account together with the register of what its ledger has recorded: all that deciding takes.

use std::borrow::Cow;

use crate::{Account, Broken, Command, Decision, Entry, HoldEnd, Past, PastHold, Register, Terms, Timestamp};

/// A workspace's account that can decide. [`Meter::apply`] alone changes it.
#[derive(Clone, Debug)]
pub struct Meter {
    account: Account,
    register: Register,
}

impl Meter {
    /// The meter of a workspace without any entry.
    #[must_use]
    pub fn new(terms: Terms) -> Self {
        Self { account: Account::new(terms), register: Register::default() }
    }

    /// What the entries add up to.
    #[must_use]
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// What they have recorded.
    #[must_use]
    pub const fn register(&self) -> &Register {
        &self.register
    }

    /// What a command comes to at `now`; see [`crate::decide`].
    #[must_use]
    pub fn decide<'c>(&self, command: impl Into<Cow<'c, Command>>, now: Timestamp) -> Decision {
        crate::decide(&self.account, &self.register, command, now)
    }

    /// Folds the next entry of the ledger.
    ///
    /// # Errors
    /// As for [`Account::apply`].
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Broken> {
        self.account.apply(entry)?;
        self.register.note(entry);
        Ok(())
    }

    /// A hold, and what has become of it at an instant: `None` for its end while it lives.
    #[must_use]
    pub fn hold(&self, source: &str, id: &str, at: Timestamp) -> Option<PastHold> {
        let mut past = self.register.hold(source, id)?;
        if past.end.is_none() && !self.account.live_holds(at).iter().any(|live| live.seq == past.seq) {
            past.end = Some(HoldEnd::TimedOut);
        }
        Some(past)
    }
}
