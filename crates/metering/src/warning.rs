//! Warnings: credits are running low (rule 17).

use std::fmt;

use crate::{Credits, Position, State, Timestamp, WarningDefaults};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What to warn of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Threshold {
    /// This share of the period's allowance is used, in percent. More than 100 are reached out of packs.
    UsedPercent(u8),
    /// Fewer credits than this can be spent.
    AvailableBelow(Credits),
    /// Credits run out in less than so many times 24 hours.
    RunOutWithin {
        /// How many.
        days: u32,
    },
}

/// The position at an instant, and when its credits are expected to run out.
#[derive(Clone, Copy, Debug)]
pub struct Outlook<'a> {
    /// The position.
    pub position: &'a Position,
    /// When credits run out before they are refreshed; none if they last. The rules do not estimate: the caller does.
    pub run_out: Option<Timestamp>,
}

/// A threshold that was crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Warning {
    /// Which.
    pub threshold: Threshold,
    /// When the period began in which it was crossed; none, between a subscription and its first period.
    pub period: Option<Timestamp>,
    /// Which crossing of it: how many grants there had been, the last of which armed it. Every grant arms a balance and a
    /// run-out; a share is of the allowance, and no pack arms it. Credits that return without a grant (failed work, a
    /// hold released) do not arm it anew. A grant is counted and not named by its entry's number: whoever looks ahead of
    /// what is recorded sees the refresh that will come, and not yet what will number it.
    pub crossing: u64,
}

/// What a change of position means for warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WarningChange {
    /// A refresh, a purchase or an upgrade has come: it stands no more.
    Cleared(Warning),
    /// It was crossed.
    Fired(Warning),
}

impl Warning {
    /// The warning's id, the same whoever computes it and whenever: whoever delivers warnings keeps the ids of those
    /// that it delivered, and nobody is told twice.
    #[must_use]
    pub fn id(&self, workspace: &str) -> String {
        let period = self.period.map_or_else(|| "none".into(), |start| start.to_string());
        format!("{workspace}/{}/{period}/{}", self.threshold, self.crossing)
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UsedPercent(percent) => write!(f, "used-{percent}-percent"),
            Self::AvailableBelow(credits) => write!(f, "below-{credits}"),
            Self::RunOutWithin { days } => write!(f, "out-within-{days}-days"),
        }
    }
}

impl Threshold {
    /// Whether it is crossed: never while there is no access, for then nothing is used.
    #[must_use]
    pub fn is_crossed(self, outlook: &Outlook<'_>) -> bool {
        let Position { at, available, allowance_size, used, state, .. } = outlook.position;
        if !matches!(state, State::Trial | State::Active | State::Paused) {
            return false;
        }
        match self {
            Self::UsedPercent(percent) => {
                let (used, share) = (u128::from(*used) * 100, u128::from(*allowance_size) * u128::from(percent));
                *allowance_size > 0 && used >= share
            }
            Self::AvailableBelow(credits) => *available < credits,
            Self::RunOutWithin { days } => outlook.run_out.is_some_and(|end| end.since(*at) < i64::from(days) * DAY_MS),
        }
    }

    /// The warning that it gives at this position.
    const fn warning(self, position: &Position) -> Warning {
        let period = match position.period {
            Some(period) => Some(period.start),
            None => None,
        };
        Warning { threshold: self, period, crossing: self.armed(position) }
    }

    /// How many grants there have been that arm it.
    const fn armed(self, position: &Position) -> u64 {
        match self {
            Self::UsedPercent(_) => position.allowances_made,
            Self::AvailableBelow(_) | Self::RunOutWithin { .. } => position.grants_made,
        }
    }
}

impl WarningDefaults {
    /// The thresholds of a workspace that did not choose its own, for a period that brings so many credits.
    #[must_use]
    pub fn thresholds(&self, allowance_size: Credits) -> Vec<Threshold> {
        let used = self.used_percent.iter().copied().map(Threshold::UsedPercent);
        // "Under a fifth of 8" is under 1.6: below 2.
        let low = (u128::from(allowance_size) * u128::from(self.low_percent)).div_ceil(100);
        let low = Credits::try_from(low).ok().filter(|low| *low > 0).map(Threshold::AvailableBelow);
        used.chain(low).collect()
    }
}

/// What lies between two positions of one workspace: first what is cleared, then what fires, each in the order of
/// `thresholds`. A pure function of the two: who asks less often misses what came and went, and is told nothing that
/// others are not.
///
/// A threshold fires when it is crossed and was not. A refresh, a purchase or an upgrade clears what stood; a balance or a
/// run-out that is still too low then fires anew. So does a share of the allowance after an upgrade, but not after a
/// purchase: no pack changes it.
#[must_use]
pub fn warnings(thresholds: &[Threshold], before: &Outlook<'_>, after: &Outlook<'_>) -> Vec<WarningChange> {
    let same_period = before.position.period == after.position.period;
    let has_more = before.position.grants_made != after.position.grants_made || !same_period;
    let stood = |threshold: &&Threshold| threshold.is_crossed(before);
    let cleared = thresholds.iter().filter(stood).filter(|_| has_more);
    let cleared = cleared.map(|threshold| WarningChange::Cleared(threshold.warning(before.position)));
    let fires = |threshold: &&Threshold| {
        let armed_anew = threshold.armed(before.position) != threshold.armed(after.position) || !same_period;
        threshold.is_crossed(after) && (armed_anew || !stood(threshold))
    };
    let fired =
        thresholds.iter().filter(fires).map(|threshold| WarningChange::Fired(threshold.warning(after.position)));
    cleared.chain(fired).collect()
}
