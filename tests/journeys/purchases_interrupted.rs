//! Purchases through networks that fail and apps that are closed.

use std::net::SocketAddr;
use std::sync::Arc;

use app::App;
use app::view::{Purchase, PurchaseState, SyncState};
use cache::{IntentState, WorkspaceKey};
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use crate::desk::{Desk, until};
use crate::purchases::choose;
use crate::world::World;

/// Takes a service's place, and answers nothing: says which purchases it was asked for, and hangs.
async fn silent(address: SocketAddr) -> (JoinHandle<()>, mpsc::UnboundedReceiver<Value>) {
    let listener = TcpListener::bind(address).await.unwrap();
    let (told, asked) = mpsc::unbounded_channel();
    let task = tokio::spawn(async move {
        let mut asking = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            asking.spawn(listen(stream, told.clone()));
        }
    });
    (task, asked)
}

/// Hears one request. What is not the beginning of a purchase is hung up on.
async fn listen(mut stream: TcpStream, told: mpsc::UnboundedSender<Value>) {
    let (mut heard, mut buffer) = (String::new(), [0; 4_096]);
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        heard.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
        if !heard.starts_with("POST ") {
            return;
        }
        let body = heard.split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str(body).ok());
        if let Some(body) = body {
            told.send(body).unwrap();
        }
    }
}

/// What the service knows of purchases: their ids and states.
async fn at_service(world: &World) -> Vec<(String, String)> {
    let answer = world.get("purchases").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    answer["purchases"].as_array().unwrap().iter().map(|one| (text(&one["id"]), text(&one["state"]))).collect()
}

async fn offline(desk: &Desk) {
    until(&desk.app, "offline", || {
        (desk.app.sync_status(&desk.key).unwrap().state == SyncState::Offline).then_some(())
    })
    .await;
}

/// Waits until what was written down here is settled, so that it is not asked for again.
async fn settled(app: &App, key: &str, world: &World) {
    let cache = cache::Desk::open(Desk::places(world).desk()).unwrap();
    let key = WorkspaceKey::from_number(key.parse().unwrap());
    until(app, "settled", || cache.open_purchases(key).unwrap().is_empty().then_some(())).await;
}

/// Buys without a service: it fails, and is written down.
async fn buy_in_vain(desk: &Desk, pack: &str) -> Purchase {
    let error = desk.app.buy_pack(&desk.key, pack).await.unwrap_err();
    assert_eq!(error.code, "unreachable", "{error}");
    let kept = desk.purchases().remove(0);
    assert_eq!((kept.state, kept.pack.as_str(), kept.checkout_url.as_deref()), (PurchaseState::Created, pack, None));
    assert!(kept.message.as_ref().is_some_and(|message| !message.is_empty()), "{kept:?}");
    assert!(desk.opened().is_empty());
    kept
}

/// Pays for a purchase on the page that the app opens, once.
async fn pay(desk: &Desk, world: &World, id: &str) {
    let resumed = desk.app.resume_purchase(&desk.key, id).await.unwrap();
    let url = resumed.checkout_url.unwrap();
    assert_eq!(desk.opened().last(), Some(&url));
    assert!(choose(&url, "pay").await);
    let credited = desk.purchase(id, |purchase| purchase.state == PurchaseState::Credited).await;
    assert_eq!(credited.left, Some(credited.credits));
    assert_eq!(world.credits_of(id).await.len(), 1);
    assert_eq!(at_service(world).await, [(id.to_owned(), "paid".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_is_on_the_disk_before_the_network_hears_of_it() {
    let mut world = World::on("b", "starter").await;
    let desk = Desk::new(&world).await;
    world.stop().await;
    let (nobody, mut asked) = silent(world.address()).await;
    let (app, key) = (Arc::clone(&desk.app), desk.key.clone());
    let buying = tokio::spawn(async move { app.buy_pack(&key, "boost-1000").await });

    // The request is on its way, no answer has come, and another program already reads the purchase in the file.
    let request = tokio::time::timeout(std::time::Duration::from_secs(20), asked.recv()).await.unwrap().unwrap();
    let cache = cache::Desk::open(Desk::places(&world).desk()).unwrap();
    let written = cache.purchases(WorkspaceKey::from_number(desk.key.parse().unwrap())).unwrap();
    assert_eq!(written.len(), 1);
    assert_eq!(
        (written[0].purchase_id.as_str(), written[0].state),
        (request["id"].as_str().unwrap(), IntentState::Created)
    );
    assert_eq!((written[0].pack.as_str(), &request["pack"]), ("boost-1000", &Value::from("boost-1000")));
    assert!(!buying.is_finished());

    nobody.abort();
    assert_eq!(buying.await.unwrap().unwrap_err().code, "unreachable");
    let kept = desk.purchases().remove(0);
    assert_eq!((kept.state, &kept.id), (PurchaseState::Created, &written[0].purchase_id));

    // The service is back: the purchase goes on by itself, under its id, and nothing else is bought.
    world.start().await;
    let waiting = desk.purchase(&kept.id, |purchase| purchase.state == PurchaseState::Waiting).await;
    assert_eq!((waiting.created_at, waiting.message), (kept.created_at, None));
    assert_eq!(at_service(&world).await, [(kept.id.clone(), "waiting".to_owned())]);
    assert!(desk.opened().is_empty(), "nobody asked for the page");
    pay(&desk, &world, &kept.id).await;
    assert_eq!(desk.available(), 4_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_that_never_got_through_goes_on_in_the_next_app() {
    let mut world = World::on("b", "starter").await;
    let desk = Desk::new(&world).await;
    world.stop().await;
    offline(&desk).await;
    let kept = buy_in_vain(&desk, "boost-5000").await;
    let Desk { app, .. } = &desk;
    assert_eq!(app.resume_purchase(&desk.key, &kept.id).await.unwrap_err().code, "unreachable");
    assert_eq!(app.cancel_purchase(&desk.key, &kept.id).await.unwrap_err().code, "unreachable");

    let desk = desk.reopened(&world).await;
    offline(&desk).await;
    assert_eq!(desk.purchases(), std::slice::from_ref(&kept));
    world.start().await;
    desk.purchase(&kept.id, |purchase| purchase.state == PurchaseState::Waiting).await;
    assert_eq!(at_service(&world).await, [(kept.id.clone(), "waiting".to_owned())]);
    pay(&desk, &world, &kept.id).await;
    assert_eq!(desk.available(), 8_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn paid_while_the_app_was_closed_it_is_credited_in_the_next_one() {
    let world = World::on("b", "starter").await;
    let desk = Desk::new(&world).await;
    let bought = desk.app.buy_pack(&desk.key, "boost-1000").await.unwrap();
    let Desk { app, key, .. } = desk;
    drop(app);
    assert!(choose(&bought.checkout_url.unwrap(), "pay").await);

    let opened = Arc::default();
    let app = crate::desk::open(world.folder.path(), &world.clock, &opened).await;
    let credited = until(&app, "credited", || {
        let purchases = app.top_up(&key).ok()?.purchases;
        purchases.into_iter().find(|purchase| purchase.state == PurchaseState::Credited)
    })
    .await;
    assert_eq!((credited.id, credited.left), (bought.id.clone(), Some(1_000)));
    let position = app.overview(&key).unwrap().position;
    assert_eq!((position.available, position.top_up), (4_000, 1_000));
    assert_eq!(world.credits_of(&bought.id).await.len(), 1);
    settled(&app, &key, &world).await;
    assert!(opened.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_app_goes_on_following_a_purchase_that_waits() {
    let world = World::on("b", "starter").await;
    let desk = Desk::new(&world).await;
    let bought = desk.app.buy_pack(&desk.key, "boost-1000").await.unwrap();
    let url = bought.checkout_url.clone().unwrap();
    let desk = desk.reopened(&world).await;
    desk.live().await;
    assert_eq!(desk.purchases(), std::slice::from_ref(&bought));
    assert!(choose(&url, "pay").await);
    desk.purchase(&bought.id, |purchase| purchase.state == PurchaseState::Credited).await;
    assert_eq!(desk.available(), 4_000);
    assert_eq!(at_service(&world).await, [(bought.id, "paid".to_owned())]);
    settled(&desk.app, &desk.key, &world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stops_between_payment_and_answer_credits_once() {
    let mut world = World::on("b", "starter").await;
    let desk = Desk::new(&world).await;
    let bought = desk.app.buy_pack(&desk.key, "boost-1000").await.unwrap();
    assert!(choose(&bought.checkout_url.unwrap(), "pay").await);
    world.stop().await;
    world.start().await;
    desk.purchase(&bought.id, |purchase| purchase.state == PurchaseState::Credited).await;
    assert_eq!(world.credits_of(&bought.id).await.len(), 1);
    assert_eq!(desk.caught_up(&world).await.position.available, 4_000);
}
