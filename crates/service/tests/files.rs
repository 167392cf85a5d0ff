//! Database files: made, opened again, and left alone when they are somebody else's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

/// What these tests keep records in.
const STORE: support::Kind = support::Kind::Sqlite;

use std::sync::Arc;

use metering::Terms;
use service::store::{Durability, Store, StoreError, Workspace};
use service::{catalogues, store};
use support::at;

fn workspace(catalogue: &str, zone: &str) -> Workspace {
    let terms = Terms::new(Arc::new(catalogues::find(catalogue).unwrap()), zone.parse().unwrap());
    Workspace { id: "w".into(), name: "W".into(), terms }
}

#[test]
fn a_file_that_is_not_ours_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let said = || Store::open(&path, Durability::Full).unwrap_err().to_string();
    std::fs::write(&path, "a text that is long enough to look like a database to nobody at all").unwrap();
    assert!(said().ends_with("x.db: is not a database: name another file, or move this one away"), "{}", said());
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("a text"));

    std::fs::remove_file(&path).unwrap();
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    assert!(said().ends_with("is a database of another program: name another file"), "{}", said());

    std::fs::remove_file(&path).unwrap();
    drop(Store::open(&path, Durability::Full).unwrap());
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    assert!(said().contains("was written by a newer version (its tables are version 99"), "{}", said());

    let nowhere = folder.path().join("no/such/folder/x.db");
    assert!(Store::open(&nowhere, Durability::Full).unwrap_err().to_string().contains("cannot be opened"));
}

#[cfg(unix)]
#[test]
fn nobody_but_its_owner_can_read_a_database() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let beside = |suffix: &str| folder.path().join(format!("x.db{suffix}"));
    let modes = || {
        let mode = |suffix| std::fs::metadata(beside(suffix)).unwrap().permissions().mode() & 0o777;
        ["", "-wal", "-shm"].map(mode)
    };
    let store = Store::open(&path, Durability::Full).unwrap();
    store.create_workspace(&workspace("b", "UTC"), at("2026-06-03T09:00:00Z")).unwrap();
    assert_eq!(modes(), [0o600; 3], "a new file");
    for suffix in ["", "-wal", "-shm"] {
        std::fs::set_permissions(beside(suffix), std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let again = Store::open(&path, Durability::Full).unwrap();
    assert_eq!(modes(), [0o600; 3], "one that is there, in use");
    assert!(again.workspace("w").unwrap().is_some());
}

#[test]
fn a_workspace_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("x.db"), Durability::Full).unwrap();
    let now = at("2026-06-03T09:00:00Z");
    let first = workspace("b", "UTC");
    store.create_workspace(&first, now).unwrap();
    store.create_workspace(&first, now).unwrap();
    for other in
        [workspace("a", "UTC"), workspace("b", "Europe/Berlin"), Workspace { name: "V".into(), ..first.clone() }]
    {
        let said = store.create_workspace(&other, now).unwrap_err();
        assert!(matches!(&said, StoreError::Contradiction(_)), "{said}");
    }
    let mut changed = first.terms.catalogues.latest().clone();
    changed.features[0].rate += 1;
    let changed = Workspace { id: "v".into(), terms: Terms::new(Arc::new(changed), chrono_tz::UTC), ..first.clone() };
    assert!(store.create_workspace(&changed, now).unwrap_err().to_string().contains("count its revision up"));
    assert!(store.workspace("v").unwrap().is_none());
    assert_eq!(store.workspace("w").unwrap().unwrap().terms.catalogues.latest(), first.terms.catalogues.latest());

    // Revisions.
    let mut second = first.terms.catalogues.latest().clone();
    second.revision = 2;
    second.features[0].rate += 1;
    let said = |catalogue: &metering::Catalogue| store.add_revision(catalogue, now).unwrap_err().to_string();
    assert!(said(&second).contains("is missing in revision 2: say from when it counts"), "{}", said(&second));
    second.counts_from = Some(now);
    let too_soon = "would count from 2026-06-03T09:00:00Z, which has passed";
    assert!(said(&second).contains(too_soon), "{}", said(&second));
    second.counts_from = Some(now.plus_millis(59_999));
    assert!(said(&second).contains("which is less than a minute ahead"), "{}", said(&second));
    let then = now.plus_millis(60_000);
    second.counts_from = Some(then);
    let mut of_nobody = second.clone();
    of_nobody.id = "c".into();
    assert!(said(&of_nobody).contains("no workspace is kept under a catalogue \"c\""));
    store.add_revision(&second, now).unwrap();
    // Once it counts, the same again is still the same.
    store.add_revision(&second, then.plus_millis(5)).unwrap();
    second.features[0].rate += 1;
    assert!(said(&second).contains("count its revision up"));
    second.revision = 3;
    assert!(said(&second).contains("not after 2 does"), "{}", said(&second));
    let terms = store.workspace("w").unwrap().unwrap().terms;
    let rate = |at| terms.catalogue(at).features[0].rate;
    assert_eq!((rate(then.plus_millis(-1)), rate(then)), (1, 2));
    assert_eq!(terms.catalogues.iter().count(), 2);

    let access = store::Access { workspace: "nobody".into(), role: wire::api::Role::Owner };
    let token = store::NewToken { digest: [0; 32], name: "x", expires_at: None };
    assert!(store.create_token(&token, &[access], now).unwrap_err().to_string().contains("there is no workspace"));
}

/// A file whose tables were made newer, and the oldest version whose programs may run on them.
fn newer(oldest: i64) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    drop(Store::open(&path, Durability::Full).unwrap());
    let sql = format!(
        "CREATE TABLE of_tomorrow (x); INSERT INTO versions (version, oldest) VALUES (4, {oldest});
         PRAGMA user_version = 4"
    );
    rusqlite::Connection::open(&path).unwrap().execute_batch(&sql).unwrap();
    (folder, path)
}

#[test]
fn an_older_program_runs_on_newer_tables_that_let_it() {
    let (_folder, path) = newer(3);
    let store = Store::open(&path, Durability::Full).unwrap();
    store.create_workspace(&workspace("b", "UTC"), at("2026-06-03T09:00:00Z")).unwrap();
    store.check().unwrap();
    let version: i64 = rusqlite::Connection::open(&path)
        .unwrap()
        .query_row("SELECT user_version FROM pragma_user_version", [], |row| row.get(0))
        .unwrap();
    assert_eq!(version, 4, "they stay as they are");

    let (_folder, path) = newer(4);
    let said = Store::open(&path, Durability::Full).unwrap_err().to_string();
    assert!(said.contains("was written by a newer version (its tables are version 4, this version knows 3)"), "{said}");
}

#[test]
fn tables_of_the_version_before_are_brought_to_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let store = Store::open(&path, Durability::Full).unwrap();
    store.create_workspace(&workspace("b", "UTC"), at("2026-06-03T09:00:00Z")).unwrap();
    drop(store);
    let file = rusqlite::Connection::open(&path).unwrap();
    let back = "DROP TABLE versions; DROP INDEX outbox_by_told; DROP INDEX outbox_given_up; DROP INDEX answers_by_time;
                DROP TABLE entries;
                CREATE TABLE entries (
                    workspace_id TEXT NOT NULL REFERENCES workspaces, seq INTEGER NOT NULL, body BLOB NOT NULL,
                    hash BLOB NOT NULL, PRIMARY KEY (workspace_id, seq)
                ) STRICT, WITHOUT ROWID;
                CREATE TRIGGER entries_have_no_gaps BEFORE INSERT ON entries BEGIN SELECT 1; END;
                INSERT INTO entries (workspace_id, seq, body, hash)
                VALUES ('w', 2, x'02', zeroblob(32)), ('w', 1, x'01', zeroblob(32));
                PRAGMA user_version = 2";
    file.execute_batch(back).unwrap();
    let store = Store::open(&path, Durability::Full).unwrap();
    assert!(store.workspace("w").unwrap().is_some());
    let lines: Vec<_> = store.lines("w", 0, 9).unwrap().into_iter().map(|line| (line.seq, line.body)).collect();
    assert_eq!(lines, [(1, vec![1]), (2, vec![2])]);
    for change in ["UPDATE entries SET body = x'03'", "DELETE FROM entries"] {
        assert!(file.execute_batch(change).unwrap_err().to_string().contains("append-only"), "{change}");
    }
    let is_in_order = "SELECT group_concat(seq) = '1,2' FROM (SELECT seq FROM entries ORDER BY rowid)";
    assert!(file.query_row(is_in_order, [], |row| row.get::<_, bool>(0)).unwrap());
    let versions: String =
        file.query_row("SELECT group_concat(version || ' ' || oldest) FROM versions", [], |row| row.get(0)).unwrap();
    assert_eq!(versions, "3 2");
}
