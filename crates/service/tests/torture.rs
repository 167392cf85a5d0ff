//! The short form of `script/torture`: the service is killed at random moments under load, and loses nothing that it has
//! acknowledged; 64 clients want 20,000 credits where there are 10,000, and get 10,000; a crowd keeps nobody out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// The program that does it, which cargo builds among the examples.
fn torturer() -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples");
    path.push(format!("bench-service{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "build it first: cargo build -p creditdeck-service --example bench-service");
    path
}

/// One at a time: those on PostgreSQL make the same database.
static TURN: Mutex<()> = Mutex::new(());

/// Runs it, and gives what it said.
fn torture(arguments: &[&str]) -> String {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(torturer());
    command.arg("torture").arg(env!("CARGO_BIN_EXE_creditdeck-service")).arg(folder.path()).args(arguments);
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).join("\n");
    if !output.status.success() {
        // Left to be looked at.
        let kept = folder.keep();
        panic!("{arguments:?} failed, see {}: {said}", kept.display());
    }
    said
}

#[test]
fn what_was_acknowledged_outlives_every_kill_on_sqlite() {
    assert!(torture(&["sqlite", "25"]).contains("25 kills"));
}

#[test]
fn what_was_acknowledged_outlives_every_kill_on_postgres() {
    assert!(torture(&["postgres", "10"]).contains("10 kills"));
}

#[test]
fn nobody_gets_more_than_there_is_on_sqlite() {
    assert!(torture(&["race", "sqlite"]).contains("10000 recorded, 10000 refused"));
}

#[test]
fn nobody_gets_more_than_there_is_from_two_services_on_postgres() {
    assert!(torture(&["race", "postgres"]).contains("10000 recorded, 10000 refused"));
}

#[test]
fn a_crowd_that_wants_nothing_good_keeps_nobody_out() {
    let said = torture(&["crowd", "sqlite", "300"]);
    assert!(said.contains("300 idle connections") && said.contains("64 slow clients cut off"), "{said}");
}
