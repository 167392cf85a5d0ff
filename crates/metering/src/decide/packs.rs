//! Packs bought, refunded and disputed (rules 9 to 11).

use super::{Answer, Draft, check_id, invalid, shown};
use crate::bounds::{MAX_ALLOWANCE, MAX_PACK_DAYS, MAX_PRICE, TOP_UP_PRIORITY};
use crate::position::no_access;
use crate::{EntryKind, Grant, GrantOrigin, LiveGrant, Outcome, Past, Purchase, PurchaseTerms, Void, VoidCause};

impl<P: Past> Draft<'_, P> {
    /// What buying the pack now would mean, if it may be bought (rule 9).
    pub(super) fn check_out(&self, id: &str) -> Result<PurchaseTerms, Outcome> {
        let Some(pack) = self.catalogue().pack(id) else {
            return Err(invalid("pack", format!("the catalogue has no pack \"{}\"", shown(id))));
        };
        if let Some(refusal) = no_access(&self.books.access) {
            return Err(Outcome::Refused(refusal));
        }
        self.check_total(pack.credits)?;
        Ok(PurchaseTerms {
            purchase: String::new(),
            pack: pack.id.clone(),
            credits: pack.credits,
            price: pack.price,
            expires_after_days: pack.expires_after_days,
        })
    }

    pub(super) fn credit(&mut self, terms: &PurchaseTerms) -> Answer {
        check_id("purchase", &terms.purchase)?;
        check_id("pack", &terms.pack)?;
        if terms.credits > MAX_ALLOWANCE {
            return Err(invalid("credits", format!("{} is not in 0..={MAX_ALLOWANCE}", terms.credits)));
        }
        if terms.price > MAX_PRICE {
            return Err(invalid("price", format!("{} is not in 0..={MAX_PRICE}", terms.price)));
        }
        if let Some(days) = terms.expires_after_days.filter(|days| !(1..=MAX_PACK_DAYS).contains(days)) {
            return Err(invalid("expires_after_days", format!("{days} is not in 1..={MAX_PACK_DAYS}")));
        }
        self.check_total(terms.credits)?;
        let grant = Grant {
            origin: GrantOrigin::TopUp {
                purchase: terms.purchase.clone(),
                pack: terms.pack.clone(),
                price: terms.price,
            },
            amount: terms.credits,
            priority: TOP_UP_PRIORITY,
            effective_at: self.now,
            expires_at: terms.expiry(self.now),
        };
        Ok(self.record(EntryKind::Grant(grant)))
    }

    /// Takes back what is left of the share refunded; what is left of the price, unless it says how much.
    pub(super) fn refund(&mut self, id: &str, purchase: &str, asked: Option<u64>) -> Answer {
        let known = self.purchase(id, purchase)?;
        let most = known.refundable();
        let price = asked.unwrap_or(most);
        if price == 0 || price > most {
            return Err(invalid("amount", format!("{price} is not in 1..={most}, what is left of the price")));
        }
        let refunded = known.refunded + price;
        let cause = VoidCause::Refund { id: id.to_owned(), price, rest: asked.is_none() };
        Ok(self.void(purchase, &Purchase { refunded, ..known }, cause))
    }

    /// Takes back what is left of the whole pack.
    pub(super) fn dispute(&mut self, id: &str, purchase: &str) -> Answer {
        let known = self.purchase(id, purchase)?;
        if known.disputed {
            return Err(invalid("purchase", format!("\"{}\" is under dispute already", shown(purchase))));
        }
        Ok(self.void(purchase, &Purchase { disputed: true, ..known }, VoidCause::Dispute { id: id.to_owned() }))
    }

    /// Gives back what refunds alone do not claim.
    pub(super) fn reinstate(&mut self, id: &str, purchase: &str) -> Answer {
        let known = self.purchase(id, purchase)?;
        if !known.disputed {
            return Err(invalid("purchase", format!("\"{}\" is not under dispute", shown(purchase))));
        }
        let won = Purchase { disputed: false, ..known };
        let cause = VoidCause::Reinstatement { id: id.to_owned() };
        let (amount, shortfall) = (won.surplus(), won.shortfall());
        let seq = self.record(EntryKind::Void(Void {
            cause,
            purchase: purchase.to_owned(),
            grant: won.grant,
            amount,
            shortfall,
        }));
        self.settle();
        Ok(seq)
    }

    fn purchase(&self, id: &str, purchase: &str) -> Result<Purchase, Outcome> {
        check_id("id", id)?;
        let known = self.books.purchases.get(purchase).cloned();
        known.ok_or_else(|| invalid("purchase", format!("there is no purchase \"{}\"", shown(purchase))))
    }

    /// Takes out of the pack what is claimed and free.
    fn void(&mut self, purchase: &str, claimed: &Purchase, cause: VoidCause) -> u64 {
        let free = self.books.grants.find(claimed.grant).map_or(0, LiveGrant::free);
        let amount = claimed.shortfall().min(free);
        let shortfall = claimed.shortfall() - amount;
        let purchase = purchase.to_owned();
        self.record(EntryKind::Void(Void { cause, purchase, grant: claimed.grant, amount, shortfall }))
    }
}
