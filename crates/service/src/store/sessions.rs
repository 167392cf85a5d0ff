//! Checkout sessions of the sandbox provider.

use metering::Timestamp;

use super::sql::{Row, Sql, values};
use super::{Store, StoreError};

/// A checkout session: one page, for one purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The workspace that buys.
    pub workspace: String,
    /// The buyer's id of the purchase, which is the idempotency key.
    pub purchase: String,
    /// The secret in the page's address.
    pub session: String,
    /// What is bought, for people.
    pub description: String,
    /// Who buys, for people.
    pub buyer: String,
    /// The price in minor units of `currency`.
    pub price: u64,
    /// ISO 4217 code of the price.
    pub currency: String,
    /// What has become of it.
    pub state: SessionState,
    /// The id of the event that tells what has become of it.
    pub event: Option<String>,
    /// Whether that event was accepted.
    pub delivered: bool,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// What has become of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// The page waits.
    Open,
    /// The buyer paid.
    Paid,
    /// The payment was declined.
    Declined,
    /// The buyer, or the service, called it off.
    Cancelled,
}

impl SessionState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
        }
    }
}

const COLUMNS: &str = "workspace_id, purchase_id, session, description, buyer, price, currency, state, event_id, \
                       delivered, created_at";

impl Store {
    /// Opens a session for a purchase, and gives the one that is open if there is one.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn open_session(&self, session: &Session) -> Result<Session, StoreError> {
        self.write(|db| {
            let sql = format!(
                "INSERT INTO sandbox_sessions ({COLUMNS})
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING"
            );
            db.execute(
                &sql,
                values![
                    &session.workspace,
                    &session.purchase,
                    &session.session,
                    &session.description,
                    &session.buyer,
                    session.price,
                    &session.currency,
                    session.state.as_str(),
                    session.event.as_ref(),
                    session.delivered,
                    session.created_at,
                ],
            )?;
            of_purchase(db, &session.workspace, &session.purchase)?
                .ok_or_else(|| StoreError::Contradiction("a session was stored and is not there".into()))
        })
    }

    /// The session with this secret.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn session(&self, secret: &str) -> Result<Option<Session>, StoreError> {
        self.read(|db| {
            let sql = format!("SELECT {COLUMNS} FROM sandbox_sessions WHERE session = $1");
            db.first(&sql, values![secret])?.as_ref().map(from_row).transpose()
        })
    }

    /// The session of a purchase.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn session_of(&self, workspace: &str, purchase: &str) -> Result<Option<Session>, StoreError> {
        self.read(|db| of_purchase(db, workspace, purchase))
    }

    /// Ends an open session, once; false if it had ended before.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn end_session(&self, secret: &str, state: SessionState, event: &str) -> Result<bool, StoreError> {
        self.write(|db| {
            let changed = db.execute(
                "UPDATE sandbox_sessions SET state = $2, event_id = $3 WHERE session = $1 AND state = 'open'",
                values![secret, state.as_str(), event],
            )?;
            Ok(changed == 1)
        })
    }

    /// Stores that the session's event was accepted.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn mark_delivered(&self, secret: &str) -> Result<(), StoreError> {
        self.write(|db| {
            db.execute("UPDATE sandbox_sessions SET delivered = 1 WHERE session = $1", values![secret]).map(drop)
        })
    }

    /// Sessions that have ended and whose event nobody has accepted, and open ones that were opened before `before`.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn unsettled_sessions(&self, before: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.read(|db| {
            let sql = format!(
                "SELECT {COLUMNS} FROM sandbox_sessions
                 WHERE (state <> 'open' AND delivered = 0) OR (state = 'open' AND created_at <= $1)
                 ORDER BY created_at, session"
            );
            db.query(&sql, values![before])?.iter().map(from_row).collect()
        })
    }
}

fn of_purchase(db: &mut dyn Sql, workspace: &str, purchase: &str) -> Result<Option<Session>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM sandbox_sessions WHERE workspace_id = $1 AND purchase_id = $2");
    db.first(&sql, values![workspace, purchase])?.as_ref().map(from_row).transpose()
}

fn from_row(row: &Row) -> Result<Session, StoreError> {
    let state: String = row.get(7)?;
    Ok(Session {
        workspace: row.get(0)?,
        purchase: row.get(1)?,
        session: row.get(2)?,
        description: row.get(3)?,
        buyer: row.get(4)?,
        price: row.get(5)?,
        currency: row.get(6)?,
        state: match state.as_str() {
            "paid" => SessionState::Paid,
            "declined" => SessionState::Declined,
            "cancelled" => SessionState::Cancelled,
            _ => SessionState::Open,
        },
        event: row.get(8)?,
        delivered: row.get(9)?,
        created_at: row.get(10)?,
    })
}
