//! Packs: asked for, paid or not, credited once whatever happens in between.

use std::time::Duration;

use crate::support::{World, answer, at, event};
use serde_json::{Value, json};
use service::store::SessionState;
use service::{Config, Service};
use tokio::net::TcpListener;
use wire::api::Role;

/// Asks for a pack, and gives the path of its checkout page.
async fn ask(world: &World, id: &str) -> String {
    let asked = world.post(Role::Owner, "/purchases", &json!({"id": id, "pack": "boost-1000"})).await;
    assert_eq!((asked.status, &asked.body["state"]), (201, &json!("waiting")), "{}", asked.body);
    path(&asked.body)
}

fn path(purchase: &Value) -> String {
    let url = purchase["checkout_url"].as_str().unwrap();
    url[url.find("/sandbox").unwrap()..].to_owned()
}

async fn choose(world: &World, page: &str, choice: &str) {
    let chosen = world.http.post(world.url(&format!("{page}/{choice}"))).send().await.unwrap();
    assert_eq!(chosen.status(), 303);
    assert_eq!(chosen.headers()["location"], page);
}

/// Waits until the purchase is in a state.
async fn wait(world: &World, id: &str, state: &str) -> Value {
    for _ in 0..200 {
        let purchase = world.get(Role::Member, &format!("/purchases/{id}")).await.body;
        if purchase["state"] == state {
            return purchase;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the purchase {id} is not {state}");
}

fn credits(ledger: &[Value]) -> usize {
    ledger.iter().filter(|entry| entry["source"] == "top_up").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_is_paid_on_the_page_and_credited_once() {
    let world = World::new().await;
    let page = ask(&world, "p1").await;
    let html = world.http.get(world.url(&page)).send().await.unwrap();
    assert!(html.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    let html = html.text().await.unwrap();
    for text in ["Test payment — no real money moves", "Boost 1,000", "$15.00", "The acme", ">Pay<", ">Cancel<"] {
        assert!(html.contains(text), "{text}");
    }
    choose(&world, &page, "pay").await;
    let paid = wait(&world, "p1", "paid").await;
    assert_eq!((&paid["credited_seq"], &paid["checkout_url"]), (&json!(3), &json!(null)));
    let balance = world.get(Role::Member, "/balance").await.body;
    assert_eq!((&balance["available"], &balance["top_up"]), (&json!(4_000), &json!(1_000)));
    // The page again, in every way: it tells what happened, and nothing more happens.
    for choice in ["pay", "decline", "cancel"] {
        choose(&world, &page, choice).await;
    }
    assert!(world.http.get(world.url(&page)).send().await.unwrap().text().await.unwrap().contains("<h1>Paid</h1>"));
    let again = world.post(Role::Admin, "/purchases", &json!({"id": "p1", "pack": "boost-1000"})).await;
    assert_eq!((again.status, &again.body["state"]), (200, &json!("paid")));
    assert_eq!(world.post(Role::Owner, "/purchases/p1/cancel", &json!({})).await.problem(), (409, "purchase_state"));
    assert_eq!(credits(&world.ledger().await), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_again_gives_the_same_purchase_and_other_content_is_a_conflict() {
    let world = World::new().await;
    let wish = json!({"id": "p1", "pack": "boost-1000"});
    let asks = (0..8).map(|_| world.post(Role::Owner, "/purchases", &wish));
    let answers = futures_util::future::join_all(asks).await;
    let pages: std::collections::BTreeSet<String> = answers.iter().map(|one| path(&one.body)).collect();
    assert_eq!(pages.len(), 1, "one purchase has one page");
    let other = world.post(Role::Owner, "/purchases", &json!({"id": "p1", "pack": "boost-5000"})).await;
    assert_eq!(other.problem(), (409, "conflict"));
    assert_eq!(world.get(Role::Member, "/purchases").await.body["purchases"].as_array().unwrap().len(), 1);

    let wrong = world.post(Role::Owner, "/purchases", &json!({"id": "p2", "pack": "gold"})).await;
    assert_eq!(wrong.problem(), (422, "invalid"));
    assert_eq!(
        world.post(Role::Owner, "/purchases", &json!({"id": "", "pack": "boost-1000"})).await.problem(),
        (422, "invalid")
    );
    assert_eq!(world.get(Role::Member, "/purchases/p2").await.problem(), (404, "not_found"));
    assert_eq!(world.http.get(world.url("/sandbox/checkout/none")).send().await.unwrap().status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_buy_learns_where_to_pay() {
    let world = World::new().await;
    let page = ask(&world, "p1").await;
    for (role, is_told) in [(Role::Owner, true), (Role::Admin, true), (Role::Member, false)] {
        let one = world.get(role, "/purchases/p1").await.body;
        let all = world.get(role, "/purchases").await.body;
        assert_eq!(all["purchases"], json!([one]));
        assert_eq!((&one["state"], &one["pack"]), (&json!("waiting"), &json!("boost-1000")));
        assert_eq!(one["checkout_url"].as_str().is_some_and(|url| url.ends_with(&page)), is_told, "{role}: {one}");
        assert_eq!(one["checkout_url"].is_null(), !is_told, "{role}: {one}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_access_nothing_is_sold() {
    let world = World::bare("b", "UTC").await;
    let wish = json!({"id": "p1", "pack": "boost-1000"});
    assert_eq!(world.post(Role::Owner, "/purchases", &wish).await.problem(), (403, "no_plan"));
    world.post(Role::Owner, "/plan", &json!({"do": "subscribe", "plan": "solo"})).await;
    assert_eq!(world.post(Role::Owner, "/purchases", &wish).await.problem(), (403, "plan_excludes_ai"));
    assert_eq!(world.get(Role::Owner, "/purchases").await.body["purchases"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn declined_cancelled_and_expired_cost_nothing() {
    let world = World::new().await;
    let declined = ask(&world, "p1").await;
    choose(&world, &declined, "decline").await;
    assert_eq!(wait(&world, "p1", "failed").await["message"], "The payment was declined. Nothing was paid.");
    let left = ask(&world, "p2").await;
    choose(&world, &left, "cancel").await;
    wait(&world, "p2", "cancelled").await;
    let called_off = ask(&world, "p3").await;
    for _ in 0..2 {
        assert_eq!(world.post(Role::Owner, "/purchases/p3/cancel", &json!({})).await.body["state"], "cancelled");
    }
    choose(&world, &called_off, "pay").await;
    let late = ask(&world, "p4").await;
    world.clock.set(at("2026-06-04T09:00:00Z"));
    choose(&world, &late, "pay").await;
    assert_eq!(wait(&world, "p4", "expired").await["checkout_url"], Value::Null);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(world.get(Role::Member, "/purchases/p3").await.body["state"], "cancelled");
    assert_eq!(credits(&world.ledger().await), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_taken_only_with_its_signature() {
    let world = World::new().await;
    ask(&world, "p1").await;
    let body = json!({"id": "evt_1", "type": "checkout.paid", "workspace": "acme", "purchase": "p1"}).to_string();
    for signature in ["", "t=1,v1=00", &format!("t={},v1={}", world.clock.now().as_millis() / 1_000, "0".repeat(64))] {
        let forged = world.http.post(world.url("/v1/webhooks/sandbox")).header("creditdeck-signature", signature);
        assert_eq!(answer(forged.body(body.clone())).await.problem(), (401, "unauthorized"));
    }
    assert_eq!(world.get(Role::Member, "/purchases/p1").await.body["state"], "waiting");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_while_the_service_was_away_is_found_when_it_is_back() {
    let mut world = World::new().await;
    let page = ask(&world, "p1").await;
    world.stop().await;
    // The buyer has paid, and the service died before the webhook was sent.
    let session = page.rsplit('/').next().unwrap();
    assert!(world.store().end_session(session, SessionState::Paid, "evt_paid").unwrap());
    world.start().await;
    wait(&world, "p1", "paid").await;
    assert_eq!(credits(&world.ledger().await), 1);
    world.stop().await;
    // It died once more, after the event was stored and before the provider heard so: the event comes again.
    world.sql("UPDATE sandbox_sessions SET delivered = 0").unwrap();
    world.start().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(credits(&world.ledger().await), 1);
    assert_eq!(world.get(Role::Member, "/purchases/p1").await.body["credited_seq"], 3);
    // And a second event of its own for the same purchase credits nothing either.
    world.stop().await;
    world.sql("UPDATE sandbox_sessions SET delivered = 0, event_id = 'evt_other'").unwrap();
    world.start().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(credits(&world.ledger().await), 1);
    assert_eq!(world.get(Role::Member, "/purchases/p1").await.body["state"], "paid");
    // Nor does a late event that says otherwise take anything back.
    world.stop().await;
    world.sql("UPDATE sandbox_sessions SET delivered = 0, event_id = 'evt_no', state = 'declined'").unwrap();
    world.start().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let purchase = world.get(Role::Member, "/purchases/p1").await.body;
    assert_eq!((&purchase["state"], &purchase["credited_seq"]), (&json!("paid"), &json!(3)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_cannot_be_finished_holds_up_no_other() {
    let mut world = World::new().await;
    let first = ask(&world, "p1").await;
    world.clock.set(at("2026-06-03T09:00:01Z"));
    let second = ask(&world, "p2").await;
    world.stop().await;
    for (page, event) in [(first, "evt_1"), (second, "evt_2")] {
        let session = page.rsplit('/').next().unwrap();
        assert!(world.store().end_session(session, SessionState::Paid, event).unwrap());
    }
    world.refuse("payment_events", "NEW.purchase_id = 'p1'");
    world.start().await;
    wait(&world, "p2", "paid").await;
    assert_eq!(world.get(Role::Member, "/purchases/p1").await.body["state"], "processing");
    world.stop().await;
    world.take("payment_events");
    world.start().await;
    wait(&world, "p1", "paid").await;
    assert_eq!(credits(&world.ledger().await), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_cannot_be_taken_in_comes_again_until_it_is() {
    let world = World::new().await;
    let page = ask(&world, "p1").await;
    world.refuse("entries", "NEW.seq > 0");
    choose(&world, &page, "pay").await;
    wait(&world, "p1", "processing").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    world.take("entries");
    wait(&world, "p1", "paid").await;
    assert_eq!(credits(&world.ledger().await), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_that_the_provider_never_heard_of_goes_on_when_it_is_asked_again() {
    let mut world = World::new().await;
    ask(&world, "p1").await;
    world.stop().await;
    // It died between the two: the purchase is stored, the provider knows nothing.
    world.sql("DELETE FROM sandbox_sessions; UPDATE purchases SET state = 'created', checkout_url = NULL").unwrap();
    world.start().await;
    assert_eq!(world.get(Role::Member, "/purchases/p1").await.body["state"], "created");
    let again = world.post(Role::Owner, "/purchases", &json!({"id": "p1", "pack": "boost-1000"})).await;
    assert_eq!((again.status, &again.body["state"]), (200, &json!("waiting")));
    choose(&world, &path(&again.body), "pay").await;
    wait(&world, "p1", "paid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_that_was_called_off_halfway_is_cancelled() {
    let mut world = World::new().await;
    ask(&world, "p1").await;
    ask(&world, "p2").await;
    world.stop().await;
    // It died between the two: the provider has ended the checkouts and tells nobody, the purchases still wait.
    world
        .sql(
            "UPDATE sandbox_sessions SET state = 'cancelled', event_id = 'evt_' || purchase_id, delivered = 1;
             UPDATE purchases SET state = 'created', checkout_url = NULL WHERE purchase_id = 'p2'",
        )
        .unwrap();
    world.start().await;
    for id in ["p1", "p2"] {
        let purchase = world.get(Role::Owner, &format!("/purchases/{id}")).await.body;
        assert_eq!((&purchase["state"], &purchase["checkout_url"]), (&json!("cancelled"), &Value::Null));
    }
    let again = world.post(Role::Owner, "/purchases/p1/cancel", &json!({})).await;
    assert_eq!((again.status, &again.body["state"]), (200, &json!("cancelled")));
    assert_eq!(credits(&world.ledger().await), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_paid_after_the_plan_has_lapsed_is_credited_and_frozen() {
    let world = World::new().await;
    world.clock.set(at("2026-06-30T23:00:00Z"));
    let page = ask(&world, "p1").await;
    world.post(Role::Owner, "/plan", &json!({"do": "cancel"})).await;
    world.clock.set(at("2026-07-01T00:00:00Z"));
    choose(&world, &page, "pay").await;
    wait(&world, "p1", "paid").await;
    let balance = world.get(Role::Member, "/balance").await.body;
    assert_eq!(
        (&balance["state"], &balance["available"], &balance["top_up"]),
        (&json!("no_plan"), &json!(0), &json!(1_000))
    );
    assert_eq!(world.report(&event("u1", "draft")).await.problem(), (403, "no_plan"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_payments_packs_are_listed_and_cannot_be_bought() {
    let mut world = World::new().await;
    let paid = ask(&world, "p1").await;
    choose(&world, &paid, "pay").await;
    wait(&world, "p1", "paid").await;
    let left = ask(&world, "p2").await;
    world.stop().await;
    let (database, clock) = (world.database.clone(), world.clock.clone());
    let service = Service::open(Config { database, clock, public_url: None, webhooks: None }).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    world.running = Some(service.without_payments().serve(listener).await.unwrap());

    let catalogue = world.get(Role::Owner, "/catalogue").await;
    assert!(catalogue.text.contains("boost-1000"), "{}", catalogue.text);
    let wish = |id: &str| json!({"id": id, "pack": "boost-1000"});
    let refused = world.post(Role::Owner, "/purchases", &wish("p3")).await;
    assert_eq!(refused.problem(), (409, "payments_off"));
    assert!(refused.body["detail"].as_str().unwrap().contains("sells no packs"), "{}", refused.body);
    assert_eq!(world.get(Role::Owner, "/purchases/p3").await.problem(), (404, "not_found"));
    // Who may not buy hears that first, as ever.
    assert_eq!(world.post(Role::Member, "/purchases", &wish("p3")).await.problem(), (403, "forbidden"));

    // Nobody can pay what was begun before, and what was paid stays.
    for path in [left.clone(), format!("{left}/pay")] {
        let gone = answer(world.http.post(world.url(&path))).await;
        assert_eq!(gone.problem(), (404, "not_found"), "{path}");
    }
    assert_eq!(answer(world.http.post(world.url("/v1/webhooks/sandbox"))).await.problem(), (404, "not_found"));
    let again = world.post(Role::Owner, "/purchases", &wish("p2")).await;
    assert_eq!(
        (again.status, &again.body["state"], &again.body["checkout_url"]),
        (200, &json!("cancelled"), &json!(null))
    );
    assert_eq!(world.get(Role::Owner, "/purchases/p1").await.body["state"], "paid");
    assert_eq!(credits(&world.ledger().await), 1);
}
