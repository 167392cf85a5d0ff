//! What was tried and seen.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{Datelike, LocalResult, NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use metering::{
    Account, Command, Entry, EntryKind, GrantOrigin, PlanChangeCause, RefreshRule, ReleaseCause, Timestamp, VoidCause,
};

use crate::naive::NaiveOutcome;
use crate::naive::calendar::local_time;
use crate::random::ahead;

#[derive(Default)]
pub(super) struct Coverage {
    pub(super) histories: u64,
    pub(super) commands: u64,
    pub(super) looks: u64,
    pub(super) zones: BTreeMap<&'static str, u64>,
    /// Answers by command.
    pub(super) answers: BTreeMap<(&'static str, &'static str), u64>,
    /// What fell due by itself, and what was special about the boundaries of periods.
    pub(super) events: BTreeMap<&'static str, u64>,
    /// Of the running history: the local time that the boundaries of the plan repeat.
    anchor: Option<(RefreshRule, NaiveDateTime)>,
    zone: Tz,
}

impl Coverage {
    pub(super) fn begin(&mut self, zone: Tz) {
        self.histories += 1;
        *self.zones.entry(zone.name()).or_default() += 1;
        (self.anchor, self.zone) = (None, zone);
    }

    pub(super) fn add(&mut self, other: Self) {
        self.histories += other.histories;
        self.commands += other.commands;
        self.looks += other.looks;
        other.zones.into_iter().for_each(|(zone, count)| *self.zones.entry(zone).or_default() += count);
        other.answers.into_iter().for_each(|(pair, count)| *self.answers.entry(pair).or_default() += count);
        other.events.into_iter().for_each(|(event, count)| *self.events.entry(event).or_default() += count);
    }

    pub(super) fn answer(&mut self, command: &Command, outcome: NaiveOutcome) {
        self.commands += 1;
        *self.answers.entry((name(command), word(outcome))).or_default() += 1;
    }

    fn saw(&mut self, event: &'static str) {
        *self.events.entry(event).or_default() += 1;
    }

    /// An entry that the crate made, and the account before it.
    pub(super) fn entry(&mut self, account: &Account, entry: &Entry) {
        let at = entry.recorded_at;
        match &entry.kind {
            EntryKind::PlanChange(change) => match (change.cause, &change.to) {
                (PlanChangeCause::Subscribed, _) => {
                    let rule = account.catalogue(at).refresh;
                    self.anchor = Some((rule, local_time(self.zone, at.as_millis())));
                }
                (PlanChangeCause::CameDue, None) => self.saw("a cancellation came due"),
                (PlanChangeCause::CameDue, Some(_)) => self.saw("another plan came due"),
                (PlanChangeCause::TrialEnded, _) => self.saw("a trial ended"),
                _ => {}
            },
            EntryKind::Grant(grant) => {
                if let GrantOrigin::Allowance { period, .. } = &grant.origin {
                    self.period(at, period.start, period.end);
                }
            }
            EntryKind::Expiry(expiry) => {
                let grants = account.live_grants(at.plus_millis(-1));
                let pack = grants.iter().any(|grant| grant.seq == expiry.grant && grant.purchase.is_some());
                self.saw(if pack { "what was left of a pack expired" } else { "period credits expired" });
            }
            EntryKind::Release(release) if release.cause == ReleaseCause::TimedOut => self.saw("a hold timed out"),
            EntryKind::Void(void) if void.cause == VoidCause::Returned => {
                self.saw("returned credits were taken back");
            }
            EntryKind::Void(void) if void.shortfall > 0 => self.saw("a refund or a dispute left a shortfall"),
            EntryKind::Usage(usage) if usage.allocations.len() > 1 => self.saw("a usage spanned grants"),
            _ => {}
        }
    }

    /// The start of a period that `at` is in, or at which it is the next.
    fn period(&mut self, at: Timestamp, start: Timestamp, end: Timestamp) {
        let Some((rule, anchor)) = self.anchor else { return };
        if at != start {
            return;
        }
        let local = local_time(self.zone, start.as_millis());
        self.saw(match rule {
            RefreshRule::CalendarMonth => "a calendar month began",
            RefreshRule::BillingCycle => "a billing cycle began",
        });
        let (wanted_day, wanted_time) = match rule {
            RefreshRule::CalendarMonth => (1, chrono::NaiveTime::MIN),
            RefreshRule::BillingCycle => (anchor.day(), anchor.time()),
        };
        let skipped = local.time() != wanted_time || local.day() > wanted_day;
        if skipped {
            self.saw(match rule {
                RefreshRule::CalendarMonth => "a calendar month began after a gap",
                RefreshRule::BillingCycle => "a billing cycle began after a gap",
            });
        } else if local.day() < wanted_day {
            self.saw("a period began on a clamped day");
        }
        if let LocalResult::Ambiguous(..) = self.zone.from_local_datetime(&local) {
            self.saw(match rule {
                RefreshRule::CalendarMonth => "a calendar month began in an overlap",
                RefreshRule::BillingCycle => "a billing cycle began in an overlap",
            });
        }
        if (local.month(), local.day()) == (2, 29) {
            self.saw("a period began on 29 February");
        }
        if (local + chrono::Days::new(1)).day() == 1 {
            self.saw("a period began on the last day of a month");
        }
        if end < Timestamp::MAX && ahead(self.zone, start.as_millis()) != ahead(self.zone, end.as_millis()) {
            self.saw("clocks were changed during a period");
        }
    }
}

fn name(command: &Command) -> &'static str {
    match command {
        Command::StartTrial => "start_trial",
        Command::Subscribe { .. } => "subscribe",
        Command::Cancel => "cancel",
        Command::Use(_) => "use",
        Command::CheckOut { .. } => "check_out",
        Command::Credit(_) => "credit",
        Command::Buy { .. } => "buy",
        Command::Controls(_) => "controls",
        Command::Hold(_) => "hold",
        Command::Capture { .. } => "capture",
        Command::Release { .. } => "release",
        Command::Amend { .. } => "amend",
        Command::Refund { .. } => "refund",
        Command::Dispute { .. } => "dispute",
        Command::Reinstate { .. } => "reinstate",
    }
}

fn word(outcome: NaiveOutcome) -> &'static str {
    match outcome {
        NaiveOutcome::Recorded => "recorded",
        NaiveOutcome::Duplicate => "duplicate",
        NaiveOutcome::Conflict => "conflict",
        NaiveOutcome::Refused(reason) => reason,
        NaiveOutcome::Invalid => "invalid",
        NaiveOutcome::Ok => "ok",
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { histories, commands, looks, zones, .. } = self;
        writeln!(f, "{commands} commands and {looks} looks in {histories} histories, {} zones", zones.len())?;
        let mut last = "";
        for ((command, outcome), count) in &self.answers {
            if *command != last {
                write!(f, "{}{command}:", if last.is_empty() { "" } else { "\n" })?;
            }
            write!(f, " {outcome} {count}")?;
            last = command;
        }
        writeln!(f)?;
        for (event, count) in &self.events {
            writeln!(f, "{event}: {count}")?;
        }
        Ok(())
    }
}
