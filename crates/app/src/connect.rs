//! Connecting to a provider's service, and leaving it.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use sync::{Client, ClientError, WorkspaceMeta};
use wire::api::PairWish;
use wire::problem::ErrorCode;

use crate::view::{ConnectRequest, ConnectionInfo, WorkspaceSummary};
use crate::{App, AppError, sample, storage};

impl App {
    /// Connects to a workspace at a provider's service, once it has let us in: with an access token, or with a pairing code,
    /// which names the workspace and becomes a token. Nothing is kept otherwise.
    ///
    /// # Errors
    /// `bad_address`, `wrong_token`, `wrong_code`, `unknown_workspace`, `unreachable`, `not_the_service`, `missing` for an
    /// empty field, or a cache that cannot be written.
    pub async fn connect(self: &Arc<Self>, request: &ConnectRequest) -> Result<WorkspaceSummary, AppError> {
        let (url, secret) = (request.url.trim(), request.token.trim());
        let (id, token) = match PairWish::code(secret) {
            Some(code) if !url.is_empty() => {
                let paired = Client::pair(url, &code, DEVICE).await.map_err(|error| wrong_code(&error))?;
                (paired.workspace, paired.token)
            }
            _ => (request.workspace.trim().to_owned(), secret.to_owned()),
        };
        let (id, token) = (id.as_str(), token.as_str());
        for (what, value) in [("service address", url), ("access token", token), ("workspace", id)] {
            if value.is_empty() {
                return Err(AppError::new(
                    "missing",
                    format!("The {what} is missing."),
                    "Your provider gives you a pairing code, or an access token and the workspace's id.",
                ));
            }
        }
        let client = Client::new(url, token).map_err(|error| service(&error))?;
        let body = client.workspace(id).await.map_err(|error| service(&error))?;
        let catalogue = client.catalogue(id).await.map_err(|error| service(&error))?;
        let key = self.desk.connect(url.trim_end_matches('/'), id, Some(token)).map_err(storage)?;
        let connection = self.connection(&key.to_string())?;
        self.start(&connection, url);
        Ok(self.summary_of(&connection, Some(WorkspaceMeta::new(&body, &catalogue))))
    }

    /// Leaves a workspace and forgets its local copy. What it has at the service stays.
    ///
    /// # Errors
    /// `unknown_workspace`, `sample_stays`, or a cache that cannot be written.
    pub async fn disconnect(&self, workspace: &str) -> Result<(), AppError> {
        let connection = self.connection(workspace)?;
        if sample::is_sample(&connection) {
            return Err(AppError::new(
                "sample_stays",
                "The sample workspaces belong to the app and stay.",
                "Choose another workspace to leave.",
            ));
        }
        let live = self.live.write().unwrap_or_else(PoisonError::into_inner).remove(&connection.workspace);
        if let Some(live) = live {
            live.stop().await;
        }
        self.desk.remove_workspace(connection.workspace).map_err(storage)?;
        // Forgotten first: whatever keeps the file from going, nobody asks for it any more.
        cache::remove_ledger(self.places.ledger(connection.workspace)).map_err(storage)
    }

    /// The services that the app reads from.
    ///
    /// # Errors
    /// A cache that cannot be read.
    pub fn connections(&self) -> Result<Vec<ConnectionInfo>, AppError> {
        let sample_url = self.sample_url.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut infos: BTreeMap<(bool, String), ConnectionInfo> = BTreeMap::new();
        for connection in self.desk.connections().map_err(storage)? {
            let is_sample = sample::is_sample(&connection);
            let url = if is_sample { sample_url.clone().unwrap_or_default() } else { connection.url.clone() };
            let info = infos.entry((!is_sample, url.clone())).or_insert_with(|| ConnectionInfo {
                url: url.clone(),
                workspaces: Vec::new(),
                sample: is_sample,
                curl: None,
            });
            info.workspaces.push(connection.workspace.to_string());
            if is_sample && info.curl.is_none() {
                let feature = self.cheapest_feature(&connection.workspace.to_string());
                info.curl =
                    Some(curl(&url, &connection.workspace_id, connection.token.as_deref().unwrap_or(""), &feature));
            }
        }
        Ok(infos.into_values().collect())
    }

    /// A feature that can run for the fewest credits.
    fn cheapest_feature(&self, workspace: &str) -> String {
        let Ok(connection) = self.connection(workspace) else { return String::new() };
        self.with_ledger(connection.workspace, |account, _, now| {
            let position = account.position(now);
            let features = account.catalogue(now).features.iter().zip(&position.features);
            let best = features.min_by_key(|(feature, status)| (status.refusal.is_some(), feature.rate));
            Ok(best.map(|(feature, _)| feature.id.clone()).unwrap_or_default())
        })
        .unwrap_or_default()
    }

    /// Follows a workspace's service at `url`, in the place of whatever followed it before.
    pub(crate) fn start(self: &Arc<Self>, connection: &cache::Connection, url: &str) {
        let started = crate::live::Live::start(self, connection, url);
        let before = self.live.write().unwrap_or_else(PoisonError::into_inner).insert(connection.workspace, started);
        if let Some(before) = before {
            tokio::spawn(before.stop());
        }
    }
}

/// What people read who look through their workspace's tokens.
const DEVICE: &str = "Creditdeck on a desktop";

/// What a person is told whose pairing code the service did not take.
fn wrong_code(error: &ClientError) -> AppError {
    if !matches!(error, ClientError::WrongToken) {
        return service(error);
    }
    AppError::new(
        "wrong_code",
        "The credit service does not accept this pairing code.",
        "A code is good once, for ten minutes. Ask for another one.",
    )
    .detail(error)
}

/// A command line that reports one usage to the sample.
fn curl(url: &str, workspace: &str, token: &str, feature: &str) -> String {
    let event = serde_json::json!({
        "specversion": "1.0",
        "type": wire::event::TYPE,
        "source": "terminal",
        "id": "try-1",
        "data": { "feature": feature },
    });
    format!(
        "curl -i '{url}/v1/workspaces/{workspace}/usage' -H 'Authorization: Bearer {token}' \
         -H 'Content-Type: application/cloudevents+json' -d '{event}'"
    )
}

/// A new id or token: 128 random bits.
pub(crate) fn random_id(prefix: &str) -> Result<String, AppError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        AppError::new(
            "no_random",
            "The system gives no random numbers, so nothing can be named.",
            "Restart the computer.",
        )
        .detail(error)
    })?;
    let mut id = prefix.to_owned();
    for byte in bytes {
        use std::fmt::Write;
        // Writing to a string does not fail.
        let _always = write!(id, "{byte:02x}");
    }
    Ok(id)
}

/// What a person is told when the service does not do what was asked.
#[must_use]
pub(crate) fn service(error: &ClientError) -> AppError {
    let (message, advice) = match error {
        ClientError::BadAddress(_) => (
            "This is not the address of a credit service.".to_owned(),
            "It begins with https:// (or http:// on this computer); your provider tells you.".to_owned(),
        ),
        ClientError::Unreachable(_) => (
            "The credit service cannot be reached.".to_owned(),
            "Check the network and the address. What is shown here stays as it is until then.".to_owned(),
        ),
        ClientError::WrongToken => (
            "The credit service does not accept this access token.".to_owned(),
            "Ask your provider for a new one and connect again.".to_owned(),
        ),
        ClientError::UnknownWorkspace => (
            "The credit service does not know this workspace, or this token may not see it.".to_owned(),
            "Check the workspace's id; your provider tells you.".to_owned(),
        ),
        ClientError::Unavailable { .. } => (
            "The credit service cannot answer now.".to_owned(),
            "Nothing is needed: the app tries again by itself.".to_owned(),
        ),
        ClientError::Refused(problem) if problem.code == ErrorCode::PaymentsOff => (
            "Your provider does not sell packs here.".to_owned(),
            "Nothing was bought. Ask your provider how to get more credits.".to_owned(),
        ),
        ClientError::Refused(problem) => (
            if problem.detail.is_empty() { problem.title.clone() } else { problem.detail.clone() },
            "Nothing was changed.".to_owned(),
        ),
        ClientError::NotTheService(_) => (
            "Something else than a credit service answered.".to_owned(),
            "Check the address, and whether the network asks you to sign in.".to_owned(),
        ),
    };
    AppError::new(error.code(), message, advice).detail(error)
}

#[cfg(test)]
mod tests {
    use wire::problem::Problem;

    use super::*;

    #[test]
    fn that_nothing_is_sold_is_said_in_plain_words() {
        let refused = |code| service(&ClientError::Refused(Box::new(Problem::new(code, "as the service says it"))));
        let off = refused(ErrorCode::PaymentsOff);
        assert_eq!(off.code, "payments_off");
        assert_eq!(off.message, "Your provider does not sell packs here.");
        assert_eq!(off.detail.as_deref(), Some("as the service says it"));
        assert_eq!(refused(ErrorCode::NoPlan).message, "as the service says it");
    }
}
