//! A credit service within this process whose workspaces are in the situations that people meet, on a clock that stands
//! still. The window is to be opened with `--at` [`AT`], so that both go by the same time.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use cache::Desk;
use clock::Clock;
use metering::{Terms, Timestamp};
use service::store::{Access, Durability, Store, Workspace};
use service::{Config, Role, Running, Service, Token, catalogues};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::harness::{Home, web};
use crate::history::History;
use crate::hostile;

/// A working afternoon in the last third of a month.
pub(crate) const AT: &str = "2026-11-19T14:02:00Z";

/// A workspace: its id, its name, its catalogue, its billing zone, and what the window's token may do there.
pub(crate) struct Situation {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    catalogue: &'static str,
    zone: &'static str,
    role: Role,
}

/// On a catalogue that this makes itself.
const OWN: &str = "own";

const fn situation(
    id: &'static str,
    name: &'static str,
    catalogue: &'static str,
    zone: &'static str,
    role: Role,
) -> Situation {
    Situation { id, name, catalogue, zone, role }
}

/// All of them.
pub(crate) const ALL: [Situation; 8] = [
    situation("trial", "Trial Bakery", "a", "Europe/Berlin", Role::Owner),
    situation("none", "No Plan Ltd", "a", "UTC", Role::Owner),
    situation("solo", "Solo Studio", "b", "Europe/Warsaw", Role::Owner),
    situation("fresh", "Fresh Start", "b", "UTC", Role::Admin),
    situation("member", "Member View", "b", "Europe/London", Role::Member),
    situation("low", "Running Low", "b", "UTC", Role::Owner),
    situation("used-up", "Used Up", "a", "UTC", Role::Owner),
    situation("hostile", hostile::NAME, OWN, "America/St_Johns", Role::Owner),
];

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The running service.
pub(crate) struct Situations {
    folder: TempDir,
    clock: Clock,
    /// The window's.
    pub(crate) token: String,
    address: SocketAddr,
    running: Option<Running>,
}

impl Situations {
    /// Makes all workspaces with the history of a month and a half, up to [`AT`].
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(History::start());
        std::fs::write(folder.path().join("own.toml"), hostile::catalogue()).unwrap();
        let store = Store::open(&folder.path().join("credits.db"), Durability::Full).unwrap();
        let of = |name: &str| match name {
            OWN => catalogues::find(folder.path().join("own.toml").to_str().unwrap()).unwrap(),
            shipped => catalogues::find(shipped).unwrap(),
        };
        for Situation { id, name, catalogue, zone, .. } in ALL {
            let terms = Terms::new(Arc::new(of(catalogue)), zone.parse().unwrap());
            let workspace = Workspace { id: id.into(), name: name.into(), terms };
            store.create_workspace(&workspace, clock.now()).unwrap();
        }
        let issue = |role: fn(&Situation) -> Role| {
            let accesses: Vec<Access> =
                ALL.iter().map(|one| Access { workspace: one.id.into(), role: role(one) }).collect();
            Token::issue(&store, &accesses, "test", None, clock.now()).unwrap().text().to_owned()
        };
        let (owner, token) = (issue(|_| Role::Owner), issue(|one| one.role));
        drop(store);
        let mut made = Self { folder, clock, token, address: "127.0.0.1:0".parse().unwrap(), running: None };
        made.start().await;
        History::new(web(), made.url(), owner, made.clock.clone()).make().await;
        made.clock.set(at(AT));
        made
    }

    /// Serves, at the address that it had before if it had one.
    pub(crate) async fn start(&mut self) {
        let config =
            Config { database: self.database().into(), clock: self.clock.clone(), public_url: None, webhooks: None };
        let service = Service::open(config).await.unwrap();
        let running = service.serve(TcpListener::bind(self.address).await.unwrap()).await.unwrap();
        self.address = running.address();
        self.running = Some(running);
    }

    /// Goes away: whoever was connected is offline.
    pub(crate) async fn stop(&mut self) {
        self.running.take().unwrap().shutdown().await;
    }

    /// Connects a window that has not been opened yet to every workspace.
    pub(crate) fn connect(&self, home: &Home) {
        let desk = Desk::open(home.data().join("desk.db")).unwrap();
        for Situation { id, .. } in ALL {
            desk.connect(&self.url(), id, Some(&self.token)).unwrap();
        }
    }

    /// Gives the last entry of a workspace another hash, as whoever has the database in hand could. It must not run.
    pub(crate) fn rewrite_the_last_entry(&self, workspace: &str) {
        let db = rusqlite::Connection::open(self.database()).unwrap();
        let guards = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'entries'";
        let guards: Vec<String> =
            db.prepare(guards).unwrap().query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
        guards.iter().for_each(|guard| db.execute_batch(&format!("DROP TRIGGER {guard}")).unwrap());
        let rewrite = "UPDATE entries SET hash = randomblob(32) WHERE workspace_id = ?1 AND \
                       seq = (SELECT max(seq) FROM entries WHERE workspace_id = ?1)";
        assert_eq!(db.execute(rewrite, [workspace]).unwrap(), 1);
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("credits.db")
    }
}
