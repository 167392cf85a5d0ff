//! The use cases that the window calls: what it shows, and what a person can do. Nothing here knows Tauri, and nothing
//! here knows the credit service but its address.

mod connect;
mod controls;
mod data;
mod error;
mod events;
mod export;
mod forecast;
mod jobs;
mod ledger_room;
mod live;
mod opening;
mod outlook;
mod overview;
mod picture;
mod places;
mod position;
mod purchase;
mod ranges;
mod rows;
mod sample;
mod save_picture;
mod top_up;
mod usage;
pub mod view;
mod why;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use cache::{CacheError, Connection, Desk, LedgerReader, WorkspaceKey};
use clock::Clock;
use metering::{Account, Timestamp};
use tokio::sync::broadcast;

pub use error::AppError;
pub use events::{Changed, Event, Events};
pub use places::Places;

use live::Live;
use view::{
    Chart, JobKind, Look, Overview, Settings, Size, SyncStatus, TopUpView, UsageQuery, UsageView, WorkspaceSummary,
};

/// Hands an address or a path to the system; the error is the technical part of why it could not.
pub type Opener = Box<dyn Fn(&str) -> Result<(), String> + Send + Sync>;

/// What only the system can do.
pub struct System {
    /// Opens an address in the browser.
    pub browser: Opener,
    /// Shows a file in the file manager.
    pub folder: Opener,
}

/// Where the settings are kept in the cache.
const SETTINGS: &str = "settings";

/// The app without its window.
pub struct App {
    desk: Desk,
    /// What happened to it when it was opened.
    notice: Option<view::Notice>,
    places: Places,
    clock: Clock,
    system: System,
    live: RwLock<BTreeMap<WorkspaceKey, Live>>,
    events: broadcast::Sender<Event>,
    /// The purchases that are being followed, each by one task.
    followed: Mutex<BTreeSet<(WorkspaceKey, String)>>,
    /// Where the sample's service answers, once the shell has said so.
    sample_url: Mutex<Option<String>>,
    /// What takes long and runs now, with what stops it.
    jobs: Mutex<BTreeMap<(WorkspaceKey, JobKind), Arc<AtomicBool>>>,
}

impl App {
    /// Opens what is kept on disk and gets in touch with the service of every connected workspace but the samples, whose
    /// service has another address at each start. Runs on the caller's tokio runtime.
    ///
    /// # Errors
    /// The file with the connections cannot be made or read. One that is damaged, foreign or of a newer version is set
    /// aside, and each workspace's status says so.
    #[allow(clippy::unused_async, reason = "it starts tasks, and so needs a runtime around it")]
    pub async fn open(places: Places, clock: Clock, system: System) -> Result<Arc<Self>, AppError> {
        let (desk, notice) = places.open_desk().map_err(storage)?;
        let (events, _) = broadcast::channel(256);
        let app = Arc::new(Self {
            desk,
            notice,
            places,
            clock,
            system,
            live: RwLock::default(),
            events,
            followed: Mutex::default(),
            sample_url: Mutex::default(),
            jobs: Mutex::default(),
        });
        for connection in app.desk.connections().map_err(storage)? {
            if !sample::is_sample(&connection) {
                let url = connection.url.clone();
                app.start(&connection, &url);
            }
        }
        Ok(app)
    }

    /// What changes from now on.
    pub fn events(&self) -> Events {
        Events::new(self.events.subscribe())
    }

    /// The workspaces for the switcher, the samples first.
    ///
    /// # Errors
    /// A cache that cannot be read.
    pub fn workspaces(&self) -> Result<Vec<WorkspaceSummary>, AppError> {
        let mut connections = self.desk.connections().map_err(storage)?;
        connections.sort_by_key(|connection| (!sample::is_sample(connection), connection.workspace));
        connections.iter().map(|connection| self.summary(connection)).collect()
    }

    /// The Overview room without its chart.
    ///
    /// # Errors
    /// `unknown_workspace`, `not_synced` before the first sync, or a cache that cannot be read.
    pub fn overview(&self, workspace: &str) -> Result<Overview, AppError> {
        let connection = self.connection(workspace)?;
        let summary = self.summary(&connection)?;
        let may_buy = manages(&summary.role);
        self.with_ledger(connection.workspace, |account, ledger, now| {
            overview::overview(ledger, account, summary, may_buy, now)
        })
    }

    /// What was left through the running period, and what may be left at its end; none without a period.
    ///
    /// # Errors
    /// As [`App::overview`], or a theme that is not one.
    pub fn burn_down(&self, workspace: &str, look: &Look) -> Result<Option<Chart>, AppError> {
        let key = self.connection(workspace)?.workspace;
        self.with_ledger(key, |account, ledger, now| overview::burn_down(ledger, account, look, now))
    }

    /// The Usage room, its chart as large as the look says and its heat map as large as `heat`.
    ///
    /// # Errors
    /// As [`App::overview`], a range that does not exist, or a theme that is not one.
    pub fn usage(&self, workspace: &str, query: &UsageQuery, look: &Look, heat: Size) -> Result<UsageView, AppError> {
        let connection = self.connection(workspace)?;
        let summary = self.summary(&connection)?;
        let key = connection.workspace;
        self.with_ledger(key, |account, ledger, now| usage::usage(ledger, account, summary, query, look, heat, now))
    }

    /// The Top up room.
    ///
    /// # Errors
    /// As [`App::overview`].
    pub fn top_up(&self, workspace: &str) -> Result<TopUpView, AppError> {
        let connection = self.connection(workspace)?;
        let summary = self.summary(&connection)?;
        let key = connection.workspace;
        let intents = self.desk.purchases(key).map_err(storage)?;
        self.with_ledger(key, |account, ledger, now| top_up::top_up(ledger, intents, account, summary, now))
    }

    /// How fresh a workspace's data is.
    ///
    /// # Errors
    /// `unknown_workspace`, or a cache that cannot be read.
    pub fn sync_status(&self, workspace: &str) -> Result<SyncStatus, AppError> {
        let connection = self.connection(workspace)?;
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        Ok(self.with_notice(live.get(&connection.workspace).map_or_else(
            || live::not_started(connection.workspace),
            |live| live::status(connection.workspace, &live.status()),
        )))
    }

    /// With what happened to the desk, which no workspace has for itself.
    fn with_notice(&self, mut status: SyncStatus) -> SyncStatus {
        status.notices.splice(0..0, self.notice.clone());
        status
    }

    /// What the app remembers of how a person wants it.
    ///
    /// # Errors
    /// A cache that cannot be read.
    pub fn settings(&self) -> Result<Settings, AppError> {
        let kept = self.desk.setting(SETTINGS).map_err(storage)?;
        // Settings of another version that cannot be read are as good as none.
        Ok(kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// Remembers how a person wants it.
    ///
    /// # Errors
    /// A cache that cannot be written.
    pub fn save_settings(&self, settings: &Settings) -> Result<(), AppError> {
        let text = serde_json::to_string(settings).map_err(|error| {
            AppError::new("internal", "The settings could not be written.", "Try again.").detail(error)
        })?;
        self.desk.set_setting(SETTINGS, Some(&text)).map_err(storage)
    }

    /// The connection of a workspace that the window names.
    fn connection(&self, workspace: &str) -> Result<Connection, AppError> {
        let unknown = || {
            AppError::new("unknown_workspace", "This workspace is not in the app any more.", "Choose another one.")
                .detail(workspace)
        };
        let key = workspace.parse().map(WorkspaceKey::from_number).map_err(|_| unknown())?;
        self.desk.connection(key).map_err(storage)?.ok_or_else(unknown)
    }

    /// Asks something of a workspace's account and its ledger at this instant.
    fn with_ledger<T>(
        &self,
        key: WorkspaceKey,
        ask: impl FnOnce(&Account, &LedgerReader, Timestamp) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let (handle, status) = {
            let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
            let live = live.get(&key).ok_or_else(not_synced)?;
            let status = live.status();
            // In the middle of a first sync the account is that of a day long past: no answer is better than that one.
            if status.as_of.is_none() {
                return Err(live::status(key, &status).error.unwrap_or_else(not_synced));
            }
            (live.handle().ok_or_else(not_synced)?, status)
        };
        let ledger = handle.reader().ok_or_else(not_synced)?;
        // By the service's clock: this computer's may be wrong by days.
        let now = self.clock.now().plus_millis(status.skew_ms);
        let answer = handle.with_account(|account| ask(account, &ledger, now)).ok_or_else(not_synced)?;
        if let Err(error) = &answer
            && error.code == UNUSABLE
        {
            // Reading showed it: it is set aside and fetched anew.
            handle.rebuild(error.detail.as_deref().unwrap_or_default());
        }
        answer
    }

    /// How a workspace stands; none if nothing follows it.
    fn status(&self, key: WorkspaceKey) -> Option<sync::Status> {
        self.live.read().unwrap_or_else(PoisonError::into_inner).get(&key).map(Live::status)
    }

    fn summary(&self, connection: &Connection) -> Result<WorkspaceSummary, AppError> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        let meta = live.get(&connection.workspace).and_then(Live::handle).and_then(|handle| handle.meta());
        drop(live);
        Ok(self.summary_of(connection, meta))
    }

    fn summary_of(&self, connection: &Connection, meta: Option<sync::WorkspaceMeta>) -> WorkspaceSummary {
        let meta = meta.unwrap_or_default();
        let key = connection.workspace;
        let named = |text: &str| if text.is_empty() { connection.workspace_id.clone() } else { text.to_owned() };
        let read = self.with_ledger(key, |account, _, now| {
            Ok((live::plan_name(account, now), account.catalogue(now).packs_name.clone()))
        });
        let known = read.is_ok();
        let (plan, top_up_word) = read.unwrap_or((None, "Top-ups".to_owned()));
        WorkspaceSummary {
            key: key.to_string(),
            id: connection.workspace_id.clone(),
            name: named(&meta.name),
            provider: meta.provider,
            plan,
            known,
            time_zone: if meta.time_zone.is_empty() { "UTC".to_owned() } else { meta.time_zone },
            sample: sample::is_sample(connection),
            role: meta.role,
            currency: meta.currency,
            top_up_word,
        }
    }

    /// Tells whoever listens; nobody may.
    fn tell(&self, event: Event) {
        let _nobody = self.events.send(event);
    }
}

/// The code of a local file that cannot be used.
const UNUSABLE: &str = "cache_unusable";

/// Whether a role buys packs and changes plans.
fn manages(role: &str) -> bool {
    matches!(role, "owner" | "admin")
}

fn not_synced() -> AppError {
    AppError::new(
        "not_synced",
        "This workspace is being read for the first time.",
        "It appears by itself once its ledger has arrived.",
    )
}

/// What a person is told when the cache cannot be read or written.
#[allow(clippy::needless_pass_by_value, reason = "it is called where errors are mapped")]
fn storage(error: CacheError) -> AppError {
    let told = match &error {
        CacheError::Unusable { path, .. } => AppError::new(
            UNUSABLE,
            "The local copy of the ledger cannot be used. Nothing is lost at the service.",
            format!("It is set aside and fetched anew. If that does not help, move {} away.", path.display()),
        ),
        CacheError::DiskFull => AppError::new(
            "disk_full",
            "The disk is full, so nothing could be stored.",
            "Free some space and try again.",
        ),
        CacheError::Busy => AppError::new(
            "cache_busy",
            "Another program keeps the local ledger locked.",
            "Close the other program and try again.",
        ),
        _ => AppError::new("cache", "The local copy of the ledger could not be read or written.", "Try again."),
    };
    told.detail(error)
}
