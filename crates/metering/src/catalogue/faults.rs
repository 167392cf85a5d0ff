//! Mistakes that keep the rules from running on a catalogue.

use std::collections::BTreeSet;

use chrono_tz::Tz;

use super::{Allowance, Catalogue, Fault, Price};
use crate::Credits;
use crate::bounds::{MAX_ALLOWANCE, MAX_ID_LENGTH, MAX_PACK_DAYS, MAX_PRICE, MAX_RATE, MAX_TRIAL_DAYS};

/// All of the allowance, in percent.
const MAX_PERCENT: u8 = 100;

impl Catalogue {
    /// Every mistake in the catalogue; none means that the rules can run on it.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        self.whole(&mut faults);
        self.sizes(&mut faults);
        self.ids(&mut faults);
        self.names(&mut faults);
        faults.0
    }

    fn whole(&self, faults: &mut Faults) {
        if self.revision == 0 {
            faults.add("revision", "is 0: count revisions from 1");
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            faults.add("currency", format!("\"{}\" is not an ISO 4217 code like USD", shown(&self.currency)));
        }
        if self.time_zone.parse::<Tz>().is_err() {
            let zone = shown(&self.time_zone);
            faults.add("time_zone", format!("\"{zone}\" is not an IANA time zone like Europe/Berlin"));
        }
        if self.features.is_empty() {
            faults.add("feature", "is empty: a catalogue names at least one feature");
        }
        let used = &self.warnings.used_percent;
        if used.len() > MAX_PERCENT.into() {
            let message = format!("has {} values: there are {MAX_PERCENT}, each once", used.len());
            faults.add("warnings.used_percent", message);
        }
        for (index, percent) in used.iter().enumerate().filter(|_| used.len() <= MAX_PERCENT.into()) {
            let place = format!("warnings.used_percent[{index}]");
            if !(1..=MAX_PERCENT).contains(percent) {
                faults.add(place, format!("{percent} is not in 1..={MAX_PERCENT}"));
            } else if used.iter().take(index).any(|other| other == percent) {
                faults.add(place, format!("{percent} is there twice"));
            }
        }
        if self.warnings.low_percent > MAX_PERCENT {
            faults.add("warnings.low_percent", format!("{} is not in 0..={MAX_PERCENT}", self.warnings.low_percent));
        }
    }

    /// The bounds of rule 20.
    fn sizes(&self, faults: &mut Faults) {
        let too_many =
            |credits: Credits| (credits > MAX_ALLOWANCE).then(|| format!("{credits} is above {MAX_ALLOWANCE}"));
        let too_dear = |price: u64| {
            (price > MAX_PRICE).then(|| format!("is {price}, and has to be a whole number from 0 to {MAX_PRICE}"))
        };
        if let Some(trial) = &self.trial {
            if !(1..=MAX_TRIAL_DAYS).contains(&trial.days) {
                faults.add("trial.days", format!("{} is not in 1..={MAX_TRIAL_DAYS}", trial.days));
            }
            faults.add_some("trial.allowance".into(), too_many(trial.allowance));
        }
        for (index, feature) in self.features.iter().enumerate() {
            if feature.rate > MAX_RATE {
                faults.add(format!("feature[{index}].rate"), format!("{} is above {MAX_RATE}", feature.rate));
            }
        }
        for (index, plan) in self.plans.iter().enumerate() {
            if let Price::Minor(price) = plan.price {
                faults.add_some(format!("plan[{index}].price"), too_dear(price));
            }
            if let Allowance::Credits(credits) = plan.allowance {
                faults.add_some(format!("plan[{index}].allowance"), too_many(credits));
            }
        }
        for (index, pack) in self.packs.iter().enumerate() {
            faults.add_some(format!("pack[{index}].credits"), too_many(pack.credits));
            faults.add_some(format!("pack[{index}].price"), too_dear(pack.price));
            if let Some(days) = pack.expires_after_days
                && !(1..=MAX_PACK_DAYS).contains(&days)
            {
                let place = format!("pack[{index}].expires_after_days");
                faults.add(place, format!("{days} is not in 1..={MAX_PACK_DAYS}"));
            }
        }
    }

    fn ids(&self, faults: &mut Faults) {
        let of = |kind: &'static str, index: usize| format!("{kind}[{index}].id");
        let own = std::iter::once(("id".to_owned(), self.id.as_str()));
        let features = self.features.iter().enumerate().map(|(index, one)| (of("feature", index), one.id.as_str()));
        let unmetered = self.unmetered.iter().enumerate().map(|(index, one)| (of("unmetered", index), one.id.as_str()));
        let plans = self.plans.iter().enumerate().map(|(index, one)| (of("plan", index), one.id.as_str()));
        let packs = self.packs.iter().enumerate().map(|(index, one)| (of("pack", index), one.id.as_str()));
        faults.check_ids(own);
        // A usage event names either of them.
        faults.check_ids(features.chain(unmetered));
        faults.check_ids(plans);
        faults.check_ids(packs);
    }

    /// What people read.
    fn names(&self, faults: &mut Faults) {
        faults.check_name("name".into(), &self.name);
        faults.check_name("packs_name".into(), &self.packs_name);
        for (index, one) in self.features.iter().enumerate() {
            faults.check_name(format!("feature[{index}].name"), &one.name);
            faults.check_name(format!("feature[{index}].group"), &one.group);
        }
        for (index, one) in self.unmetered.iter().enumerate() {
            faults.check_name(format!("unmetered[{index}].name"), &one.name);
            faults.check_text(format!("unmetered[{index}].reason"), &one.reason);
        }
        for (index, one) in self.plans.iter().enumerate() {
            faults.check_name(format!("plan[{index}].name"), &one.name);
        }
        for (index, one) in self.packs.iter().enumerate() {
            faults.check_name(format!("pack[{index}].name"), &one.name);
        }
        for (group, name) in &self.groups {
            faults.check_name(format!("group.{group}"), name);
        }
    }
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.0.push(Fault { place: place.into(), message: message.into() });
    }

    fn add_some(&mut self, place: String, message: Option<String>) {
        if let Some(message) = message {
            self.add(place, message);
        }
    }

    /// A screen has something to show.
    fn check_name(&mut self, place: String, name: &str) {
        if name.trim().is_empty() {
            self.add(place, "is empty: give it a value");
        } else {
            self.check_text(place, name);
        }
    }

    /// A terminal obeys control characters instead of showing them.
    fn check_text(&mut self, place: String, text: &str) {
        if let Some(control) = text.chars().find(|letter| letter.is_control()) {
            let number = u32::from(control);
            self.add(place, format!("has a control character in it (U+{number:04X}): take it out"));
        }
    }

    /// Ids travel in ledger lines and addresses, which bound them; of one kind, each names one thing.
    fn check_ids<'a>(&mut self, ids: impl Iterator<Item = (String, &'a str)>) {
        let mut seen = BTreeSet::new();
        for (place, id) in ids {
            let fits = (1..=MAX_ID_LENGTH).contains(&id.len()) && id.trim() == id && !id.chars().any(char::is_control);
            if !fits {
                let without = "without control characters, and without white space at its ends";
                self.add(place, format!("is not an id: 1..={MAX_ID_LENGTH} bytes {without}"));
            } else if !seen.insert(id) {
                self.add(place, format!("\"{}\" is named twice: give each its own id", shown(id)));
            }
        }
    }
}

/// A text from outside, cut to what a message can hold.
fn shown(text: &str) -> String {
    text.chars().take(64).collect()
}
