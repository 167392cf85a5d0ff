//! The service as a whole: opened on a database, served on a listener, alone or inside another program.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use wire::api::Role;

use crate::door::Door;
use crate::http::{App, Inner, blocking};
use crate::journal::Journal;
use crate::ledger::{LOOK_EVERY, LOOK_SELDOM, Ledgers};
use crate::metrics::Metrics;
use crate::outbox::{Courier, Webhooks};
use crate::payment::{Payments, Reach, Sandbox};
use crate::sample::{self, ImportError, Sample};
use crate::serving::{Bounds, Server, Watch};
use crate::store::{Access, Durability, Location, NewToken, Store, StoreError};
use crate::token::Token;

/// How often what was interrupted is looked for.
const RECONCILE_EVERY: Duration = Duration::from_secs(60);
/// Most connections that ask for metrics at once, where they are on an address of their own.
const SCRAPERS: usize = 64;

/// How a service is opened.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the database is. A file is made if it is not there.
    pub database: Location,
    /// What tells the time.
    pub clock: Clock,
    /// Where buyers' browsers reach the service, like `https://credits.example`; where it listens, if absent. Without
    /// it, a service that listens on a loopback address answers to this machine's own names alone.
    pub public_url: Option<String>,
    /// Where the vendor is told what happens, if it wants to hear. Without it, nothing is kept to be told.
    pub webhooks: Option<Webhooks>,
}

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be used.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A sample cannot be played.
    #[error("{0}")]
    Sample(#[from] ImportError),
    /// The listener cannot be used.
    #[error("cannot listen: {0}")]
    Listen(std::io::Error),
}

/// A service on a database. It records nothing by itself before it is served.
pub struct Service {
    parts: Inner,
    public_url: Option<String>,
    samples: Vec<Sample>,
    courier: Option<Courier>,
    bounds: Bounds,
    metrics: Option<TcpListener>,
    /// How often it is looked for what other processes have recorded.
    look_every: Duration,
}

/// A service that answers requests, until it is shut down or dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl Service {
    /// Opens a database, making it if it is not there.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be used; it is then as it was.
    pub async fn open(config: Config) -> Result<Self, Error> {
        let Config { database, clock, public_url, webhooks } = config;
        let courier = webhooks.map(Courier::new).transpose()?;
        let is_heralded = courier.is_some();
        let (stop, stopped) = watch::channel(false);
        let own_clock = clock.clone();
        let (store, sandbox) = blocking(move || {
            let store = Arc::new(Store::connect(&database, Durability::Full)?);
            let sandbox = Sandbox::open(Arc::clone(&store), own_clock, stopped)?;
            Ok((store, sandbox))
        })
        .await?;
        let metrics = Arc::new(Metrics::new(&clock));
        let bounds = Bounds::default();
        let door = Door::new(Arc::clone(&store), &bounds, metrics.limited.clone());
        let ledgers = Ledgers::new(Arc::clone(&store), &clock, is_heralded, &metrics)?;
        let payments = Payments::new(Arc::clone(&store), clock.clone(), sandbox, is_heralded);
        let parts = Inner { door, store, ledgers, clock, payments, metrics, stop };
        let public_url = public_url.map(|url| url.trim_end_matches('/').to_owned());
        Ok(Self { parts, public_url, samples: Vec::new(), courier, bounds, metrics: None, look_every: LOOK_EVERY })
    }

    /// Takes no more from others than this when it is served, in place of [`Bounds::default`].
    #[must_use]
    pub fn bounded(mut self, bounds: Bounds) -> Self {
        self.parts.door = Door::new(Arc::clone(&self.parts.store), &bounds, self.parts.metrics.limited.clone());
        Self { bounds, ..self }
    }

    /// Tells its metrics on a listener of their own. Otherwise a service that this machine alone gets to tells them at
    /// `/metrics`, and any other tells them nowhere.
    #[must_use]
    pub fn measured_on(self, listener: TcpListener) -> Self {
        Self { metrics: Some(listener), ..self }
    }

    /// Expects no other process to record in its database. What one records all the same is told to those who follow a
    /// ledger with whatever is asked or recorded there next, or some seconds later, and not at once: so a service with
    /// nothing to do rests.
    #[must_use]
    pub fn alone(self) -> Self {
        Self { look_every: LOOK_SELDOM, ..self }
    }

    /// Sells nothing, in place of the sandbox's test payments: packs are listed, and cannot be bought.
    #[must_use]
    pub fn without_payments(mut self) -> Self {
        let (store, clock) = (Arc::clone(&self.parts.store), self.parts.clock.clone());
        self.parts.payments = Payments::off(store, clock, self.courier.is_some());
        self
    }

    /// Makes the sample workspaces if they are not there, and brings them up to now. While the service is served they
    /// go on at their real pace. Call it before [`Service::serve`].
    ///
    /// # Errors
    /// [`Error`] when the database fails.
    pub async fn ensure_sample(&mut self) -> Result<(), Error> {
        for name in sample::NAMES {
            let (store, now) = (Arc::clone(&self.parts.store), self.parts.clock.now());
            let played = tokio::task::spawn_blocking(move || {
                let sample = sample::sample(name)?;
                let id = sample.recipe.id.clone();
                let imported = sample::import(&store, &sample, &id, now)?;
                Ok::<_, ImportError>((sample, imported))
            });
            match played.await {
                Ok(Ok((sample, imported))) => {
                    tracing::info!(workspace = %sample.recipe.id, added = imported.added, "the sample is up to now");
                    self.samples.push(sample);
                }
                // Made by another version, or by somebody: it stays as it is, and stands still.
                Ok(Err(error @ (ImportError::OtherSample(_) | ImportError::NotEmpty(_)))) => {
                    tracing::warn!(%error, "the sample stands still");
                }
                Ok(Err(error)) => return Err(error.into()),
                Err(error) => {
                    return Err(StoreError::Contradiction(format!("the sample was not played: {error}")).into());
                }
            }
        }
        Ok(())
    }

    /// Lets in whoever shows the text `token` to all samples, in place of the token that was let in this way before for
    /// this role. Make it with [`Token::new`].
    ///
    /// # Errors
    /// [`Error::Store`] when the samples are not there or the database fails.
    pub async fn admit_to_samples(&self, token: &str, role: Role) -> Result<(), Error> {
        let (store, now) = (Arc::clone(&self.parts.store), self.parts.clock.now());
        let accesses: Vec<Access> =
            sample::NAMES.iter().map(|name| Access { workspace: (*name).to_owned(), role }).collect();
        let token = NewToken { digest: Token::digest(token), name: "admitted", expires_at: None };
        Ok(blocking(move || store.replace_tokens(&token, &accesses, now)).await?)
    }

    /// Answers requests on a listener, finishes what was interrupted, and lets the samples go on.
    ///
    /// # Errors
    /// [`Error::Listen`] when the listener does not tell its address.
    pub async fn serve(self, listener: TcpListener) -> Result<Running, Error> {
        let address = listener.local_addr().map_err(Error::Listen)?;
        let local = format!("http://{}", reachable(address));
        let is_for_this_machine = self.public_url.is_none() && address.ip().to_canonical().is_loopback();
        let public = self.public_url.unwrap_or_else(|| local.clone());
        let mut journal = Journal::new(Arc::clone(&self.parts.metrics), self.bounds.logged, self.parts.clock.clone())?;
        journal.is_for_this_machine = is_for_this_machine;
        let app = App::new(self.parts);
        app.payments.reached_at(Reach { local, public });

        let mut tasks = JoinSet::new();
        tasks.spawn(reconcile(app.clone()));
        tasks.spawn(crate::pruning::run(app.clone()));
        if let Some(courier) = self.courier {
            tasks.spawn(courier.run(app.clone()));
        }
        tasks.spawn(app.ledgers.tails().watch(Arc::clone(&app.store), self.look_every, app.stop.subscribe()));
        for sample in self.samples {
            if let Some(ledger) = app.ledgers.get(&sample.recipe.id).await? {
                let (store, clock, stop) = (Arc::clone(&app.store), app.clock.clone(), app.stop.subscribe());
                tasks.spawn(async move {
                    let id = sample.recipe.id.clone();
                    if let Err(error) = sample::feed(store, ledger, sample, clock, stop).await {
                        tracing::error!(workspace = %id, %error, "the sample stands still");
                    }
                });
            }
        }
        let proxies = self.bounds.proxies.as_slice().into();
        let watch = Watch::new(self.bounds);
        let mut router = crate::routes::router(app.clone());
        let exposition = crate::exposition::router(app.clone(), Arc::clone(&watch));
        if let Some(listener) = self.metrics {
            let watch = Watch::new(Bounds { connections: SCRAPERS, ..Bounds::default() });
            let server = Server { router: exposition, watch, proxies: Arc::default() };
            tasks.spawn(server.run(listener, app.stop.subscribe()));
        } else if is_for_this_machine {
            router = router.merge(exposition);
        }
        router = router.layer(axum::middleware::from_fn_with_state(Arc::new(journal), crate::journal::noted));
        let (stop, stopped) = (app.stop.clone(), app.stop.subscribe());
        let server = tokio::spawn(async move {
            Server { router, watch, proxies }.run(listener, stopped).await;
            while tasks.join_next().await.is_some() {}
            drop(app);
        });
        Ok(Running { address, stop, server })
    }
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it is reached from this machine, like `http://127.0.0.1:8787`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", reachable(self.address))
    }

    /// Takes no more requests, finishes those under way, and ends.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if let Err(error) = (&mut self.server).await {
            tracing::error!(%error, "the server did not end well");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// An address that listens everywhere is reached at this machine's own.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() { SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())) } else { address }
}

async fn reconcile(app: App) {
    let mut stop = app.stop.subscribe();
    loop {
        match app.payments.reconcile(&app.ledgers).await {
            Ok(0) => {}
            Ok(settled) => tracing::info!(settled, "payments were found that nobody had told of"),
            Err(error) => tracing::warn!(problem = %error.0.detail, "payments could not be looked through"),
        }
        tokio::select! {
            () = tokio::time::sleep(RECONCILE_EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}
