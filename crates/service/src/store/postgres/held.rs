//! Ledgers that processes take turns with: a transaction that has the rows of their workspaces.
//!
//! Who decides without that is overtaken again and again if others are quicker. The server gives a row that several want to
//! one after the other, so among those who hold everybody gets a turn. Whoever appends without holding is not held up: it is
//! overtaken by the first who is, and holds from then on (see [`crate::ledger`]). So turns are for fairness alone; what keeps
//! ledgers exact is the key of `entries`.

use std::cell::RefCell;

use deadpool_postgres::Object;
use futures_executor::block_on;
use futures_util::future::try_join;
use tokio_postgres::Error;

use super::{Failed, ledger};
use crate::store::engine::{Appended, Ask, Ledgers, Recalled};
use crate::store::{Page, StoreError};

/// Others wait meanwhile: who does nothing with what it holds, because it was stopped, does not hold it for long.
const BEGIN: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '5s'";

/// A connection within a transaction that has the rows of workspaces.
pub(super) struct Held {
    /// None, once it has appended.
    client: RefCell<Option<Object>>,
}

impl Held {
    /// Waits for the rows, and takes them.
    pub(super) fn take(client: Object, workspaces: &[&str]) -> Result<Self, Failed> {
        let taken = block_on(async {
            // Both are on their way before the first is answered.
            try_join(client.batch_execute(BEGIN), ledger::lock(&client, workspaces)).await?;
            Ok::<_, Error>(())
        });
        let is_lost = client.is_closed();
        let held = Self { client: RefCell::new(Some(client)) };
        match taken {
            Ok(()) => Ok(held),
            Err(error) => {
                let failed = Failed::from(error);
                Err(Failed { may_be_retried: failed.may_be_retried || is_lost, ..failed })
            }
        }
    }
}

impl Ledgers for Held {
    fn recall(&self, asks: &[Ask]) -> Result<Vec<Recalled>, StoreError> {
        let client = self.client.borrow();
        let client = client.as_ref().ok_or_else(let_go)?;
        block_on(ledger::recall(client, asks)).map_err(|error| Failed::from(error).error)
    }

    fn append(&self, pages: &[Page]) -> Result<Vec<Appended>, StoreError> {
        append_and_commit(self.client.take().ok_or_else(let_go)?, pages)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            roll_back(client);
        }
    }
}

/// Appends pages with what goes along with them, in a transaction that has begun, and ends it.
pub(super) fn append_and_commit(client: Object, pages: &[Page]) -> Result<Vec<Appended>, StoreError> {
    match ledger::append_with_aside(&client, pages) {
        Ok(appended) => {
            block_on(client.batch_execute("COMMIT")).map_err(|error| Failed::from(error).error)?;
            Ok(appended)
        }
        Err(error) => {
            roll_back(client);
            Err(error)
        }
    }
}

/// Gives a connection back without what was done on it. If that is not to be had, it goes back to no pool.
fn roll_back(client: Object) {
    if block_on(client.batch_execute("ROLLBACK")).is_err() {
        drop(Object::take(client));
    }
}

fn let_go() -> StoreError {
    StoreError::Contradiction("the ledgers are not held any more".into())
}
