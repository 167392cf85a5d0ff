//! Checking usages: nine in ten entries are some, so that nothing is copied for them.

use super::order::{MAX_WRONG, name};
use super::words::listed;
use super::{Aspect, Finding, Next, Verifier, books};
use crate::decide::{captured, check_occurred_at, draw_down, is_draw_down};
use crate::position::refusal;
use crate::{CAPTURE_PREFIX, Credits, Entry, EntryKind, Feature, MAX_UNITS, Outcome, Timestamp, Usage, UsageView};

impl Verifier {
    /// Checks the next entry, a usage; see [`Verifier::check`].
    pub fn check_usage(
        &mut self,
        seq: u64,
        recorded_at: Timestamp,
        usage: &UsageView<'_>,
        next: Option<Next>,
        found: &mut Vec<Finding>,
    ) {
        let is_repeat = |known: &Self| known.marks.contains(&known.keys.hash(usage.source, usage.id));
        let Some((number, at)) = self.begin(seq, recorded_at, next, is_repeat, found) else { return };
        if number == seq {
            return self.usage(seq, at, usage, found);
        }
        if self.misnumbered.len() < MAX_WRONG {
            self.misnumbered.insert(number, owned(usage));
        }
        let from = found.len();
        self.usage(number, at, usage, found);
        name(found, from, seq);
    }

    /// Checks a usage under the number and at the instant that it counts as.
    fn usage(&mut self, seq: u64, at: Timestamp, usage: &UsageView<'_>, found: &mut Vec<Finding>) {
        self.fell_due = false;
        if !self.follow.is_empty() || self.ended_trial.is_some() || at >= self.account.books.quiet_until {
            let stands = Entry { seq, recorded_at: at, kind: EntryKind::Usage(owned(usage)) };
            let is_met = self.meets_follow(&stands, found) || self.meets_due(&stands, found);
            debug_assert!(!is_met, "nothing falls due as a usage");
            self.check_trial_end(&stands, found);
        }
        if !self.is_resumed {
            self.marks.push(self.keys.hash(usage.source, usage.id));
        }
        if usage.hold.is_some() {
            return self.check_capture(seq, at, usage, found);
        }
        let before = found.len();
        let feature = self.price(seq, at, usage, found);
        let expected = feature.map(|feature| Credits::from(feature.rate) * Credits::from(usage.units));
        let live = self.account.books.grants.live();
        let cost = if found.len() == before {
            usage.cost
        } else {
            // Where units, rate and cost contradict each other, grants that pay in order tell what it cost.
            let paid = usage.allocations.iter().fold(0, |paid: Credits, one| paid.saturating_add(one.amount));
            let is_right = is_draw_down(usage.allocations, live, at, paid);
            if is_right { paid } else { expected.unwrap_or(usage.cost) }
        };
        let is_right = is_draw_down(usage.allocations, live, at, cost);
        let mut repaired = None;
        if !is_right {
            let expected = draw_down(live, at, cost);
            if found.len() == before {
                let message = format!("{} pay, and the rules give {}", listed(usage.allocations), listed(&expected));
                found.push(Finding::new(seq, Aspect::Allocation, message));
            }
            repaired = Some(expected);
        }
        // As the rules would have had it: what the altered entry says is named, and does not spread.
        let allocations = repaired.as_deref().unwrap_or(usage.allocations);
        let cost = allocations.iter().map(|one| one.amount).sum();
        if books(&mut self.account).apply_usage(seq, at, &UsageView { cost, allocations, ..*usage }).is_err() {
            self.leave_out(seq, at);
        }
    }

    /// What the catalogue and the checks of rule 4 say to it.
    fn price(&self, seq: u64, at: Timestamp, usage: &UsageView<'_>, found: &mut Vec<Finding>) -> Option<&Feature> {
        let mut say = |aspect, message: String| found.push(Finding::new(seq, aspect, message));
        if !(1..=MAX_UNITS).contains(&usage.units) {
            say(Aspect::Allowed, format!("{} units are not in 1..={MAX_UNITS}", usage.units));
        }
        if usage.id.starts_with(CAPTURE_PREFIX) {
            say(Aspect::Hold, format!("its id begins with \"{CAPTURE_PREFIX}\", and it captures no hold"));
        }
        if let Some(occurred_at) = usage.occurred_at
            && let Err(Outcome::Invalid(invalid)) = check_occurred_at(occurred_at, at)
        {
            say(Aspect::Date, invalid.to_string());
        }
        let catalogue = self.account.terms.catalogue(at);
        let revision = catalogue.revision;
        if usage.revision != revision {
            say(Aspect::Rate, format!("revision {} priced it, and revision {revision} counts", usage.revision));
        }
        let Some(feature) = catalogue.feature(usage.feature) else {
            say(Aspect::Rate, format!("revision {revision} of the catalogue has no feature \"{}\"", usage.feature));
            return None;
        };
        if usage.rate != feature.rate {
            let message = format!("the rate is {}, and revision {revision} gives {}", usage.rate, feature.rate);
            say(Aspect::Rate, message);
        }
        let cost = Credits::from(feature.rate) * Credits::from(usage.units);
        if usage.cost != cost {
            say(Aspect::Rate, format!("it costs {}, and {} × {} is {cost}", usage.cost, usage.units, feature.rate));
        }
        let books = &self.account.books;
        if let Some(refusal) = refusal(books, feature, usage.units, books.grants.payable(at)) {
            say(Aspect::Allowed, format!("it would have been refused: {}", refusal.code()));
        }
        Some(feature)
    }

    fn check_capture(&mut self, seq: u64, at: Timestamp, usage: &UsageView<'_>, found: &mut Vec<Finding>) {
        let live = usage.hold.and_then(|hold| self.account.books.holds.iter().find(|live| live.seq == hold));
        let Some(live) = live else {
            let hold = usage.hold.unwrap_or(0);
            found.push(Finding::new(seq, Aspect::Hold, format!("it captures hold {hold}, which does not live")));
            return self.leave_out(seq, at);
        };
        let most = live.units;
        if !(1..=most).contains(&usage.units) {
            let message = format!("it captures {} units of the {most} that are held", usage.units);
            found.push(Finding::new(seq, Aspect::Hold, message));
        }
        let mut expected = captured(live, usage.units.clamp(1, most));
        let mut stands = owned(usage);
        if stands.allocations != expected.allocations && stands.cost == expected.cost {
            let message =
                format!("{} pay, and the rules give {}", listed(&stands.allocations), listed(&expected.allocations));
            found.push(Finding::new(seq, Aspect::Allocation, message));
            stands.allocations.clone_from(&expected.allocations);
        }
        if (stands.rate, stands.cost, stands.revision) != (expected.rate, expected.cost, expected.revision) {
            let message = format!(
                "it costs {} at {} a unit (revision {}), and the hold gives {} at {} (revision {})",
                stands.cost, stands.rate, stands.revision, expected.cost, expected.rate, expected.revision
            );
            found.push(Finding::new(seq, Aspect::Rate, message));
        } else if let Some(occurred_at) = stands.occurred_at {
            let message = format!("it says that it was done at {occurred_at}, and a capture says no such thing");
            found.push(Finding::new(seq, Aspect::Date, message));
        } else if stands.units == expected.units && stands != expected {
            let message = format!("it says {}, {}, {}", stands.source, stands.id, stands.feature);
            let message = format!("{message}; the hold is {}, {}, {}", expected.source, expected.id, expected.feature);
            found.push(Finding::new(seq, Aspect::Hold, message));
        }
        expected.hold = usage.hold;
        // A hold that the rules would not have made may reserve less than it says: that has been named.
        if books(&mut self.account).apply_usage(seq, at, &(&expected).into()).is_err() {
            self.leave_out(seq, at);
        }
    }
}

fn owned(usage: &UsageView<'_>) -> Usage {
    Usage {
        source: usage.source.to_owned(),
        id: usage.id.to_owned(),
        feature: usage.feature.to_owned(),
        units: usage.units,
        rate: usage.rate,
        cost: usage.cost,
        revision: usage.revision,
        occurred_at: usage.occurred_at,
        labels: crate::Labels::default(),
        hold: usage.hold,
        allocations: usage.allocations.to_vec(),
    }
}
