//! Purchases, settings and connections.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod sample;

use cache::{CacheError, IntentState, PurchaseIntent, WorkspaceKey, WorkspaceMeta};
use sample::{at, fresh};

fn intent(id: &str, created: i64) -> PurchaseIntent {
    PurchaseIntent {
        purchase_id: id.to_owned(),
        pack: "boost-1000".to_owned(),
        name: "Boost 1,000".to_owned(),
        credits: 1_000,
        price: 1_900,
        currency: "USD".to_owned(),
        state: IntentState::Created,
        checkout_url: None,
        created_at: at(created),
        updated_at: at(created),
        message: None,
    }
}

#[test]
fn a_purchase_goes_its_way_and_survives() {
    let (folder, cache, workspace) = fresh();
    cache.begin_purchase(workspace, &intent("p1", 0)).unwrap();
    cache.begin_purchase(workspace, &intent("p1", 9)).unwrap();
    cache.begin_purchase(workspace, &intent("p2", 5)).unwrap();
    let url = "https://pay.example/1";
    cache.update_purchase(workspace, "p1", IntentState::Waiting, Some(url), None, at(10)).unwrap();
    let again = cache.update_purchase(workspace, "p1", IntentState::Waiting, None, None, at(20)).unwrap();
    assert_eq!((again.checkout_url.as_deref(), again.updated_at), (Some(url), at(10)), "the state did not change");
    drop(cache);

    let cache = cache::Cache::open(folder.path().join("cache.db")).unwrap();
    let ids = |all: Vec<PurchaseIntent>| all.into_iter().map(|one| one.purchase_id).collect::<Vec<_>>();
    assert_eq!(ids(cache.open_purchases(workspace).unwrap()), ["p1", "p2"]);
    cache.update_purchase(workspace, "p1", IntentState::Credited, None, None, at(30)).unwrap();
    let late = cache.update_purchase(workspace, "p1", IntentState::Cancelled, None, Some("late"), at(40)).unwrap();
    assert_eq!((late.state, late.message), (IntentState::Credited, None), "what is credited stays so");
    assert_eq!(ids(cache.open_purchases(workspace).unwrap()), ["p2"]);
    assert_eq!(ids(cache.purchases(workspace).unwrap()), ["p2", "p1"]);
    assert_eq!(cache.purchase(workspace, "p3").unwrap(), None);
}

#[test]
fn an_id_stands_for_one_purchase() {
    let (_folder, cache, workspace) = fresh();
    cache.begin_purchase(workspace, &intent("p1", 0)).unwrap();
    let dearer = PurchaseIntent { price: 2_000, ..intent("p1", 0) };
    assert!(matches!(cache.begin_purchase(workspace, &dearer), Err(CacheError::IntentConflict(_))));
    let unknown = cache.update_purchase(workspace, "p9", IntentState::Failed, None, None, at(0));
    assert!(matches!(unknown, Err(CacheError::UnknownIntent(_))));
    let nowhere = cache.begin_purchase(WorkspaceKey::from_number(99), &intent("p1", 0));
    assert!(matches!(nowhere, Err(CacheError::UnknownWorkspace(_))));
}

#[test]
fn settings_come_and_go() {
    let (_folder, cache, _) = fresh();
    assert_eq!(cache.setting("language").unwrap(), None);
    cache.set_setting("language", Some("de")).unwrap();
    cache.set_setting("language", Some("en")).unwrap();
    assert_eq!(cache.setting("language").unwrap().as_deref(), Some("en"));
    cache.set_setting("language", None).unwrap();
    assert_eq!(cache.setting("language").unwrap(), None);
}

#[test]
fn a_connection_keeps_its_key_and_hides_its_token() {
    let (_folder, cache, workspace) = fresh();
    let again = cache.connect("http://127.0.0.1:1", "acme", Some("s3cret")).unwrap();
    assert_eq!(again, workspace);
    let connection = cache.connection(workspace).unwrap().unwrap();
    assert_eq!(connection.token.as_deref(), Some("s3cret"));
    assert!(!format!("{connection:?}").contains("s3cret"));
    assert_eq!(cache.workspace_meta(workspace).unwrap(), None);
    let meta = WorkspaceMeta { id: "acme".into(), catalogue_revision: 3, ..WorkspaceMeta::default() };
    cache.set_workspace_meta(workspace, &meta).unwrap();
    assert_eq!(cache.workspace_meta(workspace).unwrap(), Some(meta.clone()));
    cache.remove_workspace(workspace).unwrap();
    assert_eq!(cache.workspace_meta(workspace).unwrap(), None);
    assert!(matches!(cache.set_workspace_meta(workspace, &meta), Err(CacheError::UnknownWorkspace(_))));
}
