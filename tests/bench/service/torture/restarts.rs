//! PostgreSQL killed and started again under load, while the service runs on.

use std::thread::sleep;
use std::time::Duration;

use clock::Stopwatch;
use tokio::sync::watch;

use super::client::Clients;
use super::kills::Watched;
use super::told::Tally;
use crate::owner::Owner;
use crate::postgres::control;
use crate::random::Random;
use crate::vendor::{VAST, Vendor};
use crate::{Failure, say};

const WORKSPACES: u64 = 3;
/// Most milliseconds that the server works before it is killed, and is away after it.
const WORKS: u64 = 1_000;
const AWAY: u64 = 500;
/// How long the service may take to record again once the server is back.
const BACK_WITHIN: Duration = Duration::from_secs(30);

pub(super) fn run(vendor: &Vendor, count: u64, seed: u64) -> Result<String, Failure> {
    let mut watched = Watched::make(vendor, WORKSPACES, VAST)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let _entered = runtime.enter();
    let mut service = vendor.start()?;
    let owner = Owner::new(service.address)?;
    let (at, _) = watch::channel(Some(service.address));
    let clients = Clients::start(&at, &watched.clients(), seed);
    let (mut random, watch, mut slowest) = (Random::new(seed), Stopwatch::start(), 0.0_f64);
    for restart in 1..=count {
        sleep(Duration::from_millis(random.below(WORKS)));
        control("kill")?;
        sleep(Duration::from_millis(random.below(AWAY)));
        control("start")?;
        let back = watched.recorded_more(BACK_WITHIN);
        if !service.is_alive()? {
            return Err(format!("the service ended by itself: see {}", vendor.log().display()).into());
        }
        let back = back.map_err(|error| format!("PostgreSQL is back, restart {restart}, and {error}"))?;
        slowest = slowest.max(back.as_secs_f64());
        runtime.block_on(watched.meanwhile(&owner))?;
        if restart.is_multiple_of(10) {
            say(format_args!("  {restart} restarts, {} usages", watched.tally().acknowledged()))?;
        }
    }
    runtime.block_on(async {
        clients.end().await?;
        watched.at_the_end(vendor, &owner).await
    })?;
    let Tally { recorded, duplicates, unavailable, unanswered, .. } = watched.tally();
    let seconds = watch.elapsed().as_secs_f64();
    Ok(format!(
        "{count} restarts of PostgreSQL in {seconds:.0} s, the service back after {slowest:.1} s at most; {} usages \
         acknowledged, each in the ledger once: {recorded} at once and {duplicates} when asked again, of {unavailable} \
         requests that were put off and {unanswered} without an answer; credits are conserved, and every ledger verifies",
        recorded + duplicates
    ))
}
