//! Usage that is reported to the service while the app looks on.

use app::view::{BannerAction, BannerCode, WorkspaceState};
use app::{Changed, Event};
use serde_json::json;

use crate::desk::{Desk, until};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_usage_arrives_with_its_cost_and_is_told_once() {
    let world = World::on("a", "starter").await;
    let desk = Desk::new(&world).await;
    let before = desk.caught_up(&world).await.position;
    assert_eq!((before.available, before.used), (2_000, 0));

    let mut events = desk.app.events();
    let cost = world.used("one", "knowledge-sync", 3).await;
    assert_eq!(cost, 75);
    let changed = Event::LedgerChanged(Changed { workspace: desk.key.clone() });
    while tokio::time::timeout(std::time::Duration::from_secs(20), events.next()).await.unwrap().unwrap() != changed {}
    // It is told after it can be seen.
    let after = desk.overview();
    assert_eq!((after.position.available, after.position.used), (before.available - cost, cost));
    assert_eq!((after.latest[0].title.as_str(), after.latest[0].amount), ("Website knowledge sync", -75));

    // The same again is known, something else under its id is a conflict, and neither is in the ledger.
    let (status, answer) = world.report("one", "knowledge-sync", 3).await;
    assert_eq!((status, &answer["outcome"]), (200, &json!("duplicate")), "{answer}");
    let (status, answer) = world.report("one", "knowledge-sync", 4).await;
    assert_eq!((status, &answer["code"]), (409, &json!("conflict")), "{answer}");
    let (status, answer) = world.report("two", "call", 1).await;
    assert_eq!((status, &answer["outcome"]), (200, &json!("unmetered")), "{answer}");
    let seq = after.latest[0].seq;
    world.used("three", "ai-reply", 1).await;
    let last = desk.caught_up(&world).await;
    assert_eq!((last.latest[0].seq, last.position.available), (seq + 1, before.available - cost - 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_banner_warns_under_a_fifth_and_says_when_nothing_runs_any_more() {
    let world = World::on("a", "starter").await;
    let desk = Desk::new(&world).await;
    let refresh = at_millis("2026-07-03T09:00:00Z");

    world.used("to-a-fifth", "knowledge-sync", 64).await;
    let fifth = desk.caught_up(&world).await;
    assert_eq!((fifth.position.available, fifth.position.low, fifth.banner), (400, false, None));

    world.used("under-it", "ai-reply", 1).await;
    let low = desk.caught_up(&world).await;
    let banner = low.banner.unwrap();
    assert_eq!((low.position.state, banner.code), (WorkspaceState::Active, BannerCode::Low));
    assert_eq!((banner.available, banner.allowance_size, banner.until), (399, 2_000, Some(refresh)));
    assert_eq!(banner.action, Some(BannerAction::TopUp));

    world.used("the-rest", "command", 399).await;
    let paused = desk.caught_up(&world).await;
    assert_eq!((paused.position.available, paused.position.state), (0, WorkspaceState::Paused));
    assert_eq!(paused.banner.unwrap().code, BannerCode::Paused);
    assert!(paused.position.features.iter().all(|feature| !feature.can_run), "{:?}", paused.position.features);
    let (status, answer) = world.report("too-much", "ai-reply", 1).await;
    assert_eq!((status, &answer["code"]), (402, &json!("exhausted")), "{answer}");

    // The refresh ends it, without anything new in the ledger.
    world.clock.set(crate::world::at("2026-07-03T09:00:00Z"));
    let fresh = desk.overview();
    assert_eq!((fresh.position.available, fresh.banner), (2_000, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_plan_the_banner_says_so_until_there_is_one() {
    let world = World::new("b", "Europe/Berlin", "2026-06-03T09:00:00Z").await;
    let desk = Desk::new(&world).await;
    let none = desk.overview();
    assert_eq!((none.position.state, none.banner.unwrap().code), (WorkspaceState::NoPlan, BannerCode::NoPlan));
    world.subscribe("solo").await;
    let solo = desk.caught_up(&world).await;
    assert_eq!(solo.banner.unwrap().code, BannerCode::PlanExcludesAi);
    world.subscribe("starter").await;
    let found = until(&desk.app, "the plan", || Some(desk.overview()).filter(|now| now.position.available == 3_000));
    assert_eq!(found.await.banner, None);
}

fn at_millis(text: &str) -> i64 {
    crate::world::at(text).as_millis()
}
