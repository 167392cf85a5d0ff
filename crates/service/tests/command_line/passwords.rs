//! A database's address may hold a password: what is wrong is said without it.

use super::{command, run};

#[test]
fn no_password_is_quoted() {
    let bad = "postgres://me:hunter2@db.example:port/credits";
    for arguments in [
        &["serve"][..],
        &["migrate"],
        &["workspace", "list"],
        &["token", "list", "--workspace", "w"],
        &["plan", "cancel", "--workspace", "w"],
        &["import", "--sample", "northwind"],
        &["backup", "file"],
        &["restore", "file"],
        &["export", "--workspace", "w", "folder"],
        &["catalogue", "add", "file"],
    ] {
        let given = run(&[arguments, &["--database", bad]].concat());
        let in_the_environment = command(arguments).env("CREDITDECK_DATABASE", bad).output().unwrap();
        let in_the_environment = String::from_utf8(in_the_environment.stderr).unwrap();
        for said in [given.error, in_the_environment] {
            assert!(
                said.contains("invalid value for option `port`") && !said.contains("hunter2"),
                "{arguments:?}: {said}"
            );
        }
        assert_eq!(given.status, Some(2), "{arguments:?}");
    }
    // Where it has no place, it is not quoted either.
    let good = "postgres://me:hunter2@db.example/credits";
    for arguments in [
        &["migrate", good][..],
        &["workspace", "list", good],
        &["token", "list", "--workspace", good],
        &["token", "list", &format!("--workspace={good}")],
        &["catalogue", "add", "--database", "sqlite:x.db", "file", good],
        &[good],
    ] {
        let done = run(arguments);
        assert!(done.status == Some(2) && done.out.is_empty() && !done.error.contains("hunter2"), "{}", done.error);
        assert!(done.error.starts_with("error: "), "{}", done.error);
    }
}
