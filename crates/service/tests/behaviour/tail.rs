//! The ledger as it is read: in pages, and as a live tail without gaps.

use std::time::Duration;

use crate::support::{World, event};
use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use wire::api::Role;

/// Reads `count` events of the tail, from after `last` on.
async fn read(world: &World, last: Option<u64>, count: usize) -> Vec<(u64, String)> {
    let mut request = world.http.get(world.url("/ledger/stream")).bearer_auth(world.token(Role::Member));
    if let Some(last) = last {
        request = request.header("last-event-id", last.to_string());
    }
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["x-accel-buffering"], "no", "no proxy is to collect it");
    let events = response.bytes_stream().eventsource().take(count);
    let events = events.map(|event| event.map(|event| (event.id.parse().unwrap(), event.data)).unwrap());
    tokio::time::timeout(Duration::from_secs(20), events.collect()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tail_has_no_gap_and_no_line_twice_while_others_write() {
    let world = World::new().await;
    let writes = async {
        let one = |id: usize| {
            let world = &world;
            async move { assert_eq!(world.report(&event(&format!("u{id}"), "draft")).await.status, 201) }
        };
        futures_util::stream::iter(0..300).map(one).buffer_unordered(16).collect::<Vec<()>>().await;
    };
    // A reader that goes away after each few lines and comes back with the last id.
    let reads = async {
        let (mut seen, mut last) = (Vec::new(), None);
        while seen.len() < 302 {
            let part = read(&world, last, 43.min(302 - seen.len())).await;
            last = part.last().map(|(seq, _)| *seq);
            seen.extend(part);
        }
        seen
    };
    let (seen, from_start, ()) = tokio::join!(reads, read(&world, Some(0), 302), writes);
    assert_eq!(seen, from_start);
    assert!(seen.iter().map(|(seq, _)| *seq).eq(1..=302));
    let mut hash = wire::GENESIS;
    for (_, line) in &seen {
        let line = wire::line::parse_line(line.as_bytes()).unwrap();
        hash = wire::chain(&hash, line.body);
        assert_eq!(hash, line.hash);
    }
    let workspace = world.get(Role::Member, "").await.body;
    assert_eq!(workspace["ledger"]["last_hash"], hash.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_and_the_tail_ends_with_the_service() {
    let mut world = World::new().await;
    for id in 0..5 {
        world.report(&event(&format!("u{id}"), "draft")).await;
    }
    let page = |after: u64| {
        let url = world.url(&format!("/ledger?after={after}&limit=3"));
        let request = world.http.get(url).bearer_auth(world.token(Role::Member));
        async { request.send().await.unwrap().text().await.unwrap().lines().count() }
    };
    assert_eq!((page(0).await, page(3).await, page(6).await, page(7).await), (3, 3, 1, 0));
    let bad = world.http.get(world.url("/ledger/stream")).bearer_auth(world.token(Role::Member));
    assert_eq!(crate::support::answer(bad.header("last-event-id", "x")).await.problem(), (400, "malformed"));

    let request = world.http.get(world.url("/ledger/stream?after=7")).bearer_auth(world.token(Role::Member));
    let stream = request.send().await.unwrap().bytes_stream().eventsource();
    tokio::time::timeout(Duration::from_secs(4), world.stop()).await.expect("a tail keeps the service from stopping");
    assert_eq!(stream.filter_map(|event| async { event.ok() }).count().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_packed_for_those_who_ask() {
    let world = World::new().await;
    for id in 0..40 {
        world.report(&event(&format!("u{id}"), "draft")).await;
    }
    let ask = async |accepted: Option<&str>| {
        let request = world.http.get(world.url("/ledger")).bearer_auth(world.token(Role::Member));
        let request = accepted.map_or_else(
            || request.try_clone().unwrap(),
            |name| request.try_clone().unwrap().header("accept-encoding", name),
        );
        let response = request.send().await.unwrap();
        let packed = response.headers().get("content-encoding").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(response.headers()["content-type"], "application/x-ndjson");
        (packed, response.bytes().await.unwrap().to_vec())
    };
    let (none, plain) = ask(None).await;
    assert_eq!((none, plain.iter().filter(|byte| **byte == b'\n').count()), (None, 42));
    let (packed, bytes) = ask(Some("gzip")).await;
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut unpacked).unwrap();
    assert!(packed.as_deref() == Some("gzip") && unpacked == plain && bytes.len() < plain.len() / 3);
    let (packed, bytes) = ask(Some("gzip;q=0.5, zstd")).await;
    assert!(packed.as_deref() == Some("zstd") && zstd::decode_all(&bytes[..]).unwrap() == plain);
    let (packed, bytes) = ask(Some("br")).await;
    assert!(packed.is_none() && bytes == plain);
}
