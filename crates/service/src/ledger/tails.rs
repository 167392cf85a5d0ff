//! Who follows which ledger, and how far each has come.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::metrics::Pulse;
use crate::store::Store;

/// How often ledgers that are followed here are looked at for what other processes have recorded.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(250);
/// The same where no other process is expected to: as often as those who follow hear that nothing was recorded.
pub(crate) const LOOK_SELDOM: Duration = Duration::from_secs(15);

/// The ledgers that somebody follows, each with its last entry as far as it is known here.
#[derive(Debug, Default)]
pub(crate) struct Tails {
    followed: Mutex<HashMap<String, watch::Sender<u64>>>,
    /// Somebody has begun to follow.
    came: Notify,
    /// Since when it is not known what other processes have recorded.
    looked: Pulse,
}

impl Tails {
    /// Follows a ledger: the number of its last entry, whenever it has changed. It begins with 0.
    pub(super) fn follow(&self, workspace: &str) -> watch::Receiver<u64> {
        let mut tails = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever has gone is forgotten when somebody comes.
        tails.retain(|_, tail| tail.receiver_count() > 0);
        let tail = tails.entry(workspace.to_owned()).or_insert_with(|| watch::Sender::new(0)).subscribe();
        drop(tails);
        self.came.notify_one();
        tail
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

    /// Looks at the ledgers that are followed every so often until `stop` is set: another process may have recorded. While
    /// nobody follows it does nothing.
    pub(crate) async fn watch(self: Arc<Self>, store: Arc<Store>, every: Duration, mut stop: watch::Receiver<bool>) {
        loop {
            let is_followed = !self.followed().is_empty();
            if !is_followed {
                self.looked.rest();
            }
            tokio::select! {
                () = tokio::time::sleep(every), if is_followed => {}
                () = self.came.notified(), if !is_followed => continue,
                _ = stop.wait_for(|stop| *stop) => return,
            }
            let followed = self.followed();
            if followed.is_empty() {
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
    use crate::store::Durability;

    #[tokio::test]
    async fn it_is_looked_while_somebody_follows_and_not_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(&folder.path().join("x.db"), Durability::Normal).unwrap());
        let (tails, (stop, stopped)) = (Arc::new(Tails::default()), watch::channel(false));
        let watching = tokio::spawn(Arc::clone(&tails).watch(store, Duration::from_millis(10), stopped));
        let pause = || tokio::time::sleep(Duration::from_millis(150));
        let is_looked = || tails.looked.age() > 0.0;
        for round in 0..3 {
            pause().await;
            assert!(!is_looked(), "round {round}: nobody follows");
            let one = tails.follow("w");
            let other = tails.follow("v");
            drop(one);
            for _ in 0..500 {
                tokio::time::sleep(Duration::from_millis(1)).await;
                if is_looked() {
                    break;
                }
            }
            assert!(is_looked(), "round {round}: whoever came was missed");
            drop(other);
        }
        stop.send_replace(true);
        watching.await.unwrap();
    }

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
