//! Time is an argument: the clock is read in `crates/clock` and nowhere else.

use crate::rust_text::{of_the_product, words};
use crate::violation::{Violation, line_at};
use crate::walk::Source;

/// Code that reads the clock.
const READS: [&str; 5] = ["SystemTime::now", "Instant::now", "Utc::now", "Local::now", "UNIX_EPOCH.elapsed"];

/// The runtime's own instants, for deadlines: they tell no time of day, and tests can stop them.
const TIMER: &str = "tokio::time::";

/// SQL that reads it.
const SQL_READS: [&str; 9] = [
    "CURRENT_TIMESTAMP",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "clock_timestamp()",
    "unixepoch()",
    "datetime('now'",
    "date('now'",
    "julianday('now'",
    ", 'now'",
];

pub(crate) fn read_elsewhere(sources: &[Source]) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut say = |path: &str, text: &str, at: usize, read: &str| {
        violations.push(Violation {
            path: path.to_owned(),
            line: line_at(text, at),
            rule: "time is an argument: crates/clock is the only reader of the clock",
            what: format!("`{read}` reads the clock"),
            instead: "take the time as an argument; whoever starts the work asks crates/clock for it",
        });
    };
    for text in of_the_product(sources) {
        if text.path.starts_with("crates/clock/") {
            continue;
        }
        for read in READS {
            words(&text.code, read)
                .filter(|at| !text.code[..*at].ends_with(TIMER))
                .for_each(|at| say(&text.path, &text.code, at, read));
        }
        for read in SQL_READS {
            text.literals.match_indices(read).for_each(|(at, _)| say(&text.path, &text.literals, at, read));
        }
    }
    for source in sources.iter().filter(|source| source.path.ends_with(".sql")) {
        for read in SQL_READS {
            source.text.match_indices(read).for_each(|(at, _)| say(&source.path, &source.text, at, read));
        }
    }
    violations.sort();
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        read_elsewhere(&[Source { path: path.into(), text: text.into() }]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_way_to_read_it_is_named() {
        for read in READS {
            let found = found("crates/sync/src/engine.rs", &format!("fn a() {{\n    let now = {read}();\n}}\n"));
            assert_eq!(found.len(), 1, "{found:#?}");
            assert!(
                found[0].starts_with(&format!("crates/sync/src/engine.rs:2: `{read}` reads the clock")),
                "{}",
                found[0]
            );
        }
    }

    #[test]
    fn sql_that_reads_it_is_named() {
        for read in SQL_READS {
            for (path, text) in [
                ("crates/cache/src/lib.rs", format!("const SQL: &str = \"\nselect strftime('%s' {read}\";")),
                ("crates/cache/src/schema.sql", format!("create table a (\nb default ({read}")),
            ] {
                let found = found(path, &text);
                assert!(found.iter().any(|f| f.starts_with(&format!("{path}:2: `{read}`"))), "{read}: {found:#?}");
            }
        }
    }

    #[test]
    fn the_clock_itself_tests_comments_and_messages_are_fine() {
        let nothing: [String; 0] = [];
        assert_eq!(found("crates/clock/src/lib.rs", "SystemTime::now()"), nothing);
        assert_eq!(found("crates/sync/tests/it.rs", "Instant::now()"), nothing);
        assert_eq!(found("crates/sync/src/lib.rs", "#[cfg(test)]\nmod tests { fn a() { Instant::now(); } }"), nothing);
        assert_eq!(found("crates/sync/src/lib.rs", "let deadline = tokio::time::Instant::now() + GATHER;"), nothing);
        assert_eq!(found("crates/sync/src/lib.rs", "// not Utc::now\nlet a = \"Utc::now\"; clock.now()"), nothing);
    }
}
