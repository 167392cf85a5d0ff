//! The document as it is committed, for those who read it without a service: it fails to be what the service serves once
//! it is stale.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::openapi;
use crate::routes;

#[test]
fn the_committed_document_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    if std::env::var_os("CREDITDECK_WRITE_OPENAPI").is_some() {
        std::fs::write(&path, openapi()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == openapi(),
        "{} is stale: run `CREDITDECK_WRITE_OPENAPI=1 cargo test -p creditdeck-service committed` and look at what has \
         changed",
        path.display()
    );
}

#[test]
fn a_name_means_one_thing() {
    let mut ids = BTreeMap::new();
    for operation in routes::operations() {
        let address = format!("{} {}", operation.method, operation.path);
        assert_eq!(ids.insert(operation.id, address), None, "{} is the name of two operations", operation.id);
        assert!(!operation.summary.is_empty() && !operation.answers.is_empty(), "{} says too little", operation.id);
    }
    // Requests are read, and answers written, by types whose schemas may differ: those need names that do.
    let mut as_read = wire::schema::Schemas::of_requests("/components/schemas");
    let mut as_written = wire::schema::Schemas::of_answers("/components/schemas");
    for operation in routes::operations() {
        operation.bodies.iter().for_each(|body| drop((body.form)(&mut as_read)));
        operation.answers.iter().filter_map(|answer| answer.content).for_each(|one| drop((one.form)(&mut as_written)));
    }
    let as_written = as_written.definitions();
    for (name, schema) in as_read.definitions() {
        assert!(
            as_written.get(&name).is_none_or(|written| *written == schema),
            "{name} is read otherwise than written"
        );
    }
}

#[test]
fn every_reference_leads_somewhere_and_everything_says_what_it_is() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document: Value = serde_json::from_str(openapi()).unwrap();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 100, "{found:?}");
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(schema["description"].is_string(), "{name} does not say what it is");
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            assert!(property["description"].is_string(), "{name}.{field} does not say what it is");
        }
    }
    assert!(!openapi().contains("[`"), "a link of rustdoc's is none here");
}

/// What is answered besides operations: the sandbox's pages for buyers, and what operators measure.
#[test]
fn no_address_is_left_out() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut routed = Vec::new();
    let mut folders = vec![sources];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("committed.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                routed.extend(text.match_indices(".route(").map(|(at, _)| {
                    let rest = &text[at + ".route(".len()..];
                    rest.split([',', ')']).next().unwrap_or_default().trim().trim_matches('"').to_owned()
                }));
            }
        }
    }
    routed.sort();
    assert_eq!(
        routed,
        ["/metrics", "/sandbox/checkout/{session}", "/sandbox/checkout/{session}/{choice}", "operation.path"],
        "an address is routed past routes::operations, so that no document tells of it"
    );
}
