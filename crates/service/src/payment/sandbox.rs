//! The sandbox: a payment provider of our own whose money is not real, and whose manners are: a hosted page, a signed
//! webhook over HTTP that may come late, twice or never.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use clock::Clock;
use futures_util::future::BoxFuture;
use metering::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use wire::api::PurchaseState;
use wire::problem::{ErrorCode, json_error};

use super::provider::{Order, PaymentProvider, ProviderError, Status};
use super::signature::{SIGNATURE_HEADER, is_signed, sign};
use crate::http::{Failure, blocking};
use crate::random;
use crate::store::{Session, SessionState, Settlement, Store, StoreError};

/// The provider's name in the store.
const NAME: &str = "sandbox";
/// The first pause before a webhook is sent again; each is twice the last.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest pause.
const LAST_PAUSE: Duration = Duration::from_secs(30);

/// What the buyer chooses on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Pay,
    Decline,
    Cancel,
}

/// Where the service is reached.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    /// By itself.
    pub(crate) local: String,
    /// By a buyer's browser.
    pub(crate) public: String,
}

/// The sandbox provider.
pub(crate) struct Sandbox {
    store: Arc<Store>,
    clock: Clock,
    secret: Vec<u8>,
    reach: OnceLock<Reach>,
    http: reqwest::Client,
    stop: watch::Receiver<bool>,
}

/// What became of a checkout: the body of the webhook.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SandboxEvent")]
pub(crate) struct Event {
    /// The provider's id of the event: the same each time that it is sent.
    id: String,
    /// What happened.
    r#type: EventType,
    /// The workspace.
    workspace: String,
    /// The buyer's id of the purchase.
    purchase: String,
}

/// How a checkout ended.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SandboxEventType")]
enum EventType {
    /// The buyer paid.
    #[serde(rename = "checkout.paid")]
    Paid,
    /// The payment was declined.
    #[serde(rename = "checkout.declined")]
    Declined,
    /// The buyer or an admin called it off.
    #[serde(rename = "checkout.cancelled")]
    Cancelled,
}

impl Sandbox {
    /// The sandbox of a database. Its secret is made once.
    pub(crate) fn open(store: Arc<Store>, clock: Clock, stop: watch::Receiver<bool>) -> Result<Self, StoreError> {
        let secret = store.setting("sandbox_secret", || random::bytes().map(Vec::from))?;
        // Installed already by somebody else in this process: that one does as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .no_proxy()
            // It tells the service at this machine's own address, without TLS.
            .tls_certs_only([])
            .build()
            .map_err(|error| StoreError::Contradiction(format!("no HTTP client: {error}")))?;
        Ok(Self { store, clock, secret, reach: OnceLock::new(), http, stop })
    }

    /// Tells where the service is reached. Only the first time counts.
    pub(crate) fn reached_at(&self, reach: Reach) {
        let _ = self.reach.set(reach);
    }

    /// Whether a webhook's signature is ours.
    pub(crate) fn is_signed(&self, header: &str, body: &[u8], now: Timestamp) -> bool {
        is_signed(&self.secret, header, body, now)
    }

    /// The session with this secret.
    pub(crate) async fn session(&self, secret: &str) -> Result<Option<Session>, StoreError> {
        let (store, secret) = (Arc::clone(&self.store), secret.to_owned());
        blocking(move || store.session(&secret)).await
    }

    /// Does what the buyer chose, if the page still waits; the webhook goes out by itself. False if there is no such
    /// session.
    pub(crate) async fn choose(self: &Arc<Self>, secret: &str, choice: Choice) -> Result<bool, StoreError> {
        let Some(session) = self.session(secret).await? else { return Ok(false) };
        let is_over = self.clock.now().since(session.created_at) >= super::CHECKOUT_LIFE_MS;
        if session.state != SessionState::Open || is_over {
            return Ok(true);
        }
        let state = match choice {
            Choice::Pay => SessionState::Paid,
            Choice::Decline => SessionState::Declined,
            Choice::Cancel => SessionState::Cancelled,
        };
        let event = format!("evt_{}", random::text()?);
        let (store, secret) = (Arc::clone(&self.store), secret.to_owned());
        let ended = blocking(move || {
            let ended = store.end_session(&secret, state, &event)?;
            Ok(if ended { store.session(&secret)? } else { None })
        })
        .await?;
        if let Some(session) = ended {
            tokio::spawn(Arc::clone(self).deliver(session));
        }
        Ok(true)
    }

    /// Sends a session's webhook until it is accepted or the service stops; what is not accepted by then is found by
    /// the reconciler.
    async fn deliver(self: Arc<Self>, session: Session) {
        let (Some(event), Some(reach)) = (event(&session), self.reach.get()) else { return };
        let address = format!("{}/v1/webhooks/sandbox", reach.local);
        let body = serde_json::to_vec(&event).unwrap_or_default();
        let mut stop = self.stop.clone();
        let mut pause = FIRST_PAUSE;
        loop {
            let signature = sign(&self.secret, &body, self.clock.now());
            let request = self
                .http
                .post(&address)
                .header(SIGNATURE_HEADER, signature)
                .header("content-type", "application/json")
                .body(body.clone());
            match request.send().await {
                Ok(answer) if answer.status().is_success() => break,
                Ok(answer) => tracing::warn!(status = %answer.status(), "the webhook was not accepted"),
                Err(error) => tracing::warn!(%error, "the webhook was not delivered"),
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(LAST_PAUSE),
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
        self.mark_delivered(session.session).await;
    }

    /// Stores that a session needs nothing more. If that fails it is looked at again, which does no harm.
    pub(super) async fn mark_delivered(&self, secret: String) {
        let store = Arc::clone(&self.store);
        if let Err(error) = blocking(move || store.mark_delivered(&secret)).await {
            tracing::warn!(%error, "a session was not marked");
        }
    }

    /// Sessions that need something: see [`Store::unsettled_sessions`].
    pub(super) async fn unsettled(&self) -> Result<Vec<Session>, StoreError> {
        let (store, before) = (Arc::clone(&self.store), self.clock.now().plus_millis(-super::CHECKOUT_LIFE_MS));
        blocking(move || store.unsettled_sessions(before)).await
    }

    fn url(&self, session: &Session) -> Result<String, ProviderError> {
        let reach = self.reach.get().ok_or_else(|| ProviderError("the service does not listen yet".into()))?;
        Ok(format!("{}/sandbox/checkout/{}", reach.public, session.session))
    }
}

/// What the event of an ended session does to its purchase; `None` while it is open.
pub(super) fn settlement(session: &Session) -> Option<Settlement> {
    event(session).map(|event| settle(event).1)
}

fn event(session: &Session) -> Option<Event> {
    let r#type = match session.state {
        SessionState::Open => return None,
        SessionState::Paid => EventType::Paid,
        SessionState::Declined => EventType::Declined,
        SessionState::Cancelled => EventType::Cancelled,
    };
    let id = session.event.clone()?;
    Some(Event { id, r#type, workspace: session.workspace.clone(), purchase: session.purchase.clone() })
}

/// Reads a webhook's body: the workspace, and what the event does to its purchase.
pub(crate) fn sandbox_event(body: &[u8]) -> Result<(String, Settlement), Failure> {
    let event: Event =
        serde_json::from_slice(body).map_err(|error| Failure::new(ErrorCode::Malformed, json_error(&error)))?;
    Ok(settle(event))
}

fn settle(event: Event) -> (String, Settlement) {
    let (state, message) = match event.r#type {
        EventType::Paid => (PurchaseState::Paid, None),
        EventType::Declined => (PurchaseState::Failed, Some("The payment was declined. Nothing was paid.".to_owned())),
        EventType::Cancelled => (PurchaseState::Cancelled, None),
    };
    let settlement =
        Settlement { provider: NAME, event: event.id, purchase: event.purchase, state, message, credited_seq: None };
    (event.workspace, settlement)
}

impl PaymentProvider for Sandbox {
    fn checkout(&self, order: Order) -> BoxFuture<'_, Result<String, ProviderError>> {
        Box::pin(async move {
            let session = Session {
                workspace: order.workspace,
                purchase: order.purchase,
                session: random::text().map_err(failed)?,
                description: order.description,
                buyer: order.buyer,
                price: order.price,
                currency: order.currency,
                state: SessionState::Open,
                event: None,
                delivered: false,
                created_at: self.clock.now(),
            };
            let store = Arc::clone(&self.store);
            let session = blocking(move || store.open_session(&session)).await.map_err(failed)?;
            self.url(&session)
        })
    }

    fn cancel<'a>(&'a self, workspace: &'a str, purchase: &'a str) -> BoxFuture<'a, Result<bool, ProviderError>> {
        Box::pin(async move {
            let event = format!("evt_{}", random::text().map_err(failed)?);
            let (store, workspace, purchase) = (Arc::clone(&self.store), workspace.to_owned(), purchase.to_owned());
            let state = blocking(move || {
                let Some(session) = store.session_of(&workspace, &purchase)? else { return Ok(None) };
                if store.end_session(&session.session, SessionState::Cancelled, &event)? {
                    // Who cancels knows: there is nobody to tell.
                    store.mark_delivered(&session.session)?;
                    return Ok(None);
                }
                Ok(Some(session.state))
            })
            .await
            .map_err(failed)?;
            Ok(state != Some(SessionState::Paid))
        })
    }

    fn status<'a>(
        &'a self,
        workspace: &'a str,
        purchase: &'a str,
    ) -> BoxFuture<'a, Result<Option<Status>, ProviderError>> {
        Box::pin(async move {
            let (store, workspace, purchase) = (Arc::clone(&self.store), workspace.to_owned(), purchase.to_owned());
            let session = blocking(move || store.session_of(&workspace, &purchase)).await.map_err(failed)?;
            Ok(session.map(|session| match session.state {
                SessionState::Open => Status::Open,
                SessionState::Paid => Status::Paid,
                SessionState::Declined => Status::Declined,
                SessionState::Cancelled => Status::Cancelled,
            }))
        })
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn failed(error: StoreError) -> ProviderError {
    ProviderError(error.to_string())
}
