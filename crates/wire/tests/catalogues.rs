//! Catalogue files: those that ship are right, and a mistake in one is a clear error with its place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use metering::{Allowance, Price, RefreshRule};
use wire::catalogue::{from_json, from_toml, to_json};

const A: &str = include_str!("../../../catalogues/a.toml");
const B: &str = include_str!("../../../catalogues/b.toml");
const TEMPLATE: &str = include_str!("../../../catalogues/template.toml");

#[test]
fn the_catalogues_that_ship_say_what_the_pages_say() {
    let a = from_toml(A).unwrap();
    assert_eq!((a.name.as_str(), a.refresh), ("AI Employee", RefreshRule::BillingCycle));
    assert_eq!(a.feature("knowledge-sync").unwrap().rate, 25);
    assert!(!a.feature("ai-reply").unwrap().assumed);
    assert_eq!(a.plan("scale").unwrap().price, Price::Minor(39_900));
    assert_eq!(a.plan("enterprise").unwrap().allowance, Allowance::Custom);
    assert!(a.plan("starter").unwrap().assumed && a.trial.as_ref().unwrap().assumed);

    let b = from_toml(B).unwrap();
    assert_eq!((b.name.as_str(), b.refresh), ("VersanaCX", RefreshRule::CalendarMonth));
    assert!(!b.plan("solo").unwrap().ai && !b.plan("growth").unwrap().assumed);
    assert_eq!(b.plan("growth").unwrap().allowance, Allowance::Credits(10_000));
    assert!(b.feature("automated-response").unwrap().automation);
    assert_eq!(b.packs.len(), 4);
    assert!(b.packs.iter().all(|pack| pack.assumed && pack.expires_after_days.is_none()));
}

#[test]
fn json_carries_a_catalogue_whole() {
    for text in [A, B, TEMPLATE] {
        let catalogue = from_toml(text).unwrap();
        assert_eq!(from_json(&to_json(&catalogue)).unwrap(), catalogue);
    }
}

/// What is said about the template with one thing changed.
fn said(from: &str, to: &str) -> String {
    assert!(TEMPLATE.contains(from), "the template has no {from:?}");
    from_toml(&TEMPLATE.replacen(from, to, 1)).unwrap_err().to_string()
}

/// The line of the template on which a text stands for the first time.
fn line_of(text: &str) -> usize {
    TEMPLATE[..TEMPLATE.find(text).unwrap()].matches('\n').count() + 1
}

#[test]
fn a_mistake_is_one_error_with_its_place() {
    let line = line_of("rate = 1");
    assert_eq!(
        said("rate = 1", "rat = 1"),
        format!(
            "line {line}, column 1: unknown field `rat`, expected one of `id`, `name`, `group`, `rate`, \
             `automation`, `assumed`"
        )
    );
    assert_eq!(
        said("rate = 1", "rate = \"one\""),
        format!("line {line}, column 8: invalid type: string \"one\", expected a whole number from 0 to 4294967295")
    );
    assert_eq!(
        said("rate = 1", "rate = 1000001"),
        format!("line {line}, column 8: feature[0].rate: 1000001 is above 1000000")
    );
    assert_eq!(
        said("refresh = \"calendar_month\"", "refresh = \"weekly\""),
        format!(
            "line {}, column 11: unknown variant `weekly`, expected `calendar_month` or `billing_cycle`",
            line_of("refresh = ")
        )
    );
    assert_eq!(
        said("price = 1900", "price = 19.5"),
        format!(
            "line {}, column 9: invalid type: floating point `19.5`, expected a whole number from 0 or \"custom\"",
            line_of("price = 1900")
        )
    );
    assert_eq!(
        said("schema = 1", "schema = 2"),
        format!("line {}, column 10: schema: 2 is not known: this version reads schema 1", line_of("schema = 1"))
    );
    assert_eq!(
        said("time_zone = \"UTC\"", "time_zone = \"Berlin\""),
        format!(
            "line {}, column 13: time_zone: \"Berlin\" is not an IANA time zone like Europe/Berlin",
            line_of("time_zone = ")
        )
    );
    assert_eq!(
        said("id = \"team\"", "id = \"basic\""),
        format!("line {}, column 6: plan \"basic\": is named twice: give each its own id", line_of("id = \"team\""))
    );
    assert!(said("currency = \"USD\"\n", "").contains("missing field `currency`"));
    assert!(said("schema = 1", "schema = = 1").starts_with(&format!("line {}, column ", line_of("schema = 1"))));
    assert!(said("used_percent = [50,", "used_percent = [0,").contains("warnings.used_percent: 0 is not in 1..=100"));
}

#[test]
fn a_mistake_in_json_has_its_line_and_column() {
    let json = to_json(&from_toml(B).unwrap());
    let said = |text: &str| from_json(text).unwrap_err().to_string();
    assert_eq!(
        said("{\n \"schema\": 1,\n \"colour\": 1}"),
        "line 3, column 9: unknown field `colour`, expected one of `schema`, `id`, `name`, `revision`, `currency`, `refresh`, `time_zone`, `packs_name`, `trial`, `feature`, `unmetered`, `plan`, `pack`, `group`, `warnings`"
    );
    assert!(said(&json[..json.len() / 2]).starts_with("line 1, column "));
    assert_eq!(said(&json.replacen("\"rate\":1", "\"rate\":1000001", 1)), "feature[0].rate: 1000001 is above 1000000");
    assert!(said("").contains("EOF while parsing"));
}
