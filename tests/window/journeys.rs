//! What a person sees and does.

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::harness::{Home, Window, web};

/// What is shown as the state of the workspace.
const STATE: &str = "[data-testid=state]";
const BANNER: &str = "[data-testid=banner]";

#[tokio::test]
async fn the_window_opens_on_a_living_workspace() {
    let home = Home::new();
    let window = Window::open(&home).await;
    assert!(window.available().await > 0);
    let latest = window.text("[data-testid=latest]").await;
    assert!(latest.lines().count() > 4, "{latest}");
    window.wait_for("[data-testid=chart] svg").await;

    // Both samples are in the switcher, one on each catalogue.
    window.click("[data-testid=switcher]").await;
    let page = window.text("body").await;
    for name in ["Northwind Support", "Harbour Dental"] {
        assert!(page.contains(name), "{page}");
    }
    window
        .run("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))")
        .await;

    for (nav, found) in [
        ("usage", "[data-testid=usage-table] tbody tr"),
        ("topup", "[data-testid^=pack-]"),
        ("settings", "[data-testid=connect-submit]"),
    ] {
        window.click(&format!("[data-testid=nav-{nav}]")).await;
        window.wait_for(found).await;
        window.assert_accessible(nav).await;
    }
    window.click("[data-testid=nav-overview]").await;
    window.wait_for("[data-testid=latest]").await;
    window.assert_accessible("overview").await;
}

#[tokio::test]
async fn one_usage_falls_off_the_number_and_counts_once() {
    let home = Home::new();
    let window = Window::open_still(&home).await;
    let sample = home.sample().await;
    window.wait_until("return document.querySelector('[data-testid=sync]')?.innerText ?? ''", is_up_to_date).await;
    let before = window.available().await;

    let (status, answer) = sample.report("northwind", "once", "summary", 1).await;
    assert_eq!(status, 201, "{answer}");
    let asked = Instant::now();
    window.wait_for_available(before - 1).await;
    eprintln!("the number fell after {} ms", asked.elapsed().as_millis());

    let (status, answer) = sample.report("northwind", "once", "summary", 1).await;
    assert_eq!((status, &answer["outcome"]), (200, &json!("duplicate")), "{answer}");
    let (status, answer) = sample.report("northwind", "once", "summary", 2).await;
    assert_eq!((status, &answer["code"]), (409, &json!("conflict")), "{answer}");
    // Something that does count, so that the ones before it have had their chance to.
    assert_eq!(sample.report("northwind", "twice", "summary", 1).await.0, 201);
    window.wait_for_available(before - 2).await;
}

#[tokio::test]
async fn drained_to_nothing_it_pauses_and_a_pack_brings_it_back() {
    let home = Home::new();
    let window = Window::open_still(&home).await;
    let sample = home.sample().await;
    let mut drained = 0;
    loop {
        let balance: Value = serde_json::from_str(&sample.read("northwind", "balance").await).unwrap();
        let left = balance["available"].as_u64().unwrap();
        if left == 0 {
            break;
        }
        drained += 1;
        sample.report("northwind", &format!("drain-{drained}"), "summary", left).await;
    }
    let (status, answer) = sample.report("northwind", "too-much", "reply-suggestion", 1).await;
    assert_eq!((status, &answer["code"]), (402, &json!("exhausted")), "{answer}");
    assert!(answer["refresh_at"].is_string() && answer["packs"].is_array(), "{answer}");

    window.wait_for_available(0).await;
    assert!(window.text(STATE).await.contains("Paused"));
    let banner = window.text(BANNER).await;
    assert!(banner.contains("paused") || banner.contains("Paused"), "{banner}");
    let opened = buy(&window, &home, "boost-1000").await;
    pay(&opened).await;

    bought(&window).await;
    window.click("[data-testid=nav-overview]").await;
    window.wait_for_available(1_000).await;
    assert!(!window.text(STATE).await.contains("Paused"));
    assert_eq!(sample.report("northwind", "too-much", "reply-suggestion", 1).await.0, 201);
    window.wait_for_available(999).await;
}

#[tokio::test]
async fn a_pack_is_credited_once_and_pays_after_the_allowance() {
    let home = Home::new();
    let window = Window::open_still(&home).await;
    let sample = home.sample().await;
    window.wait_until("return document.querySelector('[data-testid=sync]')?.innerText ?? ''", is_up_to_date).await;
    // The other sample: it has a plain allowance and no packs yet.
    window.choose("Harbour Dental").await;
    let before = position(&sample.read("harbour", "balance").await);
    let opened = buy(&window, &home, "top-up-500").await;
    pay(&opened).await;
    let purchase = bought(&window).await;
    let after = position(&sample.read("harbour", "balance").await);
    assert_eq!(after["top_up"].as_u64().unwrap(), before["top_up"].as_u64().unwrap() + 500);

    // More than the allowance has left: the allowance pays all that it has, the pack pays the rest.
    let allowance = after["allowance"].as_u64().unwrap();
    let (status, answer) = sample.report("harbour", "across", "ai-reply", allowance + 7).await;
    assert_eq!(status, 201, "{answer}");
    let ledger = sample.read("harbour", "ledger?after=0&limit=10000").await;
    let mut lines: Vec<Value> = Vec::new();
    let mut after_seq = 0;
    let mut page = ledger;
    while !page.is_empty() {
        lines.extend(page.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["body"].clone()));
        after_seq = lines.last().unwrap()["seq"].as_u64().unwrap().max(after_seq);
        page = sample.read("harbour", &format!("ledger?after={after_seq}&limit=10000")).await;
    }
    // Credited once, and every allowance grant that was live pays before any pack does.
    let mine: Vec<&Value> = lines.iter().filter(|line| line["purchase"] == json!(purchase)).collect();
    assert_eq!(mine.len(), 1, "{mine:?}");
    let spanning = lines.iter().find(|line| line["id"] == "across").unwrap();
    let allocations = spanning["allocations"].as_array().unwrap();
    let paid_by = |allocation: &Value| {
        let grant = lines.iter().find(|line| line["seq"] == allocation["grant"]).unwrap();
        (grant["source"].as_str().unwrap().to_owned(), allocation["amount"].as_u64().unwrap())
    };
    let paid: Vec<(String, u64)> = allocations.iter().map(paid_by).collect();
    let first_pack = paid.iter().position(|(source, _)| source == "top_up").unwrap();
    assert!(first_pack > 0 && paid[first_pack..].iter().all(|(source, _)| source == "top_up"), "{paid:?}");
    let of_allowance: u64 = paid[..first_pack].iter().map(|(_, amount)| amount).sum();
    assert_eq!(of_allowance, allowance, "{paid:?}");
    eprintln!("{}\n{spanning}", mine[0]);
}

#[tokio::test]
async fn the_chosen_workspace_is_there_again_after_a_restart() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.choose("Harbour Dental").await;
    window.wait_for("[data-testid=latest]").await;
    drop(window);
    let window = Window::open(&home).await;
    assert!(window.text("[data-testid=switcher]").await.contains("Harbour Dental"));
}

#[tokio::test]
async fn connecting_says_what_is_wrong() {
    let home = Home::new();
    let window = Window::open(&home).await;
    let sample = home.sample().await;
    window.click("[data-testid=nav-settings]").await;
    window.wait_for("[data-testid=connect-submit]").await;
    let token = sample.token.clone();
    for (url, workspace, token, words) in [
        (sample.url.as_str(), "northwind", "wrong", "does not accept this access token"),
        (sample.url.as_str(), "nowhere", token.as_str(), "does not know this workspace"),
        ("http://127.0.0.1:1", "northwind", token.as_str(), "cannot be reached"),
        ("not an address", "northwind", token.as_str(), "begins with"),
    ] {
        window.fill("[data-testid=connect-url]", url).await;
        window.fill("[data-testid=connect-workspace]", workspace).await;
        window.fill("[data-testid=connect-token]", token).await;
        window.click("[data-testid=connect-submit]").await;
        let script = "return document.querySelector('[data-testid=room]').innerText";
        window.wait_until(script, |shown| shown.as_str().is_some_and(|shown| shown.contains(words))).await;
    }
    // Nothing was kept: there are still the two samples.
    window.click("[data-testid=switcher]").await;
    let listed = window.run("return document.querySelectorAll('[role=option]').length").await;
    assert_eq!(listed, json!(2));
}

fn is_up_to_date(shown: &Value) -> bool {
    shown.as_str().is_some_and(|shown| shown.contains("Up to date"))
}

fn position(balance: &str) -> Value {
    serde_json::from_str(balance).unwrap()
}

/// Buys a pack in the Top up room, and gives the address that the app opened in the browser.
async fn buy(window: &Window, home: &Home, pack: &str) -> String {
    window.click("[data-testid=nav-topup]").await;
    window.click(&format!("[data-testid=buy-{pack}]")).await;
    for _ in 0..600 {
        if let Ok(opened) = std::fs::read_to_string(home.opened()) {
            return opened.trim().to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no page was opened; the window says:\n{}", window.text("body").await);
}

/// Waits until the newest purchase is credited, and gives its id.
async fn bought(window: &Window) -> String {
    let script = "const newest = document.querySelector('[data-testid^=purchase-]'); \
                  return newest?.dataset.state === 'credited' ? newest.dataset.testid.slice('purchase-'.length) : null";
    window.wait_until(script, Value::is_string).await.as_str().unwrap().to_owned()
}

/// Pays on the test page as a browser would: reads the page, and posts its form.
async fn pay(url: &str) {
    let page = web().get(url).send().await.unwrap().text().await.unwrap();
    assert!(page.to_lowercase().contains("test payment"), "{page}");
    let action = page
        .split("action=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .find(|action| action.contains("pay"))
        .unwrap_or_else(|| panic!("the page has no form to pay with:\n{page}"));
    let target = reqwest::Url::parse(url).unwrap().join(action).unwrap();
    let status = web().post(target).send().await.unwrap().status();
    assert!(status.is_success() || status.is_redirection(), "{status}");
}
