//! What a rule found: where, what is wrong, and what to do instead.

use std::fmt;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) rule: &'static str,
    pub(crate) what: String,
    pub(crate) instead: &'static str,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, rule, what, instead } = self;
        write!(f, "{path}:{line}: {what}\n    rule: {rule}\n    instead: {instead}")
    }
}

/// Fails the test that asks, with everything that was found.
pub(crate) fn hold(violations: &[Violation]) {
    let list: Vec<String> = violations.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "\n\n{}\n", list.join("\n\n"));
}

/// The line of a byte, counted from 1.
pub(crate) fn line_at(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|b| *b == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_file_line_rule_and_remedy() {
        let violation = Violation {
            path: "crates/app/src/lib.rs".into(),
            line: 12,
            rule: "one rule",
            what: "it did that".into(),
            instead: "do this",
        };
        assert_eq!(
            violation.to_string(),
            "crates/app/src/lib.rs:12: it did that\n    rule: one rule\n    instead: do this"
        );
    }

    #[test]
    #[should_panic(expected = "it did that")]
    fn fails_when_something_was_found() {
        hold(&[Violation { path: "a".into(), line: 1, rule: "r", what: "it did that".into(), instead: "i" }]);
    }

    #[test]
    fn counts_lines_from_one() {
        assert_eq!((line_at("a\nb\n", 0), line_at("a\nb\n", 2)), (1, 2));
    }
}
