//! What a person sees and does.

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::harness::{Home, Window, web};

/// What is shown as the state of the workspace.
const STATE: &str = "[data-testid=state]";
const BANNER: &str = "[data-testid=banner]";
const SYNC: &str = "[data-testid=sync]";

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
    window.run("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))").await;

    for (nav, found) in [
        ("usage", "[data-testid=usage-table] tbody tr"),
        ("topup", "[data-testid^=pack-]"),
        ("settings", "[data-testid=connect-submit]"),
    ] {
        window.click(&format!("[data-testid=nav-{nav}]")).await;
        window.wait_for(found).await;
        assert_accessible(&window, nav).await;
    }
    window.click("[data-testid=nav-overview]").await;
    window.wait_for("[data-testid=latest]").await;
    assert_accessible(&window, "overview").await;
}

#[tokio::test]
async fn one_usage_falls_off_the_number_and_counts_once() {
    let home = Home::new();
    let window = Window::open(&home).await;
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
    let window = Window::open(&home).await;
    let sample = home.sample().await;
    let mut drained = 0;
    // The sample lives on meanwhile, so that what is left is asked anew until nothing is.
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

    window.wait_for("[data-testid^=purchase-][data-state=credited]").await;
    window.click("[data-testid=nav-overview]").await;
    window.wait_for_available(1_000).await;
    assert!(!window.text(STATE).await.contains("Paused"));
    assert_eq!(sample.report("northwind", "too-much", "reply-suggestion", 1).await.0, 201);
    window.wait_for_available(999).await;
}

#[tokio::test]
async fn a_pack_is_credited_once_and_pays_after_the_allowance() {
    let home = Home::new();
    let window = Window::open(&home).await;
    let sample = home.sample().await;
    window.wait_until("return document.querySelector('[data-testid=sync]')?.innerText ?? ''", is_up_to_date).await;
    // The other sample: it has a plain allowance and no packs yet.
    window.choose("Harbour Dental").await;
    let before = position(&sample.read("harbour", "balance").await);
    let opened = buy(&window, &home, "top-up-500").await;
    pay(&opened).await;
    window.wait_for("[data-testid^=purchase-][data-state=credited]").await;
    let after = position(&sample.read("harbour", "balance").await);
    assert_eq!(after["top_up"].as_u64().unwrap(), before["top_up"].as_u64().unwrap() + 500);

    // More than the allowance has left: the allowance pays all that it has, the pack pays the rest.
    let allowance = after["allowance"].as_u64().unwrap();
    assert_eq!(sample.report("harbour", "across", "ai-reply", allowance + 7).await.0, 201);
    let ledger = sample.read("harbour", "ledger?after=0&limit=10000").await;
    let mut lines: Vec<Value> = Vec::new();
    let mut after_seq = 0;
    let mut page = ledger;
    while !page.is_empty() {
        lines.extend(page.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["body"].clone()));
        after_seq = lines.last().unwrap()["seq"].as_u64().unwrap().max(after_seq);
        page = sample.read("harbour", &format!("ledger?after={after_seq}&limit=10000")).await;
    }
    let grants: Vec<&Value> = lines.iter().filter(|line| line["origin"] == "top_up" || line["source"] == "top_up").collect();
    assert_eq!(grants.len(), 1, "{grants:?}");
    let spanning = lines.iter().find(|line| line["id"] == "across").unwrap();
    let allocations = spanning["allocations"].as_array().unwrap();
    assert_eq!(allocations.last().unwrap(), &json!({ "grant": grants[0]["seq"], "amount": 7 }), "{spanning}");
    assert!(allocations.len() >= 2, "{spanning}");
}

#[tokio::test]
async fn connecting_says_what_is_wrong() {
    let home = Home::new();
    let window = Window::open(&home).await;
    let sample = home.sample().await;
    window.click("[data-testid=nav-settings]").await;
    window.wait_for("[data-testid=connect-submit]").await;
    let token = sample.tokens[0].1.clone();
    for (url, workspace, token, words) in [
        (sample.url.as_str(), "northwind", "wrong", "token"),
        (sample.url.as_str(), "nowhere", token.as_str(), "workspace"),
        ("http://127.0.0.1:1", "northwind", token.as_str(), "reached"),
        ("not an address", "northwind", token.as_str(), "address"),
    ] {
        window.fill("[data-testid=connect-url]", url).await;
        window.fill("[data-testid=connect-workspace]", workspace).await;
        window.fill("[data-testid=connect-token]", token).await;
        window.click("[data-testid=connect-submit]").await;
        let script = "return document.querySelector('[data-testid=connect-error]')?.innerText ?? ''";
        window.wait_until(script, |shown| shown.as_str().is_some_and(|shown| shown.contains(words))).await;
    }
    // Nothing was kept: there are still the two samples.
    let listed = window.run("return window.__TAURI_INTERNALS__.invoke('workspaces').then(all => all.length)").await;
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

/// Nothing that axe finds.
async fn assert_accessible(window: &Window, room: &str) {
    let axe = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/ui/node_modules/axe-core/axe.min.js")).unwrap();
    window.settle().await;
    window.run(&axe).await;
    let script = "const done = arguments[0]; axe.run().then(found => done(found.violations.map(one => \
                  one.id + ': ' + one.nodes.map(node => node.target.join(' ')).join(', '))))";
    let found = window.driver.execute_async(script, vec![]).await.unwrap().json().clone();
    assert_eq!(found, json!([]), "{room}");
}
