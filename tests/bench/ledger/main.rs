//! Measures the local ledger: the first sync, trends, the start, what is appended, disk, and searching, each over the least
//! that the same machine needs for the like.
//!
//! `bench-ledger PART …`: each part is a process of its own, so that one part's memory is not another's.
//! `sync URL WORKSPACE TOKEN LEDGER`, `bare LEDGER DATABASE`, `blocks LEDGER DATABASE`, `first LEDGER WORKSPACE`,
//! `live URL WORKSPACE TOKEN LEDGER`, `trend LEDGER SMALL`, `pages LEDGER`, `rows LEDGER TABLE.csv`; each prints one JSON
//! object.

mod bare;
mod first;
mod live;
mod pages;
#[path = "../service/random.rs"]
mod random;
mod rows;
mod sync_all;
mod trend;

use std::error::Error;
use std::path::Path;

use serde_json::Value;

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

fn part(arguments: &[&str]) -> Result<Value, Failure> {
    match arguments {
        ["sync", url, workspace, token, ledger] => sync_all::run(url, workspace, token, Path::new(ledger)),
        ["bare", ledger, database] => bare::rows(Path::new(ledger), Path::new(database)),
        ["blocks", ledger, database] => bare::blocks(Path::new(ledger), Path::new(database)),
        ["first", ledger, workspace] => first::run(Path::new(ledger), workspace),
        ["live", url, workspace, token, ledger] => live::run(url, workspace, token, Path::new(ledger)),
        ["trend", ledger, small] => trend::run(Path::new(ledger), Path::new(small)),
        ["pages", ledger] => pages::run(Path::new(ledger)),
        ["rows", ledger, table] => rows::run(Path::new(ledger), Path::new(table)),
        _ => Err("usage: see the head of tests/bench/ledger/main.rs".into()),
    }
}

#[allow(clippy::print_stdout, reason = "its output is what it is for")]
fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let found = part(&arguments.iter().map(String::as_str).collect::<Vec<_>>())?;
    println!("{found}");
    Ok(())
}

/// The value that a part of all, in 0..=1, is not above.
pub(crate) fn quantile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place")]
    let place = (values.len() as f64 * part).ceil() as usize;
    values.get(place.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}
