//! The desk that sells packs: from a buyer's wish to a purchase that is paid, or not.

use std::sync::Arc;

use clock::Clock;
use metering::{Command, MAX_ID_LENGTH, Outcome, PurchaseTerms, Timestamp};
use wire::api::{PurchaseBody, PurchaseRequest, PurchaseState};
use wire::problem::{ErrorCode, Problem};

use super::nobody::Nobody;
use super::provider::{Order, PaymentProvider, ProviderError, Status};
use super::sandbox::{Choice, Reach, Sandbox, settlement};
use crate::http::{Failure, blocking, refused};
use crate::ledger::{Ledger, Ledgers};
use crate::outbox::of_purchase;
use crate::store::{Purchase, Session, SessionState, Store, StoreError};

/// Whether a purchase was asked for before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    First,
    Again,
}

/// Sells packs.
pub(crate) struct Payments {
    store: Arc<Store>,
    clock: Clock,
    provider: Arc<dyn PaymentProvider>,
    /// The provider, if it is the sandbox; without it nothing is sold.
    sandbox: Option<Arc<Sandbox>>,
    /// Whether the vendor is told what becomes of purchases.
    is_heralded: bool,
}

/// Why a pack cannot be bought.
const NOTHING_IS_SOLD: &str = "this service sells no packs: its provider has turned payments off; nothing was bought";

/// States in which nothing is paid yet and nothing has ended.
const OPEN: [PurchaseState; 2] = [PurchaseState::Created, PurchaseState::Waiting];

impl Payments {
    pub(crate) fn new(store: Arc<Store>, clock: Clock, sandbox: Sandbox, is_heralded: bool) -> Self {
        let sandbox = Arc::new(sandbox);
        let provider = Arc::clone(&sandbox) as Arc<dyn PaymentProvider>;
        Self { store, clock, provider, sandbox: Some(sandbox), is_heralded }
    }

    /// A desk that sells nothing.
    pub(crate) fn off(store: Arc<Store>, clock: Clock, is_heralded: bool) -> Self {
        Self { store, clock, provider: Arc::new(Nobody), sandbox: None, is_heralded }
    }

    /// Whether anything is sold.
    pub(crate) const fn are_on(&self) -> bool {
        self.sandbox.is_some()
    }

    pub(crate) fn reached_at(&self, reach: Reach) {
        if let Some(sandbox) = &self.sandbox {
            sandbox.reached_at(reach);
        }
    }

    pub(crate) fn is_signed(&self, header: &str, body: &[u8], now: Timestamp) -> bool {
        self.sandbox.as_ref().is_some_and(|sandbox| sandbox.is_signed(header, body, now))
    }

    pub(crate) async fn session(&self, secret: &str) -> Result<Option<Session>, StoreError> {
        match &self.sandbox {
            Some(sandbox) => sandbox.session(secret).await,
            None => Ok(None),
        }
    }

    pub(crate) async fn choose(&self, secret: &str, choice: Choice) -> Result<bool, StoreError> {
        match &self.sandbox {
            Some(sandbox) => sandbox.choose(secret, choice).await,
            None => Ok(false),
        }
    }

    /// Stores the purchase, then asks the provider for its page. The same wish again gives the same purchase, and does
    /// what is still missing.
    pub(crate) async fn buy(
        &self,
        ledger: &Ledger,
        request: PurchaseRequest,
    ) -> Result<(Asked, PurchaseBody), Failure> {
        if request.id.is_empty() || request.id.len() > MAX_ID_LENGTH {
            let detail = format!("id: has {} bytes and needs 1..={MAX_ID_LENGTH}", request.id.len());
            return Err(Problem::new(ErrorCode::Invalid, detail).at_field("id").into());
        }
        if request.id.contains('\0') {
            return Err(Problem::new(ErrorCode::Invalid, "id: has a zero byte in it").at_field("id").into());
        }
        let (asked, purchase) = match self.find(ledger, &request.id).await? {
            Some(purchase) => (Asked::Again, purchase),
            None if !self.are_on() => return Err(Failure::new(ErrorCode::PaymentsOff, NOTHING_IS_SOLD)),
            None => (Asked::First, self.create(ledger, &request).await?),
        };
        if purchase.terms.pack != request.pack {
            let detail = format!("this id is of a purchase of \"{}\"; nothing was changed", purchase.terms.pack);
            return Err(Problem::new(ErrorCode::Conflict, detail).at_field("id").into());
        }
        let purchase = match purchase.state {
            PurchaseState::Created if self.are_on() => self.open(ledger, purchase).await?,
            _ => self.refreshed(ledger, purchase).await?,
        };
        Ok((asked, purchase.into()))
    }

    async fn create(&self, ledger: &Ledger, request: &PurchaseRequest) -> Result<Purchase, Failure> {
        let answer = ledger.command(Command::CheckOut { pack: request.pack.clone() }).await?;
        if let Some(problem) = refused(ledger, &answer) {
            return Err(problem.into());
        }
        // As of the instant at which it was found that the pack may be bought.
        let catalogue = ledger.workspace().terms.catalogue(answer.position.at);
        let pack = catalogue.pack(&request.pack).ok_or_else(|| Failure::not_found("pack", &request.pack))?;
        let purchase = Purchase {
            terms: PurchaseTerms {
                purchase: request.id.clone(),
                pack: pack.id.clone(),
                credits: pack.credits,
                price: pack.price,
                expires_after_days: pack.expires_after_days,
            },
            name: pack.name.clone(),
            currency: catalogue.currency.clone(),
            state: PurchaseState::Created,
            checkout_url: None,
            created_at: self.clock.now(),
            credited_seq: None,
            message: None,
        };
        let (store, id) = (Arc::clone(&self.store), ledger.workspace().id.clone());
        Ok(blocking(move || store.create_purchase(&id, &purchase)).await?)
    }

    async fn open(&self, ledger: &Ledger, purchase: Purchase) -> Result<Purchase, Failure> {
        let workspace = ledger.workspace();
        let order = Order {
            workspace: workspace.id.clone(),
            purchase: purchase.terms.purchase.clone(),
            description: purchase.name.clone(),
            buyer: workspace.name.clone(),
            price: purchase.terms.price,
            currency: purchase.currency.clone(),
        };
        let url = self.provider.checkout(order).await.map_err(unavailable)?;
        const FROM: [PurchaseState; 1] = [PurchaseState::Created];
        self.moved(ledger, &purchase, &FROM, PurchaseState::Waiting, Some(url)).await
    }

    /// The workspace's purchases, newest first.
    pub(crate) async fn list(&self, ledger: &Ledger) -> Result<Vec<PurchaseBody>, Failure> {
        let (store, id) = (Arc::clone(&self.store), ledger.workspace().id.clone());
        let mut bodies = Vec::new();
        for purchase in blocking(move || store.purchases(&id)).await? {
            bodies.push(self.refreshed(ledger, purchase).await?.into());
        }
        Ok(bodies)
    }

    /// One purchase.
    pub(crate) async fn show(&self, ledger: &Ledger, id: &str) -> Result<PurchaseBody, Failure> {
        let purchase = self.find(ledger, id).await?.ok_or_else(|| Failure::not_found("purchase", id))?;
        Ok(self.refreshed(ledger, purchase).await?.into())
    }

    /// Calls a purchase off, as long as nothing is paid. Again is as good as once.
    pub(crate) async fn cancel(&self, ledger: &Ledger, id: &str) -> Result<PurchaseBody, Failure> {
        let purchase = self.find(ledger, id).await?.ok_or_else(|| Failure::not_found("purchase", id))?;
        let purchase = self.refreshed(ledger, purchase).await?;
        let workspace = &ledger.workspace().id;
        if OPEN.contains(&purchase.state) && self.provider.cancel(workspace, id).await.map_err(unavailable)? {
            return Ok(self.moved(ledger, &purchase, &OPEN, PurchaseState::Cancelled, None).await?.into());
        }
        if purchase.state == PurchaseState::Cancelled {
            return Ok(purchase.into());
        }
        let detail = format!("the purchase is {} and cannot be cancelled any more", purchase.state.as_str());
        Err(Failure::new(ErrorCode::PurchaseState, detail))
    }

    /// The purchase as the provider has it by now: paid with the event under way, left alone too long, or called off
    /// by somebody who was interrupted before writing it down.
    async fn refreshed(&self, ledger: &Ledger, purchase: Purchase) -> Result<Purchase, Failure> {
        if !OPEN.contains(&purchase.state) {
            return Ok(purchase);
        }
        let (workspace, id) = (&ledger.workspace().id, &purchase.terms.purchase);
        let status = self.provider.status(workspace, id).await.map_err(unavailable)?;
        if status == Some(Status::Paid) {
            return self.moved(ledger, &purchase, &OPEN, PurchaseState::Processing, None).await;
        }
        let is_over = self.clock.now().since(purchase.created_at) >= super::CHECKOUT_LIFE_MS;
        if is_over && self.provider.cancel(workspace, id).await.map_err(unavailable)? {
            return self.moved(ledger, &purchase, &OPEN, PurchaseState::Expired, None).await;
        }
        if status == Some(Status::Cancelled) {
            return self.moved(ledger, &purchase, &OPEN, PurchaseState::Cancelled, None).await;
        }
        Ok(purchase)
    }

    async fn find(&self, ledger: &Ledger, id: &str) -> Result<Option<Purchase>, StoreError> {
        let (store, workspace, id) = (Arc::clone(&self.store), ledger.workspace().id.clone(), id.to_owned());
        blocking(move || store.purchase(&workspace, &id)).await
    }

    /// Moves a purchase on if it is still where it was, and gives it as it is then. The vendor is told if that is its end.
    async fn moved(
        &self,
        ledger: &Ledger,
        purchase: &Purchase,
        from: &'static [PurchaseState],
        to: PurchaseState,
        url: Option<String>,
    ) -> Result<Purchase, Failure> {
        let (store, workspace) = (Arc::clone(&self.store), ledger.workspace().id.clone());
        let id = purchase.terms.purchase.clone();
        let notice = self.is_heralded.then(|| {
            let ended = Purchase { state: to, ..purchase.clone() };
            of_purchase(&workspace, ended.into(), self.clock.now())
        });
        let found = blocking(move || {
            store.move_purchase(&workspace, &id, from, to, url.as_deref(), notice.flatten().as_ref())?;
            store.purchase(&workspace, &id)
        })
        .await?;
        found.ok_or_else(|| Failure::not_found("purchase", &purchase.terms.purchase))
    }

    /// Finishes what was interrupted: sessions that ended and whose event nobody has taken in, and those that were left
    /// alone too long. One that cannot be finished now waits for the next time and holds up no other.
    pub(crate) async fn reconcile(&self, ledgers: &Ledgers) -> Result<usize, Failure> {
        let Some(sandbox) = &self.sandbox else { return Ok(0) };
        let mut settled = 0;
        for session in sandbox.unsettled().await? {
            match self.finish(sandbox, ledgers, &session).await {
                Ok(is_credited) => settled += usize::from(is_credited),
                Err(error) => tracing::warn!(
                    workspace = %session.workspace,
                    purchase = %session.purchase,
                    problem = %error.0.detail,
                    "a payment could not be looked through"
                ),
            }
        }
        Ok(settled)
    }

    /// Does what a session still needs; true if an entry was recorded for it.
    async fn finish(&self, sandbox: &Sandbox, ledgers: &Ledgers, session: &Session) -> Result<bool, Failure> {
        let Some(ledger) = ledgers.get(&session.workspace).await? else { return Ok(false) };
        if session.state == SessionState::Open {
            if let Some(purchase) = self.find(&ledger, &session.purchase).await? {
                self.refreshed(&ledger, purchase).await?;
            }
            return Ok(false);
        }
        let mut is_credited = false;
        if let Some(settlement) = settlement(session) {
            let outcome = ledger.settle(settlement).await?;
            is_credited = matches!(outcome, Some(Outcome::Recorded { .. }));
        }
        sandbox.mark_delivered(session.session.clone()).await;
        Ok(is_credited)
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn unavailable(error: ProviderError) -> Failure {
    Failure::new(ErrorCode::Unavailable, format!("{error}; nothing was paid, and trying again is safe"))
}
