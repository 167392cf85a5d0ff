//! A [`Past`] in memory: every id that a ledger has recorded.

use std::collections::HashMap;

use crate::shelf::Shelf;
use crate::{
    Amendment, ClaimKind, Command, Entry, EntryKind, HoldEnd, Past, PastAmendment, PastClaim, PastHold, PastUsage,
    Release, ReleaseCause, Usage, VoidCause,
};

/// Every id that a ledger has recorded, and what was recorded under it. It grows with the ledger, by about fifty
/// bytes a usage; whoever only reads positions does without.
#[derive(Clone, Debug, Default)]
pub struct Register {
    usages: Shelf,
    /// Amendment by the usage's entry.
    amended: HashMap<u64, u64>,
    amendments: HashMap<(String, String), PastAmendment>,
    holds: HashMap<(String, String), PastHold>,
    /// A hold's id by its entry.
    hold_ids: HashMap<u64, (String, String)>,
    claims: HashMap<(ClaimKind, String), PastClaim>,
}

impl Register {
    /// Takes note of the next entry of the ledger.
    pub fn note(&mut self, entry: &Entry) {
        let seq = entry.seq;
        match &entry.kind {
            EntryKind::Usage(usage) => {
                self.usages.put(seq, usage);
                if let Some(hold) = usage.hold {
                    self.end_hold(hold, HoldEnd::Captured { seq, units: usage.units });
                }
            }
            EntryKind::Amendment(amendment) => {
                self.amended.insert(amendment.usage, seq);
                let Amendment { source, id, .. } = amendment;
                let past = PastAmendment { seq, amendment: amendment.clone() };
                self.amendments.insert((source.clone(), id.clone()), past);
            }
            EntryKind::Hold(hold) => {
                let id = (hold.source.clone(), hold.id.clone());
                self.hold_ids.insert(seq, id.clone());
                self.holds.insert(id, PastHold { seq, hold: hold.clone(), end: None });
            }
            EntryKind::Release(Release { hold, cause }) => {
                let end = match cause {
                    ReleaseCause::Released => HoldEnd::Released,
                    ReleaseCause::TimedOut => HoldEnd::TimedOut,
                };
                self.end_hold(*hold, end);
            }
            EntryKind::Void(void) => {
                let (kind, id, amount) = match &void.cause {
                    VoidCause::Refund { id, price, rest } => (ClaimKind::Refund, id, (!rest).then_some(*price)),
                    VoidCause::Dispute { id } => (ClaimKind::Dispute, id, None),
                    VoidCause::Reinstatement { id } => (ClaimKind::Reinstatement, id, None),
                    VoidCause::Returned => return,
                };
                let claim = PastClaim { seq, purchase: void.purchase.clone(), amount };
                self.claims.insert((kind, id.clone()), claim);
            }
            EntryKind::Grant(_) | EntryKind::Expiry(_) | EntryKind::PlanChange(_) | EntryKind::ControlsChange(_) => {}
        }
    }

    /// Looks where the usages that these commands report would be found, all at once, so that deciding the commands one by
    /// one does not wait for memory each time. It changes no answer, and is worth it for a long ledger.
    pub fn look_ahead(&self, commands: &[Command]) {
        self.usages.look_ahead(commands.iter().filter_map(|command| match command {
            Command::Use(request) => Some((request.source.as_str(), request.id.as_str())),
            _ => None,
        }));
    }

    fn end_hold(&mut self, seq: u64, end: HoldEnd) {
        if let Some(hold) = self.hold_ids.get(&seq).and_then(|id| self.holds.get_mut(id)) {
            hold.end = Some(end);
        }
    }
}

impl Past for Register {
    fn usage(&self, source: &str, id: &str) -> Option<PastUsage> {
        let (seq, usage): (u64, Usage) = self.usages.get(source, id)?;
        Some(PastUsage { seq, usage, amended: self.amended.get(&seq).copied() })
    }

    fn amendment(&self, source: &str, id: &str) -> Option<PastAmendment> {
        self.amendments.get(&(source.to_owned(), id.to_owned())).cloned()
    }

    fn hold(&self, source: &str, id: &str) -> Option<PastHold> {
        self.holds.get(&(source.to_owned(), id.to_owned())).cloned()
    }

    fn claim(&self, kind: ClaimKind, id: &str) -> Option<PastClaim> {
        self.claims.get(&(kind, id.to_owned())).cloned()
    }
}
