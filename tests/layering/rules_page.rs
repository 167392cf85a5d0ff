//! docs/RULES.md leads a reader from each rule to the test that holds it: the test has to be there.

use crate::violation::Violation;
use crate::walk::Source;

const PAGE: &str = "docs/RULES.md";
const RULES: u32 = 20;
/// Where the files are that are named without a folder.
const TESTS: &str = "crates/metering/tests/rules/";
const RULE: &str = "each rule of docs/RULES.md names the tests that hold it";

pub(crate) fn broken_leads(sources: &[Source]) -> Vec<Violation> {
    let text = |path: &str| sources.iter().find(|source| source.path == path).map(|source| source.text.as_str());
    let mut violations = Vec::new();
    let mut say = |line: usize, what: String, instead: &'static str| {
        violations.push(Violation { path: PAGE.into(), line, rule: RULE, what, instead });
    };
    let page = text(PAGE).unwrap_or_default();

    let mut file = None;
    let mut held = 0;
    // The number of the rule whose tests are still to come, and where it stands.
    let mut open: Option<(u32, usize)> = None;
    for (index, line) in page.lines().enumerate() {
        let line_number = index + 1;
        if let Some(number) = line.strip_prefix("## ").and_then(|title| title.split_once(". ")?.0.parse().ok()) {
            if let Some((before, at)) = open.replace((number, line_number)) {
                say(at, format!("rule {before} names no test"), "add \"Test: `file.rs` `function`\"");
            }
            file = None;
        }
        for token in line.split('`').skip(1).step_by(2) {
            let is_name = token.contains('_') && token.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
            if token.ends_with(".rs") {
                let path = if token.starts_with("crates/") || token.starts_with("tests/") {
                    token.to_owned()
                } else {
                    format!("{TESTS}{token}")
                };
                if text(&path).is_none() {
                    say(line_number, format!("there is no file `{token}`"), "name the file that holds the test");
                }
                file = Some(path);
            } else if let (true, Some(path)) = (is_name, &file) {
                if token.bytes().any(|byte| byte.is_ascii_uppercase()) {
                    continue;
                }
                if text(path).is_some_and(|text| text.contains(&format!("fn {token}("))) {
                    if let Some((number, _)) = open.take() {
                        held = held.max(number);
                    }
                } else {
                    say(line_number, format!("`{token}` is not in {path}"), "name a test that is there");
                }
            }
        }
    }
    if let Some((number, at)) = open {
        say(at, format!("rule {number} names no test"), "add \"Test: `file.rs` `function`\"");
    }
    if held != RULES {
        say(1, format!("the last rule with a test is {held}, and there are {RULES}"), "say each rule");
    }
    violations
}

#[cfg(test)]
mod broken_on_purpose {
    use super::*;

    fn told(page: &str) -> Vec<String> {
        let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
        let test = source("crates/metering/tests/rules/time.rs", "fn rule_1_is_held() {}");
        let found = broken_leads(&[source(PAGE, page), test]);
        found.into_iter().map(|one| format!("{}: {}", one.line, one.what)).collect()
    }

    #[test]
    fn a_test_that_is_not_there_is_found() {
        let count = "1: the last rule with a test is 1, and there are 20";
        assert_eq!(told("## 1. Time\n\nTest: `time.rs` `rule_1_is_held`."), [count]);
        assert_eq!(
            told("## 1. Time\n\nTest: `time.rs` `rule_1_is_held`, `rule_1_is_gone`."),
            ["3: `rule_1_is_gone` is not in crates/metering/tests/rules/time.rs", count]
        );
        assert_eq!(told("Test: `space.rs` `rule_1_is_held`.").len(), 3);
    }

    #[test]
    fn a_rule_without_a_test_is_found() {
        let page = "## 1. Time\n\n## 2. Periods\n\nTest: `time.rs` `rule_1_is_held`.\n\n## 3. The refresh\n";
        assert_eq!(
            told(page),
            [
                "1: rule 1 names no test",
                "7: rule 3 names no test",
                "1: the last rule with a test is 2, and there are 20"
            ]
        );
    }
}
