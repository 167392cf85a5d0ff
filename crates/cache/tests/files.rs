//! The file itself: who may read it, and what happens when it is not what it should be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod sample;

use std::fs;

use cache::{Cache, CacheError, Unusable};
use sample::{cursor, fresh, ledger, store};

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, cache, workspace) = fresh();
    store(&cache, workspace, &ledger(5), 5);
    let mut seen = 0;
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        seen += 1;
    }
    assert_eq!(seen, 3, "database, log and index of the log");
    drop(cache);
    let path = folder.path().join("cache.db");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    drop(Cache::open(&path).unwrap());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "made private again");
}

#[test]
fn what_was_stored_is_there_after_opening_again() {
    let (folder, cache, workspace) = fresh();
    store(&cache, workspace, &ledger(500), 100);
    cache.set_setting("theme", Some("dark")).unwrap();
    drop(cache);
    let cache = Cache::open(folder.path().join("cache.db")).unwrap();
    assert_eq!(cache.cursor(workspace).unwrap(), Some(cursor(500)));
    assert_eq!(cache.setting("theme").unwrap().as_deref(), Some("dark"));
    assert_eq!(cache.connections().unwrap().len(), 1);
    cache.check().unwrap();
    assert!(cache.size().unwrap() > 10_000);
}

#[test]
fn two_handles_share_a_file() {
    let (folder, cache, workspace) = fresh();
    let other = Cache::open(folder.path().join("cache.db")).unwrap();
    store(&cache, workspace, &ledger(10), 10);
    assert_eq!(other.cursor(workspace).unwrap(), Some(cursor(10)));
    let late = other.apply_page(workspace, &ledger(10), &cursor(10)).unwrap_err();
    assert!(matches!(late, CacheError::NotNext { expected: 11, got: 1 }), "{late}");
}

#[test]
fn text_is_not_a_cache_and_can_be_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.db");
    let text = "not a database, only a text that is long enough to look like one".repeat(100);
    fs::write(&path, &text).unwrap();
    let error = Cache::open(&path).unwrap_err();
    assert!(matches!(&error, CacheError::Unusable { reason: Unusable::Corrupt(_), .. }), "{error}");
    assert!(error.to_string().contains("cache.db"), "{error}");
    let moved = Cache::set_aside(&path).unwrap();
    assert_eq!(fs::read_to_string(moved).unwrap(), text);
    let cache = Cache::open(&path).unwrap();
    cache.connect("http://x", "acme", None).unwrap();
    drop(cache);
    fs::write(&path, "again").unwrap();
    assert!(Cache::set_aside(&path).unwrap().to_string_lossy().ends_with(".bad-2"), "nothing is overwritten");
}

#[test]
fn a_damaged_page_is_named_as_such() {
    let (folder, cache, workspace) = fresh();
    store(&cache, workspace, &ledger(20_000), 5_000);
    drop(cache);
    let path = folder.path().join("cache.db");
    let mut bytes = fs::read(&path).unwrap();
    let length = bytes.len();
    bytes[8_192..length - 8_192].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    let result = Cache::open(&path).and_then(|cache| cache.check());
    assert!(matches!(&result, Err(CacheError::Unusable { reason: Unusable::Corrupt(_), .. })), "{result:?}");
}

#[test]
fn a_cut_off_file_is_named_as_such() {
    let (folder, cache, workspace) = fresh();
    store(&cache, workspace, &ledger(20_000), 5_000);
    drop(cache);
    let path = folder.path().join("cache.db");
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    let result = Cache::open(&path).and_then(|cache| cache.check());
    assert!(matches!(&result, Err(CacheError::Unusable { reason: Unusable::Corrupt(_), .. })), "{result:?}");
}

#[test]
fn other_programs_and_newer_versions_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, sql: &str| {
        let path = folder.path().join(name);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        path
    };
    let foreign = make("foreign.db", "CREATE TABLE bookmarks (url TEXT)");
    let error = Cache::open(&foreign).unwrap_err();
    assert!(matches!(&error, CacheError::Unusable { reason: Unusable::Foreign, .. }), "{error}");
    let newer = make("newer.db", "PRAGMA application_id = 0x4352444B; PRAGMA user_version = 99;");
    let error = Cache::open(&newer).unwrap_err();
    assert!(matches!(&error, CacheError::Unusable { reason: Unusable::TooNew { found: 99, .. }, .. }), "{error}");
    let count: i64 = rusqlite::Connection::open(&foreign)
        .unwrap()
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .unwrap();
    assert_eq!(count, 1, "nothing was added to it");
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "x").unwrap();
    let error = Cache::open(folder.path().join("file/inside/cache.db")).unwrap_err();
    assert!(matches!(error, CacheError::File { .. }), "{error}");
}

#[test]
fn space_of_a_removed_workspace_comes_back() {
    let (_folder, cache, workspace) = fresh();
    store(&cache, workspace, &ledger(50_000), 10_000);
    let full = cache.size().unwrap();
    cache.remove_workspace(workspace).unwrap();
    cache.compact().unwrap();
    assert!(cache.size().unwrap() < full / 10);
}
