//! Mistakes in scenarios, and numbers that are none.

use super::Scenario;

const CATALOGUE: &str = r#"{"schema":1,"id":"x","name":"X","revision":1,"currency":"USD","refresh":"calendar_month","feature":[{"id":"r","name":"R","group":"g","rate":1}],"plan":[{"id":"p","name":"P","price":1,"allowance":5}]}"#;

fn said(steps: &str) -> String {
    let text = format!("{{\n \"catalogue\": {CATALOGUE},\n \"time_zone\": \"UTC\",\n \"steps\": [\n  {steps}\n ]\n}}");
    Scenario::read(&text).unwrap_err().to_string()
}

#[test]
fn a_mistake_is_one_error_with_its_place_in_the_file() {
    let at = r#""at": "2026-01-01T00:00:00Z""#;
    assert_eq!(
        said(&format!(r#"{{{at}, "do": "use", "id": "u", "feature": "r", "unit": 3}}"#)),
        "line 5, column 79: unknown field `unit`, expected one of `at`, `do`, `id`, `feature`, `units`, `occurred_at`"
    );
    assert!(
        said(&format!(r#"{{{at}, "do": "dance"}}"#))
            .starts_with("line 5, column 46: unknown variant `dance`, expected one of")
    );
    assert!(said(&format!(r#"{{{at}}}"#)).contains("line 5, column 32: missing field `do`"));
    assert!(said(r#"{"at": "noon", "do": "balance"}"#).starts_with("line 5, column 15: \"noon\" is not an instant"));
    assert!(
        said(&format!("{{{at}, \"do\": \"use\",\n \"id\": 7, \"feature\": \"r\"}}"))
            .starts_with("line 6, column 8: invalid type: integer `7`")
    );
    assert!(Scenario::read("").unwrap_err().to_string().starts_with("line 1, column 1: EOF"));
    assert!(Scenario::read("{\n").unwrap_err().to_string().starts_with("line 2, column "));
    let wrong = CATALOGUE.replace("\"rate\":1", "\"rate\":-1");
    let text = format!("{{\n \"catalogue\": {wrong}, \"steps\": []}}");
    assert!(Scenario::read(&text).unwrap_err().to_string().starts_with("line 2, column "));
    let text = format!("{{\"catalogue\": {CATALOGUE},\n \"time_zone\": \"Moon\", \"steps\": []}}");
    assert_eq!(
        Scenario::read(&text).unwrap_err().to_string(),
        "line 2, column 15: \"Moon\" is not an IANA time zone like Europe/Berlin"
    );
}

#[test]
fn a_number_out_of_bounds_is_an_answer_and_not_a_mistake() {
    let text = format!(
        r#"{{"catalogue": {CATALOGUE}, "steps": [
        {{"at": "2026-01-01T00:00:00Z", "do": "subscribe", "plan": "p"}},
        {{"at": "2026-01-01T00:00:00Z", "do": "use", "id": "u", "feature": "r", "units": -1}},
        {{"at": "2026-01-01T00:00:00Z", "do": "controls", "features": {{"r": {{"cap": -1}}}}}}]}}"#
    );
    let outcomes: Vec<_> = Scenario::read(&text).unwrap().run().map(|answer| answer.outcome).collect();
    assert_eq!(outcomes, ["recorded", "invalid", "invalid"]);
}
