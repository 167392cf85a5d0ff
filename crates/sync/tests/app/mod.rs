//! The app's side: a cache in a folder of its own and engines on it.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::time::Duration;

use cache::{Cache, WorkspaceKey};
use clock::Clock;
use metering::Timestamp;
use sync::{Client, Engine, EngineConfig, Handle, State, Status};

use crate::provider::{Provider, TOKEN};

pub(crate) struct App {
    pub(crate) cache: Cache,
    pub(crate) workspace: WorkspaceKey,
    pub(crate) clock: Clock,
    folder: tempfile::TempDir,
}

impl App {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path().join("cache.db")).unwrap();
        let workspace = cache.connect("http://sample", "acme", None).unwrap();
        let clock = Clock::fixed("2026-06-01T00:00:00Z".parse().unwrap());
        Self { cache, workspace, clock, folder }
    }

    /// The app after its end and a new start.
    pub(crate) fn reopened(self) -> Self {
        let Self { cache, workspace, clock, folder } = self;
        drop(cache);
        let cache = Cache::open(folder.path().join("cache.db")).unwrap();
        Self { cache, workspace, clock, folder }
    }

    pub(crate) fn engine(&self, provider: &Provider) -> Handle {
        self.engine_with(&provider.url(), TOKEN)
    }

    pub(crate) fn engine_with(&self, url: &str, token: &str) -> Handle {
        self.engine_of(Client::new(url, token).unwrap())
    }

    pub(crate) fn engine_of(&self, client: Client) -> Handle {
        Engine::start(EngineConfig {
            cache: self.cache.clone(),
            client,
            workspace_key: self.workspace,
            workspace_id: "acme".into(),
            clock: self.clock.clone(),
            jitter: || 0,
        })
    }

    pub(crate) fn cursor(&self) -> u64 {
        self.cache.cursor(self.workspace).unwrap().map_or(0, |cursor| cursor.seq)
    }

    /// What is cached is the service's ledger up to where it goes: each line with its hash, and nothing else.
    pub(crate) fn has_what_the_service_has(&self, provider: &Provider) {
        let world = provider.world();
        let mut seen = 0;
        self.cache
            .entries_after(self.workspace, 0, u32::MAX, |stored| {
                let index = usize::try_from(stored.seq).unwrap() - 1;
                assert_eq!(stored.hash, world.hashes[index].0, "entry {}", stored.seq);
                assert!(world.lines[index].windows(stored.body.len()).any(|part| part == stored.body));
                seen += 1;
                true
            })
            .unwrap();
        assert_eq!(seen, self.cursor());
        let used: i64 = self
            .cache
            .usage(self.workspace, Timestamp::MIN, Timestamp::MAX)
            .unwrap()
            .iter()
            .map(|one| one.tally.credits)
            .sum();
        let spent = self.cache.latest(self.workspace, u32::MAX).unwrap();
        let spent: i64 =
            spent.iter().filter(|row| matches!(row.kind.as_str(), "usage" | "amendment")).map(|row| -row.credits).sum();
        assert_eq!(used, spent, "rollups are the sums of the entries");
    }
}

/// Waits until the status is as wanted, and returns it.
pub(crate) async fn until(handle: &Handle, what: &str, wanted: impl FnMut(&Status) -> bool) -> Status {
    let mut status = handle.status.clone();
    let waited = tokio::time::timeout(Duration::from_secs(20), status.wait_for(wanted)).await;
    match waited {
        Ok(Ok(status)) => status.clone(),
        Ok(Err(_)) => panic!("the engine ended before it was {what}: {:?}", handle.status.borrow()),
        Err(_) => panic!("it was not {what} in time: {:?}", handle.status.borrow()),
    }
}

pub(crate) async fn until_live_at(handle: &Handle, seq: u64) -> Status {
    until(handle, &format!("live at entry {seq}"), |status| status.state == State::Live && status.last_seq == seq).await
}
