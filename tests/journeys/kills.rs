//! The app is killed (SIGKILL) wherever it is: in the first sync, while entries come, while an older file is brought to the
//! current form, while it exports. What it leaves behind is whole, and the next start goes on from it.
//!
//! `CREDITDECK_KILLS=500` kills so often in each of them; a few times otherwise.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::view::{ExportFormat, ExportRequest, LedgerFilter};
use cache::{LedgerReader, LedgerWriter, NewEntry, WorkspaceKey};
use clock::Clock;
use metering::Timestamp;
use serde_json::json;

use crate::desk;
use crate::world::{WORKSPACE, World, event};

const FOLDER: &str = "CREDITDECK_TEST_FOLDER";
const NOW: &str = "CREDITDECK_TEST_NOW";
const WORK: &str = "CREDITDECK_TEST_WORK";

fn kills() -> u32 {
    std::env::var("CREDITDECK_KILLS").map_or(6, |count| count.parse().unwrap())
}

/// Not a test of its own: what the process that gets killed runs. Without its folder it does nothing.
#[tokio::test]
async fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let folder = PathBuf::from(folder);
    if std::env::var(WORK).unwrap() == "migration" {
        drop(cache::Desk::open(folder.join("desk.db")).unwrap());
        drop(cache::LedgerWriter::open(folder.join("ledger.db")).unwrap());
        std::future::pending::<()>().await;
    }
    let clock = Clock::fixed(std::env::var(NOW).unwrap().parse().unwrap());
    let app = desk::open(&folder, &clock, &Arc::default()).await;
    if std::env::var(WORK).unwrap() == "export" {
        let key = app.workspaces().unwrap().remove(0).key;
        for format in [ExportFormat::Csv, ExportFormat::Sqlite].into_iter().cycle() {
            let request = ExportRequest { format, filter: LedgerFilter::default() };
            while let Err(error) = app.export_ledger(&key, &request).await {
                assert_eq!(error.code, "not_synced", "{error}");
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    }
    std::future::pending::<()>().await;
}

/// Starts the process that gets killed.
fn start(folder: &Path, now: Timestamp, work: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kills::child"])
        .env(FOLDER, folder)
        .env(NOW, now.to_string())
        .env(WORK, work)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets it run for a while that differs from time to time, and kills it.
async fn killed(mut child: Child, round: u32, longest_ms: u64) {
    let pause = (u64::from(round).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) % longest_ms;
    tokio::time::sleep(Duration::from_millis(pause)).await;
    assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The bodies of the whole ledger, as the service stored them.
fn bodies(world: &World) -> Vec<Vec<u8>> {
    let lines = world.store().lines(WORKSPACE, 0, usize::MAX >> 1).unwrap();
    lines.into_iter().map(|line| line.body).collect()
}

/// Looks at what was left: every piece of the file, and that it holds the service's entries up to where it goes, each once.
fn whole(ledger: &Path, service: &[Vec<u8>]) -> u64 {
    // There may be no file yet, or one without tables.
    let Ok(reader) = LedgerReader::open(ledger) else { return 0 };
    reader.check(|_| true).unwrap();
    let mut seen = 0;
    reader
        .entries_after(0, u32::MAX, |stored| {
            seen += 1;
            assert_eq!((stored.seq, stored.body), (seen, service[usize::try_from(seen).unwrap() - 1].as_slice()));
            true
        })
        .unwrap();
    assert_eq!(reader.cursor().unwrap().seq, seen);
    seen
}

/// A world with so many entries, and a desk in its folder that is connected to it.
async fn world(entries: u32) -> (World, PathBuf) {
    let world = World::new("a", "UTC", "2026-06-03T09:00:00Z").await;
    let plan = json!({ "do": "subscribe", "plan": "enterprise", "allowance": 1_000_000 });
    assert_eq!(world.plan(&plan).await.0, 200);
    let fill = |from: u32, to: u32| {
        let events = (from..to).map(|number| event(&format!("job-{number}"), "ai-reply", 1)).collect::<Vec<_>>();
        serde_json::Value::Array(events)
    };
    for from in (0..entries).step_by(1_000) {
        let batch = fill(from, (from + 1_000).min(entries));
        let (status, _) = world.send(reqwest::Method::POST, "usage", wire::event::BATCH, &batch).await;
        assert_eq!(status, 200);
    }
    assert!(world.balance().await["seq"].as_u64() > Some(entries.into()), "all of them were recorded");
    let desk = cache::Desk::open(desk::places(world.folder.path()).desk()).unwrap();
    let key = desk.connect(&world.url(), WORKSPACE, Some(&world.token)).unwrap();
    let ledger = desk::places(world.folder.path()).ledger(key);
    (world, ledger)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_first_sync() {
    // More than are stored together, several times over.
    let (world, ledger) = world(if kills() > 100 { 200_000 } else { 90_000 }).await;
    let service = bodies(&world);
    let (folder, now) = (world.folder.path().to_owned(), world.clock.now());
    let (mut before, mut finished, mut cut) = (0, 0, 0);
    for round in 0..kills() {
        let child = start(&folder, now, "sync");
        if round % 3 > 0 {
            // It takes a while to start, and then is quick.
            let begun =
                || LedgerReader::open(&ledger).is_ok_and(|reader| reader.cursor().is_ok_and(|at| at.seq > before));
            for _ in 0..500 {
                if begun() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        killed(child, round, if round % 3 > 0 { 60 } else { 400 }).await;
        let seen = whole(&ledger, &service);
        assert!(seen >= before, "{seen} entries are left of {before}");
        cut += u32::from(seen > 0 && seen < service.len() as u64);
        before = seen;
        if seen == service.len() as u64 {
            finished += 1;
            before = 0;
            cache::remove_ledger(&ledger).unwrap();
        }
    }
    eprintln!("{} kills in the first sync: {cut} in the middle of it, {finished} after its end", kills());
    ends_at_the_services_position(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_entries_come() {
    let (world, ledger) = world(1_500).await;
    let world = Arc::new(world);
    let (folder, now) = (world.folder.path().to_owned(), world.clock.now());
    let over = Arc::new(AtomicBool::new(false));
    let reporting = tokio::spawn({
        let (world, over) = (Arc::clone(&world), Arc::clone(&over));
        async move {
            let mut number = 0_u32;
            while !over.load(Ordering::Relaxed) {
                number += 1;
                world.used(&format!("live-{number}"), "ai-reply", 1).await;
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
        }
    });
    let mut before = 0;
    for round in 0..kills() {
        killed(start(&folder, now, "tail"), round, 400).await;
        let seen = whole(&ledger, &bodies(&world));
        assert!(seen >= before, "{seen} entries are left of {before}");
        before = seen;
    }
    over.store(true, Ordering::Relaxed);
    reporting.await.unwrap();
    eprintln!("{} kills while entries came, up to entry {before}", kills());
    ends_at_the_services_position(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_it_exports() {
    let (world, ledger) = world(6_000).await;
    let (folder, now) = (world.folder.path().to_owned(), world.clock.now());
    ends_at_the_services_position(&world).await;
    let service = bodies(&world);
    let downloads = desk::places(&folder).downloads;
    let mut written = 0;
    for round in 0..kills() {
        killed(start(&folder, now, "export"), round, 600).await;
        assert_eq!(whole(&ledger, &service), service.len() as u64);
        let Ok(files) = std::fs::read_dir(&downloads) else { continue };
        for file in files.map(|file| file.unwrap().path()) {
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            if name.starts_with('.') {
                continue;
            }
            written += 1;
            let entries = if name.ends_with(".csv") {
                std::fs::read_to_string(&file).unwrap().lines().count() - 1
            } else {
                let db = rusqlite::Connection::open(&file).unwrap();
                let said: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
                assert_eq!(said, "ok");
                db.query_row("SELECT count(*) FROM entries", [], |row| row.get(0)).unwrap()
            };
            assert_eq!(entries, service.len(), "{name}");
            std::fs::remove_file(&file).unwrap();
        }
        let left = std::fs::read_dir(&downloads).unwrap().count();
        assert!(left <= 4, "{left} unfinished files: the next export writes over them");
    }
    eprintln!("{} kills while it exported: {written} files, each whole", kills());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_an_older_file_becomes_a_current_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.db");
    let key = cache::Desk::open(&path).unwrap().connect("http://x", "acme", Some("token")).unwrap();
    let older = "PRAGMA user_version = 1; DROP TABLE IF EXISTS entries; DROP TABLE IF EXISTS bodies;
        CREATE TABLE entries (seq INTEGER PRIMARY KEY, text TEXT);
        CREATE TABLE bodies (id INTEGER PRIMARY KEY, body BLOB);
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO bodies SELECT i, zeroblob(400) FROM n;";
    let ledger = folder.path().join("ledger.db");
    let (mut current, mut begun) = (0, 0);
    for round in 0..kills() {
        if round % 3 == 0 {
            rusqlite::Connection::open(&path).unwrap().execute_batch(older).unwrap();
        }
        if round % 3 == 0 {
            fill(&ledger);
            let older = "DROP TABLE IF EXISTS milestones; PRAGMA user_version = 1; UPDATE compatible SET oldest = 1;";
            rusqlite::Connection::open(&ledger).unwrap().execute_batch(older).unwrap();
        }
        killed(start(folder.path(), Timestamp::from_millis(0), "migration"), round, 60).await;
        let db = rusqlite::Connection::open(&ledger).unwrap();
        let number = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        let found =
            (number("PRAGMA user_version"), number("SELECT count(*) FROM blocks"), number("SELECT count(*) FROM head"));
        assert!([(1, 3, 1), (3, 0, 0)].contains(&found), "version, blocks, heads: {found:?}");
        begun += u32::from(found.0 == 3);
        drop(db);
        let writer = LedgerWriter::open(&ledger).unwrap();
        assert_eq!((writer.cursor().seq, writer.lost()), (0, None), "it begins anew, and misses nothing");
        drop(writer);
        let db = rusqlite::Connection::open(&path).unwrap();
        let number = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        let tables = number("SELECT count(*) FROM sqlite_schema WHERE name IN ('entries', 'bodies')");
        let version = number("PRAGMA user_version");
        assert!((version, tables) == (1, 2) || (version, tables) == (2, 0), "version {version} with {tables} tables");
        current += u32::from(version == 2);
        drop(db);
        let desk = cache::Desk::open(&path).unwrap();
        let connection = desk.connection(key).unwrap().expect("the connection stays");
        assert_eq!(connection.token.as_deref(), Some("token"));
    }
    eprintln!(
        "{} kills while older files became current ones: {current} after that of the desk, {begun} after that of the ledger",
        kills()
    );
}

/// Fills a ledger's file with some blocks of entries.
fn fill(ledger: &Path) {
    cache::remove_ledger(ledger).unwrap();
    let entry = |seq| NewEntry {
        seq,
        recorded_at: Timestamp::from_millis(0),
        occurred_at: Timestamp::from_millis(0),
        kind: "grant",
        feature: None,
        detail: None,
        units: 0,
        credits: 1,
        balance_after: seq,
        member: None,
        channel: None,
        source: None,
        reference: None,
        revision: 0,
        amends: None,
        hash: [7; 32],
        body: &[b'x'; 300],
    };
    let cursor = cache::Cursor { seq: 4_000, hash: [7; 32], as_of: Timestamp::from_millis(0) };
    LedgerWriter::open(ledger).unwrap().apply(&(1..=4_000).map(entry).collect(), &cursor, None).unwrap();
}

/// An app that is not killed comes to where the service is.
async fn ends_at_the_services_position(world: &World) {
    let opened = Arc::new(Mutex::new(Vec::new()));
    let app = desk::open(world.folder.path(), &world.clock, &opened).await;
    let theirs = world.balance().await;
    let key = app.workspaces().unwrap().remove(0).key;
    desk::until(&app, "verified at the service's entry", || {
        let status = app.sync_status(&key).unwrap();
        status.verified.filter(|verified| Some(verified.entries) == theirs["seq"].as_u64())
    })
    .await;
    assert_eq!(app.overview(&key).unwrap().position.available, theirs["available"].as_u64().unwrap());
    let ledger = desk::places(world.folder.path()).ledger(WorkspaceKey::from_number(key.parse().unwrap()));
    assert_eq!(whole(&ledger, &bodies(world)), theirs["seq"].as_u64().unwrap());
}
