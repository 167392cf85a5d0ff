//! Work: usages, holds and amendments (rules 4, 5, 12 and 13).

use metering::{Command, Feature, HoldRequest, UsageRequest};

use super::NaiveOutcome;
use super::books::{Books, END, Hold, HoldEnd, Kind, Part, Usage, is_id};
use super::packs::again;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

impl<'a> Books<'a> {
    pub(super) fn use_now(&mut self, command: &'a Command, sent: &'a UsageRequest) -> NaiveOutcome {
        if let Some(known) = self.find_usage(&sent.source, &sent.id) {
            return again(self.usages[known].sent == command);
        }
        let in_time = sent.occurred_at.is_none_or(|at| {
            let at = at.as_millis();
            at <= self.now + 5 * MINUTE && at >= self.now - 35 * DAY
        });
        let labels = [&sent.labels.member, &sent.labels.channel, &sent.labels.reference];
        let labels_fit = labels.into_iter().flatten().all(|label| is_id(label));
        let ids = is_id(&sent.source) && is_id(&sent.id) && !sent.id.starts_with("hold:");
        if !ids || !labels_fit || !in_time || !(1..=1_000_000).contains(&sent.units) {
            return NaiveOutcome::Invalid;
        }
        if self.is_unmetered(&sent.feature) {
            return NaiveOutcome::Ok;
        }
        let Some(feature) = self.feature(&sent.feature) else { return NaiveOutcome::Refused("unknown_feature") };
        if let Some(reason) = self.refusal(feature, sent.units) {
            return NaiveOutcome::Refused(reason);
        }
        let cost = u64::from(feature.rate) * u64::from(sent.units);
        let parts = self.draw_down(cost);
        for part in &parts {
            self.grants[part.grant].left -= part.credits;
        }
        self.add_usage(command, &sent.source, &sent.id, &sent.feature, cost, parts);
        NaiveOutcome::Recorded
    }

    pub(super) fn hold(&mut self, sent: &'a HoldRequest) -> NaiveOutcome {
        if let Some(known) = self.find_hold(&sent.source, &sent.id) {
            return again(self.holds[known].sent == sent);
        }
        let numbers = (1..=1_000_000).contains(&sent.units) && (1..=1_440).contains(&sent.minutes);
        // The usage's id of its capture has to fit, too.
        let ids = is_id(&sent.source) && is_id(&sent.id) && "hold:".len() + sent.id.len() <= 256;
        if !ids || !numbers {
            return NaiveOutcome::Invalid;
        }
        if self.is_unmetered(&sent.feature) {
            return NaiveOutcome::Ok;
        }
        let Some(feature) = self.feature(&sent.feature) else { return NaiveOutcome::Refused("unknown_feature") };
        if let Some(reason) = self.refusal(feature, sent.units) {
            return NaiveOutcome::Refused(reason);
        }
        let rate = u64::from(feature.rate);
        let parts = self.draw_down(rate * u64::from(sent.units));
        let until = (self.now + i64::from(sent.minutes) * MINUTE).min(END);
        self.holds.push(Hold { sent, rate, until, parts, end: HoldEnd::Live });
        NaiveOutcome::Recorded
    }

    pub(super) fn capture(
        &mut self,
        command: &'a Command,
        source: &str,
        hold: &str,
        units: Option<u32>,
    ) -> NaiveOutcome {
        let Some(index) = self.find_hold(source, hold) else { return NaiveOutcome::Invalid };
        let Hold { sent, rate, .. } = self.holds[index];
        let units = units.unwrap_or(sent.units);
        match self.holds[index].end {
            HoldEnd::Captured { units: before } => return again(units == before),
            HoldEnd::Ended => return NaiveOutcome::Refused("hold_ended"),
            HoldEnd::Live => {}
        }
        if units < 1 || units > sent.units {
            return NaiveOutcome::Invalid;
        }
        let cost = rate * u64::from(units);
        let mut unpaid = cost;
        let mut paid = Vec::new();
        for part in &self.holds[index].parts {
            let credits = part.credits.min(unpaid);
            if credits > 0 {
                paid.push(Part { grant: part.grant, credits });
            }
            unpaid -= credits;
        }
        assert_eq!(unpaid, 0, "a hold reserves all that it may cost");
        for part in &paid {
            self.grants[part.grant].left -= part.credits;
        }
        self.add_usage(command, &sent.source, &sent.id, &sent.feature, cost, paid);
        self.end_hold(index, HoldEnd::Captured { units });
        NaiveOutcome::Recorded
    }

    pub(super) fn release(&mut self, source: &str, hold: &str) -> NaiveOutcome {
        let Some(index) = self.find_hold(source, hold) else { return NaiveOutcome::Invalid };
        if self.holds[index].end != HoldEnd::Live {
            return NaiveOutcome::Ok;
        }
        self.end_hold(index, HoldEnd::Ended);
        NaiveOutcome::Recorded
    }

    /// Frees what a hold reserves and was not paid.
    pub(super) fn end_hold(&mut self, hold: usize, end: HoldEnd) {
        self.holds[hold].end = end;
        for part in self.holds[hold].parts.clone() {
            self.settle(part.grant);
        }
    }

    pub(super) fn amend(&mut self, command: &'a Command, source: &str, id: &str, usage: &str) -> NaiveOutcome {
        let same_id = |sent: &&&Command| matches!(sent, Command::Amend { source: whose, id: other, .. } if whose == source && other == id);
        if let Some(known) = self.sent.iter().find(same_id) {
            return again(*known == command);
        }
        let Some(index) = self.find_usage(source, usage).filter(|_| is_id(source) && is_id(id)) else {
            return NaiveOutcome::Invalid;
        };
        if self.usages[index].amended {
            return NaiveOutcome::Conflict;
        }
        self.sent.push(command);
        self.usages[index].amended = true;
        self.totals.amended += self.usages[index].cost;
        for part in self.usages[index].parts.clone() {
            self.grants[part.grant].left += part.credits;
            self.settle(part.grant);
        }
        NaiveOutcome::Recorded
    }

    fn is_unmetered(&self, action: &str) -> bool {
        self.catalogue().unmetered.iter().any(|one| one.id == action)
    }

    /// Why so many units cannot be used or held now, if they cannot.
    pub(super) fn refusal(&self, feature: &Feature, units: u32) -> Option<&'static str> {
        let cost = u64::from(feature.rate) * u64::from(units);
        if let Some(reason) = self.no_access() {
            return Some(reason);
        }
        let control = self.control_of(&feature.id);
        if !control.on {
            return Some("feature_off");
        }
        if feature.automation && !self.automation {
            return Some("automation_off");
        }
        if let Some(cap) = control.cap {
            let ours = self.live_holds().filter(|hold| hold.sent.feature == feature.id);
            let held: u64 = ours.flat_map(|hold| &hold.parts).map(|part| part.credits).sum();
            if self.used(Some(&feature.id)) + held + cost > cap {
                return Some("cap_reached");
            }
        }
        (cost > self.available()).then_some("exhausted")
    }

    /// What was used in this period, less what was amended: all of it or of one feature.
    pub(super) fn used(&self, feature: Option<&str>) -> u64 {
        let Some(period) = self.period() else { return 0 };
        let counted = self.usages.iter().filter(|usage| usage.period == Some(period) && !usage.amended);
        counted.filter(|usage| feature.is_none_or(|id| usage.feature == id)).map(|usage| usage.cost).sum()
    }

    /// What can be spent now.
    pub(super) fn available(&self) -> u64 {
        if self.no_access().is_some() { 0 } else { self.payers().into_iter().map(|grant| self.free_of(grant)).sum() }
    }

    /// The grants that may pay now, in draw-down order.
    fn payers(&self) -> Vec<usize> {
        let pays = |index: &usize| {
            let grant = &self.grants[*index];
            grant.effective <= self.now && grant.ends.is_none_or(|end| self.now < end)
        };
        let mut payers: Vec<usize> = (0..self.grants.len()).filter(pays).collect();
        payers.sort_by_key(|index| {
            let grant = &self.grants[*index];
            let priority = if grant.kind == Kind::Period { 10 } else { 50 };
            (priority, grant.ends.is_none(), grant.ends, grant.effective, *index)
        });
        payers
    }

    /// Which grants pay so much, given that it is available.
    fn draw_down(&self, cost: u64) -> Vec<Part> {
        let mut unpaid = cost;
        let mut parts = Vec::new();
        for grant in self.payers() {
            let credits = self.free_of(grant).min(unpaid);
            if credits > 0 {
                parts.push(Part { grant, credits });
            }
            unpaid -= credits;
        }
        assert_eq!(unpaid, 0, "only what is available is drawn down");
        parts
    }

    fn add_usage(
        &mut self,
        sent: &'a Command,
        source: &'a str,
        id: &'a str,
        feature: &'a str,
        cost: u64,
        parts: Vec<Part>,
    ) {
        self.totals.spent += cost;
        let period = self.period();
        self.usages.push(Usage { sent, source, id, feature, cost, parts, period, amended: false });
    }

    /// The usage of this name; a captured hold is the usage `hold:ID`.
    fn find_usage(&self, source: &str, name: &str) -> Option<usize> {
        self.usages.iter().position(|usage| {
            let captured = matches!(usage.sent, Command::Capture { .. });
            let rest = if captured { name.strip_prefix("hold:") } else { Some(name) };
            usage.source == source && rest == Some(usage.id)
        })
    }

    fn find_hold(&self, source: &str, id: &str) -> Option<usize> {
        self.holds.iter().position(|hold| hold.sent.source == source && hold.sent.id == id)
    }
}
