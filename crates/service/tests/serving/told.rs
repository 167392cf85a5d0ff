//! What the service tells of itself: request ids, metrics, readiness.

use std::time::Duration;

use serde_json::json;
use service::Bounds;
use tokio::net::TcpListener;
use wire::api::Role;

use crate::support::{Answer, World, event};
use crate::{Wire, bounded, opened};

/// Everything that is told, as lines.
async fn metrics(world: &World, url: &str) -> String {
    let response = world.http.get(format!("{url}/metrics")).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let media = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(media.starts_with("application/openmetrics-text"), "{media}");
    let text = response.text().await.unwrap();
    assert!(text.ends_with("# EOF\n"), "{text}");
    text
}

fn url(world: &World) -> String {
    world.running.as_ref().unwrap().url()
}

/// The number behind a name with these labels.
#[track_caller]
fn number(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("there is no {name} in\n{text}")).parse().unwrap()
}

#[track_caller]
fn is(text: &str, name: &str, expected: f64) {
    assert!((number(text, name) - expected).abs() < f64::EPSILON, "{name} {} is not {expected}", number(text, name));
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_what_happened() {
    let world = bounded(Bounds::default()).await;
    let started = world.clock.now().as_millis() / 1_000;
    for id in ["a", "b", "c", "a"] {
        world.report(&event(id, "draft")).await;
    }
    let mut other = event("a", "draft");
    other["data"]["units"] = json!(2);
    assert_eq!(world.report(&other).await.status, 409);
    assert_eq!(world.report(&event("d", "magic")).await.problem(), (422, "unknown_feature"));
    let batch = json!([event("e", "draft"), event("f", "draft"), event("f", "draft")]);
    assert_eq!(world.report_as("application/cloudevents-batch+json", batch.to_string()).await.status, 200);
    assert_eq!(world.get(Role::Owner, "/balance").await.status, 200);
    assert_eq!(world.get(Role::Owner, "/v1/nowhere/secret-in-path").await.status, 404);

    let text = metrics(&world, &url(&world)).await;
    let decided = |outcome, reason| format!("creditdeck_decisions_total{{outcome=\"{outcome}\",reason=\"{reason}\"}}");
    for (outcome, reason, expected) in [
        ("recorded", "", 5.0),
        ("duplicate", "", 2.0),
        ("conflict", "", 1.0),
        ("refused", "unknown_feature", 1.0),
        ("refused", "exhausted", 0.0),
        ("invalid", "", 0.0),
        ("unchanged", "", 0.0),
    ] {
        is(&text, &decided(outcome, reason), expected);
    }
    let asked = |route, method, status| {
        format!("creditdeck_requests_total{{route=\"{route}\",method=\"{method}\",status=\"{status}\"}}")
    };
    let usage = "/v1/workspaces/{workspace}/usage";
    is(&text, &asked(usage, "POST", 201), 3.0);
    is(&text, &asked(usage, "POST", 200), 2.0);
    is(&text, &asked(usage, "POST", 409), 1.0);
    is(&text, &asked(usage, "POST", 422), 1.0);
    is(&text, &asked("/v1/workspaces/{workspace}/balance", "GET", 200), 1.0);
    is(&text, &asked("none", "GET", 404), 1.0);
    is(&text, &format!("creditdeck_request_seconds_count{{route=\"{usage}\",method=\"POST\"}}"), 7.0);
    // Three by themselves and a batch of two; nothing else appended anything.
    is(&text, "creditdeck_commit_seconds_count", 4.0);
    is(&text, "creditdeck_commit_entries_sum", 5.0);
    is(&text, "creditdeck_commit_jobs_sum", 4.0);
    is(&text, "creditdeck_commit_failures_total", 0.0);
    is(&text, "creditdeck_lane_waiting{lane=\"0\"}", 0.0);
    is(&text, "creditdeck_lane_oldest_seconds{lane=\"0\"}", 0.0);
    is(&text, "creditdeck_tails", 0.0);
    is(&text, "creditdeck_connections_most", number(&text, "creditdeck_connections_most"));
    assert!(number(&text, "creditdeck_connections") >= 1.0);
    is(&text, "creditdeck_webhooks_waiting", 0.0);
    is(&text, "creditdeck_webhooks_given_up", 0.0);
    #[allow(clippy::cast_precision_loss, reason = "seconds since 1970")]
    is(&text, "process_start_time_seconds", started as f64);
    assert!(text.contains("creditdeck_build_info{version="), "{text}");
    for secret in ["acme", "secret-in-path", world.token(Role::Meter)] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let names: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    let unique: std::collections::BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), unique.len(), "each is described once: {names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_tell_who_follows_and_who_was_too_fast() {
    let rate = service::Rate { per_second: 1, burst: 1 };
    let world = bounded(Bounds { failure_rate: rate, token_rate: rate, ..Bounds::default() }).await;
    let mut tail = Wire::new(&world).await;
    let token = world.token(Role::Member);
    tail.send(&format!(
        "GET /v1/workspaces/acme/ledger/stream HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n"
    ))
    .await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    for _ in 0..3 {
        world.get(Role::Owner, "/balance").await;
        world.http.get(world.url("/balance")).bearer_auth("cdk_wrong").send().await.unwrap();
    }
    let text = metrics(&world, &url(&world)).await;
    is(&text, "creditdeck_tails", 1.0);
    is(&text, "creditdeck_followed_ledgers", 1.0);
    assert!(number(&text, "creditdeck_follow_age_seconds") < 1.0);
    is(&text, "creditdeck_rate_limited_total{by=\"token\"}", 2.0);
    is(&text, "creditdeck_rate_limited_total{by=\"address\"}", 2.0);
    drop(tail);
    tokio::time::sleep(Duration::from_millis(300)).await;
    is(&metrics(&world, &url(&world)).await, "creditdeck_tails", 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_nobody_elses_business() {
    let mut world = World::new().await;
    world.stop().await;
    let status =
        async |world: &World, url: &str| world.http.get(format!("{url}/metrics")).send().await.unwrap().status();

    let service = opened(&world, Bounds::default()).await;
    let running = service.serve(TcpListener::bind("0.0.0.0:0").await.unwrap()).await.unwrap();
    assert_eq!(status(&world, &running.url()).await, 404, "whoever gets to it could read them");
    running.shutdown().await;

    let own = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own_url = format!("http://{}", own.local_addr().unwrap());
    let service = opened(&world, Bounds::default()).await.measured_on(own);
    let running = service.serve(TcpListener::bind("127.0.0.1:0").await.unwrap()).await.unwrap();
    assert_eq!(status(&world, &running.url()).await, 404);
    metrics(&world, &own_url).await;
    let elsewhere = world.http.get(format!("{own_url}/healthz")).send().await.unwrap();
    assert_eq!(elsewhere.status(), 404, "nothing else is there");
    running.shutdown().await;
    assert!(world.http.get(format!("{own_url}/metrics")).send().await.is_err(), "it has ended with the service");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_has_an_id_in_its_answer_and_its_problem() {
    let world = World::new().await;
    let ask = async |id: Option<&str>, path: &str| {
        let mut request = world.http.get(world.url(path)).bearer_auth(world.token(Role::Owner));
        if let Some(id) = id {
            request = request.header("x-request-id", id);
        }
        let response = request.send().await.unwrap();
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        (id, response.json::<serde_json::Value>().await.unwrap_or_default())
    };
    assert_eq!(ask(Some("from-us.1"), "/balance").await.0, "from-us.1");
    let (id, problem) = ask(Some("from-us.2"), "/nothing").await;
    assert_eq!((id.as_str(), &problem["instance"]), ("from-us.2", &json!("urn:creditdeck:request:from-us.2")));
    let (made, problem) = ask(None, "/balance?at=noon").await;
    assert_eq!(problem["instance"], format!("urn:creditdeck:request:{made}"));
    assert!(made.len() == 36 && made.as_bytes()[14] == b'7', "{made}");
    assert_ne!(ask(None, "/balance").await.0, made);
    for odd in ["", "a b", "<script>", &"x".repeat(200)] {
        assert_eq!(ask(Some(odd), "/balance").await.0.len(), 36, "{odd}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_not_ready_when_writing_has_failed_and_until_it_works_again() {
    let world = World::new().await;
    world.refuse("entries", "NEW.seq > 0");
    let full = "CREATE TRIGGER no_more BEFORE UPDATE ON settings BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    world.sql(full).unwrap();
    assert_eq!(world.get(Role::Owner, "/readyz").await.status, 200, "nothing has been written yet");
    assert_eq!(world.report(&event("a", "draft")).await.problem(), (503, "unavailable"));
    assert_eq!(world.get(Role::Owner, "/readyz").await.problem(), (503, "unavailable"));
    world.sql("DROP TRIGGER no_more").unwrap();
    // Nobody has written since: it finds out by itself.
    assert_eq!(world.get(Role::Owner, "/readyz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_not_ready_when_its_store_does_not_answer() {
    let world = World::new().await;
    assert_eq!(world.get(Role::Owner, "/readyz").await.status, 200);
    world.sql("ALTER TABLE settings RENAME TO settings_gone").unwrap();
    let ready: Answer = world.get(Role::Owner, "/readyz").await;
    assert_eq!(ready.problem(), (503, "unavailable"));
    assert_eq!(world.get(Role::Owner, "/healthz").await.status, 200);
    world.sql("ALTER TABLE settings_gone RENAME TO settings").unwrap();
    assert_eq!(world.get(Role::Owner, "/readyz").await.status, 200);
}
