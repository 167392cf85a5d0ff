//! A made-up service over a real socket, with whatever can go wrong on the way.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use metering::{
    Allowance, Catalogue, Command, ControlsRequest, Feature, FeatureRequest, HoldRequest, Meter, Pack, Plan, Price,
    RefreshRule, Terms, Timestamp, UsageRequest, WarningDefaults,
};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use wire::line::{encode_body, encode_line};
use wire::{GENESIS, Hash, chain};

pub(crate) const TOKEN: &str = "member-token";

/// What is wrong with the service for now.
#[derive(Clone, Default)]
pub(crate) struct Faults {
    /// Every address with this in it answers with a page for people and status 200.
    pub(crate) html: Option<&'static str>,
    /// Everything answers with this status and problem code.
    pub(crate) status: Option<(u16, &'static str)>,
    /// A page of the ledger breaks off after so many bytes.
    pub(crate) break_page_at: Option<usize>,
    /// A page of the ledger ends in order after so many bytes, in the middle of a line.
    pub(crate) end_page_at: Option<usize>,
    /// The tail breaks off after so many bytes.
    pub(crate) break_tail_at: Option<usize>,
    /// Every page has at most so many lines.
    pub(crate) page_limit: Option<usize>,
    /// Every answer takes so long.
    pub(crate) delay_ms: u64,
    /// Tails opened from now on bring one entry at a time, slowly.
    pub(crate) drip: bool,
    /// The balance says that so much more was spent.
    pub(crate) balance_off_by: u64,
    /// Every page of the ledger goes on for ever, with its own lines again and again, or with a line that has no end.
    pub(crate) endless: Option<Endless>,
    /// The tail opens and says nothing, not even that it is alive.
    pub(crate) mute_tail: bool,
}

/// How a page has no end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endless {
    Lines,
    Line,
}

pub(crate) struct World {
    pub(crate) meter: Meter,
    /// The lines of the ledger as they are sent.
    pub(crate) lines: Vec<Vec<u8>>,
    pub(crate) hashes: Vec<Hash>,
    pub(crate) faults: Faults,
    /// Path and query of every request.
    pub(crate) asked: Vec<String>,
    pub(crate) time_zone: &'static str,
    length: watch::Sender<usize>,
    now: Timestamp,
}

pub(crate) fn catalogue(revision: u32) -> Catalogue {
    let feature = |id: &str, rate| Feature {
        id: id.into(),
        name: id.into(),
        group: "replies".into(),
        rate,
        automation: false,
        assumed: false,
    };
    Catalogue {
        id: "sample".into(),
        name: "Sample".into(),
        revision,
        counts_from: None,
        currency: "USD".into(),
        refresh: RefreshRule::BillingCycle,
        time_zone: "UTC".into(),
        packs_name: "Top-ups".into(),
        trial: None,
        features: vec![feature("ai-reply", 1), feature("summary", 3)],
        unmetered: vec![],
        plans: vec![Plan {
            id: "scale".into(),
            name: "Scale".into(),
            price: Price::Minor(39_900),
            ai: true,
            allowance: Allowance::Credits(10_000_000),
            assumed: false,
        }],
        packs: vec![Pack {
            id: "small".into(),
            name: "Small".into(),
            credits: 1_000,
            price: 1_500,
            expires_after_days: None,
            assumed: false,
        }],
        groups: vec![("replies".into(), "Replies".into())],
        warnings: WarningDefaults::default(),
    }
}

impl World {
    fn new(revision: u32) -> Self {
        Self {
            meter: Meter::new(Terms::new(Arc::new(catalogue(revision)), chrono_tz::UTC)),
            lines: Vec::new(),
            hashes: Vec::new(),
            faults: Faults::default(),
            asked: Vec::new(),
            time_zone: "UTC",
            length: watch::Sender::new(0),
            now: "2026-03-01T09:00:00Z".parse().unwrap(),
        }
    }

    fn command(&mut self, command: &Command) {
        self.now = self.now.plus_millis(1_000);
        for entry in self.meter.decide(command, self.now).entries {
            self.meter.apply(&entry).unwrap();
            let body = encode_body(&entry);
            let hash = chain(&self.hashes.last().copied().unwrap_or(GENESIS), &body);
            self.lines.push(encode_line(&hash, &body));
            self.hashes.push(hash);
        }
    }

    /// Records so many replies; the first ones subscribe to a plan, too.
    pub(crate) fn grow(&mut self, count: usize) {
        if self.lines.is_empty() {
            self.command(&Command::Subscribe { plan: "scale".into(), allowance: None });
        }
        for _ in 0..count {
            self.command(&Command::Use(UsageRequest {
                source: "crm".into(),
                id: format!("job-{}", self.lines.len()),
                feature: "ai-reply".into(),
                units: 1,
                ..UsageRequest::default()
            }));
        }
        self.length.send_replace(self.lines.len());
    }

    /// Records everything that can be recorded beside work itself: holds and how they end, failed work, a pack that is
    /// refunded and disputed, controls.
    pub(crate) fn live(&mut self) {
        self.grow(3);
        let crm = || "crm".to_owned();
        for hold in ["captured", "released", "timed out"] {
            let (id, feature) = (hold.to_owned(), "ai-reply".to_owned());
            self.command(&Command::Hold(HoldRequest { source: crm(), id, feature, units: 5, minutes: 1 }));
        }
        self.command(&Command::Capture { source: crm(), hold: "captured".into(), units: Some(2) });
        self.command(&Command::Release { source: crm(), hold: "released".into() });
        self.now = self.now.plus_millis(60_000);
        self.command(&Command::Amend { source: crm(), id: "failed".into(), usage: "hold:captured".into() });
        self.command(&Command::Buy { purchase: "p".into(), pack: "small".into() });
        self.command(&Command::Refund { id: "r".into(), purchase: "p".into(), amount: Some(1) });
        self.command(&Command::Dispute { id: "d".into(), purchase: "p".into() });
        self.command(&Command::Reinstate { id: "w".into(), purchase: "p".into() });
        let cap = FeatureRequest { on: None, cap: Some(Some(1_000)) };
        let features = vec![("ai-reply".to_owned(), cap)];
        self.command(&Command::Controls(ControlsRequest { automation: None, features }));
        self.length.send_replace(self.lines.len());
    }

    /// A pack, as if another command had been given: makes a history that differs from here on.
    pub(crate) fn buy(&mut self) {
        self.command(&Command::Buy { purchase: format!("p-{}", self.lines.len()), pack: "small".into() });
        self.length.send_replace(self.lines.len());
    }

    pub(crate) fn last_seq(&self) -> u64 {
        self.lines.len() as u64
    }

    /// Goes on with another catalogue.
    pub(crate) fn reprice(&mut self, revision: u32) {
        let terms = Terms::new(Arc::new(catalogue(revision)), chrono_tz::UTC);
        let mut meter = Meter::new(terms);
        for line in &self.lines {
            let body = wire::line::parse_line(line).unwrap().body;
            meter.apply(&wire::line::decode_body(body).unwrap()).unwrap();
        }
        self.meter = meter;
    }
}

type Shared = Arc<Mutex<World>>;

/// The service. It can be stopped and started again at the same address.
pub(crate) struct Provider {
    world: Shared,
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Provider {
    /// A running service whose ledger has a plan and so many replies.
    pub(crate) fn start(replies: usize) -> Self {
        let provider = Self::start_empty();
        provider.world().grow(replies);
        provider
    }

    /// A running service of a workspace without any entry.
    pub(crate) fn start_empty() -> Self {
        let world = World::new(1);
        let world = Arc::new(Mutex::new(world));
        let mut provider = Self { world, address: ([127, 0, 0, 1], 0).into(), runtime: None };
        provider.restart();
        provider
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// Breaks every connection and stops listening.
    pub(crate) fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    pub(crate) fn restart(&mut self) {
        self.stop();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let app = Router::new()
            .route("/v1/workspaces/{id}", get(workspace))
            .route("/v1/workspaces/{id}/catalogue", get(catalogue_json))
            .route("/v1/workspaces/{id}/balance", get(balance))
            .route("/v1/workspaces/{id}/ledger", get(ledger))
            .route("/v1/workspaces/{id}/ledger/stream", get(stream))
            .route("/v1/workspaces/{id}/purchases", get(purchases).post(create_purchase))
            .route("/v1/workspaces/{id}/purchases/{purchase}", get(purchase))
            .route("/v1/workspaces/{id}/purchases/{purchase}/cancel", post(purchase))
            .layer(from_fn_with_state(Arc::clone(&self.world), faulty))
            .with_state(Arc::clone(&self.world));
        let address = self.address;
        let (tell, hear) = std::sync::mpsc::channel();
        runtime.spawn(async move {
            // The port may still be held for a moment by what was just stopped.
            let listener = loop {
                match tokio::net::TcpListener::bind(address).await {
                    Ok(listener) => break listener,
                    Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            };
            tell.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
        self.address = hear.recv().unwrap();
        self.runtime = Some(runtime);
    }
}

async fn faulty(State(world): State<Shared>, request: Request, next: Next) -> Response {
    let faults = {
        let mut world = world.lock().unwrap();
        world.asked.push(request.uri().to_string());
        world.faults.clone()
    };
    tokio::time::sleep(Duration::from_millis(faults.delay_ms)).await;
    if faults.html.is_some_and(|part| request.uri().path().contains(part)) {
        return ([(header::CONTENT_TYPE, "text/html")], "<html>Sign in to the guest network</html>").into_response();
    }
    if let Some((status, code)) = faults.status {
        let body = format!(
            r#"{{"type":"urn:creditdeck:problem:{code}","title":"No","status":{status},"detail":"because","code":"{code}"}}"#
        );
        let headers = [(header::CONTENT_TYPE, "application/problem+json"), (header::RETRY_AFTER, "1")];
        return (StatusCode::from_u16(status).unwrap(), headers, body).into_response();
    }
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if bearer != Some(&format!("Bearer {TOKEN}")) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    next.run(request).await
}

async fn workspace(State(world): State<Shared>, Path(id): Path<String>) -> Response {
    let world = world.lock().unwrap();
    let catalogue = world.meter.account().terms().catalogues.latest();
    let body = serde_json::json!({
        "id": id, "name": "Acme", "provider": "Sample", "time_zone": world.time_zone, "currency": "USD",
        "role": "member", "catalogue": catalogue.id, "catalogue_revision": catalogue.revision,
        "ledger": {
            "last_seq": world.last_seq(),
            "last_hash": world.hashes.last().copied().unwrap_or(GENESIS).to_string(),
        },
    });
    axum::Json(body).into_response()
}

async fn catalogue_json(State(world): State<Shared>) -> Response {
    let json = wire::catalogue::revisions_to_json(&world.lock().unwrap().meter.account().terms().catalogues);
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}

async fn balance(State(world): State<Shared>) -> Response {
    let world = world.lock().unwrap();
    let mut body = wire::api::BalanceBody::of(world.meter.account(), "2026-06-01T00:00:00Z".parse().unwrap());
    body.totals.spent += world.faults.balance_off_by;
    axum::Json(body).into_response()
}

async fn ledger(State(world): State<Shared>, Query(query): Query<HashMap<String, usize>>) -> Response {
    let world = world.lock().unwrap();
    let limit = query["limit"].min(world.faults.page_limit.unwrap_or(usize::MAX));
    let mut body = Vec::new();
    for line in world.lines.iter().skip(query["after"]).take(limit) {
        body.extend_from_slice(line);
        body.push(b'\n');
    }
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson")];
    if let Some(endless) = world.faults.endless {
        let piece = match endless {
            Endless::Lines => Bytes::from(body),
            Endless::Line => Bytes::from(vec![b'x'; 64 * 1024]),
        };
        let for_ever = futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(piece.clone()));
        return (headers, Body::from_stream(for_ever)).into_response();
    }
    if let Some(end) = world.faults.end_page_at.filter(|end| *end < body.len()) {
        body.truncate(end);
    }
    match world.faults.break_page_at {
        Some(end) if end < body.len() => {
            body.truncate(end);
            (headers, broken_off(body)).into_response()
        }
        _ => (headers, body).into_response(),
    }
}

async fn stream(State(world): State<Shared>, Query(query): Query<HashMap<String, usize>>) -> Response {
    let (length, faults) = {
        let world = world.lock().unwrap();
        (world.length.subscribe(), world.faults.clone())
    };
    if faults.mute_tail {
        let nothing = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
        return ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(nothing)).into_response();
    }
    if let Some(end) = faults.break_tail_at {
        let mut text = events(&world, query["after"], usize::MAX);
        text.truncate(end);
        return ([(header::CONTENT_TYPE, "text/event-stream")], broken_off(text)).into_response();
    }
    let state = (world, query["after"], length);
    let chunks = futures_util::stream::unfold(state, move |(world, after, mut length)| async move {
        if faults.drip {
            tokio::time::sleep(Duration::from_millis(80)).await;
        }
        let waited = tokio::time::timeout(Duration::from_millis(100), length.wait_for(|length| *length > after));
        let grown = waited.await.is_ok();
        let all = world.lock().unwrap().lines.len();
        let end = if !grown {
            after
        } else if faults.drip {
            after + 1
        } else {
            all
        };
        let text = if grown { events(&world, after, end) } else { b": alive\n\n".to_vec() };
        Some((Ok::<_, std::io::Error>(Bytes::from(text)), (world, end, length)))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(chunks)).into_response()
}

fn events(world: &Shared, after: usize, end: usize) -> Vec<u8> {
    let world = world.lock().unwrap();
    let mut text = Vec::new();
    for (line, seq) in world.lines.iter().zip(1..).take(end).skip(after) {
        text.extend(format!("id: {seq}\ndata: ").into_bytes());
        text.extend_from_slice(line);
        text.extend_from_slice(b"\n\n");
    }
    text
}

fn purchase_body(id: &str, state: &str) -> serde_json::Value {
    serde_json::json!({
        "id": id, "pack": "small", "name": "Small", "credits": 1_000, "price": 1_500, "currency": "USD",
        "state": state, "created_at": "2026-03-01T09:00:00Z", "checkout_url": "https://pay.example/1",
    })
}

async fn create_purchase(headers: axum::http::HeaderMap, axum::Json(body): axum::Json<serde_json::Value>) -> Response {
    let id = body["id"].as_str().unwrap();
    assert_eq!(headers["idempotency-key"], id);
    if body["pack"] != "small" {
        let problem = wire::problem::Problem::new(wire::problem::ErrorCode::NoPlan, "subscribe first");
        let headers = [(header::CONTENT_TYPE, wire::problem::MEDIA_TYPE)];
        return (StatusCode::FORBIDDEN, headers, serde_json::to_vec(&problem).unwrap()).into_response();
    }
    (StatusCode::CREATED, axum::Json(purchase_body(id, "waiting"))).into_response()
}

async fn purchases() -> Response {
    axum::Json(serde_json::json!({ "purchases": [purchase_body("b", "paid"), purchase_body("a", "waiting")] }))
        .into_response()
}

async fn purchase(Path((_, purchase)): Path<(String, String)>, request: Request) -> Response {
    if purchase == "unknown" {
        let problem = wire::problem::Problem::new(wire::problem::ErrorCode::NotFound, "no such purchase");
        let headers = [(header::CONTENT_TYPE, wire::problem::MEDIA_TYPE)];
        return (StatusCode::NOT_FOUND, headers, serde_json::to_vec(&problem).unwrap()).into_response();
    }
    let state = if request.method() == "POST" { "cancelled" } else { "processing" };
    axum::Json(purchase_body(&purchase, state)).into_response()
}

/// A body that ends in a broken connection.
fn broken_off(bytes: Vec<u8>) -> Body {
    let parts = [Ok(Bytes::from(bytes)), Err(std::io::Error::other("broken off"))];
    Body::from_stream(futures_util::stream::iter(parts))
}
