//! The Overview room: how much is left, will it last, what is using it.

use cache::{LedgerReader, UseOf};
use metering::{Access, Account, Period, State, Timestamp};

use crate::error::AppError;
use crate::forecast::{Ahead, as_float, run_out};
use crate::outlook::Outlook;
use crate::picture;
use crate::position::{self, banner};
use crate::ranges::{buckets, same_part};
use crate::rows;
use crate::storage;
use crate::usage::{by_bucket, group_name, in_range, part, series, sum};
use crate::view::{self, GroupUse, Overview, Step, WorkspaceSummary};

/// Entries in the list of the newest.
const LATEST: u32 = 8;
/// Most points of the measured line: more than a wide window has pixels for.
const MOST_POINTS: u32 = 1_200;

/// Everything the Overview shows but its chart.
///
/// # Errors
/// A cache that cannot be read.
pub(crate) fn overview(
    ledger: &LedgerReader,
    account: &Account,
    workspace: WorkspaceSummary,
    may_buy: bool,
    now: Timestamp,
) -> Result<Overview, AppError> {
    let position = position::position(account, now);
    let access = account.access(now);
    let outlook = Outlook::new(ledger, account, account.controls(), now)?;
    let (ranking, ranking_range) = ranking(ledger, account, &access, now)?;
    let rows = ledger.latest(LATEST).map_err(storage)?;
    let mut latest = Vec::with_capacity(rows.len());
    for row in rows {
        latest.push(rows::row(ledger, account.catalogue(now), &row)?);
    }
    Ok(Overview {
        as_of: Some(ledger.cursor().map_err(storage)?.as_of.as_millis()),
        allowance_lasts: outlook.lasts(position.allowance),
        top_ups_last: outlook.top_ups_last(position.allowance, position.top_up),
        banner: banner(&position, may_buy),
        workspace,
        position,
        ranking,
        ranking_range: ranking_range.map(position::period),
        latest,
    })
}

/// What each group used in the running period, against the same part of the one before.
fn ranking(
    ledger: &LedgerReader,
    account: &Account,
    access: &Access,
    now: Timestamp,
) -> Result<(Vec<GroupUse>, Option<Period>), AppError> {
    let catalogue = account.catalogue(now);
    let periods = position::periods(access);
    let Some(current) = periods.current else { return Ok((Vec::new(), None)) };
    let begun = Period { start: current.start, end: current.end.min(now.plus_millis(1)) };
    let days = buckets(begun, Step::Day, account.terms().zone);
    let used = by_bucket(ledger, UseOf::All, &days, now)?;
    let began = ledger.first_entry_at().map_err(storage)?;
    let before = periods
        .last
        .map(|last| same_part(last, current, now))
        .filter(|last| began.is_some_and(|began| began <= last.start));
    let before = match before {
        Some(range) => Some(in_range(ledger, UseOf::All, range, now)?),
        None => None,
    };
    let all = sum(&used, |_| true).credits;
    let mut groups: Vec<&str> = Vec::new();
    for feature in &catalogue.features {
        if !groups.contains(&feature.group.as_str()) {
            groups.push(&feature.group);
        }
    }
    let mut ranking: Vec<GroupUse> = groups
        .into_iter()
        .map(|group| {
            let of_group = |id: &str| catalogue.feature(id).is_some_and(|feature| feature.group == group);
            let of_it = sum(&used, of_group);
            GroupUse {
                group: group.to_owned(),
                name: group_name(catalogue, group),
                credits: of_it.credits,
                actions: of_it.actions,
                share: part(of_it.credits, all),
                previous: before.as_deref().map(|before| sum(before, of_group).credits),
                daily: picture::sparkline(&series(&used, days.len(), of_group)),
            }
        })
        .collect();
    ranking.sort_by_key(|group| std::cmp::Reverse(group.credits));
    Ok((ranking, Some(begun)))
}

/// Draws what was left through the running period, and what may be left at its end. `None` without a period.
///
/// # Errors
/// A cache that cannot be read, or a theme that is not one.
pub(crate) fn burn_down(
    ledger: &LedgerReader,
    account: &Account,
    look: &view::Look,
    now: Timestamp,
) -> Result<Option<view::Chart>, AppError> {
    Ok(drawn(ledger, account, look, now)?.map(picture::chart))
}

/// The same as it was drawn.
///
/// # Errors
/// As [`burn_down`].
pub(crate) fn drawn(
    ledger: &LedgerReader,
    account: &Account,
    look: &view::Look,
    now: Timestamp,
) -> Result<Option<charts::Chart>, AppError> {
    let at_now = account.position(now);
    let Some(period) = at_now.period else { return Ok(None) };
    let zone = picture::zone(look, account.terms().zone)?;
    let series = ledger.balance_series(period.start, now.plus_millis(1), MOST_POINTS).map_err(storage)?;
    let mut measured = Vec::with_capacity(series.points.len() + 1);
    // What was left at the boundary is gone with it: the line starts with what the period began with.
    let opening = account_at_start(account, &series, period);
    measured.push(charts::Sample { at: period.start.as_millis(), credits: opening });
    let mut marks = Vec::new();
    for point in &series.points {
        measured.push(charts::Sample { at: point.recorded_at.as_millis(), credits: point.balance_after });
        if point.kind == "grant" && point.recorded_at > period.start && point.credits > 0 {
            let label = format!("+{}", grouped(point.credits.unsigned_abs()));
            marks.push(charts::Mark { at: point.recorded_at.as_millis(), label });
        }
    }
    let left = at_now.allowance.saturating_add(at_now.top_up);
    let refresh = matches!(account.access(now), Access::Plan { .. }).then(|| "Refresh".to_owned());
    let input = charts::BurnDown {
        start: period.start.as_millis(),
        end: period.end.as_millis(),
        zone,
        start_amount: at_now.allowance_size,
        measured,
        marks,
        now: charts::Sample { at: at_now.at.as_millis(), credits: left },
        // Where nothing may run, what is kept stays as it is.
        forecast: match at_now.state {
            State::NoPlan | State::PlanExcludesAi => None,
            State::Trial | State::Active | State::Paused => {
                forecast(&Outlook::new(ledger, account, account.controls(), now)?, left, zone)
            }
        },
        refresh,
    };
    charts::burn_down(&input, &picture::look(look)?).map(Some).map_err(picture::not_drawn)
}

/// What the period began with, its first grants included.
fn account_at_start(account: &Account, series: &cache::BalanceSeries, period: Period) -> u64 {
    let first = series.points.iter().take_while(|point| point.recorded_at == period.start).last();
    match first {
        Some(point) => point.balance_after,
        // Nothing was recorded at the boundary: a refresh that nobody has had to write down yet, or a first period
        // that began before the subscription.
        None if series.points.is_empty() => {
            let position = account.position(period.start);
            position.allowance.saturating_add(position.top_up)
        }
        None => series.opening.unwrap_or(0),
    }
}

fn forecast(outlook: &Outlook, left: u64, zone: chrono_tz::Tz) -> Option<charts::Forecast> {
    let steps = outlook.steps.as_ref().filter(|_| left > 0 && !outlook.idle)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0..=left")]
    let course = |used: fn(&Ahead) -> f64| -> Vec<charts::Sample> {
        let mut samples = Vec::with_capacity(steps.len());
        for step in steps {
            let credits = (as_float(left) - used(step)).max(0.0).round() as u64;
            samples.push(charts::Sample { at: step.at.as_millis(), credits });
            if credits == 0 {
                break;
            }
        }
        samples
    };
    let run_out = run_out(left, steps).at.map(|at| {
        let day = metering::local_time(zone, Timestamp::from_millis(at)).date();
        charts::Mark { at, label: day.format("%-d %b").to_string() }
    });
    Some(charts::Forecast {
        likely: course(|step| step.likely),
        low: course(|step| step.most),
        high: course(|step| step.least),
        run_out,
    })
}

/// A number with its thousands apart, as the charts' labels take it.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
