//! What cannot be printed is not taken for done, and what cannot be found is not made.

use std::fs::File;

use super::*;

const SCENARIO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/conformance/29-leap-day.json");

/// Runs a command that prints to where `out` says.
fn printing_to(out: impl Into<Stdio>, arguments: &[&str]) -> (Option<i32>, String) {
    let output = command(arguments).stdout(out).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// A database with the workspace `acme`, its address and the folder that it is in.
fn database() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("credits.db").display());
    let create = ["workspace", "create", "--database", &database, "--id", "acme", "--name", "Acme", "--catalogue", "b"];
    assert_eq!(run(&create).status, Some(0));
    (folder, database)
}

/// The shortest ledger: a trial under the catalogue `a`.
fn trial() -> Vec<u8> {
    let text = include_str!("../../../../catalogues/a.toml");
    let terms =
        metering::Terms::new(std::sync::Arc::new(wire::catalogue::from_toml(text).unwrap()), chrono_tz::Tz::UTC);
    let begun = metering::Timestamp::from_millis(0);
    let decision = metering::Meter::new(terms).decide(metering::Command::StartTrial, begun);
    let body = wire::line::encode_body(&decision.entries[0]);
    wire::line::encode_line(&wire::chain(&wire::GENESIS, &body), &body)
}

fn token(database: &str) -> [&str; 10] {
    ["token", "create", "--database", database, "--workspace", "acme", "--role", "owner", "--name", "me"]
}

#[test]
#[cfg(target_os = "linux")]
fn an_answer_that_is_lost_is_no_success() {
    let (folder, database) = database();
    let ledger = folder.path().join("ledger.ndjson");
    std::fs::write(&ledger, trial()).unwrap();
    let create = ["workspace", "create", "--database", &database, "--id", "acme", "--name", "Acme", "--catalogue", "b"];
    let full = || File::options().write(true).open("/dev/full").unwrap();
    for arguments in [
        &["simulate", SCENARIO][..],
        &["verify", ledger.to_str().unwrap(), "--catalogue", "a"],
        &["catalogue", "check", "b"],
        &["catalogue", "schema"],
        &create,
        &["import", "--database", &database, "--sample", "harbour", "--until", "2026-04-10T00:00:00Z"],
        &["serve", "--database", &database, "--listen", "127.0.0.1:0"],
    ] {
        assert_eq!(run_unless_it_serves(arguments), Some(0), "{arguments:?}");
        let (status, said) = printing_to(full(), arguments);
        assert_eq!(status, Some(1), "{arguments:?}: {said}");
        let last = said.lines().last().unwrap();
        assert_eq!(last, "error: cannot write: No space left on device (os error 28)", "{arguments:?}");
    }
    let (status, said) = printing_to(full(), &token(&database));
    assert_eq!(
        (status, said.as_str()),
        (
            Some(1),
            "error: cannot write: No space left on device (os error 28): a token was made and could not be shown, so \
             that nobody can use it; run the same command again to make another\n"
        )
    );
}

/// What a command that ends by itself ends with.
fn run_unless_it_serves(arguments: &[&str]) -> Option<i32> {
    if arguments[0] == "serve" { Some(0) } else { run(arguments).status }
}

#[test]
fn who_does_not_want_to_read_on_is_no_failure_unless_it_loses_a_token() {
    let (_folder, database) = database();
    let closed = || std::io::pipe().unwrap().1;
    for arguments in [&["simulate", SCENARIO][..], &["catalogue", "schema"]] {
        assert_eq!(printing_to(closed(), arguments), (Some(0), String::new()), "{arguments:?}");
    }
    let (status, said) = printing_to(closed(), &token(&database));
    assert_eq!(status, Some(1));
    assert!(said.contains("a token was made and could not be shown"), "{said}");
}

#[test]
fn a_path_with_a_slip_in_it_makes_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nosuch.db");
    let revision = folder.path().join("2.toml");
    let template = include_str!("../../../../catalogues/template.toml");
    let from = "revision = 2\ncounts_from = 9000-03-01T00:00:00Z";
    std::fs::write(&revision, template.replacen("revision = 1", from, 1)).unwrap();
    let add = ["catalogue", "add", "--database", file.to_str().unwrap(), revision.to_str().unwrap()];
    refused(&add, 2, "nosuch.db: there is no such database");
    refused(&token(&format!("sqlite:{}", file.display())), 2, "nosuch.db: there is no such database");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(left, ["2.toml"], "nothing was made");
}

#[test]
fn exit_statuses_are_in_the_help_and_are_what_it_says() {
    // As it is wrapped depends on the terminal.
    let help = |arguments: &[&str]| {
        let done = run(&[arguments, &["--help"]].concat());
        assert_eq!(done.status, Some(0), "{}", done.error);
        done.out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for (arguments, statuses) in [
        (&[][..], "0 when it is done, 1 when it failed, 2 when what was given is wrong"),
        (&["verify"], "0 when every entry follows from the rules, 1 when there are findings, 2 when"),
        (&["simulate"], "0 when every step is answered, whatever the answers are, 2 when the scenario has a mistake"),
        (&["catalogue", "check"], "0 when there is no mistake, with or without warnings, 2 when there is one"),
    ] {
        let help = help(arguments);
        assert!(help.contains(&format!("Exit status: {statuses}")), "{help}");
    }

    let folder = tempfile::tempdir().unwrap();
    let scenario = folder.path().join("scenario.json");
    let good = std::fs::read_to_string(SCENARIO).unwrap();
    let simulate = |text: &str| {
        std::fs::write(&scenario, text).unwrap();
        run(&["simulate", scenario.to_str().unwrap()])
    };
    let refused = simulate(&good.replacen("\"do\": \"subscribe\", \"plan\": \"starter\"", "\"do\": \"cancel\"", 1));
    assert_eq!(refused.status, Some(0), "{}", refused.error);
    assert!(refused.out.contains("\"outcome\":\"refused\""), "{}", refused.out);
    let wrong = simulate(&good.replacen("\"steps\"", "\"step\"", 1));
    assert_eq!((wrong.status, wrong.out.as_str()), (Some(2), ""), "{}", wrong.error);
}
