//! What the vendor is told: once a happening, in its order, until it is taken, whatever fails in between.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::support::vendor::{Delivery, Vendor};
use crate::support::{Kind, World, answer, at, event};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use service::store::Workspace;
use standardwebhooks::Webhook;
use wire::api::{Role, VendorEvent, VendorNews};

/// A service on plan Starter (3,000 credits, low below 600) that tells this vendor.
async fn telling(vendor: &Vendor) -> World {
    let mut world = World::new().await;
    world.stop().await;
    world.webhooks = Some(vendor.webhooks());
    world.start().await;
    world
}

/// Uses so many credits.
async fn use_up(world: &World, id: &str, units: u32) {
    let mut usage = event(id, "draft");
    usage["data"]["units"] = json!(units);
    let done = world.report(&usage).await;
    assert_eq!(done.status, 201, "{}", done.body);
}

/// Lets the clock go on.
fn wait(world: &World, millis: i64) {
    world.clock.set(world.clock.now().plus_millis(millis));
}

/// Asks for a pack, and gives the path of its checkout page.
async fn ask(world: &World, id: &str) -> String {
    let asked = world.post(Role::Owner, "/purchases", &json!({"id": id, "pack": "boost-1000"})).await;
    assert_eq!(asked.status, 201, "{}", asked.body);
    let url = asked.body["checkout_url"].as_str().unwrap();
    url[url.find("/sandbox").unwrap()..].to_owned()
}

async fn choose(world: &World, page: &str, choice: &str) {
    let chosen = world.http.post(world.url(&format!("{page}/{choice}"))).send().await.unwrap();
    assert_eq!(chosen.status(), 303);
}

/// Sends the payment provider's event that a purchase is paid.
async fn pay(world: &World, purchase: &str, event: &str) {
    let secret = world.store().setting("sandbox_secret", || unreachable!()).unwrap();
    let body = json!({"id": event, "type": "checkout.paid", "workspace": "acme", "purchase": purchase}).to_string();
    let seconds = world.clock.now().as_millis() / 1_000;
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&secret).unwrap();
    mac.update(format!("{seconds}.{body}").as_bytes());
    let digest: [u8; 32] = mac.finalize().into_bytes().into();
    let header = format!("t={seconds},v1={}", wire::Hash(digest));
    let sent = world.http.post(world.url("/v1/webhooks/sandbox")).header("creditdeck-signature", header).body(body);
    assert_eq!(answer(sent).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_threshold_is_told_once_a_crossing_and_again_after_a_refresh_and_a_purchase() {
    let vendor = Vendor::new().await;
    let world = telling(&vendor).await;
    use_up(&world, "u1", 1_499).await;
    use_up(&world, "u2", 1).await;
    use_up(&world, "u3", 1).await;
    use_up(&world, "u4", 1_000).await;
    let first = ["50%", "75%", "below 600"].map(|what| format!("balance.threshold_crossed {what}"));
    assert_eq!(vendor.said(3).await, first);
    // Work that failed gives its credits back, and they are used again: that is the same crossing.
    let failed = json!({"source": "desk", "id": "a1", "usage": "u4"});
    let amended = world.post(Role::Meter, "/amendments", &failed).await;
    assert_eq!(amended.status, 201, "{}", amended.body);
    use_up(&world, "u5", 1_000).await;
    vendor.deliveries(3).await;
    world.clock.set(at("2026-07-01T00:00:00Z"));
    use_up(&world, "v1", 2_500).await;
    let second = vendor.said(6).await;
    assert_eq!(second[3..], first);
    ask(&world, "p1").await;
    pay(&world, "p1", "evt_1").await;
    use_up(&world, "v2", 950).await;
    let third = vendor.deliveries(10).await;
    let said: Vec<String> = third[6..].iter().map(Delivery::said).collect();
    let all = ["90%", "100%"].map(|what| format!("balance.threshold_crossed {what}"));
    assert_eq!(said, ["purchase.paid p1", &all[0], &all[1], &first[2]], "a pack arms the balance anew, and no share");
    assert_eq!(third.iter().map(|one| &one.id).collect::<BTreeSet<_>>().len(), 10, "each has an id of its own");
    let low = &third[9].body;
    assert_eq!(low["timestamp"], "2026-07-01T00:00:00Z");
    assert_eq!((&low["data"]["workspace"], &low["data"]["crossing"]), (&json!("acme"), &json!(3)));
    let position = world.get(Role::Member, "/balance").await.body;
    for field in ["available", "allowance", "top_up", "held", "used", "state", "period", "can_run"] {
        assert_eq!(low["data"]["position"][field], position[field], "{field}");
    }
    assert_eq!(low["data"]["seq"], position["seq"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_crosses_two_thresholds_is_told_of_both_in_their_order() {
    let vendor = Vendor::new().await;
    let world = telling(&vendor).await;
    let events = ["u1", "u2", "u3"].map(|id| {
        let mut usage = event(id, "draft");
        usage["data"]["units"] = json!(800);
        usage
    });
    let sent = || world.report_as("application/cloudevents-batch+json", json!(events).to_string());
    assert_eq!(sent().await.status, 200);
    let told = vendor.deliveries(2).await;
    let told: Vec<_> = told.iter().map(|one| (one.said(), one.body["data"]["seq"].clone())).collect();
    let crossed = |what: &str, seq: u64| (format!("balance.threshold_crossed {what}"), json!(seq));
    assert_eq!(told, [crossed("50%", 4), crossed("75%", 5)]);
    sent().await;
    vendor.deliveries(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn that_credits_ran_out_and_came_back_is_told_and_a_payment_once() {
    let vendor = Vendor::new().await;
    let world = telling(&vendor).await;
    use_up(&world, "u1", 3_000).await;
    let crossed = ["50%", "75%", "90%", "100%", "below 600"].map(|what| format!("balance.threshold_crossed {what}"));
    assert_eq!(vendor.said(6).await, [&crossed[..], &["balance.depleted 0".to_owned()]].concat());
    assert_eq!(world.report(&event("u2", "draft")).await.problem(), (402, "exhausted"));
    let depleted = &vendor.all()[5].body;
    assert_eq!((&depleted["data"]["seq"], &depleted["data"]["position"]["state"]), (&json!(3), &json!("paused")));

    ask(&world, "p1").await;
    for event in ["evt_1", "evt_1", "evt_2"] {
        pay(&world, "p1", event).await;
    }
    let told = vendor.deliveries(8).await;
    assert_eq!([6, 7].map(|index: usize| told[index].said()), ["balance.recovered 1000", "purchase.paid p1"]);
    let purchase = &told[7].body["data"];
    assert_eq!(purchase["workspace"], "acme");
    let expected = world.get(Role::Member, "/purchases/p1").await.body;
    assert_eq!(purchase["purchase"], expected);
    assert_eq!(purchase["purchase"]["credited_seq"], 4);
    let known: VendorEvent = serde_json::from_slice(&told[7].bytes).unwrap();
    assert!(matches!(known.what, VendorNews::PurchasePaid(_)));

    // Run out once more: that is another time.
    use_up(&world, "u3", 1_000).await;
    let told = vendor.said(10).await;
    assert_eq!(told[8..], ["balance.threshold_crossed below 600", "balance.depleted 0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_ends_a_pause_though_nobody_sends_a_command() {
    let vendor = Vendor::new().await;
    let mut world = telling(&vendor).await;
    use_up(&world, "u1", 3_000).await;
    vendor.deliveries(6).await;
    world.clock.set(at("2026-06-30T23:59:59Z"));
    vendor.deliveries(6).await;
    world.clock.set(at("2026-07-01T00:00:03Z"));
    let told = vendor.deliveries(7).await;
    assert_eq!((told[6].said().as_str(), &told[6].body["data"]["seq"]), ("balance.recovered 3000", &json!(3)));
    // The command that records the refresh tells nothing that is known, whoever decides it.
    world.stop().await;
    world.start().await;
    wait(&world, 1_000);
    use_up(&world, "u2", 1).await;
    vendor.deliveries(7).await;
    // All of the next month at once: it came back and ran out, and then comes back once more.
    world.clock.set(at("2026-08-01T00:00:00Z"));
    use_up(&world, "u3", 3_000).await;
    assert_eq!(vendor.said(13).await[12], "balance.depleted 0");
    world.clock.set(at("2026-09-01T00:00:03Z"));
    assert_eq!(vendor.said(14).await[13], "balance.recovered 3000");
    // And where no look came in between, the command tells both.
    use_up(&world, "u4", 3_000).await;
    vendor.deliveries(20).await;
    world.stop().await;
    world.clock.set(at("2026-10-01T00:00:00Z"));
    world.start().await;
    use_up(&world, "u5", 3_000).await;
    let told = vendor.said(27).await;
    assert_eq!((told[20].as_str(), told[26].as_str()), ("balance.recovered 3000", "balance.depleted 0"));
    world.clock.set(at("2026-11-01T00:00:03Z"));
    assert_eq!(vendor.said(28).await[27], "balance.recovered 3000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_is_not_used_ends_a_pause_when_its_time_is_up() {
    let vendor = Vendor::new().await;
    let world = telling(&vendor).await;
    let hold = json!({"source": "desk", "id": "h1", "feature": "draft", "units": 3_000, "minutes": 15});
    let placed = world.post(Role::Meter, "/holds", &hold).await;
    assert_eq!(placed.status, 201, "{}", placed.body);
    assert_eq!(vendor.said(2).await, ["balance.threshold_crossed below 600", "balance.depleted 0"]);
    wait(&world, 15 * 60 * 1_000 + 3_000);
    assert_eq!(vendor.said(3).await[2], "balance.recovered 3000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_that_comes_to_nothing_is_told_once_however_it_ended() {
    let vendor = Vendor::new().await;
    let mut world = telling(&vendor).await;
    let declined = ask(&world, "p1").await;
    choose(&world, &declined, "decline").await;
    assert_eq!(vendor.said(1).await, ["purchase.failed p1"]);
    assert_eq!(vendor.all()[0].body["data"]["purchase"]["message"], "The payment was declined. Nothing was paid.");
    let left = ask(&world, "p2").await;
    choose(&world, &left, "cancel").await;
    assert_eq!(vendor.said(2).await[1], "purchase.cancelled p2");
    ask(&world, "p3").await;
    for _ in 0..2 {
        assert_eq!(world.post(Role::Owner, "/purchases/p3/cancel", &json!({})).await.body["state"], "cancelled");
    }
    assert_eq!(vendor.said(3).await[2], "purchase.cancelled p3");
    ask(&world, "p4").await;
    world.clock.set(at("2026-06-04T09:00:00Z"));
    for _ in 0..2 {
        assert_eq!(world.get(Role::Member, "/purchases/p4").await.body["state"], "expired");
    }
    assert_eq!(vendor.said(4).await[3], "purchase.expired p4");
    // A payment that is found after all is told, and what is said against it later is not.
    pay(&world, "p2", "evt_late").await;
    assert_eq!(vendor.said(5).await[4], "purchase.paid p2");
    let late = "state = 'declined', delivered = 0, event_id = 'evt_no'";
    world.sql(&format!("UPDATE sandbox_sessions SET {late} WHERE purchase_id = 'p2'")).unwrap();
    world.stop().await;
    world.start().await;
    vendor.deliveries(5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_was_away_is_told_when_it_is_back() {
    let mut vendor = Vendor::away().await;
    let world = telling(&vendor).await;
    use_up(&world, "u1", 1_500).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    vendor.listen().await;
    vendor.deliveries(0).await;
    wait(&world, 5_000);
    let told = vendor.deliveries(1).await;
    assert_eq!(told[0].said(), "balance.threshold_crossed 50%");
    // It says when it was sent, and when it happened.
    assert_eq!(told[0].headers["webhook-timestamp"], (world.clock.now().as_millis() / 1_000).to_string());
    assert_eq!(told[0].body["timestamp"], "2026-06-03T09:00:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_sent_again_later_and_later_with_its_id_and_what_follows_waits() {
    let vendor = Vendor::new().await;
    // Nobody follows a redirect: whoever answers at the address is the vendor.
    vendor.answer(&[500, 302, 503]);
    let world = telling(&vendor).await;
    use_up(&world, "u1", 1_500).await;
    vendor.deliveries(1).await;
    use_up(&world, "u2", 750).await;
    wait(&world, 3_700);
    vendor.deliveries(1).await;
    for (pause, expected) in [(1_300, 2), (7_000, 2), (3_000, 3), (14_000, 3)] {
        wait(&world, pause);
        vendor.deliveries(expected).await;
    }
    wait(&world, 6_000);
    let told = vendor.deliveries(5).await;
    assert_eq!(told.iter().map(|one| one.status).collect::<Vec<_>>(), [500, 302, 503, 200, 200]);
    assert!(told[..4].iter().all(|one| one.id == told[0].id && one.bytes == told[0].bytes));
    assert_eq!(told[4].said(), "balance.threshold_crossed 75%");
    let stamps: BTreeSet<_> = told.iter().map(|one| one.headers["webhook-timestamp"].to_str().unwrap()).collect();
    assert_eq!(stamps.len(), 4, "each is signed when it is sent");
    wait(&world, 100_000_000);
    vendor.deliveries(5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_takes_nothing_for_three_days_is_not_told_of_it_any_more() {
    let vendor = Vendor::new().await;
    vendor.answer(&[500, 500]);
    let world = telling(&vendor).await;
    use_up(&world, "u1", 1_500).await;
    vendor.deliveries(1).await;
    wait(&world, 3 * 24 * 60 * 60 * 1_000);
    vendor.deliveries(2).await;
    wait(&world, 24 * 60 * 60 * 1_000);
    vendor.deliveries(2).await;
    // What comes later is.
    use_up(&world, "u2", 750).await;
    assert_eq!(vendor.said(3).await[2], "balance.threshold_crossed 75%");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_wants_no_more_gets_none_until_the_service_starts_again() {
    let vendor = Vendor::new().await;
    vendor.answer(&[410]);
    let mut world = telling(&vendor).await;
    use_up(&world, "u1", 1_500).await;
    vendor.deliveries(1).await;
    use_up(&world, "u2", 750).await;
    wait(&world, 60_000);
    vendor.deliveries(1).await;
    world.stop().await;
    world.start().await;
    let told = vendor.deliveries(3).await;
    assert_eq!(told[1].id, told[0].id);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_committed_is_told_though_the_service_dies_before_it_is() {
    let mut vendor = Vendor::away().await;
    let mut world = telling(&vendor).await;
    use_up(&world, "u1", 1_500).await;
    drop(world.running.take());
    vendor.listen().await;
    wait(&world, 60_000);
    world.start().await;
    assert_eq!(vendor.said(1).await, ["balance.threshold_crossed 50%"]);
    // It dies while the vendor holds back its answer: nobody knows whether it was taken.
    vendor.answer(&[0]);
    use_up(&world, "u2", 750).await;
    vendor.deliveries(2).await;
    drop(world.running.take());
    tokio::time::sleep(Duration::from_millis(3_500)).await;
    world.start().await;
    wait(&world, 59_000);
    vendor.deliveries(2).await;
    wait(&world, 1_000);
    let told = vendor.deliveries(3).await;
    assert_eq!((&told[2].id, &told[2].bytes), (&told[1].id, &told[1].bytes));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_services_on_one_database_tell_each_happening_once_between_them() {
    let vendor = Vendor::new().await;
    let world = telling(&vendor).await;
    let other = world.another().await;
    // Whoever decides it, a threshold is crossed once.
    let requests = (0..60).map(|id| {
        let base = if id % 2 == 0 { world.running.as_ref().unwrap().url() } else { other.url() };
        let mut usage = event(&format!("u{id}"), "draft");
        usage["data"]["units"] = json!(50);
        let request = world.http.post(format!("{base}/v1/workspaces/acme/usage")).bearer_auth(world.token(Role::Meter));
        answer(request.header("content-type", "application/cloudevents+json").body(usage.to_string()))
    });
    let answers = futures_util::future::join_all(requests).await;
    assert!(answers.iter().all(|one| one.status == 201));
    let said = vendor.said(6).await;
    assert_eq!(said.iter().collect::<BTreeSet<_>>().len(), 6, "{said:?}");
    assert_eq!(said[5], "balance.depleted 0");
    // What another one has recorded and told of is not news.
    for (usage, units) in [("u0", 50), ("u2", 1)] {
        let amended = world.http.post(format!("{}/v1/workspaces/acme/amendments", other.url()));
        let failed = json!({"source": "desk", "id": usage, "usage": usage});
        assert_eq!(answer(amended.bearer_auth(world.token(Role::Meter)).json(&failed)).await.status, 201);
        use_up(&world, &format!("{usage} again"), units).await;
    }
    assert_eq!(vendor.said(9).await[6..], ["balance.recovered 50", "balance.depleted 0", "balance.recovered 50"]);

    // And whoever sends, what is stored is sent once, in the order of its workspace.
    let store = world.store();
    let terms = store.workspace("acme").unwrap().unwrap().terms;
    let text = "'{\"type\":\"test\",\"data\":{\"position\":{\"available\":' || n || '},\"workspace\":' || w || '}}'";
    let body = match crate::STORE {
        Kind::Sqlite => format!("CAST({text} AS BLOB)"),
        Kind::Postgres => format!("convert_to({text}, 'UTF8')"),
    };
    for number in 0..12 {
        let id = format!("w{number}");
        let workspace = Workspace { id: id.clone(), name: id, terms: terms.clone() };
        store.create_workspace(&workspace, world.clock.now()).unwrap();
    }
    let series = "WITH RECURSIVE t (w, n) AS (
        SELECT 0, 0 UNION ALL
        SELECT CASE WHEN n = 19 THEN w + 1 ELSE w END, (n + 1) % 20 FROM t WHERE w * 20 + n < 239
    )";
    let now = world.clock.now().as_millis();
    world
        .sql(&format!(
            "INSERT INTO outbox (workspace_id, event_id, body, created_at, next_at)
             {series} SELECT 'w' || w, 'e' || n, {body}, {now} + n, {now} FROM t"
        ))
        .unwrap();
    let told = vendor.deliveries(249).await;
    assert_eq!(told.iter().map(|one| &one.id).collect::<BTreeSet<_>>().len(), 249);
    for workspace in 0..12 {
        let own = told[9..].iter().filter(|one| one.body["data"]["workspace"] == workspace);
        let order: Vec<u64> = own.map(|one| one.body["data"]["position"]["available"].as_u64().unwrap()).collect();
        assert_eq!(order, (0..20).collect::<Vec<u64>>());
    }
    other.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_are_what_an_implementation_that_is_not_ours_expects() {
    let vendor = Vendor::new().await;
    let world = telling(&vendor).await;
    // The reference implementation compares with the real time.
    world.clock.set(clock::Clock::system().now());
    use_up(&world, "u1", 1_500).await;
    let told = vendor.deliveries(1).await;
    let reference = Webhook::new(&vendor.secret).unwrap();
    reference.verify(&told[0].bytes, &told[0].headers).unwrap();
    let changed = String::from_utf8(told[0].bytes.to_vec()).unwrap().replacen("acme", "acne", 1);
    assert!(reference.verify(changed.as_bytes(), &told[0].headers).is_err());
    let mut headers = told[0].headers.clone();
    headers.insert("webhook-id", "evt_other".parse().unwrap());
    assert!(reference.verify(&told[0].bytes, &headers).is_err());
    let stranger = Webhook::new(&service::new_webhook_secret().unwrap()).unwrap();
    assert!(stranger.verify(&told[0].bytes, &told[0].headers).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_is_recorded_and_what_is_recorded_is_told() {
    // Without webhooks nothing is kept to be told.
    let mut world = World::new().await;
    world.refuse("outbox", "NEW.workspace_id = 'acme'");
    use_up(&world, "u1", 1_500).await;
    world.stop().await;
    // With them, one is not stored without the other.
    let vendor = Vendor::new().await;
    world.webhooks = Some(vendor.webhooks());
    world.start().await;
    let mut usage = event("u2", "draft");
    usage["data"]["units"] = json!(1_000);
    assert_eq!(world.report(&usage).await.problem(), (503, "unavailable"));
    assert_eq!(world.get(Role::Member, "/balance").await.body["available"], 1_500);
    ask(&world, "p1").await;
    assert_eq!(world.post(Role::Owner, "/purchases/p1/cancel", &json!({})).await.problem(), (503, "unavailable"));
    world.take("outbox");
    assert_eq!(world.report(&usage).await.status, 201);
    wait(&world, 100);
    let cancelled: Value = world.get(Role::Member, "/purchases/p1").await.body;
    assert_eq!(cancelled["state"], "cancelled", "the provider was told, and says so");
    let said = vendor.said(3).await;
    assert_eq!(said.last().unwrap(), "purchase.cancelled p1");
}
