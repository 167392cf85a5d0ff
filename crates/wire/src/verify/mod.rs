//! Verifying a ledger from its bytes: is each entry's hash the chain's, and did the rules make it (rule 19)?

mod chain;
mod foreign;
mod lines;

use std::fmt;
use std::io;
use std::sync::mpsc;

use metering::{Aspect, Entry, EntryKind, Finding, Next, Terms, Verifier};

use crate::Hash;
use crate::line::{LineError, LineHead, UsageLine, decode_body, parse_line, read_head, split_line};
use chain::ChainCheck;
pub use foreign::foreign;
use lines::{Block, Blocks, Places, Window, numbers};

/// The place of what is missing at the end.
const END: u64 = u64::MAX;

/// Said of a first entry that cannot be read.
const WITHOUT_FIRST: &str = "; without the first entry nothing else can be told";

/// So many findings are told; of more there is only the number.
const MAX_TOLD: usize = 1_000;

/// So many blocks may be hashed ahead of the rules, so that neither has to wait for the other at each.
const AHEAD: usize = 3;

/// Bytes that can be read anywhere: a ledger is looked at more than once.
pub trait Source: Sync {
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

impl Source for Vec<u8> {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, buffer)
    }
}

/// What a ledger turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How many entries it has, readable or not.
    pub entries: u64,
    /// The chain's hash after the last.
    pub head: Hash,
    /// What is wrong with it: the first thousand of them, by line; ids that are there twice come last.
    pub findings: Vec<Located>,
    /// How many more there are.
    pub more: u64,
}

/// A finding, and where it is in the ledger's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The number of its line, blank ones counted; none of what is missing at the end.
    pub line: Option<u64>,
    /// What it is.
    pub finding: Finding,
}

impl fmt::Display for Located {
    /// By the entry's number, and by the line's where that is another.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { seq, aspect, message } = &self.finding;
        match self.line {
            Some(line) if *aspect == Aspect::Form => write!(f, "line {line}: {}: {message}", aspect.name()),
            Some(line) if line != *seq => write!(f, "entry {seq} (line {line}): {}: {message}", aspect.name()),
            _ => self.finding.fmt(f),
        }
    }
}

impl Verdict {
    /// Whether every entry is there, can be read, and has the hash that follows from it and the one ahead. Whoever makes
    /// the whole chain anew can have that, too: it is no proof that nothing was altered.
    #[must_use]
    pub fn has_whole_chain(&self) -> bool {
        self.findings.iter().all(|one| !matches!(one.finding.aspect, Aspect::Chain | Aspect::Form | Aspect::Order))
    }

    /// Whether nothing is wrong with it.
    #[must_use]
    pub const fn is_right(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Checks a whole ledger as it is sent, line by line: the chain of hashes, and that the rules made every entry, one beside
/// the other. It takes little memory whatever the length: eight bytes a usage and a small part of the ledger at a time.
///
/// # Errors
/// Only what keeps `ledger` from being read; everything that is wrong with it is a finding.
pub fn verify<S: Source + ?Sized>(terms: Terms, ledger: &S) -> io::Result<Verdict> {
    let mut check = Check::new(terms, ledger);
    check.run()?;
    check.finish()
}

/// A line, read as far as nearly all need.
struct Read<'a> {
    line: &'a [u8],
    /// The head of its body, if it is written in the usual way.
    usual: Option<LineHead<'a>>,
}

impl<'a> Read<'a> {
    fn new(line: &'a [u8]) -> Self {
        Self { line, usual: split_line(line).and_then(|(_, body)| read_head(body)) }
    }

    /// What the entry ahead of it sees of it; none if it cannot be read.
    fn next(&self) -> Option<Next> {
        match &self.usual {
            Some(head) => {
                let LineHead { seq, recorded_at, .. } = *head;
                Some(Next { seq, recorded_at, subscribes: head.subscribes() })
            }
            None => entry_of(self.line).ok().as_ref().map(Next::from),
        }
    }
}

/// The state of a check, from block to block.
struct Check<'a, S: ?Sized> {
    rules: Rules<'a, S>,
    chain: ChainCheck,
}

/// The replay of the rules, from line to line.
struct Rules<'a, S: ?Sized> {
    source: &'a S,
    verifier: Verifier,
    places: Places<'a, S>,
    /// Each with the place of its line: the first of them.
    told: Vec<(u64, Finding)>,
    /// How many more there are.
    more: u64,
    /// The places of entries that were not made from what stands ahead of them, as their numbers say: the first of them.
    out_of_place: Vec<u64>,
    /// How many lines could not be read.
    unreadable: u64,
    /// What is found in one line.
    found: Vec<Finding>,
    /// Room that is used again for each usage.
    room: Vec<metering::Allocation>,
}

impl<'a, S: Source + ?Sized> Check<'a, S> {
    fn new(terms: Terms, ledger: &'a S) -> Self {
        let rules = Rules {
            source: ledger,
            verifier: Verifier::new(terms),
            places: Places::new(ledger),
            told: Vec::new(),
            more: 0,
            out_of_place: Vec::new(),
            unreadable: 0,
            found: Vec::new(),
            room: Vec::new(),
        };
        Self { rules, chain: ChainCheck::default() }
    }

    /// Checks all lines. Reading and hashing take about as long as the rules do, and go ahead of them in a thread.
    fn run(&mut self) -> io::Result<()> {
        let Self { rules, chain } = self;
        let source = rules.source;
        let mut read = None;
        std::thread::scope(|scope| {
            let (checked, hashed) = mpsc::channel::<Window>();
            let (used, free) = mpsc::channel();
            (0..AHEAD).for_each(|_| drop(used.send(Window::default())));
            let (read, chain) = (&mut read, &mut *chain);
            let go_ahead = move || {
                let each = |window| checked.send(window).ok().and_then(|()| free.recv().ok());
                *read = Some(each_hashed(source, chain, each));
            };
            if std::thread::Builder::new().spawn_scoped(scope, go_ahead).is_ok() {
                for window in hashed {
                    rules.block(&window.block());
                    // Nobody takes it when all is read.
                    let _ = used.send(window);
                }
            }
        });
        // A machine that has no thread to give has one all the same: this.
        read.unwrap_or_else(|| self.run_alone())
    }

    /// The same, one after the other.
    fn run_alone(&mut self) -> io::Result<()> {
        let Self { rules, chain } = self;
        each_hashed(rules.source, chain, |window| {
            rules.block(&window.block());
            Some(window)
        })
    }
}

/// Reads the blocks of a source and checks their hashes. `each` takes them and gives room for the next, or none to end.
fn each_hashed<S: Source + ?Sized>(
    source: &S,
    chain: &mut ChainCheck,
    mut each: impl FnMut(Window) -> Option<Window>,
) -> io::Result<()> {
    let (mut blocks, mut room) = (Blocks::usual(source), Window::default());
    while let Some(block) = blocks.next_into(&mut room)? {
        chain.block(&block);
        let Some(next) = each(room) else { break };
        room = next;
    }
    Ok(())
}

impl<S: Source + ?Sized> Rules<'_, S> {
    /// Checks the lines of a block that the next one does not begin with.
    fn block(&mut self, block: &Block<'_>) {
        let mut lines = block.lines();
        let Some((mut offset, first)) = lines.next() else { return };
        let mut read = Read::new(first);
        for (after, line) in lines {
            let next = Read::new(line);
            self.line(offset, &read, next.next());
            (offset, read) = (after, next);
        }
        if block.is_last {
            self.line(offset, &read, None);
        }
    }

    fn line(&mut self, offset: u64, read: &Read<'_>, next: Option<Next>) {
        self.places.note(offset);
        let follows_left_out = self.verifier.is_left_out();
        if let Some(UsageLine { seq, recorded_at, usage, .. }) = read.usual.and_then(|head| head.usage(&mut self.room))
        {
            self.verifier.check_usage(seq, recorded_at, &usage, next, &mut self.found);
        } else {
            self.any(read.line, next);
        }
        if (follows_left_out || self.verifier.is_out_of_place()) && self.out_of_place.len() < MAX_TOLD {
            self.out_of_place.push(offset);
        }
        if !self.found.is_empty() {
            self.tell(offset);
        }
    }

    /// A line of another kind, or in an unusual form.
    fn any(&mut self, line: &[u8], next: Option<Next>) {
        match entry_of(line) {
            Ok(entry) => {
                let places = &self.places;
                self.verifier.check(&entry, next, |seq| places.entry(seq), &mut self.found);
            }
            Err(error) => {
                self.unreadable += 1;
                let mut message = error.to_string();
                if self.verifier.check_unreadable(next) {
                    message.push_str(WITHOUT_FIRST);
                }
                self.found.push(Finding::new(self.places.count(), Aspect::Form, message));
            }
        }
    }

    /// Puts what was found in the line at a place to the rest.
    fn tell(&mut self, offset: u64) {
        for finding in self.found.drain(..) {
            if self.told.len() < MAX_TOLD {
                self.told.push((offset, finding));
            } else {
                self.more += 1;
            }
        }
    }
}

impl<S: Source + ?Sized> Check<'_, S> {
    fn finish(self) -> io::Result<Verdict> {
        let Self { mut rules, chain } = self;
        rules.verifier.finish(&mut rules.found);
        rules.tell(END);
        let Rules { verifier, places, told, more, out_of_place, unreadable, source, .. } = rules;
        let (entries, head) = (places.count(), chain.head());
        // Where entries are missing, or one is there twice, the hash cannot follow: that has been said.
        let is_told = |place: &u64| out_of_place.binary_search(place).is_ok();
        let mut findings: Vec<_> = chain.found.into_iter().filter(|(place, _)| !is_told(place)).collect();
        findings.extend(told);
        // Of one line, what is wrong with its bytes comes first.
        findings.sort_by_key(|(place, _)| *place);
        let mut more = more + chain.more + findings.len().saturating_sub(MAX_TOLD) as u64;
        findings.truncate(MAX_TOLD);
        if unreadable == entries {
            more += findings.len().saturating_sub(1) as u64;
            findings.truncate(1);
            let message = findings.first_mut().map(|(_, finding)| &mut finding.message).filter(|_| entries > 1);
            if let Some(message) = message {
                *message = message.replace(WITHOUT_FIRST, "; and no other line is an entry");
            }
        }
        let located = locate(source, findings)?;
        let mut repeats = verifier.into_repeats();
        let mut repeated = Vec::new();
        if !repeats.is_empty() {
            places.each_entry(|place, entry| {
                let EntryKind::Usage(usage) = &entry.kind else { return };
                match repeats.check(entry.seq, &usage.into()) {
                    Some(finding) if located.len() + repeated.len() < MAX_TOLD => repeated.push((place, finding)),
                    Some(_) => more += 1,
                    None => {}
                }
            })?;
        }
        places.into_result()?;
        let findings = [located, locate(source, repeated)?].concat();
        Ok(Verdict { entries, head, findings, more })
    }
}

/// Gives findings, in the order of their places, the numbers of their lines.
fn locate<S: Source + ?Sized>(source: &S, findings: Vec<(u64, Finding)>) -> io::Result<Vec<Located>> {
    let places = findings.iter().map(|(place, _)| *place).take_while(|place| *place != END);
    let lines = numbers(source, places)?;
    let lines = lines.into_iter().map(Some).chain(std::iter::repeat(None));
    Ok(findings.into_iter().zip(lines).map(|((_, finding), line)| Located { line, finding }).collect())
}

/// The entry of a line. Of its hash only the chain's check says whether it is one, where the line is written as usual.
fn entry_of(line: &[u8]) -> Result<Entry, LineError> {
    let usual = split_line(line).and_then(|(_, body)| decode_body(body).ok());
    // What is wrong is said by its place in the line.
    usual.map_or_else(|| decode_body(parse_line(line)?.body), Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_thread_the_same_is_found() {
        let text = include_str!("../../../../catalogues/a.toml");
        let catalogue = std::sync::Arc::new(crate::catalogue::from_toml(text).unwrap());
        let terms = Terms::new(catalogue, chrono_tz::Tz::Europe__Berlin);
        // One of each kind, a blank line that is longer than a block, and what is no entry.
        let mut ledger = include_bytes!("../../tests/golden/ledger.ndjson").to_vec();
        ledger.resize(5 << 20, b' ');
        ledger.extend_from_slice(b"\nno entry\n");
        let mut alone = Check::new(terms.clone(), ledger.as_slice());
        alone.run_alone().unwrap();
        let found = alone.finish().unwrap();
        assert_eq!(found, verify(terms, &ledger).unwrap());
        assert!(found.entries > 20 && found.findings.len() > 5, "{found:?}");
    }
}
