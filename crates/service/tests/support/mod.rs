//! A service on a port of its own, and somebody who talks to it.
#![allow(dead_code, reason = "each test file takes what it needs")]

use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use futures_util::StreamExt;
use metering::{Terms, Timestamp};
use serde_json::{Value, json};
use service::store::{Access, Durability, Location, Store, Workspace};
use service::{Config, Running, Service, Token, Webhooks, catalogues};
use tempfile::TempDir;
use tokio::net::TcpListener;
use wire::api::Role;

pub(crate) mod contract;
pub(crate) mod databases;
pub(crate) mod vendor;
pub(crate) mod walker;

/// What records are kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// A database, the clock, and what talks to the service on it.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) database: Location,
    pub(crate) clock: Clock,
    pub(crate) running: Option<Running>,
    pub(crate) http: reqwest::Client,
    pub(crate) tokens: Vec<(Role, String)>,
    /// Where the service tells its vendor what happens, from the next start on.
    pub(crate) webhooks: Option<Webhooks>,
}

/// An answer: status and JSON body (`null` if it is not JSON).
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) text: String,
    pub(crate) media: String,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl World {
    /// A service with the workspace "acme" on catalogue B, plan Starter, and a token of each role.
    pub(crate) async fn new() -> Self {
        let world = Self::bare("b", "UTC").await;
        let answer = world.post(Role::Owner, "/plan", &json!({"do": "subscribe", "plan": "starter"})).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        world
    }

    /// The same without a plan.
    pub(crate) async fn bare(catalogue: &str, zone: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(at("2026-06-03T09:00:00Z"));
        let database = databases::new(crate::STORE, folder.path());
        let mut world =
            Self { folder, database, clock, running: None, http: client(), tokens: Vec::new(), webhooks: None };
        let store = world.store();
        for id in ["acme", "other"] {
            let catalogue = Arc::new(catalogues::find(catalogue).unwrap());
            let terms = Terms::new(catalogue, zone.parse().unwrap());
            let workspace = Workspace { id: id.into(), name: format!("The {id}"), terms };
            store.create_workspace(&workspace, world.clock.now()).unwrap();
        }
        for role in [Role::Owner, Role::Admin, Role::Member, Role::Meter] {
            let access = Access { workspace: "acme".into(), role };
            let token = Token::issue(&store, &[access], "test", None, world.clock.now()).unwrap();
            world.tokens.push((role, token.text().to_owned()));
        }
        world.start().await;
        world
    }

    /// The store, past the service.
    pub(crate) fn store(&self) -> Store {
        Store::connect(&self.database, Durability::Full).unwrap()
    }

    /// The database, past the store.
    pub(crate) fn sql(&self, text: &str) -> Result<(), String> {
        databases::run(&self.database, text)
    }

    /// The number that a query gives, past the store.
    pub(crate) fn number(&self, query: &str) -> i64 {
        databases::number(&self.database, query)
    }

    /// Lets the database refuse new rows of a table that are so, until [`World::take`].
    pub(crate) fn refuse(&self, table: &str, rows: &str) {
        databases::refuse(&self.database, table, rows);
    }

    /// Lets the database take all rows of a table again.
    pub(crate) fn take(&self, table: &str) {
        databases::take(&self.database, table);
    }

    pub(crate) async fn start(&mut self) {
        self.running = Some(self.another().await);
    }

    /// A further service on the same database.
    pub(crate) async fn another(&self) -> Running {
        serve_telling(self.database.clone(), self.clock.clone(), self.webhooks.clone()).await
    }

    pub(crate) async fn stop(&mut self) {
        self.running.take().unwrap().shutdown().await;
    }

    pub(crate) fn url(&self, path: &str) -> String {
        let base = self.running.as_ref().unwrap().url();
        if path.starts_with("/v1")
            || path.starts_with("/sandbox")
            || path.ends_with('z')
            || path == "/openapi.json"
            || path == "/docs"
        {
            format!("{base}{path}")
        } else {
            format!("{base}/v1/workspaces/acme{path}")
        }
    }

    pub(crate) fn token(&self, role: Role) -> &str {
        &self.tokens.iter().find(|(known, _)| *known == role).unwrap().1
    }

    pub(crate) async fn get(&self, role: Role, path: &str) -> Answer {
        answer(self.http.get(self.url(path)).bearer_auth(self.token(role))).await
    }

    pub(crate) async fn post(&self, role: Role, path: &str, body: &Value) -> Answer {
        answer(self.http.post(self.url(path)).bearer_auth(self.token(role)).json(body)).await
    }

    pub(crate) async fn put(&self, role: Role, path: &str, body: &Value) -> Answer {
        answer(self.http.put(self.url(path)).bearer_auth(self.token(role)).json(body)).await
    }

    /// Reports one event in structured mode.
    pub(crate) async fn report(&self, event: &Value) -> Answer {
        self.report_as("application/cloudevents+json", event.to_string()).await
    }

    pub(crate) async fn report_as(&self, media: &str, body: impl Into<reqwest::Body>) -> Answer {
        let request = self.http.post(self.url("/usage")).bearer_auth(self.token(Role::Meter));
        answer(request.header("content-type", media).body(body)).await
    }

    /// The ledger's lines, after the chain was checked.
    pub(crate) async fn ledger(&self) -> Vec<Value> {
        let request = self.http.get(self.url("/ledger?limit=10000")).bearer_auth(self.token(Role::Member));
        let text = request.send().await.unwrap().text().await.unwrap();
        let mut hash = wire::GENESIS;
        let lines = text.lines().map(|text| {
            let line = wire::line::parse_line(text.as_bytes()).unwrap();
            hash = wire::chain(&hash, line.body);
            assert_eq!(hash, line.hash);
            serde_json::from_slice(line.body).unwrap()
        });
        lines.collect()
    }
}

pub(crate) async fn serve(database: impl Into<Location>, clock: Clock) -> Running {
    serve_telling(database.into(), clock, None).await
}

async fn serve_telling(database: Location, clock: Clock, webhooks: Option<Webhooks>) -> Running {
    let config = Config { database, clock, public_url: None, webhooks };
    let service = Service::open(config).await.unwrap();
    service.serve(TcpListener::bind("127.0.0.1:0").await.unwrap()).await.unwrap()
}

pub(crate) fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// Sends a request. The answer is held against the API's document.
pub(crate) async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let (client, request) = request.build_split();
    let request = request.unwrap();
    let asked = contract::Asked::of(&request);
    let response = client.execute(request).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let media = headers.get("content-type").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let bytes = if media.starts_with("text/event-stream") {
        two_events(response).await
    } else {
        response.bytes().await.unwrap().to_vec()
    };
    asked.check(&contract::Told { status, headers: &headers, bytes: &bytes });
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Answer { status, body: serde_json::from_slice(&bytes).unwrap_or_default(), text, media }
}

/// The beginning of a stream that does not end.
async fn two_events(response: reqwest::Response) -> Vec<u8> {
    let (mut bytes, mut stream) = (Vec::new(), response.bytes_stream());
    let ends =
        |bytes: &[u8]| bytes.windows(2).enumerate().filter(|(_, two)| two == b"\n\n").map(|(at, _)| at + 2).nth(1);
    while ends(&bytes).is_none() {
        let Ok(Some(part)) = tokio::time::timeout(Duration::from_secs(2), stream.next()).await else { break };
        bytes.extend(part.unwrap());
    }
    let end = ends(&bytes).unwrap_or(bytes.len());
    bytes.truncate(end);
    bytes
}

impl Answer {
    /// The status and the code of a problem document that is whole.
    #[track_caller]
    pub(crate) fn problem(&self) -> (u16, &str) {
        assert_eq!(self.media, "application/problem+json", "{}", self.body);
        assert_eq!(self.body["status"], self.status);
        let code = self.body["code"].as_str().unwrap();
        assert_eq!(self.body["type"], format!("urn:creditdeck:problem:{code}"));
        assert!(!self.body["title"].as_str().unwrap().is_empty());
        assert!(!self.body["detail"].as_str().unwrap().is_empty());
        (self.status, code)
    }
}

/// A usage event.
pub(crate) fn event(id: &str, feature: &str) -> Value {
    json!({
        "specversion": "1.0", "type": "ai.usage.recorded", "source": "desk", "id": id,
        "data": {"feature": feature},
    })
}
