//! The Usage room: what was used, by what, and when.

mod figures;
mod split;
mod used;

use cache::{FeatureUsage, LedgerReader};
use chrono_tz::Tz;
use metering::{Account, Catalogue, Period, Timestamp};

use crate::error::AppError;
use crate::forecast::as_float;
use crate::ranges::{Resolved, buckets, resolve};
use crate::view::{self, Label, SplitBy, Step, UsageQuery, UsageRow, UsageView, WorkspaceSummary};
use crate::{picture, position, storage};

pub(crate) use split::{Part, of_names};
pub(crate) use used::{Sum, by_bucket, in_range, series, sum, use_of};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The key of several names together in a chart: no name is this one.
const OTHERS: &str = "\u{0}";

/// Everything that the Usage room's answers have in common.
pub(crate) struct Asked<'a> {
    ledger: &'a LedgerReader,
    catalogue: &'a Catalogue,
    query: &'a UsageQuery,
    /// What the range comes to.
    pub(crate) resolved: Resolved,
    /// What has begun of it.
    pub(crate) begun: Period,
    /// The range before, if the ledger reaches that far back.
    pub(crate) previous: Option<Period>,
    zone: Tz,
    now: Timestamp,
}

impl<'a> Asked<'a> {
    /// Resolves a wish against the account and what its ledger has.
    ///
    /// # Errors
    /// A range that does not exist, or a cache that cannot be read.
    pub(crate) fn new(
        ledger: &'a LedgerReader,
        account: &'a Account,
        query: &'a UsageQuery,
        zone: Tz,
        now: Timestamp,
    ) -> Result<Self, AppError> {
        let resolved = resolve(query, position::periods(&account.access(now)), zone, now)?;
        let begun = Period { start: resolved.range.start, end: resolved.range.end.min(now.plus_millis(1)) };
        let began = ledger.first_entry_at().map_err(storage)?;
        let previous = resolved.previous.filter(|previous| began.is_some_and(|began| began <= previous.start));
        Ok(Self { ledger, catalogue: account.catalogue(now), query, resolved, begun, previous, zone, now })
    }

    /// What the chart is split by. One label at a time: the ledger sums by each, and not by two of them together.
    fn by(&self) -> SplitBy {
        match self.query.by {
            SplitBy::Member | SplitBy::Channel | SplitBy::Source if self.query.of.is_some() => SplitBy::Feature,
            by => by,
        }
    }

    fn used(&self, buckets: &[Period]) -> Result<Vec<FeatureUsage>, AppError> {
        by_bucket(self.ledger, use_of(self.query.of.as_ref()), buckets, self.now)
    }

    /// The parts of what was used in consecutive buckets: those to draw from the bottom up, and those to list.
    fn parts(&self, used: &[FeatureUsage], buckets: &[Period]) -> Result<(Vec<Part>, Vec<Part>), AppError> {
        let (count, by) = (buckets.len(), self.by());
        let Some(label) = label_of(by) else {
            let mut drawn = split::by_feature(self.catalogue, used, count, by);
            drawn.reverse();
            return Ok((drawn, split::by_feature(self.catalogue, used, count, SplitBy::Feature)));
        };
        let named = of_names(self.ledger, label, buckets, self.now)?;
        let mut drawn = split::by_name(used, &named, count, split::MOST_DRAWN);
        drawn.reverse();
        Ok((drawn, split::by_name(used, &named, count, split::MOST_LISTED)))
    }
}

/// The label that a split is by.
#[must_use]
pub(crate) const fn label_of(by: SplitBy) -> Option<Label> {
    match by {
        SplitBy::Group | SplitBy::Feature => None,
        SplitBy::Member => Some(Label::Member),
        SplitBy::Channel => Some(Label::Channel),
        SplitBy::Source => Some(Label::Source),
    }
}

/// Reads and draws what the Usage room asks for: use over time at the size of the look, and the hours of the week at
/// theirs.
///
/// # Errors
/// A range that does not exist, a theme that is not one, or a cache that cannot be read.
pub(crate) fn usage(
    ledger: &LedgerReader,
    account: &Account,
    workspace: WorkspaceSummary,
    query: &UsageQuery,
    look: &view::Look,
    heat: view::Size,
    now: Timestamp,
) -> Result<UsageView, AppError> {
    let zone = picture::zone(look, account.terms().zone)?;
    let asked = Asked::new(ledger, account, query, zone, now)?;
    let columns = buckets(asked.begun, asked.resolved.step, zone);
    let used = asked.used(&columns)?;
    let (drawn, listed) = asked.parts(&used, &columns)?;
    let all = sum(&used, |_| true);
    let when = figures::when(ledger, use_of(query.of.as_ref()), asked.begun, zone, now)?;
    let mut rows = rows(&asked, listed, all)?;
    // What is not told one by one stands at the end, however much it is.
    rows.sort_by_key(|row| (row.key.is_empty(), std::cmp::Reverse(row.credits)));
    let look = picture::look(look)?;
    let chart = picture::chart(draw(&asked, &drawn, &columns, &look)?);
    let heat = charts::heat_map(&when.heat, &charts::Look { size: picture::size(heat), ..look });
    let previous_credits = match asked.previous {
        Some(range) => Some(sum(&asked.used(&[range])?, |_| true).credits),
        None => None,
    };
    Ok(UsageView {
        workspace,
        as_of: Some(ledger.cursor().map_err(storage)?.as_of.as_millis()),
        range: position::period(asked.resolved.range),
        step: asked.resolved.step,
        by: asked.by(),
        credits: all.credits,
        actions: all.actions,
        per_day: as_float(all.credits) / as_days(asked.begun),
        previous_credits,
        busiest: when.busiest,
        work_hours_share: when.at_work,
        heat: picture::chart(heat.map_err(picture::not_drawn)?),
        chart,
        rows,
        steps: asked.resolved.steps,
    })
}

/// The table's rows.
fn rows(asked: &Asked<'_>, listed: Vec<Part>, all: Sum) -> Result<Vec<UsageRow>, AppError> {
    let before = match asked.previous {
        Some(range) => Some(asked.parts(&asked.used(&[range])?, &[range])?.1),
        None => None,
    };
    let days = as_days(asked.begun);
    let row = |part: Part| {
        let feature = asked.catalogue.feature(&part.key).filter(|_| label_of(asked.by()).is_none());
        let credits_before = |parts: &[Part]| {
            let same = |one: &&Part| one.key == part.key && (one.names == 0) == (part.names == 0);
            parts.iter().find(same).map_or(0, |before| before.sum.credits)
        };
        UsageRow {
            credits: part.sum.credits,
            actions: part.sum.actions,
            per_day: as_float(part.sum.credits) / days,
            share: super::usage::part(part.sum.credits, all.credits),
            // Those beyond the listed ones were others then.
            previous: before.as_deref().filter(|_| part.names <= 1).map(credits_before),
            group: feature.map(|feature| feature.group.clone()),
            rate: feature.map(|feature| feature.rate),
            rate_assumed: feature.is_some_and(|feature| feature.assumed),
            names: part.names,
            key: part.key,
            name: part.name,
        }
    };
    Ok(listed.into_iter().map(row).collect())
}

/// Draws the parts over time.
fn draw(asked: &Asked<'_>, parts: &[Part], columns: &[Period], look: &charts::Look) -> Result<charts::Chart, AppError> {
    let series = |part: &Part| charts::Series {
        // What names none and the others stand side by side.
        key: if part.names > 1 { OTHERS.to_owned() } else { part.key.clone() },
        name: named(part),
        values: part.values.clone(),
    };
    let previous = match asked.previous.filter(|_| asked.query.compare) {
        Some(range) => {
            let before = buckets(range, asked.resolved.step, asked.zone);
            let totals = self::series(&asked.used(&before)?, before.len(), |_| true);
            Some(charts::Previous { name: "Before".to_owned(), totals })
        }
        None => None,
    };
    let bucket = |bucket: &Period| charts::Bucket { start: bucket.start.as_millis(), end: bucket.end.as_millis() };
    let input = charts::Stacked {
        series: parts.iter().map(series).collect(),
        buckets: columns.iter().map(bucket).collect(),
        domain_end: asked.resolved.range.end.as_millis(),
        previous,
        zone: asked.zone,
        step: match asked.resolved.step {
            Step::Hour => charts::Step::Hour,
            Step::Day => charts::Step::Day,
            Step::Week => charts::Step::Week,
            Step::Month => charts::Step::Month,
        },
        shape: match asked.query.shape {
            view::Shape::Area => charts::Shape::Area,
            view::Shape::Bars => charts::Shape::Bars,
        },
    };
    charts::stacked(&input, look).map_err(picture::not_drawn)
}

/// Draws what the Usage room's chart shows, without anything else of it.
///
/// # Errors
/// As [`usage`].
pub(crate) fn chart(
    ledger: &LedgerReader,
    account: &Account,
    query: &UsageQuery,
    look: &view::Look,
    now: Timestamp,
) -> Result<charts::Chart, AppError> {
    let asked = Asked::new(ledger, account, query, picture::zone(look, account.terms().zone)?, now)?;
    let columns = buckets(asked.begun, asked.resolved.step, asked.zone);
    let (drawn, _) = asked.parts(&asked.used(&columns)?, &columns)?;
    draw(&asked, &drawn, &columns, &picture::look(look)?)
}

/// Draws the hours of the week, without anything else of the Usage room.
///
/// # Errors
/// As [`usage`].
pub(crate) fn heat_map(
    ledger: &LedgerReader,
    account: &Account,
    query: &UsageQuery,
    look: &view::Look,
    now: Timestamp,
) -> Result<charts::Chart, AppError> {
    let zone = picture::zone(look, account.terms().zone)?;
    let asked = Asked::new(ledger, account, query, zone, now)?;
    let when = figures::when(ledger, use_of(query.of.as_ref()), asked.begun, zone, now)?;
    charts::heat_map(&when.heat, &picture::look(look)?).map_err(picture::not_drawn)
}

/// What a part is called in a chart.
fn named(part: &Part) -> String {
    match part.names {
        0 => "Not named".to_owned(),
        1 => part.name.clone(),
        names => format!("{names} others"),
    }
}

/// A group's name for people: what the catalogue calls it, else its id with a capital.
#[must_use]
pub(crate) fn group_name(catalogue: &Catalogue, group: &str) -> String {
    if let Some((_, name)) = catalogue.groups.iter().find(|(id, _)| id == group) {
        return name.clone();
    }
    capitalised(group)
}

/// A word as it stands at the start of a line.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A part of all, 0..=1; 0 of nothing.
#[must_use]
pub(crate) fn part(credits: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { as_float(credits) / as_float(all) }
}

/// The length of a range in days, at least one.
#[allow(clippy::cast_precision_loss, reason = "days, as a number to divide by")]
fn as_days(range: Period) -> f64 {
    (range.end.since(range.start) as f64 / DAY_MS as f64).max(1.0)
}
