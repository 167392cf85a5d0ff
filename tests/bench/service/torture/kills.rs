//! The service killed at random moments, under load and while it starts.

use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use clock::Stopwatch;
use tokio::sync::watch;

use super::books::Books;
use super::check;
use super::client::Clients;
use super::told::{Tally, Told};
use crate::owner::Owner;
use crate::random::Random;
use crate::vendor::{VAST, Vendor, Workspace, named};
use crate::{Failure, say};

const WORKSPACES: u64 = 3;
/// One start in so many is not waited for: the service is killed on the way.
const ON_THE_WAY: u64 = 4;
/// After one start in so many an answer is waited for first: a service may be long at its ledgers before it gives any.
const ANSWERED: u64 = 2;
/// How long it may take to record again.
const BACK_WITHIN: Duration = Duration::from_secs(60);
/// After one start in so many the ledgers are looked at before the next kill.
const LOOKED_AT: u64 = 10;
/// Most microseconds from there to the next kill, and of one in so many.
const SOON: u64 = 60_000;
const LATE: u64 = 600_000;
const LATE_ONES: u64 = 20;
/// How often it is said how far it got.
const SAID_EVERY: u64 = 100;

/// Workspaces with what their clients were told and what was read of their ledgers.
pub(super) struct Watched(pub(super) Vec<(Workspace, Arc<Told>, Books)>);

impl Watched {
    pub(super) fn make(vendor: &Vendor, count: u64, plan: &str) -> Result<Self, Failure> {
        let watched = |workspace: Workspace| {
            let books = Books::new(vendor.folder.join(format!("{}.seen.ndjson", workspace.id)))?;
            Ok((workspace, Arc::default(), books))
        };
        vendor.make_workspaces(&named(count), plan)?.into_iter().map(watched).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn clients(&self) -> Vec<(Workspace, Arc<Told>)> {
        self.0.iter().map(|(workspace, told, _)| (workspace.clone(), Arc::clone(told))).collect()
    }

    pub(super) async fn meanwhile(&mut self, owner: &Owner) -> Result<(), Failure> {
        for (workspace, told, books) in &mut self.0 {
            check::meanwhile(owner, workspace, told, books).await?;
        }
        Ok(())
    }

    pub(super) async fn at_the_end(&mut self, vendor: &Vendor, owner: &Owner) -> Result<(), Failure> {
        for (workspace, told, books) in &mut self.0 {
            check::at_the_end(vendor, owner, workspace, told, books).await?;
        }
        Ok(())
    }

    /// Waits until some client more is told that something is recorded.
    pub(super) fn recorded_more(&self, within: Duration) -> Result<Duration, Failure> {
        let (watch, before) = (Stopwatch::start(), self.tally().acknowledged());
        while self.tally().acknowledged() == before {
            if watch.elapsed() > within {
                return Err(format!("nothing was recorded for {} s", within.as_secs()).into());
            }
            sleep(Duration::from_millis(1));
        }
        Ok(watch.elapsed())
    }

    pub(super) fn tally(&self) -> Tally {
        let mut all = Tally::default();
        self.0.iter().for_each(|(_, told, _)| all += told.tally());
        all
    }
}

pub(super) fn run(vendor: &Vendor, count: u64, seed: u64) -> Result<String, Failure> {
    let mut watched = Watched::make(vendor, WORKSPACES, VAST)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let _entered = runtime.enter();
    let (at, _) = watch::channel(None);
    let clients = Clients::start(&at, &watched.clients(), seed);
    let (mut random, watch) = (Random::new(seed), Stopwatch::start());
    let (mut on_the_way, mut start) = (0_u64, 0);
    for kill in 1..=count {
        if kill.is_multiple_of(SAID_EVERY) {
            let acknowledged = watched.tally().acknowledged();
            say(format_args!("  {kill} kills, {acknowledged} usages, {:.0} s", watch.elapsed().as_secs_f64()))?;
        }
        let starting = vendor.starting()?;
        if start > 0 && random.below(ON_THE_WAY) == 0 {
            sleep(Duration::from_micros(random.below(start)));
            on_the_way += 1;
            continue;
        }
        let began = Stopwatch::start();
        let mut service = starting.listening()?;
        start = u64::try_from(began.elapsed().as_micros())?;
        at.send_replace(Some(service.address));
        if random.below(ANSWERED) == 0 {
            watched.recorded_more(BACK_WITHIN).map_err(|error| format!("{error}: see {}", vendor.log().display()))?;
        }
        if random.below(LOOKED_AT) == 0 {
            runtime.block_on(watched.meanwhile(&Owner::new(service.address)?))?;
        }
        let most = if random.below(LATE_ONES) == 0 { LATE } else { SOON };
        sleep(Duration::from_micros(random.below(most)));
        if !service.is_alive()? {
            return Err(format!("the service ended by itself: see {}", vendor.log().display()).into());
        }
        service.kill();
        at.send_replace(None);
    }
    let service = vendor.start()?;
    at.send_replace(Some(service.address));
    runtime.block_on(async {
        clients.end().await?;
        watched.at_the_end(vendor, &Owner::new(service.address)?).await
    })?;
    let Tally { recorded, duplicates, unanswered, .. } = watched.tally();
    let seconds = watch.elapsed().as_secs_f64();
    Ok(format!(
        "{count} kills in {seconds:.0} s, {on_the_way} of them while it started; {} usages acknowledged, each in the \
         ledger once: {recorded} at once and {duplicates} when asked again, of {unanswered} requests without an answer; \
         credits are conserved, and every ledger verifies",
        recorded + duplicates
    ))
}
