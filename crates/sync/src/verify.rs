//! Verifying a stored ledger anew, from its first entry.

use cache::{CacheError, LedgerReader};
use metering::{Allocation, Entry, EntryKind, Finding, Terms, Verifier};
use wire::line::{decode_body, read_usage};
use wire::{GENESIS, Hash, chain};

use crate::checker::stored;

/// Entries that are looked at while one view of the file is open.
const STRETCH: u32 = 16_384;
/// Findings that are told; of more there is only the number.
const MOST_TOLD: usize = 100;

/// What verifying came to.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Verification {
    /// Entries that were looked at.
    pub entries: u64,
    /// What is wrong, the first hundred of it.
    pub findings: Vec<Finding>,
    /// How much more is.
    pub more: u64,
    /// Whether all entries were looked at: it may have been stopped.
    pub is_whole: bool,
}

impl Verification {
    /// Whether everything was looked at and nothing is wrong.
    #[must_use]
    pub const fn is_right(&self) -> bool {
        self.is_whole && self.findings.is_empty()
    }
}

/// Reads everything that is stored of a ledger: whether the file is whole, whether each entry's hash follows from the one
/// before and its bytes, and whether the rules made it (rule 19). Takes its time for millions of entries, and eight bytes of
/// memory for each. `progress` hears how many entries were looked at, and may stop with `false`.
///
/// # Errors
/// [`CacheError::Unusable`] naming the damage, if the file is not what was stored; any other storage error.
pub fn verify(reader: &LedgerReader, terms: Terms, progress: impl Fn(u64) -> bool) -> Result<Verification, CacheError> {
    reader.check(|_| progress(0))?;
    let mut check = Check {
        reader,
        verifier: Verifier::new(terms),
        hash: GENESIS,
        done: Verification::default(),
        found: Vec::new(),
        room: Vec::new(),
    };
    loop {
        let after = check.done.entries;
        let count = reader.entries_after(after, STRETCH, |stored| {
            check.entry(stored.seq, stored.body, stored.hash);
            true
        })?;
        if count < STRETCH {
            break;
        }
        if !progress(check.done.entries) {
            return Ok(check.done);
        }
    }
    check.finish()
}

struct Check<'a> {
    reader: &'a LedgerReader,
    verifier: Verifier,
    hash: Hash,
    done: Verification,
    found: Vec<Finding>,
    room: Vec<Allocation>,
}

impl Check<'_> {
    fn entry(&mut self, seq: u64, body: &[u8], known: Option<[u8; 32]>) {
        self.done.entries = seq;
        self.hash = chain(&self.hash, body);
        if known.is_some_and(|known| known != self.hash.0) {
            let message = "the hashes of the entries up to here do not lead to the one that was stored";
            self.found.push(Finding::new(seq, metering::Aspect::Chain, message));
        }
        if let Some(line) = read_usage(body, &mut self.room) {
            self.verifier.check_usage(line.seq, line.recorded_at, &line.usage, None, &mut self.found);
        } else {
            match decode_body(body) {
                Ok(entry) => {
                    let reader = self.reader;
                    self.verifier.check(&entry, None, |seq| stored(reader, seq), &mut self.found);
                }
                Err(error) => {
                    self.verifier.check_unreadable(None);
                    self.found.push(Finding::new(seq, metering::Aspect::Form, error.to_string()));
                }
            }
        }
        self.tell();
    }

    fn tell(&mut self) {
        for finding in self.found.drain(..) {
            if self.done.findings.len() < MOST_TOLD {
                self.done.findings.push(finding);
            } else {
                self.done.more += 1;
            }
        }
    }

    /// Looks for ids that are there twice, which takes a second look where there may be some.
    fn finish(mut self) -> Result<Verification, CacheError> {
        let fresh = Verifier::new(self.verifier.account().terms().clone());
        let mut repeats = std::mem::replace(&mut self.verifier, fresh).into_repeats();
        let mut after = 0;
        while !repeats.is_empty() && after < self.done.entries {
            let count = self.reader.entries_after(after, STRETCH, |stored| {
                after = stored.seq;
                if let Ok(Entry { seq, kind: EntryKind::Usage(usage), .. }) = decode_body(stored.body) {
                    self.found.extend(repeats.check(seq, &(&usage).into()));
                }
                true
            })?;
            self.tell();
            if count == 0 {
                break;
            }
        }
        self.done.is_whole = true;
        Ok(self.done)
    }
}
