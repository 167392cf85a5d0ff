//! Random histories of a workspace, each from a seed, with an eye to where rules meet.

mod catalogues;
mod commands;
mod content;
mod dice;
mod instants;
mod zones;

use std::sync::Arc;

use chrono_tz::Tz;
use metering::{Catalogue, Command, RefreshRule, Timestamp};

use crate::naive::calendar::Period;
use dice::Dice;
use instants::Clock;
use zones::ZONES_AND_CHANGES;

pub(crate) use zones::ahead;

const MINUTE: i64 = 60_000;
const DAY: i64 = 1_440 * MINUTE;

/// What a workspace does, and under which terms.
#[derive(Clone)]
pub(crate) struct History {
    /// In the order in which they count; the first counts since ever.
    pub(crate) catalogues: Vec<Arc<Catalogue>>,
    pub(crate) zone: Tz,
    pub(crate) steps: Vec<Step>,
}

#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) at: Timestamp,
    pub(crate) command: Command,
    /// Afterwards, what will be or was at this instant is asked for.
    pub(crate) look: Option<Timestamp>,
}

/// The history of a seed.
pub(crate) fn history(seed: u64) -> History {
    let mut dice = Dice::new(seed);
    let (zone, changes) = &ZONES_AND_CHANGES[dice.below(ZONES_AND_CHANGES.len() as u64) as usize];
    let rule = dice.one_of(&[RefreshRule::CalendarMonth, RefreshRule::BillingCycle]);
    let begin = instants::beginning(&mut dice, *zone, changes, rule);
    let catalogues = catalogues::revisions(&mut dice, rule, begin);

    let mut clock = Clock::new(begin);
    for revision in &catalogues {
        if let Some(from) = revision.counts_from {
            clock.mark(from.as_millis());
        }
    }
    let mut steps: Vec<Step> = Vec::new();
    let mut sent: Vec<Command> = Vec::new();
    let count = 20 + dice.below(71);
    for number in 0..count {
        let at = if number == 0 { Timestamp::from_millis(begin) } else { clock.tick(&mut dice, *zone) };
        let first = if number == 0 { commands::first(&mut dice) } else { None };
        let command = first.unwrap_or_else(|| commands::command(&mut dice, at, &sent));
        if matches!(command, Command::Hold(_) | Command::Buy { .. } | Command::Credit(_)) && !dice.once_in(4) {
            clock.hurry();
        }
        mark(&mut clock, &catalogues, *zone, at, &command);
        sent.push(command.clone());
        let look = dice.once_in(5).then(|| clock.look(&mut dice));
        steps.push(Step { at, command, look });
    }
    History { catalogues, zone: *zone, steps }
}

/// Notes when something of the command may fall due, whatever comes of it.
fn mark(clock: &mut Clock, catalogues: &[Arc<Catalogue>], zone: Tz, at: Timestamp, command: &Command) {
    let now = at.as_millis();
    match command {
        Command::StartTrial => {
            for offer in catalogues.iter().filter_map(|one| one.trial.as_ref()) {
                clock.mark(now + i64::from(offer.days) * DAY);
            }
        }
        Command::Subscribe { .. } => {
            let mut period = Period::first(catalogues[0].refresh, zone, now);
            for _ in 0..5 {
                clock.mark(period.end);
                period = period.next(zone);
            }
        }
        Command::Hold(hold) => clock.mark(now + i64::from(hold.minutes.min(1_440)) * MINUTE),
        Command::Buy { pack, .. } => {
            let days = |one: &Arc<Catalogue>| one.pack(pack)?.expires_after_days;
            catalogues.iter().filter_map(days).for_each(|days| clock.mark(now + i64::from(days) * DAY));
        }
        Command::Credit(terms) => {
            if let Some(days) = terms.expires_after_days {
                clock.mark(now + i64::from(days) * DAY);
            }
        }
        _ => {}
    }
}
