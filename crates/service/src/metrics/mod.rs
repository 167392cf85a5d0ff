//! What the service counts and times, for Prometheus.
//!
//! Whatever happens for every request or decision has its counter at hand: nothing is looked up by text, and nothing is
//! allocated. What can be read off (how many wait, how many connections are open) is read when somebody asks.

mod decisions;
mod lag;
mod requests;

use std::sync::atomic::AtomicU64;

use clock::Clock;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

pub(crate) use decisions::Decisions;
pub(crate) use lag::Pulse;
pub(crate) use requests::{Asked, Requests, Template};

use crate::store::{Pool, Unsent};

/// The media type of what [`Metrics::text`] gives.
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A number that goes up and down, with a fraction.
type Seconds = Gauge<f64, AtomicU64>;

/// What the service counts and times.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) requests: Requests,
    pub(crate) decisions: Decisions,
    pub(crate) commits: Commits,
    /// Who was told to come more slowly.
    pub(crate) limited: Limited,
    /// Tails of ledgers that are open.
    pub(crate) tails: Gauge,
    levels: Levels,
}

/// What goes up and down, read off when somebody asks.
#[derive(Debug, Default)]
struct Levels {
    followed: Gauge,
    look_age: Seconds,
    waiting: Family<[(&'static str, u64); 1], Gauge>,
    oldest: Family<[(&'static str, u64); 1], Seconds>,
    connections: Gauge,
    room: Gauge,
    pool: Family<[(&'static str, &'static str); 1], Gauge>,
    pool_most: Gauge,
    pool_waiting: Gauge,
    webhooks_waiting: Gauge,
    webhooks_given_up: Gauge,
}

/// What is written to the store.
#[derive(Clone, Debug)]
pub(crate) struct Commits {
    /// How long one takes.
    pub(crate) seconds: Histogram,
    /// How many entries one appends.
    pub(crate) entries: Histogram,
    /// How many jobs are done with one.
    pub(crate) jobs: Histogram,
    /// Those that failed.
    pub(crate) failed: Counter,
}

/// Who was told to come more slowly.
#[derive(Clone, Debug)]
pub(crate) struct Limited {
    /// Tokens that are known.
    pub(crate) tokens: Counter,
    /// Addresses that were not let in too often.
    pub(crate) peers: Counter,
}

/// What is read off when somebody asks.
pub(crate) struct Readings {
    /// Of each lane: the jobs that wait, and the age in seconds of the oldest that is not answered.
    pub(crate) lanes: Vec<(usize, f64)>,
    /// The ledgers that somebody follows.
    pub(crate) followed: usize,
    /// The seconds since it was last looked what other processes have recorded in them.
    pub(crate) look_age: f64,
    /// The connections that are open, and most that can be.
    pub(crate) connections: (usize, usize),
    /// The database's connections, if it has a pool of them.
    pub(crate) pool: Option<Pool>,
    /// What the vendor was not told, if the database says so.
    pub(crate) unsent: Option<Unsent>,
}

impl Metrics {
    pub(crate) fn new(clock: &Clock) -> Self {
        let mut registry = Registry::default();
        let version = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("creditdeck_build", "What runs here", Info::new(version));
        let start = Seconds::default();
        #[allow(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit into 52 bits")]
        start.set(clock.now().as_millis() as f64 / 1e3);
        registry.register("process_start_time_seconds", "When it was started, in seconds since 1970", start);
        let ours = registry.sub_registry_with_prefix("creditdeck");
        let requests = Requests::new(ours);
        let decisions = Decisions::new(ours);
        let commits = Commits::new(ours);
        let limited = Limited::new(ours);
        let tails = Gauge::default();
        ours.register("tails", "Tails of ledgers that are open", tails.clone());
        let levels = Levels::new(ours);
        Self { registry, requests, decisions, commits, limited, tails, levels }
    }

    /// Everything, as Prometheus reads it.
    pub(crate) fn text(&self, readings: Readings) -> String {
        let Readings { lanes, followed, look_age, connections: (open, room), pool, unsent } = readings;
        for (number, (waiting, oldest)) in (0..).zip(lanes) {
            self.levels.waiting.get_or_create(&[("lane", number)]).set(whole(waiting));
            self.levels.oldest.get_or_create(&[("lane", number)]).set(oldest);
        }
        self.levels.followed.set(whole(followed));
        self.levels.look_age.set(look_age);
        self.levels.connections.set(whole(open));
        self.levels.room.set(whole(room));
        if let Some(Pool { most, idle, busy, waiting }) = pool {
            self.levels.pool.get_or_create(&[("state", "idle")]).set(whole(idle));
            self.levels.pool.get_or_create(&[("state", "busy")]).set(whole(busy));
            self.levels.pool_most.set(whole(most));
            self.levels.pool_waiting.set(whole(waiting));
        }
        // What cannot be counted stands as it was: that the database is away is told elsewhere.
        if let Some(Unsent { waiting, given_up }) = unsent {
            self.levels.webhooks_waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
            self.levels.webhooks_given_up.set(i64::try_from(given_up).unwrap_or(i64::MAX));
        }
        let mut text = String::new();
        // Writing into a text does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl Commits {
    fn new(registry: &mut Registry) -> Self {
        let many = || Histogram::new(exponential_buckets(1.0, 2.0, 11));
        let commits = Self {
            seconds: Histogram::new(exponential_buckets(0.000_25, 2.0, 15)),
            entries: many(),
            jobs: many(),
            failed: Counter::default(),
        };
        registry.register("commit_seconds", "How long a commit to the store takes", commits.seconds.clone());
        registry.register("commit_entries", "Entries that a commit appends", commits.entries.clone());
        registry.register("commit_jobs", "Jobs that are done with one commit", commits.jobs.clone());
        registry.register("commit_failures", "Commits that failed", commits.failed.clone());
        commits
    }
}

impl Limited {
    fn new(registry: &mut Registry) -> Self {
        let by = Family::<[(&str, &str); 1], Counter>::default();
        registry.register("rate_limited", "Requests that came too fast", by.clone());
        let counter = |who| by.get_or_create_owned(&[("by", who)]);
        Self { tokens: counter("token"), peers: counter("address") }
    }
}

impl Levels {
    fn new(registry: &mut Registry) -> Self {
        let levels = Self::default();
        registry.register("followed_ledgers", "Ledgers that somebody follows here", levels.followed.clone());
        registry.register(
            "follow_age_seconds",
            "How long ago it was last looked what other processes have recorded in ledgers that are followed here",
            levels.look_age.clone(),
        );
        registry.register("lane_waiting", "Jobs that wait for a lane", levels.waiting.clone());
        registry.register(
            "lane_oldest_seconds",
            "The age of a lane's oldest job that is under way",
            levels.oldest.clone(),
        );
        registry.register("connections", "Connections that are open", levels.connections.clone());
        registry.register("connections_most", "Most connections that can be open", levels.room.clone());
        registry.register("database_connections", "Connections to PostgreSQL that are open", levels.pool.clone());
        registry.register(
            "database_connections_most",
            "Most connections to PostgreSQL that can be open",
            levels.pool_most.clone(),
        );
        registry.register(
            "database_connections_waiting",
            "How many wait for a connection to PostgreSQL",
            levels.pool_waiting.clone(),
        );
        registry.register(
            "webhooks_waiting",
            "Webhooks in the database that are still to be sent",
            levels.webhooks_waiting.clone(),
        );
        registry.register(
            "webhooks_given_up",
            "Webhooks in the database that were given up",
            levels.webhooks_given_up.clone(),
        );
        levels
    }
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How many there are of something, for a histogram.
#[allow(clippy::cast_precision_loss, reason = "there are never so many")]
pub(crate) const fn count(number: usize) -> f64 {
    number as f64
}

/// Counts up while it lives.
#[derive(Debug)]
pub(crate) struct Present(Gauge);

impl Present {
    pub(crate) fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.0.dec();
    }
}
