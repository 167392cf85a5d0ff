//! The Overview room: how much is left, will it last, what is using it.

use cache::{EntryRow, LedgerReader, UseOf};
use metering::{Access, Account, Catalogue, Period, Timestamp};

use crate::error::AppError;
use crate::forecast::{Ahead, HISTORY_DAYS, Pace, as_float, run_out};
use crate::picture;
use crate::position::{self, banner};
use crate::ranges::{buckets, same_part};
use crate::storage;
use crate::usage::{by_bucket, group_name, part, read, sum};
use crate::view::{self, GroupUse, LatestEntry, Overview, RunOut, Step, Verdict, WorkspaceSummary};
use crate::words;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// How far ahead a forecast looks, where no refresh ends it before.
const FAR_MS: i64 = 60 * DAY_MS;
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
    let outlook = outlook(ledger, account, now)?;
    let (ranking, ranking_range) = ranking(ledger, account, &access, now)?;
    let rows = ledger.latest(LATEST).map_err(storage)?;
    let mut latest = Vec::with_capacity(rows.len());
    for row in rows {
        latest.push(latest_entry(ledger, account.catalogue(now), &row)?);
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

/// What is expected up to the refresh.
pub(crate) struct Outlook {
    /// Hour by hour; none with too little history.
    steps: Option<Vec<Ahead>>,
    /// Nothing is used at all.
    idle: bool,
}

impl Outlook {
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
}

/// What is expected from now to the refresh, judged by the cached history.
///
/// # Errors
/// A cache that cannot be read.
pub(crate) fn outlook(ledger: &LedgerReader, account: &Account, now: Timestamp) -> Result<Outlook, AppError> {
    let history = i64::try_from(HISTORY_DAYS).unwrap_or(0) * DAY_MS;
    let quarters = ledger.usage(UseOf::All, now.plus_millis(-history - DAY_MS), now.plus_millis(1)).map_err(storage)?;
    let quarters: Vec<_> =
        quarters.iter().map(|quarter| (quarter.start, quarter.tally.credits.max(0).unsigned_abs())).collect();
    let since = ledger.first_entry_at().map_err(storage)?.unwrap_or(now);
    let pace = Pace::measure(&quarters, since, now, account.terms().zone);
    let far = now.plus_millis(FAR_MS);
    let until = account.access(now).period().map_or(far, |period| period.end.min(far));
    Ok(Outlook { idle: pace.as_ref().is_some_and(Pace::is_idle), steps: pace.map(|pace| pace.ahead(now, until)) })
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
    let quarters = read(ledger, begun, now)?;
    let began = ledger.first_entry_at().map_err(storage)?;
    let before = periods
        .last
        .map(|last| same_part(last, current, now))
        .filter(|last| began.is_some_and(|began| began <= last.start));
    let before = match before {
        Some(range) => Some(read(ledger, range, now)?),
        None => None,
    };
    let days = buckets(begun, Step::Day, account.terms().zone);
    let all = sum(&quarters, |_| true).credits;
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
            let used = sum(&quarters, of_group);
            GroupUse {
                group: group.to_owned(),
                name: group_name(catalogue, group),
                credits: used.credits,
                actions: used.actions,
                share: part(used.credits, all),
                previous: before.as_deref().map(|quarters| sum(quarters, of_group).credits),
                daily: by_bucket(&quarters, &days, of_group),
            }
        })
        .collect();
    ranking.sort_by_key(|group| std::cmp::Reverse(group.credits));
    Ok((ranking, Some(begun)))
}

/// An entry in words. Its body says what its row does not.
fn latest_entry(ledger: &LedgerReader, catalogue: &Catalogue, row: &EntryRow) -> Result<LatestEntry, AppError> {
    let body = ledger.body(row.seq).map_err(storage)?;
    let entry = body.and_then(|body| wire::line::decode_body(&body).ok());
    let Some(entry) = entry else {
        let found = format!("entry {} is not readable", row.seq);
        return Err(AppError::new(
            "damaged",
            "The local copy of the ledger is damaged.",
            "Remove the workspace and connect it again.",
        )
        .detail(found));
    };
    let words = words::words(catalogue, &entry.kind);
    Ok(LatestEntry {
        seq: row.seq,
        kind: words.kind,
        title: words.title,
        detail: words.detail,
        group: row.feature.as_deref().and_then(|id| catalogue.feature(id)).map(|feature| feature.group.clone()),
        occurred_at: row.occurred_at.as_millis(),
        recorded_at: row.recorded_at.as_millis(),
        amount: row.credits,
        balance_after: row.balance_after,
    })
}

/// Draws what was left through the running period, and what may be left at its end. `None` without a period.
///
/// # Errors
/// A cache that cannot be read, or a theme that is not one.
pub(crate) fn burn_down(
    ledger: &LedgerReader,
    account: &Account,
    theme: &view::Theme,
    size: view::Size,
    now: Timestamp,
) -> Result<Option<view::Chart>, AppError> {
    let at_now = account.position(now);
    let Some(period) = at_now.period else { return Ok(None) };
    let zone = account.terms().zone;
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
        forecast: forecast(&outlook(ledger, account, now)?, left, zone),
        refresh,
    };
    let theme = picture::theme(theme)?;
    let chart = charts::burn_down(&input, &theme, picture::size(size)).map_err(picture::not_drawn)?;
    Ok(Some(picture::chart(chart)))
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
