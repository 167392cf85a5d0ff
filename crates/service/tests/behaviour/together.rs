//! Several processes on one database: exact together, and each shows what the others record.

use std::time::Duration;

use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use serde_json::{Value, json};
use service::{Config, Running, Service};
use tokio::net::TcpListener;
use wire::api::Role;

use crate::support::{Answer, World, answer, event, serve};

async fn report(world: &World, service: &Running, event: &Value) -> Answer {
    let url = format!("{}/v1/workspaces/acme/usage", service.url());
    let request = world.http.post(url).bearer_auth(world.token(Role::Meter));
    answer(request.header("content-type", "application/cloudevents+json").body(event.to_string())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_services_record_each_id_once_and_never_spend_more_than_there_is() {
    let world = World::new().await;
    let (one, other) = (serve(world.database.clone(), world.clock.clone()).await, world.running.as_ref().unwrap());
    let mut most = event("most", "draft");
    most["data"]["units"] = json!(2_900);
    assert_eq!(report(&world, &one, &most).await.status, 201);
    // 150 for 100 credits, each sent to both at the same time.
    let all = (0..150).flat_map(|id| [(id, &one), (id, other)]);
    let all = all.map(|(id, service)| {
        let world = &world;
        async move { (id, report(world, service, &event(&format!("u-{id}"), "draft")).await) }
    });
    let answers: Vec<(i32, Answer)> = futures_util::stream::iter(all).buffer_unordered(32).collect().await;
    let count = |status: u16| answers.iter().filter(|(_, one)| one.status == status).count();
    assert_eq!((count(201), count(201) + count(200) + count(402)), (100, 300));
    let ledger = world.ledger().await;
    let ids: std::collections::BTreeSet<&str> =
        ledger.iter().filter(|entry| entry["type"] == "usage").filter_map(|entry| entry["id"].as_str()).collect();
    assert_eq!(ids.len(), 101);
    let balance = world.get(Role::Member, "/balance").await.body;
    assert_eq!((&balance["available"], &balance["totals"]["spent"]), (&json!(0), &json!(3_000)));
    one.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hold_of_one_is_captured_by_the_other_and_amended_by_the_first() {
    let world = World::new().await;
    let other = serve(world.database.clone(), world.clock.clone()).await;
    let ask = async |path: &str, body: &Value| {
        let url = format!("{}/v1/workspaces/acme{path}", other.url());
        answer(world.http.post(url).bearer_auth(world.token(Role::Meter)).json(body)).await
    };
    // The other one knows the ledger from before.
    assert_eq!(ask("/usage/check", &json!({"feature": "draft"})).await.status, 200);
    let hold = json!({"source": "desk", "id": "h", "feature": "draft", "units": 9});
    assert_eq!(world.post(Role::Meter, "/holds", &hold).await.status, 201);
    let captured = ask("/holds/h/capture", &json!({"source": "desk"})).await;
    assert_eq!((captured.status, &captured.body["position"]["used"]), (201, &json!(9)), "{}", captured.body);
    let back = json!({"source": "desk", "id": "a", "usage": "hold:h"});
    assert_eq!(world.post(Role::Meter, "/amendments", &back).await.status, 201);
    assert_eq!(ask("/amendments", &back).await.body["outcome"], "duplicate");
    assert_eq!(ask("/usage/check", &json!({"feature": "draft"})).await.body["position"]["available"], 3_000);
    other.shutdown().await;
}

/// An id that says when it was made, as most are: nobody looks for those that are newer than all that one knows.
fn at(ms: i64) -> String {
    let ms = ms + 1_780_477_200_000;
    format!("{:08x}-{:04x}-7000-8000-000000000001", ms >> 16, ms & 0xffff)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_answered_from_what_the_ledger_was() {
    let world = World::new().await;
    let (one, other) = (serve(world.database.clone(), world.clock.clone()).await, world.running.as_ref().unwrap());
    let mut most = event(&at(1), "draft");
    most["data"]["units"] = json!(3_000);
    assert_eq!(report(&world, &one, &most).await.status, 201);
    assert_eq!(report(&world, &one, &event(&at(2), "draft")).await.status, 402);
    // The other one gives everything back: this one can record again.
    let source = &most["source"];
    let back = json!({"source": source, "id": "back", "usage": at(1)});
    let given = world.post(Role::Meter, "/amendments", &back).await;
    assert_eq!(given.status, 201, "{}", given.body);
    let again = report(&world, &one, &event(&at(3), "draft")).await;
    assert_eq!((again.status, &again.body["position"]["available"]), (201, &json!(2_999)), "{}", again.body);
    // What the other one has recorded is not recorded again, whether anything else is or not.
    for round in 0..3 {
        let ids: Vec<String> = (0..3).map(|number| at(10 + 10 * round + number)).collect();
        for id in &ids[..2] {
            assert_eq!(report(&world, other, &event(id, "draft")).await.status, 201, "{id}");
        }
        let outcomes = async |service: &Running, ids: &[String]| {
            let mut outcomes = Vec::new();
            for id in ids {
                outcomes.push(report(&world, service, &event(id, "draft")).await.status);
            }
            outcomes
        };
        assert_eq!(outcomes(&one, &ids).await, [200, 200, 201]);
        assert_eq!(outcomes(other, &ids).await, [200, 200, 200]);
    }
    let balance = world.get(Role::Member, "/balance").await.body;
    assert_eq!(balance["available"], json!(2_999 - 9), "{balance}");
    one.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_records_nothing_holds_nobody_up() {
    let world = World::new().await;
    let one = serve(world.database.clone(), world.clock.clone()).await;
    // Both know that they are two.
    for id in ["a", "b", "c", "d"] {
        assert_eq!(report(&world, &one, &event(id, "draft")).await.status, 201);
        assert_eq!(world.report(&event(&format!("{id}-2"), "draft")).await.status, 201);
    }
    let both = async {
        for id in ["a", "b", "c", "d"] {
            assert_eq!(report(&world, &one, &event(id, "draft")).await.status, 200);
            assert_eq!(world.report(&event(&format!("{id}-3"), "draft")).await.status, 201);
        }
    };
    tokio::time::timeout(Duration::from_secs(4), both).await.expect("what was held was let go");
    one.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_tail_of_one_shows_what_the_other_records() {
    let world = World::new().await;
    let other = serve(world.database.clone(), world.clock.clone()).await;
    let request = world.http.get(format!("{}/v1/workspaces/acme/ledger/stream", other.url()));
    let tail = request.bearer_auth(world.token(Role::Member)).send().await.unwrap().bytes_stream().eventsource();
    let reading = tail.take(52).map(|event| event.unwrap().id.parse::<u64>().unwrap()).collect::<Vec<u64>>();
    let writing = async {
        for id in 0..50 {
            assert_eq!(world.report(&event(&format!("u-{id}"), "draft")).await.status, 201);
        }
    };
    let reading = tokio::time::timeout(Duration::from_secs(20), reading);
    let (seen, ()) = tokio::join!(reading, writing);
    assert!(seen.unwrap().into_iter().eq(1..=52));
    other.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_service_that_expects_no_other_tells_what_one_recorded_with_what_is_asked_next() {
    let world = World::new().await;
    let config =
        Config { database: world.database.clone(), clock: world.clock.clone(), public_url: None, webhooks: None };
    let service = Service::open(config).await.unwrap().alone();
    let alone = service.serve(TcpListener::bind("127.0.0.1:0").await.unwrap()).await.unwrap();
    let base = format!("{}/v1/workspaces/acme", alone.url());
    let ask = |path: &str| world.http.get(format!("{base}{path}")).bearer_auth(world.token(Role::Member));
    let mut tail = ask("/ledger/stream?after=2").send().await.unwrap().bytes_stream().eventsource();
    assert_eq!(world.report(&event("by-another", "draft")).await.status, 201);
    assert_eq!(answer(ask("/balance")).await.body["used"], 1);
    let heard = tokio::time::timeout(Duration::from_secs(5), tail.next()).await.expect("the tail says nothing");
    assert_eq!(heard.unwrap().unwrap().id, "3");
    alone.shutdown().await;
}
