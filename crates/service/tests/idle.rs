//! What a service does while nobody asks for anything: nothing.
//!
//! Alone in its program: it counts how often any thread of the process was woken.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use std::time::Duration;

use futures_util::StreamExt;
use service::{Config, Service};
use support::World;
use support::vendor::Vendor;
use tokio::net::TcpListener;
use wire::api::Role;

/// What these tests keep records in.
const STORE: support::Kind = support::Kind::Sqlite;

/// How often the threads of this process have gone to sleep: each time, something had woken them.
fn wakes() -> u64 {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    let of = |thread: std::fs::DirEntry| {
        // One that has just ended has nothing more to say.
        let status = std::fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("voluntary_ctxt_switches")).unwrap_or_default();
        line.rsplit('\t').next().and_then(|number| number.parse::<u64>().ok()).unwrap_or_default()
    };
    threads.map(|thread| of(thread.unwrap())).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_with_nothing_to_do_does_nothing_and_hears_at_once_of_something() {
    let mut world = World::new().await;
    world.stop().await;
    let vendor = Vendor::new().await;
    let config = Config {
        database: world.database.clone(),
        clock: clock::Clock::system(),
        public_url: None,
        webhooks: Some(vendor.webhooks()),
    };
    let service = Service::open(config).await.unwrap().alone();
    world.running = Some(service.serve(TcpListener::bind("127.0.0.1:0").await.unwrap()).await.unwrap());

    let follow = async |world: &World| {
        let url = world.url("/ledger/stream?after=2");
        let request = world.http.get(url).bearer_auth(world.token(Role::Member));
        request.send().await.unwrap().bytes_stream()
    };
    let mut tails = [follow(&world).await, follow(&world).await];
    assert_eq!(world.get(Role::Owner, "/balance").await.status, 200);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = wakes();
    tokio::time::sleep(Duration::from_secs(5)).await;
    let often = wakes() - before;
    // A look for what others have left costs some; something that looks a few times a second, more.
    assert!(often < 25, "{often} wakes in 5 s");

    let mut event = support::event("now", "draft");
    event["data"]["units"] = serde_json::json!(2_000);
    let begun = clock::Stopwatch::start();
    assert_eq!(world.report(&event).await.status, 201);
    for tail in &mut tails {
        let heard =
            async { while !String::from_utf8_lossy(&tail.next().await.unwrap().unwrap()).contains("\"now\"") {} };
        tokio::time::timeout(Duration::from_secs(5), heard).await.expect("the tail says nothing");
    }
    while vendor.all().is_empty() && begun.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Sooner than it is looked for what others have left.
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}
