//! What a ledger has recorded under the ids that waiting commands name: as much of its past as deciding them takes.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use metering::{
    ClaimKind, Command, Entry, EntryKind, HoldEnd, Past, PastAmendment, PastClaim, PastHold, PastUsage, ReleaseCause,
    Timestamp, VoidCause,
};

use super::window::Window;
use crate::store::Key;

/// Entries by the keys that they are found under.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    entries: HashMap<Key, Vec<Arc<Entry>>>,
    asked: HashSet<Key>,
    /// The newest ids, if they are known.
    window: Option<Window>,
    /// What was noted last.
    newest: Option<Arc<Entry>>,
}

impl Remembered {
    /// What still has to be looked up before a command can be decided. What is found may lead on: ask until nothing is
    /// missing.
    pub(super) fn missing(&self, command: &Command) -> Vec<Key> {
        let mut keys = Key::of(command);
        keys.retain(|key| self.is_missing(key));
        if keys.is_empty() {
            let led_to = match command {
                Command::Amend { source, usage, .. } => self.usage(source, usage).map(|past| past.seq),
                Command::Capture { source, hold: id, .. } | Command::Release { source, hold: id } => {
                    self.hold(source, id).map(|past| past.seq)
                }
                Command::Hold(request) => self.hold(&request.source, &request.id).map(|past| past.seq),
                _ => None,
            };
            keys.extend(led_to.map(Key::about).filter(|key| self.is_missing(key)));
        }
        keys
    }

    fn is_missing(&self, key: &Key) -> bool {
        !self.asked.contains(key) && !self.window.as_ref().is_some_and(|window| window.excludes(key))
    }

    /// Knows the newest ids from now on.
    pub(super) fn look_through(&mut self, window: Window) {
        self.window = Some(window);
    }

    /// Whether the newest ids are known.
    pub(super) const fn has_window(&self) -> bool {
        self.window.is_some()
    }

    /// Takes note that something was recorded under these keys at this time.
    pub(super) fn note_keys(&mut self, keys: &[Key], at: Timestamp) {
        if let Some(window) = &mut self.window {
            keys.iter().for_each(|key| window.note(*key, at));
        }
    }

    /// Takes note that the store was asked for these keys.
    pub(super) fn asked(&mut self, keys: impl IntoIterator<Item = Key>) {
        self.asked.extend(keys);
    }

    /// Takes note of an entry, which is found under these keys.
    pub(super) fn note(&mut self, entry: Entry, keys: &[Key]) {
        let entry = Arc::new(entry);
        for key in keys {
            let known = self.entries.entry(*key).or_default();
            if !known.iter().any(|other| other.seq == entry.seq) {
                known.push(Arc::clone(&entry));
            }
        }
        self.newest = Some(entry);
    }

    /// The entry with this number, if it was the last to be noted.
    pub(super) fn newest(&self, seq: u64) -> Option<&Entry> {
        self.newest.as_deref().filter(|entry| entry.seq == seq)
    }

    /// The entry with this number, if it is under one of these keys.
    pub(super) fn under(&self, keys: &[Key], seq: u64) -> Option<&Entry> {
        let entries = keys.iter().filter_map(|key| self.entries.get(key)).flatten();
        entries.map(|entry| &**entry).find(|entry| entry.seq == seq)
    }

    /// Forgets what was asked for: others may record what was not there.
    pub(super) fn forget(&mut self) {
        self.newest = None;
        self.entries.clear();
        self.asked.clear();
    }

    fn find<T>(&self, key: Key, read: impl FnMut(&Entry) -> Option<T>) -> Option<T> {
        self.entries.get(&key)?.iter().map(|entry| &**entry).find_map(read)
    }
}

impl Past for Remembered {
    fn usage(&self, source: &str, id: &str) -> Option<PastUsage> {
        let (seq, usage) = self.find(Key::usage(source, id), |entry| match &entry.kind {
            EntryKind::Usage(usage) if usage.source == source && usage.id == id => Some((entry.seq, usage.clone())),
            _ => None,
        })?;
        let amended = self.find(Key::about(seq), |entry| match &entry.kind {
            EntryKind::Amendment(amendment) if amendment.usage == seq => Some(entry.seq),
            _ => None,
        });
        Some(PastUsage { seq, usage, amended })
    }

    fn amendment(&self, source: &str, id: &str) -> Option<PastAmendment> {
        self.find(Key::amendment(source, id), |entry| match &entry.kind {
            EntryKind::Amendment(one) if one.source == source && one.id == id => {
                Some(PastAmendment { seq: entry.seq, amendment: one.clone() })
            }
            _ => None,
        })
    }

    fn hold(&self, source: &str, id: &str) -> Option<PastHold> {
        let (seq, hold) = self.find(Key::hold(source, id), |entry| match &entry.kind {
            EntryKind::Hold(hold) if hold.source == source && hold.id == id => Some((entry.seq, hold.clone())),
            _ => None,
        })?;
        let end = self.find(Key::about(seq), |entry| match &entry.kind {
            EntryKind::Usage(usage) if usage.hold == Some(seq) => {
                Some(HoldEnd::Captured { seq: entry.seq, units: usage.units })
            }
            EntryKind::Release(release) if release.hold == seq => Some(match release.cause {
                ReleaseCause::Released => HoldEnd::Released,
                ReleaseCause::TimedOut => HoldEnd::TimedOut,
            }),
            _ => None,
        });
        Some(PastHold { seq, hold, end })
    }

    fn claim(&self, kind: ClaimKind, id: &str) -> Option<PastClaim> {
        self.find(Key::claim(kind, id), |entry| {
            let EntryKind::Void(void) = &entry.kind else { return None };
            let (known, known_id, amount) = match &void.cause {
                VoidCause::Refund { id, price, rest } => (ClaimKind::Refund, id, (!rest).then_some(*price)),
                VoidCause::Dispute { id } => (ClaimKind::Dispute, id, None),
                VoidCause::Reinstatement { id } => (ClaimKind::Reinstatement, id, None),
                VoidCause::Returned => return None,
            };
            let is_it = known == kind && known_id == id;
            is_it.then(|| PastClaim { seq: entry.seq, purchase: void.purchase.clone(), amount })
        })
    }
}
