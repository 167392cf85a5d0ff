//! The sample workspaces, as the window adds them: the app follows the service that it runs itself.

use std::sync::Arc;

use app::view::{Overview, Settings, SyncState};
use clock::Clock;
use service::{Config, Role, SAMPLES, Service};
use tokio::net::TcpListener;

use crate::desk::{open, until};
use crate::world::{at, web};

#[tokio::test(flavor = "multi_thread")]
async fn both_samples_come_out_as_at_their_service() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::fixed(at("2026-11-19T14:02:00Z"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = open(folder.path(), &clock, &Arc::default()).await;
    // The service is not there yet: the app asks until it is.
    let token = app.add_samples(&url, &SAMPLES).await.unwrap();

    let opening = app.opening().unwrap();
    assert_eq!(opening.workspaces, app.workspaces().unwrap());
    assert_eq!(opening.sync.map(|status| status.workspace).as_ref(), Some(&opening.workspaces[0].key));
    assert!(opening.overview.is_none(), "nothing is known of it yet");

    let config = Config {
        database: folder.path().join("sample.db").into(),
        clock: clock.clone(),
        public_url: None,
        webhooks: None,
    };
    let mut service = Service::open(config).await.unwrap();
    service.ensure_sample().await.unwrap();
    service.admit_to_samples(&token, Role::Owner).await.unwrap();
    let running = service.serve(listener).await.unwrap();

    let known = app.workspaces().unwrap();
    assert_eq!(known.len(), SAMPLES.len());
    assert!(known.iter().all(|one| one.sample));
    for workspace in known {
        let overview = until(&app, &format!("{} is live", workspace.id), || {
            let live = app.sync_status(&workspace.key).unwrap().state == SyncState::Live;
            app.overview(&workspace.key).ok().filter(|_| live)
        })
        .await;
        let asked = web().get(format!("{url}/v1/workspaces/{}/balance", workspace.id)).bearer_auth(&token);
        let balance: serde_json::Value = asked.send().await.unwrap().json().await.unwrap();
        crate::balances::assert_same(&overview, &balance, &workspace.id);
        assert!(overview.latest[0].seq > 5_000, "{}: {} entries", workspace.id, overview.latest[0].seq);
        assert!(app.top_up(&workspace.key).unwrap().test_payments);
    }
    // What the window shows first is what it would be told of the workspace that was shown last.
    let last = app.workspaces().unwrap().remove(1).key;
    for (kept, shown) in [(Some(last.clone()), last.clone()), (Some("gone".to_owned()), "1".to_owned())] {
        app.save_settings(&Settings { workspace: kept, ..Settings::default() }).unwrap();
        let opening = app.opening().unwrap();
        assert_eq!(opening.settings, app.settings().unwrap());
        assert_eq!(opening.sync.unwrap().workspace, shown);
        let json = |overview: &Overview| serde_json::to_value(overview).unwrap();
        assert_eq!(json(&opening.overview.unwrap()), json(&app.overview(&shown).unwrap()));
    }
    // The samples share a service, and their token lets in whoever tries the command line that is offered.
    let connections = app.connections().unwrap();
    assert_eq!((connections.len(), connections[0].workspaces.len()), (1, SAMPLES.len()));
    assert!(connections[0].curl.as_ref().unwrap().contains(&token));
    // The same token at the next start.
    assert_eq!(app.add_samples(&url, &SAMPLES).await.unwrap(), token);
    running.shutdown().await;
}
