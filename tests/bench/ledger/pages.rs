//! Scrolling and searching: pages of a hundred entries, anywhere, with and without a filter.

use std::path::Path;

use cache::{Dimension, EntryFilter, LedgerReader};
use clock::Stopwatch;
use metering::Timestamp;
use serde_json::{Value, json};

use crate::random::Random;
use crate::{Failure, quantile};

const TURNS: usize = 3_000;
const PAGE: u32 = 100;

fn one_of(random: &mut Random, names: &[String]) -> Option<String> {
    let count = u64::try_from(names.len()).ok().filter(|count| *count > 0)?;
    names.get(usize::try_from(random.below(count)).ok()?).cloned()
}

pub(crate) fn run(ledger: &Path) -> Result<Value, Failure> {
    let reader = LedgerReader::open(ledger)?;
    let last = reader.cursor()?.seq;
    let names = |dimension| reader.names(dimension);
    let (features, members) = (names(Dimension::Feature)?, names(Dimension::Member)?);
    let (channels, sources) = (names(Dimension::Channel)?, names(Dimension::Source)?);
    let (kinds, first) = (names(Dimension::Kind)?, reader.first_entry_at()?.ok_or("an empty ledger")?);
    let end = reader.entry(last)?.ok_or("an empty ledger")?.recorded_at;
    let span = u64::try_from(end.since(first))?;
    let mut random = Random::new(7);
    let (mut plain, mut filtered, mut slowest) = (Vec::new(), Vec::new(), (0.0, String::new()));
    for turn in 0..TURNS {
        let before = 1 + random.below(last);
        let watch = Stopwatch::start();
        let rows = reader.entries_before(before, PAGE)?.len();
        plain.push(watch.elapsed().as_secs_f64() * 1e3);
        let some = |random: &mut Random, names: &[String], of: u64| {
            if random.below(of) == 0 { one_of(random, names) } else { None }
        };
        let mut filter = EntryFilter {
            kinds: some(&mut random, &kinds, 5).into_iter().collect(),
            features: some(&mut random, &features, 3).into_iter().collect(),
            member: some(&mut random, &members, 2),
            channel: some(&mut random, &channels, 3),
            source: some(&mut random, &sources, 4),
            ..EntryFilter::default()
        };
        if random.below(3) == 0 {
            let from = i64::try_from(random.below(span))?;
            filter.occurred_from = Some(first.plus_millis(from));
            filter.occurred_to = Some(first.plus_millis(from + i64::try_from(random.below(30 * 86_400_000))?));
        }
        if random.below(3) == 0 {
            let digits = 1 + random.below(7);
            let number: String =
                (0..digits).map(|_| char::from(b'0' + u8::try_from(random.below(10)).unwrap_or(0))).collect();
            filter.reference = Some(format!("ticket-{number}"));
        }
        let before = (turn % 3 > 0).then(|| 1 + random.below(last));
        let watch = Stopwatch::start();
        let page = reader.search(&filter, before, PAGE)?;
        let took = watch.elapsed().as_secs_f64() * 1e3;
        filtered.push(took);
        if took > slowest.0 {
            slowest = (took, format!("{filter:?} before {before:?}: {} of {rows}", page.rows.len()));
        }
    }
    Ok(json!({
        "plain_p50_ms": quantile(&mut plain, 0.5), "plain_p99_ms": quantile(&mut plain, 0.99),
        "filtered_p50_ms": quantile(&mut filtered, 0.5), "filtered_p99_ms": quantile(&mut filtered, 0.99),
        "until": Timestamp::as_millis(end), "slowest": slowest.1, "slowest_ms": slowest.0,
    }))
}
