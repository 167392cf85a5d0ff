//! The credit service over HTTP: one method a question, typed answers, and no byte sequence that makes it panic.

use std::sync::Arc;
use std::time::Duration;

use metering::Revisions;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use url::{Host, Url};
use wire::api::{
    BalanceBody, ChangeAnswer, ControlsBody, ControlsPatch, PairAnswer, PairWish, PurchaseBody, PurchaseRequest,
    PurchasesBody, WorkspaceBody,
};

use crate::answer::{MAX_ANSWER, body, judged, not_the_service, workspace_unknown};
use crate::http::Http;
use crate::lines::Lines;
use crate::{ClientError, Tail};

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the service may be silent in the middle of an answer. On a tail it says something every 15 seconds.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(30);

/// The service at one address, seen with one token. Clones share connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: Arc<Http>,
    base: Arc<Url>,
    /// `Bearer …`, marked so that it is never printed.
    authorization: HeaderValue,
}

/// All revisions of a workspace's catalogue, and the text that they came as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedCatalogue {
    /// The text, to keep for later starts.
    pub json: String,
    /// What it says.
    pub revisions: Revisions,
}

/// Whether an address is one of this computer's own.
fn is_this_computer(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl Client {
    /// A client of the service at `base_url` (`https://…`, or `http://…` on one's own machine) that shows `token`.
    ///
    /// # Errors
    /// [`ClientError::BadAddress`], or [`ClientError::WrongToken`] for a token that no header can carry.
    pub fn new(base_url: &str, token: &str) -> Result<Self, ClientError> {
        Self::with_timeouts(base_url, token, CONNECT_TIMEOUT, SILENCE_TIMEOUT)
    }

    /// Turns a pairing code into a token of this device at the service at `base_url`; `device` is its name, for people.
    ///
    /// # Errors
    /// As for [`Client::new`], any [`ClientError`], and [`ClientError::WrongToken`] for a code that is good for nothing.
    pub async fn pair(base_url: &str, code: &str, device: &str) -> Result<PairAnswer, ClientError> {
        let client = Self::new(base_url, "")?;
        let wish = PairWish { code: code.to_owned(), device: device.to_owned() };
        client.json(client.request(Method::POST, &["pair"])?.json(&wish)).await
    }

    /// The same with other limits than 5 seconds to connect and 30 seconds of silence in the middle of an answer.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_timeouts(
        base_url: &str,
        token: &str,
        connect: Duration,
        silence: Duration,
    ) -> Result<Self, ClientError> {
        let bad = || ClientError::BadAddress(base_url.to_owned());
        let base = Url::parse(base_url.trim()).map_err(|_| bad())?;
        let here = is_this_computer(&base);
        // Anywhere else the token would travel in the clear.
        if !(base.scheme() == "https" && base.has_host() || base.scheme() == "http" && here) {
            return Err(bad());
        }
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| ClientError::WrongToken)?;
        authorization.set_sensitive(true);
        let http = Http::new(here, base.scheme() == "http", connect, silence);
        Ok(Self { http: Arc::new(http), base: Arc::new(base), authorization })
    }

    /// What the service says of the workspace.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn workspace(&self, workspace: &str) -> Result<WorkspaceBody, ClientError> {
        self.json(self.get(&["workspaces", workspace])?).await.map_err(workspace_unknown)
    }

    /// The workspace's catalogue.
    ///
    /// # Errors
    /// Any [`ClientError`]; [`ClientError::NotTheService`] for a catalogue with mistakes.
    pub async fn catalogue(&self, workspace: &str) -> Result<FetchedCatalogue, ClientError> {
        let request = self.get(&["workspaces", workspace, "catalogue"])?;
        let response = self.send(request, "application/json").await.map_err(workspace_unknown)?;
        let bytes = body(response, MAX_ANSWER).await?;
        let json = String::from_utf8(bytes).map_err(|_| not_the_service("the catalogue is not text"))?;
        match wire::catalogue::revisions_from_json(&json) {
            Ok(revisions) => Ok(FetchedCatalogue { json, revisions }),
            Err(error) => Err(not_the_service(&format!("the catalogue is not one: {error}"))),
        }
    }

    /// Up to `limit` lines of the ledger after entry `after`, as they come.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn ledger(&self, workspace: &str, after: u64, limit: u32) -> Result<Lines, ClientError> {
        let request =
            self.get(&["workspaces", workspace, "ledger"])?.query(&[("after", after), ("limit", u64::from(limit))]);
        Ok(Lines::new(self.send(request, "application/x-ndjson").await.map_err(workspace_unknown)?))
    }

    /// What the service says the balance is, now.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn balance(&self, workspace: &str) -> Result<BalanceBody, ClientError> {
        self.json(self.get(&["workspaces", workspace, "balance"])?).await.map_err(workspace_unknown)
    }

    /// Opens the tail: whatever is appended after entry `after`, as it is appended.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn tail(&self, workspace: &str, after: u64) -> Result<Tail, ClientError> {
        let request = self
            .get(&["workspaces", workspace, "ledger", "stream"])?
            .query(&[("after", after)])
            .header(HeaderName::from_static("last-event-id"), after);
        Ok(Tail::new(self.send(request, "text/event-stream").await.map_err(workspace_unknown)?))
    }

    /// Begins a purchase, or finds out what became of one that was begun under the same id.
    ///
    /// # Errors
    /// Any [`ClientError`]; [`ClientError::Refused`] says why a pack cannot be bought.
    pub async fn create_purchase(
        &self,
        workspace: &str,
        purchase: &PurchaseRequest,
    ) -> Result<PurchaseBody, ClientError> {
        let request = self
            .request(Method::POST, &["workspaces", workspace, "purchases"])?
            .header(HeaderName::from_static("idempotency-key"), &purchase.id)
            .json(purchase);
        self.json(request).await
    }

    /// How far a purchase has come.
    ///
    /// # Errors
    /// Any [`ClientError`]; [`ClientError::Refused`] for an unknown one.
    pub async fn purchase(&self, workspace: &str, purchase: &str) -> Result<PurchaseBody, ClientError> {
        self.json(self.get(&["workspaces", workspace, "purchases", purchase])?).await
    }

    /// The workspace's purchases, newest first.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn purchases(&self, workspace: &str) -> Result<Vec<PurchaseBody>, ClientError> {
        let body: PurchasesBody = self.json(self.get(&["workspaces", workspace, "purchases"])?).await?;
        Ok(body.purchases)
    }

    /// Calls a purchase off, if nothing was paid yet.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn cancel_purchase(&self, workspace: &str, purchase: &str) -> Result<PurchaseBody, ClientError> {
        self.json(self.request(Method::POST, &["workspaces", workspace, "purchases", purchase, "cancel"])?).await
    }

    /// Changes what the wish names of the controls, once, however often it is sent under this key.
    ///
    /// # Errors
    /// Any [`ClientError`]; [`ClientError::Refused`] for a role that may not, or a wish that cannot be.
    pub async fn change_controls(
        &self,
        workspace: &str,
        key: &str,
        wish: &ControlsPatch,
    ) -> Result<ControlsBody, ClientError> {
        let request = self
            .request(Method::PUT, &["workspaces", workspace, "controls"])?
            .header(HeaderName::from_static("idempotency-key"), key)
            .json(wish);
        let answer: ChangeAnswer<ControlsBody> = self.json(request).await?;
        Ok(answer.now)
    }

    fn get(&self, path: &[&str]) -> Result<RequestBuilder, ClientError> {
        self.request(Method::GET, path)
    }

    fn request(&self, method: Method, path: &[&str]) -> Result<RequestBuilder, ClientError> {
        let mut url = Url::clone(&self.base);
        if let Ok(mut segments) = url.path_segments_mut() {
            // Each id is one segment, whatever is in it.
            segments.pop_if_empty().push("v1").extend(path);
        }
        Ok(self.http.client()?.request(method, url).header(AUTHORIZATION, self.authorization.clone()))
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        let response = self.send(request, "application/json").await?;
        let bytes = body(response, MAX_ANSWER).await?;
        serde_json::from_slice(&bytes)
            .map_err(|error| not_the_service(&format!("the answer has another form: {error}")))
    }

    /// Sends a request and looks at everything but the body: a good answer has the expected media type.
    async fn send(&self, request: RequestBuilder, expected: &'static str) -> Result<Response, ClientError> {
        judged(request.header(ACCEPT, expected).send().await?, expected).await
    }
}
