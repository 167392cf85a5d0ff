//! What is no mistake, and can never be used.

use super::{Allowance, Catalogue, Fault, Feature, Plan};
use crate::{Credits, MAX_ALLOWANCE};

impl Catalogue {
    /// Plans, packs, features and groups that nobody can ever use under this catalogue, and why. The rules run on it all
    /// the same; its provider meant something else, as a rule.
    #[must_use]
    pub fn doubts(&self) -> Vec<Fault> {
        let mut doubts = Vec::new();
        let mut doubt = |place: String, message: String| doubts.push(Fault { place, message });
        let none = if self.packs.is_empty() { "there are no packs" } else { "no pack brings any credits" };
        let is_sold = self.has_access() && self.packs.iter().any(|pack| pack.credits > 0);

        if self.revision == 1 && self.counts_from.is_some() {
            doubt("counts_from".into(), "changes nothing: revision 1 is the first, which counts since ever".into());
        }
        if !self.has_access() {
            let message = "can never be used: no plan includes AI, and there is no trial";
            for index in 0..self.features.len() {
                doubt(format!("feature[{index}]"), message.into());
            }
        }
        for (index, pack) in self.packs.iter().enumerate() {
            let place = format!("pack[{index}]");
            if !self.has_access() {
                doubt(place, "can never be bought: no plan includes AI, and there is no trial".into());
            } else if pack.credits == 0 {
                doubt(format!("{place}.credits"), "brings no credits: buying it changes nothing".into());
            }
        }
        // Packs add up: who can buy some can afford everything some day.
        if self.has_access() && !is_sold {
            let most = self.largest_allowance();
            for (index, feature) in self.features.iter().enumerate().filter(|(_, one)| Credits::from(one.rate) > most) {
                let rate = feature.rate;
                let message = format!("can never be afforded: the largest allowance is {most}, and {none}");
                doubt(format!("feature[{index}].rate"), format!("{rate} {message}"));
            }
            for (index, plan) in self.plans.iter().enumerate().filter(|(_, plan)| plan.ai) {
                if let (Allowance::Credits(credits), Some(cheapest)) = (plan.allowance, self.cheapest())
                    && credits < Credits::from(cheapest.rate)
                {
                    let (id, rate) = (&cheapest.id, cheapest.rate);
                    let message = format!("is less than one \"{id}\" costs ({rate}), and {none}");
                    doubt(format!("plan[{index}].allowance"), format!("{credits} {message}: it pays for nothing"));
                }
            }
        }
        for (index, plan) in self.plans.iter().enumerate().filter(|(_, plan)| !plan.ai) {
            if !matches!(plan.allowance, Allowance::Credits(0)) {
                let message = "is never granted: the plan has no AI in it. Write 0, or give it AI".into();
                doubt(format!("plan[{index}].allowance"), message);
            }
        }
        if let (Some(trial), Some(cheapest)) = (&self.trial, self.cheapest())
            && trial.allowance < Credits::from(cheapest.rate)
            && !is_sold
        {
            let message = format!("{} pays for nothing: the cheapest feature costs {}", trial.allowance, cheapest.rate);
            doubt("trial.allowance".into(), message);
        }
        for (group, _) in self.groups.iter().filter(|(group, _)| !self.features.iter().any(|one| one.group == *group)) {
            doubt(format!("group.{group}"), "names a group that no feature is in".into());
        }
        doubts
    }

    /// Whether anything gives access to AI.
    fn has_access(&self) -> bool {
        self.trial.is_some() || self.plans.iter().any(|plan| plan.ai)
    }

    fn largest_allowance(&self) -> Credits {
        let of_plan = |plan: &Plan| match plan.allowance {
            _ if !plan.ai => 0,
            Allowance::Credits(credits) => credits,
            Allowance::Custom => MAX_ALLOWANCE,
        };
        let trial = self.trial.as_ref().map_or(0, |trial| trial.allowance);
        self.plans.iter().map(of_plan).fold(trial, Credits::max)
    }

    fn cheapest(&self) -> Option<&Feature> {
        self.features.iter().min_by_key(|feature| feature.rate)
    }
}
