//! The metering rules a second time, written from the rules page alone and as plainly as possible: the model keeps
//! nothing but the commands that were recorded, and begins from nothing at every step. It shares the crate's data types
//! and none of its logic. What both answer alike is unlikely to be a slip of either.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod books;
pub(crate) mod calendar;
mod conformance;
mod due;
mod packs;
mod plans;
mod position;
mod work;

use std::sync::Arc;

use chrono_tz::Tz;
use metering::{Catalogue, Command, Timestamp};

use books::Books;

/// What a step comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum NaiveOutcome {
    Recorded,
    Duplicate,
    Conflict,
    Refused(&'static str),
    Invalid,
    Ok,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NaivePosition {
    pub(crate) available: u64,
    pub(crate) allowance: u64,
    /// What the period brought.
    pub(crate) allowance_size: u64,
    pub(crate) top_up: u64,
    pub(crate) held: u64,
    pub(crate) used: u64,
    pub(crate) state: &'static str,
    pub(crate) period: Option<(i64, i64)>,
    pub(crate) can_run: Vec<(String, bool)>,
    /// Of each feature in the same order: used in this period, and why one unit would be refused.
    pub(crate) features: Vec<(u64, Option<&'static str>)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NaiveTotals {
    pub(crate) granted: u64,
    pub(crate) spent: u64,
    pub(crate) amended: u64,
    pub(crate) expired: u64,
    pub(crate) voided: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) outcome: NaiveOutcome,
    pub(crate) position: NaivePosition,
    pub(crate) totals: NaiveTotals,
    /// Every grant that has something left, in the order in which they were granted.
    pub(crate) grants: Vec<Left>,
    /// Every hold that lives, the first to time out first: whose, its id, how long it lives, what it reserves.
    pub(crate) holds: Vec<(String, String, i64, u64)>,
    /// The plan, and what waits for the next refresh: another plan or none.
    pub(crate) plan: Option<(NaivePlan, Option<Option<NaivePlan>>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NaivePlan {
    pub(crate) id: String,
    pub(crate) allowance: u64,
    pub(crate) ai: bool,
}

/// What is left of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) amount: u64,
    pub(crate) left: u64,
    pub(crate) held: u64,
    /// What refunds and disputes claim of it and have not taken.
    pub(crate) shortfall: u64,
}

/// What a step counts at whose instant is behind (rule 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    /// The instant of the step before it, whatever came of that. So scenarios are run.
    PreviousStep,
    /// The instant of the last step that was recorded. So a ledger is written.
    LastEntry,
}

pub(crate) struct Naive {
    catalogues: Vec<Arc<Catalogue>>,
    zone: Tz,
    behind: Behind,
    not_before: i64,
    history: Vec<(i64, Command)>,
}

impl Naive {
    /// The catalogue's revisions in the order in which they count; the first counts since ever.
    pub(crate) fn new(catalogues: Vec<Arc<Catalogue>>, zone: Tz) -> Self {
        Self { catalogues, zone, behind: Behind::PreviousStep, not_before: i64::MIN, history: Vec::new() }
    }

    pub(crate) fn with_behind(mut self, behind: Behind) -> Self {
        self.behind = behind;
        self
    }

    pub(crate) fn step(&mut self, at: Timestamp, command: &Command) -> Answer {
        let now = at.as_millis().max(self.not_before);
        let mut books = self.replay();
        books.go_to(now);
        let outcome = books.answer(command);
        books.check();
        let answer = books.into_answer(outcome);
        if outcome == NaiveOutcome::Recorded {
            self.history.push((now, command.clone()));
        }
        if outcome == NaiveOutcome::Recorded || self.behind == Behind::PreviousStep {
            self.not_before = now;
        }
        answer
    }

    pub(crate) fn read(&mut self, at: Timestamp) -> Answer {
        let now = at.as_millis().max(self.not_before);
        let mut books = self.replay();
        books.go_to(now);
        books.check();
        let answer = books.into_answer(NaiveOutcome::Ok);
        if self.behind == Behind::PreviousStep {
            self.not_before = now;
        }
        answer
    }

    /// Everything that was recorded so far, again from the beginning.
    fn replay(&self) -> Books<'_> {
        let mut books = Books::new(&self.catalogues, self.zone);
        for (at, command) in &self.history {
            books.go_to(*at);
            let again = books.answer(command);
            assert_eq!(again, NaiveOutcome::Recorded, "what was recorded once is recorded again");
        }
        books
    }
}
