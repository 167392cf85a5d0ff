//! The credit grants of an account, and what is left of each.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{Credits, Grant, GrantOrigin, GrantSource, Timestamp};

/// A grant with something left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveGrant {
    /// Its id: the `seq` of its entry.
    pub seq: u64,
    /// What kind it is.
    pub source: GrantSource,
    /// The purchase that paid for it, if it is a pack.
    pub purchase: Option<String>,
    /// What it brought.
    pub amount: Credits,
    /// What is left of it, within 1..=`amount`; what holds reserve is part of it.
    pub remaining: Credits,
    /// What holds reserve of it, within 0..=`remaining`.
    pub held: Credits,
    /// Draw-down priority: lower pays first.
    pub priority: u8,
    /// It pays from here on …
    pub effective_at: Timestamp,
    /// … until before here.
    pub expires_at: Option<Timestamp>,
    /// What refunds and disputes claim of it beyond what they could take (rule 11).
    pub shortfall: Credits,
}

impl LiveGrant {
    /// The total order of draw-down: priority, what expires first, the oldest, the first in the ledger.
    pub(crate) fn order(&self) -> (u8, Timestamp, bool, Timestamp, u64) {
        let expires = self.expires_at.unwrap_or(Timestamp::MAX);
        (self.priority, expires, self.expires_at.is_none(), self.effective_at, self.seq)
    }

    /// Whether it may pay at this instant (rule 5).
    #[must_use]
    pub fn pays_at(&self, at: Timestamp) -> bool {
        self.effective_at <= at && self.expires_at.is_none_or(|end| at < end)
    }

    /// What no hold reserves.
    #[must_use]
    pub const fn free(&self) -> Credits {
        self.remaining.saturating_sub(self.held)
    }
}

/// All grants that ever brought a credit: the ones with something left in draw-down order, and the ones without, to
/// which credits may return.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grants {
    live: Vec<LiveGrant>,
    /// Behind an `Arc`, so that a copy of the books for a look ahead costs the same however old the account is.
    spent: Arc<BTreeMap<u64, LiveGrant>>,
}

impl Grants {
    /// The grants with something left, in draw-down order, and those without.
    pub(crate) fn new(live: Vec<LiveGrant>, spent: Vec<LiveGrant>) -> Self {
        Self { live, spent: Arc::new(spent.into_iter().map(|grant| (grant.seq, grant)).collect()) }
    }

    /// The grants with nothing left, by `seq`.
    pub(crate) fn spent(&self) -> impl Iterator<Item = &LiveGrant> {
        self.spent.values()
    }

    pub(crate) fn live(&self) -> &[LiveGrant] {
        &self.live
    }

    pub(crate) fn into_live(self) -> Vec<LiveGrant> {
        self.live
    }

    pub(crate) fn find(&self, seq: u64) -> Option<&LiveGrant> {
        self.live.iter().find(|grant| grant.seq == seq).or_else(|| self.spent.get(&seq))
    }

    /// Takes in the grant of entry `seq`. One without credits can never pay, nor be paid back.
    pub(crate) fn add(&mut self, seq: u64, grant: &Grant) {
        if grant.amount == 0 {
            return;
        }
        let purchase = match &grant.origin {
            GrantOrigin::TopUp { purchase, .. } => Some(purchase.clone()),
            GrantOrigin::Trial(_) | GrantOrigin::Allowance { .. } | GrantOrigin::Upgrade { .. } => None,
        };
        self.insert(LiveGrant {
            seq,
            source: grant.source(),
            purchase,
            amount: grant.amount,
            remaining: grant.amount,
            held: 0,
            priority: grant.priority,
            effective_at: grant.effective_at,
            expires_at: grant.expires_at,
            shortfall: 0,
        });
    }

    fn insert(&mut self, grant: LiveGrant) {
        let place = self.live.partition_point(|other| other.order() < grant.order());
        self.live.insert(place, grant);
    }

    /// Takes credits out of a grant that is known to have them free.
    pub(crate) fn take(&mut self, seq: u64, amount: Credits) {
        let Some(index) = self.live.iter().position(|grant| grant.seq == seq) else { return };
        let grant = &mut self.live[index];
        grant.remaining = grant.remaining.saturating_sub(amount);
        if grant.remaining == 0 {
            let spent = self.live.remove(index);
            Arc::make_mut(&mut self.spent).insert(seq, spent);
        }
    }

    /// Puts credits back into a grant that is known to have room for them.
    pub(crate) fn give(&mut self, seq: u64, amount: Credits) {
        if amount == 0 {
            return;
        }
        if let Some(grant) = self.live.iter_mut().find(|grant| grant.seq == seq) {
            grant.remaining = (grant.remaining + amount).min(grant.amount);
        } else if let Some(mut grant) = Arc::make_mut(&mut self.spent).remove(&seq) {
            grant.remaining = amount.min(grant.amount);
            self.insert(grant);
        }
    }

    /// Reserves free credits of a grant.
    pub(crate) fn hold(&mut self, seq: u64, amount: Credits) {
        if let Some(grant) = self.live.iter_mut().find(|grant| grant.seq == seq) {
            grant.held = (grant.held + amount).min(grant.remaining);
        }
    }

    /// Frees reserved credits of a grant.
    pub(crate) fn free(&mut self, seq: u64, amount: Credits) {
        if let Some(grant) = self.live.iter_mut().find(|grant| grant.seq == seq) {
            grant.held = grant.held.saturating_sub(amount);
        }
    }

    /// Notes what refunds and disputes still claim of a grant.
    pub(crate) fn owe(&mut self, seq: u64, shortfall: Credits) {
        if let Some(grant) = self.live.iter_mut().find(|grant| grant.seq == seq) {
            grant.shortfall = shortfall;
        } else if self.spent.contains_key(&seq)
            && let Some(grant) = Arc::make_mut(&mut self.spent).get_mut(&seq)
        {
            grant.shortfall = shortfall;
        }
    }

    /// Ends the grants of a trial at an instant: credits that return to them later find them ended.
    pub(crate) fn end_trial(&mut self, at: Timestamp) {
        let end = |grant: &mut LiveGrant| {
            if grant.source == GrantSource::Trial {
                grant.expires_at = grant.expires_at.map(|end| end.min(at));
            }
        };
        self.live.iter_mut().for_each(end);
        self.live.sort_by_key(LiveGrant::order);
        if self.spent.values().any(|grant| grant.source == GrantSource::Trial) {
            Arc::make_mut(&mut self.spent).values_mut().for_each(end);
        }
    }

    /// Credits that may pay at this instant, frozen ones included.
    pub(crate) fn payable(&self, at: Timestamp) -> Credits {
        self.live.iter().filter(|grant| grant.pays_at(at)).map(LiveGrant::free).sum()
    }

    /// What holds reserve.
    pub(crate) fn held(&self) -> Credits {
        self.live.iter().map(|grant| grant.held).sum()
    }
}
