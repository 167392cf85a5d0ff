//! Pictures of the window that come out the same every time.
#![allow(dead_code, reason = "the album and the comparison each take their own part")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use crate::harness::Window;

/// Sizes of the window: as it opens for the first time, and as small as it gets.
pub(crate) const SIZES: [(&str, u32, u32); 2] = [("wide", 1180, 760), ("narrow", 720, 560)];

/// Nothing fades in or out, no bar comes and goes with scrolling, no caret blinks.
const STILL: &str = "*, *::before, *::after { transition: none !important; animation: none !important; \
                     caret-color: transparent !important; scrollbar-width: none !important } \
                     ::-webkit-scrollbar { display: none !important }";

/// How often a picture is taken again that the display's own pointer is in.
const TRIES: usize = 5;

/// A window that is pictured, and where the pictures go.
pub(crate) struct Album {
    pub(crate) window: Window,
    pub(crate) folder: PathBuf,
}

impl Album {
    pub(crate) const fn new(window: Window, folder: PathBuf) -> Self {
        Self { window, folder }
    }

    /// Shows a place by its address: a room, or what of it is asked for.
    pub(crate) async fn show(&self, address: &str) {
        let room = address.split('?').next().unwrap();
        // A room that is open goes back to its top when another has been.
        self.window.run(&format!("location.hash = {}", json!(format!("#/{address}")))).await;
        self.window.wait_for_room(room).await;
    }

    pub(crate) async fn size(&self, (_, width, height): (&str, u32, u32)) {
        self.window.driver.set_window_rect(0, 0, width, height).await.expect("the window takes a size");
        self.window.wait_until("return [innerWidth, innerHeight]", |size| *size == json!([width, height])).await;
    }

    /// Takes a picture of what is shown, once nothing moves any more, and gives its file.
    pub(crate) async fn picture(&self, name: &str) -> PathBuf {
        let path = self.folder.join(format!("{name}.png"));
        for _ in 0..TRIES {
            self.still().await;
            self.window.picture(&path).await;
            // The display has a pointer of its own, over the middle of the window, and now and then says so.
            let is_away = "return document.elementFromPoint(1, 1).matches(':hover')";
            if self.window.run(is_away).await == json!(true) {
                return path;
            }
        }
        panic!("{name}: the display's pointer keeps coming back");
    }

    async fn still(&self) {
        let still = format!(
            "if (!window.__still) {{ window.__still = new CSSStyleSheet(); window.__still.replaceSync({}); \
             document.adoptedStyleSheets = [...document.adoptedStyleSheets, window.__still]; }}",
            json!(STILL)
        );
        self.window.run(&still).await;
        // The pointer is where nothing answers to it. A click moves it behind the driver's back, which takes it to be where
        // it was moved last: only another place makes it move.
        let away = self.window.driver.action_chain_with_delay(Some(Duration::ZERO), Some(Duration::ZERO));
        away.move_to(2, 2).move_to(1, 1).perform().await.expect("the pointer goes there");
        self.window.wait_for_rest().await;
        // Nothing in the page has changed for a while.
        let quiet = "let timer; \
                     const rest = () => { clearTimeout(timer); timer = setTimeout(() => { watch.disconnect(); done(true); }, 120); }; \
                     const watch = new MutationObserver(rest); \
                     watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true }); \
                     document.fonts.ready.then(rest)";
        self.window.run_later(quiet).await;
        // A service's port and token differ with every start, and the folder; nothing else on screen does.
        let steady = "const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); \
                      for (let text; text = texts.nextNode(); ) { \
                          const steady = text.data.replace(/127\\.0\\.0\\.1:\\d+/g, '127.0.0.1:40000')\
                              .replace(/Bearer [0-9a-f]+/g, 'Bearer 0123456789abcdef0123456789abcdef')\
                              .replace(/\\/tmp\\/\\.tmp\\w+/g, '/home/you'); \
                          if (steady !== text.data) text.data = steady; \
                      }";
        self.window.run(steady).await;
        self.window.settle().await;
    }
}

/// A dot that nobody can see and that is drawn again and again: the colour it has not is another one each time.
const DOT: &str = "const dot = document.createElement('i'); \
                   dot.style.cssText = 'position: fixed; inset: 0 auto auto 0; width: 1px; height: 1px'; \
                   document.documentElement.append(dot); \
                   let turn = 0; \
                   const timer = setInterval(() => { dot.style.backgroundColor = `rgb(${turn = 1 - turn} 0 0 / 0)`; }, 20); \
                   window.__noDot = () => { clearInterval(timer); dot.remove(); }";

impl Window {
    /// Takes a picture of the page as it is. The driver waits until the page is drawn once more; where the processor draws
    /// it, that is when something changes.
    pub(crate) async fn picture(&self, path: &Path) {
        self.run(DOT).await;
        let taken = self.driver.screenshot(path).await;
        self.run("window.__noDot()").await;
        taken.expect("the picture is written");
    }
}
