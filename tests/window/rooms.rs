//! Every room in every situation, light and dark: nothing that axe finds, nothing that runs, nothing beside the window.

use std::process::Command;

use serde_json::json;

use crate::harness::{Home, Window};
use crate::situations::{AT, Situations};
use crate::walk::ROOMS;

/// The beginning of the name that somebody chose to break a window with.
const HOSTILE: &str = "<script>alert(1)</script>";

/// What is wrong, and where. It is gathered, so that all of it is known at once.
struct Walk<'a> {
    window: &'a Window,
    wrong: Vec<String>,
}

impl<'a> Walk<'a> {
    const fn new(window: &'a Window) -> Self {
        Self { window, wrong: Vec::new() }
    }

    /// Goes through every room of a workspace, and through its newest entry.
    async fn every_room(&mut self, situation: &str) {
        for look in ["light", "dark"] {
            self.window.look(look).await;
            for room in ROOMS {
                self.window.go(room).await;
                self.check(&format!("{situation}, {room}, {look}")).await;
                if room == "ledger" && self.window.open_newest().await {
                    self.check(&format!("{situation}, entry, {look}")).await;
                    self.window.click("[data-testid=entry-close]").await;
                }
            }
        }
    }

    async fn check(&mut self, place: &str) {
        self.note(place, self.window.inaccessible().await);
        self.note(place, self.window.running().await);
        self.note(place, self.window.covered().await);
        self.note(place, self.window.wider_than_the_window().await);
    }

    /// Goes through the rooms in the smallest window, and in one half as large as usual: so much room is left when the
    /// page is enlarged twice.
    async fn in_little_room(&mut self, situations: &[&str]) {
        for (width, height) in [(720, 560), (590, 380)] {
            resize(self.window, width, height).await;
            for situation in situations {
                self.window.choose(situation).await;
                for room in ROOMS {
                    self.window.go(room).await;
                    let place = format!("{situation}, {room}, {width} × {height}");
                    self.note(&place, self.window.wider_than_the_window().await);
                    if room == "ledger" && self.window.open_newest().await {
                        self.note(&format!("{place}, entry"), self.window.wider_than_the_window().await);
                        self.window.click("[data-testid=entry-close]").await;
                    }
                }
            }
        }
    }

    fn note(&mut self, place: &str, found: Vec<String>) {
        self.wrong.extend(found.into_iter().map(|what| format!("{place}: {what}")));
    }

    fn end(self) {
        assert!(self.wrong.is_empty(), "{} are wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
    }
}

/// Gives the window a size, which may be less than a person can give it.
async fn resize(window: &Window, width: u32, height: u32) {
    window.driver.set_window_rect(0, 0, width, height).await.unwrap();
    if (width, height) < (720, 560) {
        let size = format!("search --onlyvisible --name Creditdeck$ windowsize {width} {height}");
        let status = Command::new("xdotool").args(size.split(' ')).status();
        assert!(status.expect("xdotool is installed by script/bootstrap test").success());
    }
    window.wait_until("return [innerWidth, innerHeight]", |size| *size == json!([width, height])).await;
    window.settle().await;
}

/// Opens a window that has every situation beside the samples.
async fn opened(situations: &Situations) -> (Home, Window) {
    let home = Home::new();
    situations.connect(&home);
    let window = Window::start(&home, &["--at", AT]).await;
    window.watch().await;
    window.wait_for("html[data-painted=true]").await;
    (home, window)
}

#[tokio::test]
async fn the_samples_are_right_in_every_room() {
    let home = Home::new();
    let window = Window::start(&home, &["--at", AT]).await;
    window.watch().await;
    window.wait_for("html[data-painted=true]").await;
    let mut walk = Walk::new(&window);
    for sample in ["Northwind Support", "Harbour Dental"] {
        window.choose(sample).await;
        walk.every_room(sample).await;
    }
    walk.in_little_room(&["Northwind Support"]).await;
    walk.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_little_or_nothing_is_right_in_every_room() {
    let situations = Situations::new().await;
    let (_home, window) = opened(&situations).await;
    let mut walk = Walk::new(&window);
    for situation in ["Trial Bakery", "No Plan Ltd", "Solo Studio", "Fresh Start", "Used Up"] {
        window.choose(situation).await;
        walk.every_room(situation).await;
    }
    walk.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_much_is_right_in_every_room() {
    let situations = Situations::new().await;
    let (_home, window) = opened(&situations).await;
    let mut walk = Walk::new(&window);
    for situation in ["Member View", "Running Low", HOSTILE] {
        window.choose(situation).await;
        walk.every_room(situation).await;
    }
    walk.in_little_room(&["Trial Bakery", "Solo Studio", HOSTILE]).await;
    walk.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_out_of_reach_or_broken_is_right_in_every_room() {
    let mut situations = Situations::new().await;
    let (_home, window) = opened(&situations).await;
    window.choose("Trial Bakery").await;
    let state = "return document.querySelector('[data-testid=sync]')?.dataset.state ?? null";
    window.wait_until(state, |state| *state == json!("live")).await;
    situations.stop().await;
    window.wait_until(state, |state| *state == json!("offline")).await;
    let mut walk = Walk::new(&window);
    walk.every_room("offline").await;

    situations.rewrite_the_last_entry("trial");
    situations.start().await;
    window.wait_until(state, |state| *state == json!("broken")).await;
    window.wait_for("[data-testid=incident]").await;
    walk.every_room("incident").await;
    walk.end();
}
