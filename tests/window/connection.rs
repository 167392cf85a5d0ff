//! The app and a provider's service that comes and goes.

use std::time::Duration;

use cache::{Desk, LedgerReader};
use serde_json::json;

use crate::harness::{Home, Window};
use crate::provider::{Provider, WORKSPACE};

/// Entries of the first sync that is cut off.
const MANY: usize = 200_000;

#[tokio::test]
async fn killed_in_the_middle_of_the_first_sync_it_carries_on_from_its_cursor() {
    let provider = Provider::start();
    provider.fill(MANY).await;
    let home = Home::new();
    let desk = Desk::open(home.data().join("desk.db")).unwrap();
    let key = desk.connect(&provider.url, WORKSPACE, Some(&provider.token)).unwrap();
    let file = home.data().join("ledgers").join(format!("{key}.db"));
    // There is no file before the app has made it.
    let stored = move || LedgerReader::open(&file).map_or(0, |ledger| ledger.cursor().unwrap().seq);

    let mut app = home.spawn();
    let cut = loop {
        let seq = stored();
        if seq > 5_000 {
            break seq;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    };
    app.kill().unwrap();
    app.wait().unwrap();
    let kept = stored();
    assert!(kept >= cut && kept < MANY as u64, "cut off at {kept}");
    eprintln!("killed at entry {kept} of {}", MANY + 2);

    // Watched from outside from the first instant on: what was there before the kill stays, and is not read again.
    let watched = stored.clone();
    let watch = tokio::spawn(async move {
        let (mut lowest, mut last) = (u64::MAX, 0);
        while last < MANY as u64 + 2 {
            last = watched();
            lowest = lowest.min(last);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        lowest
    });
    let window = Window::start(&home, &[]).await;
    window.wait_for("[data-testid=switcher]").await;
    window.choose("Acme").await;
    window.wait_for_available(provider.balance().await["available"].as_u64().unwrap()).await;
    assert_eq!(stored(), provider.balance().await["seq"].as_u64().unwrap());
    assert_eq!(watch.await.unwrap(), kept, "it carried on from its cursor");
    let used = window.text("[data-testid=room]").await;
    assert!(used.contains("200,000"), "what was used:\n{used}");
}

#[tokio::test]
async fn without_its_service_it_says_how_old_its_data_is_and_answers_everything() {
    let mut provider = Provider::start();
    provider.fill(25).await;
    let home = Home::new();
    let window = Window::open(&home).await;
    connect(&window, &provider).await;
    window.choose("Acme").await;
    window.click("[data-testid=nav-overview]").await;
    window.wait_for_available(9_999_975).await;

    provider.stop();
    let script = "return document.querySelector('[data-testid=sync]')?.innerText ?? ''";
    let said = window.wait_until(script, |said| said.as_str().is_some_and(|said| said.contains("Offline"))).await;
    // The age of the data, not only that it is offline.
    assert!(said.as_str().unwrap().contains("data from"), "{said}");
    for (nav, found) in [
        ("usage", "[data-testid=usage-table] tbody tr"),
        ("topup", "[data-testid^=pack-]"),
        ("overview", "[data-testid=latest]"),
    ] {
        window.click(&format!("[data-testid=nav-{nav}]")).await;
        window.wait_for(found).await;
    }
    assert_eq!(window.available().await, 9_999_975);

    // It comes back by itself.
    provider.restart();
    let event = json!({
        "specversion": "1.0", "type": wire::event::TYPE, "source": "test", "id": "back",
        "data": { "feature": "ai-reply" },
    });
    provider.send(reqwest::Method::POST, "usage", wire::event::STRUCTURED, &event).await;
    window.wait_for_available(9_999_974).await;
}

/// Connects as a person does, in the settings.
async fn connect(window: &Window, provider: &Provider) {
    window.click("[data-testid=nav-settings]").await;
    window.wait_for("[data-testid=connect-submit]").await;
    window.fill("[data-testid=connect-url]", &provider.url).await;
    window.fill("[data-testid=connect-workspace]", WORKSPACE).await;
    window.fill("[data-testid=connect-token]", &provider.token).await;
    window.click("[data-testid=connect-submit]").await;
    let script = "return document.body.innerText.includes('Acme')";
    window.wait_until(script, |found| *found == json!(true)).await;
}

#[tokio::test]
async fn a_pairing_code_connects_once_and_needs_no_workspace_id() {
    let provider = Provider::start();
    provider.fill(0).await;
    let home = Home::new();
    let window = Window::open(&home).await;
    window.click("[data-testid=nav-settings]").await;
    window.wait_for("[data-testid=connect-submit]").await;
    let code = provider.pairing_code();
    for (typed, words) in [("00000-00000", "does not accept this pairing code"), (&code.to_lowercase(), "Acme")] {
        window.fill("[data-testid=connect-url]", &provider.url).await;
        window.fill("[data-testid=connect-token]", typed).await;
        window.click("[data-testid=connect-submit]").await;
        let script = "return document.body.innerText";
        window.wait_until(script, |shown| shown.as_str().is_some_and(|shown| shown.contains(words))).await;
    }
    window.click("[data-testid=nav-overview]").await;
    window.wait_for_available(10_000_000).await;
    // The device has a token of its own, which the provider sees.
    let url = format!("{}/v1/workspaces/{WORKSPACE}/tokens", provider.url);
    let request = crate::harness::web().get(url).bearer_auth(&provider.token);
    let listed = request.send().await.unwrap().text().await.unwrap();
    assert!(listed.contains("\"role\":\"admin\",\"name\":\"Creditdeck on a desktop\""), "{listed}");
}
