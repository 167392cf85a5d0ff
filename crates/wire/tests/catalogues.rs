//! Catalogue files: those that ship are right, and a mistake in one is a clear error with its place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use metering::{Allowance, Price, RefreshRule, Revisions};
use serde_json::{Value as Json, json};
use wire::catalogue::{
    from_json, from_toml, json_schema, review_json, review_toml, revisions_from_json, revisions_to_json, to_json,
};

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
    assert_eq!((a.feature("ai-reply").unwrap().rate, a.trial.as_ref().unwrap().days), (1, 14));
    assert!(a.packs.iter().all(|pack| pack.expires_after_days.is_none()));

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
        said("rate = 1", "rate = \"one\""),
        format!("line {line}, column 8: feature[0].rate: is \"one\", and has to be a whole number from 0 to 1000000")
    );
    assert_eq!(
        said("rate = 1", "rate = 1000001"),
        format!("line {line}, column 8: feature[0].rate: is 1000001, and has to be a whole number from 0 to 1000000")
    );
    assert_eq!(
        said("refresh = \"calendar_month\"", "refresh = \"weekly\""),
        format!(
            "line {}, column 11: refresh: is \"weekly\", and has to be \"calendar_month\" or \"billing_cycle\"",
            line_of("refresh = ")
        )
    );
    assert_eq!(
        said("price = 1900", "price = 19.5"),
        format!(
            "line {}, column 9: plan[0].price: is 19.5, and has to be written as a whole number from 0 to \
             9007199254740991 or \"custom\", without \".\" or \"e\"",
            line_of("price = 1900")
        )
    );
    // The least that no ledger line carries, and what no computer's whole number holds.
    for price in ["9007199254740992", "18446744073709551616", "99999999999999999999999999"] {
        assert_eq!(
            said("price = 1500", &format!("price = {price}")),
            format!(
                "line {}, column 9: pack[0].price: is {price}, and has to be a whole number from 0 to 9007199254740991",
                line_of("price = 1500")
            )
        );
    }
    assert_eq!(
        said("allowance = 3000", "allowance = 1_000_000_001"),
        format!(
            "line {}, column 13: plan[1].allowance: is 1000000001, and has to be a whole number from 0 to 1000000000 \
             or \"custom\"",
            line_of("allowance = 3000")
        )
    );
    assert_eq!(
        said("schema = 1", "schema = 2"),
        format!("line {}, column 10: schema: is 2, and has to be 1", line_of("schema = 1"))
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
        format!(
            "line {}, column 6: plan[1].id: \"basic\" is named twice: give each its own id",
            line_of("id = \"team\"")
        )
    );
    assert_eq!(
        said("id = \"manual-reply\"", "id = \"reply\""),
        format!(
            "line {}, column 6: unmetered[0].id: \"reply\" is named twice: give each its own id",
            line_of("id = \"manual-reply\"")
        )
    );
    assert_eq!(said("currency = \"USD\"\n", ""), "line 1, column 1: \"currency\" is missing: it has to be a text");
    assert!(said("schema = 1", "schema = = 1").starts_with(&format!("line {}, column ", line_of("schema = 1"))));
    let used = line_of("used_percent = [");
    assert_eq!(
        said("used_percent = [50,", "used_percent = [0,"),
        format!("line {used}, column 17: warnings.used_percent[0]: is 0, and has to be a whole number from 1 to 100")
    );
    assert_eq!(
        said("used_percent = [50, 75", "used_percent = [75, 75"),
        format!("line {used}, column 21: warnings.used_percent[1]: 75 is there twice")
    );
    assert_eq!(
        said("revision = 1\n", "revision = 1\ncounts_from = \"soon\"\n"),
        format!(
            "line {}, column 15: counts_from: is \"soon\", and has to be an instant between 1970 and 9999 like \
             \"2026-03-01T00:00:00Z\"",
            line_of("revision = 1") + 1
        )
    );
}

#[test]
fn every_mistake_is_told_and_none_hides_another() {
    let text = TEMPLATE
        .replacen("currency = \"USD\"\n", "", 1)
        .replacen("rate = 1", "cost = 1", 1)
        .replacen("id = \"auto-reply\"", "id = \"reply\"", 1)
        .replacen("automation = true\n\n# What", "automation = \"yes\"\n\n# What", 1)
        .replacen("price = 5900", "price = -1", 1)
        .replacen("expires_after_days = 365", "expires_after_days = 0", 1)
        .replacen("time_zone = \"UTC\"", "time_zone = \"Mars\"", 1);
    let place = |needle: &str| {
        let at = text.find(needle).unwrap();
        text[..at].matches('\n').count() + 1
    };
    let mistakes: Vec<String> = review_toml(&text).catalogue.unwrap_err().iter().map(ToString::to_string).collect();
    let known = "There are: assumed, automation, group, id, name, rate";
    let feature = place("[[feature]]");
    let line = |needle: &str, column: usize, said: &str| format!("line {}, column {column}: {said}", place(needle));
    let expected = [
        "line 1, column 1: \"currency\" is missing: it has to be a text".to_owned(),
        line("time_zone =", 13, "time_zone: \"Mars\" is not an IANA time zone like Europe/Berlin"),
        format!(
            "line {feature}, column 1: feature[0]: \"rate\" is missing: it has to be a whole number from 0 to 1000000"
        ),
        line("cost =", 1, &format!("feature[0].cost: is not known here. {known}")),
        line("id = \"reply\"\nname = \"Automatic", 6, "feature[1].id: \"reply\" is named twice: give each its own id"),
        line("automation = \"yes\"", 14, "feature[1].automation: is \"yes\", and has to be true or false"),
        line(
            "price = -1",
            9,
            "plan[1].price: is -1, and has to be a whole number from 0 to 9007199254740991 or \"custom\"",
        ),
        line(
            "expires_after_days = 0",
            22,
            "pack[0].expires_after_days: is 0, and has to be a whole number from 1 to 36600",
        ),
    ];
    assert_eq!(mistakes, expected);

    let broken = "schema = \n[[feature\nid = \"x\n";
    let mistakes = review_toml(broken).catalogue.unwrap_err();
    assert!(mistakes.len() > 1 && mistakes.windows(2).all(|pair| pair[0].line <= pair[1].line), "{mistakes:?}");
}

/// Everything that is said about a text, without the places.
fn all_said(text: &str) -> Vec<String> {
    let mistakes = review_toml(text).catalogue.unwrap_err();
    mistakes.iter().map(|one| format!("{}: {}", one.line, one.said())).collect()
}

#[test]
fn what_is_more_than_a_thousand_mistakes_is_counted() {
    let counted = |file: &Json| {
        let reviewed = review_json(&file.to_string());
        (reviewed.catalogue.map_err(|mistakes| mistakes.len()).unwrap_err(), reviewed.more)
    };
    let json: Json = serde_json::from_str(&to_json(&from_toml(TEMPLATE).unwrap())).unwrap();
    let plans = |number: usize, plan: &Json| json!((0..number).map(|_| plan.clone()).collect::<Vec<_>>());
    // The form of it, what it says, and both.
    assert_eq!(counted(&with(&json, "/plan", &plans(1_000, &json!(1)))), (1_000, 0));
    assert_eq!(counted(&with(&json, "/plan", &plans(1_234, &json!(1)))), (1_000, 234));
    let named = with(&json["plan"][0], "/name", &json!(""));
    assert_eq!(counted(&with(&json, "/plan", &plans(900, &named))), (1_000, 799), "an id is there twice but once");
    assert_eq!(counted(&with(&json, "/plan", &plans(600, &with(&named, "/price", &json!(-1))))), (1_000, 799));
    // What is no TOML.
    let reviewed = review_toml(&"a = 1\n".repeat(1_501));
    assert_eq!((reviewed.catalogue.unwrap_err().len(), reviewed.more), (1_000, 500));
}

#[test]
fn a_hundred_thousand_shares_take_no_time() {
    let many = format!("used_percent = [{}", "50, ".repeat(100_000));
    let said = all_said(&TEMPLATE.replacen("used_percent = [", &many, 1));
    let line = line_of("used_percent = [");
    assert_eq!(said, [format!("{line}: warnings.used_percent: has 100004 values: there are 100, each once")]);
}

#[test]
fn a_slip_of_the_pen_is_one_mistake() {
    let slip = |from: &str, to: &str, expected: &[&str]| {
        let line = line_of(from);
        let expected: Vec<String> = expected.iter().map(|one| format!("{line}: {one}")).collect();
        assert_eq!(all_said(&TEMPLATE.replacen(from, to, 1)), expected, "{to}");
    };
    slip("rate = 1", "rat = 1", &["feature[0].rat: is not known here: did you mean \"rate\"?"]);
    slip("currency =", "Currency =", &["Currency: is not known here: did you mean \"currency\"?"]);
    slip("time_zone =", "timezone =", &["timezone: is not known here: did you mean \"time_zone\"?"]);
    slip("[trial]", "[trail]", &["trail: is not known here: did you mean \"trial\"?"]);
    // What is there already was not meant, and nothing was meant twice.
    let known = "There are: assumed, automation, group, id, name, rate";
    let both = TEMPLATE.replacen("rate = 1", "rate = 1\nrat = 1", 1);
    let next = line_of("rate = 1") + 1;
    assert_eq!(all_said(&both), [format!("{next}: feature[0].rat: is not known here. {known}")]);
    let twice = TEMPLATE.replacen("rate = 1", "rat = 1\nrates = 1", 1);
    let line = line_of("rate = 1");
    let expected = [
        format!("{line}: feature[0].rat: is not known here: did you mean \"rate\"?"),
        format!("{next}: feature[0].rates: is not known here. {known}"),
    ];
    assert_eq!(all_said(&twice), expected);
    // Nobody means what editors read.
    let said = all_said(&TEMPLATE.replacen("schema = 1", "schema = 1\nschem = 1", 1));
    assert!(
        said[0].ends_with(
            "schem: is not known here. There are: counts_from, currency, feature, group, id, name, \
        pack, packs_name, plan, refresh, revision, schema, time_zone, trial, unmetered, warnings"
        ),
        "{said:?}"
    );
}

#[test]
fn lists_of_tables_are_written_with_two_brackets() {
    // Every one of them.
    let plans = TEMPLATE.replace("[[plan]]", "[plan]");
    let second = TEMPLATE.match_indices("[[plan]]").nth(1).unwrap().0;
    let line = TEMPLATE[..second].matches('\n').count() + 1;
    assert_eq!(all_said(&plans), [format!("{line}: [plan] is there more than once: write [[plan]] for each")]);
    // One among others.
    let second = format!("{}{}", &TEMPLATE[..second], TEMPLATE[second..].replacen("[[plan]]", "[plan]", 1));
    assert_eq!(all_said(&second), [format!("{line}: [plan] is there more than once: write [[plan]] for each")]);
    let trials = TEMPLATE.replacen("# What consumes", "[trial]\ndays = 1\nallowance = 1\n\n# What consumes", 1);
    let line = line_of("# What consumes");
    assert_eq!(all_said(&trials), [format!("{line}: [trial] is there more than once: keep one")]);
    // A name that is there twice is another mistake, in a list as well.
    let twice = TEMPLATE.replacen("price = 5900", "price = 5900\nprice = 1", 1);
    assert_eq!(all_said(&twice), [format!("{}: is there twice: keep one", line_of("price = 5900") + 1)]);
    let both = format!("{twice}[warnings]\nlow_percent = 1\n");
    let line = both.matches('\n').count() - 1;
    let expected = [
        format!("{}: is there twice: keep one", line_of("price = 5900") + 1),
        format!("{line}: [warnings] is there more than once: keep one"),
    ];
    assert_eq!(all_said(&both), expected);

    // The only one: what else is wrong in it is told as well.
    let pack = TEMPLATE.replacen("[[pack]]", "[pack]", 1).replacen("credits = 1000", "credits = -1", 1);
    let expected = [
        format!("{}: pack: is a table, and has to be a list: write [[pack]] for each", line_of("[[pack]]")),
        format!(
            "{}: pack[0].credits: is -1, and has to be a whole number from 0 to 1000000000",
            line_of("credits = 1000")
        ),
    ];
    assert_eq!(all_said(&pack), expected);
    let (head, rest) = TEMPLATE.split_once("[[feature]]").unwrap();
    let none = format!("{head}{}", &rest[rest.find("[[unmetered]]").unwrap()..]);
    assert_eq!(all_said(&none)[0], "1: \"feature\" is missing: write [[feature]] for each");
    let empty = none.replacen("schema = 1", "schema = 1\nfeature = []", 1);
    let line = line_of("schema = 1") + 1;
    assert_eq!(all_said(&empty), [format!("{line}: feature: is empty: a catalogue names at least one feature")]);
    // JSON writes it with brackets of its own.
    let json: Json = serde_json::from_str(&to_json(&from_toml(TEMPLATE).unwrap())).unwrap();
    let said = |file: &Json| from_json(&file.to_string()).unwrap_err().said();
    assert_eq!(said(&with(&json, "/pack", &json["pack"][0])), "pack: is a table, and has to be a list");
    let mut none = json;
    none.as_object_mut().unwrap().remove("feature");
    assert_eq!(said(&none), "\"feature\" is missing: it has to be a list");
}

#[test]
fn a_mistake_in_json_has_its_line_and_column() {
    let json = to_json(&from_toml(B).unwrap());
    let said = |text: &str| from_json(text).unwrap_err().to_string();
    assert!(said("{\n \"schema\": 1,\n \"colour\": 1}").starts_with("line 1, column 1: \"id\" is missing"));
    let colour = review_json("{\n \"schema\": 1,\n \"colour\": 1}").catalogue.unwrap_err().pop().unwrap();
    assert_eq!((colour.line, colour.column, colour.path.as_str()), (3, 2, "colour"));
    assert!(said(&json[..json.len() / 2]).starts_with("line 1, column "));
    let column = json.find("\"rate\":1").unwrap() + "\"rate\":".len() + 1;
    assert_eq!(
        said(&json.replacen("\"rate\":1", "\"rate\":1000001", 1)),
        format!("line 1, column {column}: feature[0].rate: is 1000001, and has to be a whole number from 0 to 1000000")
    );
    for empty in ["", " \n\t", "\u{feff}", "\u{feff}\n"] {
        assert_eq!(said(empty), "line 1, column 1: the file is empty");
        assert_eq!(from_toml(empty).unwrap_err().to_string(), "line 1, column 1: the file is empty");
    }
    // A mark before the text is no part of it, and moves nothing.
    assert_eq!(from_json(&format!("\u{feff}{json}")), from_json(&json));
    assert_eq!(from_toml(&format!("\u{feff}{B}")), from_toml(B));
    assert_eq!(said("\u{feff}{]"), said("{]"));
    assert!(said("{]").starts_with("line 1, column 2: "), "{}", said("{]"));
    let twice = json.replacen("\"revision\":", "\"revision\":1,\"revision\":", 1);
    let column = twice.rfind("\"revision\":").unwrap() + 1;
    assert_eq!(said(&twice), format!("line 1, column {column}: revision: is there twice: keep one"));
    let absent = json.replacen("\"unmetered\":[", "\"trial\":null,\"unmetered\":[", 1);
    let column = absent.find("null").unwrap() + 1;
    assert_eq!(said(&absent), format!("line 1, column {column}: trial: is null, and has to be a table, or left out"));
    let absent = json.replacen("\"name\":\"VersanaCX\"", "\"name\":null", 1);
    let all = review_json(&absent).catalogue.unwrap_err();
    assert_eq!(all.iter().map(|one| one.said()).collect::<Vec<_>>(), ["name: is null, and has to be a text"]);
    let addressed = json.replacen('{', "{\"$schema\":\"./catalogue.schema.json\",", 1);
    assert_eq!(from_json(&addressed), from_json(&json), "editors find their schema by it");
    let deep = format!("{{\"group\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(said(&deep).contains("missing"));
    let whole = review_json(&deep).catalogue.unwrap_err();
    assert!(whole.iter().any(|one| one.said() == "group: is a list, and has to be a table"), "{whole:?}");
}

#[test]
fn numbers_are_read_as_they_are_written() {
    let read = |number: &str| from_toml(&TEMPLATE.replacen("rate = 1\n", &format!("rate = {number}\n"), 1));
    assert_eq!(read("0x1F").unwrap().features[0].rate, 31);
    assert_eq!(read("1_000_000").unwrap().features[0].rate, 1_000_000);
    let far = from_toml(&TEMPLATE.replacen("revision = 1", "revision = 5_000_000_000", 1)).unwrap_err().to_string();
    assert!(far.ends_with("revision: is 5000000000, and has to be a whole number from 1 to 4294967295"), "{far}");
    let far = read("99999999999999999999999999999999999999999").unwrap_err().to_string();
    assert!(far.ends_with("is a number beyond all bounds, and has to be a whole number from 0 to 1000000"), "{far}");
    // They are whole, and not written so.
    let json = to_json(&from_toml(TEMPLATE).unwrap());
    for number in ["1e3", "1.0", "1E2"] {
        let expected = format!("is {number}, and has to be written as a whole number from 0 to 1000000, without");
        for said in [read(number), from_json(&json.replacen("\"rate\":1", &format!("\"rate\":{number}"), 1))] {
            let said = said.unwrap_err().to_string();
            assert!(said.ends_with(&format!("{expected} \".\" or \"e\"")), "{said}");
        }
    }
    let text = said("name = \"My Product\"", "name = 1.5");
    assert!(text.ends_with("name: is 1.5, and has to be a text"), "{text}");
}

#[test]
fn a_revision_says_from_when_it_counts() {
    let second = TEMPLATE.replacen("revision = 1", "revision = 2\ncounts_from = 2026-03-01T00:00:00+01:00", 1);
    let catalogue = from_toml(&second).unwrap();
    assert_eq!(catalogue.counts_from.unwrap().to_string(), "2026-02-28T23:00:00Z");
    assert_eq!(from_json(&to_json(&catalogue)).unwrap(), catalogue);
    let first = from_toml(TEMPLATE).unwrap();
    assert_eq!(first.counts_from, None);

    let alone = revisions_from_json(&to_json(&first)).unwrap();
    assert_eq!(alone, Revisions::from(first.clone()));
    let both = Revisions::new(vec![first.into(), catalogue.into()]).unwrap();
    assert_eq!(revisions_from_json(&revisions_to_json(&both)).unwrap(), both);
    let said = |text: &str| revisions_from_json(text).unwrap_err().to_string();
    assert_eq!(said("[]"), "line 1, column 1: revision: there is no revision at all: give at least one");
    assert!(said("[{}]").contains("is missing"));
    assert!(said("[1").contains("EOF"));
    let twice = revisions_to_json(&both).replacen("\"revision\":2", "\"revision\":1", 1);
    assert!(said(&twice).contains("1 is there twice"));
}

#[test]
fn the_catalogues_that_ship_have_nothing_that_cannot_be_used() {
    for text in [A, B, TEMPLATE] {
        assert_eq!(review_toml(text).doubts, []);
    }
    let useless = TEMPLATE.replacen("replies = \"Replies\"", "replies = \"Replies\"\ncalls = \"Calls\"", 1);
    let doubts = review_toml(&useless).doubts;
    assert_eq!(doubts.len(), 1);
    let line = useless[..useless.find("calls =").unwrap()].matches('\n').count() + 1;
    assert_eq!(
        doubts[0].to_string(),
        format!("line {line}, column 9: group.calls: names a group that no feature is in")
    );
}

/// `CREDITDECK_UPDATE=1` writes it anew.
#[test]
fn the_schema_that_is_kept_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalogues/catalogue.schema.json");
    if std::env::var_os("CREDITDECK_UPDATE").is_some() {
        std::fs::write(path, json_schema()).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == json_schema(), "catalogues/catalogue.schema.json is stale: run this test with CREDITDECK_UPDATE=1");
}

/// A catalogue with something else in one place of it.
fn with(file: &Json, pointer: &str, value: &Json) -> Json {
    let (table, name) = pointer.rsplit_once('/').unwrap();
    let mut changed = file.clone();
    changed.pointer_mut(table).unwrap()[name] = value.clone();
    assert!(changed != *file, "{pointer} is {value} already");
    changed
}

#[test]
fn another_reader_of_json_schema_agrees() {
    let schema: Json = serde_json::from_str(&json_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for text in [A, B, TEMPLATE] {
        let toml: toml::Table = text.parse().unwrap();
        let file = serde_json::to_value(toml).unwrap();
        assert!(validator.is_valid(&file), "{:?}", validator.iter_errors(&file).collect::<Vec<_>>());
        let written: Json = serde_json::from_str(&to_json(&from_toml(text).unwrap())).unwrap();
        assert!(validator.is_valid(&written));
        // What the schema alone can tell, both tell.
        for (pointer, value) in [
            ("/schema", json!(2)),
            ("/$schema", json!(1)),
            ("/colour", json!("red")),
            ("/id", json!("")),
            ("/id", json!(" a")),
            ("/id", json!("a\n")),
            ("/name", json!(" ")),
            ("/name", json!(null)),
            ("/trial", json!(null)),
            ("/currency", json!("usd")),
            ("/feature", json!([])),
            ("/feature/0/id", json!("x".repeat(257))),
            ("/feature/0/rate", json!(1_000_001)),
            ("/feature/0/rat", json!(1)),
            ("/packs_name", json!("")),
            ("/feature/0/name", json!("\u{1b}[31m")),
            ("/feature/0/group", json!(" ")),
            ("/unmetered/0/name", json!("")),
            ("/unmetered/0/reason", json!("a\nb")),
            ("/plan/0/name", json!("a\u{7}")),
            ("/pack/0/name", json!("\u{9b}m")),
            ("/group/replies", json!("")),
            ("/plan/0/id", json!("a\u{7f}")),
            ("/plan/0/price", json!(9_007_199_254_740_992_u64)),
            ("/plan/0/allowance", json!(1_000_000_001)),
            ("/plan/0/allowance", json!(1.5)),
            ("/warnings/used_percent", json!((0..100).collect::<Vec<_>>())),
            ("/warnings/used_percent", json!([50, 50])),
            ("/pack/0/price", json!(9_007_199_254_740_992_u64)),
        ] {
            let wrong = with(&written, pointer, &value);
            assert!(!validator.is_valid(&wrong), "{pointer}: {value}");
            assert!(from_json(&wrong.to_string()).is_err(), "{pointer}: {value}");
        }
        // And what is right, both take.
        for (pointer, value) in [
            ("/$schema", json!("./catalogue.schema.json")),
            ("/id", json!("x")),
            ("/id", json!("ein Ä und ein \u{2028} darin")),
            ("/feature/0/id", json!("x".repeat(256))),
            ("/name", json!(" Ä ")),
            ("/warnings/used_percent", json!((1..=100).collect::<Vec<_>>())),
            ("/warnings/used_percent", json!([])),
            ("/unmetered/0/reason", json!("")),
            ("/group/other", json!("Other")),
            ("/pack/0/price", json!(9_007_199_254_740_991_u64)),
        ] {
            let right = with(&written, pointer, &value);
            assert!(validator.is_valid(&right), "{pointer}: {value}");
            assert_eq!(from_json(&right.to_string()).err(), None, "{pointer}: {value}");
        }
    }
}
