//! Pictures of the real window: every room in every situation, light and dark, wide and narrow, on a clock that stands
//! still.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "it drives the window with what the window's tests are driven with, and may fail as they do"
)]

mod album;
mod harness;
mod history;
mod hostile;
mod keys;
mod situations;
mod walk;

use std::path::PathBuf;

use album::{Album, SIZES};
use harness::{Home, Window};
use situations::{AT, Situations};

/// A place to picture: what the picture is called, and its address.
type Place = (&'static str, &'static str);

const LOOKS: [&str; 2] = ["light", "dark"];
const ALL: [Place; 7] = [
    ("overview", "overview"),
    ("usage", "usage"),
    ("usage-compared", "usage?compare=1&shape=bars&by=feature"),
    ("usage-hours", "usage?range=7d&step=hour&by=member"),
    ("ledger", "ledger"),
    ("topup", "topup"),
    ("settings", "settings"),
];
const SOME: [Place; 4] = [("overview", "overview"), ("usage", "usage"), ("ledger", "ledger"), ("topup", "topup")];

/// Takes a picture in both looks and sizes.
struct Shots {
    album: Album,
}

impl Shots {
    async fn places(&self, state: &str, places: &[Place]) {
        for look in LOOKS {
            self.album.window.look(look).await;
            for size in SIZES {
                self.album.size(size).await;
                for (name, address) in places {
                    self.album.show(address).await;
                    self.take(&format!("{state}-{name}"), look, size.0).await;
                }
            }
        }
    }

    /// Takes what opens at a press in a room, and closes it again.
    async fn opened(&self, name: &str, room: &str, keys: &[&str], opens: &str) {
        for look in LOOKS {
            self.album.window.look(look).await;
            for size in SIZES {
                self.album.size(size).await;
                self.album.show(room).await;
                for press in keys {
                    match press.strip_prefix("click ") {
                        Some(selector) => self.album.window.click(selector).await,
                        None => self.album.window.press(press).await,
                    }
                }
                self.album.window.wait_for(opens).await;
                self.take(name, look, size.0).await;
                self.album.window.press("Escape").await;
            }
        }
    }

    /// Takes the newest entry of the ledger, opened.
    async fn entry(&self, state: &str) {
        for look in LOOKS {
            self.album.window.look(look).await;
            for size in SIZES {
                self.album.size(size).await;
                self.album.show("ledger").await;
                self.album.window.open_newest().await;
                self.take(&format!("{state}-entry"), look, size.0).await;
                self.album.window.click("[data-testid=entry-close]").await;
            }
        }
    }

    async fn take(&self, name: &str, look: &str, size: &str) {
        println!("{}", self.album.picture(&format!("{name}-{look}-{size}")).await.display());
    }

    /// Chooses a workspace where there is room to read its name.
    async fn choose(&self, name: &str) {
        self.album.size(SIZES[0]).await;
        self.album.window.choose(name).await;
        self.album.window.wait_for("[data-testid=sync][data-state=live], [data-testid=incident]").await;
    }

    /// The app, closed and opened again, and what is done meanwhile.
    async fn again(self, home: &Home, meanwhile: impl FnOnce()) -> Self {
        let Album { window, folder } = self.album;
        drop(window);
        meanwhile();
        // It is of the app before, which had no time to take it away.
        let _absent = std::fs::remove_file(home.data().join("sample.json"));
        let window = Window::start_to_picture(home, &["--at", AT]).await;
        window.wait_for("html[data-painted=true]").await;
        Self { album: Album::new(window, folder) }
    }
}

/// Copies the sample's database, which nobody has open.
fn copied(home: &Home, from: &str, to: &str) {
    for suffix in ["", "-wal", "-shm"] {
        let path = |name: &str| home.data().join(format!("{name}{suffix}"));
        if path(from).exists() {
            std::fs::copy(path(from), path(to)).expect("it can be copied");
        } else {
            let _absent = std::fs::remove_file(path(to));
        }
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("usage: shots FOLDER"));
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let home = Home::new();
    let mut situations = Situations::new().await;
    situations.connect(&home);
    let window = Window::start_to_picture(&home, &["--at", AT]).await;
    window.wait_for("html[data-painted=true]").await;
    let shots = Shots { album: Album::new(window, folder) };
    shots.choose("Northwind Support").await;
    shots.places("northwind", &ALL).await;
    shots.entry("northwind").await;
    shots.opened("verified", "overview", &["click [data-testid=sync]"], "[data-testid=sync-panel]").await;
    shots.opened("palette", "overview", &["Ctrl+k"], "[data-testid=palette]").await;
    shots.opened("shortcuts", "overview", &["?"], "[data-testid=shortcuts]").await;
    shots
        .opened("control", "usage", &["click [data-testid=control-summary]", "Space"], "[data-testid=outcome] b")
        .await;
    shots.choose("Harbour Dental").await;
    shots.places("harbour", &SOME).await;
    for situation in situations::ALL {
        shots.choose(situation.name).await;
        shots.places(situation.id, &SOME).await;
    }
    shots.entry("hostile").await;
    situations.stop().await;
    shots.album.window.wait_for("[data-testid=sync][data-state=offline]").await;
    shots.places("offline", &SOME).await;
    with_the_sample(shots, &home).await;
}

/// What only the sample can be brought to.
async fn with_the_sample(shots: Shots, home: &Home) {
    shots.choose("Northwind Support").await;
    let shots = shots.again(home, || copied(home, "sample.db", "kept.db")).await;
    let sample = home.sample().await;
    let available = shots.album.window.available().await;
    let size = 450;
    sample.report("northwind", "to-low", "summary", available.saturating_sub(size)).await;
    shots.album.window.wait_for_available(available.min(size)).await;
    shots.places("northwind-low", &SOME[..1]).await;
    shots.album.show("overview").await;
    sample.report("northwind", "to-nothing", "summary", available.min(size)).await;
    shots.album.window.wait_for_available(0).await;
    shots.places("paused", &[SOME[0], SOME[3]]).await;

    // Somebody takes back what was recorded.
    let shots = shots.again(home, || copied(home, "kept.db", "sample.db")).await;
    shots.album.window.wait_for("[data-testid=incident]").await;
    shots.places("incident", &SOME[..1]).await;
    shots.opened("incident-report", "overview", &["click [data-testid=incident] button"], "dialog[open] pre").await;
}
