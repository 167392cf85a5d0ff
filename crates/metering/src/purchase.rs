//! Purchases of packs, and what refunds and disputes claim of them (rule 11).

use crate::{Credits, Timestamp};

/// A credited purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// Its grant: the `seq` of its entry.
    pub grant: u64,
    /// The pack.
    pub pack: String,
    /// What the pack brought.
    pub credits: Credits,
    /// What was paid, in minor units.
    pub price: u64,
    /// When it was credited.
    pub credited_at: Timestamp,
    /// When what is left of it expires, if it does.
    pub expires_at: Option<Timestamp>,
    /// How much of the price was given back, in minor units.
    pub refunded: u64,
    /// The payer disputes the payment.
    pub disputed: bool,
    /// What was taken back of the pack, net of what was given back.
    pub taken: Credits,
}

impl Purchase {
    /// What refunds and disputes claim: the whole pack while it is disputed, else the share of the price that was
    /// refunded so far, rounded down in the customer's favour.
    #[must_use]
    pub fn claim(&self) -> Credits {
        if self.disputed {
            return self.credits;
        }
        let share = u128::from(self.credits) * u128::from(self.refunded);
        share.checked_div(u128::from(self.price)).and_then(|claim| Credits::try_from(claim).ok()).unwrap_or(0)
    }

    /// What is claimed and could not be taken.
    #[must_use]
    pub fn shortfall(&self) -> Credits {
        self.claim().saturating_sub(self.taken)
    }

    /// What was taken and is claimed no more.
    #[must_use]
    pub fn surplus(&self) -> Credits {
        self.taken.saturating_sub(self.claim())
    }

    /// How much of the price can still be refunded, in minor units.
    #[must_use]
    pub const fn refundable(&self) -> u64 {
        self.price.saturating_sub(self.refunded)
    }
}
