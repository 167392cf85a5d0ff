//! What is expected up to the refresh: the usual pace, less what the controls do not let run.

use cache::{FeatureUsage, LedgerReader, QUARTER_MS, UseOf};
use metering::{Account, Controls, Timestamp};

use crate::forecast::{Ahead, HISTORY_DAYS, Pace, as_float, run_out};
use crate::view::{RunOut, Verdict};
use crate::{AppError, storage};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// How far ahead a forecast looks, where no refresh ends it before.
const FAR_MS: i64 = 60 * DAY_MS;

/// Less than this is nothing: credits are whole.
const HALF_A_CREDIT: f64 = 0.5;

/// What is expected up to the refresh.
pub(crate) struct Outlook {
    /// Hour by hour; none with too little history.
    pub(crate) steps: Option<Vec<Ahead>>,
    /// Nothing is used at all.
    pub(crate) idle: bool,
}

impl Outlook {
    /// What is expected from now to the refresh under some controls, judged by the cached history.
    ///
    /// # Errors
    /// A cache that cannot be read.
    pub(crate) fn new(
        ledger: &LedgerReader,
        account: &Account,
        controls: &Controls,
        now: Timestamp,
    ) -> Result<Self, AppError> {
        let history = i64::try_from(HISTORY_DAYS).unwrap_or(0) * DAY_MS;
        let quarters = quarters(now.plus_millis(-history - DAY_MS), now);
        let used = ledger.usage_by(UseOf::All, &quarters).map_err(storage)?;
        let since = ledger.first_entry_at().map_err(storage)?.unwrap_or(now);
        let zone = account.terms().zone;
        let far = now.plus_millis(FAR_MS);
        let until = account.access(now).period().map_or(far, |period| period.end.min(far));
        let pace_of =
            |wanted: &dyn Fn(&str) -> bool| Pace::measure(&over_time(&used, &quarters, wanted), since, now, zone);
        let Some(pace) = pace_of(&|_| true) else { return Ok(Self { steps: None, idle: false }) };
        let mut steps = pace.ahead(now, until);
        let free = steps.last().map_or(0.0, |last| last.likely);
        for (feature, room) in limits(account, controls, now) {
            if let Some(pace) = pace_of(&|id| id == feature).filter(|pace| !pace.is_idle()) {
                limit(&mut steps, &pace.ahead(now, until), as_float(room));
            }
        }
        let is_stopped = free >= HALF_A_CREDIT && steps.last().is_some_and(|last| last.likely < HALF_A_CREDIT);
        let idle = pace.is_idle() || is_stopped;
        Ok(Self { steps: Some(steps), idle })
    }

    /// How long so many credits last.
    #[must_use]
    pub(crate) fn lasts(&self, credits: u64) -> RunOut {
        let none = |verdict| RunOut { verdict, at: None, from: None, to: None };
        match &self.steps {
            _ if credits == 0 => none(Verdict::Gone),
            None => none(Verdict::Unknown),
            Some(_) if self.idle => none(Verdict::Never),
            Some(steps) => run_out(credits, steps),
        }
    }

    /// How long the packs last, which pay after the allowance.
    #[must_use]
    pub(crate) fn top_ups_last(&self, allowance: u64, top_up: u64) -> RunOut {
        if top_up == 0 { self.lasts(0) } else { self.lasts(allowance.saturating_add(top_up)) }
    }

    /// Credits that are expected to be used up to the refresh.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 or more, and far under 2^53")]
    pub(crate) fn expected(&self) -> u64 {
        let last = self.steps.as_ref().and_then(|steps| steps.last());
        last.map_or(0, |last| last.likely.max(0.0).round() as u64)
    }
}

/// The quarters of an hour from one instant on, up to and with the running one.
fn quarters(from: Timestamp, now: Timestamp) -> Vec<Timestamp> {
    let first = from.as_millis().div_euclid(QUARTER_MS);
    let last = now.as_millis().div_euclid(QUARTER_MS) + 1;
    (first..=last).map(|quarter| Timestamp::from_millis(quarter * QUARTER_MS)).collect()
}

/// The credits of the wanted features in each quarter that has any.
fn over_time(used: &[FeatureUsage], quarters: &[Timestamp], wanted: impl Fn(&str) -> bool) -> Vec<(Timestamp, u64)> {
    let mut credits = vec![0_u64; quarters.len().saturating_sub(1)];
    for used in used.iter().filter(|used| wanted(&used.feature)) {
        for (sum, tally) in credits.iter_mut().zip(&used.buckets) {
            *sum = sum.saturating_add(tally.credits.max(0).unsigned_abs());
        }
    }
    quarters.iter().copied().zip(credits).filter(|(_, credits)| *credits > 0).collect()
}

/// The features that controls keep from running freely, with the credits that each may still use in this period.
fn limits(account: &Account, controls: &Controls, now: Timestamp) -> Vec<(String, u64)> {
    let position = account.position(now);
    let features = account.catalogue(now).features.iter();
    let limit = |feature: &metering::Feature| {
        let control = controls.feature(&feature.id);
        if !control.on || (feature.automation && !controls.automation) {
            return Some((feature.id.clone(), 0));
        }
        let used = position.features.iter().find(|one| one.feature == feature.id).map_or(0, |one| one.used);
        Some((feature.id.clone(), control.cap?.saturating_sub(used)))
    };
    features.filter_map(limit).collect()
}

/// Takes out what is expected of a feature beyond its room. The range narrows in proportion: what does not run does not
/// scatter.
fn limit(steps: &mut [Ahead], of_feature: &[Ahead], room: f64) {
    for (step, feature) in steps.iter_mut().zip(of_feature) {
        let beyond = (feature.likely - room).clamp(0.0, step.likely);
        if beyond > 0.0 {
            let kept = 1.0 - beyond / step.likely;
            step.likely -= beyond;
            step.least *= kept;
            step.most *= kept;
        }
    }
    // Credits that were used stay used: no part of the course goes down.
    for index in 1..steps.len() {
        let Some([before, step]) = steps.get_mut(index - 1..=index) else { continue };
        step.likely = step.likely.max(before.likely);
        step.least = step.least.max(before.least);
        step.most = step.most.max(before.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(an_hour: f64) -> Vec<Ahead> {
        let step = |hour: i64| {
            #[allow(clippy::cast_precision_loss, reason = "a few hours")]
            let likely = an_hour * hour as f64;
            Ahead { at: Timestamp::from_millis(hour * 3_600_000), likely, least: likely * 0.8, most: likely * 1.2 }
        };
        (0..=10).map(step).collect()
    }

    #[test]
    fn what_may_not_run_is_not_expected() {
        let (mut steps, feature) = (course(10.0), course(4.0));
        limit(&mut steps, &feature, 0.0);
        let last = steps.last().unwrap();
        assert!((last.likely - 60.0).abs() < 1e-9 && (last.most - 72.0).abs() < 1e-9, "{last:?}");
    }

    #[test]
    fn up_to_its_cap_a_feature_runs() {
        let (mut steps, feature) = (course(10.0), course(4.0));
        limit(&mut steps, &feature, 20.0);
        assert!((steps[5].likely - 50.0).abs() < 1e-9, "{:?}", steps[5]);
        assert!((steps[10].likely - 80.0).abs() < 1e-9, "{:?}", steps[10]);
        assert!(steps.windows(2).all(|pair| pair[0].most <= pair[1].most && pair[0].least <= pair[1].least));
    }
}
