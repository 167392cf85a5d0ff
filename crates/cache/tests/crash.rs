//! A process that is killed while it stores pages leaves whole pages behind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod sample;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use cache::Cache;
use metering::Timestamp;
use sample::{cursor, ledger};

const PAGE: usize = 500;
const FOLDER: &str = "CREDITDECK_TEST_CRASH_FOLDER";

/// Not a test of its own: what the process that gets killed runs. Without its folder it does nothing.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let cache = Cache::open(PathBuf::from(folder).join("cache.db")).unwrap();
    let workspace = cache.connections().unwrap()[0].workspace;
    let done = cache.cursor(workspace).unwrap().map_or(0, |cursor| cursor.seq);
    let entries = ledger(300_000);
    for page in entries[usize::try_from(done).unwrap()..].chunks(PAGE) {
        cache.apply_page(workspace, page, &cursor(page.last().unwrap().seq)).unwrap();
    }
}

#[test]
fn killed_at_any_instant_it_carries_on_from_a_whole_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.db");
    let workspace = Cache::open(&path).unwrap().connect("http://x", "acme", None).unwrap();
    let mut last = 0;
    for round in 0..4_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Waits until the child stores pages, then a different moment each round.
        let watching = Cache::open(&path).unwrap();
        let stored = |cache: &Cache| cache.cursor(workspace).unwrap().map_or(0, |cursor| cursor.seq);
        while stored(&watching) <= last {
            assert!(child.try_wait().unwrap().is_none(), "the child ended before it was killed");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(3 + round * 7));
        child.kill().unwrap();
        child.wait().unwrap();
        drop(watching);

        let cache = Cache::open(&path).unwrap();
        cache.check().unwrap();
        let seq = stored(&cache);
        assert!(seq > last && seq % PAGE as u64 == 0, "stopped at entry {seq}");
        assert_eq!(cache.cursor(workspace).unwrap(), Some(cursor(seq)));
        assert_eq!(cache.latest(workspace, 1).unwrap()[0].seq, seq);
        let used: i64 =
            cache.usage(workspace, Timestamp::MIN, Timestamp::MAX).unwrap().iter().map(|one| one.tally.actions).sum();
        assert_eq!(used, i64::try_from(seq).unwrap() - 1, "rollups count every reply once");
        last = seq;
    }
}
