//! The engine's side that blocks: the checker, the account that everybody sees, and the file, always changed together.
//! Only one thread at a time is in here.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use cache::{CacheError, Cursor, EntryHash, LedgerReader, LedgerWriter, Page, SnapshotBytes};
use chrono_tz::Tz;
use metering::{Account, Terms, Timestamp};
use wire::api::BalanceBody;

use crate::checker::{Checked, Checker};
use crate::facts::{self, WorkspaceMeta};
use crate::fetch::Piece;
use crate::pipeline::as_of_page;
use crate::trouble::Trouble;
use crate::{Breach, ClientError, FetchedCatalogue, Incident, Notice, Obstacle, Verified, replay, verdict};

/// What the engine keeps and everybody reads.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// `None` until a catalogue is known.
    pub(crate) account: Option<Account>,
    pub(crate) meta: Option<WorkspaceMeta>,
    /// `None` until the file was opened.
    pub(crate) reader: Option<LedgerReader>,
}

/// [`Seen`], shared.
pub(crate) type Shared = Arc<RwLock<Seen>>;

/// Entries that have just come in, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The first of them.
    pub from_seq: u64,
    /// The last of them.
    pub to_seq: u64,
}

/// When lines show the whole ledger: if they reach entry `up_to`, the app knows everything as of `asked_at`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Complete {
    pub(crate) up_to: u64,
    pub(crate) asked_at: Timestamp,
    /// Catalogues were asked for up to this revision.
    pub(crate) revision: u32,
}

/// Whose ledger it is.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    pub(crate) path: PathBuf,
    pub(crate) workspace_id: String,
}

pub(crate) struct Ledger {
    pub(crate) writer: LedgerWriter,
    pub(crate) shared: Shared,
    /// `None` until a catalogue is known, and where the stored entries have to be read anew.
    pub(crate) checker: Option<Checker>,
    terms: Option<Terms>,
    pub(crate) as_of: Option<Timestamp>,
    verified: Option<Verified>,
    incident: Option<Incident>,
}

impl Ledger {
    /// Opens the ledger's file, and builds the account from what is in it, if a catalogue is. A file that cannot be used,
    /// or that is known to be `damaged`, is set aside, and a new one begun.
    pub(crate) fn open(
        owner: &Owner,
        shared: &Shared,
        damaged: Option<String>,
    ) -> Result<(Self, Vec<Notice>), Trouble> {
        let opened = match damaged {
            Some(reason) => {
                Err(CacheError::Unusable { path: owner.path.clone(), reason: cache::Unusable::Corrupt(reason) })
            }
            None => Self::of_file(owner, shared),
        };
        let mut notices = Vec::new();
        let ledger = match opened {
            Ok(ledger) => ledger,
            Err(CacheError::Unusable { reason, .. }) => {
                tracing::warn!(path = %owner.path.display(), %reason, "the local ledger is set aside");
                *shared.write().unwrap_or_else(PoisonError::into_inner) = Seen::default();
                let path = cache::set_aside(&owner.path)?;
                notices.push(Notice::SetAside { path, reason: reason.to_string() });
                Self::of_file(owner, shared)?
            }
            Err(error) => return Err(error.into()),
        };
        if let Some(lost) = ledger.writer.lost() {
            tracing::warn!(?lost, "entries are gone from the disk");
            notices.push(Notice::Lost { seq: lost.seq, was: lost.was });
        }
        ledger.see(|seen, ledger| seen.reader = Some(ledger.writer.reader()));
        Ok((ledger, notices))
    }

    fn of_file(owner: &Owner, shared: &Shared) -> Result<Self, CacheError> {
        let writer = LedgerWriter::open(&owner.path)?;
        let reader = writer.reader();
        let cursor = writer.cursor();
        let mut ledger = Self {
            writer,
            shared: Arc::clone(shared),
            checker: None,
            terms: None,
            // Before the whole ledger was here once, the cursor is as of never.
            as_of: Some(cursor.as_of).filter(|at| *at > Timestamp::MIN),
            verified: facts::verified(&reader)?,
            incident: facts::incident(&reader)?,
        };
        let Some(meta) = facts::workspace(&reader)? else { return Ok(ledger) };
        if meta.id != owner.workspace_id {
            let reason = cache::Unusable::Corrupt(format!("it is of another workspace, \"{}\"", meta.id));
            return Err(CacheError::Unusable { path: owner.path.clone(), reason });
        }
        let catalogue = facts::catalogue(&reader)?;
        // What an earlier version stored and this one cannot read comes anew from the service.
        let revisions = catalogue.and_then(|text| wire::catalogue::revisions_from_json(&text).ok());
        let zone: Option<Tz> = meta.time_zone.parse().ok();
        ledger.see(|seen, _| seen.meta = Some(meta));
        if let (Some(revisions), Some(zone)) = (revisions, zone) {
            ledger.terms = Some(Terms::new(revisions, zone));
            ledger.replay()?;
        }
        Ok(ledger)
    }

    /// The last entry that is stored.
    pub(crate) const fn seq(&self) -> u64 {
        self.writer.cursor().seq
    }

    /// The last entry that is stored, and the link of the chain at it.
    pub(crate) const fn end(&self) -> (u64, EntryHash) {
        let cursor = self.writer.cursor();
        (cursor.seq, cursor.hash)
    }

    pub(crate) const fn as_of(&self) -> Option<Timestamp> {
        self.as_of
    }

    pub(crate) const fn verified(&self) -> Option<Verified> {
        self.verified
    }

    /// Takes in what the service says of the workspace. Newer terms make another account of the same entries.
    pub(crate) fn meet(&mut self, meta: &WorkspaceMeta, fetched: &FetchedCatalogue) -> Result<(), Trouble> {
        let zone: Tz = meta
            .time_zone
            .parse()
            .map_err(|_| ClientError::NotTheService(format!("\"{}\" is not a time zone", meta.time_zone)))?;
        let terms = Terms::new(fetched.revisions.clone(), zone);
        let is_known = self.with(|seen| seen.meta.as_ref() == Some(meta));
        if !is_known || self.terms.as_ref() != Some(&terms) {
            facts::set_workspace(&mut self.writer, meta, &fetched.json)?;
        }
        if self.terms.as_ref() != Some(&terms) {
            self.terms = Some(terms);
            self.checker = None;
        }
        if self.checker.is_none() {
            self.replay()?;
        }
        self.see(|seen, _| seen.meta = Some(meta.clone()));
        Ok(())
    }

    /// Checks and stores lines, and says how many. Before a bad one, the good ones are kept.
    pub(crate) fn take(&mut self, lines: Vec<u8>, complete: Complete) -> (u64, Result<(), Trouble>) {
        let Some(checker) = self.checker.as_mut() else { return (0, Err(being_read())) };
        let piece = Piece::new(vec![lines.into()]);
        let (checked, stop) = checker.check(&piece, complete.revision);
        let as_of = as_of_page(self.as_of.is_none(), &checked, complete, stop.is_none());
        // What has seen something wrong cannot go on from there, nor be shown.
        let account = stop.is_none().then(|| checker.account().clone());
        let count = checked.page.len() as u64;
        let stored = store(&mut self.writer, &self.shared, &[checked], as_of, account);
        if stop.is_some() {
            self.checker = None;
        }
        let result = self.stored(stored, as_of).and_then(|()| stop.map_or(Ok(()), |stop| Err(stop.into())));
        (count, result)
    }

    /// Leaves the file as the next start opens it most quickly. Nothing depends on it.
    pub(crate) fn tidy(&mut self) {
        if let Err(error) = self.writer.checkpoint() {
            tracing::debug!(%error, "the log of the local ledger could not be written back");
        }
    }

    /// After something was stored, or not: everybody sees the account that is.
    pub(crate) fn stored(&mut self, stored: Result<(), CacheError>, as_of: Timestamp) -> Result<(), Trouble> {
        if let Err(error) = stored {
            // What was checked is not on the disk: the next lines come from there on again.
            self.checker = None;
            // Another process of this app may have stored the same; then there is no trouble.
            let overtaken = matches!(error, CacheError::NotNext { .. });
            self.replay()?;
            return if overtaken { Err(being_read()) } else { Err(error.into()) };
        }
        self.as_of = self.as_of.max(Some(as_of).filter(|at| *at > Timestamp::MIN));
        match &self.checker {
            Some(checker) if !self.with(|seen| is_at(seen, checker)) => {
                let account = checker.account().clone();
                self.see(|seen, _| seen.account = Some(account));
            }
            Some(_) => {}
            None => self.replay()?,
        }
        Ok(())
    }

    /// Notes that nothing was missed up to `at`; on disk only if `store`, because it is said every few seconds.
    pub(crate) fn alive(&mut self, at: Timestamp, store: bool) -> Result<(), Trouble> {
        self.as_of = self.as_of.max(Some(at));
        if store {
            let cursor = Cursor { as_of: at, ..self.writer.cursor() };
            self.writer.apply(&Page::default(), &cursor, None)?;
        }
        Ok(())
    }

    /// Compares the balance that the service names with the account, if both are at the same entry.
    pub(crate) fn compare(&mut self, theirs: &BalanceBody, now: Timestamp) -> Result<(), Trouble> {
        let Some(checker) = &self.checker else { return Ok(()) };
        if checker.account().last_seq() != theirs.seq {
            return Ok(());
        }
        verdict::compare(checker.account(), theirs)?;
        let verified = Verified { seq: theirs.seq, at: now };
        self.verified = Some(verified);
        facts::set_verified(&mut self.writer, verified)?;
        if self.incident.take().is_some() {
            facts::set_incident(&mut self.writer, None)?;
        }
        Ok(())
    }

    /// Keeps what is wrong, until all is right again. The same thing once more is as old as it was.
    pub(crate) fn incident(&mut self, breach: Breach, now: Timestamp) -> Incident {
        let (good_seq, hash) = self.end();
        let known = self.incident.take().filter(|known| known.breach == breach);
        let since_ms = known.map_or(now, |known| known.since()).as_millis();
        let incident = Incident { breach, since_ms, good_seq, good_hash: wire::Hash(hash).to_string() };
        if let Err(error) = facts::set_incident(&mut self.writer, Some(&incident)) {
            tracing::warn!(%error, "an incident could not be kept");
        }
        self.incident = Some(incident.clone());
        incident
    }

    /// Builds the account from what is stored: the kept one, and the entries after it.
    pub(crate) fn replay(&mut self) -> Result<(), CacheError> {
        let Some(terms) = self.terms.clone() else { return Ok(()) };
        self.writer.refresh()?;
        let reader = self.writer.reader();
        // Up to where the writer goes on from, though another process may store more meanwhile.
        let Cursor { seq, hash, .. } = self.writer.cursor();
        let account = replay::open(&reader, terms, seq)?;
        self.checker = Some(Checker::new(account.clone(), hash, reader));
        self.see(|seen, _| seen.account = Some(account));
        Ok(())
    }

    fn see(&self, change: impl FnOnce(&mut Seen, &Self)) {
        change(&mut self.shared.write().unwrap_or_else(PoisonError::into_inner), self);
    }

    fn with<T>(&self, read: impl FnOnce(&Seen) -> T) -> T {
        read(&self.shared.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether everybody sees the account that a checker has.
fn is_at(seen: &Seen, checker: &Checker) -> bool {
    seen.account.as_ref().is_some_and(|account| account.last_seq() == checker.account().last_seq())
}

/// Stores what was checked, and shows the account that it makes in the same moment: who asks for both gets what belongs
/// together. Without an account nobody sees it yet.
pub(crate) fn store(
    writer: &mut LedgerWriter,
    shared: &RwLock<Seen>,
    checked: &[Arc<Checked>],
    as_of: Timestamp,
    account: Option<Account>,
) -> Result<(), CacheError> {
    let Some(last) = checked.last() else { return Ok(()) };
    let cursor = Cursor { seq: last.seq, hash: last.hash, as_of };
    let pages: Vec<&Page> = checked.iter().map(|checked| &checked.page).collect();
    let snapshot = checked.iter().rev().find_map(|checked| checked.snapshot.as_ref());
    let snapshot = snapshot.map(|(seq, bytes)| SnapshotBytes { seq: *seq, bytes });
    let Some(account) = account else { return writer.apply_all(&pages, &cursor, snapshot) };
    let mut seen = shared.write().unwrap_or_else(PoisonError::into_inner);
    writer.apply_all(&pages, &cursor, snapshot)?;
    seen.account = Some(account);
    Ok(())
}

/// What is said while the stored entries are read anew.
pub(crate) fn being_read() -> Trouble {
    Obstacle::Cache("the local ledger is being read anew".to_owned()).into()
}

/// Whether the service's line of entry `seq` has this hash. `line` is the first of its answer to what comes after the one
/// before.
pub(crate) fn agrees(line: Option<&[u8]>, seq: u64, hash: EntryHash) -> Result<(), Trouble> {
    let Some(line) = line else {
        return Err(ClientError::NotTheService("it does not show an entry that it says it has".to_owned()).into());
    };
    match wire::line::parse_line(line) {
        Ok(line) if line.hash.0 == hash => Ok(()),
        Ok(line) => Err(differs(seq, hash, line.hash).into()),
        Err(error) => Err(Breach::Unreadable { seq, detail: error.to_string() }.into()),
    }
}

/// Another entry stands where one was seen.
pub(crate) fn differs(seq: u64, seen: EntryHash, found: wire::Hash) -> Breach {
    Breach::Differs { seq, expected: wire::Hash(seen).to_string(), found: found.to_string() }
}
