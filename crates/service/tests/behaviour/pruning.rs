//! What nobody needs any more goes by itself, and nothing else does.

use std::time::Duration;

use serde_json::{Value, json};
use wire::api::Role;

use crate::support::{Kind, World, answer, event};

const DAY: i64 = 24 * 60 * 60 * 1_000;

/// Starts the service anew, so many days later.
async fn days_later(world: &mut World, days: i64) {
    world.stop().await;
    world.clock.set(world.clock.now().plus_millis(days * DAY));
    world.start().await;
}

/// Waits until a query gives a number.
async fn wait(world: &World, query: &str, number: i64) {
    for _ in 0..200 {
        if world.number(query) == number {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(world.number(query), number, "{query}");
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_that_were_settled_long_ago_are_deleted_but_for_the_last_ones() {
    let mut world = World::new().await;
    let bytes = if crate::STORE == Kind::Sqlite { "x'7b7d'" } else { "'{}'" };
    let now = world.clock.now().as_millis();
    // Told, given up and still to be sent, long ago and lately. Nobody sends them: the service has no webhooks.
    for (workspace, id, age, next_at, told_at) in [
        ("acme", "told", 100, "NULL", Some(99)),
        ("acme", "given-up", 98, "NULL", None),
        ("acme", "late", 100, "NULL", Some(89)),
        ("acme", "waiting", 97, "1", None),
        ("acme", "lately-given-up", 80, "NULL", None),
        ("other", "earlier", 300, "NULL", Some(300)),
        ("other", "last", 200, "NULL", Some(200)),
        ("other", "purchase.paid/p", 150, "NULL", Some(150)),
        ("other", "purchase.expired/q", 50, "NULL", Some(50)),
    ] {
        let at = |days: i64| now - days * DAY;
        let told_at = told_at.map_or_else(|| "NULL".to_owned(), |days| at(days).to_string());
        let row = format!("'{workspace}', '{id}', {bytes}, {}, {next_at}, {told_at}", at(age));
        let columns = "workspace_id, event_id, body, created_at, next_at, told_at";
        world.sql(&format!("INSERT INTO outbox ({columns}) VALUES ({row})")).unwrap();
    }
    // With the last one about its ledger, and with what was told together with it, the workspace is told nothing twice.
    let last = "INSERT INTO outbox (workspace_id, event_id, body, created_at, told_at)
                SELECT workspace_id, 'with-the-last', body, created_at - 60000, told_at FROM outbox WHERE event_id = 'last'";
    world.sql(last).unwrap();
    // When to look at a workspace is no notice.
    let empty = if crate::STORE == Kind::Sqlite { "x''" } else { "''" };
    let look =
        format!("INSERT INTO outbox (workspace_id, event_id, body, created_at) VALUES ('acme', 'look', {empty}, 1)");
    world.sql(&look).unwrap();

    days_later(&mut world, 0).await;
    wait(&world, "SELECT count(*) FROM outbox", 7).await;
    let left = "'late', 'waiting', 'lately-given-up', 'last', 'with-the-last', 'look', 'purchase.expired/q'";
    assert_eq!(world.number(&format!("SELECT count(*) FROM outbox WHERE event_id IN ({left})")), 7);
    let told = world.http.get(world.url("/metrics").replace("/v1/workspaces/acme", "")).send().await.unwrap();
    let told = told.text().await.unwrap();
    for line in ["creditdeck_webhooks_waiting 1\n", "creditdeck_webhooks_given_up 1\n"] {
        assert!(told.contains(line), "{line} is not in {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_page_goes_as_well() {
    let mut world = World::new().await;
    let bytes = if crate::STORE == Kind::Sqlite { "x'7b7d'" } else { "'{}'" };
    let many = format!(
        "INSERT INTO outbox (workspace_id, event_id, body, created_at, told_at)
         WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 1700)
         SELECT 'acme', 'n' || number, {bytes}, number * 1000, number / 600 * 1000 FROM numbers"
    );
    world.sql(&many).unwrap();
    days_later(&mut world, 0).await;
    // Those of the last minute stay.
    wait(&world, "SELECT count(*) FROM outbox", 61).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_is_remembered_for_ninety_days() {
    let mut world = World::new().await;
    let put = async |world: &World, key: &str, automation: bool| {
        let request = world.http.put(world.url("/controls")).bearer_auth(world.token(Role::Owner));
        let asked = request.header("idempotency-key", key).json(&json!({"automation": automation}));
        answer(asked).await.body["outcome"].clone()
    };
    assert_eq!(put(&world, "old", true).await, "recorded");
    days_later(&mut world, 2).await;
    assert_eq!(put(&world, "new", false).await, "recorded");
    days_later(&mut world, 89).await;
    wait(&world, "SELECT count(*) FROM answers", 1).await;
    assert_eq!(put(&world, "new", false).await, "duplicate");
    assert_eq!(put(&world, "old", true).await, "recorded", "it is a key like any other again");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_old_snapshots_some_stay_and_the_past_is_answered_as_before() {
    let mut world = World::new().await;
    let then = world.clock.now();
    for batch in 0..3 {
        let events: Vec<Value> = (0..400).map(|id| event(&format!("u-{batch}-{id}"), "draft")).collect();
        let told = world.report_as("application/cloudevents-batch+json", json!(events).to_string()).await;
        assert_eq!(told.status, 200);
        world.clock.set(world.clock.now().plus_millis(1_000));
    }
    let past = format!("/balance?at={then}");
    let before = world.get(Role::Member, &past).await.body;
    assert_eq!((world.number("SELECT count(*) FROM snapshots"), &before["available"]), (1, &json!(2_600)));
    // As of a longer ledger. That they fit to no entry costs time and nothing else.
    let more = "INSERT INTO snapshots (workspace_id, seq, hash, account)
                WITH RECURSIVE numbers (number) AS (SELECT 2 UNION ALL SELECT number + 1 FROM numbers WHERE number < 40)
                SELECT workspace_id, number * 1000 + 1, hash, hash FROM snapshots, numbers";
    world.sql(more).unwrap();
    days_later(&mut world, 0).await;
    // One of each ten thousand entries, and the newest four: 1, 10, 20, 30; 37, 38, 39, 40.
    wait(&world, "SELECT count(*) FROM snapshots", 8).await;
    assert_eq!(
        world.number("SELECT CAST(sum(seq / 1000) AS BIGINT) FROM snapshots"),
        1 + 10 + 20 + 30 + 37 + 38 + 39 + 40
    );
    assert_eq!(world.get(Role::Member, &past).await.body, before);
}
