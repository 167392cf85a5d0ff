//! The least that a Tauri window can be: one paragraph. What Creditdeck's start is measured against.

use std::io::Write;

mod commands {
    /// Says that the page is on screen, as Creditdeck does.
    #[tauri::command]
    pub(crate) fn painted() {
        super::say("painted");
    }

    /// Says how many frames a second the page has.
    #[tauri::command]
    pub(crate) fn frames(rate: f64) {
        super::say(&format!("frames a second: {rate:.2}"));
    }
}

fn say(what: &str) {
    let _nobody = writeln!(std::io::stdout(), "bare: {what}");
}

fn main() -> Result<(), tauri::Error> {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![commands::painted, commands::frames])
        .run(tauri::generate_context!("tests/bench/bare/tauri.conf.json"))
}
