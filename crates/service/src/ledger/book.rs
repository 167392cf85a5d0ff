//! A meter in the making: the replayed ledger, and what has been decided since the last commit.

use std::sync::Arc;

use metering::{Account, Command, Decision, EntryKind, Meter, Outcome, PurchaseTerms, Timestamp};
use wire::api::PurchaseState;
use wire::{GENESIS, Hash, chain};

use crate::store::{Effect, Page, Purchase, Settlement, Store, StoreError, StoredLine, Workspace};

/// How many entries are read at once when a ledger is replayed.
const REPLAY_PAGE: usize = 10_000;

/// A workspace's meter, its chain, and the page that waits to be committed. When a commit fails the book has to be
/// thrown away and opened again: it holds entries that the store does not.
pub(crate) struct Book {
    workspace: String,
    store: Arc<Store>,
    meter: Meter,
    head: Hash,
    page: Page,
}

impl Book {
    /// Replays a workspace's ledger, checking its chain.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails, or the ledger is not what it was when it was recorded.
    pub(crate) fn open(workspace: &Workspace, store: Arc<Store>) -> Result<Self, StoreError> {
        let mut meter = Meter::new(workspace.terms.clone());
        let mut head = GENESIS;
        let corrupt = |seq: u64, message: String| StoreError::Corrupt {
            workspace: workspace.id.clone(),
            message: format!("entry {seq}: {message}"),
        };
        loop {
            let lines = store.lines(&workspace.id, meter.account().last_seq(), REPLAY_PAGE)?;
            if lines.is_empty() {
                break;
            }
            for line in &lines {
                if chain(&head, &line.body) != line.hash {
                    return Err(corrupt(line.seq, "its bytes were changed: the hash does not fit".into()));
                }
                let entry =
                    wire::line::decode_body(&line.body).map_err(|error| corrupt(line.seq, error.to_string()))?;
                meter.apply(&entry).map_err(|broken| corrupt(broken.seq, broken.message))?;
                head = line.hash;
            }
        }
        Ok(Self { workspace: workspace.id.clone(), store, meter, head, page: Page::default() })
    }

    /// The account, with what waits to be committed.
    pub(crate) const fn account(&self) -> &Account {
        self.meter.account()
    }

    /// Makes ready for deciding these commands; see [`metering::Register::look_ahead`].
    pub(crate) fn look_ahead(&self, commands: &[Command]) {
        self.meter.register().look_ahead(commands);
    }

    /// How many entries wait to be committed.
    pub(crate) fn waiting(&self) -> usize {
        self.page.lines.len()
    }

    /// Decides a command and puts its entries on the page.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the rules do not take their own entries.
    pub(crate) fn decide(&mut self, command: &Command, now: Timestamp) -> Result<Decision, StoreError> {
        let decision = self.meter.decide(command, now);
        for entry in &decision.entries {
            self.meter.apply(entry).map_err(|broken| StoreError::Corrupt {
                workspace: self.workspace.clone(),
                message: broken.to_string(),
            })?;
            let body = wire::line::encode_body(entry);
            self.head = chain(&self.head, &body);
            self.page.lines.push(StoredLine { seq: entry.seq, hash: self.head, body });
        }
        Ok(decision)
    }

    /// Takes in a payment provider's event: an event counts once, and a purchase is credited once, however many
    /// events say that it was paid. `None` if there is no such purchase.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn settle(&mut self, mut settlement: Settlement, now: Timestamp) -> Result<Option<Outcome>, StoreError> {
        let Some(purchase) = self.store.purchase(&self.workspace, &settlement.purchase)? else { return Ok(None) };
        if self.store.knows_event(&self.workspace, settlement.provider, &settlement.event)? {
            return Ok(Some(Outcome::Unchanged));
        }
        let mut outcome = Outcome::Unchanged;
        if settlement.state == PurchaseState::Paid {
            outcome = self.decide(&Command::Credit(purchase.terms), now)?.outcome;
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
        self.page.effects.push(Effect::Purchased(Purchase {
            terms,
            name,
            currency,
            state: PurchaseState::Paid,
            checkout_url: None,
            created_at: at,
            credited_seq: Some(seq),
            message: None,
        }));
    }

    /// Puts a sample's progress on the page. Only the last one of a page counts.
    pub(crate) fn note_progress(&mut self, progress: String) {
        self.page.effects.retain(|effect| !matches!(effect, Effect::SampleProgress(_)));
        self.page.effects.push(Effect::SampleProgress(progress));
    }

    /// Commits the page, and gives its lines.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was stored, and the book has to be thrown away.
    pub(crate) fn commit(&mut self) -> Result<Vec<StoredLine>, StoreError> {
        if !self.page.is_empty() {
            self.store.append(&self.workspace, &self.page)?;
        }
        self.page.effects.clear();
        Ok(std::mem::take(&mut self.page.lines))
    }
}

/// What the usage among these entries cost.
pub(super) fn cost(decision: &Decision) -> Option<metering::Credits> {
    decision.entries.iter().rev().find_map(|entry| match &entry.kind {
        EntryKind::Usage(usage) => Some(usage.cost),
        _ => None,
    })
}
