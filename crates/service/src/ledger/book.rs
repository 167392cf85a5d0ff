//! An account in the making: what the ledger adds up to, and what has been decided since the last commit.

use std::sync::Arc;

use metering::{Account, Command, Decision, HoldEnd, HoldRequest, Outcome, Past, PurchaseTerms, Timestamp};
use wire::api::{PurchaseBody, PurchaseState};
use wire::{GENESIS, Hash, chain};

use super::past::Remembered;
use super::window::Window;
use super::{Answer, HoldView, Once, amount};
use crate::outbox::{Herald, of_purchase};
use crate::store::{
    Appended, Ask, Effect, KeptSnapshot, Key, Ledgers, Page, PastAnswer, Purchase, Settlement, Store, StoreError,
    StoredLine, TAIL, Workspace,
};

/// How many entries there may be between one snapshot and the next. So many have to be replayed at most to open a book.
const SNAPSHOT_EVERY: u64 = 1_000;

/// A workspace's account, its chain, and the page that waits to be committed. When a commit fails the book has to be
/// thrown away and opened again: it holds entries that the store does not.
#[derive(Debug)]
pub(crate) struct Book {
    workspace: Arc<Workspace>,
    account: Account,
    past: Remembered,
    head: Hash,
    page: Page,
    /// The entry that the newest snapshot is of.
    kept_at: u64,
    /// Says what the vendor is told; none, if it wants to hear nothing.
    herald: Option<Herald>,
}

impl Book {
    /// Opens a workspace's ledger: from its newest snapshot that can be used, with the entries after it replayed and
    /// their chain checked.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails, or the ledger is not what it was when it was recorded.
    pub(crate) fn open(workspace: Arc<Workspace>, store: &Store) -> Result<Self, StoreError> {
        Self::open_until(workspace, store, u64::MAX)
    }

    /// Opens a ledger as it was after an entry, to look at.
    ///
    /// # Errors
    /// As for [`Book::open`].
    pub(crate) fn open_until(workspace: Arc<Workspace>, store: &Store, last: u64) -> Result<Self, StoreError> {
        let mut until = last;
        let mut book = loop {
            let Some(kept) = store.snapshot(&workspace.id, until)? else { break Self::new(workspace) };
            match restored(&workspace, &kept) {
                Ok(account) => break Self { account, head: kept.hash, kept_at: kept.seq, ..Self::new(workspace) },
                Err(message) => {
                    // It only costs time: an older one does, or the entries alone.
                    tracing::warn!(workspace = %workspace.id, seq = kept.seq, %message, "a snapshot cannot be used");
                    until = kept.seq.saturating_sub(1);
                }
            }
        };
        loop {
            let known = book.account.last_seq();
            let wanted = TAIL.min(usize::try_from(last.saturating_sub(known)).unwrap_or(TAIL));
            if book.follow(&store.lines(&book.workspace.id, known, wanted)?)? < TAIL {
                return Ok(book);
            }
        }
    }

    fn new(workspace: Arc<Workspace>) -> Self {
        Self {
            account: Account::new(workspace.terms.clone()),
            past: Remembered::default(),
            head: GENESIS,
            page: Page::new(workspace.id.clone(), 0, GENESIS),
            kept_at: 0,
            herald: None,
            workspace,
        }
    }

    /// The same book, which knows the newest ids and need not look for what comes behind them.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn with_window(mut self, store: &Store, now: Timestamp) -> Result<Self, StoreError> {
        let ceiling = Window::ceiling(now);
        // Entries that are recorded meanwhile are followed later, and noted then.
        self.past.look_through(Window::new(store.highest_key(&self.workspace.id, ceiling)?, ceiling));
        Ok(self)
    }

    /// The same book, from which the vendor is told what happens.
    pub(crate) fn heralded(self) -> Self {
        Self { herald: Some(Herald::default()), ..self }
    }

    /// Takes in entries that the store has after those of the book, and says how many there were. Nothing may wait.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when they do not follow.
    pub(crate) fn follow(&mut self, lines: &[StoredLine]) -> Result<usize, StoreError> {
        for line in lines {
            if chain(&self.head, &line.body) != line.hash {
                return Err(self.corrupt(line.seq, "its bytes were changed: the hash does not fit"));
            }
            let entry = wire::line::decode_body(&line.body).map_err(|error| self.corrupt(line.seq, error))?;
            self.account.apply(&entry).map_err(|broken| self.corrupt(broken.seq, broken.message))?;
            self.head = line.hash;
            if self.past.has_window() {
                // Somebody may have asked for it before it was there.
                let keys = Key::all_of(&entry);
                self.past.note_keys(&keys, entry.recorded_at);
                self.past.note(entry, &keys);
            }
        }
        if !lines.is_empty() {
            self.lose_track();
        }
        self.page.after = self.account.last_seq();
        self.page.before = self.head;
        Ok(lines.len())
    }

    /// Takes in an entry that was recorded elsewhere as it was recorded, and puts it on the page.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it does not follow.
    pub(crate) fn take_in(&mut self, line: StoredLine) -> Result<(), StoreError> {
        if chain(&self.head, &line.body) != line.hash {
            return Err(self.corrupt(line.seq, "its bytes were changed: the hash does not fit"));
        }
        let entry = wire::line::decode_body(&line.body).map_err(|error| self.corrupt(line.seq, error))?;
        self.account.apply(&entry).map_err(|broken| self.corrupt(broken.seq, broken.message))?;
        self.head = line.hash;
        let keys = Key::all_of(&entry);
        self.past.note_keys(&keys, entry.recorded_at);
        self.page.keys.extend(keys.into_iter().map(|key| (key, entry.seq)));
        self.page.lines.push(line);
        Ok(())
    }

    /// Keeps the book under the workspace as it is now: its catalogue may have got a revision.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the account cannot be kept under it.
    pub(crate) fn keep_under(&mut self, workspace: &Arc<Workspace>) -> Result<(), StoreError> {
        if !Arc::ptr_eq(&self.workspace, workspace) {
            if self.workspace.terms != workspace.terms {
                let account = Account::restore(workspace.terms.clone(), self.account.snapshot());
                self.account = account.map_err(|error| self.corrupt(self.account.last_seq(), error))?;
                self.lose_track();
            }
            self.workspace = Arc::clone(workspace);
        }
        Ok(())
    }

    /// The account, with what waits to be committed.
    pub(crate) const fn account(&self) -> &Account {
        &self.account
    }

    /// How many entries wait to be committed.
    pub(crate) fn waiting(&self) -> usize {
        self.page.lines.len()
    }

    /// What to ask the store before these commands are decided: what it has recorded since, and under their ids.
    pub(crate) fn ask<'c>(&self, commands: impl IntoIterator<Item = &'c Command>) -> Ask {
        let mut keys: Vec<Key> = commands.into_iter().flat_map(|command| self.past.missing(command)).collect();
        keys.sort_unstable();
        keys.dedup();
        Ask { workspace: self.workspace.id.clone(), after: self.account.last_seq(), before: self.head, keys }
    }

    /// Takes note of what the store has recorded under these keys.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be read.
    pub(crate) fn remember(&mut self, keys: Vec<Key>, found: &[StoredLine]) -> Result<(), StoreError> {
        self.past.asked(keys);
        for line in found {
            let entry = wire::line::decode_body(&line.body).map_err(|error| self.corrupt(line.seq, error))?;
            let keys = Key::all_of(&entry);
            self.past.note(entry, &keys);
        }
        Ok(())
    }

    /// Decides a command and puts its entries on the page. What the command takes of the past and nobody has asked for yet
    /// is looked up.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the rules do not take their own entries.
    pub(crate) fn decide(&mut self, store: &Store, command: &Command, now: Timestamp) -> Result<Outcome, StoreError> {
        loop {
            let ask = self.ask([command]);
            if ask.keys.is_empty() {
                break;
            }
            let found = store.recall(std::slice::from_ref(&ask))?.pop().unwrap_or_default().found;
            self.remember(ask.keys, &found)?;
        }
        self.decide_known(command, now)
    }

    /// Decides a command whose past is known as of the last commit, and puts its entries on the page.
    ///
    /// # Errors
    /// [`StoreError`] when the rules do not take their own entries.
    pub(crate) fn decide_known(&mut self, command: &Command, now: Timestamp) -> Result<Outcome, StoreError> {
        let Decision { entries, outcome } = metering::decide(&self.account, &self.past, command, now);
        let herald = self.herald.as_mut().filter(|_| !entries.is_empty());
        let before = herald.map(|herald| herald.before(&self.account, now, entries.len()));
        for entry in entries {
            self.account.apply(&entry).map_err(|broken| self.corrupt(broken.seq, broken.message))?;
            let body = wire::line::encode_body(&entry);
            self.head = chain(&self.head, &body);
            self.page.lines.push(StoredLine { seq: entry.seq, hash: self.head, body });
            let keys = Key::all_of(&entry);
            self.page.keys.extend(keys.iter().map(|key| (*key, entry.seq)));
            self.past.note_keys(&keys, entry.recorded_at);
            self.past.note(entry, &keys);
        }
        if let (Some(herald), Some(before)) = (&mut self.herald, before) {
            self.page.effects.extend(herald.after(&self.workspace.id, &self.account, &before));
        }
        Ok(outcome)
    }

    /// Decides a change that has no id of its own, unless it was decided under its key before.
    ///
    /// # Errors
    /// As for [`Book::decide`].
    pub(crate) fn decide_once(
        &mut self,
        store: &Store,
        command: &Command,
        once: &Once,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let waiting = self.page.effects.iter().find_map(|effect| match effect {
            Effect::Answered { answer, .. } if answer.key == once.key => Some(answer.clone()),
            _ => None,
        });
        let past = match waiting {
            Some(answer) => Some(answer),
            None => store.past_answer(&self.workspace.id, &once.key)?,
        };
        if let Some(past) = past {
            return Ok(match past.seq {
                _ if past.request != once.request => Outcome::Conflict { seq: past.seq.unwrap_or(0) },
                Some(seq) => Outcome::Duplicate { seq },
                None => Outcome::Unchanged,
            });
        }
        let outcome = self.decide(store, command, now)?;
        let seq = match outcome {
            Outcome::Recorded { seq } => Some(seq),
            Outcome::Unchanged => None,
            _ => return Ok(outcome),
        };
        let answer = PastAnswer { key: once.key.clone(), request: once.request, seq };
        self.page.effects.push(Effect::Answered { answer, at: now });
        Ok(outcome)
    }

    /// The answer to a command that has been decided at this instant.
    pub(crate) fn answer(&self, command: &Command, outcome: Outcome, now: Timestamp) -> Answer {
        let seq = match outcome {
            Outcome::Recorded { seq } | Outcome::Duplicate { seq } => Some(seq),
            _ => None,
        };
        let hold = match command {
            Command::Hold(HoldRequest { source, id, .. })
            | Command::Capture { source, hold: id, .. }
            | Command::Release { source, hold: id } => self.hold(source, id, now).map(Box::new),
            _ => None,
        };
        let entry = seq.and_then(|seq| {
            self.past.newest(seq).or_else(|| {
                let mut keys = Key::of(command);
                // A capture is found by what it did to its hold.
                keys.extend(hold.iter().map(|hold| Key::about(hold.past.seq)));
                self.past.under(&keys, seq)
            })
        });
        let amount = entry.and_then(amount);
        Answer { outcome, amount, hold, position: self.account.position(now) }
    }

    /// A hold that was looked up, at an instant.
    fn hold(&self, source: &str, id: &str, at: Timestamp) -> Option<HoldView> {
        let mut past = self.past.hold(source, id)?;
        let live = self.account.live_holds(at).into_iter().find(|live| live.seq == past.seq);
        if live.is_none() && past.end.is_none() {
            past.end = Some(HoldEnd::TimedOut);
        }
        Some(HoldView { past, until: live.map(|live| live.until) })
    }

    /// Takes in a payment provider's event: an event counts once, and a purchase is credited once, however many
    /// events say that it was paid. `None` if there is no such purchase.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn settle(
        &mut self,
        store: &Store,
        mut settlement: Settlement,
        now: Timestamp,
    ) -> Result<Option<Outcome>, StoreError> {
        let id = &self.workspace.id;
        let Some(mut purchase) = store.purchase(id, &settlement.purchase)? else { return Ok(None) };
        if store.knows_event(id, settlement.provider, &settlement.event)? {
            return Ok(Some(Outcome::Unchanged));
        }
        let mut outcome = Outcome::Unchanged;
        if settlement.state == PurchaseState::Paid {
            outcome = self.decide(store, &Command::Credit(purchase.terms.clone()), now)?;
            match &outcome {
                Outcome::Recorded { seq } | Outcome::Duplicate { seq } => settlement.credited_seq = Some(*seq),
                other => {
                    // Paid, and the rules cannot take it (all credits ever granted would be beyond what is bounded).
                    settlement.state = PurchaseState::Failed;
                    settlement.message =
                        Some(format!("paid, and it could not be credited ({other:?}): ask for your money back"));
                }
            }
        }
        // What is paid stays paid, whatever else is said of it later.
        if purchase.state != PurchaseState::Paid {
            purchase.state = settlement.state;
            purchase.credited_seq = settlement.credited_seq;
            purchase.message.clone_from(&settlement.message);
            self.tell_of(purchase, now);
        }
        self.page.effects.push(Effect::Settled { settlement, at: now });
        Ok(Some(outcome))
    }

    /// Puts a purchase that was paid for and credited at once on the page.
    pub(crate) fn note_purchase(
        &mut self,
        terms: PurchaseTerms,
        name: String,
        currency: String,
        seq: u64,
        at: Timestamp,
    ) {
        let purchase = Purchase {
            terms,
            name,
            currency,
            state: PurchaseState::Paid,
            checkout_url: None,
            created_at: at,
            credited_seq: Some(seq),
            message: None,
        };
        self.tell_of(purchase.clone(), at);
        self.page.effects.push(Effect::Purchased(Box::new(purchase)));
    }

    /// Puts on the page that the vendor is told of a purchase that has come to an end.
    fn tell_of(&mut self, purchase: Purchase, at: Timestamp) {
        if self.herald.is_some() {
            let notice = of_purchase(&self.workspace.id, PurchaseBody::from(purchase), at);
            self.page.effects.extend(notice.map(|notice| Effect::Told(Box::new(notice))));
        }
    }

    /// What the herald has seen is not how the ledger stands any more.
    fn lose_track(&mut self) {
        if let Some(herald) = &mut self.herald {
            herald.lose_track();
        }
    }

    /// Puts a sample's progress on the page. Only the last one of a page counts.
    pub(crate) fn note_progress(&mut self, progress: String) {
        self.page.effects.retain(|effect| !matches!(effect, Effect::SampleProgress(_)));
        self.page.effects.push(Effect::SampleProgress(progress));
    }

    /// What waits, to be appended; the book goes on behind it. The account goes along when it is time to keep it.
    pub(crate) fn take_page(&mut self) -> Page {
        self.past.forget();
        let last = self.account.last_seq();
        let mut page = std::mem::replace(&mut self.page, Page::new(self.workspace.id.clone(), last, self.head));
        if last - self.kept_at >= SNAPSHOT_EVERY && !page.lines.is_empty() {
            let account = wire::snapshot::encode(&self.account.snapshot());
            page.snapshot = Some(KeptSnapshot { seq: last, hash: self.head, account });
            self.kept_at = last;
        }
        page
    }

    /// Commits what waits, for whoever has the ledger alone.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was stored, and the book has to be thrown away.
    pub(crate) fn commit(&mut self, store: &Store) -> Result<(), StoreError> {
        let page = self.take_page();
        append(store, std::slice::from_ref(&page))
    }

    fn corrupt(&self, seq: u64, message: impl std::fmt::Display) -> StoreError {
        StoreError::Corrupt { workspace: self.workspace.id.clone(), message: format!("entry {seq}: {message}") }
    }
}

/// Commits what waits in books, all of it at once, for whoever has their ledgers alone.
///
/// # Errors
/// [`StoreError`] when the database fails or somebody else has recorded in one of the ledgers meanwhile.
pub(crate) fn record(store: &Store, books: Vec<Book>) -> Result<(), StoreError> {
    let pages: Vec<Page> = books.into_iter().map(|mut book| book.take_page()).collect();
    append(store, &pages)
}

fn append(store: &Store, pages: &[Page]) -> Result<(), StoreError> {
    if pages.iter().all(Page::is_empty) {
        return Ok(());
    }
    for (page, appended) in pages.iter().zip(store.append(pages)?) {
        if appended == Appended::Overtaken && !page.is_empty() {
            let message =
                format!("somebody else has recorded in workspace \"{}\" meanwhile: try again", page.workspace);
            return Err(StoreError::Contradiction(message));
        }
    }
    Ok(())
}

fn restored(workspace: &Workspace, kept: &KeptSnapshot) -> Result<Account, String> {
    let snapshot = wire::snapshot::decode(&kept.account).map_err(|error| error.to_string())?;
    let account = Account::restore(workspace.terms.clone(), snapshot).map_err(|error| error.to_string())?;
    if account.last_seq() == kept.seq { Ok(account) } else { Err(format!("it is of entry {}", account.last_seq())) }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use metering::{Terms, UsageRequest};

    use super::*;
    use crate::store::Durability;

    #[test]
    fn what_another_records_after_it_was_asked_for_is_known_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("x.db"), Durability::Full).unwrap();
        let terms = Terms::new(crate::catalogues::find("b").unwrap(), Tz::UTC);
        let workspace = Arc::new(Workspace { id: "acme".into(), name: "Acme".into(), terms });
        let now: Timestamp = "2026-06-03T09:00:00Z".parse().unwrap();
        store.create_workspace(&workspace, now).unwrap();
        let open = || Book::open(Arc::clone(&workspace), &store).unwrap().with_window(&store, now).unwrap();
        let mut first = open();
        let plan = Command::Subscribe { plan: "starter".into(), allowance: None };
        first.decide(&store, &plan, now).unwrap();
        first.commit(&store).unwrap();

        // An id without a time in it: it has to be looked for.
        let usage = UsageRequest {
            source: "crm".into(),
            id: "é".into(),
            feature: "draft".into(),
            units: 1,
            ..Default::default()
        };
        let usage = Command::Use(usage);
        let mut second = open();
        let ask = second.ask([&usage]);
        assert_eq!(ask.keys.len(), 1);
        let found = store.recall(std::slice::from_ref(&ask)).unwrap().pop().unwrap().found;
        second.remember(ask.keys, &found).unwrap();
        assert!(matches!(first.decide(&store, &usage, now).unwrap(), Outcome::Recorded { .. }));
        first.commit(&store).unwrap();
        second.follow(&store.lines("acme", second.account().last_seq(), TAIL).unwrap()).unwrap();
        let known = second.decide_known(&usage, now).unwrap();
        assert!(matches!(known, Outcome::Duplicate { .. }), "{known:?}");
    }
}
