//! Clients that are slow, long-winded or idle.

use std::time::{Duration, Instant};

use serde_json::json;
use service::Bounds;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wire::api::Role;

use crate::support::{World, answer, event};
use crate::{Wire, bounded};

const SHORT: Duration = Duration::from_millis(300);

fn usage_head(world: &World, more: &str) -> String {
    format!(
        "POST /v1/workspaces/acme/usage HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
         content-type: application/cloudevents+json\r\n{more}\r\n\r\n",
        world.token(Role::Meter)
    )
}

/// Sends a byte every now and then until the other side has had enough, and gives what it said.
async fn drip(mut wire: Wire, text: &str) -> String {
    let (mut reading, mut writing) = wire.0.split();
    let drops = async {
        for byte in text.bytes().chain(std::iter::repeat(b' ')) {
            if writing.write_all(&[byte]).await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let mut said = Vec::new();
    tokio::select! {
        // What is sent after the end is answered with a reset.
        _ = reading.read_to_end(&mut said) => {}
        () = drops => {}
        () = tokio::time::sleep(Duration::from_secs(10)) => panic!("it listens for ever"),
    }
    String::from_utf8(said).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_comes_too_slowly_is_cut_while_others_are_answered() {
    let world = bounded(Bounds { head: SHORT, ..Bounds::default() }).await;
    // Its time runs from when it is let in, which may be before the connection is known here.
    let begun = Instant::now();
    let wires = [Wire::new(&world).await, Wire::new(&world).await];
    let dripping = wires.map(|wire| tokio::spawn(drip(wire, "GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ")));
    for _ in 0..10 {
        assert_eq!(world.get(Role::Owner, "/balance").await.status, 200);
    }
    for one in dripping {
        assert_eq!(one.await.unwrap(), "");
        let took = begun.elapsed();
        assert!(took >= SHORT && took < Bounds::default().head, "{took:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_comes_too_slowly_is_not_waited_for() {
    let world = bounded(Bounds { body: SHORT, ..Bounds::default() }).await;
    let before = world.ledger().await.len();
    let mut wire = Wire::new(&world).await;
    let body = event("slow", "draft").to_string();
    let begun = Instant::now();
    wire.send(&usage_head(&world, &format!("content-length: {}", body.len() + 1_000))).await;
    let said = drip(wire, &body).await;
    let took = begun.elapsed();
    assert!(said.starts_with("HTTP/1.1 408 ") && said.contains("\"code\":\"too_slow\""), "{said}");
    assert!(said.to_lowercase().contains("connection: close") && took < Bounds::default().body, "{took:?} {said}");
    assert_eq!(world.ledger().await.len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_takes_too_long_is_said_to_and_sending_it_again_is_safe() {
    let world = bounded(Bounds { request: SHORT, ..Bounds::default() }).await;
    assert_eq!(world.report(&event("first", "draft")).await.status, 201);
    let service::store::Location::Sqlite(path) = &world.database else { panic!("another store") };
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begun = Instant::now();
    let asked = world.report(&event("late", "draft")).await;
    assert_eq!(asked.problem(), (503, "unavailable"));
    assert!(begun.elapsed() >= SHORT && begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    let again = world.report(&event("late", "draft")).await;
    assert!([200, 201].contains(&again.status), "{}", again.body);
    let ledger = world.ledger().await;
    assert_eq!(ledger.iter().filter(|entry| entry.to_string().contains("\"late\"")).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tail_of_a_ledger_may_take_for_ever() {
    let world = bounded(Bounds { request: SHORT, idle: SHORT, body: SHORT, head: SHORT, ..Bounds::default() }).await;
    let mut wire = Wire::new(&world).await;
    let token = world.token(Role::Member);
    wire.send(&format!(
        "GET /v1/workspaces/acme/ledger/stream?after=2 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n"
    ))
    .await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(world.report(&event("now", "draft")).await.status, 201);
    let mut said = String::new();
    while !said.contains("\"now\"") {
        let mut bytes = [0; 4_096];
        let read = tokio::time::timeout(Duration::from_secs(5), wire.0.read(&mut bytes)).await;
        let length = read.expect("the tail says nothing").unwrap();
        assert_ne!(length, 0, "the tail has ended");
        said.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_100_megabytes_is_refused_without_being_read() {
    const LONG: usize = 100 * 1024 * 1024;
    let world = World::new().await;
    let asked = world.report_as("application/cloudevents+json", vec![b' '; LONG]).await;
    assert_eq!(asked.problem(), (413, "too_large"));

    // Whether it says how long it is or not.
    for more in [format!("content-length: {LONG}"), "transfer-encoding: chunked".to_owned()] {
        let mut wire = Wire::new(&world).await;
        wire.send(&usage_head(&world, &more)).await;
        if more.starts_with("content-length") {
            let mut said = [0; 12];
            let read = tokio::time::timeout(Duration::from_secs(5), wire.0.peek(&mut said)).await;
            assert!(read.is_ok() && &said == b"HTTP/1.1 413", "it waits for what it will not take");
        }
        let (mut reading, mut writing) = wire.0.split();
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        let sending = async {
            let mut sent = 0;
            while sent < LONG && writing.write_all(chunk.as_bytes()).await.is_ok() {
                sent += chunk.len();
            }
            sent
        };
        let mut said = vec![0; 512];
        let (sent, length) = tokio::join!(sending, reading.read(&mut said));
        let said = String::from_utf8_lossy(&said[..length.unwrap()]).into_owned();
        assert!(said.starts_with("HTTP/1.1 413 "), "{more}: {said}");
        assert!(sent < LONG / 4, "{more}: {sent} bytes were taken");
    }
    assert_eq!(world.report(&event("short", "draft")).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_still_sends_can_hear_why_it_is_refused() {
    let world = World::new().await;
    let mut wire = Wire::new(&world).await;
    wire.send(&usage_head(&world, "content-length: 104857600")).await;
    let mut said = [0; 12];
    wire.0.peek(&mut said).await.unwrap();
    assert_eq!(&said, b"HTTP/1.1 413");
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        // A connection that was reset would take nothing any more.
        wire.send(&" ".repeat(1_024)).await;
    }
    let mut said = Vec::new();
    wire.0.read_to_end(&mut said).await.unwrap();
    assert!(String::from_utf8(said).unwrap().contains("\"code\":\"too_large\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_do_not_keep_others_out() {
    let world = bounded(Bounds { connections: 1_000, ..Bounds::default() }).await;
    let mut idle = Vec::new();
    for _ in 0..2_000 {
        idle.push(tokio::time::timeout(Duration::from_secs(10), Wire::new(&world)).await.expect("nobody accepts"));
    }
    let begun = Instant::now();
    for _ in 0..20 {
        // A connection of its own each time.
        let other = crate::support::client();
        let url = world.url("/balance");
        assert_eq!(answer(other.get(url).bearer_auth(world.token(Role::Owner))).await.status, 200);
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(idle.len(), 2_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_requests_do_not_keep_others_out_either() {
    let world = bounded(Bounds { connections: 100, ..Bounds::default() }).await;
    let mut half = Vec::new();
    for _ in 0..200 {
        let mut wire = Wire::new(&world).await;
        wire.send("GET /healthz HTTP/1.1\r\nhost:").await;
        half.push(wire);
    }
    let asked = tokio::time::timeout(Duration::from_secs(8), world.get(Role::Owner, "/balance")).await;
    assert_eq!(asked.expect("nobody answers").status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_rests_is_closed_cleanly() {
    let world = bounded(Bounds { idle: SHORT, ..Bounds::default() }).await;
    let mut silent = Wire::new(&world).await;
    let mut asking = Wire::new(&world).await;
    asking.send("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    let said = asking.rest().await;
    assert!(said.starts_with("HTTP/1.1 200 OK") && said.ends_with("ok\n"), "{said}");
    assert!(!said.contains("connection: close"), "it may be used again: {said}");
    assert_eq!(silent.rest().await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_used_again() {
    let world = World::new().await;
    let mut wire = Wire::new(&world).await;
    for number in 0..3 {
        let body = event(&format!("e{number}"), "draft").to_string();
        wire.send(&usage_head(&world, &format!("content-length: {}", body.len()))).await;
        wire.send(&body).await;
        let mut bytes = [0; 4_096];
        let length = wire.0.read(&mut bytes).await.unwrap();
        assert!(bytes[..length].starts_with(b"HTTP/1.1 201 "), "{number}");
    }
    // Two at once, and the last.
    wire.send("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    wire.send("GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
    assert_eq!(wire.rest().await.matches("HTTP/1.1 200 OK").count(), 2);
    assert_eq!(world.post(Role::Owner, "/plan", &json!({"do": "cancel"})).await.status, 200);
}
