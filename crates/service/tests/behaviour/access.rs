//! Who may do what.

use crate::support::{World, answer, event};
use serde_json::json;
use service::{Config, Service};
use tokio::net::TcpListener;
use wire::api::Role;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_nobody_knows_is_401_and_what_it_may_not_see_is_not_there() {
    let world = World::new().await;
    let url = world.url("/balance");
    assert_eq!(answer(world.http.get(&url)).await.problem(), (401, "unauthorized"));
    for wrong in ["Bearer", "Bearer ", "Bearer cdk_0", "Basic abc", "é"] {
        let asked = answer(world.http.get(&url).header("authorization", wrong)).await;
        assert_eq!(asked.problem(), (401, "unauthorized"), "{wrong}");
    }
    let owner = world.token(Role::Owner);
    for id in ["other", "nobody", "..", "%2e%2e", "acme%00"] {
        let url = format!("{}/v1/workspaces/{id}/balance", world.running.as_ref().unwrap().url());
        let asked = answer(world.http.get(url).bearer_auth(owner)).await;
        assert_eq!(asked.status, 404, "{id}: {}", asked.body);
    }
    let listed = world.get(Role::Member, "/v1/workspaces").await;
    assert_eq!(listed.body["workspaces"].as_array().unwrap().len(), 1);
    let acme = &listed.body["workspaces"][0];
    assert_eq!(
        (&acme["id"], &acme["role"], &acme["provider"]),
        (&json!("acme"), &json!("member"), &json!("VersanaCX"))
    );
    assert_eq!(acme["ledger"]["last_seq"], 2);
    assert_eq!(world.get(Role::Member, "").await.body, *acme);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_does_its_own() {
    let world = World::new().await;
    for role in [Role::Owner, Role::Admin, Role::Member] {
        for path in ["", "/catalogue", "/balance", "/ledger", "/purchases", "/controls", "/plan"] {
            assert_eq!(world.get(role, path).await.status, 200, "{role} {path}");
        }
        let url = world.url("/usage");
        let request = world.http.post(url).bearer_auth(world.token(role));
        let body = event(role.as_str(), "draft").to_string();
        let asked = answer(request.header("content-type", "application/cloudevents+json").body(body)).await;
        if role == Role::Member {
            assert_eq!(asked.problem(), (403, "forbidden"));
        } else {
            assert_eq!(asked.status, 201, "{role}");
        }
    }
    for path in
        ["/catalogue", "/balance", "/ledger", "/ledger/stream", "/purchases", "/purchases/p", "/controls", "/plan"]
    {
        assert_eq!(world.get(Role::Meter, path).await.problem(), (403, "forbidden"), "{path}");
    }
    for role in [Role::Member, Role::Meter] {
        let plan = json!({"do": "cancel"});
        assert_eq!(world.post(role, "/plan", &plan).await.problem(), (403, "forbidden"));
        assert_eq!(world.put(role, "/controls", &json!({"automation": true})).await.problem(), (403, "forbidden"));
        let wish = json!({"id": "p1", "pack": "boost-1000"});
        assert_eq!(world.post(role, "/purchases", &wish).await.problem(), (403, "forbidden"));
        assert_eq!(world.post(role, "/purchases/p1/cancel", &json!({})).await.problem(), (403, "forbidden"));
    }
    assert_eq!(world.ledger().await.len(), 4, "nothing more was recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_and_bodies_that_are_wrong_are_problems_too() {
    let world = World::new().await;
    assert_eq!(world.get(Role::Owner, "/nothing").await.problem(), (404, "not_found"));
    assert_eq!(world.get(Role::Owner, "/usage").await.problem(), (405, "method_not_allowed"));
    assert_eq!(world.get(Role::Owner, "/balance?at=noon").await.problem(), (400, "malformed"));
    assert_eq!(world.get(Role::Owner, "/balance?when=2026-07-01T00:00:00Z").await.problem(), (400, "malformed"));
    // The clock is at 2026-06-03T09:00:00Z, and 400 days later it is the 8th of July.
    assert_eq!(world.get(Role::Owner, "/balance?at=2027-07-08T09:00:00Z").await.status, 200);
    for far in ["2027-07-08T09:00:00.001Z", "9999-12-31T23:59:59.999Z"] {
        let asked = world.get(Role::Owner, &format!("/balance?at={far}")).await;
        assert_eq!(asked.problem(), (422, "invalid"), "{far}");
        assert_eq!(asked.body["field"], "at");
    }
    assert_eq!(world.get(Role::Owner, "/ledger?limit=0").await.problem(), (422, "invalid"));
    assert_eq!(world.get(Role::Owner, "/ledger?limit=10001").await.problem(), (422, "invalid"));
    assert_eq!(world.get(Role::Owner, "/ledger?after=-1").await.problem(), (400, "malformed"));
    let unknown = world.put(Role::Owner, "/controls", &json!({"automatic": true})).await;
    assert_eq!(unknown.problem(), (400, "malformed"));
    assert!(unknown.body["detail"].as_str().unwrap().starts_with("line 1, column 12: unknown field `automatic`"));
    let feature = world.put(Role::Owner, "/controls", &json!({"features": {"magic": {"on": true}}})).await;
    assert_eq!(feature.problem(), (422, "invalid"));
    assert_eq!(world.post(Role::Owner, "/plan", &json!({"do": "dance"})).await.problem(), (400, "malformed"));
    assert_eq!(
        world.post(Role::Owner, "/plan", &json!({"do": "subscribe", "plan": "gold"})).await.problem(),
        (422, "invalid")
    );
    let text = world.http.post(world.url("/plan")).bearer_auth(world.token(Role::Owner)).body("{}");
    assert_eq!(answer(text).await.problem(), (415, "unsupported_type"));
    for path in ["/healthz", "/readyz"] {
        assert_eq!(world.get(Role::Owner, path).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plan_and_controls_tell_what_holds_after_a_change() {
    let world = World::new().await;
    let down = world.post(Role::Owner, "/plan", &json!({"do": "subscribe", "plan": "solo"})).await;
    assert_eq!(down.body["now"]["pending"]["to"]["plan"], "solo");
    assert_eq!(down.body["now"]["plan"]["plan"], "starter");
    let back = world.post(Role::Owner, "/plan", &json!({"do": "subscribe", "plan": "starter"})).await;
    assert_eq!((&back.body["outcome"], &back.body["now"]["pending"]), (&json!("recorded"), &json!(null)));
    let same = world.post(Role::Owner, "/plan", &json!({"do": "subscribe", "plan": "starter"})).await;
    assert_eq!(same.body["outcome"], "unchanged");
    assert_eq!(
        world.post(Role::Owner, "/plan", &json!({"do": "start_trial"})).await.problem(),
        (403, "trial_unavailable")
    );
    let cancelled = world.post(Role::Owner, "/plan", &json!({"do": "cancel"})).await;
    assert_eq!(cancelled.body["now"]["pending"], json!({"to": null}));

    let capped =
        world.put(Role::Admin, "/controls", &json!({"automation": true, "features": {"draft": {"cap": 9}}})).await;
    assert_eq!(
        (&capped.body["now"]["automation"], &capped.body["now"]["features"]["draft"]),
        (&json!(true), &json!({"on": true, "cap": 9}))
    );
    let lifted = world.put(Role::Admin, "/controls", &json!({"features": {"draft": {"cap": null}}})).await;
    assert_eq!(lifted.body["now"]["features"]["draft"], json!({"on": true}));
    let to_come = world.get(Role::Member, "/balance?at=2026-07-01T00:00:00Z").await;
    assert_eq!((&to_come.body["state"], &to_come.body["available"]), (&json!("no_plan"), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn on_this_machine_alone_no_other_name_is_answered() {
    let mut world = World::new().await;
    let port = world.running.as_ref().unwrap().address().port();
    let ask = |url: String, host: &str| {
        answer(world.http.get(url).bearer_auth(world.token(Role::Owner)).header("host", host.to_owned()))
    };
    for host in [format!("127.0.0.1:{port}"), format!("localhost:{port}"), "LOCALHOST".to_owned(), "[::1]:1".to_owned()]
    {
        assert_eq!(ask(world.url("/balance"), &host).await.status, 200, "{host}");
    }
    for host in [format!("evil.example:{port}"), format!("127.0.0.1.evil.example:{port}"), "é".to_owned()] {
        for path in ["/balance", "/v1/workspaces", "/v1/nowhere", "/sandbox/checkout/none", "/healthz"] {
            assert_eq!(ask(world.url(path), &host).await.problem(), (403, "forbidden"), "{host} {path}");
        }
    }
    world.stop().await;

    // Whom others reach is called by other names: by a public address, or by listening to more than this machine.
    for (public_url, listen) in [(Some("https://credits.example".to_owned()), "127.0.0.1:0"), (None, "0.0.0.0:0")] {
        let config =
            Config { database: world.database.clone(), clock: world.clock.clone(), public_url, webhooks: None };
        let service = Service::open(config).await.unwrap();
        let running = service.serve(TcpListener::bind(listen).await.unwrap()).await.unwrap();
        let url = format!("{}/v1/workspaces", running.url());
        let request = world.http.get(url).bearer_auth(world.token(Role::Owner));
        assert_eq!(answer(request.header("host", "credits.example")).await.status, 200, "{listen}");
        running.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_under_a_key_counts_once() {
    let world = World::new().await;
    let under = async |key: &str, path: &str, body: &serde_json::Value| {
        let request = if path == "/plan" { world.http.post(world.url(path)) } else { world.http.put(world.url(path)) };
        answer(request.bearer_auth(world.token(Role::Owner)).header("idempotency-key", key).json(body)).await
    };
    let (growth, scale) = (json!({"do": "subscribe", "plan": "growth"}), json!({"do": "subscribe", "plan": "scale"}));
    let first = under("k1", "/plan", &growth).await;
    assert_eq!((first.status, &first.body["outcome"]), (200, &json!("recorded")));
    world.post(Role::Owner, "/plan", &scale).await;
    let entries = world.ledger().await.len();
    // Sent again late, it does not take the later change back.
    let again = under("k1", "/plan", &growth).await;
    assert_eq!((&again.body["outcome"], &again.body["seq"]), (&json!("duplicate"), &first.body["seq"]));
    assert_eq!((&again.body["now"]["plan"]["plan"], &again.body["now"]["pending"]), (&json!("scale"), &json!(null)));
    assert_eq!(under("k1", "/plan", &scale).await.problem(), (409, "conflict"));
    assert_eq!(under("k1", "/controls", &json!({"automation": true})).await.problem(), (409, "conflict"));
    // What changed nothing is remembered, too; what was refused is not.
    assert_eq!(under("k2", "/plan", &scale).await.body["outcome"], "unchanged");
    assert_eq!(under("k2", "/plan", &growth).await.problem(), (409, "conflict"));
    assert_eq!(under("k3", "/plan", &json!({"do": "start_trial"})).await.problem(), (403, "trial_unavailable"));
    assert_eq!(world.ledger().await.len(), entries);
    assert_eq!(under("k3", "/controls", &json!({"automation": true})).await.body["outcome"], "recorded");
    let at_once = futures_util::future::join_all((0..8).map(|_| async {
        let cap = json!({"features": {"draft": {"cap": 7}}});
        under("k4", "/controls", &cap).await.body["outcome"].as_str().unwrap().to_owned()
    }));
    let outcomes = at_once.await;
    assert_eq!(outcomes.iter().filter(|one| *one == "recorded").count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|one| *one == "duplicate").count(), 7, "{outcomes:?}");
    assert_eq!(under(&"x".repeat(257), "/plan", &growth).await.problem(), (422, "invalid"));
}
