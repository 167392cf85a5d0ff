//! Pictures of the real window: every room, light and dark, wide and narrow, on a clock that stands still.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "it drives the window with what the window's tests are driven with, and may fail as they do"
)]

mod harness;

use std::path::PathBuf;

use harness::{Home, Window};
use serde_json::json;

/// When the pictures are taken: a working afternoon in the last third of a month.
const AT: &str = "2026-11-19T14:02:00Z";
const ROOMS: [&str; 4] = ["overview", "usage", "topup", "settings"];
const LOOKS: [&str; 2] = ["light", "dark"];
const SIZES: [(&str, u32, u32); 2] = [("wide", 1180, 760), ("narrow", 720, 560)];

struct Album {
    window: Window,
    folder: PathBuf,
}

impl Album {
    /// Takes every room in both looks and sizes.
    async fn rooms(&self, state: &str, rooms: &[&str]) {
        for look in LOOKS {
            self.look(look).await;
            for size in SIZES {
                let size = self.size(size).await;
                for room in rooms {
                    self.window.click(&format!("[data-testid=nav-{room}]")).await;
                    self.window.wait_for(&format!("[data-testid=room][data-room={room}]")).await;
                    if matches!(*room, "overview" | "usage") {
                        self.window.wait_for("[data-testid=chart] svg").await;
                    }
                    self.picture(&format!("{state}-{room}-{look}-{size}")).await;
                }
            }
        }
    }

    /// Takes what opens at a click in the overview, in both looks and sizes.
    async fn opened(&self, name: &str, click: &str, opens: &str) {
        for look in LOOKS {
            for size in SIZES {
                self.look(look).await;
                let size = self.size(size).await;
                self.window.wait_for(click).await;
                self.window.click(click).await;
                self.window.wait_for(opens).await;
                self.picture(&format!("{name}-{look}-{size}")).await;
            }
        }
    }

    async fn size(&self, (size, width, height): (&'static str, u32, u32)) -> &'static str {
        self.window.driver.set_window_rect(0, 0, width, height).await.expect("the window takes a size");
        size
    }

    async fn picture(&self, name: &str) {
        // The last fetch and the last transition are over.
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        // The sample's port and token differ with every start, and the folder; nothing else on screen does.
        let steady = "const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); \
                      for (let text; text = texts.nextNode(); ) { \
                          const steady = text.data.replace(/127\\.0\\.0\\.1:\\d+/g, '127.0.0.1:40000')\
                              .replace(/Bearer [0-9a-f]+/g, 'Bearer 0123456789abcdef0123456789abcdef')\
                              .replace(/\\/tmp\\/\\.tmp\\w+/g, '/home/you'); \
                          if (steady !== text.data) text.data = steady; \
                      }";
        self.window.run(steady).await;
        let path = self.folder.join(format!("{name}.png"));
        self.window.settle().await;
        self.window.driver.screenshot(&path).await.expect("the picture is written");
        println!("{}", path.display());
    }

    /// Light or dark, as somebody chooses it in the settings.
    async fn look(&self, look: &str) {
        let script = format!(
            "const {{ invoke }} = window.__TAURI_INTERNALS__; \
             invoke('settings').then(kept => invoke('save_settings', {{ settings: {{ ...kept, appearance: {} }} }})) \
             .then(() => done(true))",
            json!(look)
        );
        self.window.run_later(&script).await;
        self.window.run("location.hash = '#/overview'; location.reload()").await;
        self.window.wait_for(&format!("html[data-appearance={look}][data-painted=true]")).await;
    }

    /// The app, closed and opened again, and what is done meanwhile.
    async fn again(self, home: &Home, meanwhile: impl FnOnce()) -> Self {
        let Self { window, folder } = self;
        drop(window);
        meanwhile();
        // It is of the app before, which had no time to take it away.
        let _absent = std::fs::remove_file(home.data().join("sample.json"));
        let window = Window::start(home, &["--at", AT]).await;
        window.wait_for("html[data-painted=true]").await;
        Self { window, folder }
    }

    /// Another workspace.
    async fn choose(&self, name: &str) {
        self.window.choose(name).await;
        // The choice is on disk before the settings are read again.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
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

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("usage: shots FOLDER"));
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let home = Home::new();
    let window = Window::start(&home, &["--at", AT]).await;
    window.wait_for("html[data-painted=true]").await;
    let album = Album { window, folder };
    album.choose("Northwind Support").await;
    album.rooms("northwind", &ROOMS).await;
    album.choose("Harbour Dental").await;
    album.rooms("harbour", &["overview", "usage", "topup"]).await;

    album.choose("Northwind Support").await;
    album.opened("verified", "[data-testid=sync]", "[data-testid=sync-panel]").await;
    album.window.click("[data-testid=nav-overview]").await;
    let album = album.again(&home, || copied(&home, "sample.db", "kept.db")).await;
    let sample = home.sample().await;
    let available = album.window.available().await;
    let size = 450;
    sample.report("northwind", "to-low", "summary", available.saturating_sub(size)).await;
    album.window.wait_for_available(available.min(size)).await;
    album.rooms("low", &["overview"]).await;
    album.window.click("[data-testid=nav-overview]").await;
    sample.report("northwind", "to-nothing", "summary", available.min(size)).await;
    album.window.wait_for_available(0).await;
    album.rooms("paused", &["overview", "topup"]).await;

    // Somebody takes back what was recorded.
    let album = album.again(&home, || copied(&home, "kept.db", "sample.db")).await;
    album.choose("Northwind Support").await;
    album.window.wait_for("[data-testid=incident]").await;
    album.rooms("incident", &["overview"]).await;
    album.opened("incident-report", "[data-testid=incident] button", "dialog[open] pre").await;
}
