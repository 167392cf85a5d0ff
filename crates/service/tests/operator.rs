//! What an operator does by the command line, on both stores: workspaces, tokens, plans, backups, exports.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use support::Kind;
use tempfile::TempDir;

/// What support's own worlds keep records in: there are none here.
const STORE: Kind = Kind::Sqlite;

/// A database, and the program that works on it.
struct Operator {
    folder: TempDir,
    database: String,
}

impl Operator {
    fn new(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = support::databases::address(kind, folder.path());
        Self { folder, database }
    }

    /// The exit status, standard output and standard error.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_creditdeck-service"));
        command.args(arguments).env_remove("RUST_LOG").env("CREDITDECK_DATABASE", &self.database).stdin(Stdio::null());
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    #[track_caller]
    fn done(&self, arguments: &[&str]) -> String {
        let (status, out, error) = self.run(arguments);
        assert_eq!(status, 0, "{arguments:?}: {error}");
        out
    }

    /// One clear line.
    #[track_caller]
    fn refused(&self, arguments: &[&str], message: &str) {
        let (status, out, error) = self.run(arguments);
        assert!(status != 0 && out.is_empty(), "{arguments:?}: {out}");
        assert!(error.starts_with("error: ") && error.lines().count() == 1 && error.contains(message), "{error}");
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }
}

fn on_both(test: fn(&Operator)) {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        test(&Operator::new(kind));
    }
}

#[test]
fn workspaces_are_made_one_by_one_or_from_a_file() {
    on_both(|operator| {
        operator.done(&["migrate"]);
        operator.done(&[
            "workspace",
            "create",
            "--id",
            "one",
            "--name",
            "One",
            "--catalogue",
            "b",
            "--plan",
            "starter",
        ]);
        let file = operator.file("workspaces.ndjson");
        let line = |id: usize| {
            format!("{{\"id\":\"w{id:04}\",\"name\":\"W {id}\",\"catalogue\":\"b\",\"plan\":\"growth\"}}\n")
        };
        fs::write(&file, (0..1_200).map(line).collect::<String>()).unwrap();
        assert_eq!(operator.done(&["workspace", "create", "--from", &file]), "1200 workspaces\n");
        assert_eq!(
            operator.done(&["workspace", "create", "--from", &file]),
            "1200 workspaces\n",
            "again changes nothing"
        );
        let listed = operator.done(&["workspace", "list"]);
        assert_eq!(listed.lines().count(), 1_201);
        assert_eq!(listed.lines().next().unwrap(), "one\tb 1\tUTC\tOne");

        fs::write(&file, format!("{}\n{{\"id\":\"a/b\",\"name\":\"x\",\"catalogue\":\"b\"}}\n", line(5_000).trim()))
            .unwrap();
        operator.refused(&["workspace", "create", "--from", &file], "line 2: an id has 1 to 64 letters");
        fs::write(&file, "\n{\"id\":\"x\",\"name\":\"x\",\"catalogue\":\"b\",\"plan\":\"gold\"}").unwrap();
        operator.refused(&["workspace", "create", "--from", &file], "line 2: the catalogue has no plan \"gold\"");
        fs::write(&file, "{\"id\":\"x\"").unwrap();
        operator.refused(&["workspace", "create", "--from", &file], "line 1: line 1, column 9");
        assert_eq!(operator.done(&["workspace", "list"]).lines().count(), 1_201, "nothing of a file with a mistake");
    });
}

#[test]
fn a_plan_is_set_changed_and_cancelled() {
    on_both(|operator| {
        operator.done(&["workspace", "create", "--id", "w", "--name", "W", "--catalogue", "b"]);
        let plan = |more: &[&'static str]| [&["plan"], more].concat();
        let of = ["--workspace", "w"];
        let said = operator.done(&plan(&[&["subscribe"][..], &of, &["starter"]].concat()));
        assert_eq!(said, "entry 1: w has 3000 credits available, active\n");
        let said = operator.done(&plan(&[&["subscribe"][..], &of, &["growth"]].concat()));
        assert!(said.ends_with("w has 10000 credits available, active\n"), "{said}");
        operator.done(&plan(&[&["cancel"][..], &of].concat()));
        assert!(operator.done(&plan(&[&["cancel"][..], &of].concat())).contains("so already"));
        operator.refused(&plan(&[&["subscribe"][..], &of, &["gold"]].concat()), "gold");
        operator.refused(&plan(&[&["trial"][..], &of].concat()), "refused: trial_unavailable");
        operator.refused(&["plan", "cancel", "--workspace", "v"], "there is no workspace \"v\"");
    });
}

#[test]
fn tokens_are_listed_and_revoked_and_codes_made() {
    on_both(|operator| {
        operator.refused(&["token", "create", "--all-workspaces", "--role", "meter", "--name", "m"], "no");
        operator.done(&["workspace", "create", "--id", "w", "--name", "W", "--catalogue", "b"]);
        operator.done(&["workspace", "create", "--id", "v", "--name", "V", "--catalogue", "b"]);
        operator.done(&["token", "create", "--all-workspaces", "--role", "meter", "--name", "machine", "--days", "30"]);
        operator.done(&["token", "create", "--workspace", "w", "--role", "owner", "--name", "me"]);
        let listed = operator.done(&["token", "list", "--workspace", "w"]);
        let line = listed.lines().find(|line| line.ends_with("\tmachine")).unwrap();
        let fields: Vec<&str> = line.split('\t').collect();
        assert!(fields[0].len() == 16 && fields[1] == "meter" && fields[3].starts_with("until "), "{line}");
        assert!(listed.contains("\tfor ever\tme"));
        assert_eq!(operator.done(&["token", "list", "--workspace", "v"]).lines().count(), 1);
        operator.done(&["token", "revoke", "--workspace", "w", fields[0]]);
        assert!(operator.done(&["token", "list", "--workspace", "w"]).contains("\trevoked "));
        assert!(
            operator.done(&["token", "list", "--workspace", "v"]).contains("\tuntil "),
            "each workspace has its own"
        );
        operator.refused(&["token", "revoke", "--workspace", "w", "0000"], "has no token \"0000\"");
        operator.refused(&["token", "list", "--workspace", "u"], "there is no workspace \"u\"");
        operator.refused(&["pair", "create", "--workspace", "u", "--role", "member"], "there is no workspace \"u\"");
        let code = operator.done(&["pair", "create", "--workspace", "w", "--role", "member"]);
        assert!(code.trim().len() == 11 && code.as_bytes()[5] == b'-', "{code}");
    });
}

/// Exports a ledger, and gives its bytes once they were verified.
fn verified(operator: &Operator, workspace: &str, folder: &str) -> Vec<u8> {
    let folder = operator.file(folder);
    let said = operator.done(&["export", "--workspace", workspace, &folder]);
    let command = said.trim().split_once("creditdeck-service ").unwrap().1;
    operator.done(&command.split(' ').collect::<Vec<_>>());
    fs::read(Path::new(&folder).join("ledger.ndjson")).unwrap()
}

#[test]
fn a_backup_of_either_store_comes_back_in_either() {
    for (from, to) in [(Kind::Sqlite, Kind::Postgres), (Kind::Postgres, Kind::Sqlite)] {
        let (first, second) = (Operator::new(from), Operator::new(to));
        let until = "2026-07-10T00:00:00Z";
        for sample in ["northwind", "harbour"] {
            first.done(&["import", "--sample", sample, "--until", until]);
        }
        first.done(&["token", "create", "--all-workspaces", "--role", "owner", "--name", "me"]);
        for name in ["all.backup", "all.backup.gz"] {
            let file = first.file(name);
            let said = first.done(&["backup", &file]);
            assert!(said.starts_with(&format!("{file}: 2 workspaces, ")), "{said}");
            first.refused(&["backup", &file], "File exists");
        }
        let plain = fs::read(first.file("all.backup")).unwrap();
        assert!(fs::metadata(first.file("all.backup.gz")).unwrap().len() < plain.len() as u64 / 3);

        let file = first.file("all.backup.gz");
        let said = second.done(&["restore", &file]);
        assert!(said.contains(": 2 workspaces, "), "{said}");
        second.refused(&["restore", &file], "the database is not empty");
        for workspace in ["northwind", "harbour"] {
            let listed = |operator: &Operator| operator.done(&["token", "list", "--workspace", workspace]);
            assert_eq!(verified(&first, workspace, workspace), verified(&second, workspace, workspace));
            assert_eq!(listed(&first), listed(&second));
        }
        // A backup of what came back is the same to the byte, and what goes on there goes on where it was.
        let again = second.file("again.backup");
        second.done(&["backup", &again]);
        assert!(fs::read(&again).unwrap() == plain, "a backup of what came back differs");
        let more = ["import", "--sample", "northwind", "--until", "2026-07-11T00:00:00Z"];
        assert_eq!(first.done(&more), second.done(&more));
    }
}

#[test]
fn an_instant_that_has_passed_is_brought_back() {
    on_both(|operator| {
        operator.done(&["import", "--sample", "northwind", "--until", "2026-07-01T00:00:00Z"]);
        let then = verified(operator, "northwind", "then");
        operator.done(&["import", "--sample", "northwind", "--until", "2026-07-10T00:00:00Z"]);
        let file = operator.file("all.backup");
        operator.done(&["backup", &file]);
        let back = Operator::new(Kind::Sqlite);
        back.done(&["restore", "--until", "2026-07-01T00:00:00Z", &file]);
        assert_eq!(verified(&back, "northwind", "back"), then);
    });
}

#[test]
fn a_backup_that_is_damaged_is_refused_with_its_place() {
    let operator = Operator::new(Kind::Sqlite);
    operator.done(&["import", "--sample", "northwind", "--until", "2026-07-10T00:00:00Z"]);
    let file = operator.file("all.backup");
    operator.done(&["backup", &file]);
    let text = fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let entry = lines.iter().position(|line| line.contains("\"units\":1")).unwrap();
    let row = lines.iter().position(|line| line.contains("\"table\":\"workspaces\"")).unwrap();
    let changed = |index: usize, line: &str| {
        let mut lines = lines.clone();
        lines[index] = line;
        lines.join("\n") + "\n"
    };
    for (name, text, message) in [
        ("cut", lines[..100].join("\n") + "\n", "line 101: the file ends before its end"),
        ("empty", String::new(), "line 1: the file ends before its end"),
        ("other", "{\"a\":1}\n".to_owned(), "line 1: is no line of a backup"),
        ("version", changed(0, "{\"creditdeck_backup\":{\"version\":2}}"), "line 1: the backup is of version 2"),
        ("entry", changed(entry, &lines[entry].replace("\"units\":1", "\"units\":2")), "its bytes were changed"),
        ("name", changed(row, &lines[row].replace("Northwind", "Southwind")), "digest does not fit"),
        ("table", changed(1, &lines[1].replace("\"table\":\"", "\"table\":\"x")), "line 2: there is no table"),
    ] {
        let damaged = Operator::new(Kind::Sqlite);
        let file = damaged.file(name);
        fs::write(&file, text).unwrap();
        damaged.refused(&["restore", &file], message);
    }
    operator.refused(&["backup", "/nowhere/at/all"], "No such file");
    let (status, _, error) = operator.run(&["restore", "--database", &operator.file("x.db"), "none"]);
    assert!(status == 2 && error.contains("none: No such file"), "{error}");
}
