//! Those who ask too fast, or for what is not theirs.

use std::time::{Duration, Instant};

use serde_json::json;
use service::{Bounds, Rate};
use wire::api::Role;

use crate::support::{World, answer};
use crate::{Wire, bounded};

/// How many of the answers have each status.
fn counted(statuses: &[u16], status: u16) -> usize {
    statuses.iter().filter(|one| **one == status).count()
}

async fn guess(world: &World, number: usize) -> reqwest::Response {
    let request = world.http.get(world.url("/balance")).bearer_auth(format!("cdk_{number:064x}"));
    // Nobody believes whom this peer says that it asks for.
    request.header("x-forwarded-for", format!("192.0.2.{}", number % 250)).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_wrong_tokens_is_not_looked_at_and_a_good_one_is_answered() {
    let world = bounded(Bounds { failure_rate: Rate { per_second: 5, burst: 50 }, ..Bounds::default() }).await;
    assert_eq!(world.get(Role::Owner, "/balance").await.status, 200);
    let begun = Instant::now();
    let mut statuses = Vec::new();
    for number in 0..300 {
        let response = guess(&world, number).await;
        statuses.push(response.status().as_u16());
        if response.status() == 429 {
            assert_eq!(response.headers()["retry-after"], "1");
            let text = response.text().await.unwrap();
            assert!(text.contains("\"code\":\"rate_limited\"") && text.contains("\"status\":429"), "{text}");
        }
        if number % 50 == 0 {
            assert_eq!(world.get(Role::Owner, "/balance").await.status, 200, "after {number}");
        }
    }
    let most = 50 + usize::try_from(begun.elapsed().as_secs()).unwrap() * 5 + 5;
    let unknown = counted(&statuses, 401);
    assert!(unknown >= 50 && unknown <= most, "{unknown} of at most {most}");
    assert_eq!(unknown + counted(&statuses, 429), 300);
    assert_eq!(statuses[..50], [401; 50]);

    // Beyond what is believed for a while a good token is looked up all the same, but not one that is new here.
    tokio::time::sleep(Duration::from_millis(5_500)).await;
    for number in 300..400 {
        guess(&world, number).await;
    }
    assert_eq!(world.get(Role::Owner, "/balance").await.status, 200);
    let new = world.get(Role::Admin, "/v1/workspaces").await;
    assert_eq!(new.problem(), (429, "rate_limited"));
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(world.get(Role::Admin, "/v1/workspaces").await.status, 200, "it is let in a little later");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lists_workspaces_with_wrong_tokens_is_held_to_the_same() {
    let world = bounded(Bounds { failure_rate: Rate { per_second: 1, burst: 3 }, ..Bounds::default() }).await;
    let mut statuses = Vec::new();
    for number in 0..10 {
        let request = world.http.get(world.url("/v1/workspaces")).bearer_auth(format!("cdk_{number}"));
        statuses.push(answer(request).await.status);
    }
    assert_eq!(statuses[..3], [401; 3]);
    assert!(counted(&statuses, 429) >= 5, "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_tries_codes_is_held_to_the_same() {
    let world = bounded(Bounds { failure_rate: Rate { per_second: 1, burst: 5 }, ..Bounds::default() }).await;
    let mut statuses = Vec::new();
    for number in 0..15 {
        let wish = json!({"code": format!("{number:05}-AAAAA"), "device": "laptop"});
        let asked = answer(world.http.post(world.url("/v1/pair")).json(&wish)).await;
        statuses.push(asked.status);
    }
    assert_eq!(statuses[..5], [401; 5]);
    assert!(counted(&statuses, 429) >= 8, "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_held_to_its_rate_and_no_other_is() {
    let world = bounded(Bounds { token_rate: Rate { per_second: 2, burst: 10 }, ..Bounds::default() }).await;
    let mut statuses = Vec::new();
    for _ in 0..30 {
        let asked = world.get(Role::Owner, "/balance").await;
        if asked.status == 429 {
            assert_eq!(asked.problem(), (429, "rate_limited"));
        }
        statuses.push(asked.status);
    }
    assert_eq!(statuses[..10], [200; 10]);
    assert!(counted(&statuses, 429) >= 10, "{statuses:?}");
    assert_eq!(world.get(Role::Admin, "/balance").await.status, 200);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(world.get(Role::Owner, "/balance").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_of_ours_is_believed() {
    let proxies = vec!["127.0.0.1".parse().unwrap()];
    let world = bounded(Bounds { failure_rate: Rate { per_second: 1, burst: 1 }, proxies, ..Bounds::default() }).await;
    for number in 0..20 {
        assert_eq!(guess(&world, number).await.status(), 401, "each is another address");
    }
    assert_eq!(guess(&world, 250).await.status(), 429, "the same as the first");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_limit_is_a_limit_of_0() {
    let none = Rate { per_second: 0, burst: 0 };
    let world = bounded(Bounds { failure_rate: none, token_rate: none, ..Bounds::default() }).await;
    for number in 0..150 {
        assert_eq!(guess(&world, number).await.status(), 401);
    }
    let mut wire = Wire::new(&world).await;
    wire.send("GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
    assert!(wire.rest().await.starts_with("HTTP/1.1 200"));
}
