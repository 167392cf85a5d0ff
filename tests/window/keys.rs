//! The keyboard, and where it is.

use std::time::Duration;

use serde_json::json;
use thirtyfour::prelude::*;

use crate::harness::Window;

/// So many presses of Tab lead once around any room.
const AROUND: usize = 120;

/// A key by its name, or by what it writes.
fn key(name: &str) -> char {
    match name {
        "Ctrl" => Key::Control.into(),
        "Alt" => Key::Alt.into(),
        "Shift" => Key::Shift.into(),
        "Tab" => Key::Tab.into(),
        "Enter" => Key::Enter.into(),
        "Escape" => Key::Escape.into(),
        "Space" => ' ',
        "Left" => Key::Left.into(),
        "Right" => Key::Right.into(),
        "Up" => Key::Up.into(),
        "Down" => Key::Down.into(),
        "Home" => Key::Home.into(),
        "End" => Key::End.into(),
        other => {
            assert_eq!(other.chars().count(), 1, "{other} is no key");
            other.chars().next().unwrap()
        }
    }
}

impl Window {
    /// Presses a key with those that are held down for it: `Ctrl+K`. The focus must not be lost by it.
    pub(crate) async fn press(&self, keys: &str) {
        let keys: Vec<char> = keys.split('+').map(key).collect();
        let mut actions = self.driver.action_chain_with_delay(Some(Duration::ZERO), Some(Duration::ZERO));
        for key in &keys {
            actions = actions.key_down(*key);
        }
        for key in keys.iter().rev() {
            actions = actions.key_up(*key);
        }
        actions.perform().await.unwrap();
        self.settle().await;
        self.assert_focused().await;
    }

    /// Types what a keyboard writes.
    pub(crate) async fn type_in(&self, text: &str) {
        for letter in text.chars() {
            let actions = self.driver.action_chain_with_delay(Some(Duration::ZERO), Some(Duration::ZERO));
            actions.key_down(letter).key_up(letter).perform().await.unwrap();
        }
        self.settle().await;
        self.assert_focused().await;
    }

    /// Something has the focus that is there to have it, and it can be seen.
    pub(crate) async fn assert_focused(&self) {
        let script = "const at = document.activeElement; \
                      return at !== null && at !== document.body && at.isConnected && at.getClientRects().length > 0";
        self.wait_until(script, |is| *is == json!(true)).await;
    }

    /// Whether something has the focus, or is around what has it.
    pub(crate) async fn has_focus(&self, selector: &str) -> bool {
        let script = format!("return document.activeElement.closest({}) !== null", json!(selector));
        self.run(&script).await == json!(true)
    }

    /// Waits until something has the focus.
    pub(crate) async fn wait_for_focus(&self, selector: &str) {
        let script = format!("return document.activeElement.closest({}) !== null", json!(selector));
        self.wait_until(&script, |has| *has == json!(true)).await;
    }

    /// Goes on to something with Tab alone.
    pub(crate) async fn tab_to(&self, selector: &str) {
        self.press_up_to("Tab", selector).await;
    }

    /// Goes back to something with Shift and Tab.
    pub(crate) async fn tab_back_to(&self, selector: &str) {
        self.press_up_to("Shift+Tab", selector).await;
    }

    async fn press_up_to(&self, keys: &str, selector: &str) {
        self.wait_for(selector).await;
        for _ in 0..AROUND {
            if self.has_focus(selector).await {
                return;
            }
            self.press(keys).await;
        }
        panic!("{keys} does not lead to {selector}");
    }

    /// What the address says after the room.
    pub(crate) async fn asked(&self) -> String {
        let address = self.run("return location.hash").await.as_str().unwrap().to_owned();
        address.split_once('?').map(|(_, asked)| asked.to_owned()).unwrap_or_default()
    }

    /// Waits until the address says something, or does not say it any more.
    pub(crate) async fn wait_for_asked(&self, part: &str, is_there: bool) {
        let script = format!("return location.hash.includes({})", json!(part));
        self.wait_until(&script, |has| *has == json!(is_there)).await;
    }
}
