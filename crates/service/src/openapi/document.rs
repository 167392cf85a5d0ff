//! The OpenAPI document.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use wire::api::Role;
use wire::problem::{ErrorCode, MEDIA_TYPE, Problem};
use wire::schema::{Schemas, sorted};

use super::examples;
use super::operation::{Answer, Callers, Content, Operation, Topic};

/// Where the document keeps its schemas.
const SCHEMAS: &str = "/components/schemas";

const INTRODUCTION: &str = "\
The credit service of Creditdeck. What happens is reported to a workspace's ledger; balances, plans and purchases follow \
from it.

Send a token with every request: `Authorization: Bearer …`. A token has a role in its workspace, and a workspace that it \
has no access to looks like one that is not there.

Everything that records carries an id of the sender's own, so that sending the same again is safe: an id that was used \
before with the same content is answered as the first time, with other content it is a `conflict`, and nothing changes. \
When the service does not answer, or says `unavailable` or `internal`, send the same again.

Credits are whole numbers of at most 2^53 - 1. Instants are RFC 3339; answers write them in UTC. Answers may have more \
fields than are named here: ignore what you do not know. Requests may not: an unknown field is an error.

What goes wrong is told as a problem document (RFC 9457, `application/problem+json`) whose `code` never changes its \
meaning. An address that leads nowhere is `not_found` (404); one that takes another method is `method_not_allowed` (405), \
and the header `Allow` names those that it takes.

Each answer has an id of its request in the header `X-Request-Id`; whoever operates the service finds the request by it.

A service that listens on a loopback address answers to this machine's own names alone; by any other it is `forbidden`.";

/// The document of these operations.
pub(super) fn document(operations: &[Operation]) -> Value {
    let mut schemas =
        Both { requests: Schemas::of_requests(SCHEMAS), answers: Schemas::of_answers(SCHEMAS), alike: BTreeMap::new() };
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in operations {
        let method = operation.method.as_str().to_ascii_lowercase();
        paths.entry(operation.path).or_default().insert(method, schemas.operation(operation));
    }
    let mut definitions = schemas.requests.definitions();
    definitions.extend(schemas.answers.definitions());
    let document = json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Creditdeck credit service",
            "version": "1",
            "summary": "AI credits: metered, held, bought and read.",
            "description": INTRODUCTION,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "Where this document is." }],
        "tags": Topic::ALL.map(|topic| json!({ "name": topic.name(), "description": topic.description() })),
        "paths": paths,
        "components": {
            "schemas": definitions,
            "responses": schemas.alike,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "A token of a workspace, `cdk_…`." },
                "signature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": crate::payment::SIGNATURE_HEADER,
                    "description": "The payment provider's signature: `t=`, the seconds since 1970, `,v1=`, and the \
                                    HMAC-SHA256 of the seconds, a full stop and the body, in hexadecimal digits.",
                },
            },
        },
    });
    sorted(unwrapped(document))
}

/// Types as they are read, and as they are written.
struct Both {
    requests: Schemas,
    answers: Schemas,
    /// Problems that look alike wherever they come from.
    alike: BTreeMap<&'static str, Value>,
}

impl Both {
    fn operation(&mut self, operation: &Operation) -> Value {
        let mut fields = json!({
            "operationId": operation.id,
            "tags": [operation.topic.name()],
            "summary": operation.summary,
            "description": described(operation),
            "security": security(operation.callers),
            "responses": self.responses(operation),
        });
        if let Callers::Roles(allowed) = operation.callers {
            fields["x-roles"] = roles(allowed).collect();
        }
        let parameters = self.parameters(operation);
        if !parameters.is_empty() {
            fields["parameters"] = parameters.into();
        }
        if !operation.bodies.is_empty() {
            let contents = operation.bodies.iter().map(|body| {
                let mut content = content(&mut self.requests, body);
                if let Some(example) = examples::body(operation.id, body.media) {
                    content["example"] = example;
                }
                (body.media.to_owned(), content)
            });
            let contents: Map<String, Value> = contents.collect();
            fields["requestBody"] = json!({ "required": true, "content": contents });
            let told: Vec<String> = operation
                .bodies
                .iter()
                .filter(|body| !body.description.is_empty())
                .map(|body| format!("`{}`: {}", body.media, body.description))
                .collect();
            if !told.is_empty() {
                fields["requestBody"]["description"] = told.join("\n\n").into();
            }
        }
        fields
    }

    fn parameters(&mut self, operation: &Operation) -> Vec<Value> {
        let mut parameters = Vec::new();
        for name in operation.path_parameters() {
            let (description, schema) = of_path(name);
            let example = examples::parameter(operation.id, name);
            parameters.push(parameter("path", name, description, &schema, true, example));
        }
        for (name, schema, is_required) in operation.query.map(|query| query(&mut self.requests)).unwrap_or_default() {
            let (schema, description) = in_address(schema);
            let example = examples::parameter(operation.id, &name);
            parameters.push(parameter("query", &name, &description, &schema, is_required, example));
        }
        for header in &operation.headers {
            let (schema, told) = in_address((header.form)(&mut self.requests));
            let description = if header.description.is_empty() { &told } else { header.description };
            let example = examples::parameter(operation.id, header.name);
            parameters.push(parameter("header", header.name, description, &schema, false, example));
        }
        parameters
    }

    fn responses(&mut self, operation: &Operation) -> Value {
        let mut responses = Map::new();
        for Answer { status, description, content: body } in &operation.answers {
            let mut response = json!({ "description": description });
            if let Some(body) = body {
                let mut content = content(&mut self.answers, body);
                if let Some(example) = examples::answer(operation.id, status.as_u16()) {
                    content["example"] = example;
                }
                response["content"] = json!({ body.media: content });
            }
            responses.insert(status.as_str().to_owned(), response);
        }
        let problem = self.answers.of::<Problem>();
        let mut by_status: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
        for code in operation.problems() {
            by_status.entry(code.status()).or_default().push(code);
        }
        for (status, codes) in by_status {
            let shown = shown(operation.id, &codes);
            let response = match &codes[..] {
                [code] if shown.is_empty() => {
                    let name = code.as_str();
                    self.alike.entry(name).or_insert_with(|| problems(&problem, status, &codes, shown));
                    json!({ "$ref": format!("#/components/responses/{name}") })
                }
                _ => problems(&problem, status, &codes, shown),
            };
            responses.insert(status.to_string(), response);
        }
        responses.into()
    }
}

/// Examples of an operation's problems, by code.
fn shown(operation: &str, codes: &[ErrorCode]) -> Map<String, Value> {
    let shown = codes.iter().filter_map(|code| {
        let value = examples::problem(operation, code.as_str())?;
        Some((code.as_str().to_owned(), json!({ "value": value })))
    });
    shown.collect()
}

/// The answer with a problem of one of these codes.
fn problems(problem: &Value, status: u16, codes: &[ErrorCode], shown: Map<String, Value>) -> Value {
    let told: Vec<String> = codes.iter().map(|code| format!("`{}`: {}.", code.as_str(), code.title())).collect();
    let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let schema = json!({
        "allOf": [problem, { "properties": { "code": { "enum": names }, "status": { "const": status } } }],
    });
    let mut content = json!({ "schema": schema });
    if !shown.is_empty() {
        content["examples"] = shown.into();
    }
    let mut response = json!({ "description": told.join("\n\n"), "content": { MEDIA_TYPE: content } });
    let header = match status {
        401 => Some(("WWW-Authenticate", json!({ "const": "Bearer" }), "What to send.")),
        429 | 503 => {
            let seconds = json!({ "type": "integer", "minimum": 0 });
            Some(("Retry-After", seconds, "After how many seconds to send the same again."))
        }
        _ => None,
    };
    if let Some((name, schema, description)) = header {
        response["headers"] = json!({ name: { "description": description, "schema": schema } });
    }
    response
}

fn content(schemas: &mut Schemas, content: &Content) -> Value {
    json!({ "schema": (content.form)(schemas) })
}

fn parameter(
    place: &str,
    name: &str,
    description: &str,
    schema: &Value,
    is_required: bool,
    example: Option<Value>,
) -> Value {
    let mut parameter =
        json!({ "in": place, "name": name, "description": description, "schema": schema, "required": is_required });
    if let Some(example) = example {
        parameter["example"] = example;
    }
    parameter
}

/// What stands in braces in paths.
fn of_path(name: &str) -> (&'static str, Value) {
    let text = |max: usize| json!({ "type": "string", "minLength": 1, "maxLength": max });
    match name {
        "workspace" => ("The workspace's id.", text(metering::MAX_ID_LENGTH)),
        "hold" => ("The asker's id of the hold.", text(metering::MAX_HOLD_ID_LENGTH)),
        "purchase" => ("The buyer's id of the purchase.", text(metering::MAX_ID_LENGTH)),
        "token" => ("The token's id, as it is listed.", text(metering::MAX_ID_LENGTH)),
        _ => ("", text(metering::MAX_ID_LENGTH)),
    }
}

/// A field's schema where nothing is `null` (what may be absent is left out), and what is said of the field.
fn in_address(mut schema: Value) -> (Value, String) {
    let description = schema.as_object_mut().and_then(|fields| fields.remove("description"));
    let description = description.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|one| one != "null");
        if let [one] = &mut types[..] {
            schema["type"] = one.take();
        }
    }
    (schema, description)
}

fn described(operation: &Operation) -> String {
    let who = match operation.callers {
        Callers::Anybody => "Takes no token.".to_owned(),
        Callers::Signer(header) => format!("Takes no token, but a signature in `{header}`."),
        Callers::AnyToken => "Takes a token of any role.".to_owned(),
        Callers::Roles(allowed) => {
            let names: Vec<String> = roles(allowed).map(|role| format!("`{role}`")).collect();
            match &names[..] {
                [] => "Takes a token.".to_owned(),
                [one] => format!("Takes a token with the role {one}."),
                [most @ .., last] => format!("Takes a token with the role {} or {last}.", most.join(", ")),
            }
        }
    };
    let packed = if operation.is_packed { "Packed with gzip or zstd for those who say `Accept-Encoding`." } else { "" };
    let told = [operation.description, packed, &who];
    told.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn security(callers: Callers) -> Value {
    match callers {
        Callers::Anybody => json!([]),
        Callers::Signer(_) => json!([{ "signature": [] }]),
        Callers::AnyToken => json!([{ "token": [] }]),
        Callers::Roles(allowed) => json!([{ "token": roles(allowed).collect::<Vec<_>>() }]),
    }
}

/// The roles that may do something.
pub(super) fn roles(allowed: fn(Role) -> bool) -> impl Iterator<Item = &'static str> {
    Role::ALL.into_iter().filter(move |role| allowed(*role)).map(Role::as_str)
}

/// Texts that were written in lines for a source file, as paragraphs.
fn unwrapped(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| match value {
                Value::String(text) if name == "description" => (name, paragraphs(&text).join("\n\n").into()),
                value => (name, unwrapped(value)),
            })
            .collect(),
        Value::Array(values) => values.into_iter().map(unwrapped).collect(),
        other => other,
    }
}

fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

impl Topic {
    /// Every topic, in the order in which they are shown.
    pub(super) const ALL: [Self; 8] = [
        Self::Workspaces,
        Self::Usage,
        Self::Holds,
        Self::Ledger,
        Self::Plan,
        Self::Purchases,
        Self::Tokens,
        Self::Service,
    ];

    /// Its name, for people.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Workspaces => "Workspaces",
            Self::Usage => "Usage",
            Self::Holds => "Holds",
            Self::Ledger => "Ledger",
            Self::Plan => "Plan and controls",
            Self::Purchases => "Purchases",
            Self::Tokens => "Tokens",
            Self::Service => "Service",
        }
    }

    const fn description(self) -> &'static str {
        match self {
            Self::Workspaces => "What a workspace is, what its provider sells, and how it stands.",
            Self::Usage => "AI work is reported as CloudEvents, and paid for at once or refused.",
            Self::Holds => "Credits reserved for work under way: captured when it is done, released when it is not.",
            Self::Ledger => "Everything that ever happened, in order, each entry with the hash of all before it.",
            Self::Plan => "What a workspace is subscribed to, and what its admins have turned on and off.",
            Self::Purchases => "Packs of credits, paid for on the provider's page.",
            Self::Tokens => "Who may do what, and codes with which a device gets a token of its own.",
            Self::Service => "Whether the service runs, and what it says about itself.",
        }
    }
}
