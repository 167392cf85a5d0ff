//! Purchases, and the payment events that settle them.

use metering::{PurchaseTerms, Timestamp};
use wire::api::{PurchaseBody, PurchaseState};

use super::sql::{Row, Sql, values};
use super::{Notice, Store, StoreError};

/// A purchase as stored: the terms agreed at checkout, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// The buyer's id, the pack, its credits and price.
    pub terms: PurchaseTerms,
    /// The pack's name, for people.
    pub name: String,
    /// ISO 4217 code of the price.
    pub currency: String,
    /// How far it has come.
    pub state: PurchaseState,
    /// The provider's page.
    pub checkout_url: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// The entry that credited it.
    pub credited_seq: Option<u64>,
    /// What happened, for people.
    pub message: Option<String>,
}

/// What a payment provider's event does to a purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The provider's name.
    pub provider: &'static str,
    /// The provider's id of the event: it counts once.
    pub event: String,
    /// The buyer's id of the purchase.
    pub purchase: String,
    /// What becomes of the purchase: `paid`, `failed` or `cancelled`.
    pub state: PurchaseState,
    /// What happened, for people.
    pub message: Option<String>,
    /// The entry that credits it, once that is decided.
    pub credited_seq: Option<u64>,
}

impl From<Purchase> for PurchaseBody {
    fn from(purchase: Purchase) -> Self {
        let waits = purchase.state == PurchaseState::Waiting;
        Self {
            id: purchase.terms.purchase,
            pack: purchase.terms.pack,
            name: purchase.name,
            credits: purchase.terms.credits,
            price: purchase.terms.price,
            currency: purchase.currency,
            state: purchase.state,
            checkout_url: purchase.checkout_url.filter(|_| waits),
            created_at: purchase.created_at,
            credited_seq: purchase.credited_seq,
            message: purchase.message,
        }
    }
}

const COLUMNS: &str = "purchase_id, pack, name, credits, price, currency, expires_after_days, state, checkout_url, \
                       created_at, credited_seq, message";

impl Store {
    /// Stores a new purchase unless its id is taken, and gives what is stored under the id.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn create_purchase(&self, workspace: &str, purchase: &Purchase) -> Result<Purchase, StoreError> {
        self.write(|db| insert(db, workspace, purchase))
    }

    /// The purchase with this id.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn purchase(&self, workspace: &str, id: &str) -> Result<Option<Purchase>, StoreError> {
        self.read(|db| one(db, workspace, id))
    }

    /// The workspace's purchases, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn purchases(&self, workspace: &str) -> Result<Vec<Purchase>, StoreError> {
        self.read(|db| {
            let sql = format!(
                "SELECT {COLUMNS} FROM purchases WHERE workspace_id = $1 ORDER BY created_at DESC, purchase_id"
            );
            db.query(&sql, values![workspace])?.iter().map(from_row).collect()
        })
    }

    /// Moves a purchase on from one state to another, and stores what the vendor is told of it; false if it was not in the
    /// first one.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn move_purchase(
        &self,
        workspace: &str,
        id: &str,
        from: &[PurchaseState],
        to: PurchaseState,
        checkout_url: Option<&str>,
        notice: Option<&Notice>,
    ) -> Result<bool, StoreError> {
        let moved = self.write(|db| {
            let Some(current) = one(db, workspace, id)? else { return Ok(false) };
            if !from.contains(&current.state) {
                return Ok(false);
            }
            // Another process may have moved it since: then it is not where it was.
            let changed = db.execute(
                "UPDATE purchases SET state = $3, checkout_url = coalesce($4, checkout_url)
                 WHERE workspace_id = $1 AND purchase_id = $2 AND state = $5",
                values![workspace, id, to.as_str(), checkout_url, current.state.as_str()],
            )?;
            if let Some(notice) = notice.filter(|_| changed == 1) {
                super::outbox::insert(db, workspace, notice)?;
            }
            Ok(changed == 1)
        });
        // Also after an error: it may have been stored.
        if notice.is_some() {
            self.notice_came.notify_one();
        }
        moved
    }

    /// Whether this event of the provider was taken in before.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn knows_event(&self, workspace: &str, provider: &str, event: &str) -> Result<bool, StoreError> {
        self.read(|db| {
            let sql = "SELECT 1 FROM payment_events WHERE workspace_id = $1 AND provider = $2 AND event_id = $3";
            db.finds(sql, values![workspace, provider, event])
        })
    }
}

pub(super) fn insert(db: &mut dyn Sql, workspace: &str, purchase: &Purchase) -> Result<Purchase, StoreError> {
    let sql = format!(
        "INSERT INTO purchases (workspace_id, {COLUMNS})
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING"
    );
    let Purchase { terms, name, currency, state, checkout_url, created_at, credited_seq, message } = purchase;
    db.execute(
        &sql,
        values![
            workspace,
            &terms.purchase,
            &terms.pack,
            name,
            terms.credits,
            terms.price,
            currency,
            terms.expires_after_days,
            state.as_str(),
            checkout_url.as_ref(),
            *created_at,
            *credited_seq,
            message.as_ref(),
        ],
    )?;
    one(db, workspace, &terms.purchase)?
        .ok_or_else(|| StoreError::Contradiction("a purchase was stored and is not there".into()))
}

/// Stores the event and what it does. The same event again does nothing; a purchase that is paid stays paid.
pub(super) fn settle(
    db: &mut dyn Sql,
    workspace: &str,
    settlement: &Settlement,
    at: Timestamp,
) -> Result<(), StoreError> {
    let fresh = db.execute(
        "INSERT INTO payment_events (workspace_id, provider, event_id, purchase_id, received_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        values![workspace, settlement.provider, &settlement.event, &settlement.purchase, at],
    )?;
    if fresh == 1 {
        db.execute(
            "UPDATE purchases SET state = $3, credited_seq = $4, message = $5
             WHERE workspace_id = $1 AND purchase_id = $2 AND state <> 'paid'",
            values![
                workspace,
                &settlement.purchase,
                settlement.state.as_str(),
                settlement.credited_seq,
                settlement.message.as_ref(),
            ],
        )?;
    }
    Ok(())
}

fn one(db: &mut dyn Sql, workspace: &str, id: &str) -> Result<Option<Purchase>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM purchases WHERE workspace_id = $1 AND purchase_id = $2");
    db.first(&sql, values![workspace, id])?.as_ref().map(from_row).transpose()
}

fn from_row(row: &Row) -> Result<Purchase, StoreError> {
    let state: String = row.get(7)?;
    let state = PurchaseState::ALL.into_iter().find(|known| known.as_str() == state);
    Ok(Purchase {
        terms: PurchaseTerms {
            purchase: row.get(0)?,
            pack: row.get(1)?,
            credits: row.get(3)?,
            price: row.get(4)?,
            expires_after_days: row.get(6)?,
        },
        name: row.get(2)?,
        currency: row.get(5)?,
        // The table's own check lets no other state in.
        state: state.unwrap_or(PurchaseState::Created),
        checkout_url: row.get(8)?,
        created_at: row.get(9)?,
        credited_seq: row.get(10)?,
        message: row.get(11)?,
    })
}
