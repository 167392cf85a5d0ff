//! Purchases, settings and connections.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use cache::{CacheError, Desk, IntentState, PurchaseIntent, WorkspaceKey};
use metering::Timestamp;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_772_323_200_000 + millis)
}

/// A desk in a folder of its own, with one workspace.
fn fresh() -> (tempfile::TempDir, Desk, WorkspaceKey) {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path().join("desk.db")).unwrap();
    let workspace = desk.connect("http://127.0.0.1:1", "acme", None).unwrap();
    (folder, desk, workspace)
}

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
    let (folder, desk, workspace) = fresh();
    desk.begin_purchase(workspace, &intent("p1", 0)).unwrap();
    desk.begin_purchase(workspace, &intent("p1", 9)).unwrap();
    desk.begin_purchase(workspace, &intent("p2", 5)).unwrap();
    let url = "https://pay.example/1";
    desk.update_purchase(workspace, "p1", IntentState::Waiting, Some(url), None, at(10)).unwrap();
    let again = desk.update_purchase(workspace, "p1", IntentState::Waiting, None, None, at(20)).unwrap();
    assert_eq!((again.checkout_url.as_deref(), again.updated_at), (Some(url), at(10)), "the state did not change");
    drop(desk);

    let desk = Desk::open(folder.path().join("desk.db")).unwrap();
    let ids = |all: Vec<PurchaseIntent>| all.into_iter().map(|one| one.purchase_id).collect::<Vec<_>>();
    assert_eq!(ids(desk.open_purchases(workspace).unwrap()), ["p1", "p2"]);
    desk.update_purchase(workspace, "p1", IntentState::Credited, None, None, at(30)).unwrap();
    let late = desk.update_purchase(workspace, "p1", IntentState::Cancelled, None, Some("late"), at(40)).unwrap();
    assert_eq!((late.state, late.message), (IntentState::Credited, None), "what is credited stays so");
    assert_eq!(ids(desk.open_purchases(workspace).unwrap()), ["p2"]);
    assert_eq!(ids(desk.purchases(workspace).unwrap()), ["p2", "p1"]);
    assert_eq!(desk.purchase(workspace, "p3").unwrap(), None);
}

#[test]
fn an_id_stands_for_one_purchase() {
    let (_folder, desk, workspace) = fresh();
    desk.begin_purchase(workspace, &intent("p1", 0)).unwrap();
    let dearer = PurchaseIntent { price: 2_000, ..intent("p1", 0) };
    assert!(matches!(desk.begin_purchase(workspace, &dearer), Err(CacheError::IntentConflict(_))));
    let unknown = desk.update_purchase(workspace, "p9", IntentState::Failed, None, None, at(0));
    assert!(matches!(unknown, Err(CacheError::UnknownIntent(_))));
    let nowhere = desk.begin_purchase(WorkspaceKey::from_number(99), &intent("p1", 0));
    assert!(matches!(nowhere, Err(CacheError::UnknownWorkspace(_))));
}

#[test]
fn settings_come_and_go() {
    let (_folder, desk, _) = fresh();
    assert_eq!(desk.setting("language").unwrap(), None);
    desk.set_setting("language", Some("de")).unwrap();
    desk.set_setting("language", Some("en")).unwrap();
    assert_eq!(desk.setting("language").unwrap().as_deref(), Some("en"));
    desk.set_setting("language", None).unwrap();
    assert_eq!(desk.setting("language").unwrap(), None);
}

#[test]
fn a_connection_keeps_its_key_and_hides_its_token() {
    let (_folder, desk, workspace) = fresh();
    let again = desk.connect("http://127.0.0.1:1", "acme", Some("s3cret")).unwrap();
    assert_eq!(again, workspace);
    let connection = desk.connection(workspace).unwrap().unwrap();
    assert_eq!(connection.token.as_deref(), Some("s3cret"));
    assert!(!format!("{connection:?}").contains("s3cret"));
    desk.begin_purchase(workspace, &intent("p1", 0)).unwrap();
    desk.remove_workspace(workspace).unwrap();
    assert!(desk.connections().unwrap().is_empty() && desk.purchases(workspace).unwrap().is_empty());
    let again = desk.connect("http://127.0.0.1:1", "acme", None).unwrap();
    assert_ne!(again, workspace, "a removed workspace's key is not given again");
}
