//! Purchase intents: what the person set out to buy, written down before any network call, so that a purchase that was
//! cut off anywhere is carried on under the same id.

use metering::{Credits, Timestamp};
use rusqlite::{OptionalExtension, Row, Transaction};

use super::{Desk, WorkspaceKey};
use crate::CacheError;
use crate::column::{instant, signed, unsigned};

/// How far a purchase has come, as far as the app knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IntentState {
    /// Written down; the service may not know of it yet.
    Created,
    /// The service has it and waits for the payment.
    Waiting,
    /// It was paid and is being credited, or the payment is being checked.
    Processing,
    /// The credits are in the ledger.
    Credited,
    /// It was called off.
    Cancelled,
    /// The service or the payment provider refused it; the message says why.
    Failed,
    /// The checkout was left alone too long. Nothing was paid.
    Expired,
}

impl IntentState {
    /// The state's name in the file and in interfaces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Waiting => "waiting",
            Self::Processing => "processing",
            Self::Credited => "credited",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    /// The state with this name. An unknown name (of a newer version) is a purchase to ask the service about.
    fn named(name: &str) -> Self {
        [Self::Waiting, Self::Processing, Self::Credited, Self::Cancelled, Self::Failed, Self::Expired]
            .into_iter()
            .find(|state| state.name() == name)
            .unwrap_or(Self::Created)
    }

    /// Whether nothing is left to do for it.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Credited | Self::Cancelled | Self::Failed | Self::Expired)
    }
}

/// A purchase as the app wrote it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseIntent {
    /// The purchase's id, made by the app; also the idempotency key.
    pub purchase_id: String,
    /// The pack's id.
    pub pack: String,
    /// The pack's name when it was chosen.
    pub name: String,
    /// The pack's credits when it was chosen.
    pub credits: Credits,
    /// Its price in minor units.
    pub price: u64,
    /// ISO 4217 code of the price.
    pub currency: String,
    /// How far it has come.
    pub state: IntentState,
    /// Where to pay, once the service said so.
    pub checkout_url: Option<String>,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When its state last changed.
    pub updated_at: Timestamp,
    /// What the person should know, like why it failed.
    pub message: Option<String>,
}

const COLUMNS: &str =
    "purchase_id, pack, name, credits, price, currency, state, checkout_url, created_at, updated_at, message";

impl Desk {
    /// Writes a purchase down; it is on the disk when this returns. Again with the same pack and price it changes
    /// nothing.
    ///
    /// # Errors
    /// [`CacheError::IntentConflict`] when the id stands for another pack or price, [`CacheError::UnknownWorkspace`],
    /// or any storage error.
    pub fn begin_purchase(&self, workspace: WorkspaceKey, intent: &PurchaseIntent) -> Result<(), CacheError> {
        let sql = format!(
            "INSERT INTO purchase_intents (workspace, {COLUMNS})
             SELECT workspace, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 FROM connections WHERE workspace = ?1"
        );
        self.write(|transaction| {
            if let Some(known) = find(transaction, workspace, &intent.purchase_id)? {
                let same = (&known.pack, known.credits, known.price, &known.currency)
                    == (&intent.pack, intent.credits, intent.price, &intent.currency);
                return if same { Ok(()) } else { Err(CacheError::IntentConflict(known.purchase_id)) };
            }
            let changed = transaction.execute(
                &sql,
                (
                    workspace.0,
                    &intent.purchase_id,
                    &intent.pack,
                    &intent.name,
                    signed(intent.credits),
                    signed(intent.price),
                    &intent.currency,
                    intent.state.name(),
                    &intent.checkout_url,
                    intent.created_at.as_millis(),
                    intent.updated_at.as_millis(),
                    &intent.message,
                ),
            )?;
            if changed == 0 { Err(CacheError::UnknownWorkspace(workspace)) } else { Ok(()) }
        })
    }

    /// Records how far a purchase has come; on the disk when this returns. A `checkout_url` of `None` keeps the known
    /// one. What was credited stays credited, whatever arrives late.
    ///
    /// # Errors
    /// [`CacheError::UnknownIntent`] or any storage error.
    pub fn update_purchase(
        &self,
        workspace: WorkspaceKey,
        purchase_id: &str,
        state: IntentState,
        checkout_url: Option<&str>,
        message: Option<&str>,
        at: Timestamp,
    ) -> Result<PurchaseIntent, CacheError> {
        let sql = "UPDATE purchase_intents SET state = ?3, checkout_url = coalesce(?4, checkout_url), message = ?5,
                       updated_at = CASE state WHEN ?3 THEN updated_at ELSE ?6 END
                   WHERE workspace = ?1 AND purchase_id = ?2 AND (state <> 'credited' OR ?3 = 'credited')";
        self.write(|transaction| {
            let values = (workspace.0, purchase_id, state.name(), checkout_url, message, at.as_millis());
            transaction.execute(sql, values)?;
            find(transaction, workspace, purchase_id)?.ok_or_else(|| CacheError::UnknownIntent(purchase_id.to_owned()))
        })
    }

    /// One purchase, if it was written down.
    ///
    /// # Errors
    /// Any storage error.
    pub fn purchase(&self, workspace: WorkspaceKey, purchase_id: &str) -> Result<Option<PurchaseIntent>, CacheError> {
        self.read(|view| find(view, workspace, purchase_id))
    }

    /// Every purchase written down, newest first.
    ///
    /// # Errors
    /// Any storage error.
    pub fn purchases(&self, workspace: WorkspaceKey) -> Result<Vec<PurchaseIntent>, CacheError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM purchase_intents WHERE workspace = ?1 ORDER BY created_at DESC, purchase_id"
        );
        self.read(|view| Ok(view.prepare_cached(&sql)?.query_map([workspace.0], read)?.collect::<Result<_, _>>()?))
    }

    /// The purchases to carry on, oldest first.
    ///
    /// # Errors
    /// Any storage error.
    pub fn open_purchases(&self, workspace: WorkspaceKey) -> Result<Vec<PurchaseIntent>, CacheError> {
        let mut open = self.purchases(workspace)?;
        open.retain(|intent| !intent.state.is_settled());
        open.reverse();
        Ok(open)
    }
}

fn find(view: &Transaction<'_>, workspace: WorkspaceKey, id: &str) -> Result<Option<PurchaseIntent>, CacheError> {
    let sql = format!("SELECT {COLUMNS} FROM purchase_intents WHERE workspace = ?1 AND purchase_id = ?2");
    Ok(view.prepare_cached(&sql)?.query_row((workspace.0, id), read).optional()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<PurchaseIntent> {
    Ok(PurchaseIntent {
        purchase_id: row.get(0)?,
        pack: row.get(1)?,
        name: row.get(2)?,
        credits: unsigned(row.get(3)?),
        price: unsigned(row.get(4)?),
        currency: row.get(5)?,
        state: IntentState::named(row.get_ref(6)?.as_str()?),
        checkout_url: row.get(7)?,
        created_at: instant(row.get(8)?),
        updated_at: instant(row.get(9)?),
        message: row.get(10)?,
    })
}
