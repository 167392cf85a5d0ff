//! All that is known of a workspace while its commands are replayed, in plain lists.

use std::sync::Arc;

use chrono_tz::Tz;
use metering::{Catalogue, Command, Feature, HoldRequest};

use super::calendar::Period;
use super::{NaiveOutcome, NaiveTotals};

/// The largest total (rule 20).
pub(super) const MOST: u64 = (1 << 53) - 1;

/// The last instant that RFC 3339 can write, the end of the year 9999. What would come later comes there, never.
pub(super) const END: i64 = 253_402_300_799_999;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Allowance, trial or upgrade.
    Period,
    /// The pack of this purchase.
    Pack(usize),
}

pub(super) struct Grant {
    pub(super) kind: Kind,
    pub(super) amount: u64,
    pub(super) left: u64,
    pub(super) effective: i64,
    pub(super) ends: Option<i64>,
    /// Its end was dealt with.
    pub(super) over: bool,
}

/// What a grant pays of a usage or reserves for a hold.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub(super) grant: usize,
    pub(super) credits: u64,
}

#[derive(PartialEq, Eq)]
pub(super) enum HoldEnd {
    Live,
    Captured {
        units: u32,
    },
    /// Released or timed out.
    Ended,
}

pub(super) struct Hold<'a> {
    pub(super) sent: &'a HoldRequest,
    pub(super) rate: u64,
    pub(super) until: i64,
    pub(super) parts: Vec<Part>,
    pub(super) end: HoldEnd,
}

pub(super) struct Usage<'a> {
    /// A usage as sent, or the hold that was captured.
    pub(super) sent: &'a Command,
    pub(super) source: &'a str,
    /// Without the `hold:` of a captured hold.
    pub(super) id: &'a str,
    pub(super) feature: &'a str,
    pub(super) cost: u64,
    pub(super) parts: Vec<Part>,
    /// Which period it counts in, if there was one.
    pub(super) period: Option<usize>,
    pub(super) amended: bool,
}

pub(super) struct Purchase<'a> {
    pub(super) id: &'a str,
    pub(super) pack: &'a str,
    pub(super) credits: u64,
    pub(super) price: u64,
    pub(super) grant: usize,
    pub(super) refunded: u64,
    pub(super) disputed: bool,
    /// What refunds and disputes have taken, less what was given back.
    pub(super) taken: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Terms<'a> {
    pub(super) plan: &'a str,
    pub(super) allowance: u64,
    pub(super) ai: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Access<'a> {
    None,
    Trial {
        start: i64,
        end: i64,
    },
    Plan {
        terms: Terms<'a>,
        period: Period,
        /// What counts from the next refresh on, if that is something else: another plan or none.
        pending: Option<Option<Terms<'a>>>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Control {
    pub(super) on: bool,
    pub(super) cap: Option<u64>,
}

pub(super) struct Books<'a> {
    pub(super) catalogues: &'a [Arc<Catalogue>],
    pub(super) zone: Tz,
    pub(super) now: i64,
    pub(super) grants: Vec<Grant>,
    pub(super) holds: Vec<Hold<'a>>,
    pub(super) usages: Vec<Usage<'a>>,
    pub(super) purchases: Vec<Purchase<'a>>,
    /// Recorded amendments, refunds, disputes and reinstatements, as sent.
    pub(super) sent: Vec<&'a Command>,
    pub(super) automation: bool,
    pub(super) controls: Vec<(&'a str, Control)>,
    pub(super) access: Access<'a>,
    /// Ever had a trial or a plan.
    pub(super) had_access: bool,
    /// How many periods have begun; a trial is one.
    pub(super) periods: usize,
    pub(super) totals: NaiveTotals,
}

impl<'a> Books<'a> {
    pub(super) fn new(catalogues: &'a [Arc<Catalogue>], zone: Tz) -> Self {
        Self {
            catalogues,
            zone,
            now: i64::MIN,
            grants: Vec::new(),
            holds: Vec::new(),
            usages: Vec::new(),
            purchases: Vec::new(),
            sent: Vec::new(),
            automation: false,
            controls: Vec::new(),
            access: Access::None,
            had_access: false,
            periods: 0,
            totals: NaiveTotals::default(),
        }
    }

    pub(super) fn answer(&mut self, command: &'a Command) -> NaiveOutcome {
        match command {
            Command::StartTrial => self.start_trial(),
            Command::Subscribe { plan, allowance } => self.subscribe(plan, *allowance),
            Command::Cancel => self.cancel(),
            Command::Controls(wish) => self.control(wish),
            Command::Use(usage) => self.use_now(command, usage),
            Command::Hold(hold) => self.hold(hold),
            Command::Capture { source, hold, units } => self.capture(command, source, hold, *units),
            Command::Release { source, hold } => self.release(source, hold),
            Command::Amend { source, id, usage } => self.amend(command, source, id, usage),
            Command::CheckOut { pack } => self.check_out(pack),
            Command::Buy { purchase, pack } => self.buy(purchase, pack),
            Command::Credit(terms) => self.credit(terms),
            Command::Refund { id, purchase, amount } => self.refund(command, id, purchase, *amount),
            Command::Dispute { id, purchase } => self.dispute(command, id, purchase),
            Command::Reinstate { id, purchase } => self.reinstate(command, id, purchase),
        }
    }

    /// The revision that counts now.
    pub(super) fn catalogue(&self) -> &'a Catalogue {
        let counts = |one: &&Arc<Catalogue>| one.counts_from.is_some_and(|from| from.as_millis() <= self.now);
        self.catalogues[1..].iter().rev().find(counts).unwrap_or(&self.catalogues[0])
    }

    pub(super) fn feature(&self, id: &str) -> Option<&'a Feature> {
        self.catalogue().features.iter().find(|feature| feature.id == id)
    }

    pub(super) fn control_of(&self, feature: &str) -> Control {
        let own = self.controls.iter().find(|(id, _)| *id == feature);
        own.map_or(Control { on: true, cap: None }, |(_, control)| *control)
    }

    /// Why there is no access to AI now, if there is none.
    pub(super) fn no_access(&self) -> Option<&'static str> {
        match self.access {
            Access::None => Some("no_plan"),
            Access::Plan { terms, .. } if !terms.ai => Some("plan_excludes_ai"),
            Access::Plan { .. } | Access::Trial { .. } => None,
        }
    }

    /// Which period it is, if any.
    pub(super) fn period(&self) -> Option<usize> {
        match self.access {
            Access::None => None,
            Access::Trial { .. } | Access::Plan { .. } => Some(self.periods),
        }
    }

    pub(super) fn live_holds(&self) -> impl Iterator<Item = &Hold<'a>> {
        self.holds.iter().filter(|hold| hold.end == HoldEnd::Live)
    }

    /// What live holds reserve of a grant.
    pub(super) fn held_of(&self, grant: usize) -> u64 {
        let parts = self.live_holds().flat_map(|hold| &hold.parts);
        parts.filter(|part| part.grant == grant).map(|part| part.credits).sum()
    }

    pub(super) fn free_of(&self, grant: usize) -> u64 {
        self.grants[grant].left - self.held_of(grant)
    }

    /// Adds a grant that is effective now.
    pub(super) fn grant(&mut self, kind: Kind, amount: u64, ends: Option<i64>) {
        let ends = ends.map(|end| end.min(END));
        self.grants.push(Grant { kind, amount, left: amount, effective: self.now, ends, over: false });
        self.totals.granted += amount;
    }

    pub(super) fn fits(&self, amount: u64) -> bool {
        self.totals.granted + amount <= MOST
    }

    /// Deals with credits that came back to a grant or ceased to be held: what a refund or dispute still claims is
    /// taken first, and what is left of a grant that has ended expires.
    pub(super) fn settle(&mut self, grant: usize) {
        self.take_claimed(grant);
        if self.grants[grant].ends.is_some_and(|end| end <= self.now) {
            let gone = self.free_of(grant);
            self.grants[grant].left -= gone;
            self.totals.expired += gone;
        }
    }

    /// What holds at every instant (rule 18).
    pub(super) fn check(&self) {
        let NaiveTotals { granted, spent, amended, expired, voided } = self.totals;
        let left: u64 = self.grants.iter().map(|grant| grant.left).sum();
        assert_eq!(granted + amended, spent + expired + voided + left, "credits are conserved");
        for (index, grant) in self.grants.iter().enumerate() {
            assert!(grant.left <= grant.amount && self.held_of(index) <= grant.left);
        }
    }
}

/// Whether something may be an id (rule 20 and our bound).
pub(super) fn is_id(text: &str) -> bool {
    (1..=256).contains(&text.len())
}
