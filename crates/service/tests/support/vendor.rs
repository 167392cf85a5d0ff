//! A vendor that is told what happens: a receiver of webhooks on a port of its own.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use service::Webhooks;
use standardwebhooks::Webhook;
use tokio::net::TcpListener;
use wire::api::VendorEvent;

/// What a webhook brought.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) id: String,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
    pub(crate) body: Value,
    /// What it was answered.
    pub(crate) status: u16,
}

/// The vendor. Drop it, and nobody listens there any more.
pub(crate) struct Vendor {
    pub(crate) port: u16,
    pub(crate) secret: String,
    desk: Arc<Desk>,
    server: Option<tokio::task::JoinHandle<()>>,
}

#[derive(Default)]
struct Desk {
    got: Mutex<Vec<Delivery>>,
    /// What the next ones are answered; 200 after them. 0 is no answer at all.
    answers: Mutex<VecDeque<u16>>,
}

impl Vendor {
    /// A vendor that listens.
    pub(crate) async fn new() -> Self {
        let mut vendor = Self::away().await;
        vendor.listen().await;
        vendor
    }

    /// A vendor that has a port and does not listen there yet.
    pub(crate) async fn away() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        Self { port, secret: service::new_webhook_secret().unwrap(), desk: Arc::default(), server: None }
    }

    pub(crate) async fn listen(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        let router = axum::Router::new().fallback(take).with_state(Arc::clone(&self.desk));
        self.server = Some(tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }));
    }

    /// How a service tells it.
    pub(crate) fn webhooks(&self) -> Webhooks {
        Webhooks::new(&format!("http://127.0.0.1:{}/hooks", self.port), &self.secret).unwrap()
    }

    /// Answers the next webhooks so: 0 is no answer at all.
    pub(crate) fn answer(&self, statuses: &[u16]) {
        self.desk.answers.lock().unwrap().extend(statuses);
    }

    /// All that came, in its order.
    pub(crate) fn all(&self) -> Vec<Delivery> {
        self.desk.got.lock().unwrap().clone()
    }

    /// Waits until so many have come, and a little longer: there must be no more. Each is signed by who knows the secret,
    /// as an implementation that is not ours sees it.
    pub(crate) async fn deliveries(&self, number: usize) -> Vec<Delivery> {
        for _ in 0..400 {
            if self.all().len() >= number {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
        let all = self.all();
        assert_eq!(all.len(), number, "{:#?}", all.iter().map(Delivery::said).collect::<Vec<_>>());
        for delivery in &all {
            let at = delivery.headers["webhook-timestamp"].to_str().unwrap().parse().unwrap();
            let signature = Webhook::new(&self.secret).unwrap().sign(&delivery.id, at, &delivery.bytes).unwrap();
            assert_eq!(delivery.headers["webhook-signature"], signature);
            assert_eq!(delivery.headers["content-type"], "application/json");
            if delivery.body["type"] != "test" {
                let known: VendorEvent = serde_json::from_slice(&delivery.bytes).unwrap();
                assert_eq!(serde_json::to_value(known).unwrap(), delivery.body);
            }
        }
        all
    }

    /// What each of so many deliveries said.
    pub(crate) async fn said(&self, number: usize) -> Vec<String> {
        self.deliveries(number).await.iter().map(Delivery::said).collect()
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        self.server.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

impl Delivery {
    /// The type, and what tells one of a type from another.
    pub(crate) fn said(&self) -> String {
        let data = &self.body["data"];
        let threshold = &data["threshold"];
        let more = match self.body["type"].as_str().unwrap() {
            "balance.threshold_crossed" if threshold["kind"] == "used_percent" => format!("{}%", threshold["percent"]),
            "balance.threshold_crossed" => format!("below {}", threshold["credits"]),
            purchase if purchase.starts_with("purchase.") => data["purchase"]["id"].as_str().unwrap().to_owned(),
            _ => data["position"]["available"].to_string(),
        };
        format!("{} {more}", self.body["type"].as_str().unwrap())
    }
}

async fn take(State(desk): State<Arc<Desk>>, headers: HeaderMap, bytes: Bytes) -> Response {
    let status = desk.answers.lock().unwrap().pop_front().unwrap_or(200);
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    let body = serde_json::from_slice(&bytes).unwrap();
    desk.got.lock().unwrap().push(Delivery { id, headers, bytes, body, status });
    if status == 0 {
        std::future::pending::<()>().await;
    }
    // Whoever follows it comes here once more.
    (StatusCode::from_u16(status).unwrap(), [("location", "/elsewhere")]).into_response()
}
