//! One operation of the API: where it is, who may ask, what it takes and answers, and the handler that does it.
//!
//! The router is built of operations and the document is made of them, so that neither has what the other has not. What
//! every operation of a kind can answer follows from its kind and is said by none of them.

use std::borrow::Cow;

use axum::handler::Handler;
use axum::http::{Method, StatusCode};
use axum::routing::{self, MethodRouter};
use metering::MAX_ID_LENGTH;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;
use tower_http::compression::CompressionLayer;
use wire::api::Role;
use wire::problem::ErrorCode;
use wire::schema::Schemas;

use crate::http::{App, IDEMPOTENCY_KEY};

/// The media type of JSON.
const JSON: &str = "application/json";

/// What operations are about, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    Workspaces,
    Usage,
    Holds,
    Ledger,
    Plan,
    Purchases,
    Tokens,
    Service,
}

/// Who may ask.
#[derive(Clone, Copy)]
pub(crate) enum Callers {
    /// Whoever reaches the service.
    Anybody,
    /// Whoever can sign, with the header that the signature is in.
    Signer(&'static str),
    /// Whoever has a token, whatever it is for.
    AnyToken,
    /// Whoever has a token for the workspace, of a role that may do this.
    Roles(fn(Role) -> bool),
}

/// A type as it looks in a document.
pub(crate) type Form = fn(&mut Schemas) -> Value;

/// Something of a media type.
#[derive(Clone, Copy)]
pub(crate) struct Content {
    pub(crate) media: &'static str,
    pub(crate) form: Form,
    pub(crate) description: &'static str,
}

/// An answer that is no problem.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) description: &'static str,
    pub(crate) content: Option<Content>,
}

/// A header that an operation looks at. Its schema may say what it is.
pub(crate) struct Header {
    pub(crate) name: &'static str,
    pub(crate) form: Box<dyn Fn(&mut Schemas) -> Value>,
    pub(crate) description: &'static str,
}

/// The properties of a type, each with whether it has to be there.
pub(crate) type Properties = fn(&mut Schemas) -> Vec<(String, Value, bool)>;

/// An idempotency key, for its schema.
struct Key;

impl JsonSchema for Key {
    fn schema_name() -> Cow<'static, str> {
        "IdempotencyKey".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let visible = "^[!-~]([ -~]*[!-~])?$";
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX_ID_LENGTH, "pattern": visible })
    }
}

/// One operation.
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// Its name, for programs.
    pub(crate) id: &'static str,
    pub(crate) topic: Topic,
    pub(crate) summary: &'static str,
    pub(crate) description: &'static str,
    pub(crate) callers: Callers,
    pub(crate) query: Option<Properties>,
    pub(crate) headers: Vec<Header>,
    pub(crate) bodies: Vec<Content>,
    pub(crate) answers: Vec<Answer>,
    /// Whether its answers are packed.
    pub(crate) is_packed: bool,
    /// Whether it counts once for each idempotency key.
    is_once: bool,
    /// The problems that are its own.
    own_problems: &'static [ErrorCode],
    pub(crate) handler: MethodRouter<App>,
}

impl Operation {
    pub(crate) fn get<H: Handler<T, App>, T: 'static>(path: &'static str, id: &'static str, handler: H) -> Self {
        Self::new(Method::GET, path, id, routing::get(handler))
    }

    pub(crate) fn post<H: Handler<T, App>, T: 'static>(path: &'static str, id: &'static str, handler: H) -> Self {
        Self::new(Method::POST, path, id, routing::post(handler))
    }

    pub(crate) fn put<H: Handler<T, App>, T: 'static>(path: &'static str, id: &'static str, handler: H) -> Self {
        Self::new(Method::PUT, path, id, routing::put(handler))
    }

    pub(crate) fn delete<H: Handler<T, App>, T: 'static>(path: &'static str, id: &'static str, handler: H) -> Self {
        Self::new(Method::DELETE, path, id, routing::delete(handler))
    }

    fn new(method: Method, path: &'static str, id: &'static str, handler: MethodRouter<App>) -> Self {
        Self {
            method,
            path,
            id,
            topic: Topic::Service,
            summary: "",
            description: "",
            callers: Callers::Anybody,
            query: None,
            headers: Vec::new(),
            bodies: Vec::new(),
            answers: Vec::new(),
            is_packed: false,
            is_once: false,
            own_problems: &[],
            handler,
        }
    }

    /// What it is about and what it does, for people: a line, and the rest in paragraphs.
    pub(crate) fn about(mut self, topic: Topic, summary: &'static str, description: &'static str) -> Self {
        (self.topic, self.summary, self.description) = (topic, summary, description);
        self
    }

    /// Only roles that may do this can.
    pub(crate) fn by(mut self, allowed: fn(Role) -> bool) -> Self {
        self.callers = Callers::Roles(allowed);
        self
    }

    /// Any token can.
    pub(crate) fn by_any_token(mut self) -> Self {
        self.callers = Callers::AnyToken;
        self
    }

    /// Who signs it can.
    pub(crate) fn by_signer(mut self, header: &'static str) -> Self {
        self.callers = Callers::Signer(header);
        self
    }

    /// Takes the fields of a type behind the question mark.
    pub(crate) fn query<T: JsonSchema>(mut self) -> Self {
        self.query = Some(Schemas::properties_of::<T>);
        self
    }

    /// Looks at a header.
    pub(crate) fn header<T: JsonSchema + 'static>(mut self, name: &'static str, description: &'static str) -> Self {
        self.headers.push(Header { name, form: Box::new(Schemas::of::<T>), description });
        self
    }

    /// Looks at headers that carry fields of a type, when it does.
    pub(crate) fn headers_of<T: JsonSchema + 'static>(
        mut self,
        when: &'static str,
        fields: &'static [(&'static str, &'static str)],
    ) -> Self {
        self.headers.extend(fields.iter().map(|(name, field)| {
            let form = move |schemas: &mut Schemas| {
                let found = schemas.properties_of::<T>().into_iter().find(|(known, ..)| known == field);
                let mut schema = found.map(|(_, schema, _)| schema).unwrap_or_default();
                schema["description"] =
                    format!("{when}: {}", schema["description"].as_str().unwrap_or_default()).into();
                schema
            };
            Header { name, form: Box::new(form), description: "" }
        }));
        self
    }

    /// Counts once for each idempotency key.
    pub(crate) fn once(mut self) -> Self {
        self.is_once = true;
        let description = "A key of the sender's own. For 90 days the same again under it changes nothing more, and anything \
                           else under it is a conflict.";
        self.header::<Key>(IDEMPOTENCY_KEY, description)
    }

    /// Takes a JSON body.
    pub(crate) fn takes<T: JsonSchema>(self, description: &'static str) -> Self {
        self.takes_as::<T>(JSON, description)
    }

    /// Takes a body of a media type.
    pub(crate) fn takes_as<T: JsonSchema>(mut self, media: &'static str, description: &'static str) -> Self {
        self.bodies.push(Content { media, form: Schemas::of::<T>, description });
        self
    }

    /// Answers with a JSON body.
    pub(crate) fn gives<T: JsonSchema>(self, status: StatusCode, description: &'static str) -> Self {
        self.gives_as::<T>(status, JSON, description)
    }

    /// Answers with a body of a media type.
    pub(crate) fn gives_as<T: JsonSchema>(
        mut self,
        status: StatusCode,
        media: &'static str,
        description: &'static str,
    ) -> Self {
        let content = Some(Content { media, form: Schemas::of::<T>, description: "" });
        self.answers.push(Answer { status, description, content });
        self
    }

    /// Answers without a body.
    pub(crate) fn gives_nothing(mut self, status: StatusCode, description: &'static str) -> Self {
        self.answers.push(Answer { status, description, content: None });
        self
    }

    /// Packs what it answers, for those who take it packed.
    pub(crate) fn packed(mut self) -> Self {
        self.is_packed = true;
        self.handler = self.handler.layer(CompressionLayer::new().gzip(true).zstd(true));
        self
    }

    /// Fails in ways that are its own.
    pub(crate) const fn fails(mut self, problems: &'static [ErrorCode]) -> Self {
        self.own_problems = problems;
        self
    }

    /// The names of what stands in braces in its path.
    pub(crate) fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    /// Every problem that it can answer with: its own, and those of its kind.
    pub(crate) fn problems(&self) -> Vec<ErrorCode> {
        let has_path = self.path_parameters().next().is_some();
        let has_token = matches!(self.callers, Callers::AnyToken | Callers::Roles(_));
        let has_body = !self.bodies.is_empty();
        let is_signed = matches!(self.callers, Callers::Signer(_));
        let takes_json = !is_signed && self.bodies.iter().any(|body| body.media == JSON);
        let of_its_kind = [
            (ErrorCode::Malformed, has_path || has_body || self.query.is_some()),
            (ErrorCode::Unauthorized, has_token),
            // Whoever calls the service by a name that is not its own is told so.
            (ErrorCode::Forbidden, true),
            (ErrorCode::NotFound, has_path),
            (ErrorCode::TooSlow, has_body),
            (ErrorCode::TooSlow, has_body),
            (ErrorCode::TooLarge, has_body),
            (ErrorCode::UnsupportedType, takes_json),
            (ErrorCode::Conflict, self.is_once),
            (ErrorCode::Invalid, self.is_once),
            (ErrorCode::RateLimited, has_token),
            (ErrorCode::RateLimited, has_token),
            (ErrorCode::Unavailable, has_token),
        ];
        let of_its_kind = of_its_kind.into_iter().filter(|(_, can)| *can).map(|(code, _)| code);
        let mut problems: Vec<ErrorCode> = of_its_kind.chain(self.own_problems.iter().copied()).collect();
        problems.sort_by_key(|code| (code.status(), code.as_str()));
        problems.dedup();
        problems
    }
}
