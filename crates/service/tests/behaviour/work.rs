//! Work that is asked about, reserved, captured, released and amended.

use serde_json::json;
use wire::api::Role;

use crate::support::{World, at, event};

fn hold(id: &str, units: u32) -> serde_json::Value {
    json!({"source": "desk", "id": id, "feature": "draft", "units": units})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_tells_what_usage_would_come_to_and_records_nothing() {
    let world = World::new().await;
    let asked = world.post(Role::Meter, "/usage/check", &json!({"feature": "draft", "units": 7})).await;
    assert_eq!(
        (asked.status, &asked.body["outcome"], &asked.body["cost"]),
        (200, &json!("would_be_recorded"), &json!(7))
    );
    assert_eq!((&asked.body["position"]["available"], &asked.body["seq"]), (&json!(3_000), &json!(null)));
    let free = world.post(Role::Member, "/usage/check", &json!({"feature": "manual-reply"})).await;
    assert_eq!((&free.body["outcome"], &free.body["cost"]), (&json!("unmetered"), &json!(0)));
    let more = world.post(Role::Meter, "/usage/check", &json!({"feature": "draft", "units": 3_001})).await;
    assert_eq!(more.problem(), (402, "exhausted"));
    assert_eq!(more.body["position"]["available"], 3_000);
    assert!(more.body["packs"].as_array().unwrap().len() > 1 && more.body["refresh_at"] == "2026-07-01T00:00:00Z");
    for (wish, problem) in [
        (json!({"feature": "magic"}), (422, "unknown_feature")),
        (json!({"feature": "draft", "units": 0}), (422, "invalid")),
        (json!({"feature": "automated-response"}), (403, "automation_off")),
        (json!({"units": 1}), (400, "malformed")),
        (json!({"feature": "draft", "id": "u"}), (400, "malformed")),
    ] {
        assert_eq!(world.post(Role::Meter, "/usage/check", &wish).await.problem(), problem, "{wish}");
    }
    assert_eq!(world.ledger().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_reserves_until_it_is_captured_or_released() {
    let world = World::new().await;
    let made = world.post(Role::Meter, "/holds", &hold("h1", 10)).await;
    assert_eq!((made.status, &made.body["outcome"], &made.body["cost"]), (201, &json!("recorded"), &json!(10)));
    assert_eq!(
        (&made.body["hold"]["state"], &made.body["hold"]["until"]),
        (&json!("live"), &json!("2026-06-03T09:15:00Z"))
    );
    assert_eq!((&made.body["position"]["available"], &made.body["position"]["held"]), (&json!(2_990), &json!(10)));
    let again = world.post(Role::Meter, "/holds", &hold("h1", 10)).await;
    assert_eq!(
        (again.status, &again.body["outcome"], &again.body["seq"]),
        (200, &json!("duplicate"), &made.body["seq"])
    );
    assert_eq!(world.post(Role::Meter, "/holds", &hold("h1", 11)).await.problem(), (409, "conflict"));

    let captured = world.post(Role::Meter, "/holds/h1/capture", &json!({"source": "desk", "units": 4})).await;
    assert_eq!((captured.status, &captured.body["cost"]), (201, &json!(4)), "{}", captured.body);
    assert_eq!(
        (&captured.body["hold"]["state"], &captured.body["hold"]["captured_units"]),
        (&json!("captured"), &json!(4))
    );
    assert_eq!(
        (&captured.body["position"]["available"], &captured.body["position"]["used"]),
        (&json!(2_996), &json!(4))
    );
    let again = world.post(Role::Meter, "/holds/h1/capture", &json!({"source": "desk", "units": 4})).await;
    assert_eq!((again.status, &again.body["outcome"], &again.body["cost"]), (200, &json!("duplicate"), &json!(4)));
    let other = world.post(Role::Meter, "/holds/h1/capture", &json!({"source": "desk", "units": 5})).await;
    assert_eq!(other.problem(), (409, "conflict"));
    // What has become of it is told to whoever asks for it again.
    let late = world.post(Role::Meter, "/holds", &hold("h1", 10)).await;
    assert_eq!((late.status, &late.body["hold"]["state"]), (200, &json!("captured")));

    world.post(Role::Meter, "/holds", &hold("h2", 10)).await;
    let freed = world.post(Role::Meter, "/holds/h2/release", &json!({"source": "desk"})).await;
    assert_eq!((freed.status, &freed.body["hold"]["state"]), (201, &json!("released")));
    assert_eq!(freed.body["position"]["available"], 2_996);
    let again = world.post(Role::Meter, "/holds/h2/release", &json!({"source": "desk"})).await;
    assert_eq!((again.status, &again.body["outcome"]), (200, &json!("unchanged")));

    let minute = json!({"source": "desk", "id": "h3", "feature": "draft", "minutes": 1});
    world.post(Role::Meter, "/holds", &minute).await;
    world.clock.set(at("2026-06-03T09:01:00Z"));
    let over = world.post(Role::Meter, "/holds/h3/capture", &json!({"source": "desk"})).await;
    assert_eq!(over.problem(), (409, "hold_ended"));
    assert_eq!(world.post(Role::Meter, "/holds", &minute).await.body["hold"]["state"], "timed_out");
    let nobody = world.post(Role::Meter, "/holds/none/capture", &json!({"source": "desk"})).await;
    assert_eq!((nobody.problem(), &nobody.body["field"]), ((422, "invalid"), &json!("hold")));
    assert_eq!(world.post(Role::Member, "/holds", &hold("h4", 1)).await.problem(), (403, "forbidden"));
    let free =
        world.post(Role::Meter, "/holds", &json!({"source": "desk", "id": "h", "feature": "manual-reply"})).await;
    assert_eq!((free.status, &free.body["outcome"], &free.body["hold"]), (200, &json!("unmetered"), &json!(null)));
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_work_is_given_back_once() {
    let world = World::new().await;
    let mut used = event("u1", "draft");
    used["data"]["units"] = json!(12);
    world.report(&used).await;
    let wish = json!({"source": "desk", "id": "a1", "usage": "u1"});
    let made = world.post(Role::Meter, "/amendments", &wish).await;
    assert_eq!((made.status, &made.body["outcome"], &made.body["amount"]), (201, &json!("recorded"), &json!(12)));
    assert_eq!(made.body["position"]["available"], 3_000);
    let again = world.post(Role::Meter, "/amendments", &wish).await;
    assert_eq!((again.status, &again.body["outcome"], &again.body["amount"]), (200, &json!("duplicate"), &json!(12)));
    let other = world.post(Role::Meter, "/amendments", &json!({"source": "desk", "id": "a2", "usage": "u1"})).await;
    assert_eq!(other.problem(), (409, "conflict"));
    let nobody = world.post(Role::Meter, "/amendments", &json!({"source": "desk", "id": "a3", "usage": "u9"})).await;
    assert_eq!((nobody.problem(), &nobody.body["field"]), ((422, "invalid"), &json!("usage")));
    // A captured hold is a usage, too.
    world.post(Role::Meter, "/holds", &hold("h1", 5)).await;
    world.post(Role::Meter, "/holds/h1/capture", &json!({"source": "desk"})).await;
    let back = world.post(Role::Meter, "/amendments", &json!({"source": "desk", "id": "a4", "usage": "hold:h1"})).await;
    assert_eq!((back.status, &back.body["amount"]), (201, &json!(5)));
    // The usage itself is still known.
    let again = world.report(&used).await;
    assert_eq!((again.status, &again.body["outcome"], &again.body["cost"]), (200, &json!("duplicate"), &json!(12)));
}

#[tokio::test(flavor = "multi_thread")]
async fn any_instant_can_be_asked_for() {
    let world = World::new().await;
    for (id, when) in [("u1", "2026-06-04T10:00:00Z"), ("u2", "2026-06-20T10:00:00Z"), ("u3", "2026-07-02T10:00:00Z")] {
        world.clock.set(at(when));
        assert_eq!(world.report(&event(id, "draft")).await.status, 201);
    }
    let available = async |when: &str| {
        let asked = world.get(Role::Member, &format!("/balance?at={when}")).await;
        assert_eq!((asked.status, &asked.body["at"]), (200, &json!(when)), "{}", asked.body);
        (asked.body["seq"].as_u64().unwrap(), asked.body["available"].as_u64().unwrap())
    };
    assert_eq!(available("2026-06-03T08:59:59Z").await, (0, 0), "before the plan");
    assert_eq!(available("2026-06-03T09:00:00Z").await, (2, 3_000));
    assert_eq!(available("2026-06-04T09:59:59.999Z").await, (2, 3_000));
    assert_eq!(available("2026-06-04T10:00:00Z").await, (3, 2_999));
    assert_eq!(available("2026-06-30T23:59:59Z").await, (4, 2_998));
    // The refresh was recorded with the next usage, and is dated at its own instant.
    assert_eq!(available("2026-07-01T00:00:00Z").await, (6, 3_000));
    assert_eq!(available("2026-07-02T10:00:00Z").await, (7, 2_999));
    assert_eq!(available("2026-08-01T00:00:00Z").await, (7, 3_000), "to come");
}
