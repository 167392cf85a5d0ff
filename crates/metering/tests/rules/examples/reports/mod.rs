//! What an owner reads of an altered ledger (rule 19). Each report is held as a whole: it names what was altered, and
//! nothing else.

/// What an entry says, to alter it.
macro_rules! content {
    ($ledger:ident, $seq:literal, $kind:ident) => {
        match &mut $ledger[$seq - 1].kind {
            EntryKind::$kind(content) => content,
            other => panic!("{other:?}"),
        }
    };
}

mod amendments;
mod captures;
mod due;
mod gone;
mod holds;
mod ids;
mod lines;
mod numbers;
mod packs;
mod plans;
mod usages;

use metering::{GrantOrigin, PlanChange, PlanChangeCause, Release, ReleaseCause, verify};

use super::*;

/// A ledger that the rules made, and what somebody made of it.
struct Altered {
    terms: Terms,
    was: Vec<Entry>,
    is: Vec<Entry>,
}

impl Desk {
    #[track_caller]
    fn altered(&self, alter: impl FnOnce(&mut Vec<Entry>)) -> Altered {
        let terms = self.meter.account().terms().clone();
        assert_eq!(verify(terms.clone(), &self.ledger), [], "before it is altered");
        let (was, mut is) = (self.ledger.clone(), self.ledger.clone());
        alter(&mut is);
        Altered { terms, was, is }
    }
}

impl Altered {
    #[track_caller]
    fn reports(&self, lines: &[&str]) {
        let report: Vec<String> = verify(self.terms.clone(), &self.is).iter().map(ToString::to_string).collect();
        assert_eq!(report, lines);
    }

    /// One line: a field says one thing, and the rules give another.
    #[track_caller]
    fn differs(&self, seq: u64, aspect: &str, field: &str, is: &str, given: &str) {
        self.reports(&[&format!("entry {seq}: {aspect}: {field} is {is}, and the rules give {given}")]);
    }

    /// Two lines: an entry is gone ahead of this one, and what it was.
    #[track_caller]
    fn lacks(&self, seq: u64, aspect: &str, what: &str) {
        let gone = seq - 1;
        let Entry { recorded_at, .. } = &self.was[usize::try_from(gone).unwrap() - 1];
        self.reports(&[
            &format!("entry {seq}: order: entry {gone} is missing ahead of it"),
            &format!("entry {seq}: {aspect}: before it there should be {what}, dated {recorded_at}"),
        ]);
    }
}

fn bought(purchase: &str, pack: &str, price: u64) -> GrantOrigin {
    GrantOrigin::TopUp { purchase: purchase.into(), pack: pack.into(), price }
}

/// Takes entries out of a ledger.
fn take_out(ledger: &mut Vec<Entry>, gone: &[u64]) {
    ledger.retain(|entry| !gone.contains(&entry.seq));
}

/// Hides that entries were taken out, or put in.
fn renumber(ledger: &mut [Entry]) {
    for (entry, seq) in ledger.iter_mut().zip(1..) {
        entry.seq = seq;
    }
}

/// Writes one more entry at the end, in the instant of the last.
fn append(ledger: &mut Vec<Entry>, kind: EntryKind) {
    let last = ledger.last().unwrap();
    ledger.push(Entry { seq: last.seq + 1, recorded_at: last.recorded_at, kind });
}
