//! The engine's side that blocks: the account, the chain's end and the cache, always changed together. Only one thread
//! at a time is in here.

use std::sync::{Arc, PoisonError, RwLock};

use cache::{Cache, CacheError, Cursor, EntryHash, NewEntry, WorkspaceKey, WorkspaceMeta};
use chrono_tz::Tz;
use metering::{Account, Entry, EntryKind, Terms, Timestamp};
use wire::line::{decode_body, parse_line};
use wire::{GENESIS, Hash, chain};

use crate::trouble::Trouble;
use crate::{Breach, ClientError, FetchedCatalogue, FetchedLines, Obstacle, replay, to_cache};

/// The account that the engine keeps and everybody reads; `None` until a catalogue is known.
pub(crate) type SharedAccount = Arc<RwLock<Option<Account>>>;

/// Entries that have just come in, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The first of them.
    pub from_seq: u64,
    /// The last of them.
    pub to_seq: u64,
}

/// When a page shows the whole ledger: if it reaches entry `up_to`, the app knows everything as of `asked_at`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Complete {
    pub(crate) up_to: u64,
    pub(crate) asked_at: Timestamp,
}

/// What taking in some lines came to.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Taken {
    pub(crate) count: u32,
    /// The newest catalogue revision that a usage among them was priced by.
    pub(crate) revision: u32,
}

/// An entry as it came, with its exact bytes.
struct Came<'a> {
    entry: Entry,
    hash: EntryHash,
    body: &'a [u8],
}

pub(crate) struct Ledger {
    cache: Cache,
    workspace: WorkspaceKey,
    account: SharedAccount,
    /// Where the account stands.
    seq: u64,
    hash: EntryHash,
    as_of: Option<Timestamp>,
    /// What the account has and the cache could not take yet.
    unstored: Vec<NewEntry>,
}

impl Ledger {
    pub(crate) fn new(cache: Cache, workspace: WorkspaceKey, account: SharedAccount) -> Self {
        Self { cache, workspace, account, seq: 0, hash: GENESIS.0, as_of: None, unstored: Vec::new() }
    }

    pub(crate) const fn seq(&self) -> u64 {
        self.seq
    }

    /// The last entry known here and the link of the chain at it, also before there is an account.
    pub(crate) fn end(&self) -> Result<(u64, EntryHash), Trouble> {
        if self.with(|_| ()).is_some() {
            return Ok((self.seq, self.hash));
        }
        Ok(self.cache.cursor(self.workspace)?.map_or((0, GENESIS.0), |cursor| (cursor.seq, cursor.hash)))
    }

    pub(crate) const fn as_of(&self) -> Option<Timestamp> {
        self.as_of
    }

    /// Builds the account from what is cached, if a catalogue is.
    pub(crate) fn open(&mut self) -> Result<(), Trouble> {
        // Before the whole ledger was here once, the cursor is as of never.
        self.as_of = self.cache.cursor(self.workspace)?.map(|cursor| cursor.as_of).filter(|at| *at > Timestamp::MIN);
        let Some(meta) = self.cache.workspace_meta(self.workspace)? else { return Ok(()) };
        // What an earlier version stored and this one cannot read comes anew from the service.
        let Ok(revisions) = wire::catalogue::revisions_from_json(&meta.catalogue_json) else { return Ok(()) };
        let Ok(zone) = meta.time_zone.parse() else { return Ok(()) };
        self.rebuild(Terms::new(revisions, zone))
    }

    /// Takes in what the service says of the workspace. Other terms make another account of the same entries.
    pub(crate) fn meet(&mut self, meta: &WorkspaceMeta, fetched: &FetchedCatalogue) -> Result<(), Trouble> {
        let zone: Tz = meta
            .time_zone
            .parse()
            .map_err(|_| ClientError::NotTheService(format!("\"{}\" is not a time zone", meta.time_zone)))?;
        if self.cache.workspace_meta(self.workspace)?.as_ref() != Some(meta) {
            self.cache.set_workspace_meta(self.workspace, meta)?;
        }
        let terms = Terms::new(fetched.revisions.clone(), zone);
        let known = self.with(|account| *account.terms() == terms);
        if known == Some(true) {
            return self.store(None);
        }
        self.store(None)?;
        self.rebuild(terms)
    }

    /// Checks, applies and stores lines. Before a bad one, the good ones are kept.
    pub(crate) fn take<'a>(
        &mut self,
        lines: impl Iterator<Item = &'a [u8]>,
        complete: Complete,
    ) -> Result<Taken, (Taken, Trouble)> {
        let nothing = Taken::default;
        self.store(None).map_err(|trouble| (nothing(), trouble))?;
        let (read, unread) = self.read(lines);
        let (entries, taken, unfit) = self.apply(read);
        let trouble = unfit.or(unread);
        if let Some(last) = entries.last() {
            (self.seq, self.hash) = (last.seq, last.hash);
        }
        let as_of = if self.seq >= complete.up_to && trouble.is_none() {
            complete.asked_at
        } else if self.as_of.is_some() {
            // Not all of it, but everything up to the last entry's instant.
            entries.last().map_or(Timestamp::MIN, |last| last.recorded_at.min(complete.asked_at))
        } else {
            // A part of the first sync is the ledger of a day long past: it agrees with nothing yet.
            Timestamp::MIN
        };
        self.unstored = entries;
        match (self.store(Some(as_of)), trouble) {
            (Err(trouble), _) => Err((taken, trouble)),
            (Ok(()), Some(breach)) => Err((taken, breach.into())),
            (Ok(()), None) => Ok(taken),
        }
    }

    /// Notes that nothing was missed up to `at`; on disk only if `store`, because it is said every few seconds.
    pub(crate) fn alive(&mut self, at: Timestamp, store: bool) -> Result<(), Trouble> {
        self.as_of = self.as_of.max(Some(at));
        if store { self.store(Some(at)) } else { Ok(()) }
    }

    /// The lines as entries, as far as each follows the one before it by number and hash.
    fn read<'a>(&self, lines: impl Iterator<Item = &'a [u8]>) -> (Vec<Came<'a>>, Option<Breach>) {
        let mut read = Vec::new();
        let (mut expected, mut previous) = (self.seq + 1, Hash(self.hash));
        for text in lines {
            let unreadable = |detail: String| Breach::Unreadable { seq: expected, detail };
            let line = match parse_line(text) {
                Ok(line) => line,
                Err(error) => return (read, Some(unreadable(error.to_string()))),
            };
            let entry = match decode_body(line.body) {
                Ok(entry) => entry,
                Err(error) if chain(&previous, line.body) == line.hash => {
                    return (read, Some(unreadable(error.to_string())));
                }
                // Bytes that were altered are named as such, whether or not they can still be read.
                Err(_) => return (read, Some(Breach::Chain { seq: expected })),
            };
            if entry.seq != expected {
                return (read, Some(Breach::Gap { expected, got: entry.seq }));
            }
            if chain(&previous, line.body) != line.hash {
                return (read, Some(Breach::Chain { seq: expected }));
            }
            read.push(Came { entry, hash: line.hash.0, body: line.body });
            (expected, previous) = (expected + 1, line.hash);
        }
        (read, None)
    }

    /// Puts entries through the rules, in one go, so that readers see a page or nothing of it.
    fn apply(&self, read: Vec<Came<'_>>) -> (Vec<NewEntry>, Taken, Option<Breach>) {
        let (mut entries, mut taken) = (Vec::with_capacity(read.len()), Taken::default());
        let mut guard = self.account.write().unwrap_or_else(PoisonError::into_inner);
        let Some(account) = guard.as_mut() else { return (entries, taken, None) };
        for Came { entry, hash, body } in read {
            let before = account.recorded_totals().balance();
            if let Err(broken) = account.apply(&entry) {
                return (entries, taken, Some(Breach::Rules { seq: broken.seq, message: broken.message }));
            }
            if let EntryKind::Usage(usage) = &entry.kind {
                taken.revision = taken.revision.max(usage.revision);
            }
            entries.push(to_cache(&entry, hash, body, before, account.recorded_totals().balance()));
            taken.count += 1;
        }
        (entries, taken, None)
    }

    /// Stores what is not stored yet, and as of when it is all there is, if that is known.
    fn store(&mut self, as_of: Option<Timestamp>) -> Result<(), Trouble> {
        self.as_of = self.as_of.max(as_of.filter(|at| *at > Timestamp::MIN));
        if self.unstored.is_empty() && as_of.is_none() {
            return Ok(());
        }
        let cursor = Cursor { seq: self.seq, hash: self.hash, as_of: self.as_of.unwrap_or(Timestamp::MIN) };
        match self.cache.apply_page(self.workspace, &self.unstored, &cursor) {
            Ok(()) => self.unstored.clear(),
            // Another process of this app stores the same ledger.
            Err(CacheError::NotNext { expected, .. }) => self.join(expected - 1)?,
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Another process has stored entries up to `stored`: takes over what this one lacks, after seeing that both have
    /// the same ledger.
    fn join(&mut self, stored: u64) -> Result<(), Trouble> {
        if stored < self.seq && self.unstored.first().is_none_or(|first| first.seq != stored + 1) {
            // It emptied the cache, to build it anew. What is there counts; the rest comes again.
            self.unstored.clear();
            if let Some(terms) = self.with(|account| account.terms().clone()) {
                self.rebuild(terms)?;
            }
            return Err(Obstacle::Cache("the cache is being built anew".to_owned()).into());
        }
        // Both have the entry at the end of the shorter one.
        let shared = self.seq.min(stored);
        let ours = match self.unstored.iter().find(|entry| entry.seq == shared) {
            Some(entry) => Some(entry.hash),
            None => (shared == self.seq).then_some(self.hash),
        };
        let mut same = shared == 0 || ours.is_none();
        self.cache.entries_after(self.workspace, shared.saturating_sub(1), 1, |theirs| {
            same |= theirs.seq == shared && ours.is_some_and(|ours| theirs.hash == ours);
            false
        })?;
        if !same {
            return Err(Breach::Differs { seq: shared }.into());
        }
        self.unstored.retain(|entry| entry.seq > stored);
        if !self.unstored.is_empty() {
            return self.store(None);
        }
        let mut guard = self.account.write().unwrap_or_else(PoisonError::into_inner);
        let Some(account) = guard.as_mut() else { return Ok(()) };
        let done = replay(&self.cache, self.workspace, account, Some(self.hash), true, |_| true)?;
        (self.seq, self.hash) = (done.seq, done.hash);
        done.breach.map_or(Ok(()), |breach| Err(Breach::Cached(Box::new(breach)).into()))
    }

    /// Replays every cached entry under `terms`. The account that there was stays readable meanwhile.
    fn rebuild(&mut self, terms: Terms) -> Result<(), Trouble> {
        let mut account = Account::new(terms);
        let done = replay(&self.cache, self.workspace, &mut account, None, false, |_| true)?;
        (self.seq, self.hash) = (done.seq, done.hash);
        *self.account.write().unwrap_or_else(PoisonError::into_inner) = Some(account);
        match done.breach {
            Some(breach) => Err(Breach::Cached(Box::new(breach)).into()),
            None => Ok(()),
        }
    }

    fn with<T>(&self, read: impl FnOnce(&Account) -> T) -> Option<T> {
        self.account.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(read)
    }
}

/// Whether the service's line of entry `seq` has this hash. `lines` is its answer to what comes after the one before.
pub(crate) fn agrees(lines: &FetchedLines, seq: u64, hash: EntryHash) -> Result<(), Trouble> {
    let Some(line) = lines.iter().next() else {
        return Err(ClientError::NotTheService("it does not show an entry that it says it has".to_owned()).into());
    };
    match parse_line(line) {
        Ok(line) if line.hash.0 == hash => Ok(()),
        Ok(_) => Err(Breach::Differs { seq }.into()),
        Err(error) => Err(Breach::Unreadable { seq, detail: error.to_string() }.into()),
    }
}
