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

    /// The line that sets an entry against the one that stood there.
    fn differs(&self, seq: usize, aspect: &str) -> String {
        self.is_not(seq, aspect, &self.was[seq - 1].kind)
    }

    /// The line that sets an entry against what the rules give in its place.
    fn is_not(&self, seq: usize, aspect: &str, given: &EntryKind) -> String {
        let is = &self.is[seq - 1].kind;
        format!("entry {seq}: {aspect}: it is {is:?}, and the rules give {given:?}")
    }

    /// The line that misses an entry that stood ahead of this one.
    fn lacks(&self, seq: usize, aspect: &str, gone: usize) -> String {
        let Entry { recorded_at, kind, .. } = &self.was[gone - 1];
        format!("entry {seq}: {aspect}: before it there should be {kind:?}, dated {recorded_at}")
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
