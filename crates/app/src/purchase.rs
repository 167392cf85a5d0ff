//! Buying a pack: the intent is on disk before the network hears of it, and is carried on under its id until it is
//! settled, through restarts too.

use std::sync::Arc;
use std::sync::PoisonError;
use std::time::Duration;

use cache::{IntentState, PurchaseIntent, WorkspaceKey};
use sync::{Client, ClientError};
use wire::api::{PurchaseBody, PurchaseRequest, PurchaseState};

use crate::connect::{random_id, service};
use crate::events::{Changed, Event};
use crate::view::Purchase;
use crate::{App, AppError, manages, storage, top_up};

/// How often the service is asked how far a purchase has come.
const FOLLOW: Duration = Duration::from_secs(1);
/// How often, once the buyer has taken long.
const FOLLOW_SLOWLY: Duration = Duration::from_secs(15);
/// After so many questions the buyer has taken long: ten minutes.
const LONG: u32 = 600;

impl App {
    /// Begins to buy a pack and opens its payment page. Without a network the purchase stays written down, and goes on
    /// under the same id later.
    ///
    /// # Errors
    /// `unknown_pack`, `role` if this person may not buy, what the service refuses, or a cache that cannot be written.
    pub async fn buy_pack(self: &Arc<Self>, workspace: &str, pack: &str) -> Result<Purchase, AppError> {
        let connection = self.connection(workspace)?;
        let key = connection.workspace;
        if !manages(&self.summary(&connection)?.role) {
            return Err(AppError::new(
                "role",
                "Your role may not buy packs.",
                "Ask an owner or admin of the workspace.",
            ));
        }
        let now = self.clock.now();
        let id = random_id("p-")?;
        let intent = self.with_ledger(key, |account, _, _| {
            let catalogue = account.catalogue(now);
            let pack = catalogue.pack(pack).ok_or_else(|| {
                AppError::new("unknown_pack", "This pack is not on sale any more.", "Choose another one.").detail(pack)
            })?;
            Ok(PurchaseIntent {
                purchase_id: id.clone(),
                pack: pack.id.clone(),
                name: pack.name.clone(),
                credits: pack.credits,
                price: pack.price,
                currency: catalogue.currency.clone(),
                state: IntentState::Created,
                checkout_url: None,
                created_at: now,
                updated_at: now,
                message: None,
            })
        })?;
        self.desk.begin_purchase(key, &intent).map_err(storage)?;
        self.purchase_changed(key);
        self.advance(key, &id, true).await
    }

    /// Opens a purchase's payment page again, or sends the purchase again if the service has not heard of it.
    ///
    /// # Errors
    /// `unknown_purchase`, what the service refuses, or a cache that cannot be written.
    pub async fn resume_purchase(self: &Arc<Self>, workspace: &str, purchase: &str) -> Result<Purchase, AppError> {
        let key = self.connection(workspace)?.workspace;
        self.advance(key, purchase, true).await
    }

    /// Takes a purchase back that is not paid yet.
    ///
    /// # Errors
    /// `unknown_purchase`, what the service refuses (it is paid already), or a cache that cannot be written.
    pub async fn cancel_purchase(self: &Arc<Self>, workspace: &str, purchase: &str) -> Result<Purchase, AppError> {
        let key = self.connection(workspace)?.workspace;
        self.intent(key, purchase)?;
        let answer = match self.client(key)?.cancel_purchase(&self.workspace_id(key)?, purchase).await {
            Ok(body) => self.note(key, &body),
            // The service never heard of it, so that nothing can be paid.
            Err(ClientError::Refused(problem)) if problem.status == 404 => {
                let now = self.clock.now();
                self.desk.update_purchase(key, purchase, IntentState::Cancelled, None, None, now).map_err(storage)
            }
            Err(error) => Err(service(&error)),
        };
        self.purchase_changed(key);
        self.shown(key, answer?)
    }

    /// Carries on with what was not settled when the app was closed.
    pub(crate) async fn carry_on(self: &Arc<Self>, key: WorkspaceKey) {
        let open = self.desk.open_purchases(key).unwrap_or_default();
        for intent in open {
            self.follow(key, &intent.purchase_id);
        }
    }

    /// The ledger has new entries: one of them may be the credit of a paid purchase.
    pub(crate) fn credit_arrived(&self, key: WorkspaceKey) {
        let processing = self.desk.open_purchases(key).unwrap_or_default();
        if processing.iter().any(|intent| intent.state != IntentState::Created) {
            self.purchase_changed(key);
        }
    }

    /// Brings a purchase to the service, notes what it says, opens the page if there is one, and follows it.
    async fn advance(self: &Arc<Self>, key: WorkspaceKey, id: &str, open: bool) -> Result<Purchase, AppError> {
        let intent = self.intent(key, id)?;
        let request = PurchaseRequest { id: id.to_owned(), pack: intent.pack.clone() };
        let sent = self.client(key)?.create_purchase(&self.workspace_id(key)?, &request).await;
        let noted = match sent {
            Ok(body) => self.note(key, &body)?,
            Err(error) => {
                let told = service(&error);
                // What the service has decided ends the purchase; what only keeps us from it leaves it to be resumed.
                let state = if matches!(error, ClientError::Refused(_)) { IntentState::Failed } else { intent.state };
                let message = Some(told.message.as_str());
                self.desk.update_purchase(key, id, state, None, message, self.clock.now()).map_err(storage)?;
                self.purchase_changed(key);
                if !state.is_settled() {
                    self.follow(key, id);
                }
                return Err(told);
            }
        };
        self.purchase_changed(key);
        if !noted.state.is_settled() {
            self.follow(key, id);
        }
        if let (true, IntentState::Waiting, Some(url)) = (open, noted.state, &noted.checkout_url) {
            check_page(url)?;
            (self.system.browser)(url).map_err(|error| {
                AppError::new(
                    "no_browser",
                    "The payment page could not be opened in a browser.",
                    format!("Open it yourself: {url}"),
                )
                .detail(error)
            })?;
        }
        self.shown(key, noted)
    }

    /// Asks the service again and again until the purchase is settled or its workspace is gone. One task a purchase.
    fn follow(self: &Arc<Self>, key: WorkspaceKey, id: &str) {
        let followed = (key, id.to_owned());
        if !self.followed.lock().unwrap_or_else(PoisonError::into_inner).insert(followed.clone()) {
            return;
        }
        let weak = Arc::downgrade(self);
        tokio::spawn(async move {
            for asked in 0_u32.. {
                let Some(app) = weak.upgrade() else { return };
                let over = match app.look(key, &followed.1).await {
                    Ok(settled) => settled,
                    Err(error) => {
                        tracing::debug!(%error, "a purchase could not be looked at");
                        // Left, or removed with its workspace: there is nothing to look at any more.
                        matches!(error.code.as_str(), "unknown_purchase" | "unknown_workspace")
                    }
                };
                if over {
                    app.followed.lock().unwrap_or_else(PoisonError::into_inner).remove(&followed);
                    return;
                }
                drop(app);
                tokio::time::sleep(if asked < LONG { FOLLOW } else { FOLLOW_SLOWLY }).await;
            }
        });
    }

    /// Looks how far a purchase has come, and says whether it is settled.
    async fn look(self: &Arc<Self>, key: WorkspaceKey, id: &str) -> Result<bool, AppError> {
        let intent = self.intent(key, id)?;
        if intent.state.is_settled() {
            return Ok(true);
        }
        let (client, workspace) = (self.client(key)?, self.workspace_id(key)?);
        let body = match client.purchase(&workspace, id).await {
            // The service has not heard of it: it was written down and never got through.
            Err(ClientError::Refused(problem)) if problem.status == 404 => {
                let request = PurchaseRequest { id: id.to_owned(), pack: intent.pack.clone() };
                match client.create_purchase(&workspace, &request).await {
                    // What the service has decided ends it: the plan or the pack is gone meanwhile.
                    Err(error @ ClientError::Refused(_)) => return self.refused(key, id, &error),
                    answer => answer,
                }
            }
            answer => answer,
        };
        let noted = self.note(key, &body.map_err(|error| service(&error))?)?;
        if noted.state != intent.state {
            self.purchase_changed(key);
        }
        Ok(noted.state.is_settled())
    }

    /// Writes down that the service will not have a purchase. It is settled by that.
    fn refused(&self, key: WorkspaceKey, id: &str, error: &ClientError) -> Result<bool, AppError> {
        let (message, now) = (service(error).message, self.clock.now());
        self.desk.update_purchase(key, id, IntentState::Failed, None, Some(&message), now).map_err(storage)?;
        self.purchase_changed(key);
        Ok(true)
    }

    /// Writes down what the service says. A purchase is credited once its entry is in the local ledger.
    fn note(&self, key: WorkspaceKey, body: &PurchaseBody) -> Result<PurchaseIntent, AppError> {
        let have = self.status(key).map_or(0, |status| status.last_seq);
        let arrived = body.credited_seq.is_some_and(|seq| seq <= have);
        let (state, message) = match body.state {
            PurchaseState::Created => (IntentState::Created, None),
            PurchaseState::Waiting => (IntentState::Waiting, None),
            PurchaseState::Paid if arrived => (IntentState::Credited, None),
            PurchaseState::Processing | PurchaseState::Paid => (IntentState::Processing, None),
            PurchaseState::Cancelled => (IntentState::Cancelled, None),
            PurchaseState::Failed => {
                (IntentState::Failed, body.message.clone().or_else(|| Some("The payment was declined.".into())))
            }
            PurchaseState::Expired => (IntentState::Expired, None),
        };
        let known = self.intent(key, &body.id)?;
        // Taken back here while the service was still being told of it: only money brings it back.
        let undone =
            known.state == IntentState::Cancelled && matches!(state, IntentState::Created | IntentState::Waiting);
        if undone {
            return Ok(known);
        }
        let (url, now) = (body.checkout_url.as_deref(), self.clock.now());
        self.desk.update_purchase(key, &body.id, state, url, message.as_deref(), now).map_err(storage)
    }

    fn shown(&self, key: WorkspaceKey, intent: PurchaseIntent) -> Result<Purchase, AppError> {
        self.with_ledger(key, |account, _, now| Ok(top_up::intent(account, intent, now)))
    }

    fn intent(&self, key: WorkspaceKey, id: &str) -> Result<PurchaseIntent, AppError> {
        self.desk.purchase(key, id).map_err(storage)?.ok_or_else(|| {
            AppError::new("unknown_purchase", "This purchase is not known here.", "Look for it in the list.").detail(id)
        })
    }

    pub(crate) fn client(&self, key: WorkspaceKey) -> Result<Client, AppError> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        live.get(&key).ok_or_else(crate::not_synced)?.client()
    }

    fn workspace_id(&self, key: WorkspaceKey) -> Result<String, AppError> {
        Ok(self.connection(&key.to_string())?.workspace_id)
    }

    fn purchase_changed(&self, key: WorkspaceKey) {
        self.tell(Event::PurchaseChanged(Changed { workspace: key.to_string() }));
    }
}

/// Only a page of the web is handed to the browser: any other address would start a program of this computer.
fn check_page(url: &str) -> Result<(), AppError> {
    let parsed = url::Url::parse(url).ok();
    if parsed.is_some_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host()) {
        return Ok(());
    }
    Err(AppError::new(
        "not_the_service",
        "The credit service gave a payment page that is no web page, so it was not opened.",
        "Ask your provider about it.",
    )
    .detail(url))
}

#[cfg(test)]
mod tests {
    use super::check_page;

    #[test]
    fn only_web_pages_are_opened() {
        assert!(check_page("https://pay.example.org/s/1").is_ok());
        for url in ["file:///etc/passwd", "smb://host/share", "mailto:a@b", "javascript:alert(1)", "not an address"] {
            assert_eq!(check_page(url).unwrap_err().code, "not_the_service", "{url}");
        }
    }
}
