//! Each rule in a case that a person can follow. docs/RULES.md leads here.
//!
//! The workspace is kept under the small catalogue of [`crate::histories`]: a `reply` costs 1 and a `sync` 25, an `auto`
//! 2 where automation is on; the trial brings 20 for 14 days, the plans `small` and `large` 40 and 90, `solo` has no AI;
//! the pack `ten` never expires, `fifty` does after 20 days, and each costs 500.

mod ledger;
mod order;
mod packs;
mod plans;
mod reports;
mod time;
mod work;

use std::sync::Arc;

use chrono_tz::Tz;
use metering::{
    Catalogue, Command, ControlsRequest, Credits, Entry, EntryKind, FeatureRequest, HoldRequest, Meter, Outcome,
    Position, RefreshRule, Refusal, Terms, Timestamp, Totals, UsageRequest,
};

use crate::histories::catalogue;

/// An instant.
fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A workspace at an instant, and the ledger so far.
struct Desk {
    meter: Meter,
    now: Timestamp,
    ledger: Vec<Entry>,
}

impl Desk {
    /// A workspace that does nothing yet.
    fn new(rule: RefreshRule, zone: Tz, now: &str) -> Self {
        Self::under(catalogue(rule), zone, now)
    }

    fn under(catalogue: Arc<Catalogue>, zone: Tz, now: &str) -> Self {
        Self { meter: Meter::new(Terms::new(catalogue, zone)), now: at(now), ledger: Vec::new() }
    }

    /// On the plan `small` since 1 March 2026, in UTC, by calendar months.
    fn small() -> Self {
        let mut desk = Self::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
        desk.subscribe("small");
        desk
    }

    /// The same on a plan without an allowance: all work is paid out of packs.
    fn bare() -> Self {
        let mut desk = Self::new(RefreshRule::CalendarMonth, Tz::UTC, "2026-03-01T00:00:00Z");
        desk.does(&Command::Subscribe { plan: "agreed".into(), allowance: Some(0) });
        desk
    }

    fn go_to(&mut self, now: &str) -> &mut Self {
        self.now = at(now);
        self
    }

    fn run(&mut self, command: &Command) -> (Outcome, Vec<Entry>) {
        let decision = self.meter.decide(command, self.now);
        for entry in &decision.entries {
            self.meter.apply(entry).unwrap();
        }
        self.ledger.extend_from_slice(&decision.entries);
        (decision.outcome, decision.entries)
    }

    /// Runs what has to be recorded, and gives its entry.
    #[track_caller]
    fn does(&mut self, command: &Command) -> Entry {
        match self.run(command) {
            (Outcome::Recorded { seq }, entries) => entries.into_iter().find(|entry| entry.seq == seq).unwrap(),
            (other, _) => panic!("{command:?}: {other:?}"),
        }
    }

    #[track_caller]
    fn is_refused(&mut self, command: &Command, refusal: Refusal) {
        assert_eq!(self.run(command), (Outcome::Refused(refusal), Vec::new()), "{command:?}");
    }

    /// Runs what is out of bounds, and gives the field that is.
    #[track_caller]
    fn is_invalid(&mut self, command: &Command) -> &'static str {
        match self.run(command) {
            (Outcome::Invalid(invalid), entries) if entries.is_empty() => invalid.field,
            (other, _) => panic!("{command:?}: {other:?}"),
        }
    }

    #[track_caller]
    fn subscribe(&mut self, plan: &str) -> Entry {
        self.does(&subscription(plan))
    }

    #[track_caller]
    fn uses(&mut self, id: &str, feature: &str, units: u32) -> Entry {
        self.does(&usage(id, feature, units))
    }

    #[track_caller]
    fn buys(&mut self, purchase: &str, pack: &str) -> Entry {
        self.does(&buying(purchase, pack))
    }

    #[track_caller]
    fn sets(&mut self, feature: &str, on: Option<bool>, cap: Option<Option<Credits>>) -> Entry {
        self.does(&controls(None, &[(feature, on, cap)]))
    }

    fn position(&self) -> Position {
        self.meter.account().position(self.now)
    }

    fn totals(&self) -> Totals {
        self.meter.account().totals(self.now)
    }

    /// Available, allowance left, packs left, held, used.
    fn numbers(&self) -> [Credits; 5] {
        let Position { available, allowance, top_up, held, used, .. } = self.position();
        [available, allowance, top_up, held, used]
    }

    fn refusal_of(&self, feature: &str) -> Option<Refusal> {
        let position = self.position();
        position.features.iter().find(|one| one.feature == feature).unwrap().refusal
    }
}

fn subscription(plan: &str) -> Command {
    Command::Subscribe { plan: plan.into(), allowance: None }
}

fn usage(id: &str, feature: &str, units: u32) -> Command {
    let (source, id, feature) = ("desk".to_owned(), id.to_owned(), feature.to_owned());
    Command::Use(UsageRequest { source, id, feature, units, ..UsageRequest::default() })
}

fn buying(purchase: &str, pack: &str) -> Command {
    Command::Buy { purchase: purchase.into(), pack: pack.into() }
}

fn holding(id: &str, feature: &str, units: u32, minutes: u32) -> Command {
    let (source, id, feature) = ("desk".to_owned(), id.to_owned(), feature.to_owned());
    Command::Hold(HoldRequest { source, id, feature, units, minutes })
}

fn capture(hold: &str, units: Option<u32>) -> Command {
    Command::Capture { source: "desk".into(), hold: hold.into(), units }
}

fn release(hold: &str) -> Command {
    Command::Release { source: "desk".into(), hold: hold.into() }
}

fn amend(id: &str, usage: &str) -> Command {
    Command::Amend { source: "desk".into(), id: id.into(), usage: usage.into() }
}

fn refund(id: &str, purchase: &str, amount: Option<u64>) -> Command {
    Command::Refund { id: id.into(), purchase: purchase.into(), amount }
}

fn dispute(id: &str, purchase: &str) -> Command {
    Command::Dispute { id: id.into(), purchase: purchase.into() }
}

fn reinstate(id: &str, purchase: &str) -> Command {
    Command::Reinstate { id: id.into(), purchase: purchase.into() }
}

/// A feature; turn it on or off; set its cap, or lift it.
type Wish<'a> = (&'a str, Option<bool>, Option<Option<Credits>>);

fn controls(automation: Option<bool>, features: &[Wish<'_>]) -> Command {
    let wish = |&(id, on, cap): &Wish<'_>| (id.to_owned(), FeatureRequest { on, cap });
    Command::Controls(ControlsRequest { automation, features: features.iter().map(wish).collect() })
}

/// What an entry is, when, and how many credits it moves.
fn told(entry: &Entry) -> (&'static str, String, Credits) {
    let moved = match &entry.kind {
        EntryKind::Grant(grant) => grant.amount,
        EntryKind::Usage(usage) => usage.cost,
        EntryKind::Expiry(expiry) => expiry.amount,
        EntryKind::Void(void) => void.amount,
        EntryKind::Amendment(amendment) => amendment.amount,
        _ => 0,
    };
    (entry.kind.name(), entry.recorded_at.to_string(), moved)
}

/// What a usage was paid with: grants and credits.
fn paid(entry: &Entry) -> Vec<(u64, Credits)> {
    let allocations = match &entry.kind {
        EntryKind::Usage(usage) => &usage.allocations,
        EntryKind::Hold(hold) => &hold.allocations,
        other => panic!("{other:?}"),
    };
    allocations.iter().map(|one| (one.grant, one.amount)).collect()
}
