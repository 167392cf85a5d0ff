//! What an owner asks of a running service: the balance, the ledger.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::Value;

use crate::Failure;
use crate::vendor::Workspace;

/// Most lines that are asked for at once.
pub(crate) const PAGE: usize = 10_000;
/// How often somebody asks who is put off, and how long it waits between.
const TURNS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

pub(crate) struct Owner {
    base: String,
    http: Client,
}

impl Owner {
    pub(crate) fn new(address: SocketAddr) -> Result<Self, Failure> {
        // It is there already when a second owner is made.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().no_proxy().timeout(Duration::from_secs(120)).build()?;
        Ok(Self { base: format!("http://{address}/v1/workspaces"), http })
    }

    pub(crate) async fn balance(&self, workspace: &Workspace) -> Result<Value, Failure> {
        let request = self.http.get(format!("{}/{}/balance", self.base, workspace.id));
        Ok(serde_json::from_slice(&answer(workspace, request).await?)?)
    }

    /// The lines after entry `after`, [`PAGE`] at most.
    pub(crate) async fn ledger(&self, workspace: &Workspace, after: u64) -> Result<Vec<u8>, Failure> {
        let request = self.http.get(format!("{}/{}/ledger?after={after}&limit={PAGE}", self.base, workspace.id));
        answer(workspace, request).await
    }
}

/// The body of an answer. Who is put off for the time being (503) asks again: a service whose database has just come back
/// may do that, to readers too.
async fn answer(workspace: &Workspace, request: RequestBuilder) -> Result<Vec<u8>, Failure> {
    let request = request.bearer_auth(&workspace.owner);
    let mut turn = 1;
    loop {
        let response = request.try_clone().ok_or("the request can be sent but once")?.send().await?;
        let (status, address) = (response.status(), response.url().clone());
        let body = response.bytes().await?;
        match status {
            StatusCode::OK => return Ok(body.to_vec()),
            StatusCode::SERVICE_UNAVAILABLE if turn < TURNS => {
                turn += 1;
                tokio::time::sleep(PAUSE).await;
            }
            _ => return Err(format!("{address}: {status}: {}", String::from_utf8_lossy(&body)).into()),
        }
    }
}
