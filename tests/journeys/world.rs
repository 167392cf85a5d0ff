//! A credit service on a port of its own, which can go away and come back, and somebody who talks to it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clock::Clock;
use metering::{Terms, Timestamp};
use serde_json::{Value, json};
use service::store::{Access, Durability, Store, Workspace};
use service::{Config, Role, Running, Service, Token, catalogues};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// The one workspace.
pub(crate) const WORKSPACE: &str = "acme";

/// A service with one workspace, the clock that everybody here goes by, and a folder for all files.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) clock: Clock,
    pub(crate) token: String,
    pub(crate) http: reqwest::Client,
    address: SocketAddr,
    running: Option<Running>,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A client for pages and services on this computer. Every client of this process needs to be told once what encrypts.
pub(crate) fn web() -> reqwest::Client {
    // Another test may have been first.
    let _already = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

impl World {
    /// A service with a workspace on a catalogue, without a plan, and an owner's token.
    pub(crate) async fn new(catalogue: &str, zone: &str, now: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(at(now));
        let store = Store::open(&folder.path().join("credits.db"), Durability::Full).unwrap();
        let terms = Terms::new(Arc::new(catalogues::find(catalogue).unwrap()), zone.parse().unwrap());
        let workspace = Workspace { id: WORKSPACE.into(), name: "Acme".into(), terms };
        store.create_workspace(&workspace, clock.now()).unwrap();
        let access = Access { workspace: WORKSPACE.into(), role: Role::Owner };
        let token = Token::issue(&store, &[access], "test", None, clock.now()).unwrap().text().to_owned();
        drop(store);
        let address = "127.0.0.1:0".parse().unwrap();
        let mut world = Self { folder, clock, token, http: web(), address, running: None };
        world.start().await;
        world
    }

    /// The same on a plan.
    pub(crate) async fn on(catalogue: &str, plan: &str) -> Self {
        let world = Self::new(catalogue, "UTC", "2026-06-03T09:00:00Z").await;
        world.subscribe(plan).await;
        world
    }

    /// Serves, at the address that it had before if it had one.
    pub(crate) async fn start(&mut self) {
        let config =
            Config { database: self.database().into(), clock: self.clock.clone(), public_url: None, webhooks: None };
        let service = Service::open(config).await.unwrap();
        let running = service.serve(TcpListener::bind(self.address).await.unwrap()).await.unwrap();
        self.address = running.address();
        self.running = Some(running);
    }

    pub(crate) async fn stop(&mut self) {
        self.running.take().unwrap().shutdown().await;
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("credits.db")
    }

    /// The store, past the service.
    pub(crate) fn store(&self) -> Store {
        Store::open(&self.database(), Durability::Full).unwrap()
    }

    fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}/v1/workspaces/{WORKSPACE}/{path}", self.url())).bearer_auth(&self.token)
    }

    /// What the service answers to a read, which has to work.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.request(reqwest::Method::GET, path).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Sends something, and gives the status and the answer.
    pub(crate) async fn send(&self, method: reqwest::Method, path: &str, media: &str, body: &Value) -> (u16, Value) {
        let request = self.request(method, path).header("content-type", media).body(body.to_string());
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    }

    /// Changes the plan, and gives the status and the answer.
    pub(crate) async fn plan(&self, change: &Value) -> (u16, Value) {
        self.send(reqwest::Method::POST, "plan", "application/json", change).await
    }

    pub(crate) async fn subscribe(&self, plan: &str) {
        let (status, answer) = self.plan(&json!({ "do": "subscribe", "plan": plan })).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Reports one usage, and gives the status and the answer.
    pub(crate) async fn report(&self, id: &str, feature: &str, units: u32) -> (u16, Value) {
        self.send(reqwest::Method::POST, "usage", wire::event::STRUCTURED, &event(id, feature, units)).await
    }

    /// Reports one usage that has to be recorded, and gives its cost.
    pub(crate) async fn used(&self, id: &str, feature: &str, units: u32) -> u64 {
        let (status, answer) = self.report(id, feature, units).await;
        assert_eq!((status, &answer["outcome"]), (201, &json!("recorded")), "{answer}");
        answer["cost"].as_u64().unwrap()
    }

    pub(crate) async fn balance(&self) -> Value {
        self.get("balance").await
    }

    /// Every line of the ledger.
    pub(crate) async fn ledger(&self) -> Vec<Value> {
        let mut lines: Vec<Value> = Vec::new();
        loop {
            let path = format!("ledger?after={}&limit=10000", lines.len());
            let text = self.request(reqwest::Method::GET, &path).send().await.unwrap().text().await.unwrap();
            if text.is_empty() {
                return lines;
            }
            lines.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["body"].take()));
        }
    }

    /// The entries of the ledger that credited a purchase.
    pub(crate) async fn credits_of(&self, purchase: &str) -> Vec<Value> {
        let mut lines = self.ledger().await;
        lines.retain(|line| line["purchase"] == json!(purchase));
        lines
    }
}

/// A usage event.
pub(crate) fn event(id: &str, feature: &str, units: u32) -> Value {
    json!({
        "specversion": "1.0", "type": wire::event::TYPE, "source": "test", "id": id,
        "data": { "feature": feature, "units": units },
    })
}
