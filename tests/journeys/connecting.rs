//! Connecting to a service: it lets the app in, or nothing is kept.

use std::net::SocketAddr;

use app::view::{ConnectRequest, NoticeCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::desk::{Desk, open, wish};
use crate::world::{WORKSPACE, World};

#[tokio::test(flavor = "multi_thread")]
async fn the_right_address_workspace_and_token_show_the_workspace() {
    let world = World::on("b", "starter").await;
    let desk = Desk::new(&world).await;
    let known = desk.app.workspaces().unwrap();
    assert_eq!(known.len(), 1);
    let one = &known[0];
    assert_eq!((one.id.as_str(), one.name.as_str(), one.provider.as_str()), (WORKSPACE, "Acme", "VersanaCX"));
    assert_eq!((one.role.as_str(), one.plan.as_deref(), one.sample), ("owner", Some("Starter"), false));
    assert_eq!((one.currency.as_str(), one.top_up_word.as_str()), ("USD", "Boost Packs"));
    assert_eq!(desk.available(), 3_000);
    let connections = desk.app.connections().unwrap();
    assert_eq!((connections.len(), &connections[0].url), (1, &world.url()));
    // Connecting again does not double it.
    let mut again = wish(&world);
    again.url = format!(" {}/ ", world.url());
    assert_eq!(desk.app.connect(&again).await.unwrap().key, desk.key);
    assert_eq!(desk.app.workspaces().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_let_the_app_in_says_why_and_leaves_nothing_behind() {
    let world = World::on("b", "starter").await;
    let app = open(world.folder.path(), &world.clock, &std::sync::Arc::default()).await;
    let (right, page) = (wish(&world), sign_in_page().await);
    // A port that was free a moment ago.
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let to = |url: String| ConnectRequest { url, ..right.clone() };
    for (request, code) in [
        (ConnectRequest { token: "cdk_wrong".into(), ..right.clone() }, "wrong_token"),
        (ConnectRequest { workspace: "nowhere".into(), ..right.clone() }, "unknown_workspace"),
        (to(format!("http://{nobody}")), "unreachable"),
        (to(format!("http://{page}")), "not_the_service"),
        (to("not an address".into()), "bad_address"),
        (to("  ".into()), "missing"),
        (ConnectRequest { token: String::new(), ..right.clone() }, "missing"),
    ] {
        let error = app.connect(&request).await.unwrap_err();
        assert_eq!(error.code, code, "{error}");
        assert!(!error.message.is_empty() && !error.advice.is_empty(), "{error}");
        assert_eq!(app.workspaces().unwrap(), [], "{code}");
        assert_eq!(cache::Desk::open(Desk::places(&world).desk()).unwrap().connections().unwrap(), [], "{code}");
    }
    assert!(app.connect(&right).await.is_ok(), "what kept it out was what was said");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_connections_that_cannot_be_used_is_set_aside_and_said() {
    let world = World::on("b", "starter").await;
    let desk = Desk::new(&world).await;
    let file = Desk::places(&world).desk();
    drop(desk);
    // A newer version of the app was here, or the disk has done harm.
    let newer = "PRAGMA user_version = 99; UPDATE compatible SET oldest = 99;";
    for count in 1..=2 {
        match count {
            1 => rusqlite::Connection::open(&file).unwrap().execute_batch(newer).unwrap(),
            _ => std::fs::write(&file, "no database").unwrap(),
        }
        let desk = Desk::new(&world).await;
        let status = desk.app.sync_status(&desk.key).unwrap();
        let [notice] = status.notices.as_slice() else { panic!("{:?}", status.notices) };
        assert_eq!(notice.code, NoticeCode::DeskSetAside);
        let aside = file.with_file_name(format!("desk.db.bad-{count}"));
        assert!(aside.exists() && notice.detail.contains(&aside.display().to_string()), "{}", notice.detail);
        assert_eq!(desk.available(), 3_000, "the ledger that was here is its again");
        drop(desk);
        // It is said once: the next start finds all well.
        let app = open(world.folder.path(), &world.clock, &std::sync::Arc::default()).await;
        let key = app.workspaces().unwrap().remove(0).key;
        assert_eq!(app.sync_status(&key).unwrap().notices, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_forgets_the_copy_and_coming_back_reads_it_again() {
    let world = World::on("a", "starter").await;
    world.used("one", "knowledge-sync", 2).await;
    let desk = Desk::new(&world).await;
    assert_eq!(desk.caught_up(&world).await.position.available, 1_950);
    desk.app.disconnect(&desk.key).await.unwrap();
    assert_eq!(desk.app.workspaces().unwrap(), []);
    assert_eq!(desk.app.overview(&desk.key).unwrap_err().code, "unknown_workspace");
    let key = desk.app.connect(&wish(&world)).await.unwrap().key;
    let desk = desk.at(key);
    assert_eq!(desk.caught_up(&world).await.position.available, 1_950);
}

/// A network's page that answers everything.
async fn sign_in_page() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        const PAGE: &str = "<!doctype html><title>Sign in</title>";
        while let Ok((mut stream, _)) = listener.accept().await {
            // Whatever is asked for; it is not read to its end.
            let _asked = stream.read(&mut [0; 4_096]).await;
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                PAGE.len()
            );
            let _gone = stream.write_all(format!("{head}{PAGE}").as_bytes()).await;
        }
    });
    address
}
