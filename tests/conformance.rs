//! The worked cases of the rules, through the real command line: `creditdeck-service simulate FILE` for each file of
//! `tests/conformance/`, or of the folder that `CREDITDECK_CONFORMANCE` names.

#[cfg(test)]
mod worked_cases {
    use std::fmt::Write;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Output};

    use serde_json::{Map, Value};

    fn folder() -> PathBuf {
        let shipped = || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
        std::env::var_os("CREDITDECK_CONFORMANCE").map_or_else(shipped, PathBuf::from)
    }

    fn files() -> Vec<PathBuf> {
        let folder = folder();
        let found = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut files: Vec<PathBuf> = found.map(|file| file.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        files
    }

    /// The service's program, which is built beside the app's.
    fn simulate(file: &Path) -> Output {
        let program = Path::new(env!("CARGO_BIN_EXE_creditdeck")).with_file_name("creditdeck-service");
        let mut command = Command::new(&program);
        let run = command.arg("simulate").arg(file).output();
        run.unwrap_or_else(|error| panic!("{}: {error}: build it with the app: cargo build", program.display()))
    }

    /// Where an answer is not what is expected, one line a difference. What the answer adds is none, save a reason.
    fn differences(place: &str, answer: &Value, expected: &Value, found: &mut String) {
        match (answer, expected) {
            (Value::Object(answer), Value::Object(expected)) => {
                for (key, expected) in expected {
                    let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                    differences(&place, answer.get(key).unwrap_or(&Value::Null), expected, found);
                }
                // Within a part every key counts: one more that can run, say, is another answer.
                let more = |key: &&String| !expected.contains_key(*key) && !place.is_empty();
                for key in answer.keys().filter(more) {
                    writeln!(found, "  {place}.{key}: is {}, and should not be there", answer[key]).unwrap();
                }
            }
            _ if answer == expected => {}
            _ => writeln!(found, "  {place}: is {answer}, and should be {expected}").unwrap(),
        }
    }

    /// What is wrong with an answer.
    fn wrong(answer: &Value, expected: &Value) -> String {
        let mut expected = expected.as_object().cloned().unwrap_or_default();
        expected.remove("entries");
        // A reason is given where one is expected, and nowhere else.
        expected.entry("reason").or_insert(Value::Null);
        let mut found = String::new();
        differences("", answer, &Value::Object(expected), &mut found);
        found
    }

    /// Runs a file; an error says what is wrong.
    fn compare(file: &Path) -> Result<(), String> {
        let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
        let scenario: Map<String, Value> = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let list = |name: &str| scenario.get(name).and_then(Value::as_array).ok_or(format!("it has no {name}"));
        let (steps, expected) = (list("steps")?, list("expect")?);
        let output = simulate(file);
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.code() != Some(0) || !said.is_empty() {
            return Err(format!("{}: {said}", output.status));
        }
        let lines = String::from_utf8_lossy(&output.stdout);
        let answers: Result<Vec<Value>, _> = lines.lines().map(serde_json::from_str).collect();
        let answers = answers.map_err(|error| format!("an answer is not JSON: {error}"))?;
        if (answers.len(), expected.len()) != (steps.len(), steps.len()) {
            let (answers, expected, steps) = (answers.len(), expected.len(), steps.len());
            return Err(format!("{answers} answers to {steps} steps, of which {expected} are expected"));
        }
        for (index, (answer, expected)) in answers.iter().zip(expected).enumerate() {
            let found = wrong(answer, expected);
            if !found.is_empty() {
                return Err(format!("step {}: {}\n{found}", index + 1, steps[index]));
            }
        }
        Ok(())
    }

    #[test]
    fn come_out_as_expected() {
        let files = files();
        assert!(!files.is_empty(), "{} has no scenario", folder().display());
        let mut failures = Vec::new();
        for file in &files {
            if let Err(what) = compare(file) {
                failures.push(format!("{}: {what}", file.file_name().unwrap_or_default().display()));
            }
        }
        assert!(failures.is_empty(), "{} of {} files:\n{}", failures.len(), files.len(), failures.join("\n"));
        println!("{} files compared whole", files.len());
    }

    #[test]
    fn a_difference_is_found_wherever_it_is() {
        let answer: Value = serde_json::from_str(
            r#"{"step": 1, "outcome": "recorded", "position": {"available": 3, "can_run": {"a": true}}, "entries": 2}"#,
        )
        .unwrap();
        assert_eq!(wrong(&answer, &answer), "");
        let changed = |from: &str, to: &str| serde_json::from_str(&answer.to_string().replace(from, to)).unwrap();
        assert_eq!(wrong(&answer, &changed("\"entries\":2", "\"entries\":9")), "");
        for (from, to, said) in [
            ("recorded", "ok", "  outcome: is \"recorded\", and should be \"ok\"\n"),
            ("\"available\":3", "\"available\":4", "  position.available: is 3, and should be 4\n"),
            ("true", "false", "  position.can_run.a: is true, and should be false\n"),
            ("\"a\":true", "", "  position.can_run.a: is true, and should not be there\n"),
        ] {
            assert_eq!(wrong(&answer, &changed(from, to)), said);
        }
        let refused = changed("\"step\"", "\"reason\":\"exhausted\",\"step\"");
        assert_eq!(wrong(&refused, &answer), "  reason: is \"exhausted\", and should be null\n");
        assert_eq!(wrong(&answer, &refused), "  reason: is null, and should be \"exhausted\"\n");
    }

    #[test]
    fn a_malformed_file_is_one_line_with_the_place_and_status_2() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("broken.json");
        let good = r#"{
 "catalogue": {"schema": 1, "id": "x", "name": "X", "revision": 1, "currency": "USD", "refresh": "calendar_month",
  "feature": [{"id": "r", "name": "R", "group": "g", "rate": 1}],
  "plan": [{"id": "p", "name": "P", "price": 100, "allowance": 5}]},
 "steps": [
  {"at": "2026-01-10T09:00:00Z", "do": "subscribe", "plan": "p"},
  {"at": "2026-01-10T09:01:00Z", "do": "use", "id": "u", "feature": "r"}
 ]
}"#;
        std::fs::write(&file, good).unwrap();
        let output = simulate(&file);
        assert_eq!((output.status.code(), output.stdout.iter().filter(|byte| **byte == b'\n').count()), (Some(0), 2));
        for (from, to, place) in [
            (good, "", "line 1, column 1"),
            ("]\n}", "]\n", "line 9"),
            ("\"do\": \"use\"", "\"do\": \"dance\"", "line 7, column 46"),
            ("\"feature\": \"r\"", "\"featur\": \"r\"", "line 7"),
            ("\"rate\": 1", "\"rate\": \"one\"", "line 3"),
            ("10T09:01:00Z", "10 noon", "line 7"),
        ] {
            assert!(good.contains(from), "{from}");
            std::fs::write(&file, good.replacen(from, to, 1)).unwrap();
            let output = simulate(&file);
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{said}");
            assert_eq!(said.lines().count(), 1, "{said}");
            assert!(said.contains("broken.json") && said.contains(place), "{said}  does not say {place}");
        }
    }
}
