//! Connections that report work as fast as they are answered, one request at a time each: for a while, or so many.
//!
//! They run on one thread, for the machine is shared with what is measured.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clock::Stopwatch;
use serde_json::{Value, json};

use crate::Failure;
use crate::connection::Connection;
use crate::ids::{Ids, Order};
use crate::random::Random;
use crate::report::Report;
use crate::vendor::Workspace;

/// Most connections, most requests and longest time of a load: it is for this machine, and ends.
const MOST_CONNECTIONS: usize = 1_024;
const MOST: u64 = 20_000_000;
const LONGEST: Duration = Duration::from_secs(3_600);
/// How much longer than it should a load may take before it is given up.
const GRACE: Duration = Duration::from_secs(120);

/// When a load ends.
#[derive(Clone, Copy)]
pub(crate) enum Until {
    Passed(Duration),
    Asked(u64),
}

/// To which workspace the next request goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spread {
    /// To each in turn.
    Turn,
    /// To any.
    Random,
}

#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) workspaces: Arc<[Workspace]>,
    pub(crate) connections: usize,
    pub(crate) until: Until,
    pub(crate) spread: Spread,
    pub(crate) ids: Order,
}

/// What came of a load.
#[derive(Debug)]
pub(crate) struct Found {
    /// How many answers there were of each status.
    pub(crate) answers: BTreeMap<u16, u64>,
    pub(crate) seconds: f64,
    /// Microseconds that each answer took, in their order.
    took: Vec<u32>,
}

impl Load {
    /// 32 connections, for a while.
    pub(crate) fn of(address: SocketAddr, workspaces: &Arc<[Workspace]>, duration: Duration) -> Self {
        Self {
            address,
            workspaces: Arc::clone(workspaces),
            connections: 32,
            until: Until::Passed(duration),
            spread: Spread::Random,
            ids: Order::Time,
        }
    }

    pub(crate) fn run(self) -> Result<Found, Failure> {
        let within = match self.until {
            Until::Passed(duration) if duration <= LONGEST => duration + GRACE,
            Until::Asked(count) if count <= MOST => LONGEST,
            _ => return Err("that is more than a load may be".into()),
        };
        if !self.address.ip().is_loopback() || self.connections > MOST_CONNECTIONS || self.workspaces.is_empty() {
            return Err("a load goes to this machine, over 1,024 connections at most, to some workspace".into());
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async { tokio::time::timeout(within, self.all()).await? })
    }

    async fn all(self) -> Result<Found, Failure> {
        let (asked, watch) = (Arc::new(AtomicU64::new(0)), Stopwatch::start());
        let each = |seed: usize| tokio::spawn(self.clone().one(seed as u64, Arc::clone(&asked), watch));
        let all: Vec<_> = (0..self.connections).map(each).collect();
        let (mut answers, mut took) = (BTreeMap::new(), Vec::new());
        for one in all {
            for (status, micros) in one.await?.map_err(|error| format!("a request was not answered: {error}"))? {
                *answers.entry(status).or_default() += 1;
                took.push(micros);
            }
        }
        let seconds = watch.elapsed().as_secs_f64();
        took.sort_unstable();
        Ok(Found { answers, seconds, took })
    }

    /// One connection: the status of each answer, and how long it took.
    async fn one(self, seed: u64, asked: Arc<AtomicU64>, watch: Stopwatch) -> std::io::Result<Vec<(u16, u32)>> {
        let mut connection = Connection::open(self.address).await?;
        let (mut ids, mut random) = (Ids::new(self.ids, seed), Random::new(seed));
        let (mut report, mut found) = (Report::new(), Vec::new());
        let workspaces = self.workspaces.len() as u64;
        let mut began = watch.elapsed();
        loop {
            let number = asked.fetch_add(1, Ordering::Relaxed);
            let is_over = match self.until {
                Until::Passed(duration) => began >= duration,
                Until::Asked(count) => number >= count,
            };
            if is_over {
                return Ok(found);
            }
            let place = if self.spread == Spread::Turn { number % workspaces } else { random.below(workspaces) };
            let workspace = &self.workspaces[place as usize];
            let request = report.one(workspace, |text| ids.write(number, text));
            let status = connection.ask(request).await?.status;
            let ended = watch.elapsed();
            found.push((status, u32::try_from((ended - began).as_micros()).unwrap_or(u32::MAX)));
            began = ended;
        }
    }
}

impl Found {
    /// How many were recorded.
    pub(crate) fn recorded(&self) -> u64 {
        self.answers.get(&201).copied().unwrap_or(0)
    }

    /// Recorded a second; an error if anything else was answered.
    pub(crate) fn rate(&self) -> Result<f64, Failure> {
        if self.answers.keys().eq([&201]) {
            return Ok(self.recorded() as f64 / self.seconds);
        }
        Err(format!("not all were recorded, answers by status: {:?}", self.answers).into())
    }

    /// Microseconds that such a share of the answers took at most.
    pub(crate) fn within(&self, share: f64) -> f64 {
        let place = (self.took.len() as f64 * share) as usize;
        self.took.get(place).or(self.took.last()).map_or(f64::NAN, |micros| f64::from(*micros))
    }

    pub(crate) fn told(&self) -> Value {
        let total: u64 = self.answers.values().sum();
        json!({
            "answers": self.answers, "seconds": self.seconds, "a_second": total as f64 / self.seconds,
            "p50_us": self.within(0.5), "p99_us": self.within(0.99),
        })
    }
}
