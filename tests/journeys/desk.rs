//! The app on a folder, with a browser that only notes what it is asked to open.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::view::{ConnectRequest, Overview, Purchase, SyncState};
use app::{App, Event, Places, System};
use clock::Clock;
use tokio::time::{Instant, timeout_at};

use crate::world::{WORKSPACE, World};

/// How long anything may take before a test gives up. Generous: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open app, seen through the workspace that it was connected to.
pub(crate) struct Desk {
    pub(crate) app: Arc<App>,
    /// The workspace's key in the app.
    pub(crate) key: String,
    opened: Arc<Mutex<Vec<String>>>,
}

/// Opens an app on a folder. What it opens in the browser is noted in `opened`.
pub(crate) async fn open(folder: &Path, clock: &Clock, opened: &Arc<Mutex<Vec<String>>>) -> Arc<App> {
    let notes = Arc::clone(opened);
    let browser = Box::new(move |url: &str| {
        notes.lock().unwrap().push(url.to_owned());
        Ok(())
    });
    let system = System { browser, folder: Box::new(|_| Ok(())) };
    App::open(places(folder), clock.clone(), system).await.unwrap()
}

/// Where an app on a folder keeps things.
pub(crate) fn places(folder: &Path) -> Places {
    Places { data: folder.to_owned(), downloads: folder.join("downloads") }
}

/// The wish to connect to the world's workspace.
pub(crate) fn wish(world: &World) -> ConnectRequest {
    ConnectRequest { url: world.url(), workspace: WORKSPACE.into(), token: world.token.clone() }
}

/// Waits until `look` finds something, looking again at each event, and gives it.
pub(crate) async fn until<T>(app: &App, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let mut events = app.events();
    let deadline = Instant::now() + PATIENCE;
    let mut last: Option<Event> = None;
    loop {
        if let Some(found) = look() {
            return found;
        }
        match timeout_at(deadline, events.next()).await {
            Ok(Some(event)) => last = Some(event),
            Ok(None) => panic!("the app is gone, and never {what}"),
            Err(_) => panic!("waited in vain: {what}; the last event was {last:?}"),
        }
    }
}

impl Desk {
    /// An app that is connected to the world's workspace, and live.
    pub(crate) async fn new(world: &World) -> Self {
        let opened = Arc::default();
        let app = open(world.folder.path(), &world.clock, &opened).await;
        let key = app.connect(&wish(world)).await.unwrap().key;
        let desk = Self { app, key, opened };
        desk.live().await;
        desk
    }

    /// Where the world's app keeps things.
    pub(crate) fn places(world: &World) -> Places {
        places(world.folder.path())
    }

    /// Closes the app and opens it again on the same file.
    pub(crate) async fn reopened(self, world: &World) -> Self {
        let Self { app, key, opened } = self;
        drop(app);
        let app = open(world.folder.path(), &world.clock, &opened).await;
        Self { app, key, opened }
    }

    /// The same app, seen through another workspace.
    pub(crate) fn at(self, key: String) -> Self {
        Self { key, ..self }
    }

    pub(crate) async fn live(&self) {
        until(&self.app, "live", || {
            let status = self.app.sync_status(&self.key).unwrap();
            (status.state == SyncState::Live && status.as_of.is_some()).then_some(())
        })
        .await;
    }

    pub(crate) fn overview(&self) -> Overview {
        self.app.overview(&self.key).unwrap()
    }

    pub(crate) fn available(&self) -> u64 {
        self.overview().position.available
    }

    /// Waits until the app has so many entries, and gives the overview then.
    pub(crate) async fn at_entry(&self, seq: u64) -> Overview {
        until(&self.app, &format!("entry {seq}"), || {
            let overview = self.app.overview(&self.key).ok()?;
            (overview.latest.first().map_or(0, |entry| entry.seq) >= seq).then_some(overview)
        })
        .await
    }

    /// Waits until the app has what the service has.
    pub(crate) async fn caught_up(&self, world: &World) -> Overview {
        self.at_entry(world.balance().await["seq"].as_u64().unwrap()).await
    }

    /// The addresses that were opened in the browser.
    pub(crate) fn opened(&self) -> Vec<String> {
        self.opened.lock().unwrap().clone()
    }

    pub(crate) fn purchases(&self) -> Vec<Purchase> {
        self.app.top_up(&self.key).unwrap().purchases
    }

    /// Waits until a purchase is as wanted, and gives it.
    pub(crate) async fn purchase(&self, id: &str, wanted: impl Fn(&Purchase) -> bool) -> Purchase {
        until(&self.app, &format!("purchase {id} is as wanted"), || {
            let purchases = self.app.top_up(&self.key).ok()?.purchases;
            purchases.into_iter().find(|purchase| purchase.id == id && wanted(purchase))
        })
        .await
    }
}
