//! What one stored entry did, and whether the rules give it.

use cache::{CacheError, EntryHash, LedgerReader};
use metering::{Account, Allocation, Aspect, Entry, Finding, LiveGrant, Next, Terms, Verifier};
use wire::line::{decode_body, read_usage};
use wire::{GENESIS, Hash, chain};

use crate::checker::stored;

/// Entries that are replayed while one view of the file is open.
const STRETCH: u32 = 16_384;
/// What one command records may stand across the place where an account was kept; so many entries further on, all of it
/// has been met.
const SETTLED: u64 = 256;

/// An entry with what came of it.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The entry.
    pub entry: Entry,
    /// Its exact bytes.
    pub body: Vec<u8>,
    /// The chain's link before it.
    pub previous_hash: Hash,
    /// The chain's link at it, computed from the one before and its bytes.
    pub hash: Hash,
    /// What is wrong with it; nothing where the chain and the rules give exactly this entry.
    pub findings: Vec<Finding>,
    /// Every grant right after it, also those with nothing left.
    pub grants: Vec<LiveGrant>,
}

/// Explains entry `seq`: replays the ledger from the last account that was kept before it (rule 19). None if it is not
/// stored.
///
/// # Errors
/// [`CacheError::Unusable`] if what is stored cannot be read, or any other storage error.
pub fn explain(reader: &LedgerReader, terms: Terms, seq: u64) -> Result<Option<Explained>, CacheError> {
    let Some(body) = reader.body(seq)? else { return Ok(None) };
    let Ok(entry) = decode_body(&body) else {
        let reason = cache::Unusable::Corrupt(format!("entry {seq} cannot be read"));
        return Err(CacheError::Unusable { path: reader.path().to_owned(), reason });
    };
    let next = stored(reader, seq + 1).as_ref().map(Next::from);
    let mut replay = Replay::begin(reader, terms, seq)?;
    while replay.last < seq - 1 {
        replay.stretch(seq - 1)?;
    }
    let previous_hash = replay.hash;
    replay.found.clear();
    replay.take(seq, &body, next);
    let mut findings = std::mem::take(&mut replay.found);
    if replay.hash.0 != replay.known_hash(seq)? {
        findings
            .insert(0, Finding::new(seq, Aspect::Chain, "its hash does not follow from the one before and its bytes"));
    }
    let snapshot = replay.verifier.account().snapshot();
    let grants = snapshot.live.into_iter().chain(snapshot.spent).collect();
    Ok(Some(Explained { entry, body, previous_hash, hash: replay.hash, findings, grants }))
}

/// A ledger on the way to an entry.
struct Replay<'a> {
    reader: &'a LedgerReader,
    verifier: Verifier,
    last: u64,
    hash: Hash,
    found: Vec<Finding>,
    room: Vec<Allocation>,
}

impl<'a> Replay<'a> {
    /// At the last account that was kept before entry `seq`, or ahead of the first entry.
    fn begin(reader: &'a LedgerReader, terms: Terms, seq: u64) -> Result<Self, CacheError> {
        let kept = reader.account_before(seq.saturating_sub(SETTLED))?;
        let restored = kept.and_then(|(of, bytes)| {
            let account = Account::restore(terms.clone(), wire::snapshot::decode(&bytes).ok()?).ok()?;
            (account.last_seq() == of).then_some((of, account))
        });
        let mut replay = Self {
            reader,
            verifier: Verifier::new(terms),
            last: 0,
            hash: GENESIS,
            found: Vec::new(),
            room: Vec::new(),
        };
        if let Some((of, account)) = restored {
            (replay.verifier, replay.last) = (Verifier::resume(account), of);
            replay.hash = Hash(replay.known_hash(of)?);
        }
        Ok(replay)
    }

    /// The chain's link at an entry, as the file has it: accounts are kept at the ends of blocks, where it is known.
    /// Elsewhere it was computed, and is as computed.
    fn known_hash(&self, seq: u64) -> Result<EntryHash, CacheError> {
        let mut known = None;
        self.reader.entries_after(seq - 1, 1, |stored| {
            known = stored.hash;
            false
        })?;
        Ok(known.unwrap_or(self.hash.0))
    }

    /// Goes on by some entries, up to `last`.
    fn stretch(&mut self, last: u64) -> Result<(), CacheError> {
        let (reader, after) = (self.reader, self.last);
        let count = u32::try_from(last - after).map_or(STRETCH, |left| left.min(STRETCH));
        let read = reader.entries_after(after, count, |stored| {
            self.take(stored.seq, stored.body, None);
            true
        })?;
        if read == 0 {
            let reason = cache::Unusable::Corrupt(format!("entry {} is gone", after + 1));
            return Err(CacheError::Unusable { path: reader.path().to_owned(), reason });
        }
        Ok(())
    }

    /// Takes the next entry. What is wrong with those on the way was said when they came; it is theirs, not this one's.
    fn take(&mut self, seq: u64, body: &[u8], next: Option<Next>) {
        self.last = seq;
        self.hash = chain(&self.hash, body);
        if let Some(line) = read_usage(body, &mut self.room) {
            self.verifier.check_usage(line.seq, line.recorded_at, &line.usage, next, &mut self.found);
            return;
        }
        match decode_body(body) {
            Ok(entry) => {
                let reader = self.reader;
                self.verifier.check(&entry, next, |seq| stored(reader, seq), &mut self.found);
            }
            Err(error) => {
                self.verifier.check_unreadable(next);
                self.found.push(Finding::new(seq, Aspect::Form, error.to_string()));
            }
        }
    }
}
