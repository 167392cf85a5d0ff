//! Whether what is asked and answered is what the API's document says of it.
//!
//! Every answer that a test looks at is held against the document: its status, its headers, its media type and its body,
//! in which no field may be that is not written down. And what the service took, the document lets one send.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use reqwest::header::{self, HeaderMap};
use serde_json::{Value, json};

/// The document.
pub(crate) static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(service::openapi()).unwrap());

/// The document, with schemas that allow no field which they do not name.
static CLOSED: LazyLock<Value> = LazyLock::new(|| {
    let mut document = DOCUMENT.clone();
    for schema in document["components"]["schemas"].as_object_mut().unwrap().values_mut() {
        if schema["type"] == "object"
            && schema.get("properties").is_some()
            && schema.get("additionalProperties").is_none()
        {
            schema["additionalProperties"] = json!(false);
        }
    }
    document
});

/// What is asked.
pub(crate) struct Asked {
    method: String,
    path: String,
    query: Vec<String>,
    media: String,
    body: Option<Value>,
}

/// What comes back.
pub(crate) struct Told<'a> {
    pub(crate) status: u16,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) bytes: &'a [u8],
}

impl Asked {
    pub(crate) fn of(request: &reqwest::Request) -> Self {
        let url = request.url();
        let body = request.body().and_then(reqwest::Body::as_bytes);
        Self {
            method: request.method().as_str().to_ascii_lowercase(),
            path: url.path().to_owned(),
            query: url.query_pairs().map(|(name, _)| name.into_owned()).collect(),
            media: essence(request.headers()),
            body: body.and_then(|bytes| serde_json::from_slice(bytes).ok()),
        }
    }

    /// Holds an answer against the document.
    #[track_caller]
    pub(crate) fn check(&self, told: &Told<'_>) {
        if self.path.starts_with("/sandbox/") || self.method == "head" {
            return;
        }
        let shown =
            || format!("{} {}: {} {}", self.method, self.path, told.status, String::from_utf8_lossy(told.bytes));
        let Some(path) = self.found() else {
            assert!(told.status == 404 || told.status == 403, "no such address is written down: {}", shown());
            return;
        };
        let Some(operation) = DOCUMENT["paths"][path].get(&self.method) else {
            // A name that is not the service's comes before everything else.
            assert!([405, 404, 403].contains(&told.status), "no such method is written down: {}", shown());
            if told.status == 405 {
                let allowed = told.headers[header::ALLOW].to_str().unwrap().to_ascii_lowercase();
                for method in DOCUMENT["paths"][path].as_object().unwrap().keys() {
                    assert!(allowed.split(',').any(|one| one == method), "{allowed} is not what {path} takes");
                }
            }
            return;
        };
        let id = operation["operationId"].as_str().unwrap();
        let response = &operation["responses"][told.status.to_string()];
        assert!(response.is_object(), "{id} does not say that it answers so: {}", shown());
        let response = followed(response);
        for name in response["headers"].as_object().into_iter().flatten().map(|(name, _)| name) {
            assert!(told.headers.contains_key(name), "{id} does not send {name}: {}", shown());
        }
        self.check_body(id, response, told);
        self.check_request(id, operation, told);
    }

    #[track_caller]
    fn check_body(&self, id: &str, response: &'static Value, told: &Told<'_>) {
        let media = essence(told.headers);
        let Some(contents) = response["content"].as_object() else {
            assert!(told.bytes.is_empty(), "{id} does not say that it answers with a body");
            return;
        };
        let content = contents.get(&media);
        let content =
            content.unwrap_or_else(|| panic!("{id} does not say that it answers {} with {media}", told.status));
        let key = format!("{id} {} {media}", told.status);
        if media.ends_with("json") && media != "application/x-ndjson" {
            let body = serde_json::from_slice(told.bytes).unwrap();
            fits(&key, &CLOSED, &content["schema"], &body);
        } else if media == "application/x-ndjson" {
            let line = &followed(&content["schema"])["contentSchema"];
            for text in told.bytes.split(|byte| *byte == b'\n').filter(|text| !text.is_empty()) {
                fits(&key, &CLOSED, line, &serde_json::from_slice(text).unwrap());
            }
        }
    }

    /// What was taken could be sent, and what could be sent was readable.
    #[track_caller]
    fn check_request(&self, id: &str, operation: &Value, told: &Told<'_>) {
        let answer: Value = serde_json::from_slice(told.bytes).unwrap_or_default();
        if told.status < 300 {
            let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
            for name in &self.query {
                let is_known = parameters.iter().any(|one| one["in"] == "query" && one["name"] == **name);
                assert!(is_known || !takes_query(parameters), "{id} takes {name}, which is not written down");
            }
        }
        let (Some(body), Some(content)) = (&self.body, operation["requestBody"]["content"].get(&self.media)) else {
            return;
        };
        let key = format!("{id} {}", self.media);
        if self.media == wire::event::BATCH {
            let event = json!({ "$ref": "#/components/schemas/UsageEvent" });
            for (event_sent, answer) in
                body.as_array().into_iter().flatten().zip(answer["answers"].as_array().unwrap_or(&vec![]))
            {
                if answer["status"].as_u64().unwrap() < 300 {
                    fits(&key, &DOCUMENT, &event, event_sent);
                }
            }
        } else if told.status < 300 {
            fits(&key, &DOCUMENT, &content["schema"], body);
        } else if answer["code"] == "malformed" && !self.path.contains('%') && self.query.is_empty() {
            let validator = validator(&key, &DOCUMENT, &content["schema"]);
            assert!(!validator.is_valid(body), "{id} cannot read {body}, which is written down as readable: {answer}");
        }
    }

    /// The path as the document writes it.
    fn found(&self) -> Option<&'static str> {
        let asked: Vec<&str> = self.path.split('/').collect();
        let mut paths: Vec<&String> = DOCUMENT["paths"].as_object().unwrap().keys().collect();
        // What is spelled out counts before what stands in braces.
        paths.sort_by_key(|path| path.matches('{').count());
        paths.into_iter().map(String::as_str).find(|path| {
            let known: Vec<&str> = path.split('/').collect();
            let fits = |(known, asked): (&&str, &&str)| known == asked || known.starts_with('{');
            known.len() == asked.len() && known.iter().zip(&asked).all(fits)
        })
    }
}

fn takes_query(parameters: &[Value]) -> bool {
    parameters.iter().any(|one| one["in"] == "query")
}

/// A value that may be written elsewhere in the document.
pub(crate) fn followed(value: &'static Value) -> &'static Value {
    let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.map_or(value, |pointer| DOCUMENT.pointer(pointer).unwrap())
}

#[track_caller]
fn fits(key: &str, document: &'static Value, schema: &Value, value: &Value) {
    let validator = validator(key, document, schema);
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{key}: {errors:#?}\n{value:#}");
}

/// What checks a schema, made once for each.
fn validator(key: &str, document: &'static Value, schema: &Value) -> Arc<Validator> {
    static MADE: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    if let Some(validator) = MADE.lock().unwrap().get(key) {
        return Arc::clone(validator);
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [schema],
        "components": document["components"],
    });
    let validator = Arc::new(jsonschema::options().should_validate_formats(true).build(&schema).unwrap());
    MADE.lock().unwrap().insert(key.to_owned(), Arc::clone(&validator));
    validator
}

/// A media type without its parameters.
fn essence(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
