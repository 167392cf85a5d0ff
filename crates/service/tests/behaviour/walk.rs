//! A walk through the whole API: every operation in every way in which the document says that it answers. What is said on
//! the way is the document's examples.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use wire::api::Role::{Admin, Member, Meter, Owner};
use wire::schema::sorted;

use crate::support::walker::{Walker, operations};
use crate::support::{Answer, Kind, World, answer, at};

const EVENT: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json";

/// What is answered only when something is broken or turned off, or there is too much of it.
const SELDOM: [&str; 5] = ["internal", "unavailable", "rate_limited", "too_slow", "payments_off"];

fn event(id: &str, feature: &str, units: u32) -> Value {
    json!({
        "specversion": "1.0", "type": "ai.usage.recorded", "source": "desk", "id": id,
        "subject": "zoe", "data": { "feature": feature, "units": units, "channel": "chat" },
    })
}

fn hold(id: &str, feature: &str, units: u32) -> Value {
    json!({ "source": "desk", "id": id, "feature": feature, "units": units, "minutes": 30 })
}

#[track_caller]
fn is(answer: &Answer, status: u16, code: &str) {
    let said = if answer.status < 400 { "" } else { answer.body["code"].as_str().unwrap() };
    assert_eq!((answer.status, said), (status, code), "{}", answer.body);
}

/// Work in a workspace whose state refuses it.
async fn refused(walker: &mut Walker<'_>, feature: &str, units: u32, status: u16, code: &str) {
    let (none, usage) = (Value::Null, event(&format!("refused-{code}"), feature, units));
    is(&walker.ask_as("report_usage", Meter, none.clone(), Some(EVENT), usage).await, status, code);
    let check = json!({ "feature": feature, "units": units });
    is(&walker.ask("check_usage", Meter, none.clone(), check).await, status, code);
    is(&walker.ask("hold_credits", Meter, none, hold("refused", feature, units)).await, status, code);
}

async fn plans_and_controls(walker: &mut Walker<'_>) {
    let none = Value::Null;
    let subscribe = |plan: &str| json!({ "do": "subscribe", "plan": plan });
    is(&walker.ask("change_plan", Owner, none.clone(), json!({ "do": "start_trial" })).await, 403, "trial_unavailable");
    is(&walker.ask("change_plan", Owner, none.clone(), json!({ "do": "cancel" })).await, 403, "no_plan");
    refused(walker, "draft", 1, 403, "no_plan").await;
    let pack = json!({ "id": "order-7", "pack": "boost-1000" });
    is(&walker.ask("buy_pack", Admin, none.clone(), pack.clone()).await, 403, "no_plan");
    walker.world.post(Owner, "/plan", &subscribe("solo")).await;
    refused(walker, "draft", 1, 403, "plan_excludes_ai").await;
    is(&walker.ask("buy_pack", Admin, none.clone(), pack).await, 403, "plan_excludes_ai");
    let key = json!({ "idempotency-key": "to-starter" });
    is(&walker.ask("change_plan", Owner, key.clone(), subscribe("starter")).await, 200, "");
    is(&walker.ask("change_plan", Owner, key, subscribe("growth")).await, 409, "conflict");
    is(&walker.ask("change_plan", Owner, none.clone(), subscribe("gold")).await, 422, "invalid");
    is(&walker.ask("read_plan", Member, none.clone(), none.clone()).await, 200, "");
    refused(walker, "automated-response", 1, 403, "automation_off").await;

    let key = json!({ "idempotency-key": "quiet-june" });
    let patch =
        json!({ "automation": false, "features": { "reply-suggestion": { "on": false }, "summary": { "cap": 1 } } });
    is(&walker.ask("change_controls", Admin, key.clone(), patch).await, 200, "");
    is(&walker.ask("change_controls", Admin, key, json!({ "automation": true })).await, 409, "conflict");
    let unknown = json!({ "features": { "magic": { "on": true } } });
    is(&walker.ask("change_controls", Admin, none.clone(), unknown).await, 422, "invalid");
    is(&walker.ask("read_controls", Member, none.clone(), none).await, 200, "");
    refused(walker, "reply-suggestion", 1, 403, "feature_off").await;
    refused(walker, "summary", 2, 403, "cap_reached").await;
    refused(walker, "magic", 1, 422, "unknown_feature").await;
    refused(walker, "draft", 1_000_000, 402, "exhausted").await;
    refused(walker, "draft", 0, 422, "invalid").await;
}

async fn work(walker: &mut Walker<'_>) {
    let none = Value::Null;
    let usage = event("reply-1", "draft", 2);
    is(&walker.ask_as("report_usage", Meter, none.clone(), Some(EVENT), usage.clone()).await, 201, "");
    let attributes = json!({
        "ce-specversion": "1.0", "ce-type": "ai.usage.recorded", "ce-source": "desk", "ce-id": "reply-2",
        "ce-subject": "zo%C3%AB",
    });
    let data = json!({ "feature": "draft", "units": 1, "channel": "mail" });
    is(&walker.ask_as("report_usage", Meter, attributes, Some("application/json"), data).await, 201, "");
    let batch = json!([event("reply-1", "draft", 2), event("reply-3", "summary", 1), event("reply-4", "summary", 1)]);
    is(&walker.ask_as("report_usage", Meter, none.clone(), Some(BATCH), batch).await, 200, "");
    is(&walker.ask_as("report_usage", Meter, none.clone(), Some(EVENT), usage).await, 200, "");
    is(
        &walker.ask_as("report_usage", Meter, none.clone(), Some(EVENT), event("reply-1", "draft", 3)).await,
        409,
        "conflict",
    );
    is(&walker.ask("check_usage", Meter, none.clone(), json!({ "feature": "draft", "units": 5 })).await, 200, "");

    let give_back = json!({ "source": "desk", "id": "failed-1", "usage": "reply-1" });
    is(&walker.ask("amend_usage", Meter, none.clone(), give_back.clone()).await, 201, "");
    is(&walker.ask("amend_usage", Meter, none.clone(), give_back).await, 200, "");
    let twice = json!({ "source": "desk", "id": "failed-2", "usage": "reply-1" });
    is(&walker.ask("amend_usage", Meter, none.clone(), twice).await, 409, "conflict");
    let unknown = json!({ "source": "desk", "id": "failed-3", "usage": "reply-9" });
    is(&walker.ask("amend_usage", Meter, none.clone(), unknown).await, 422, "invalid");

    is(&walker.ask("hold_credits", Meter, none.clone(), hold("answer-1", "draft", 10)).await, 201, "");
    is(&walker.ask("hold_credits", Meter, none.clone(), hold("answer-1", "draft", 10)).await, 200, "");
    is(&walker.ask("hold_credits", Meter, none.clone(), hold("answer-1", "draft", 11)).await, 409, "conflict");
    is(&walker.ask("hold_credits", Meter, none, hold("answer-2", "draft", 10)).await, 201, "");
    let (first, second, third) =
        (json!({ "hold": "answer-1" }), json!({ "hold": "answer-2" }), json!({ "hold": "answer-9" }));
    let capture = json!({ "source": "desk", "units": 4 });
    is(&walker.ask("capture_hold", Meter, first.clone(), capture.clone()).await, 201, "");
    is(&walker.ask("capture_hold", Meter, first.clone(), capture.clone()).await, 200, "");
    is(&walker.ask("capture_hold", Meter, first, json!({ "source": "desk", "units": 5 })).await, 409, "conflict");
    is(&walker.ask("capture_hold", Meter, third.clone(), capture.clone()).await, 422, "invalid");
    let release = json!({ "source": "desk" });
    is(&walker.ask("release_hold", Meter, second.clone(), release.clone()).await, 201, "");
    is(&walker.ask("release_hold", Meter, second.clone(), release.clone()).await, 200, "");
    is(&walker.ask("release_hold", Meter, third, release).await, 422, "invalid");
    is(&walker.ask("capture_hold", Meter, second, capture).await, 409, "hold_ended");
}

async fn reading(walker: &mut Walker<'_>) {
    let none = Value::Null;
    for id in ["list_workspaces", "read_workspace", "read_catalogue", "list_tokens"] {
        is(&walker.ask(id, Admin, none.clone(), none.clone()).await, 200, "");
    }
    let later = json!({ "at": "2026-06-30T23:59:59Z" });
    is(&walker.ask("read_balance", Member, later, none.clone()).await, 200, "");
    is(
        &walker.ask("read_balance", Member, json!({ "at": "2030-01-01T00:00:00Z" }), none.clone()).await,
        422,
        "invalid",
    );
    is(&walker.ask("read_ledger", Member, json!({ "after": 4, "limit": 2 }), none.clone()).await, 200, "");
    is(&walker.ask("read_ledger", Member, json!({ "limit": 0 }), none.clone()).await, 422, "invalid");
    let far = json!({ "after": 9_007_199_254_740_992_u64 });
    is(&walker.ask("follow_ledger", Member, far, none.clone()).await, 422, "invalid");
    is(&walker.ask("follow_ledger", Member, json!({ "Last-Event-ID": 4 }), none.clone()).await, 200, "");
    for told in operations().iter().filter(|told| !told.path.starts_with("/v1/")) {
        is(&walker.ask(told.id, Member, none.clone(), none.clone()).await, 200, "");
    }
}

async fn purchases(walker: &mut Walker<'_>) {
    let none = Value::Null;
    let wish = |pack: &str| json!({ "id": "order-7", "pack": pack });
    let asked = walker.ask("buy_pack", Admin, none.clone(), wish("boost-1000")).await;
    is(&asked, 201, "");
    is(&walker.ask("buy_pack", Admin, none.clone(), wish("boost-1000")).await, 200, "");
    is(&walker.ask("buy_pack", Admin, none.clone(), wish("boost-2500")).await, 409, "conflict");
    is(&walker.ask("buy_pack", Admin, none.clone(), json!({ "id": "order-8", "pack": "x" })).await, 422, "invalid");
    let order = json!({ "purchase": "order-7" });
    is(&walker.ask("read_purchase", Admin, order.clone(), none.clone()).await, 200, "");
    is(&walker.ask("list_purchases", Member, none.clone(), none.clone()).await, 200, "");
    is(&walker.ask("cancel_purchase", Admin, order, none.clone()).await, 200, "");
    // One that is paid can be called off no more.
    let paid = walker.world.post(Admin, "/purchases", &json!({ "id": "order-9", "pack": "boost-1000" })).await;
    let page = paid.body["checkout_url"].as_str().unwrap();
    let path = &page[page.find("/sandbox").unwrap()..];
    walker.world.http.post(walker.world.url(&format!("{path}/pay"))).send().await.unwrap();
    for _ in 0..200 {
        if walker.world.get(Admin, "/purchases/order-9").await.body["state"] == "paid" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let paid = json!({ "purchase": "order-9" });
    is(&walker.ask("cancel_purchase", Admin, paid, none).await, 409, "purchase_state");
}

async fn tokens(walker: &mut Walker<'_>) {
    let none = Value::Null;
    let wish = json!({ "role": "meter", "name": "the help desk", "expires_at": "2036-06-03T00:00:00Z" });
    let made = walker.ask("create_token", Owner, none.clone(), wish).await;
    is(&made, 201, "");
    let late = json!({ "role": "meter", "name": "x", "expires_at": "2026-06-03T08:00:00Z" });
    is(&walker.ask("create_token", Owner, none.clone(), late).await, 422, "invalid");
    let id = json!({ "token": made.body["id"] });
    is(&walker.ask("revoke_token", Owner, id, none.clone()).await, 204, "");
    let pairing = walker.ask("create_pairing", Owner, none.clone(), json!({ "role": "member" })).await;
    is(&pairing, 201, "");
    let code = &pairing.body["code"];
    let unnamed = json!({ "code": code, "device": " " });
    is(&walker.ask("pair_device", Owner, none.clone(), unnamed).await, 422, "invalid");
    is(&walker.ask("pair_device", Owner, none, json!({ "code": code, "device": "Zoë's laptop" })).await, 201, "");
}

/// What every operation of a kind answers.
async fn of_any(walker: &mut Walker<'_>) {
    let world = walker.world;
    let base = world.running.as_ref().unwrap().url();
    for told in operations() {
        let fill = |path: &str| {
            let names = [("{workspace}", "acme"), ("{hold}", "h"), ("{purchase}", "none"), ("{token}", "none")];
            names.into_iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
        };
        let request = |path: &str| world.http.request(told.method.clone(), format!("{base}{path}"));
        let own = |path: &str| request(path).bearer_auth(world.token(Owner));
        let path = fill(told.path);
        let elsewhere = answer(own(&path).header("host", "elsewhere.example")).await;
        is(&elsewhere, 403, "forbidden");
        walker.saw(told.id, &elsewhere);
        let has_token = told.fields["security"].to_string().contains("token");
        let body = told.fields["requestBody"]["content"].as_object();
        if has_token || told.id == "take_sandbox_event" || told.id == "pair_device" {
            let known = json!({ "code": "00000-00000", "device": "d", "id": "e", "workspace": "w" });
            let unknown = answer(request(&path).bearer_auth("cdk_none").json(&known)).await;
            is(
                &unknown,
                if told.id == "take_sandbox_event" || has_token { 401 } else { 400 },
                unknown.body["code"].as_str().unwrap(),
            );
            walker.saw(told.id, &unknown);
        }
        if told.id == "pair_device" {
            let wrong = answer(request(&path).json(&json!({ "code": "00000-00000", "device": "d" }))).await;
            is(&wrong, 401, "unauthorized");
            walker.saw(told.id, &wrong);
        }
        if told.path.contains("{workspace}") {
            let nowhere = answer(own(&fill(&told.path.replace("{workspace}", "nowhere")))).await;
            is(&nowhere, 404, "not_found");
            walker.saw(told.id, &nowhere);
            let unreadable = answer(own(&fill(&told.path.replace("{workspace}", "%ff")))).await;
            is(&unreadable, 400, "malformed");
            walker.saw(told.id, &unreadable);
        }
        let Some(media) = body.map(|contents| contents.keys().next().unwrap().clone()) else { continue };
        if told.id == "take_sandbox_event" {
            continue;
        }
        // What was not read of a body ends its connection.
        let long = own(&path).header("content-type", &media).header("connection", "close");
        let long = answer(long.body(vec![b' '; 1024 * 1024 + 1])).await;
        is(&long, 413, "too_large");
        walker.saw(told.id, &long);
        let broken = answer(own(&path).header("content-type", &media).body("{")).await;
        is(&broken, 400, "malformed");
        walker.saw(told.id, &broken);
        let foreign = answer(own(&path).header("content-type", "text/plain").body("{}")).await;
        is(&foreign, 415, "unsupported_type");
        walker.saw(told.id, &foreign);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_the_document_tells_of_is_answered() {
    let world = World::bare("b", "UTC").await;
    let mut walker = Walker::new(&world);
    plans_and_controls(&mut walker).await;
    work(&mut walker).await;
    reading(&mut walker).await;
    purchases(&mut walker).await;
    tokens(&mut walker).await;

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/openapi/examples.json");
    let written = sorted(Value::Object(std::mem::take(&mut walker.written)));
    if crate::STORE == Kind::Sqlite && std::env::var_os("CREDITDECK_WRITE_OPENAPI").is_some() {
        std::fs::write(&path, format!("{written:#}\n")).unwrap();
    }
    let committed: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert!(
        written == committed,
        "{} is stale: run `CREDITDECK_WRITE_OPENAPI=1 cargo test -p creditdeck-service --test on_sqlite document`, then the \
         same with `--lib committed`, and look at what has changed",
        path.display()
    );

    of_any(&mut walker).await;
    let mut declared = BTreeSet::new();
    for told in operations() {
        for (status, response) in told.fields["responses"].as_object().unwrap() {
            let status: u16 = status.parse().unwrap();
            let codes = codes(response);
            let codes = if codes.is_empty() { vec![String::new()] } else { codes };
            declared.extend(codes.into_iter().map(|code| (told.id.to_owned(), status, code)));
        }
    }
    // Only the provider knows how to sign. Its events are taken in the tests of purchases.
    let is_seldom = |(id, status, code): &(String, u16, String)| {
        SELDOM.contains(&code.as_str()) || (id == "take_sandbox_event" && ![401, 403].contains(status))
    };
    let missing: Vec<_> = declared.difference(&walker.seen).filter(|one| !is_seldom(one)).collect();
    assert!(missing.is_empty(), "never answered: {missing:#?}");
    world.clock.set(at("2026-06-03T09:00:01Z"));
}

/// The codes of a problem, as its schema names them.
fn codes(response: &'static Value) -> Vec<String> {
    let content = &crate::support::contract::followed(response)["content"]["application/problem+json"];
    let names = &content["schema"]["allOf"][1]["properties"]["code"]["enum"];
    names.as_array().into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()).collect()
}
