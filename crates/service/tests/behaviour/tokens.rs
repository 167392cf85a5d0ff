//! Tokens: made, listed, used, expired, revoked; and the codes that become one.

use serde_json::{Value, json};
use wire::api::Role;

use crate::support::{Answer, World, answer, at};

async fn with(world: &World, token: &str, path: &str) -> Answer {
    answer(world.http.get(world.url(path)).bearer_auth(token)).await
}

async fn make(world: &World, by: Role, wish: &Value) -> Answer {
    world.post(by, "/tokens", wish).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_listed_and_revoked() {
    let world = World::new().await;
    let made = make(&world, Role::Owner, &json!({"role": "member", "name": "Anna's laptop"})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let (text, id) = (made.body["token"].as_str().unwrap(), made.body["id"].as_str().unwrap());
    assert_eq!(with(&world, text, "/balance").await.status, 200);
    let listed = world.get(Role::Admin, "/tokens").await.body;
    let tokens = listed["tokens"].as_array().unwrap();
    assert_eq!(tokens.len(), 5);
    let one = tokens.iter().find(|one| one["id"] == id).unwrap();
    assert_eq!(
        (&one["role"], &one["name"], &one["revoked_at"]),
        (&json!("member"), &json!("Anna's laptop"), &json!(null))
    );
    assert!(!listed.to_string().contains(text), "a token is shown once");

    let delete = |by: Role, id: &str| {
        answer(world.http.delete(world.url(&format!("/tokens/{id}"))).bearer_auth(world.token(by)))
    };
    assert_eq!(delete(Role::Member, id).await.problem(), (403, "forbidden"));
    assert_eq!(delete(Role::Admin, "nothing").await.problem(), (404, "not_found"));
    assert_eq!(delete(Role::Admin, id).await.status, 204);
    assert_eq!(delete(Role::Admin, id).await.status, 204, "again is as good as once");
    assert_eq!(with(&world, text, "/balance").await.problem(), (401, "unauthorized"));
    assert_eq!(with(&world, text, "/v1/workspaces").await.problem(), (401, "unauthorized"));
    let listed = world.get(Role::Owner, "/tokens").await.body;
    let one = listed["tokens"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone();
    assert_eq!(one["revoked_at"], "2026-06-03T09:00:00Z");

    let owners = listed["tokens"].as_array().unwrap().iter().find(|one| one["role"] == "owner").unwrap()["id"].clone();
    assert_eq!(delete(Role::Admin, owners.as_str().unwrap()).await.problem(), (403, "forbidden"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_until_it_expires() {
    let world = World::new().await;
    let wish = json!({"role": "meter", "name": "m", "expires_at": "2026-06-03T10:00:00Z"});
    let text = make(&world, Role::Admin, &wish).await.body["token"].as_str().unwrap().to_owned();
    let check = async || {
        let request = world.http.post(world.url("/usage/check")).bearer_auth(&text);
        answer(request.json(&json!({"feature": "draft"}))).await
    };
    assert_eq!(check().await.status, 200);
    world.clock.set(at("2026-06-03T09:59:59.999Z"));
    assert_eq!(check().await.status, 200);
    world.clock.set(at("2026-06-03T10:00:00Z"));
    assert_eq!(check().await.problem(), (401, "unauthorized"));
    assert_eq!(with(&world, &text, "/v1/workspaces").await.problem(), (401, "unauthorized"));
    let past = make(&world, Role::Admin, &wish).await;
    assert_eq!((past.problem(), &past.body["field"]), ((422, "invalid"), &json!("expires_at")));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_appoints_above_himself() {
    let world = World::new().await;
    for (by, role, status) in [
        (Role::Owner, "owner", 201),
        (Role::Owner, "meter", 201),
        (Role::Admin, "owner", 403),
        (Role::Admin, "admin", 201),
        (Role::Member, "member", 403),
        (Role::Meter, "meter", 403),
    ] {
        assert_eq!(make(&world, by, &json!({"role": role, "name": "n"})).await.status, status, "{by} {role}");
        assert_eq!(world.post(by, "/pairings", &json!({"role": role})).await.status, status, "{by} {role}");
    }
    for role in [Role::Member, Role::Meter] {
        assert_eq!(world.get(role, "/tokens").await.problem(), (403, "forbidden"));
    }
    for wrong in [json!({"role": "king", "name": "n"}), json!({"role": "member"}), json!({"name": "n"})] {
        assert_eq!(make(&world, Role::Owner, &wrong).await.problem(), (400, "malformed"), "{wrong}");
    }
    for name in ["", " ", "a\nb", &"x".repeat(257)] {
        assert_eq!(
            make(&world, Role::Owner, &json!({"role": "member", "name": name})).await.problem(),
            (422, "invalid")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_becomes_a_token_once_within_ten_minutes() {
    let world = World::new().await;
    let pair = async |code: &str, device: &str| {
        let request = world.http.post(world.url("/v1/pair")).json(&json!({"code": code, "device": device}));
        answer(request).await
    };
    let code = async || {
        let made = world.post(Role::Owner, "/pairings", &json!({"role": "admin"})).await;
        assert_eq!((made.status, &made.body["expires_at"]), (201, &json!("2026-06-03T09:10:00Z")));
        made.body["code"].as_str().unwrap().to_owned()
    };
    let first = code().await;
    assert_eq!(pair("00000-00000", "d").await.problem(), (401, "unauthorized"));
    assert_eq!(pair(&first, "").await.problem(), (422, "invalid"), "the code is still good");
    let typed = format!(" {} ", first.to_lowercase().replace('-', " "));
    let paired = pair(&typed, "Anna's laptop").await;
    assert_eq!(
        (paired.status, &paired.body["workspace"], &paired.body["role"]),
        (201, &json!("acme"), &json!("admin"))
    );
    let token = paired.body["token"].as_str().unwrap();
    let listed = with(&world, token, "/tokens").await.body;
    assert!(listed["tokens"].as_array().unwrap().iter().any(|one| one["name"] == "Anna's laptop"), "{listed}");
    assert_eq!(pair(&first, "d").await.problem(), (401, "unauthorized"), "once");

    // Of many at the same time one gets it.
    let second = code().await;
    let all = futures_util::future::join_all((0..8).map(|_| pair(&second, "d"))).await;
    assert_eq!(all.iter().filter(|one| one.status == 201).count(), 1);
    let late = code().await;
    world.clock.set(at("2026-06-03T09:10:00Z"));
    assert_eq!(pair(&late, "d").await.problem(), (401, "unauthorized"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_opens_anything_of_another_workspace() {
    let world = World::new().await;
    // Somebody in "other" who may do everything there, and what "other" has.
    let store = world.store();
    let access = |role| service::store::Access { workspace: "other".into(), role };
    let now = world.clock.now();
    let roles = [Role::Owner, Role::Admin, Role::Member, Role::Meter];
    let foreign: Vec<String> = roles
        .iter()
        .map(|role| service::Token::issue(&store, &[access(*role)], "x", None, now).unwrap().text().to_owned())
        .collect();
    world.post(Role::Meter, "/holds", &json!({"source": "desk", "id": "h", "feature": "draft"})).await;
    world.post(Role::Owner, "/purchases", &json!({"id": "p", "pack": "boost-1000"})).await;
    let before = (world.ledger().await.len(), world.get(Role::Owner, "/tokens").await.body);
    let wishes = [
        ("GET", "", json!(null)),
        ("GET", "/catalogue", json!(null)),
        ("GET", "/balance", json!(null)),
        ("GET", "/balance?at=2026-06-03T09:00:00Z", json!(null)),
        ("GET", "/ledger", json!(null)),
        ("GET", "/ledger/stream", json!(null)),
        ("GET", "/purchases", json!(null)),
        ("GET", "/purchases/p", json!(null)),
        ("GET", "/controls", json!(null)),
        ("GET", "/plan", json!(null)),
        ("GET", "/tokens", json!(null)),
        ("POST", "/usage", json!({"specversion": "1.0"})),
        ("POST", "/usage/check", json!({"feature": "draft"})),
        ("POST", "/holds", json!({"source": "desk", "id": "i", "feature": "draft"})),
        ("POST", "/holds/h/capture", json!({"source": "desk"})),
        ("POST", "/holds/h/release", json!({"source": "desk"})),
        ("POST", "/amendments", json!({"source": "desk", "id": "a", "usage": "u"})),
        ("POST", "/purchases", json!({"id": "q", "pack": "boost-1000"})),
        ("POST", "/purchases/p/cancel", json!({})),
        ("PUT", "/controls", json!({"automation": true})),
        ("POST", "/plan", json!({"do": "cancel"})),
        ("POST", "/tokens", json!({"role": "member", "name": "n"})),
        ("DELETE", "/tokens/0000000000000000", json!(null)),
        ("POST", "/pairings", json!({"role": "member"})),
    ];
    for (method, path, body) in &wishes {
        for token in &foreign {
            let request = world.http.request(method.parse().unwrap(), world.url(path)).bearer_auth(token);
            let asked = answer(if body.is_null() { request } else { request.json(body) }).await;
            // The very answer that a workspace gets that does not exist.
            assert_eq!(asked.problem(), (404, "not_found"), "{method} {path}");
            assert_eq!(asked.body["detail"], "there is no workspace \"acme\"", "{method} {path}");
        }
        let request = world.http.request(method.parse().unwrap(), world.url(path)).bearer_auth("cdk_none");
        let asked = answer(if body.is_null() { request } else { request.json(body) }).await;
        assert_eq!(asked.problem(), (401, "unauthorized"), "{method} {path}");
    }
    assert_eq!((world.ledger().await.len(), world.get(Role::Owner, "/tokens").await.body), before);
}
