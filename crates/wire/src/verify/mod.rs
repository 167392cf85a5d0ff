//! Verifying a ledger from its bytes: is each entry's hash the chain's, and did the rules make it (rule 19)?

mod chain;
mod lines;

use std::io;
use std::ops::ControlFlow;

use metering::{Aspect, Entry, EntryKind, Finding, Terms, Timestamp, Verifier};

use crate::Hash;
use crate::line::{LineError, LineHead, UsageLine, decode_body, parse_line, read_head, split_line};
use chain::ChainCheck;
use lines::{Block, Places, usual_blocks};

/// So many findings are told; of more there is only the number.
const MAX_TOLD: usize = 1_000;

/// Bytes that can be read anywhere: a ledger is looked at more than once.
pub trait Source {
    /// Reads some bytes from `offset` on; 0 at the end.
    ///
    /// # Errors
    /// Whatever keeps it from reading.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

impl Source for [u8] {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.get(from..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        Ok(length)
    }
}

/// What a ledger turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How many entries it has, readable or not.
    pub entries: u64,
    /// The chain's hash after the last.
    pub head: Hash,
    /// What is wrong with it: the first thousand of them, by entry; ids that are there twice come last.
    pub findings: Vec<Finding>,
    /// How many more there are.
    pub more: u64,
}

impl Verdict {
    /// Whether nothing is wrong with it.
    #[must_use]
    pub const fn is_right(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Checks a whole ledger as it is sent, line by line: the chain of hashes, and that the rules made every entry. It
/// takes little memory whatever the length: eight bytes a usage and a small part of the ledger at a time.
///
/// # Errors
/// Only what keeps `ledger` from being read; everything that is wrong with it is a finding.
pub fn verify<S: Source + ?Sized>(terms: Terms, ledger: &S) -> io::Result<Verdict> {
    let mut check = Check::new(terms, ledger);
    usual_blocks(ledger, |block| ControlFlow::Continue(check.block(block)))?;
    check.finish()
}

/// A line, read as far as nearly all need.
struct Read<'a> {
    line: &'a [u8],
    /// The digits of its hash, its body and the head of that, if it is written in the usual way.
    usual: Option<(&'a [u8; 64], &'a [u8], LineHead<'a>)>,
}

impl<'a> Read<'a> {
    fn new(line: &'a [u8]) -> Self {
        let usual = split_line(line).and_then(|(digits, body)| Some((digits, body, read_head(body)?)));
        Self { line, usual }
    }

    fn recorded_at(&self) -> Option<Timestamp> {
        match &self.usual {
            Some((_, _, head)) => Some(head.recorded_at),
            None => Some(decode_body(parse_line(self.line).ok()?.body).ok()?.recorded_at),
        }
    }
}

/// The state of a check, from line to line.
struct Check<'a, S: ?Sized> {
    verifier: Verifier,
    chain: ChainCheck,
    places: Places<'a, S>,
    findings: Findings,
    /// Room that is used again for each usage.
    room: Vec<metering::Allocation>,
}

/// Findings, the first of them by themselves and the others by number.
#[derive(Default)]
struct Findings {
    told: Vec<Finding>,
    more: u64,
}

impl Findings {
    fn bound(&mut self) {
        if self.told.len() > MAX_TOLD {
            self.more += (self.told.len() - MAX_TOLD) as u64;
            self.told.truncate(MAX_TOLD);
        }
    }
}

impl<'a, S: Source + ?Sized> Check<'a, S> {
    fn new(terms: Terms, ledger: &'a S) -> Self {
        Self {
            verifier: Verifier::new(terms),
            chain: ChainCheck::default(),
            places: Places::new(ledger),
            findings: Findings::default(),
            room: Vec::new(),
        }
    }

    /// Checks the lines of a block but for the last, unless nothing comes after it; gives where the next one begins.
    fn block(&mut self, block: &Block<'_>) -> u64 {
        let mut lines = block.lines();
        let Some((mut offset, first)) = lines.next() else { return block.offset };
        let mut read = Read::new(first);
        for (after, line) in lines {
            let next = Read::new(line);
            self.line(offset, &read, next.recorded_at());
            (offset, read) = (after, next);
        }
        if block.is_last {
            self.line(offset, &read, None);
        }
        offset
    }

    fn line(&mut self, offset: u64, read: &Read<'_>, next: Option<Timestamp>) {
        self.places.note(offset);
        let found = &mut self.findings.told;
        if let Some((digits, body, head)) = read.usual
            && let Some(UsageLine { seq, recorded_at, usage, .. }) = head.usage(&mut self.room)
        {
            self.chain.check(seq, digits, body, found);
            self.verifier.check_usage(seq, recorded_at, &usage, next, found);
        } else {
            self.any(read.line, next);
        }
        self.findings.bound();
    }

    /// A line of another kind, or in an unusual form.
    fn any(&mut self, line: &[u8], next: Option<Timestamp>) {
        let place = self.places.count();
        let found = &mut self.findings.told;
        let mut unreadable = |error: LineError| found.push(Finding::new(place, Aspect::Form, error.to_string()));
        let line = match parse_line(line) {
            Ok(line) => line,
            Err(error) => {
                unreadable(error);
                return self.chain.lose();
            }
        };
        match decode_body(line.body) {
            Ok(entry) => {
                self.chain.check(entry.seq, &line.hash.to_hex(), line.body, found);
                let places = &self.places;
                self.verifier.check(&entry, next, |seq| places.entry(seq), found);
            }
            Err(error) => {
                unreadable(error);
                self.chain.check(place, &line.hash.to_hex(), line.body, found);
            }
        }
    }

    fn finish(self) -> io::Result<Verdict> {
        let Self { verifier, chain, places, mut findings, .. } = self;
        let mut repeats = verifier.into_repeats();
        if !repeats.is_empty() {
            places.each_entry(|entry| {
                if let EntryKind::Usage(usage) = &entry.kind {
                    findings.told.extend(repeats.check(entry.seq, &usage.into()));
                    findings.bound();
                }
            })?;
        }
        let entries = places.count();
        places.into_result()?;
        Ok(Verdict { entries, head: chain.head(), findings: findings.told, more: findings.more })
    }
}

/// The entry of a line, if it can be read.
fn entry_of(line: &[u8]) -> Option<Entry> {
    decode_body(parse_line(line).ok()?.body).ok()
}
