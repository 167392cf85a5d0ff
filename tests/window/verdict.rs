//! What the window says of the ledger itself: how far the first sync is, that everything was verified, what is wrong.
//!
//! With `CREDITDECK_PICTURES` set to a folder, it takes a picture of each of them there.

use cache::Desk;
use serde_json::json;

use crate::harness::{Home, Window};
use crate::provider::{Provider, WORKSPACE};

/// Entries of a first sync that is long enough to be paused.
const MANY: usize = 500_000;

/// Takes a picture, if pictures are asked for.
async fn picture(window: &Window, name: &str) {
    if let Some(folder) = std::env::var_os("CREDITDECK_PICTURES") {
        window.settle().await;
        let path = std::path::PathBuf::from(folder).join(format!("{name}.png"));
        window.picture(&path).await;
    }
}

/// An app that knows the provider's workspace before it starts.
fn connected(provider: &Provider) -> Home {
    let home = Home::new();
    let desk = Desk::open(home.data().join("desk.db")).unwrap();
    desk.connect(&provider.url, WORKSPACE, Some(&provider.token)).unwrap();
    home
}

#[tokio::test]
async fn a_first_sync_shows_how_far_it_is_and_can_be_paused() {
    let provider = Provider::start();
    provider.fill(MANY).await;
    let window = Window::open(&Home::new()).await;
    // Paused as soon as something has come: half a million entries take a second or two.
    let request = json!({ "url": provider.url, "workspace": WORKSPACE, "token": provider.token });
    let pause = format!(
        "const {{ invoke }} = window.__TAURI_INTERNALS__; \
         (async () => {{ \
            const workspace = (await invoke('connect', {{ request: {request} }})).key; \
            while (!(await invoke('sync_status', {{ workspace }})).progress?.done); \
            await invoke('pause_sync', {{ workspace, paused: true }}); \
            done(true); \
         }})()"
    );
    window.run_later(&pause).await;
    window.run("location.reload()").await;
    window.wait_for("html[data-painted=true]").await;
    window.choose("Acme").await;
    window.wait_for("[data-testid=first-sync][data-state=paused]").await;
    let said = window.text("[data-testid=first-sync]").await;
    assert!(said.contains("500,0") && said.contains('%'), "{said}");
    picture(&window, "first-sync-paused").await;
    window.click("[data-testid=first-sync] [data-testid=sync-action]").await;
    let reading = "return document.querySelector('[data-testid=first-sync]')?.innerText ?? ''";
    let said = window.wait_until(reading, |said| said.as_str().is_some_and(|said| said.contains("a second"))).await;
    picture(&window, "first-sync").await;
    assert!(said.as_str().unwrap().contains("left"), "{said}");
    window.wait_for_available(provider.balance().await["available"].as_u64().unwrap()).await;
    window.wait_for("[data-testid=verified]").await;
}

#[tokio::test]
async fn it_says_that_all_was_verified_and_names_what_was_rewritten() {
    let mut provider = Provider::start();
    provider.fill(3_000).await;
    let home = connected(&provider);
    let window = Window::start(&home, &[]).await;
    window.wait_for("[data-testid=switcher]").await;
    window.choose("Acme").await;
    window.wait_for_available(9_997_000).await;
    window.wait_for("[data-testid=verified]").await;
    window.click("[data-testid=sync]").await;
    let said = window.text("[data-testid=sync-panel]").await;
    assert!(said.contains("3,002"), "{said}");
    picture(&window, "verified").await;

    window.click("[data-testid=nav-settings]").await;
    window.click("[data-testid=verify-now]").await;
    let verdict = "return document.querySelector('[data-testid=verdict]')?.innerText ?? ''";
    window
        .wait_until(verdict, |said| said.as_str().is_some_and(|said| said.contains("All 3,002 entries are right")))
        .await;
    window.click("[data-testid=export-start]").await;
    let exported = home.data().join("exports").join("acme-ledger.csv");
    let shown = "return document.querySelector('[data-testid=export]')?.innerText ?? ''";
    window.wait_until(shown, |said| said.as_str().is_some_and(|said| said.contains("acme-ledger.csv"))).await;
    assert_eq!(std::fs::read_to_string(&exported).unwrap().lines().count(), 3_003);
    picture(&window, "settings-verified-and-exported").await;

    provider.stop();
    provider.rewrite_the_last_entry();
    provider.restart();
    window.wait_for("[data-testid=incident][data-code=differs]").await;
    window.click("[data-testid=nav-overview]").await;
    assert_eq!(window.available().await, 9_997_000, "what was good is shown");
    picture(&window, "incident").await;
    window.click("[data-testid=incident] button").await;
    window.wait_for("dialog[open]").await;
    let report = "return document.querySelector('dialog[open]')?.innerText ?? ''";
    // What is known of it is there at once; the report itself is asked for.
    let whole = |said: &str| ["Good here up to", "3,002", "differs", "hash"].iter().all(|part| said.contains(part));
    window.wait_until(report, |said| said.as_str().is_some_and(whole)).await;
    picture(&window, "incident-report").await;
    let found = window.run("return document.querySelectorAll('dialog[open]').length").await;
    assert_eq!(found, json!(1));
}
