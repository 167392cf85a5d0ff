//! A stop while much is asked.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wire::api::Role;

use crate::Wire;
use crate::support::{World, event};

/// What has become of the requests of one client.
#[derive(Default)]
struct Fate {
    recorded: Vec<String>,
    /// Connections that ended without an answer, or within one.
    broken: Vec<String>,
    /// Answers after which the connection is closed.
    last: usize,
}

/// Reports usage, one after the other, until nobody accepts any more.
async fn report(address: SocketAddr, token: String, client: usize, is_stopping: Arc<AtomicBool>) -> Fate {
    let mut fate = Fate::default();
    let mut number = 0;
    'connections: loop {
        let mut stream = match TcpStream::connect(address).await {
            Ok(stream) => stream,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
                return fate;
            }
        };
        // A connection is used a few times.
        for turn in 0..50 {
            let id = format!("c{client}-{number}");
            number += 1;
            let body = event(&id, "draft").to_string();
            let request = format!(
                "POST /v1/workspaces/acme/usage HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
                 content-type: application/cloudevents+json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            let mut answer = Vec::new();
            let asked = async {
                stream.write_all(request.as_bytes()).await?;
                while !whole(&answer) {
                    if stream.read_buf(&mut answer).await? == 0 {
                        break;
                    }
                }
                Ok::<_, std::io::Error>(())
            };
            let asked = asked.await;
            let text = String::from_utf8_lossy(&answer).into_owned();
            if !whole(&answer) {
                // What nobody has read when the service stops has no answer; the end is clean if anybody had accepted it.
                let is_clean = asked.is_ok() || turn == 0;
                if !(is_stopping.load(Ordering::SeqCst) && answer.is_empty() && is_clean) {
                    fate.broken.push(format!("{turn} {asked:?} {text}"));
                }
                continue 'connections;
            }
            if text.starts_with("HTTP/1.1 201") {
                fate.recorded.push(id);
            }
            if text.contains("connection: close") {
                fate.last += 1;
                continue 'connections;
            }
        }
    }
}

fn whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    body.len() == length.parse::<usize>().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_under_load_loses_nothing_that_was_accepted() {
    // Each with credits of its own.
    for round in 0..3 {
        let mut world = World::new().await;
        let (address, token) = (world.running.as_ref().unwrap().address(), world.token(Role::Meter).to_owned());
        let is_stopping = Arc::new(AtomicBool::new(false));
        let clients = (0..16)
            .map(|client| tokio::spawn(report(address, token.clone(), round * 100 + client, Arc::clone(&is_stopping))));
        let clients: Vec<_> = clients.collect();
        tokio::time::sleep(Duration::from_millis(400)).await;
        is_stopping.store(true, Ordering::SeqCst);
        let begun = Instant::now();
        world.stop().await;
        assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
        let mut recorded = BTreeSet::new();
        for client in clients {
            let fate = client.await.unwrap();
            assert!(fate.broken.is_empty(), "{:?}", fate.broken);
            assert!(fate.last <= 2, "an answer says that it is the last");
            recorded.extend(fate.recorded);
        }
        assert!(!recorded.is_empty());
        world.start().await;
        let ledger: BTreeSet<String> =
            world.ledger().await.iter().filter_map(|entry| usage_id(entry).map(str::to_owned)).collect();
        let lost: Vec<&String> = recorded.iter().filter(|id| !ledger.contains(*id)).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }
}

fn usage_id(entry: &serde_json::Value) -> Option<&str> {
    // Wherever the kind of entry keeps it.
    entry.as_object()?.values().chain([entry]).find_map(|value| value.get("id")?.as_str())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_rests_or_follows_does_not_hold_a_stop_up() {
    let mut world = World::new().await;
    let mut silent = Wire::new(&world).await;
    let mut tail = Wire::new(&world).await;
    let token = world.token(Role::Member);
    tail.send(&format!(
        "GET /v1/workspaces/acme/ledger/stream HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n"
    ))
    .await;
    assert_eq!(world.get(Role::Owner, "/readyz").await.status, 200);
    let begun = Instant::now();
    world.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(silent.rest().await, "");
    assert!(tail.rest().await.ends_with("0\r\n\r\n"), "the tail ended as it should");
}
