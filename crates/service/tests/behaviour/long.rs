//! Ledgers of thousands of entries: opened from a snapshot, which changes what it costs and never what is answered.

use serde_json::{Value, json};
use wire::api::Role;

use crate::support::{World, at, event};

/// Reports so many usages in batches.
async fn fill(world: &World, first: usize, count: usize) {
    let events: Vec<Value> = (first..first + count).map(|id| event(&format!("u-{id}"), "draft")).collect();
    for batch in events.chunks(500) {
        let told = world.report_as("application/cloudevents-batch+json", json!(batch).to_string()).await;
        assert_eq!(told.status, 200);
        assert!(told.body["answers"].as_array().unwrap().iter().all(|one| one["status"] == 201), "{}", told.body);
    }
}

/// The snapshots, replaced by what is no snapshot.
fn spoil(world: &World, where_: &str) {
    let nothing = match crate::STORE {
        crate::support::Kind::Sqlite => "x'7b7d'",
        crate::support::Kind::Postgres => "'{}'",
    };
    world.sql(&format!("UPDATE snapshots SET account = {nothing} WHERE {where_}")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_ledger_is_opened_from_its_newest_snapshot_and_answers_the_same() {
    let mut world = World::new().await;
    fill(&world, 0, 2_600).await;
    let before = world.get(Role::Member, "/balance").await.body;
    assert_eq!((&before["available"], &before["seq"]), (&json!(400), &json!(2_602)));
    world.stop().await;

    // Nothing before the newest snapshot is read any more: it could be anything.
    let rewrite = match crate::STORE {
        crate::support::Kind::Sqlite => {
            "DROP TRIGGER entries_are_never_changed; UPDATE entries SET body = x'7b7d' WHERE seq = 700"
        }
        crate::support::Kind::Postgres => {
            "DROP TRIGGER entries_are_never_changed ON entries; UPDATE entries SET body = '{}' WHERE seq = 700"
        }
    };
    let keep = match crate::STORE {
        crate::support::Kind::Sqlite => "CREATE TABLE kept AS SELECT * FROM entries WHERE seq = 700",
        crate::support::Kind::Postgres => "CREATE TABLE kept AS SELECT * FROM entries WHERE seq = 700",
    };
    world.sql(keep).unwrap();
    world.sql(rewrite).unwrap();
    world.start().await;
    assert_eq!(world.get(Role::Member, "/balance").await.body, before);
    let again = world.report(&event("u-3", "draft")).await;
    assert_eq!((again.status, &again.body["outcome"]), (200, &json!("duplicate")), "an id from before the snapshot");
    world.stop().await;

    // Without the newest snapshot an older one does, and without any the entries, which have to be right then.
    spoil(&world, "seq > 2000");
    world.start().await;
    assert_eq!(world.get(Role::Member, "/balance").await.body, before);
    world.stop().await;
    spoil(&world, "seq > 0");
    world.start().await;
    assert_eq!(world.get(Role::Member, "/balance").await.problem(), (503, "unavailable"));
    world.stop().await;
    world.sql("UPDATE entries SET body = (SELECT body FROM kept) WHERE seq = 700").unwrap();
    world.start().await;
    assert_eq!(world.get(Role::Member, "/balance").await.body, before);
    fill(&world, 2_600, 400).await;
    assert_eq!(world.report(&event("one more", "draft")).await.problem(), (402, "exhausted"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_of_a_long_ledger_can_be_asked_for() {
    let world = World::new().await;
    for hour in 0..26 {
        world.clock.set(at("2026-06-03T10:00:00Z").plus_millis(hour * 3_600_000));
        fill(&world, usize::try_from(hour).unwrap() * 100, 100).await;
    }
    for hour in 0..26 {
        let when = at("2026-06-03T10:59:59Z").plus_millis(hour * 3_600_000);
        let asked = world.get(Role::Member, &format!("/balance?at={when}")).await;
        assert_eq!(asked.body["available"], 3_000 - (hour + 1) * 100, "{when}");
    }
}
