//! What the service told its clients of the work in one workspace.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Deserialize;

/// Most wrong answers that are kept: the first say enough.
const MOST: usize = 10;

/// Everything that clients were told. They share it.
#[derive(Default)]
pub(crate) struct Told(Mutex<Heard>);

#[derive(Default)]
struct Heard {
    /// The entry of each id that was acknowledged.
    entries: HashMap<String, u64>,
    tally: Tally,
    wrong: Vec<String>,
}

/// How often what was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Acknowledged as recorded now.
    pub(crate) recorded: u64,
    /// Acknowledged as recorded before: nobody had been told, and the client had asked again.
    pub(crate) duplicates: u64,
    /// Refused for want of credits.
    pub(crate) refused: u64,
    /// Requests that nobody answered.
    pub(crate) unanswered: u64,
    /// Requests that the service could not take for the time being (503).
    pub(crate) unavailable: u64,
}

impl Tally {
    pub(crate) const fn acknowledged(&self) -> u64 {
        self.recorded + self.duplicates
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.recorded += other.recorded;
        self.duplicates += other.duplicates;
        self.refused += other.refused;
        self.unanswered += other.unanswered;
        self.unavailable += other.unavailable;
    }
}

/// The answer to one report, as far as it matters here.
#[derive(Debug, Deserialize)]
pub(crate) struct Receipt {
    outcome: String,
    seq: Option<u64>,
}

impl Told {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A report was acknowledged. `is_doubtful` says that it was sent before, and its client does not know what came of it.
    pub(crate) fn acknowledged(&self, id: &str, receipt: &Receipt, is_doubtful: bool) {
        let mut heard = self.heard();
        match (receipt.outcome.as_str(), receipt.seq) {
            ("recorded", Some(_)) => heard.tally.recorded += 1,
            ("duplicate", Some(_)) if is_doubtful => heard.tally.duplicates += 1,
            _ => heard.wrong(format!("{id}: {receipt:?} was answered to what was {}", sent(is_doubtful))),
        }
        if heard.entries.insert(id.to_owned(), receipt.seq.unwrap_or(0)).is_some() {
            heard.wrong(format!("{id}: it was acknowledged twice"));
        }
    }

    pub(crate) fn refused(&self) {
        self.heard().tally.refused += 1;
    }

    pub(crate) fn unanswered(&self) {
        self.heard().tally.unanswered += 1;
    }

    pub(crate) fn unavailable(&self) {
        self.heard().tally.unavailable += 1;
    }

    /// Something was answered that may not be.
    pub(crate) fn wrong(&self, what: String) {
        self.heard().wrong(what);
    }

    pub(crate) fn tally(&self) -> Tally {
        self.heard().tally
    }

    /// The entry of each id that was acknowledged until now, and what was wrong.
    pub(crate) fn so_far(&self) -> (HashMap<String, u64>, Vec<String>) {
        let heard = self.heard();
        (heard.entries.clone(), heard.wrong.clone())
    }
}

impl Heard {
    fn wrong(&mut self, what: String) {
        if self.wrong.len() < MOST {
            self.wrong.push(what);
        }
    }
}

const fn sent(is_doubtful: bool) -> &'static str {
    if is_doubtful { "sent again" } else { "sent once" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(outcome: &str, seq: u64) -> Receipt {
        Receipt { outcome: outcome.into(), seq: Some(seq) }
    }

    #[test]
    fn a_duplicate_is_right_only_of_what_was_sent_before() {
        let told = Told::default();
        told.acknowledged("a", &receipt("recorded", 3), false);
        told.acknowledged("b", &receipt("duplicate", 4), true);
        assert_eq!(told.so_far().1, Vec::<String>::new());
        assert_eq!(told.tally().acknowledged(), 2);
        told.acknowledged("c", &receipt("duplicate", 5), false);
        assert_eq!(told.so_far().1.len(), 1);
        told.acknowledged("d", &receipt("unmetered", 6), false);
        assert_eq!(told.so_far().1.len(), 2);
    }

    #[test]
    fn an_id_is_acknowledged_once() {
        let told = Told::default();
        told.acknowledged("a", &receipt("recorded", 3), false);
        told.acknowledged("a", &receipt("recorded", 4), false);
        assert_eq!(told.so_far().1, ["a: it was acknowledged twice"]);
    }
}
