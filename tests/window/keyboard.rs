//! The important ways through the window, by the keyboard alone. After every press something visible has the focus: `press`
//! sees to that.

use serde_json::{Value, json};

use crate::harness::{Home, Window};
use crate::walk::ROOMS;

async fn opened() -> (Home, Window) {
    let home = Home::new();
    let window = Window::open_still(&home).await;
    window.choose("Northwind Support").await;
    window.go("overview").await;
    (home, window)
}

#[tokio::test]
async fn rooms_are_reached_by_their_numbers_by_letters_and_by_tab() {
    let (_home, window) = opened().await;
    for (number, room) in ROOMS.iter().enumerate() {
        window.press(&format!("Ctrl+{}", number + 1)).await;
        window.wait_for_room(room).await;
        window.assert_focused().await;
    }
    for (letter, room) in ["o", "u", "l", "t", "s"].iter().zip(ROOMS) {
        window.press("g").await;
        window.press(letter).await;
        window.wait_for_room(room).await;
    }
    window.tab_to("[data-testid=nav-usage]").await;
    window.press("Enter").await;
    window.wait_for_room("usage").await;
    assert!(window.has_focus("[data-testid=nav-usage]").await, "whoever goes through the rooms stays at their links");
    window.press("Alt+Left").await;
    window.wait_for_room("settings").await;
    window.press("]").await;
    window.wait_for_room("usage").await;
}

#[tokio::test]
async fn the_palette_leads_anywhere_and_gives_the_focus_back() {
    let (_home, window) = opened().await;
    window.tab_to("[data-testid=nav-topup]").await;
    window.press("Ctrl+k").await;
    window.wait_for_focus("[data-testid=palette-query]").await;
    window.press("Escape").await;
    window.wait_until("return document.querySelector('dialog[open]')", |open| open.is_null()).await;
    window.wait_for_focus("[data-testid=nav-topup]").await;

    window.press("Ctrl+k").await;
    window.type_in("usage, last 90").await;
    window
        .wait_until(
            "return document.querySelector('[data-testid=palette] [aria-selected=true]')?.innerText ?? ''",
            |best| best.as_str().is_some_and(|best| best.contains("Usage, last 90 days")),
        )
        .await;
    window.press("Enter").await;
    window.wait_for_room("usage").await;
    assert_eq!(window.asked().await, "range=90d");
    window.assert_focused().await;

    window.press("?").await;
    window.wait_for("[data-testid=shortcuts]").await;
    let sheet = window.text("[data-testid=shortcuts]").await;
    for name in ["Overview", "Search the ledger", "Search or jump to"] {
        assert!(sheet.contains(name), "{sheet}");
    }
    window.press("Escape").await;
    window.wait_until("return document.querySelector('dialog[open]')", |open| open.is_null()).await;
    window.assert_focused().await;
}

#[tokio::test]
async fn usage_is_asked_for_by_keys_and_is_there_again() {
    let (_home, window) = opened().await;
    window.press("Ctrl+2").await;
    window.wait_for_room("usage").await;
    window.tab_to("input[name=range]:checked").await;
    window.press("Left").await;
    window.wait_for_asked("range=30d", true).await;
    window.tab_to("[data-testid=split]").await;
    window.press("Enter").await;
    window.wait_for_focus("[role=menuitemradio]").await;
    window.press("Down").await;
    window.press("Enter").await;
    window.wait_for_asked("by=feature", true).await;
    window.wait_for_focus("[data-testid=split]").await;
    window.tab_to(".tools button[role=switch]").await;
    window.press("Space").await;
    window.wait_for_asked("compare=1", true).await;
    window.tab_to("input[name=shape]:checked").await;
    window.press("Right").await;
    window.wait_for_asked("shape=bars", true).await;

    // The filter stands before all of these.
    window.tab_back_to("[data-testid=filter]").await;
    window.press("Enter").await;
    window.wait_for_focus("#usage-filter").await;
    window.press("Down").await;
    window.press("Down").await;
    window.press("Enter").await;
    window.wait_for_asked("of=member", true).await;
    window.wait_for_focus("[data-testid=filter]").await;
    window.wait_for_rest().await;
    let asked = window.asked().await;

    window.press("Alt+Left").await;
    window.wait_for_asked("of=member", false).await;
    window.press("Alt+Right").await;
    window.wait_for_asked("of=member", true).await;
    assert_eq!(window.asked().await, asked);
    window.run("location.reload()").await;
    window.wait_for("[data-testid=room][data-room=usage] [data-testid=chart] svg").await;
    assert_eq!(window.asked().await, asked);
    window.wait_for("input[name=range][value='30d']:checked").await;
    window.wait_for("input[name=shape][value=bars]:checked").await;
}

#[tokio::test]
async fn an_entry_is_found_opened_and_closed_by_keys() {
    let (_home, window) = opened().await;
    let first = "const { invoke } = window.__TAURI_INTERNALS__; \
                 const all = { from: null, to: null, kinds: ['usage'], features: [], member: null, channel: null, source: null, \
                     reference: null }; \
                 invoke('workspaces').then(async ([{ key }]) => { \
                     const { rows } = await invoke('ledger_page', { workspace: key, filter: all, before: 5000, limit: 1 }); \
                     done([rows[0].seq, rows[0].reference]); \
                 }).catch(error => done(String(error)))";
    let found = window.run_later(first).await;
    let (seq, reference) = (found[0].as_u64().unwrap(), found[1].as_str().unwrap().to_owned());

    window.press("/").await;
    window.wait_for_room("ledger").await;
    window.wait_for_focus("#ledger-search").await;
    window.type_in(&reference).await;
    window.wait_for_asked("reference=", true).await;
    window.wait_for(&format!("#entry-{seq}")).await;
    window.wait_for_rest().await;
    window.press("Down").await;
    window.wait_for_focus("[data-testid=entries]").await;
    let active = "return document.activeElement.getAttribute('aria-activedescendant')";
    let is_mine = |at: &Value| *at == json!(format!("entry-{seq}"));
    for _ in 0..50 {
        if is_mine(&window.run(active).await) {
            break;
        }
        window.press("Down").await;
    }
    window.press("Enter").await;
    window.wait_for_focus("[data-testid=entry]").await;
    window.wait_for("[data-testid=entry-verdict][data-verdict=agrees]").await;
    assert!(window.text("[data-testid=entry]").await.contains(&reference));
    window.press("Escape").await;
    window.wait_until("return document.querySelector('[data-testid=entry]')", |entry| entry.is_null()).await;
    window.wait_for_focus("[data-testid=entries]").await;
    window.wait_until(active, is_mine).await;
}

#[tokio::test]
async fn numbers_and_dates_follow_the_locale() {
    let (_home, window) = opened().await;
    let before = window.text("[data-testid=available]").await;
    assert!(before.contains(','), "{before}");
    window.press("Ctrl+5").await;
    window.wait_for_room("settings").await;
    window.tab_to("[data-testid=locale]").await;
    window.type_in("Deu").await;
    let example = "return document.querySelector('[data-testid=room] [data-testid=example]').innerText";
    window.wait_until(example, |said| said.as_str().is_some_and(|said| said.contains("1.234.567"))).await;
    assert!(window.has_focus("[data-testid=locale]").await);
    window.press("Ctrl+1").await;
    window.wait_for_room("overview").await;
    assert_eq!(window.text("[data-testid=available]").await, before.replace(',', "."));
    let page = window.text("main").await;
    assert!(page.contains("1. Dez"), "{page}");
    let chart = "return document.querySelector('[data-testid=room] [data-testid=chart] svg').textContent";
    window
        .wait_until(chart, |said| said.as_str().is_some_and(|said| said.contains("Nov") && !said.contains(',')))
        .await;
}

#[tokio::test]
async fn a_feature_is_turned_off_by_keys_and_the_ledger_says_so() {
    let (_home, window) = opened().await;
    window.press("Ctrl+2").await;
    window.wait_for_room("usage").await;
    window.tab_to("[data-testid=control-summary]").await;
    window.press("Enter").await;
    window.wait_for_focus("[data-testid=control-editor] [role=switch]").await;
    assert!(window.text("[data-testid=outcome]").await.contains("Nothing is changed"));
    window.press("Space").await;
    let outcome = "return document.querySelector('[data-testid=outcome]').innerText";
    window.wait_until(outcome, |said| said.as_str().is_some_and(|said| said.contains("Credits"))).await;
    window.tab_to("[data-testid=control-editor] [type=submit]").await;
    window.press("Enter").await;
    window.wait_for_focus("[data-testid=control-summary]").await;
    assert!(window.text("[data-testid=control-summary]").await.contains("off"));
    window.press("Ctrl+3").await;
    window.wait_for_room("ledger").await;
    window.wait_for("[data-testid=entries] [aria-rowindex='2'][data-kind=controls_change]").await;
}
