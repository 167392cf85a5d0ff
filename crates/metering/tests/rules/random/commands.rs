//! What a workspace asks for, out of so few ids that they meet again and again.

use metering::{Command, HoldRequest, PurchaseTerms, Timestamp, UsageRequest};

use super::catalogues::PLANS;
use super::content::{
    agreed, amended, amount, controls, feature, held, hold, id, labels, minutes, occurred_at, pack, plan, source,
    terms, units, usage,
};
use super::dice::Dice;

/// A command at an instant, or once in a while one that was sent before, as it was or with another content.
pub(crate) fn command(dice: &mut Dice, now: Timestamp, sent: &[Command]) -> Command {
    if !sent.is_empty() && dice.once_in(9) {
        let mut again = sent[dice.below(sent.len() as u64) as usize].clone();
        if dice.once_in(2) {
            alter(dice, &mut again, now);
        }
        return again;
    }
    if !dice.once_in(3)
        && let Some(next) = follow_up(dice, now, sent)
    {
        return next;
    }
    match dice.weighted(&[2, 5, 1, 28, 14, 12, 3, 5, 8, 4, 1, 9, 5, 5, 5]) {
        0 => Command::StartTrial,
        1 => Command::Subscribe { plan: plan(dice), allowance: agreed(dice) },
        2 => Command::Cancel,
        3 => Command::Use(usage(dice, now)),
        4 => Command::Hold(hold(dice)),
        5 => {
            let (source, hold) = a_hold(dice, sent);
            Command::Capture { source, hold, units: held(dice) }
        }
        6 => {
            let (source, hold) = a_hold(dice, sent);
            Command::Release { source, hold }
        }
        7 => {
            let (source, usage) = a_usage(dice, sent);
            Command::Amend { source, id: id(dice, 'a', 30), usage }
        }
        8 => Command::Buy { purchase: id(dice, 'p', 8), pack: pack(dice) },
        9 => Command::Credit(terms(dice)),
        10 => Command::CheckOut { pack: pack(dice) },
        11 => Command::Refund { id: id(dice, 'c', 20), purchase: a_purchase(dice, sent), amount: amount(dice) },
        12 => Command::Dispute { id: id(dice, 'c', 20), purchase: a_purchase(dice, sent) },
        13 => Command::Reinstate { id: id(dice, 'c', 20), purchase: disputed(dice, sent) },
        _ => Command::Controls(controls(dice)),
    }
}

/// One of those of this kind that were sent, recorded or not.
fn sent_before<T>(dice: &mut Dice, sent: &[Command], kind: impl Fn(&Command) -> Option<T>) -> Option<T> {
    if dice.once_in(12) {
        return None;
    }
    let mut all: Vec<T> = sent.iter().rev().filter_map(kind).take(6).collect();
    if all.is_empty() { None } else { Some(all.swap_remove(dice.below(all.len() as u64) as usize)) }
}

fn a_hold(dice: &mut Dice, sent: &[Command]) -> (String, String) {
    let known = sent_before(dice, sent, |command| match command {
        Command::Hold(hold) => Some((hold.source.clone(), hold.id.clone())),
        _ => None,
    });
    known.unwrap_or_else(|| (source(dice), id(dice, 'h', 10)))
}

fn a_usage(dice: &mut Dice, sent: &[Command]) -> (String, String) {
    let known = sent_before(dice, sent, |command| match command {
        Command::Use(usage) => Some((usage.source.clone(), usage.id.clone())),
        Command::Capture { source, hold, .. } => Some((source.clone(), format!("hold:{hold}"))),
        _ => None,
    });
    known.unwrap_or_else(|| (source(dice), amended(dice)))
}

fn a_purchase(dice: &mut Dice, sent: &[Command]) -> String {
    let known = sent_before(dice, sent, |command| match command {
        Command::Buy { purchase, .. } => Some(purchase.clone()),
        Command::Credit(terms) => Some(terms.purchase.clone()),
        _ => None,
    });
    known.unwrap_or_else(|| id(dice, 'p', 8))
}

fn disputed(dice: &mut Dice, sent: &[Command]) -> String {
    let known = sent_before(dice, sent, |command| match command {
        Command::Dispute { purchase, .. } => Some(purchase.clone()),
        _ => None,
    });
    known.unwrap_or_else(|| id(dice, 'p', 8))
}

/// What a history begins with: mostly a plan, from its anchor on.
pub(crate) fn first(dice: &mut Dice) -> Option<Command> {
    let plan = match dice.below(10) {
        0 => return None,
        1 => return Some(Command::StartTrial),
        2 => dice.one_of(&PLANS),
        3 | 4 => "small",
        5 => "large",
        // All work is paid out of packs.
        6 | 7 => "bare",
        _ => "agreed",
    };
    Some(Command::Subscribe { plan: plan.into(), allowance: Some(30 + dice.below(60)) })
}

/// What becomes of something that was just sent.
fn follow_up(dice: &mut Dice, now: Timestamp, sent: &[Command]) -> Option<Command> {
    let near = sent.len().min(4);
    if near == 0 {
        return None;
    }
    let id = if dice.once_in(2) { id(dice, 'c', 30) } else { id(dice, 'd', 30) };
    Some(match sent[sent.len() - 1 - dice.below(near as u64) as usize].clone() {
        Command::Hold(HoldRequest { source, id: hold, .. }) => match dice.below(5) {
            0 | 1 => Command::Capture { source, hold, units: held(dice) },
            2 => Command::Release { source, hold },
            _ => return None,
        },
        Command::Use(UsageRequest { source, id: usage, .. }) if dice.once_in(5) => Command::Amend { source, id, usage },
        Command::Capture { source, hold, .. } => Command::Amend { source, id, usage: format!("hold:{hold}") },
        Command::Buy { purchase, .. } | Command::Credit(PurchaseTerms { purchase, .. }) => match dice.below(9) {
            0 => Command::Refund { id, purchase, amount: amount(dice) },
            1 => Command::Dispute { id, purchase },
            2..5 => Command::Hold(hold(dice)),
            5..7 => Command::Use(usage(dice, now)),
            _ => return None,
        },
        Command::Dispute { purchase, .. } if dice.once_in(3) => Command::Reinstate { id, purchase },
        // Credits return to the pack perhaps.
        Command::Dispute { .. } | Command::Refund { .. } => match dice.below(3) {
            0 => {
                let (source, hold) = a_hold(dice, sent);
                Command::Release { source, hold }
            }
            1 => {
                let (source, usage) = a_usage(dice, sent);
                Command::Amend { source, id, usage }
            }
            _ => return None,
        },
        _ => return None,
    })
}

/// Changes one thing that was sent, except for the ids that name it.
fn alter(dice: &mut Dice, command: &mut Command, now: Timestamp) {
    match command {
        Command::StartTrial | Command::Cancel | Command::Release { .. } => {}
        Command::Subscribe { allowance, .. } => *allowance = agreed(dice),
        Command::Use(usage) => match dice.below(4) {
            0 => usage.feature = feature(dice),
            1 => usage.units = units(dice),
            2 => usage.occurred_at = occurred_at(dice, now),
            _ => usage.labels = labels(dice),
        },
        Command::Hold(hold) => match dice.below(3) {
            0 => hold.feature = feature(dice),
            1 => hold.units = units(dice),
            _ => hold.minutes = minutes(dice),
        },
        Command::Capture { units, .. } => *units = held(dice),
        Command::Amend { usage, .. } => *usage = amended(dice),
        Command::Buy { pack, .. } | Command::CheckOut { pack } => *pack = super::content::pack(dice),
        Command::Credit(terms) => {
            let PurchaseTerms { pack, credits, price, expires_after_days, .. } = super::content::terms(dice);
            match dice.below(4) {
                0 => terms.pack = pack,
                1 => terms.credits = credits,
                2 => terms.price = price,
                _ => terms.expires_after_days = expires_after_days,
            }
        }
        Command::Refund { amount, .. } => *amount = super::content::amount(dice),
        Command::Dispute { purchase, .. } | Command::Reinstate { purchase, .. } => *purchase = id(dice, 'p', 8),
        Command::Controls(request) => *request = controls(dice),
    }
}
