//! Turns a recipe and a trace into commands, one after the other.

use std::sync::Arc;

use chrono::{Datelike, NaiveDateTime, Timelike};
use metering::{
    Command, ControlsRequest, FeatureRequest, Labels, Outcome, PurchaseTerms, Refusal, Timestamp, UsageRequest,
    first_instant_at, local_time,
};
use sha2::{Digest, Sha256};

use super::progress::Progress;
use super::recipe::{Action, Recipe};
use super::shift::{self, WEEK_MS};
use super::trace::{Row, Trace};
use crate::ledger::Book;
use crate::store::{SampleState, Store, StoreError};

const MINUTE_MS: i64 = 60 * 1_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// The admin is there so many milliseconds before the first row.
const HEAD_START_MS: i64 = 60 * MINUTE_MS;
/// The first conversation's number.
const FIRST_REFERENCE: u64 = 40_000;
const CHANNELS: [&str; 4] = ["chat", "email", "web", "phone"];

/// A recipe, its trace, and how far they have been played.
#[derive(Clone, Debug)]
pub(crate) struct Player {
    recipe: Arc<Recipe>,
    trace: Arc<Trace>,
    progress: Progress,
}

/// What is next, and when.
enum Next {
    Step(usize),
    Buy,
    Row(Row),
}

impl Player {
    /// A player at the beginning, with the trace moved for `now`.
    pub(super) fn new(recipe: Arc<Recipe>, trace: Arc<Trace>, now: Timestamp) -> Self {
        let progress = Progress::new(shift::shift(&recipe, &trace, now));
        Self { recipe, trace, progress }
    }

    /// A player that goes on where a stored one stopped.
    pub(super) fn resume(recipe: Arc<Recipe>, trace: Arc<Trace>, state: &SampleState) -> Result<Self, StoreError> {
        let progress = serde_json::from_str(&state.progress).map_err(|error| StoreError::Corrupt {
            workspace: recipe.id.clone(),
            message: format!("the sample's progress: {error}"),
        })?;
        Ok(Self { recipe, trace, progress })
    }

    /// What has to be stored to resume.
    pub(crate) fn progress(&self) -> String {
        // Numbers and a map with numbers for keys: JSON can say all of it.
        serde_json::to_string(&self.progress).unwrap_or_default()
    }

    /// When the next thing is due; never again, if the trace has ended.
    pub(crate) fn next_at(&self) -> Option<Timestamp> {
        self.next().map(|(at, _)| at)
    }

    /// Plays the next thing if it is due by `until`: decides its command at its own instant and puts its entries on
    /// the book's page. False if nothing is due. Put the player's [`Player::progress`] on the page before it is committed.
    ///
    /// # Errors
    /// [`StoreError`] when the rules do not take their own entries.
    pub(crate) fn play(&mut self, store: &Store, book: &mut Book, until: Timestamp) -> Result<bool, StoreError> {
        let Some((at, next)) = self.next().filter(|(at, _)| *at <= until) else { return Ok(false) };
        match next {
            Next::Step(index) => {
                self.progress.step = index + 1;
                if let Some(step) = self.recipe.steps.get(index) {
                    book.decide(store, &command(&step.action), at)?;
                }
            }
            Next::Buy => {
                self.progress.buy_at = None;
                self.buy(store, book, at)?;
            }
            Next::Row(row) => {
                let usage = self.usage(row, at);
                self.advance();
                let outcome = book.decide(store, &Command::Use(usage), at)?;
                if outcome == Outcome::Refused(Refusal::Exhausted) {
                    self.notice(book, at);
                }
            }
        }
        Ok(true)
    }

    /// What comes first; at one instant steps come ahead of purchases, and these ahead of usage.
    fn next(&self) -> Option<(Timestamp, Next)> {
        let start = self.trace.start().plus_millis(self.progress.shift_ms - HEAD_START_MS);
        let step = self
            .recipe
            .steps
            .get(self.progress.step)
            .map(|step| (start.plus_millis(i64::from(step.day) * DAY_MS), Next::Step(self.progress.step)));
        let buy = self.progress.buy_at.map(|at| (Timestamp::from_millis(at), Next::Buy));
        let row = self.trace.rows.get(self.progress.row).map(|row| (self.moved(row.at), Next::Row(*row)));
        let mut first = None;
        for one in [step, buy, row].into_iter().flatten() {
            if first.as_ref().is_none_or(|(at, _)| one.0 < *at) {
                first = Some(one);
            }
        }
        first
    }

    fn moved(&self, at: Timestamp) -> Timestamp {
        let round_ms = self.recipe.cycle_weeks.map_or(0, |weeks| i64::from(weeks) * WEEK_MS);
        at.plus_millis(self.progress.shift_ms + i64::from(self.progress.round) * round_ms)
    }

    /// Goes on to the next row; at the end of the trace to the first of those that go round.
    fn advance(&mut self) {
        self.progress.row += 1;
        if let (Some(weeks), None) = (self.recipe.cycle_weeks, self.trace.rows.get(self.progress.row)) {
            let from = self.trace.end().plus_millis(-i64::from(weeks) * WEEK_MS);
            self.progress.row = self.trace.rows.partition_point(|row| row.at <= from);
            self.progress.round += 1;
        }
    }

    fn usage(&mut self, row: Row, at: Timestamp) -> UsageRequest {
        let kind = self.trace.kinds.get(usize::from(row.kind)).map_or("", String::as_str);
        let mut feature = self.recipe.feature(kind);
        if let Some(first) = self.recipe.first_of_day.get(kind) {
            let today = local_time(self.recipe.zone(), at).num_days_from_ce();
            if self.progress.seen_on.insert(row.kind, today) != Some(today) {
                feature = first;
            }
        }
        let round = u64::from(self.progress.round);
        let rows = u64::try_from(self.trace.rows.len()).unwrap_or(u64::MAX);
        let thread = round.saturating_mul(rows).saturating_add(u64::from(row.thread));
        UsageRequest {
            source: self.recipe.source.clone(),
            id: format!("{round}-{}", self.progress.row),
            feature: feature.to_owned(),
            units: 1,
            occurred_at: None,
            labels: Labels {
                member: row.member.map(|number| format!("m{number}")),
                channel: Some(channel(thread).into()),
                reference: Some(format!("#{}", FIRST_REFERENCE.saturating_add(thread))),
            },
        }
    }

    /// Credits ran out: the admin is going to buy a pack, unless one is on its way or there were enough of them.
    fn notice(&mut self, book: &Book, at: Timestamp) {
        let Some(habit) = &self.recipe.packs else { return };
        let period = book.account().position(at).period.map(|period| period.start.as_millis());
        if self.progress.period != period {
            self.progress.period = period;
            self.progress.bought_in_period = 0;
        }
        if self.progress.buy_at.is_none() && self.progress.bought_in_period < habit.at_most {
            let noticed = at.plus_millis(i64::from(habit.after_minutes) * MINUTE_MS);
            self.progress.buy_at = Some(self.at_work(noticed, habit.hours).as_millis());
            self.progress.bought_in_period += 1;
        }
    }

    /// The first instant from `at` on that is within these local hours, Monday to Friday.
    fn at_work(&self, at: Timestamp, (from, to): (u8, u8)) -> Timestamp {
        let zone = self.recipe.zone();
        let local = local_time(zone, at);
        let works = |day: NaiveDateTime| day.weekday().num_days_from_monday() < 5;
        if works(local) && (u32::from(from)..u32::from(to)).contains(&local.hour()) {
            return at;
        }
        let mut day = local;
        if local.hour() >= u32::from(from) {
            day += chrono::TimeDelta::days(1);
        }
        while !works(day) {
            day += chrono::TimeDelta::days(1);
        }
        let opening = day.date().and_hms_opt(u32::from(from), 12, 0).unwrap_or(day);
        first_instant_at(zone, opening).max(at)
    }

    fn buy(&mut self, store: &Store, book: &mut Book, at: Timestamp) -> Result<(), StoreError> {
        let Some(habit) = &self.recipe.packs else { return Ok(()) };
        let catalogue = book.account().catalogue(at);
        let Some(pack) = catalogue.pack(&habit.pack).cloned() else { return Ok(()) };
        let currency = catalogue.currency.clone();
        let purchase = format!("{}-pack-{}", self.recipe.id, self.progress.bought + 1);
        let command = Command::Buy { purchase: purchase.clone(), pack: pack.id.clone() };
        if let Outcome::Recorded { seq } = book.decide(store, &command, at)? {
            self.progress.bought += 1;
            let terms = PurchaseTerms {
                purchase,
                pack: pack.id.clone(),
                credits: pack.credits,
                price: pack.price,
                expires_after_days: pack.expires_after_days,
            };
            book.note_purchase(terms, pack.name, currency, seq, at);
        }
        Ok(())
    }
}

/// A channel that stays the same for a piece of work.
fn channel(thread: u64) -> &'static str {
    let digest = Sha256::digest(thread.to_le_bytes());
    // Half of all work comes by chat.
    match digest[0] % 8 {
        0..=3 => CHANNELS[0],
        4 | 5 => CHANNELS[1],
        6 => CHANNELS[2],
        _ => CHANNELS[3],
    }
}

fn command(action: &Action) -> Command {
    match action {
        Action::StartTrial => Command::StartTrial,
        Action::Subscribe { plan } => Command::Subscribe { plan: plan.clone(), allowance: None },
        Action::Cancel => Command::Cancel,
        Action::Automation { on } => Command::Controls(ControlsRequest { automation: Some(*on), features: Vec::new() }),
        Action::Cap { feature, credits } => {
            let cap = FeatureRequest { on: None, cap: Some(Some(*credits)) };
            Command::Controls(ControlsRequest { automation: None, features: vec![(feature.clone(), cap)] })
        }
    }
}
