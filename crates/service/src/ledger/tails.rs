//! Who follows which ledger, and how far each has come.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::metrics::Pulse;
use crate::store::Store;

/// How often ledgers that are followed here are looked at for what other processes have recorded.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The ledgers that somebody follows, each with its last entry as far as it is known here.
#[derive(Debug, Default)]
pub(crate) struct Tails {
    followed: Mutex<HashMap<String, watch::Sender<u64>>>,
    /// Since when it is not known what other processes have recorded.
    looked: Pulse,
}

impl Tails {
    /// Follows a ledger: the number of its last entry, whenever it has changed. It begins with 0.
    pub(super) fn follow(&self, workspace: &str) -> watch::Receiver<u64> {
        let mut tails = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever has gone is forgotten when somebody comes.
        tails.retain(|_, tail| tail.receiver_count() > 0);
        tails.entry(workspace.to_owned()).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    /// Tells those who follow a ledger how far it has come.
    pub(super) fn moved(&self, workspace: &str, last_seq: u64) {
        let tails = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tail) = tails.get(workspace) {
            tail.send_if_modified(|known| {
                let is_news = last_seq > *known;
                *known = last_seq.max(*known);
                is_news
            });
        }
    }

    /// The ledgers that somebody follows.
    pub(crate) fn followed(&self) -> Vec<String> {
        let tails = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        tails.iter().filter(|(_, tail)| tail.receiver_count() > 0).map(|(id, _)| id.clone()).collect()
    }

    /// The seconds since it was last looked what other processes have recorded, while somebody follows.
    pub(crate) fn look_age(&self) -> f64 {
        self.looked.age()
    }

    /// Looks at the ledgers that are followed until `stop` is set: another process may have recorded.
    pub(crate) async fn watch(self: Arc<Self>, store: Arc<Store>, mut stop: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
            let followed = self.followed();
            if followed.is_empty() {
                self.looked.rest();
                continue;
            }
            let store = Arc::clone(&store);
            let heads = crate::http::blocking(move || store.heads(&followed)).await;
            match heads {
                Ok(heads) => {
                    self.looked.begin(Duration::ZERO);
                    heads.into_iter().for_each(|(id, last_seq)| self.moved(&id, last_seq));
                }
                Err(error) => tracing::warn!(%error, "ledgers that are followed cannot be looked at"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_follows_hears_of_news_alone() {
        let tails = Tails::default();
        tails.moved("w", 3);
        let mut one = tails.follow("w");
        assert_eq!(*one.borrow_and_update(), 0);
        tails.moved("w", 5);
        tails.moved("v", 9);
        assert!(one.has_changed().unwrap());
        assert_eq!(*one.borrow_and_update(), 5);
        tails.moved("w", 4);
        assert!(!one.has_changed().unwrap());
        assert_eq!(tails.followed(), ["w"]);
        drop(one);
        assert!(tails.followed().is_empty());
        drop(tails.follow("v"));
        assert_eq!(tails.followed.lock().unwrap().len(), 1, "who has gone is forgotten");
    }
}
