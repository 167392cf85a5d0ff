//! The file itself: who may read it, and what happens when it is not what it should be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod sample;

use std::fs;

use cache::{CacheError, Desk, LedgerReader, LedgerWriter, Unusable};
use sample::{cursor, fresh, ledger, store};

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, mut writer, reader) = fresh();
    store(&mut writer, &ledger(5), 5);
    let mut seen = 0;
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        seen += 1;
    }
    assert_eq!(seen, 4, "database, log, index of the log, and the mark beside it");
    drop((writer, reader));
    let path = folder.path().join("ledger.db");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    drop(LedgerWriter::open(&path).unwrap());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "made private again");
}

#[test]
fn what_was_stored_is_there_after_opening_again() {
    let (folder, mut writer, reader) = fresh();
    store(&mut writer, &ledger(5_000), 100);
    drop((writer, reader));
    let writer = LedgerWriter::open(folder.path().join("ledger.db")).unwrap();
    assert_eq!(writer.cursor(), cursor(5_000));
    assert_eq!(writer.lost(), None);
    let reader = LedgerReader::open(folder.path().join("ledger.db")).unwrap();
    reader.check(|_| true).unwrap();
    assert!(reader.size() > 10_000);
}

#[test]
fn text_is_not_a_cache_and_can_be_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let text = "not a database, only a text that is long enough to look like one".repeat(100);
    fs::write(&path, &text).unwrap();
    let error = LedgerWriter::open(&path).unwrap_err();
    assert!(matches!(&error, CacheError::Unusable { reason: Unusable::Corrupt(_), .. }), "{error}");
    assert!(error.to_string().contains("ledger.db"), "{error}");
    let moved = cache::set_aside(&path).unwrap();
    assert_eq!(fs::read_to_string(moved).unwrap(), text);
    drop(LedgerWriter::open(&path).unwrap());
    fs::write(&path, "again").unwrap();
    assert!(cache::set_aside(&path).unwrap().to_string_lossy().ends_with(".bad-2"), "nothing is overwritten");
}

fn damaged(change: impl Fn(&mut Vec<u8>)) -> Result<(), CacheError> {
    let (folder, mut writer, reader) = fresh();
    store(&mut writer, &ledger(20_000), 5_000);
    drop((writer, reader));
    let path = folder.path().join("ledger.db");
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(&path, bytes).unwrap();
    LedgerWriter::open(&path).and_then(|writer| writer.reader().check(|_| true))
}

#[test]
fn a_damaged_file_is_named_as_such() {
    let filled = damaged(|bytes| {
        let length = bytes.len();
        bytes[8_192..length - 8_192].fill(0xA5);
    });
    let cut = damaged(|bytes| bytes.truncate(bytes.len() / 2));
    for result in [filled, cut] {
        assert!(matches!(&result, Err(CacheError::Unusable { reason: Unusable::Corrupt(_), .. })), "{result:?}");
        assert!(result.unwrap_err().to_string().contains("ledger.db"));
    }
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
    for error in [LedgerWriter::open(&foreign).unwrap_err(), Desk::open(&foreign).unwrap_err()] {
        assert!(matches!(&error, CacheError::Unusable { reason: Unusable::Foreign, .. }), "{error}");
    }
    let count: i64 = rusqlite::Connection::open(&foreign)
        .unwrap()
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .unwrap();
    assert_eq!(count, 1, "nothing was added to it");
    drop(LedgerWriter::open(folder.path().join("ledger.db")).unwrap());
    drop(Desk::open(folder.path().join("desk.db")).unwrap());
    let newer = |name: &str, oldest: i64| {
        make(name, &format!("PRAGMA user_version = 99; UPDATE compatible SET oldest = {oldest};"))
    };
    newer("ledger.db", 99);
    let error = LedgerWriter::open(folder.path().join("ledger.db")).unwrap_err();
    assert!(matches!(&error, CacheError::Unusable { reason: Unusable::TooNew { found: 99, .. }, .. }), "{error}");
    newer("desk.db", 99);
    let error = Desk::open(folder.path().join("desk.db")).unwrap_err();
    assert!(matches!(&error, CacheError::Unusable { reason: Unusable::TooNew { found: 99, .. }, .. }), "{error}");
    newer("ledger.db", 1);
    LedgerWriter::open(folder.path().join("ledger.db")).expect("a newer one that says that older apps may use it");
}

#[test]
fn the_ledgers_of_an_earlier_version_go_and_the_rest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.db");
    drop(Desk::open(&path).unwrap());
    let desk = Desk::open(&path).unwrap();
    desk.set_setting("theme", Some("dark")).unwrap();
    drop(desk);
    let tables = "CREATE TABLE entries (seq INTEGER); CREATE TABLE bodies (id INTEGER); PRAGMA user_version = 1;";
    rusqlite::Connection::open(&path).unwrap().execute_batch(tables).unwrap();
    assert_eq!(Desk::open(&path).unwrap().setting("theme").unwrap().as_deref(), Some("dark"));
    let left = "SELECT count(*) FROM sqlite_schema WHERE name IN ('entries', 'bodies')";
    let left: i64 = rusqlite::Connection::open(&path).unwrap().query_row(left, [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn a_ledger_in_an_earlier_form_begins_anew_and_misses_nothing() {
    let (folder, mut writer, _) = fresh();
    store(&mut writer, &ledger(3_000), 700);
    writer.set_fact("workspace", Some(b"acme")).unwrap();
    drop(writer);
    let path = folder.path().join("ledger.db");
    let earlier = "DROP TABLE milestones; PRAGMA user_version = 1; UPDATE compatible SET oldest = 1;";
    rusqlite::Connection::open(&path).unwrap().execute_batch(earlier).unwrap();
    let mut writer = LedgerWriter::open(&path).unwrap();
    assert_eq!((writer.cursor().seq, writer.lost()), (0, None));
    assert_eq!(writer.reader().fact("workspace").unwrap(), None);
    store(&mut writer, &ledger(3_000), 900);
    writer.reader().check(|_| true).unwrap();
    drop(writer);
    assert_eq!(LedgerWriter::open(&path).unwrap().cursor().seq, 3_000);
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "x").unwrap();
    let error = LedgerWriter::open(folder.path().join("file/inside/ledger.db")).unwrap_err();
    assert!(matches!(error, CacheError::File { .. }), "{error}");
}

#[test]
fn nothing_of_a_removed_ledger_is_left() {
    let (folder, mut writer, reader) = fresh();
    store(&mut writer, &ledger(50), 10);
    drop((writer, reader));
    cache::remove_ledger(folder.path().join("ledger.db")).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    cache::remove_ledger(folder.path().join("ledger.db")).expect("removed once more");
}

/// The end of the log is cut off or damaged: SQLite reads what is ahead of it, and says nothing.
#[test]
fn entries_that_vanished_with_a_damaged_log_are_missed() {
    for damage in 0..3 {
        let (folder, mut writer, reader) = fresh();
        let path = folder.path().join("ledger.db");
        store(&mut writer, &ledger(3_000), 500);
        let copy = folder.path().join("copy.db");
        let beside =
            |path: &std::path::Path, suffix: &str| std::path::PathBuf::from(format!("{}{suffix}", path.display()));
        // As a kill leaves it: the log has not been written back.
        for suffix in ["", "-wal", "-mark"] {
            fs::copy(beside(&path, suffix), beside(&copy, suffix)).unwrap();
        }
        drop((writer, reader));
        let log = beside(&copy, "-wal");
        let mut bytes = fs::read(&log).unwrap();
        let length = bytes.len();
        match damage {
            0 => bytes.truncate(length * 2 / 3),
            1 => bytes[length / 2] ^= 4,
            _ => bytes[length - 100..].fill(0),
        }
        fs::write(&log, bytes).unwrap();
        let writer = LedgerWriter::open(&copy).unwrap();
        let lost = writer.lost().expect("it is missed");
        assert!(lost.seq < 3_000 && lost.was == 3_000 && lost.seq.is_multiple_of(500), "{lost:?}");
        writer.reader().check(|_| true).unwrap();
        assert_eq!(LedgerWriter::open(&copy).unwrap().lost(), None, "said once");
    }
}
