//! Taking in many pages: one thread checks what has come while another stores what was checked.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use cache::CacheError;
use metering::{Account, Timestamp};
use tokio::sync::mpsc;

use crate::checker::{Checked, Checker, Stop};
use crate::fetch::Piece;
use crate::ledger::{Complete, Ledger, being_read, store};
use crate::trouble::Trouble;

/// Pages that wait to be stored, and most that are stored together: as many as make [`TOGETHER`], so that one thread goes on
/// checking while the other stores.
pub(crate) const WAITING: usize = 16;
/// Entries that are stored together, about: what each transaction costs by itself is then little of it.
const TOGETHER: usize = 65_536;
/// How long a page waits for others to be stored with.
const WAIT: Duration = Duration::from_millis(30);

/// A page, as of when it is everything there is, and the account after it, if anybody is to see that.
type ToStore = (Arc<Checked>, Timestamp, Option<Account>);

impl Ledger {
    /// Checks and stores lines as they come, until no more do, and says how many. Before a bad one, the good ones are kept.
    /// `progress` hears the last entry that is stored.
    pub(crate) fn take_all(
        &mut self,
        mut lines: mpsc::Receiver<Piece>,
        complete: Complete,
        progress: impl Fn(u64) + Sync,
    ) -> (u64, Result<(), Trouble>) {
        let Some(mut checker) = self.checker.take() else { return (0, Err(being_read())) };
        let is_first = self.as_of.is_none();
        let as_of = |checked: &Checked, is_good: bool| as_of_page(is_first, checked, complete, is_good);
        let (mut count, mut stop, mut last) = (0, None, Timestamp::MIN);
        let (writer, shared) = (&mut self.writer, &*self.shared);
        let stored = std::thread::scope(|scope| {
            let (to_store, checked) = sync_channel::<ToStore>(WAITING);
            let progress = &progress;
            let storing = std::thread::Builder::new().name("storing".to_owned()).spawn_scoped(scope, move || {
                while let Some((checked, as_of, account)) = together(&checked) {
                    store(writer, shared, &checked, as_of, account)?;
                    progress(checked.last().map_or(0, |last| last.seq));
                }
                Ok::<_, CacheError>(())
            });
            let storing = match storing {
                Ok(storing) => storing,
                Err(source) => return Err(CacheError::File { path: "a thread".into(), source }),
            };
            let show = |checker: &Checker| (!is_first).then(|| checker.account().clone());
            (stop, last) = check_all(&mut checker, &mut lines, &to_store, &mut count, complete.revision, as_of, show);
            drop(to_store);
            // Whoever still sends is told that nobody takes it.
            lines.close();
            storing.join().unwrap_or_else(|_| Err(CacheError::BadPage("a page could not be stored".to_owned())))
        });
        if stored.is_ok() && stop.is_none() {
            self.checker = Some(checker);
        }
        let result = self.stored(stored, last);
        self.tidy();
        (count, result.and_then(|()| stop.map_or(Ok(()), |stop| Err(stop.into()))))
    }
}

/// The pages to store together, as of when they are everything, and the account after the last of them; none when no more
/// come.
fn together(checked: &Receiver<ToStore>) -> Option<(Vec<Arc<Checked>>, Timestamp, Option<Account>)> {
    let (first, mut as_of, mut account) = checked.recv().ok()?;
    let mut count = first.page.len();
    let mut pages = vec![first];
    while count < TOGETHER
        && pages.len() < WAITING
        && let Ok((next, at, shown)) = checked.recv_timeout(WAIT)
    {
        count += next.page.len();
        (as_of, account) = (at, shown);
        pages.push(next);
    }
    Some((pages, as_of, account))
}

/// Checks lines as they come, and hands on what follows.
fn check_all(
    checker: &mut Checker,
    lines: &mut mpsc::Receiver<Piece>,
    to_store: &SyncSender<ToStore>,
    count: &mut u64,
    revision: u32,
    as_of: impl Fn(&Checked, bool) -> Timestamp,
    show: impl Fn(&Checker) -> Option<Account>,
) -> (Option<Stop>, Timestamp) {
    let mut last = Timestamp::MIN;
    while let Some(piece) = lines.blocking_recv() {
        let (checked, stop) = checker.check(&piece, revision);
        *count += checked.page.len() as u64;
        let at = as_of(&checked, stop.is_none());
        last = last.max(at);
        // Who stores it has ended only after a failure, which then counts.
        let account = if stop.is_none() { show(checker) } else { None };
        let goes_on = checked.page.is_empty() || to_store.send((checked, at, account)).is_ok();
        if stop.is_some() || !goes_on {
            return (stop, last);
        }
    }
    (None, last)
}

/// As of when a page is everything there is.
pub(crate) fn as_of_page(is_first: bool, checked: &Checked, complete: Complete, is_good: bool) -> Timestamp {
    if checked.seq >= complete.up_to && is_good {
        complete.asked_at
    } else if is_first {
        // A part of the first sync is the ledger of a day long past: it agrees with nothing yet.
        Timestamp::MIN
    } else {
        // Not all of it, but everything up to the last entry's instant.
        checked.page.last_recorded_at().map_or(Timestamp::MIN, |last| last.min(complete.asked_at))
    }
}
