//! Somebody who asks for operations by the names that the API's document gives them, and writes down what is said.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use wire::api::Role;

use super::contract::DOCUMENT;
use super::{Answer, World, answer};

/// What any operation of its kind can answer: it makes no example of an operation.
const OF_ANY: [&str; 9] = [
    "malformed",
    "unauthorized",
    "forbidden",
    "not_found",
    "too_slow",
    "too_large",
    "unsupported_type",
    "rate_limited",
    "unavailable",
];

/// Who walks, and what has been seen on the way.
pub(crate) struct Walker<'a> {
    pub(crate) world: &'a World,
    /// By operation: `parameters` by name, `bodies` by media type, `answers` by status, `problems` by code; as they were
    /// the first time.
    pub(crate) written: Map<String, Value>,
    /// Operation, status, and code if it is a problem.
    pub(crate) seen: BTreeSet<(String, u16, String)>,
}

/// An operation of the document.
pub(crate) struct Told {
    pub(crate) id: &'static str,
    pub(crate) method: reqwest::Method,
    pub(crate) path: &'static str,
    pub(crate) fields: &'static Value,
}

/// Every operation of the document.
pub(crate) fn operations() -> Vec<Told> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, fields)| Told {
            id: fields["operationId"].as_str().unwrap(),
            method: method.to_uppercase().parse().unwrap(),
            path,
            fields,
        })
    });
    all.collect()
}

impl<'a> Walker<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        Self { world, written: Map::new(), seen: BTreeSet::new() }
    }

    /// Asks for an operation with parameters, wherever they belong, and a JSON body.
    pub(crate) async fn ask(&mut self, id: &str, role: Role, parameters: Value, body: Value) -> Answer {
        let media = (!body.is_null()).then_some("application/json");
        self.ask_as(id, role, parameters, media, body).await
    }

    /// The same with a body of a media type.
    pub(crate) async fn ask_as(
        &mut self,
        id: &str,
        role: Role,
        parameters: Value,
        media: Option<&str>,
        body: Value,
    ) -> Answer {
        let told = operations().into_iter().find(|one| one.id == id).unwrap_or_else(|| panic!("there is no {id}"));
        let mut path = told.path.replace("{workspace}", "acme");
        let (mut query, mut headers) = (Vec::new(), Vec::new());
        for (name, value) in parameters.as_object().into_iter().flatten() {
            let known = told.fields["parameters"].as_array().into_iter().flatten().find(|one| one["name"] == **name);
            let known = known.unwrap_or_else(|| panic!("{id} has no parameter {name}"));
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            match known["in"].as_str().unwrap() {
                "path" => path = path.replace(&format!("{{{name}}}"), &text),
                "query" => query.push((name.clone(), text)),
                _ => headers.push((name.clone(), text)),
            }
        }
        let url = format!("{}{path}", self.world.running.as_ref().unwrap().url());
        let mut request = self.world.http.request(told.method, url).query(&query);
        if told.fields["security"].to_string().contains("token") {
            request = request.bearer_auth(self.world.token(role));
        }
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Some(media) = media {
            request = request.header("content-type", media).body(body.to_string());
        }
        let answer = answer(request).await;
        self.saw(id, &answer);
        let is_own = answer.status < 400 || answer.body["code"].as_str().is_some_and(|code| !OF_ANY.contains(&code));
        if is_own {
            self.write(id, &parameters, media, &body, &answer);
        }
        answer
    }

    /// Remembers that an operation answered so.
    pub(crate) fn saw(&mut self, id: &str, answer: &Answer) {
        let code = if answer.status < 400 { "" } else { answer.body["code"].as_str().unwrap() };
        self.seen.insert((id.to_owned(), answer.status, code.to_owned()));
    }

    fn write(&mut self, id: &str, parameters: &Value, media: Option<&str>, body: &Value, answer: &Answer) {
        let mut put = |part: &str, name: &str, value: Value| {
            let written = self.written.entry(id).or_insert_with(|| json!({}));
            if !written.as_object().unwrap().contains_key(part) {
                written[part] = json!({});
            }
            written[part].as_object_mut().unwrap().entry(name).or_insert(value);
        };
        if answer.status >= 400 {
            put("problems", answer.body["code"].as_str().unwrap(), veiled(&answer.body));
            return;
        }
        for (name, value) in parameters.as_object().into_iter().flatten() {
            let shown = if name == "token" { json!("0123456789abcdef") } else { value.clone() };
            put("parameters", name, shown);
        }
        if let Some(media) = media {
            put("bodies", media, veiled(body));
        }
        let told = if answer.body.is_null() { json!(answer.text) } else { veiled(&answer.body) };
        // The document and its page are no examples of themselves.
        if told != "" && !matches!(id, "read_openapi" | "read_reference" | "read_metrics") {
            put("answers", &answer.status.to_string(), told);
        }
    }
}

/// What is another each time, as one of its kind.
fn veiled(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().filter_map(|(name, value)| Some((name.clone(), veiled_as(name, value)?))).collect()
        }
        Value::Array(values) => values.iter().map(veiled).collect(),
        other => other.clone(),
    }
}

fn veiled_as(name: &str, value: &Value) -> Option<Value> {
    let text = value.as_str().unwrap_or_default();
    match name {
        // Not every service gives one.
        "instance" => None,
        "token" if text.starts_with("cdk_") => Some(json!(format!("cdk_{}", "0123456789abcdef".repeat(4)))),
        "id" if text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            Some(json!("0123456789abcdef"))
        }
        // Those that were made at one instant come in the order of their hashes.
        "tokens" => {
            let mut tokens: Vec<Value> = value.as_array().into_iter().flatten().map(veiled).collect();
            tokens.sort_by_key(Value::to_string);
            Some(tokens.into())
        }
        "code" if text.len() == 11 && text.as_bytes()[5] == b'-' => Some(json!("7K2QX-9RT4M")),
        "checkout_url" => Some(json!("http://127.0.0.1:8787/sandbox/checkout/0123456789abcdef")),
        _ => Some(veiled(value)),
    }
}
