//! The figures beside the chart: when most is used.

use cache::{LedgerReader, UseOf};
use chrono::Datelike;
use chrono_tz::Tz;
use metering::{Period, Timestamp, local_time};

use super::part;
use super::used::boundaries;
use crate::ranges::{buckets, hours_of_day};
use crate::view::{Busiest, Step};
use crate::{AppError, storage};

/// Working days are Monday to Friday, and these hours of them.
const AT_WORK: std::ops::Range<usize> = 9..17;
const WORKING_DAYS: usize = 5;

/// When credits were used.
#[derive(Debug, PartialEq)]
pub(crate) struct When {
    /// The day with the most credits; none without any.
    pub(crate) busiest: Option<Busiest>,
    /// The part of them used at work; none without any.
    pub(crate) at_work: Option<f64>,
    /// Credits by weekday and hour.
    pub(crate) heat: charts::HeatMap,
}

/// Looks at a range hour by hour.
///
/// # Errors
/// A cache that cannot be read.
pub(crate) fn when(
    ledger: &LedgerReader,
    of: UseOf<'_>,
    range: Period,
    zone: Tz,
    now: Timestamp,
) -> Result<When, AppError> {
    let (mut hours, mut places) = (Vec::new(), Vec::new());
    let days = buckets(range, Step::Day, zone);
    for (number, day) in days.iter().enumerate() {
        let weekday = local_time(zone, day.start).weekday().num_days_from_monday() as usize;
        for (bucket, hour) in hours_of_day(*day, zone) {
            hours.push(bucket);
            places.push((number, weekday, hour));
        }
    }
    let used = ledger.use_by(of, &boundaries(&hours, now)).map_err(storage)?;
    let mut heat = charts::HeatMap { credits: [[0; 24]; 7] };
    let (mut by_day, mut at_work, mut all) = (vec![0_u64; days.len()], 0_u64, 0_u64);
    for (tally, (day, weekday, hour)) in used.into_iter().zip(places) {
        // What was given back of earlier work never makes an hour negative.
        let credits = tally.credits.max(0).unsigned_abs();
        let cell = heat.credits.get_mut(weekday).and_then(|row| row.get_mut(hour));
        for sum in cell.into_iter().chain(by_day.get_mut(day)).chain([&mut all]) {
            *sum = sum.saturating_add(credits);
        }
        if weekday < WORKING_DAYS && AT_WORK.contains(&hour) {
            at_work = at_work.saturating_add(credits);
        }
    }
    let busiest = days.iter().zip(by_day).max_by_key(|(day, credits)| (*credits, -day.start.as_millis()));
    Ok(When {
        busiest: busiest
            .filter(|(_, credits)| *credits > 0)
            .map(|(day, credits)| Busiest { at: day.start.as_millis(), credits }),
        at_work: (all > 0).then(|| part(at_work, all)),
        heat,
    })
}
