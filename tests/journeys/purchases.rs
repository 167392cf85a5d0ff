//! Buying packs: from the wish to the credits, and not.

use app::view::PurchaseState;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::desk::Desk;
use crate::world::{WORKSPACE, World, web};

/// Chooses on the test page as a browser would: reads the page, and posts the form. False if there is no such form.
pub(crate) async fn choose(url: &str, choice: &str) -> bool {
    let page = web().get(url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Test payment"), "{page}");
    let mut actions = page.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let Some(action) = actions.find(|action| action.ends_with(choice)) else { return false };
    let target = reqwest::Url::parse(url).unwrap().join(action).unwrap();
    let status = web().post(target).send().await.unwrap().status();
    assert!(status.is_success() || status.is_redirection(), "{status}");
    true
}

/// Sends the provider's event of a purchase again, signed as the provider does, and gives the status.
async fn replay(world: &World, purchase: &str) -> u16 {
    let store = world.store();
    let secret = store.setting("sandbox_secret", || panic!("the service has made it")).unwrap();
    let session = store.session_of(WORKSPACE, purchase).unwrap().unwrap();
    let event = json!({
        "id": session.event.unwrap(), "type": "checkout.paid", "workspace": WORKSPACE, "purchase": purchase,
    });
    let (body, seconds) = (event.to_string(), world.clock.now().as_millis() / 1_000);
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
    mac.update(format!("{seconds}.{body}").as_bytes());
    let digest: [u8; 32] = mac.finalize().into_bytes().into();
    let request = web()
        .post(format!("{}/v1/webhooks/sandbox", world.url()))
        .header("creditdeck-signature", format!("t={seconds},v1={}", wire::Hash(digest)))
        .header("content-type", "application/json")
        .body(body);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_pack_is_credited_once_and_drawn_after_the_allowance() {
    let world = World::on("b", "starter").await;
    let desk = Desk::new(&world).await;
    let bought = desk.app.buy_pack(&desk.key, "boost-1000").await.unwrap();
    assert_eq!((bought.state, bought.credits, bought.price), (PurchaseState::Waiting, 1_000, 1_500));
    let url = bought.checkout_url.clone().unwrap();
    assert!(url.starts_with(&world.url()), "{url}");
    assert_eq!(desk.opened(), [url.as_str()]);
    assert_eq!(desk.purchases(), std::slice::from_ref(&bought));
    assert_eq!((desk.available(), desk.overview().position.top_up), (3_000, 0));

    assert!(choose(&url, "pay").await);
    let credited = desk.purchase(&bought.id, |purchase| purchase.state == PurchaseState::Credited).await;
    assert_eq!((credited.left, credited.checkout_url, credited.message), (Some(1_000), None, None));
    assert_eq!(credited.credited_at, Some(world.clock.now().as_millis()));
    let after = desk.overview().position;
    assert_eq!((after.available, after.allowance, after.top_up), (4_000, 3_000, 1_000));
    let credits = world.credits_of(&bought.id).await;
    assert_eq!(credits.len(), 1, "{credits:?}");

    // The allowance pays first, and what it lacks comes from the pack: both in one entry.
    world.used("most", "summary", 2_995).await;
    world.used("across", "summary", 10).await;
    desk.caught_up(&world).await;
    let lines = world.ledger().await;
    let paid = |id: &str| paid_by(&lines, id);
    assert_eq!(paid("most"), [("allowance".to_owned(), 2_995)]);
    assert_eq!(paid("across"), [("allowance".to_owned(), 5), ("top_up".to_owned(), 5)]);
    let left = desk.purchase(&bought.id, |purchase| purchase.left == Some(995)).await;
    assert_eq!((left.state, left.credits), (PurchaseState::Credited, 1_000));
    assert_eq!(desk.available(), 995);
    assert_eq!(desk.opened().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_providers_event_again_changes_nothing() {
    let world = World::on("b", "starter").await;
    let desk = Desk::new(&world).await;
    let bought = desk.app.buy_pack(&desk.key, "boost-2500").await.unwrap();
    assert!(choose(&bought.checkout_url.unwrap(), "pay").await);
    desk.purchase(&bought.id, |purchase| purchase.state == PurchaseState::Credited).await;
    let before = (world.ledger().await, world.balance().await, desk.purchases());

    for _ in 0..3 {
        assert_eq!(replay(&world, &bought.id).await, 204);
    }
    // Five minutes later, too; and a replay that is not signed for its time is not even looked at.
    world.clock.set(world.clock.now().plus_millis(300_000));
    assert_eq!(replay(&world, &bought.id).await, 204);
    assert_eq!((world.ledger().await, desk.purchases()), (before.0, before.2));
    assert_eq!(world.balance().await["available"], before.1["available"]);
    world.used("next", "summary", 1).await;
    assert_eq!(desk.caught_up(&world).await.position.available, 5_499);
    assert_eq!(world.credits_of(&bought.id).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_taken_back_is_never_paid() {
    let world = World::on("a", "starter").await;
    let desk = Desk::new(&world).await;
    let bought = desk.app.buy_pack(&desk.key, "top-up-500").await.unwrap();
    let url = bought.checkout_url.unwrap();
    let cancelled = desk.app.cancel_purchase(&desk.key, &bought.id).await.unwrap();
    assert_eq!((cancelled.state, cancelled.checkout_url), (PurchaseState::Cancelled, None));
    let at_service = world.get(&format!("purchases/{}", bought.id)).await;
    assert_eq!(at_service["state"], json!("cancelled"), "{at_service}");

    // The page has nothing to pay with any more, and who pays all the same pays nothing.
    assert!(!choose(&url, "pay").await);
    web().post(format!("{url}/pay")).send().await.unwrap();
    world.used("next", "ai-reply", 1).await;
    let after = desk.caught_up(&world).await.position;
    assert_eq!((after.available, after.top_up), (1_999, 0));
    assert!(world.credits_of(&bought.id).await.is_empty());
    assert_eq!(desk.purchases()[0].state, PurchaseState::Cancelled);
    // Again is as good as once.
    assert_eq!(desk.app.cancel_purchase(&desk.key, &bought.id).await.unwrap().state, PurchaseState::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_that_is_paid_cannot_be_taken_back() {
    let world = World::on("a", "starter").await;
    let desk = Desk::new(&world).await;
    let bought = desk.app.buy_pack(&desk.key, "top-up-500").await.unwrap();
    assert!(choose(&bought.checkout_url.unwrap(), "pay").await);
    desk.purchase(&bought.id, |purchase| purchase.state == PurchaseState::Credited).await;
    let error = desk.app.cancel_purchase(&desk.key, &bought.id).await.unwrap_err();
    assert_eq!(error.code, "purchase_state", "{error}");
    let kept = &desk.purchases()[0];
    assert_eq!((kept.state, kept.left), (PurchaseState::Credited, Some(500)));
    assert_eq!(desk.available(), 2_500);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_payment_says_so_and_the_next_one_goes_through() {
    let world = World::on("a", "starter").await;
    let desk = Desk::new(&world).await;
    let first = desk.app.buy_pack(&desk.key, "top-up-500").await.unwrap();
    assert!(choose(&first.checkout_url.unwrap(), "decline").await);
    let failed = desk.purchase(&first.id, |purchase| purchase.state == PurchaseState::Failed).await;
    assert!(failed.message.unwrap().contains("declined"));
    assert!(world.credits_of(&first.id).await.is_empty());
    let second = desk.app.buy_pack(&desk.key, "top-up-500").await.unwrap();
    assert_ne!(second.id, first.id);
    assert!(choose(&second.checkout_url.unwrap(), "pay").await);
    desk.purchase(&second.id, |purchase| purchase.state == PurchaseState::Credited).await;
    assert_eq!(desk.available(), 2_500);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_may_not_be_bought_leaves_a_reason() {
    let world = World::on("b", "solo").await;
    let desk = Desk::new(&world).await;
    let error = desk.app.buy_pack(&desk.key, "boost-1000").await.unwrap_err();
    assert_eq!(error.code, "plan_excludes_ai", "{error}");
    let kept = desk.purchases();
    assert_eq!((kept.len(), kept[0].state), (1, PurchaseState::Failed));
    assert_eq!(desk.app.buy_pack(&desk.key, "none").await.unwrap_err().code, "unknown_pack");
    assert_eq!(desk.purchases().len(), 1);
    assert_eq!(desk.opened(), Vec::<String>::new());
    assert_eq!(world.get("purchases").await["purchases"], json!([]));
}

/// What paid for a usage: the sources of its grants, and how much each gave.
fn paid_by(lines: &[Value], id: &str) -> Vec<(String, u64)> {
    let usage = lines.iter().find(|line| line["id"] == json!(id)).unwrap();
    let allocations = usage["allocations"].as_array().unwrap().iter();
    let source = |allocation: &Value| {
        let grant = lines.iter().find(|line| line["seq"] == allocation["grant"]).unwrap();
        (grant["source"].as_str().unwrap().to_owned(), allocation["amount"].as_u64().unwrap())
    };
    allocations.map(source).collect()
}
