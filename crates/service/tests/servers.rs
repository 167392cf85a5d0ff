//! What only a database server does: it may be a replica, one of several, newer; and there is a pool of connections to it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::json;
use service::store::{Durability, Location, Store};
use support::{Kind, World, event};
use wire::api::Role;

/// What these tests keep records in.
const STORE: Kind = Kind::Postgres;

/// The database's own name.
fn name(world: &World) -> String {
    world.database.to_string().rsplit('/').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_not_ready_on_a_server_that_only_reads() {
    let mut world = World::new().await;
    assert_eq!(world.get(Role::Owner, "/readyz").await.status, 200);
    world.stop().await;
    world.sql(&format!("ALTER DATABASE {} SET default_transaction_read_only = on", name(&world))).unwrap();
    world.start().await;
    let ready = world.get(Role::Owner, "/readyz").await;
    assert_eq!(ready.problem(), (503, "unavailable"));
    assert!(ready.body["detail"].as_str().unwrap().contains("only reads"), "{}", ready.body);
    assert_eq!(world.get(Role::Owner, "/balance").await.status, 200);
    assert_eq!(world.report(&event("u1", "draft")).await.problem(), (503, "unavailable"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_servers_the_one_that_writes_is_used() {
    let world = World::new().await;
    let server: url::Url = std::env::var("CREDITDECK_TEST_POSTGRES").unwrap().parse().unwrap();
    let user = server
        .password()
        .map_or_else(|| server.username().to_owned(), |password| format!("{}:{password}", server.username()));
    let (port, name) = (server.port().unwrap(), name(&world));
    // Nobody listens on the first.
    let several = format!("postgres://{user}@127.0.0.1:1,127.0.0.1:{port}/{name}?target_session_attrs=read-write");
    let location: Location = several.parse().unwrap();
    assert_eq!(location.to_string(), format!("postgres://127.0.0.1:1,127.0.0.1:{port}/{name}"));
    let store = std::thread::spawn(move || Store::connect(&location, Durability::Full).unwrap()).join().unwrap();
    assert!(store.workspace("acme").unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_program_runs_on_newer_tables_that_let_it() {
    let mut world = World::new().await;
    world.stop().await;
    world.sql("CREATE TABLE of_tomorrow (x TEXT); INSERT INTO versions (version, oldest) VALUES (4, 3)").unwrap();
    world.start().await;
    assert_eq!(world.report(&event("u1", "draft")).await.status, 201);
    assert_eq!(world.number("SELECT max(version) FROM versions"), 4, "they stay as they are");
    world.sql("INSERT INTO versions (version, oldest) VALUES (5, 4)").unwrap();
    // One that runs goes on.
    assert_eq!(world.report(&event("u2", "draft")).await.status, 201);
    let said = Store::connect(&world.database, Durability::Full).unwrap_err().to_string();
    assert!(said.contains("was written by a newer version (its tables are version 5, this version knows 3)"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_earlier_versions_are_brought_to_this_one() {
    // From the second version, and from the first.
    for also in [
        "",
        "ALTER TABLE versions DROP COLUMN oldest; DELETE FROM versions WHERE version = 2;
         DROP INDEX outbox_by_told; DROP INDEX outbox_given_up; DROP INDEX answers_by_time",
    ] {
        let mut world = World::new().await;
        assert_eq!(world.report(&event("u1", "draft")).await.status, 201);
        world.stop().await;
        let back = format!(
            "DELETE FROM versions WHERE version = 3;
             CREATE TABLE heads (workspace_id TEXT PRIMARY KEY REFERENCES workspaces, seq BIGINT, hash BYTEA);
             CREATE FUNCTION begin_ledger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
             CREATE TRIGGER begin_ledger AFTER INSERT ON workspaces FOR EACH ROW EXECUTE FUNCTION begin_ledger();
             ALTER TABLE entries ADD CONSTRAINT entries_seq_check CHECK (seq > 0);
             ALTER TABLE entries ADD CONSTRAINT entries_hash_check CHECK (length(hash) = 32);
             ALTER TABLE names ADD CONSTRAINT names_key_check CHECK (length(key) = 16);
             {also}"
        );
        world.sql(&back).unwrap();
        world.start().await;
        let answer = world.report(&event("u2", "draft")).await;
        assert_eq!((answer.status, &answer.body["seq"]), (201, &json!(4)));
        assert_eq!(world.ledger().await.len(), 4);
        assert_eq!(world.number("SELECT oldest FROM versions WHERE version = 2"), 1);
        let left = "SELECT count(*) FROM pg_tables WHERE schemaname = 'creditdeck' AND tablename = 'heads'";
        assert_eq!(world.number(left), 0);
        // An earlier program would not see where ledgers end.
        assert_eq!(world.number("SELECT oldest FROM versions WHERE version = 3"), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_tell_of_the_pool() {
    let world = World::new().await;
    assert_eq!(world.report(&json!(event("u1", "draft"))).await.status, 201);
    let text = world.http.get(format!("{}/metrics", world.running.as_ref().unwrap().url())).send().await.unwrap();
    let text = text.text().await.unwrap();
    let number = |name: &str| -> usize {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("there is no {name} in {text}")).parse().unwrap()
    };
    let open = ["idle", "busy"].map(|state| number(&format!("creditdeck_database_connections{{state=\"{state}\"}}")));
    assert!((1..=16).contains(&open.iter().sum::<usize>()), "{open:?}");
    assert_eq!(number("creditdeck_database_connections_most"), 16);
    assert_eq!(number("creditdeck_database_connections_waiting"), 0);
}
