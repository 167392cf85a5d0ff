//! Reported usage over a real socket: each status, exactly once, all or nothing.

use crate::support::{World, answer, at, event};
use serde_json::{Value, json};
use wire::api::Role;

#[tokio::test(flavor = "multi_thread")]
async fn a_usage_is_recorded_once_and_its_id_names_it_for_ever() {
    let world = World::new().await;
    let first = world.report(&event("u1", "summary")).await;
    assert_eq!(first.status, 201, "{}", first.body);
    assert_eq!(first.body["outcome"], "recorded");
    assert_eq!((&first.body["seq"], &first.body["cost"]), (&json!(3), &json!(1)));
    assert_eq!(first.body["position"]["available"], 2_999);
    assert_eq!(first.body["position"]["period"], json!(["2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z"]));
    assert_eq!(first.body["position"]["can_run"]["automated-response"], false);

    // Extension attributes may differ from one attempt to the next.
    let mut again = event("u1", "summary");
    again["traceparent"] = json!("00-1-2-01");
    let again = world.report(&again).await;
    assert_eq!((again.status, &again.body["outcome"], &again.body["seq"]), (200, &json!("duplicate"), &json!(3)));

    let other = world.report(&event("u1", "draft")).await;
    assert_eq!(other.problem(), (409, "conflict"));
    assert_eq!(world.ledger().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_says_why_and_is_not_remembered() {
    let world = World::bare("b", "UTC").await;
    assert_eq!(world.report(&event("u1", "draft")).await.problem(), (403, "no_plan"));
    let change = world.post(Role::Owner, "/plan", &json!({"do": "subscribe", "plan": "solo"})).await;
    assert_eq!((change.status, &change.body["outcome"]), (200, &json!("recorded")));
    assert_eq!(world.report(&event("u1", "draft")).await.problem(), (403, "plan_excludes_ai"));
    world.post(Role::Owner, "/plan", &json!({"do": "subscribe", "plan": "starter"})).await;

    assert_eq!(world.report(&event("u1", "automated-response")).await.problem(), (403, "automation_off"));
    assert_eq!(world.report(&event("u1", "magic")).await.problem(), (422, "unknown_feature"));
    let controls = json!({"features": {"draft": {"on": false}, "summary": {"cap": 1}}});
    assert_eq!(world.put(Role::Admin, "/controls", &controls).await.body["outcome"], "recorded");
    assert_eq!(world.report(&event("u1", "draft")).await.problem(), (403, "feature_off"));
    assert_eq!(world.report(&event("s1", "summary")).await.status, 201);
    assert_eq!(world.report(&event("s2", "summary")).await.problem(), (403, "cap_reached"));

    let mut all = event("all", "classification");
    all["data"]["units"] = json!(3_000);
    let exhausted = world.report(&all).await;
    assert_eq!(exhausted.problem(), (402, "exhausted"));
    assert_eq!(exhausted.body["position"]["available"], 2_999);
    assert_eq!(exhausted.body["refresh_at"], "2026-07-01T00:00:00Z");
    assert_eq!(exhausted.body["packs"][0]["id"], "boost-1000");
    // The same id again, for exactly what is left.
    all["data"]["units"] = json!(2_999);
    let rest = world.report(&all).await;
    assert_eq!((rest.status, &rest.body["position"]["available"]), (201, &json!(0)));
    assert_eq!(rest.body["position"]["state"], "paused");

    let free = world.report(&event("m1", "manual-reply")).await;
    assert_eq!((free.status, &free.body["outcome"], &free.body["cost"]), (200, &json!("unmetered"), &json!(0)));
    // A new month: a read shows it, and writes nothing.
    world.clock.set(at("2026-07-01T00:00:00Z"));
    let lines = world.ledger().await.len();
    assert_eq!(world.get(Role::Member, "/balance").await.body["available"], 3_000);
    assert_eq!(world.ledger().await.len(), lines);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_wrong_is_one_clear_problem() {
    let world = World::new().await;
    let said = |field: &'static str, value: Value| {
        let world = &world;
        async move {
            let mut event = event("u1", "draft");
            match field.split_once('.') {
                Some((outer, inner)) => event[outer][inner] = value,
                None => event[field] = value,
            }
            let answer = world.report(&event).await;
            let (status, code) = answer.problem();
            assert_eq!((status, code), (422, "invalid"), "{}", answer.body);
            assert_eq!(answer.body["field"].as_str().unwrap(), field, "{}", answer.body);
            answer.body["detail"].as_str().unwrap().to_owned()
        }
    };
    assert_eq!(said("data.units", json!(1.5)).await, "data.units: is 1.5, not a whole number in 1..=1000000");
    assert_eq!(
        said("data.unit", json!(1)).await,
        "data.unit: is not known: data has feature, units, member, channel and reference"
    );
    assert_eq!(said("type", json!("x")).await, "type: \"x\" is not \"ai.usage.recorded\"");
    assert_eq!(said("id", json!("")).await, "id: has 0 bytes and needs 1..=256");
    assert_eq!(said("source", Value::Null).await, "source: is missing");
    assert!(said("time", json!("noon")).await.starts_with("time: \"noon\" is not an instant"));
    assert_eq!(said("data", json!([])).await, "data: is a list, not an object");

    let mut late = event("u1", "draft");
    late["time"] = json!("2026-04-01T00:00:00Z");
    let late = world.report(&late).await;
    assert_eq!((late.problem(), &late.body["field"]), ((422, "invalid"), &json!("occurred_at")));
    let mut none = event("u1", "draft");
    none["data"]["units"] = json!(0);
    assert_eq!(world.report(&none).await.problem(), (422, "invalid"));

    let broken = world.report_as("application/cloudevents+json", "{\n \"id\": }").await;
    assert_eq!(broken.problem(), (400, "malformed"));
    assert_eq!(broken.body["detail"], "body: line 2, column 8: expected value");
    assert_eq!(world.report_as("text/plain", "x").await.problem(), (415, "unsupported_type"));
    assert_eq!(world.report_as("application/json", "{}").await.problem(), (415, "unsupported_type"));
    let long = vec![b' '; 1024 * 1024 + 1];
    assert_eq!(world.report_as("application/cloudevents+json", long).await.problem(), (413, "too_large"));
    assert_eq!(world.ledger().await.len(), 2, "nothing was recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn binary_mode_and_structured_mode_say_the_same() {
    let world = World::new().await;
    let binary = |id: &'static str, more: &'static [(&'static str, &'static str)]| {
        let mut request = world
            .http
            .post(world.url("/usage"))
            .bearer_auth(world.token(Role::Meter))
            .header("content-type", "application/json; charset=utf-8")
            .header("ce-specversion", "1.0")
            .header("ce-type", "ai.usage.recorded")
            .header("ce-source", "desk")
            .header("ce-id", id);
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        answer(request.body(r#"{"feature": "draft", "units": 2, "channel": "chat"}"#))
    };
    assert_eq!(binary("b1", &[("ce-subject", "Zoë"), ("ce-custom", "1")]).await.status, 201);
    let structured = json!({
        "specversion": "1.0", "type": "ai.usage.recorded", "source": "desk", "id": "b1", "subject": "Zoë",
        "data": {"feature": "draft", "units": 2, "channel": "chat"},
    });
    assert_eq!(world.report(&structured).await.body["outcome"], "duplicate");
    assert_eq!(binary("b1", &[]).await.problem(), (409, "conflict"));
    let entry = world.ledger().await.pop().unwrap();
    assert_eq!((&entry["member"], &entry["channel"], &entry["units"]), (&json!("Zoë"), &json!("chat"), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_answered_event_by_event_and_safe_to_send_again() {
    let world = World::new().await;
    let mut broken = event("u3", "draft");
    broken["data"]["units"] = json!("two");
    let events = json!([
        event("u1", "draft"),
        event("u1", "draft"),
        broken,
        event("u4", "automated-response"),
        7,
        event("u5", "open")
    ]);
    let send = || world.report_as("application/cloudevents-batch+json", events.to_string());
    let statuses = |body: &Value| -> Vec<u64> {
        body["answers"].as_array().unwrap().iter().map(|answer| answer["status"].as_u64().unwrap()).collect()
    };
    let first = send().await;
    assert_eq!((first.status, statuses(&first.body)), (200, vec![201, 200, 422, 403, 422, 200]));
    assert_eq!(first.body["answers"][0]["answer"]["position"]["available"], 2_999);
    assert_eq!(first.body["answers"][3]["problem"]["code"], "automation_off");
    let again = send().await;
    assert_eq!(statuses(&again.body), [200, 200, 422, 403, 422, 200]);
    assert_eq!(world.ledger().await.len(), 3);

    let many: Vec<Value> = (0..1_001).map(|id| event(&id.to_string(), "draft")).collect();
    let many = world.report_as("application/cloudevents-batch+json", json!(many).to_string()).await;
    assert_eq!(many.problem(), (422, "invalid"));
    let one = world.report_as("application/cloudevents-batch+json", event("x", "draft").to_string()).await;
    assert_eq!(one.problem(), (400, "malformed"));
    assert_eq!(world.report_as("application/cloudevents-batch+json", "[]").await.body, json!({"answers": []}));
}
