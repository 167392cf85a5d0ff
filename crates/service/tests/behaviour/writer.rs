//! Recording: concurrent commands, group commits, and what happens when the disk fails.

use std::collections::BTreeSet;

use crate::support::{Kind, World, answer, event};
use serde_json::json;
use wire::api::Role;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_at_once_are_each_recorded_once_in_one_order() {
    let world = World::new().await;
    // Each id is sent three times, all at the same time.
    let requests = (0..100).flat_map(|id| [id, id, id]).map(|id| {
        let request = world.http.post(world.url("/usage")).bearer_auth(world.token(Role::Meter));
        let body = event(&format!("u{id}"), "draft").to_string();
        answer(request.header("content-type", "application/cloudevents+json").body(body))
    });
    let answers = futures_util::future::join_all(requests).await;
    let recorded: Vec<u64> =
        answers.iter().filter(|one| one.status == 201).map(|one| one.body["seq"].as_u64().unwrap()).collect();
    assert_eq!(recorded.len(), 100);
    assert_eq!(recorded.iter().copied().collect::<BTreeSet<u64>>(), (3..=102).collect());
    assert_eq!(answers.iter().filter(|one| one.status == 200).count(), 200);
    assert_eq!(world.ledger().await.len(), 102);
    assert_eq!(world.get(Role::Member, "/balance").await.body["available"], 2_900);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_credits_are_spent_by_as_many_as_there_are() {
    let world = World::new().await;
    let mut most = event("most", "draft");
    most["data"]["units"] = json!(2_990);
    assert_eq!(world.report(&most).await.status, 201);
    let requests = (0..40).map(|id| {
        let request = world.http.post(world.url("/usage")).bearer_auth(world.token(Role::Meter));
        let body = event(&format!("u{id}"), "draft").to_string();
        answer(request.header("content-type", "application/cloudevents+json").body(body))
    });
    let statuses: Vec<u16> = futures_util::future::join_all(requests).await.iter().map(|one| one.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 10);
    assert_eq!(statuses.iter().filter(|status| **status == 402).count(), 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn when_the_store_fails_nothing_is_answered_as_recorded() {
    let world = World::new().await;
    assert_eq!(world.report(&event("u1", "draft")).await.status, 201);
    world.refuse("entries", "NEW.seq > 0");
    let requests = (0..20).map(|id| {
        let request = world.http.post(world.url("/usage")).bearer_auth(world.token(Role::Meter));
        let body = event(&format!("v{id}"), "draft").to_string();
        answer(request.header("content-type", "application/cloudevents+json").body(body))
    });
    for failed in futures_util::future::join_all(requests).await {
        assert_eq!(failed.problem(), (503, "unavailable"));
    }
    // What was not stored is not in the balance either, and what was there is.
    assert_eq!(world.get(Role::Member, "/balance").await.body["available"], 2_999);
    world.take("entries");
    let again = world.report(&event("v1", "draft")).await;
    assert_eq!((again.status, &again.body["seq"]), (201, &json!(4)));
    assert_eq!(world.report(&event("u1", "draft")).await.body["outcome"], "duplicate");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_was_tampered_with_is_not_served_as_if_it_was_right() {
    let mut world = World::new().await;
    world.report(&event("u1", "draft")).await;
    world.stop().await;
    for change in match crate::STORE {
        Kind::Sqlite => &["UPDATE entries SET body = x'7b7d' WHERE seq = 2", "DELETE FROM entries WHERE seq = 3"][..],
        Kind::Postgres => {
            &["UPDATE entries SET body = '{}' WHERE seq = 2", "DELETE FROM entries WHERE seq = 3", "TRUNCATE entries"][..]
        }
    } {
        let refused = world.sql(change).unwrap_err();
        assert!(refused.contains("append-only"), "{change}: {refused}");
    }
    let rewrite = match crate::STORE {
        Kind::Sqlite => {
            "DROP TRIGGER entries_are_never_changed;
             UPDATE entries SET body = CAST(replace(body, '3000', '9000') AS BLOB) WHERE seq = 2"
        }
        Kind::Postgres => {
            "DROP TRIGGER entries_are_never_changed ON entries;
             UPDATE entries SET body = convert_to(replace(convert_from(body, 'UTF8'), '3000', '9000'), 'UTF8') WHERE seq = 2"
        }
    };
    world.sql(rewrite).unwrap();
    world.start().await;
    assert_eq!(world.report(&event("u2", "draft")).await.problem(), (503, "unavailable"));
    assert_eq!(world.get(Role::Member, "/balance").await.problem(), (503, "unavailable"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_recorded_behind_entries_that_the_database_has_lost() {
    // What others recorded in their place: nothing, too little to reach the number that this one goes on from, and enough.
    // And what this one is asked first: something new, what it knows to be a duplicate, and what is left.
    for (elsewhere, first) in (0..=2).flat_map(|elsewhere| ["w", "u3", "/balance"].map(|first| (elsewhere, first))) {
        let world = World::new().await;
        for id in ["u1", "u2", "u3"] {
            assert_eq!(world.report(&event(id, "draft")).await.status, 201);
        }
        // As by a replica that took over, or a backup that was put in the database's place, under a service that runs.
        let unguarded = match crate::STORE {
            Kind::Sqlite => "DROP TRIGGER entries_are_never_deleted",
            Kind::Postgres => "DROP TRIGGER entries_are_never_changed ON entries",
        };
        world.sql(unguarded).unwrap();
        world.sql("DELETE FROM names WHERE seq > 3; DELETE FROM entries WHERE seq > 3").unwrap();
        let other = world.another().await;
        for id in 0..elsewhere {
            let url = format!("{}/v1/workspaces/acme/usage", other.url());
            let request = world.http.post(url).bearer_auth(world.token(Role::Meter));
            let body = event(&format!("v{id}"), "draft").to_string();
            let answer = answer(request.header("content-type", "application/cloudevents+json").body(body)).await;
            assert_eq!(answer.status, 201);
        }
        let left = 3_000 - 1 - elsewhere;
        if first == "/balance" {
            assert_eq!(world.get(Role::Member, first).await.body["available"], json!(left));
        }
        let new = if first == "u3" { ["u3", "w"] } else { ["w", "u3"] };
        for (id, seq) in new.into_iter().zip(4 + elsewhere..) {
            let answer = world.report(&event(id, "draft")).await;
            assert_eq!(
                (answer.status, &answer.body["seq"]),
                (201, &json!(seq)),
                "{first}, {elsewhere}: {}",
                answer.body
            );
        }
        assert_eq!(world.get(Role::Member, "/balance").await.body["available"], json!(left - 2));
        // With its chain.
        assert_eq!(world.ledger().await.len(), usize::try_from(5 + elsewhere).unwrap());
        other.shutdown().await;
    }
}
