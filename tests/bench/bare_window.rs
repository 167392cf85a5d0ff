//! The least that a Tauri window can be: one paragraph. What Creditdeck's start is measured against.

use std::io::Write;

mod commands {
    /// Says that the page is on screen, as Creditdeck does.
    #[tauri::command]
    pub(crate) fn painted() {
        super::say();
    }
}

fn say() {
    let _nobody = writeln!(std::io::stdout(), "bare: painted");
}

fn main() -> Result<(), tauri::Error> {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![commands::painted])
        .run(tauri::generate_context!("tests/bench/bare/tauri.conf.json"))
}
