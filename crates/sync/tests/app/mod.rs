//! The app's side: a cache in a folder of its own and engines on it.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::PathBuf;
use std::time::Duration;

use cache::{LedgerReader, UseOf};
use clock::Clock;
use metering::Timestamp;
use sync::{Client, Engine, EngineConfig, Handle, State, Status};

use crate::provider::{Provider, TOKEN};

pub(crate) struct App {
    pub(crate) clock: Clock,
    folder: tempfile::TempDir,
}

impl App {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { clock: Clock::fixed("2026-06-01T00:00:00Z".parse().unwrap()), folder }
    }

    /// Where the ledger is.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("ledger.db")
    }

    /// What is stored, for whoever wants to look.
    pub(crate) fn reader(&self) -> LedgerReader {
        LedgerReader::open(self.path()).unwrap()
    }

    pub(crate) fn engine(&self, provider: &Provider) -> Handle {
        self.engine_with(&provider.url(), TOKEN)
    }

    pub(crate) fn engine_with(&self, url: &str, token: &str) -> Handle {
        self.engine_of(Client::new(url, token).unwrap())
    }

    pub(crate) fn engine_of(&self, client: Client) -> Handle {
        Engine::start(EngineConfig {
            ledger: self.path(),
            client,
            workspace_id: "acme".into(),
            clock: self.clock.clone(),
            jitter: || 0,
        })
    }

    /// The last entry that is stored; 0 before there is a file.
    pub(crate) fn cursor(&self) -> u64 {
        LedgerReader::open(self.path()).map_or(0, |reader| reader.cursor().unwrap().seq)
    }

    /// What is stored is the service's ledger up to where it goes: each line with its hash, and nothing else.
    pub(crate) fn has_what_the_service_has(&self, provider: &Provider) {
        let (world, reader) = (provider.world(), self.reader());
        let mut seen = 0;
        reader
            .entries_after(0, u32::MAX, |stored| {
                let index = usize::try_from(stored.seq).unwrap() - 1;
                assert!(stored.hash.is_none_or(|hash| hash == world.hashes[index].0), "entry {}", stored.seq);
                assert!(world.lines[index].windows(stored.body.len()).any(|part| part == stored.body));
                seen += 1;
                true
            })
            .unwrap();
        assert_eq!(seen, reader.cursor().unwrap().seq);
        reader.check(|_| true).unwrap();
        let used = reader.usage(UseOf::All, Timestamp::MIN, Timestamp::MAX).unwrap();
        let used: i64 = used.iter().map(|one| one.tally.credits).sum();
        let spent = reader.latest(u32::MAX).unwrap();
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
