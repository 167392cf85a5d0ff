//! Packs: bought, credited, refunded, disputed (rules 9, 10 and 11).

use metering::{Command, PurchaseTerms};

use super::NaiveOutcome;
use super::books::{Books, END, Grant, Kind, Purchase, is_id};

const DAY: i64 = 24 * 3_600_000;

impl<'a> Books<'a> {
    pub(super) fn check_out(&self, pack: &str) -> NaiveOutcome {
        if !self.catalogue().packs.iter().any(|one| one.id == pack) {
            return NaiveOutcome::Invalid;
        }
        self.no_access().map_or(NaiveOutcome::Ok, NaiveOutcome::Refused)
    }

    pub(super) fn buy(&mut self, purchase: &'a str, pack: &str) -> NaiveOutcome {
        if let Some(known) = self.purchases.iter().find(|one| one.id == purchase) {
            return again(known.pack == pack);
        }
        let Some(pack) = self.catalogue().packs.iter().find(|one| one.id == pack).filter(|_| is_id(purchase)) else {
            return NaiveOutcome::Invalid;
        };
        if let Some(reason) = self.no_access() {
            return NaiveOutcome::Refused(reason);
        }
        self.add_pack(purchase, &pack.id, pack.credits, pack.price, pack.expires_after_days)
    }

    pub(super) fn credit(&mut self, terms: &'a PurchaseTerms) -> NaiveOutcome {
        if let Some(known) = self.purchases.iter().find(|one| one.id == terms.purchase) {
            // A purchase in one instant sent less; what came of it is compared instead.
            let Grant { effective, ends, .. } = self.grants[known.grant];
            let same = (known.pack, known.credits, known.price) == (&terms.pack, terms.credits, terms.price);
            return again(same && ends == expiry(effective, terms.expires_after_days));
        }
        let days_fit = terms.expires_after_days.is_none_or(|days| (1..=36_600).contains(&days));
        let numbers_fit = terms.credits <= 1_000_000_000 && terms.price < 1 << 53 && days_fit;
        if !is_id(&terms.purchase) || !is_id(&terms.pack) || !numbers_fit {
            return NaiveOutcome::Invalid;
        }
        self.add_pack(&terms.purchase, &terms.pack, terms.credits, terms.price, terms.expires_after_days)
    }

    fn add_pack(&mut self, id: &'a str, pack: &'a str, credits: u64, price: u64, days: Option<u32>) -> NaiveOutcome {
        if !self.fits(credits) {
            return NaiveOutcome::Invalid;
        }
        let grant = self.grants.len();
        self.grant(Kind::Pack(self.purchases.len()), credits, expiry(self.now, days));
        let purchase = Purchase { id, pack, credits, price, grant, refunded: 0, disputed: false, taken: 0 };
        self.purchases.push(purchase);
        NaiveOutcome::Recorded
    }

    pub(super) fn refund(
        &mut self,
        command: &'a Command,
        id: &str,
        purchase: &str,
        amount: Option<u64>,
    ) -> NaiveOutcome {
        let known = self.sent.iter().find(|sent| matches!(sent, Command::Refund { id: other, .. } if other == id));
        if let Some(known) = known {
            return again(*known == command);
        }
        let Some(index) = self.purchases.iter().position(|one| one.id == purchase).filter(|_| is_id(id)) else {
            return NaiveOutcome::Invalid;
        };
        let rest = self.purchases[index].price - self.purchases[index].refunded;
        let amount = amount.unwrap_or(rest);
        if amount == 0 || amount > rest {
            return NaiveOutcome::Invalid;
        }
        self.sent.push(command);
        self.purchases[index].refunded += amount;
        self.settle(self.purchases[index].grant);
        NaiveOutcome::Recorded
    }

    pub(super) fn dispute(&mut self, command: &'a Command, id: &str, purchase: &str) -> NaiveOutcome {
        let known = self.sent.iter().find(|sent| matches!(sent, Command::Dispute { id: other, .. } if other == id));
        if let Some(known) = known {
            return again(*known == command);
        }
        let Some(index) = self.purchases.iter().position(|one| one.id == purchase).filter(|_| is_id(id)) else {
            return NaiveOutcome::Invalid;
        };
        if self.purchases[index].disputed {
            return NaiveOutcome::Invalid;
        }
        self.sent.push(command);
        self.purchases[index].disputed = true;
        self.settle(self.purchases[index].grant);
        NaiveOutcome::Recorded
    }

    pub(super) fn reinstate(&mut self, command: &'a Command, id: &str, purchase: &str) -> NaiveOutcome {
        let known = self.sent.iter().find(|sent| matches!(sent, Command::Reinstate { id: other, .. } if other == id));
        if let Some(known) = known {
            return again(*known == command);
        }
        let Some(index) = self.purchases.iter().position(|one| one.id == purchase).filter(|_| is_id(id)) else {
            return NaiveOutcome::Invalid;
        };
        if !self.purchases[index].disputed {
            return NaiveOutcome::Invalid;
        }
        self.sent.push(command);
        self.purchases[index].disputed = false;
        let (claimed, grant) = (self.claimed(index), self.purchases[index].grant);
        let back = self.purchases[index].taken.saturating_sub(claimed);
        self.purchases[index].taken -= back;
        self.totals.voided -= back;
        self.grants[grant].left += back;
        self.settle(grant);
        NaiveOutcome::Recorded
    }

    /// How many credits of a pack refunds and disputes claim, had or not.
    fn claimed(&self, purchase: usize) -> u64 {
        let one = &self.purchases[purchase];
        if one.disputed {
            return one.credits;
        }
        if one.refunded == 0 {
            return 0;
        }
        (u128::from(one.credits) * u128::from(one.refunded) / u128::from(one.price)) as u64
    }

    /// What is claimed of a grant and could not be taken so far.
    pub(super) fn shortfall(&self, grant: usize) -> u64 {
        match self.grants[grant].kind {
            Kind::Period => 0,
            Kind::Pack(purchase) => self.claimed(purchase).saturating_sub(self.purchases[purchase].taken),
        }
    }

    /// Takes of a pack what is claimed, not yet taken and free.
    pub(super) fn take_claimed(&mut self, grant: usize) {
        let Kind::Pack(purchase) = self.grants[grant].kind else { return };
        let taken = self.shortfall(grant).min(self.free_of(grant));
        self.purchases[purchase].taken += taken;
        self.grants[grant].left -= taken;
        self.totals.voided += taken;
    }
}

/// When a pack credited at `from` expires.
fn expiry(from: i64, days: Option<u32>) -> Option<i64> {
    days.map(|days| (from + i64::from(days) * DAY).min(END))
}

/// The answer to what was recorded before under the same id.
pub(super) fn again(same: bool) -> NaiveOutcome {
    if same { NaiveOutcome::Duplicate } else { NaiveOutcome::Conflict }
}
