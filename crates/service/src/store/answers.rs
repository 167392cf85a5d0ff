//! What requests with an idempotency key came to. What is refused is not remembered: it may be tried again.

use metering::Timestamp;

use super::sql::{Sql, values};
use super::{Store, StoreError};

/// What a request with a key came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PastAnswer {
    /// The key, as the caller made it.
    pub(crate) key: String,
    /// A digest of what was asked.
    pub(crate) request: [u8; 32],
    /// The entry that it made; none, if it changed nothing.
    pub(crate) seq: Option<u64>,
}

/// How an answer is kept: by its status, and the number of its entry as its body.
const RECORDED: i64 = 201;
const UNCHANGED: i64 = 200;

impl Store {
    /// What the request with this key came to, if there was one.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) fn past_answer(&self, workspace: &str, key: &str) -> Result<Option<PastAnswer>, StoreError> {
        let sql = "SELECT request, status, body FROM answers WHERE workspace_id = $1 AND idempotency_key = $2";
        let rows = self.query(sql, values![workspace, key])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (status, body): (i64, Vec<u8>) = (row.get(1)?, row.get(2)?);
        let seq = String::from_utf8(body).ok().and_then(|text| text.parse().ok()).filter(|_| status == RECORDED);
        Ok(Some(PastAnswer { key: key.to_owned(), request: row.get(0)?, seq }))
    }
}

/// Stores an answer. Of two that were given at the same time and changed nothing the first stays.
pub(super) fn insert(db: &mut dyn Sql, workspace: &str, answer: &PastAnswer, at: Timestamp) -> Result<(), StoreError> {
    let PastAnswer { key, request, seq } = answer;
    let status = if seq.is_some() { RECORDED } else { UNCHANGED };
    let body = seq.map(|seq| seq.to_string()).unwrap_or_default().into_bytes();
    let sql = "INSERT INTO answers (workspace_id, idempotency_key, request, status, body, created_at)
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    db.execute(sql, values![workspace, key, request, status, &body, at]).map(drop)
}
