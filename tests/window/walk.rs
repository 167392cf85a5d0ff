//! Ways through the window that many tests take.

use serde_json::json;

use crate::harness::Window;

/// The rooms, as the sidebar has them.
pub(crate) const ROOMS: [&str; 5] = ["overview", "usage", "ledger", "topup", "settings"];

/// What a room has when what it shows is there.
fn content(room: &str) -> &'static str {
    match room {
        "overview" => "[data-testid=available]",
        "usage" => "[data-testid=usage-table], [data-testid=no-period]",
        "ledger" => "[data-testid=entries] [data-seq], [data-testid=nothing]",
        "topup" => "[data-testid^=pack-]",
        _ => "[data-testid=locale]",
    }
}

impl Window {
    /// Goes to a room by its link, and waits until it is all there.
    pub(crate) async fn go(&self, room: &str) {
        self.click(&format!("[data-testid=nav-{room}]")).await;
        self.wait_for_room(room).await;
    }

    /// Waits until a room is open and all of it is there.
    pub(crate) async fn wait_for_room(&self, room: &str) {
        self.wait_for(&format!("[data-testid=room][data-room={room}]")).await;
        self.wait_for(content(room)).await;
        self.wait_for_rest().await;
    }

    /// Waits until nothing is being read any more: no chart without a picture that fits it, nothing that says it is busy.
    pub(crate) async fn wait_for_rest(&self) {
        let script = "return document.querySelector('[aria-busy=true]') === null && \
                      [...document.querySelectorAll('[data-testid=room] section.chart .area')].every(area => { \
                          const picture = area.querySelector('.picture svg'); \
                          return area.children.length > 0 && (!picture || Math.abs(picture.clientWidth - area.clientWidth) <= 1) })";
        self.wait_until(script, |rests| *rests == json!(true)).await;
        self.settle().await;
    }

    /// Light or dark, as somebody chooses it in the settings.
    pub(crate) async fn look(&self, look: &str) {
        self.go("settings").await;
        self.run(&format!("document.querySelector('input[name=appearance][value={look}]').click()")).await;
        self.wait_for(&format!("html[data-appearance={look}]")).await;
    }

    /// Opens the newest entry of the ledger, if there is one.
    pub(crate) async fn open_newest(&self) -> bool {
        let first = "return document.querySelector('[data-testid=room] [data-testid=entries] [aria-rowindex=\"2\"]')?.dataset.seq ?? null";
        let Some(seq) = self.run(first).await.as_str().map(ToOwned::to_owned) else { return false };
        self.click(&format!("#entry-{seq}")).await;
        self.wait_for("[data-testid=entry-verdict]").await;
        self.wait_for_rest().await;
        true
    }
}
