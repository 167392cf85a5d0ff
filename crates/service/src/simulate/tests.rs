//! Mistakes in scenarios, and numbers that are none.

use super::Scenario;

const CATALOGUE: &str = r#"{"schema":1,"id":"x","name":"X","revision":1,"currency":"USD","refresh":"calendar_month","feature":[{"id":"r","name":"R","group":"g","rate":1}],"plan":[{"id":"p","name":"P","price":1,"allowance":5},{"id":"q","name":"Q","price":"custom","allowance":"custom"}],"pack":[{"id":"k","name":"K","credits":10,"price":300}]}"#;

fn read(text: &str) -> String {
    Scenario::read(text).unwrap_err().to_string()
}

fn said(steps: &str) -> String {
    let text = format!("{{\n \"catalogue\": {CATALOGUE},\n \"time_zone\": \"UTC\",\n \"steps\": [\n  {steps}\n ]\n}}");
    read(&text)
}

#[test]
fn a_mistake_is_one_error_with_its_place_in_the_file() {
    let at = r#""at": "2026-01-01T00:00:00Z""#;
    assert_eq!(
        said(&format!(r#"{{{at}, "do": "use", "id": "u", "feature": "r", "unit": 3}}"#)),
        "line 5, column 79: step 1: unknown field `unit`, expected one of `at`, `do`, `id`, `feature`, `units`, \
         `occurred_at`"
    );
    assert!(
        said(&format!(r#"{{{at}, "do": "dance"}}"#))
            .starts_with("line 5, column 46: step 1: unknown variant `dance`, expected one of")
    );
    assert!(said(&format!(r#"{{{at}}}"#)).contains("line 5, column 32: step 1: missing field `do`"));
    assert!(said(r#"{"at": "noon", "do": "balance"}"#).starts_with("line 5, column 15: step 1: \"noon\" is not an"));
    assert!(
        said(&format!("{{{at}, \"do\": \"use\",\n \"id\": 7, \"feature\": \"r\"}}"))
            .starts_with("line 6, column 8: step 1: invalid type: integer `7`")
    );
    assert!(read("{\n").starts_with("line 2, column "));
    let wrong = CATALOGUE.replace("\"rate\":1", "\"rate\":-1");
    let text = format!("{{\n \"catalogue\": {wrong}, \"steps\": []}}");
    assert!(read(&text).starts_with("line 2, column "));
    let text = format!("{{\"catalogue\": {CATALOGUE},\n \"time_zone\": \"Moon\", \"steps\": []}}");
    assert_eq!(read(&text), "line 2, column 15: \"Moon\" is not an IANA time zone like Europe/Berlin");
}

#[test]
fn a_step_is_named_by_its_number_even_if_all_stand_on_one_line() {
    let look = r#"{"at": "2026-01-01T00:00:00Z", "do": "balance"}"#;
    assert!(said(&format!(r#"{look}, {look}, {{"do": "balance"}}"#)).contains(": step 3: missing field `at`"));
    // What is not even JSON, too.
    assert_eq!(said(&format!("{look}, {{\"at\" 7}}")), "line 5, column 58: step 2: expected `:`");
    let cut = format!("{{\"catalogue\": {CATALOGUE}, \"steps\": [{look}, {}", &look[..12]);
    assert!(read(&cut).contains(": step 2: EOF while parsing"), "{}", read(&cut));
    let text = format!("{{\"catalogue\": {CATALOGUE}, \"steps\": 7}}");
    assert!(read(&text).ends_with(": invalid type: integer `7`, expected a list"));
}

#[test]
fn columns_count_characters() {
    let at = r#""at": "2026-01-01T00:00:00Z""#;
    // In the same step, in the one before, and before the catalogue: each letter with a mark is one of them.
    let column = |id: &str| {
        let said = said(&format!(r#"{{{at}, "do": "use", "id": "{id}", "feature": "r", "unit": 3}}"#));
        said.split(": ").next().unwrap().to_owned()
    };
    assert_eq!(column("naïveté"), column("naivete"));
    let column = |id: &str| {
        let first = format!(r#"{{{at}, "do": "use", "id": "{id}", "feature": "r"}}"#);
        let said = said(&format!(r#"{first}, {{{at}, "do": "dance"}}"#));
        said.split(": ").next().unwrap().to_owned()
    };
    assert_eq!(column("日本"), column("JP"));
    let column = |name: &str| {
        let wrong = CATALOGUE.replace("\"rate\":1", "\"rate\":-1");
        let said = read(&format!("{{\"name\": \"{name}\", \"catalogue\": {wrong}, \"steps\": []}}"));
        said.split(": ").next().unwrap().to_owned()
    };
    assert_eq!(column("Größe"), column("Grosz"));
}

#[test]
fn what_nobody_reads_is_a_mistake() {
    let with = |more: &str| format!("{{{more}\"catalogue\": {CATALOGUE}, \"steps\": []}}");
    assert!(Scenario::read(&with("\"name\": \"n\", \"rules\": [1], \"expect\": [], \"time_zone\": \"UTC\", ")).is_ok());
    assert_eq!(
        read(&with("\n \"timezone\": \"Europe/Berlin\",\n ")),
        "line 2, column 11: unknown field `timezone`, expected one of `name`, `rules`, `catalogue`, `time_zone`, \
         `steps`, `expect`"
    );
    assert!(read("{}").contains("missing field `catalogue`"));
    assert!(read(&format!("{{\"catalogue\": {CATALOGUE}}}")).contains("missing field `steps`"));
}

#[test]
fn a_list_is_no_object() {
    let at = "2026-01-01T00:00:00Z";
    let list = "is a list, and has to be an object: {\"name\": value}";
    for all in ["[]".to_owned(), format!("[null, null, {CATALOGUE}, \"UTC\", [], null]")] {
        assert_eq!(read(&format!("\n {all}")), format!("line 2, column 2: {list}"));
    }
    assert_eq!(said(&format!(r#"["{at}", "balance"]"#)), format!("line 5, column 3: step 1: {list}"));
    assert_eq!(said(&format!(r#"["{at}", "use", "u", "r"]"#)), format!("line 5, column 3: step 1: {list}"));
    let wish = said(&format!(r#"{{"at": "{at}", "do": "controls", "features": {{"r": [true, 5]}}}}"#));
    assert_eq!(wish, format!("line 5, column 70: step 1: {list}"));
    assert!(read("7").contains("expected an object"), "{}", read("7"));
}

#[test]
fn an_empty_file_says_so_and_a_byte_order_mark_is_no_part_of_it() {
    let empty = "line 1, column 1: there is nothing here: a scenario is a JSON object with a catalogue and steps";
    for text in ["", " \n\t\n", "\u{feff}", "\u{feff}\n"] {
        assert_eq!(read(text), empty);
    }
    assert!(Scenario::read(&format!("\u{feff}{{\"catalogue\": {CATALOGUE}, \"steps\": []}}")).is_ok());
    assert!(read("\u{feff}{]").starts_with("line 1, column 2: "));
}

#[test]
fn a_number_out_of_bounds_is_an_answer_that_quotes_it_and_not_a_mistake() {
    let step = |rest: &str| format!(r#"{{"at": "2026-01-01T00:00:00Z", {rest}}}"#);
    let using = |units: &str| step(&format!(r#""do": "use", "id": "u", "feature": "r", "units": {units}"#));
    let holding = |more: &str| step(&format!(r#""do": "hold", "id": "i", "feature": "r", {more}"#));
    let refunding = |amount: &str| step(&format!(r#""do": "refund", "id": "f", "purchase": "b", "amount": {amount}"#));
    let capping = |cap: &str| step(&format!(r#""do": "controls", "features": {{"r": {{"cap": {cap}}}}}"#));
    let agreeing = |credits: &str| step(&format!(r#""do": "subscribe", "plan": "q", "allowance": {credits}"#));
    let asked = [
        (step(r#""do": "subscribe", "plan": "p""#), "recorded"),
        (step(r#""do": "buy", "id": "b", "pack": "k""#), "recorded"),
        (step(r#""do": "hold", "id": "h", "feature": "r", "units": 2"#), "recorded"),
        (using("0"), "units: 0 is not in 1..=1000000"),
        (using("-3"), "units: -3 is not in 1..=1000000"),
        (using("4294967297"), "units: 4294967297 is not in 1..=1000000"),
        (using("1000001"), "units: 1000001 is not in 1..=1000000"),
        (
            using("123456789012345678901234567890123456789012"),
            "units: 123456789012345678901234567890123456789012 is not in 1..=1000000",
        ),
        (holding("\"units\": -1"), "units: -1 is not in 1..=1000000"),
        (holding("\"units\": -1, \"minutes\": -2"), "minutes: -2 is not in 1..=1440"),
        (holding("\"minutes\": 4294967296"), "minutes: 4294967296 is not in 1..=1440"),
        (step(r#""do": "capture", "hold": "h", "units": -7"#), "units: -7 is not in 1..=2, what the hold reserves"),
        (refunding("-5"), "amount: -5 is not in 1..=300, what is left of the price"),
        (refunding("301"), "amount: 301 is not in 1..=300, what is left of the price"),
        (capping("-1"), "cap: -1 is not in 0..=9007199254740991, for \"r\""),
        (agreeing("-1"), "allowance: -1 is not in 0..=1000000000"),
        (agreeing("0"), "recorded"),
        // In its place in the order of checks: after an id that is known, and before a feature that is not.
        (step(r#""do": "hold", "id": "h", "feature": "r", "units": -2"#), "conflict"),
        (step(r#""do": "use", "id": "u", "feature": "x", "units": -2"#), "units: -2 is not in 1..=1000000"),
    ];
    let steps: Vec<&str> = asked.iter().map(|(step, _)| step.as_str()).collect();
    let text = format!("{{\"catalogue\": {CATALOGUE}, \"steps\": [{}]}}", steps.join(",\n"));
    let answers = Scenario::read(&text).unwrap().run();
    for (answer, (step, expected)) in answers.zip(&asked) {
        assert_eq!(answer.invalid.is_some(), answer.outcome == "invalid");
        assert_eq!(answer.invalid.as_deref().unwrap_or(answer.outcome), *expected, "{step}");
    }
}

#[test]
fn what_is_no_whole_number_is_a_mistake() {
    let using = |units: &str| {
        said(&format!(r#"{{"at": "2026-01-01T00:00:00Z", "do": "use", "id": "u", "feature": "r", "units": {units}}}"#))
    };
    for units in ["1.5", "1e3", "\"3\"", "true", "[1]"] {
        let said = using(units);
        assert!(said.ends_with(&format!("step 1: {units} is no whole number, and has to be one")), "{said}");
    }
}
