//! Twelve months by day and group of features, in any time zone.

use std::collections::BTreeMap;
use std::path::Path;

use cache::{LedgerReader, UseOf};
use chrono_tz::Tz;
use clock::Stopwatch;
use metering::{Timestamp, first_instant_at};
use serde_json::{Value, json};

use crate::{Failure, quantile};

const ZONES: [&str; 6] =
    ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"];
const TURNS: usize = 2_000;

/// The beginnings of the last 365 days up to an instant, in a time zone, and that instant's next midnight.
pub(crate) fn days(zone: &str, until: Timestamp) -> Result<Vec<Timestamp>, Failure> {
    let zone: Tz = zone.parse().map_err(|_| "no time zone")?;
    let today = metering::local_time(zone, until).date();
    (0..=365_u64)
        .rev()
        .map(|ago| {
            let day = today.checked_sub_days(chrono::Days::new(ago)).ok_or("no day")?;
            Ok(first_instant_at(zone, day.and_time(chrono::NaiveTime::MIN)))
        })
        .collect()
}

/// Credits by day and group.
fn by_group(reader: &LedgerReader, days: &[Timestamp]) -> Result<BTreeMap<&'static str, Vec<i64>>, Failure> {
    let mut groups: BTreeMap<&'static str, Vec<i64>> = BTreeMap::new();
    for feature in reader.usage_by(UseOf::All, days)? {
        let group = match feature.feature.as_str() {
            "summary" => "summaries",
            "classification" => "classification",
            "knowledge-sync" => "syncs",
            _ => "replies",
        };
        let sums = groups.entry(group).or_insert_with(|| vec![0; feature.buckets.len()]);
        for (sum, tally) in sums.iter_mut().zip(&feature.buckets) {
            *sum += tally.credits;
        }
    }
    Ok(groups)
}

pub(crate) fn run(ledger: &Path, small: &Path) -> Result<Value, Failure> {
    let (large, small) = (LedgerReader::open(ledger)?, LedgerReader::open(small)?);
    let until = large.entry(large.cursor()?.seq)?.ok_or("an empty ledger")?.recorded_at;
    let zones: Vec<Vec<Timestamp>> = ZONES.iter().map(|zone| days(zone, until)).collect::<Result<_, _>>()?;
    let mut times = (Vec::new(), Vec::new());
    let mut groups = 0;
    let cold = Stopwatch::start();
    groups += by_group(&large, zones.first().ok_or("no zone")?)?.len();
    let cold = cold.elapsed().as_secs_f64() * 1e3;
    // One after the other, so that whatever else runs on the machine meets both.
    for turn in 0..TURNS {
        let days = zones.get(turn % zones.len()).ok_or("no zone")?;
        for (reader, times) in [(&large, &mut times.0), (&small, &mut times.1)] {
            let watch = Stopwatch::start();
            groups += by_group(reader, days)?.len();
            times.push(watch.elapsed().as_secs_f64() * 1e3);
        }
    }
    let sum: i64 = by_group(&large, zones.first().ok_or("no zone")?)?.values().flatten().sum();
    Ok(json!({
        "large_ms": quantile(&mut times.0, 0.5), "large_p99_ms": quantile(&mut times.0, 0.99),
        "small_ms": quantile(&mut times.1, 0.5), "cold_ms": cold, "sum_in_berlin": sum, "looked_at": groups,
    }))
}
